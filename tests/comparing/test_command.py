"""`crosswalk diff`: what it is asked to compare, how it tells it, and with which exit code."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.comparing.kit import copy

from crosswalk.cli.diff_command import command
from crosswalk.findings.errors import ConfigError

ROOT = Path(__file__).parents[2]
OTHER_FIELD = {"invoice.yaml": [['    12: "<i>Name</i>"', "    12: Brand"]]}


def git(folder: Path, *args: str) -> None:
    names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@town.example"}
    names |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@town.example"}
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), **names}
    subprocess.run(["git", *args], cwd=folder, env=environ, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the project in a folder, released as v1, and a change on top of it."""
    top = tmp_path / "top"
    top.mkdir()
    git(top, "init", "-q", "-b", "main")
    folder = copy(top / "project")
    git(top, "add", ".")
    git(top, "commit", "-q", "-m", "first")
    git(top, "tag", "v1")
    shutil.rmtree(folder)
    copy(folder, OTHER_FIELD)
    git(top, "commit", "-q", "-a", "-m", "second")
    return folder


def diff(folder: Path, *args: object) -> tuple[int, str]:
    """Run the command; the findings it refuses with stand for exit code 2."""
    try:
        done = CliRunner().invoke(
            command, [str(a) for a in args], obj=folder, catch_exceptions=False
        )
    except ConfigError as refused:
        return 2, "\n".join(f"{one.code} {one.message}; {one.help}" for one in refused.findings)
    return done.exit_code, done.output


def test_a_revision_is_compared_with_the_documents_here(repository: Path) -> None:
    code, told = diff(repository, "--against", "v1")
    assert code == 1
    assert told.startswith("town/invoice 1.0.0 -> 1.0.0: breaking\n")
    assert "<i>Name</i> -> Brand" in told
    assert "another value comes out   mappings/invoice.yaml:16" in told
    assert "CW338" in told
    assert diff(repository, "--against", "HEAD") == (0, "no change of meaning\n")
    assert diff(repository, "v1")[1] == told


def test_two_revisions_are_compared_and_the_working_tree_does_not_matter(repository: Path) -> None:
    (repository / "mappings" / "alone.yaml").unlink()
    code, told = diff(repository, "v1", "main")
    assert code == 1
    assert "town/unused" not in told
    back = diff(repository, "main", "v1", "--format", "json")[1]
    [document] = json.loads(back)["documents"]
    [change] = document["changes"]
    assert (change["before"], change["after"]) == ("Brand", "<i>Name</i>")
    assert change["effect"] == "breaking"


def test_a_name_takes_in_what_it_leads_to_and_nothing_else(repository: Path) -> None:
    for file in ("kinds.yaml", "ask.yaml"):
        path = repository / "mappings" / file
        path.write_text(
            path.read_text("utf-8").replace('"43"', '"48"').replace("read", "idempotent_write")
        )
    told = diff(repository, "town/invoice", "--against", "v1")[1]
    assert "code <x>" in told
    assert "capability" not in told
    assert "capability" in diff(repository, "town", "--against", "v1")[1]


def test_a_new_document_is_new(repository: Path) -> None:
    path = repository / "mappings" / "more.yaml"
    text = (repository / "mappings" / "alone.yaml").read_text("utf-8")
    path.write_text(text.replace("town/unused", "town/more"), "utf-8")
    code, told = diff(repository, "town/more", "--against", "main")
    assert code == 0
    assert "is new" in told


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--against", "v2"), "CW340 there is no revision 'v2'"),
        (("--against", "--output=x"), "CW340 there is no revision '--output=x'"),
        (("town/invoise",), "did you mean 'town/invoice@1'?"),
        (("town/invoice", "town/invoise"), "CW311"),
        ((), "name a revision"),
        (("a", "b", "c"), "two documents or two revisions"),
        (("town/invoice", "town/bills"), "is of kind mapping"),
        (("--biller", "nobody", "--against", "v1"), "CW311"),
    ],
    ids=str,
)
def test_what_is_not_there_is_said(repository: Path, args: tuple[str, ...], says: str) -> None:
    code, told = diff(repository, *args)
    assert code == 2
    assert says in told


def test_errors_at_a_revision_are_told_from_errors_here(repository: Path) -> None:
    path = repository / "mappings" / "invoice.yaml"
    good = path.read_text("utf-8")
    path.write_text(good.replace("12: Brand", "12: Brandt"), "utf-8")
    code, told = diff(repository, "--against", "v1")
    assert (code, "CW304 no field of town/bills is called 'Brandt'" in told) == (2, True)
    git(repository, "commit", "-q", "-a", "-m", "wrong")
    path.write_text(good, "utf-8")
    code, told = diff(repository, "--against", "HEAD")
    assert (code, "CW340 the documents at 'HEAD' have errors" in told) == (2, True)
    assert "no field of town/bills is called 'Brandt' (mappings/invoice.yaml:16" in told


def test_without_a_repository_revisions_cannot_be_compared(tmp_path: Path) -> None:
    code, told = diff(copy(tmp_path / "alone"), "--against", "main")
    assert (code, "is in no git repository" in told) == (2, True)


def test_what_breaks_nothing_can_be_left_out_and_what_changes_nothing_is_asked_for(
    repository: Path,
) -> None:
    path = repository / "mappings" / "kinds.yaml"
    path.write_text(path.read_text("utf-8").replace('G: "42"', 'G: "42", N: "1"'))
    path = repository / "mappings" / "town.yaml"
    path.write_text(path.read_text("utf-8").replace("daily", "hourly"))
    told = [diff(repository, "v1", *args)[1] for args in ((), ("--breaking-only",), ("--all",))]
    assert ["code N" in one for one in told] == [True, False, True]
    assert ["frequency" in one for one in told] == [False, False, True]


def test_the_impact_on_cases_is_grouped_by_field_and_rule(repository: Path) -> None:
    code, told = diff(repository, "town/invoice", "--against", "v1", "--impact")
    assert code == 1
    assert "impact on 1 input: 0 changed, 1 equal" in told  # the biller has its own entry
    path = repository / "mappings" / "kinds.yaml"
    path.write_text(path.read_text("utf-8").replace('W: "42"', 'W: "47"'))
    told = diff(repository, "town/invoice", "--against", "v1", "--impact")[1]
    assert "impact on 1 input: 1 changed, 0 equal" in told
    at = "invoice.14 Category   1 value in 1 input\n      42 -> 47\n      by entry"
    assert f"{at}   mappings/invoice.yaml:18" in told


def test_files_are_mapped_by_both_sides(repository: Path, tmp_path: Path) -> None:
    bills = tmp_path / "bills.txt"
    rows = [
        "Account No;<i>Name</i>;Kind;Due;Amount;Brand",
        "A1;Ann;W;1/5/2026;1.00;A",
        "B2;Bo;G;;2.00;",
    ]
    bills.write_text("".join(f"{row}\r\n" for row in rows))
    asked = ("town/invoice", "--against", "v1", "--fixture", bills)
    told = diff(repository, *asked)[1]
    assert "1 input not mapped by both sides: setting Town has no value" in told
    path = repository / "mappings" / "codes.yaml"
    path.write_text(path.read_text("utf-8").replace('"98"', '"97"'))
    code, told = diff(repository, *asked, "--biller", "mill")
    assert code == 1
    assert "invoice.16 PaymentCode   1 value in 1 input\n      98 -> 97\n      by entry" in told


def test_two_billers_are_compared_without_a_word_on_versions() -> None:
    code, told = diff(ROOT, "newport", "alder-falls")
    assert code == 0
    assert told.startswith("newport -> alder-falls\n")
    assert "file delimiter" in told
    assert "env:NEWPORT_RTDR_PASSWORD -> env:ALDER_FALLS_RTDR_PASSWORD" in told
    only = diff(ROOT, "--biller", "newport", "--biller", "alder-falls", "caselle/ar/invoice")[1]
    assert "entry IH.96 Custom13" in only
    assert "CW338" not in told + only
    data = json.loads(diff(ROOT, "newport", "alder-falls", "--impact", "--format", "json")[1])
    assert "FH.2 BillerGuid" in [one["field"] for one in data["impact"]["fields"]]


def test_markdown_is_a_table_for_each_document(repository: Path) -> None:
    told = diff(repository, "v1", "--format", "markdown")[1]
    assert "### town/invoice 1.0.0 -&gt; 1.0.0" in told or "### town/invoice" in told
    assert "| breaking | entry invoice.12 Name | &lt;i>Name&lt;/i> | Brand |" in told
