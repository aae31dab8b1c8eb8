"""A comment `# TODO` is a finding; it hides no other, and nothing runs by what is not decided."""

import shutil
from pathlib import Path

import pytest

from crosswalk.checking import check
from crosswalk.documents.source import read
from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project

BASE = Path(__file__).parents[1] / "diagnostics" / "base"

EMPTY = "nothing is said of it"
MARKED = {
    "after a value": ("a: b # TODO: which\n", [(1, 6, "which")]),
    "on a line of its own": ("# TODO which\na: b\n", [(1, 1, "which")]),
    "below a block text": ("a: |\n  text\n# TODO: which\n", [(3, 1, "which")]),
    "after quotes": ('a: "b" #TODO:which\nc: d  # TODO\n', [(1, 8, "which"), (2, 7, EMPTY)]),
    "in a flow map": ("a: {b: c,  # TODO: which\n  d: e}\n", [(1, 12, "which")]),
}  # fmt: skip
FREE = {
    "no comment": "a: b#TODO\n",
    "quoted": 'a: "b # TODO: c"\n',
    "quoted over lines": "a: 'b\n  # TODO: c\n  d'\n",
    "block": "a: |\n  # TODO: c\n  d # TODO\n",
    "folded": "a: >-\n  x\n  # TODO: c\nb: c\n",
    "another word": "a: b # TODOS are done\n",
    "small letters": "a: b # todo\n",
}


@pytest.mark.parametrize("pure", [True, False])
@pytest.mark.parametrize(("text", "expected"), MARKED.values(), ids=MARKED.keys())
def test_a_marked_gap_is_found_at_its_place(
    text: str, expected: list[tuple[int, int, str]], *, pure: bool
) -> None:
    _, findings = read(text, "f.yaml", pure=pure)
    assert {one.code for one in findings} == {"CW116"}
    told = [(o.span.line, o.span.column, o.message) for o in findings if o.span]
    assert told == [(line, column, f"left to decide: {what}") for line, column, what in expected]


@pytest.mark.parametrize("pure", [True, False])
@pytest.mark.parametrize("text", FREE.values(), ids=FREE.keys())
def test_what_is_no_comment_is_no_gap(text: str, *, pure: bool) -> None:
    assert read(text, "f.yaml", pure=pure)[1] == []


def test_a_flood_of_gaps_is_cut_off() -> None:
    assert len(read("# TODO\n" * 50_000 + "a: b\n", "f.yaml")[1]) == 1000


def _marked(tmp_path: Path, file: str, old: str, new: str) -> Project:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / file).read_text("utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), "utf-8")
    return Project(tmp_path)


def test_a_marked_gap_hides_no_other_finding(tmp_path: Path) -> None:
    _marked(tmp_path, "in.yaml", "row*", "row* # TODO: is there a trailer")
    project = _marked(tmp_path / "in", "map.yaml", "14: Due", "14: Dew")
    shutil.copy(tmp_path / "in.yaml", tmp_path / "in" / "in.yaml")
    assert [one.code for one in check(project)] == ["CW116", "CW304"]


@pytest.mark.parametrize("file", ["in.yaml", "map.yaml", "kinds.yaml", "product.yaml", "town.yaml"])
def test_nothing_runs_by_what_is_not_decided(file: str, tmp_path: Path) -> None:
    project = _marked(tmp_path, file, "version: 1.0.0\n", "version: 1.0.0\n# TODO: ask\n")
    with pytest.raises(ConfigError) as refused:
        project.plan("a/map", project.view("town"))
    assert [one.code for one in refused.value.findings] == ["CW116"]
