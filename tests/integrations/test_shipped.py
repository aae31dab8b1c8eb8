"""What is said of the shipped integrations as a whole: same bills in two forms, no name in code."""

import re
import shutil
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot  # type: ignore[import-untyped]

from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project
from crosswalk.running.context import Context, Run
from crosswalk.running.in_memory import run_in_memory
from crosswalk.testing.cases import DEFAULT_AT

ROOT = Path(__file__).parents[2]
PROJECT = Project(ROOT)
BATCH = ROOT / "mappings" / "caselle" / "batch"
WEB_SERVICE = [
    *("payment", "receipt", "void", "ach-reject", "balance-request", "balance"),
    *("autopay", "paperless", "phone", "email"),
]
SAME = {
    "BillerGuid": "6f1c0a52-0000-4000-8000-00000000a007",
    "InvoiceFormatGuid": "6f1c0a52-0000-4000-8000-00000000f007",
}


def bills(biller: str, file: str, form: str | None, *, compiled: bool) -> bytes:
    """Map a file of bills by the biller's flow of invoices; both billers with the same settings."""
    view = PROJECT.view(biller)
    mapping, _ = PROJECT.wanted("invoice", view)
    plan = PROJECT.plan(mapping, view, target_form=form)
    context = Context({**view.settings.texts(), **SAME}, Run(DEFAULT_AT, "golden", file))
    outcome = run_in_memory(
        plan, context, (BATCH / "fixtures" / file).read_bytes(), compiled=compiled
    )
    assert not outcome.rejects
    return outcome.body


@pytest.mark.parametrize("compiled", [False, True], ids=["reference", "compiled"])
@pytest.mark.parametrize("form", [None, "json-lines"], ids=["layout", "canonical"])
def test_text_and_xml_of_the_same_bills_give_the_same_bytes(
    form: str | None, compiled: bool, snapshot: Snapshot
) -> None:
    text = bills("elk-ridge", "bills-connect.txt", form, compiled=compiled)
    xml = bills("stone-creek", "bills-clarity.xml", form, compiled=compiled)
    assert text == xml
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match(text, "bills.txt" if form is None else "bills.jsonl")


@pytest.mark.parametrize(
    ("version", "refused"),
    [
        ("2021.02.160", ["ach-reject", "autopay"]),
        ("2021.04.999", ["ach-reject", "autopay"]),
        ("2021.05", []),
        ("2021.5.0", []),
        ("2025.11", []),
        ("2021.02.16", WEB_SERVICE),
    ],
)
def test_what_an_older_version_cannot_do_is_refused_flow_by_flow(
    version: str, refused: list[str], tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    biller = tmp_path / "mappings" / "billers" / "cedar-basin.yaml"
    text = biller.read_text("utf-8")
    assert 'InstalledVersion: "2023.05"' in text
    biller.write_text(text.replace('"2023.05"', f'"{version}"'), "utf-8")
    project = Project(tmp_path)
    view = project.view("cedar-basin")
    flows = project.flows(view)
    told = [one for one in flows if flows[one].supported and project.refusals(flows[one], view)]
    assert told == [one for one in flows if one in refused]
    for name in refused:
        with pytest.raises(ConfigError, match="CW471"):
            project.wanted(name, view)


def test_no_name_of_a_partner_or_biller_stands_in_the_engine() -> None:
    names = {one.name.partition("/")[0] for one in PROJECT.workspace.documents}
    assert names >= {"caselle", "invoicecloud", "newport"}
    words = re.compile("|".join(re.escape(one) for one in sorted(names)), re.IGNORECASE)
    files = [one for one in (ROOT / "engine").rglob("*") if one.suffix in (".py", ".json", ".yaml")]
    assert len(files) > 100
    found = {str(one.relative_to(ROOT)): words.findall(one.read_text("utf-8")) for one in files}
    assert {file: hits for file, hits in found.items() if hits} == {}
