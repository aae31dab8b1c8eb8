"""Every bad file in cases/ gives exactly the listed findings, rendered exactly as the snapshot."""

import json
from pathlib import Path
from typing import Protocol

import pytest

from crosswalk.documents.source import read, read_file
from crosswalk.findings.diagnostics import CODES
from crosswalk.findings.report import render


class Snapshot(Protocol):
    snapshot_dir: Path

    def assert_match(self, value: bytes, name: str) -> None: ...


HERE = Path(__file__).parent
EXPECTED: dict[str, list[str]] = json.loads((HERE / "expected.json").read_text("utf-8"))
NAMES = sorted(path.stem for path in (HERE / "cases").glob("*.yaml"))


def test_every_case_has_expectations() -> None:
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_file_gives_the_listed_codes_at_the_listed_places(name: str) -> None:
    _, findings = read_file(HERE / "cases" / f"{name}.yaml", f"{name}.yaml")
    assert [f"{finding.code}:{str(finding.span).split(':', 1)[1]}" for finding in findings] == (
        EXPECTED[name]
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_finding_names_a_remedy_and_a_known_code(name: str) -> None:
    _, findings = read_file(HERE / "cases" / f"{name}.yaml", f"{name}.yaml")
    assert all(finding.help and finding.code in CODES for finding in findings)


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_file_is_rendered_like_its_snapshot(name: str, snapshot: Snapshot) -> None:
    path = HERE / "cases" / f"{name}.yaml"
    text = path.read_bytes().decode("utf-8", "replace")
    _, findings = read_file(path, path.name)
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match(render(findings, {path.name: text}, "full").encode(), f"{name}.txt")


@pytest.mark.parametrize("name", NAMES)
def test_the_python_parser_reports_what_libyaml_reports(name: str) -> None:
    text = (HERE / "cases" / f"{name}.yaml").read_bytes().decode("utf-8", "replace")
    assert read(text, name, pure=True) == read(text, name)
