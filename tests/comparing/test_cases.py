"""Each change of a small project is told as what it means: cases.yaml."""

from pathlib import Path
from typing import Any

import pytest
from tests.comparing.kit import PROJECT, copy, side

from crosswalk.comparing.compare import compare_all
from crosswalk.comparing.versions import check_versions
from crosswalk.documents.source import plain, read_file

_NODE, _ = read_file(Path(__file__).parent / "cases.yaml", "cases.yaml")
CASES: dict[str, Any] = plain(_NODE)  # type: ignore[arg-type, assignment]


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_as_what_it_means(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    after = copy(tmp_path / "after", case["edits"])
    compared = compare_all(side(PROJECT), side(after))
    told = [
        f"{one.effect} {group.name}: {one.what}: {one.before} -> {one.after}: {one.reason}"
        for group in compared
        for one in group.changes
    ]
    assert told == case["told"]
    assert [one.code for one in check_versions(compared)] == case.get("versions", [])
