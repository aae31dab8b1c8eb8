"""show, list, schema, release: what they say of documents is what the documents say."""

import json
import shutil
from pathlib import Path

import pytest
from tests.cli.kit import MAPPING, ROOT, crosswalk

from crosswalk.documents.content import content
from crosswalk.documents.schema import KINDS
from crosswalk.documents.source import read
from crosswalk.project import Project
from crosswalk.telling.show import HIDDEN, document_lines

BASE = ROOT / "tests" / "diagnostics" / "base"
DOCUMENTS = [one.name for one in Project(ROOT).workspace.documents]


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("biller", [None, "newport", "alder-falls"])
def test_what_is_shown_reads_as_the_same_document(name: str, biller: str | None) -> None:
    project = Project(ROOT)
    view = project.view(biller)
    [document] = project.workspace.named(name)
    node = project.effective(document, view).node
    text = "\n".join(line.text for line in document_lines(node, view.settings.declared))
    again, findings = read(f"{text}\n", "shown.yaml")
    assert findings == []
    assert again is not None
    assert content(again) == content(node)


def test_each_line_names_the_document_that_set_it() -> None:
    done = crosswalk("show", "caselle/ar/statement-file", "--biller", "newport", "--origin")
    lines = done.stdout.splitlines()
    assert all(" # " in line for line in lines)
    [parcel] = [line for line in lines if line.strip().startswith("Parcel No:")]
    assert "# newport: mappings/billers/newport.yaml:" in parcel


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path / "docs")
    town = tmp_path / "docs" / "town.yaml"
    extra = "settings:\n  Password: hunter2\n  Passwort: hunter3\n  7: {env: TOWN_KEY}\n"
    town.write_text(town.read_text("utf-8").replace("settings:\n", extra), "utf-8")
    done = crosswalk("-C", tmp_path / "docs", "show", "town", "--biller", "town", "--origin")
    assert "hunter" not in done.stdout + done.stderr
    assert done.stdout.count(HIDDEN) == 2
    assert "TOWN_KEY" in done.stdout
    assert "TownName: Town " in done.stdout


def test_every_target_field_is_classified() -> None:
    done = crosswalk("show", MAPPING, "--inverse")
    rows = [line for line in done.stdout.splitlines() if line[:3] in ("FH.", "IH.", "CR.", "ID.")]
    assert len(rows) == 53
    assert all(any(word in row for word in ("exact", "loses", "one way")) for row in rows)
    assert "the way back can be derived" in done.stdout


def test_list_names_every_document() -> None:
    told = json.loads(crosswalk("list", "--format", "json").stdout)
    assert [row["name"] for row in told] == DOCUMENTS
    fields = json.loads(crosswalk("list", "fields", MAPPING, "--format", "json").stdout)
    assert len(fields) == 53
    assert all(row["entry"] for row in fields)


def test_schema_writes_every_schema_of_the_package(tmp_path: Path) -> None:
    assert crosswalk("schema", "--all", tmp_path / "made").returncode == 0
    made = {path.stem for path in (tmp_path / "made").glob("*.json")}
    there = {path.stem for path in (ROOT / "engine" / "crosswalk" / "schemas").glob("*.json")}
    assert made == there
    assert made <= set(KINDS)
    one = crosswalk("schema", "mapping").stdout
    assert one == (tmp_path / "made" / "mapping.json").read_text("utf-8")


def test_a_release_is_recorded_and_a_later_change_is_found(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(BASE, docs)
    assert "7 versions recorded" in crosswalk("-C", docs, "release", "--all").stdout
    assert "nothing new" in crosswalk("-C", docs, "release", "a/map").stdout
    assert crosswalk("-C", docs, "check").returncode == 0
    kinds = docs / "kinds.yaml"
    kinds.write_text(kinds.read_text("utf-8").replace('G: "2"', 'G: "5"'), "utf-8")
    assert "CW330" in crosswalk("-C", docs, "check").stdout
    before = (docs / "releases.json").read_bytes()
    assert crosswalk("-C", docs, "release", "--all").returncode == 2
    assert (docs / "releases.json").read_bytes() == before
    assert not list(docs.glob(".crosswalk*"))


def test_an_unknown_document_is_not_released(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path / "docs")
    done = crosswalk("-C", tmp_path / "docs", "release", "a/mapp")
    assert done.returncode == 2
    assert not (tmp_path / "docs" / "releases.json").exists()
