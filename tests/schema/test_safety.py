"""Validation fetches nothing, is not slow, and is strict about patterns (safety C12, A8, A9)."""

import subprocess
import sys
from pathlib import Path

import pytest
from referencing.exceptions import Unresolvable

from crosswalk.documents.schema import validate
from crosswalk.documents.source import read


def codes(text: str, schema: dict[str, object]) -> list[str]:
    node, _ = read(text, "f.yaml")
    assert node is not None
    return [finding.code for finding in validate(node, schema)]


@pytest.mark.parametrize("scheme", ["https://example.invalid/s.json", "file:{path}"])
def test_a_reference_to_elsewhere_is_never_fetched(tmp_path: Path, scheme: str) -> None:
    path = tmp_path / "s.json"
    path.write_text("{}")
    node, _ = read("a: 1", "f.yaml")
    assert node is not None
    with pytest.raises(Unresolvable):
        validate(node, {"$ref": scheme.format(path=path.as_uri().removeprefix("file:"))})


def test_a_pattern_ends_where_the_text_ends_and_digits_are_ascii() -> None:
    schema: dict[str, object] = {"items": {"pattern": r"^\d+$"}}
    assert codes('["98", "98\\n", "٩٨"]', schema) == ["CW205", "CW205"]


def test_decimals_are_numbers_and_not_whole() -> None:
    schema: dict[str, object] = {"items": {"type": ["integer"], "maximum": 5}}
    assert codes("[1, 1.0, 7]", schema) == ["CW202", "CW206"]
    assert codes("[1.5, 5.01]", {"items": {"type": "number", "maximum": 5}}) == ["CW206"]


def test_importing_the_module_does_not_import_the_validator() -> None:
    code = "import sys, crosswalk.documents.schema; sys.exit('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
