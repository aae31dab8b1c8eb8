"""Every folder in cases/ gives the layers, findings and effective documents of expected.json."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.resolve.kit import changes, open_case, shown

from crosswalk.findings.diagnostics import CODES

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = json.loads((HERE / "expected.json").read_text("utf-8"))
CASES = sorted(path.name for path in (HERE / "cases").iterdir())


def ordered(value: object) -> str:
    """Give JSON in which the order of keys tells: it is the order of a layout's fields."""
    return json.dumps(value, indent=1, default=str)


def test_every_case_has_expectations() -> None:
    assert sorted(EXPECTED) == CASES


@pytest.mark.parametrize("name", CASES)
def test_a_folder_resolves_as_listed(name: str) -> None:
    case, expected = open_case(HERE / "cases" / name), EXPECTED[name]
    assert [layer.name for layer in case.layers] == expected["layers"]
    assert [shown(finding) for finding in case.findings] == expected["findings"]
    assert ordered(changes(case)) == ordered(expected["changed"])
    assert all(finding.code in CODES for finding in case.findings)


@pytest.mark.parametrize("code", [*range(312, 317), 320, 321, *range(322, 330)])
def test_every_finding_about_layers_has_a_case(code: int) -> None:
    said = [line for expected in EXPECTED.values() for line in expected["findings"]]
    others = ("CW313", "CW315")  # tests/workspace/test_find.py
    assert any(f"CW{code} " in line for line in said) or f"CW{code}" in others
