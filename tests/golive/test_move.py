"""A biller moves to another integration: what both know stays, gaps are marked, changes told."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from crosswalk.checking import check
from crosswalk.cli.main import group
from crosswalk.documents.source import Map, read
from crosswalk.golive.flow_changes import FlowChange
from crosswalk.golive.move import Move, move
from crosswalk.golive.patch import without
from crosswalk.project import Project

ROOT = Path(__file__).parents[2]
DAY = date(2026, 3, 1)


def moved(biller: str, to: str) -> tuple[Project, Move]:
    project = Project(ROOT)
    made = move(project, project.find(biller, "biller"), project.integration(to), DAY)
    return project, made


def flow(made: Move, name: str) -> FlowChange:
    return next(one for one in made.flows if one.name == name)


def test_from_batch_to_real_time() -> None:
    project, made = moved("elk-ridge", "caselle/utility@1")
    file = project.find("elk-ridge", "biller").file
    findings = check(Project(ROOT, {file: made.text}), (file,), owner="elk-ridge")
    assert {one.code for one in findings} == {"CW116"}
    asked = {one.id for one in made.missing}
    assert asked == {"8", "11", "14", "17", "101", "InstalledVersion", "InstalledLicences"}
    assert made.text.count("# TODO") == len(asked)
    assert ("settings", "64") in made.kept
    assert not made.gone
    assert flow(made, "adjustment").after is None
    assert flow(made, "void").before is None
    assert flow(made, "payment").changed == flow(made, "payment").cases > 0


def test_from_real_time_to_batch_takes_out_what_nothing_reads() -> None:
    project, made = moved("newport", "caselle/batch@1")
    document = project.find("newport", "biller")
    before = (project.text(document.file) or "").splitlines()
    after = made.text.splitlines()
    assert ("settings", "8") in made.gone
    assert ("override", "caselle/ar/invoice") in made.gone
    assert ("confirmations", "cows-running") in made.gone
    assert [one for one in after if one not in before] == ["extends: caselle/batch@1"]
    findings = check(Project(ROOT, {document.file: made.text}), (document.file,), owner="newport")
    assert findings == []
    assert (
        flow(made, "invoice")
        .shown[0]
        .endswith("caselle/ar/statement-file is no longer read, caselle/utility/bill-file is")
    )


def test_the_fields_that_come_out_otherwise_are_named() -> None:
    _, made = moved("newport", "caselle/ar@1")
    payment = flow(made, "payment")
    assert payment.changed == 1
    assert payment.shown[0] == "two bills: allocateTo 28901 became nothing"
    assert all(one.changed == 0 for one in made.flows if one.name != "payment")


def test_the_own_integration_is_refused() -> None:
    with pytest.raises(ValueError, match="extends caselle/ar-allocate@1 already"):
        moved("newport", "caselle/ar-allocate@1")


@pytest.mark.parametrize(
    ("text", "left", "by_hand"),
    [
        ("a:\n  x: 1  # why\n  y: 2\nb: 3\n", "a:\n  y: 2\nb: 3\n", []),
        ("a:\n  x:\n    z: 1\n\n  y: 2\n", "a:\n\n  y: 2\n", []),
        ("a:\n  x: 1\nb: 3\n", "b: 3\n", []),
        ("a: {x: 1, y: 2}\nb: 3\n", "a: {x: 1, y: 2}\nb: 3\n", [("a", "x")]),
        ("a:\n  y: 2\n  x: |\n    1\n    2\nb: 3\n", "a:\n  y: 2\nb: 3\n", []),
    ],
)
def test_entries_go_with_their_lines_or_stay(
    text: str, left: str, by_hand: list[tuple[str, str]]
) -> None:
    node, _ = read(text, "f")
    assert isinstance(node, Map)
    assert without(text, node, [("a", "x")]) == (left, by_hand)


def test_an_existing_file_is_kept_unless_asked(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    file = tmp_path / "mappings" / "billers" / "elk-ridge.yaml"
    before = file.read_text("utf-8")
    call = ["-C", str(tmp_path), "convert", "elk-ridge", "--to", "caselle/utility@1"]
    call += ["-o", str(file)]
    done = CliRunner().invoke(group, call)
    assert done.exit_code == 2
    assert "exists; --replace overwrites it" in done.output
    assert file.read_text("utf-8") == before
    done = CliRunner().invoke(group, [*call, "--replace", "--format", "json"])
    assert done.exit_code == 0
    data = json.loads(file.read_text("utf-8"))
    assert "extends: caselle/utility@1" in data["text"]
    assert {one["name"] for one in data["flows"] if one["after"] is None} == {"adjustment"}
