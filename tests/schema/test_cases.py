"""Every document in cases/ has exactly the listed shape findings, rendered like its snapshot."""

import json
from pathlib import Path
from typing import Protocol

import pytest

from crosswalk.documents.schema import validate
from crosswalk.documents.source import read
from crosswalk.findings.diagnostics import CODES, Diagnostic
from crosswalk.findings.report import render

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "small.json").read_text("utf-8"))
EXPECTED: dict[str, list[str]] = json.loads((HERE / "expected.json").read_text("utf-8"))
NAMES = sorted(path.stem for path in (HERE / "cases").glob("*.yaml"))


class Snapshot(Protocol):
    snapshot_dir: Path

    def assert_match(self, value: bytes, name: str) -> None: ...


def findings_of(name: str) -> list[Diagnostic]:
    text = (HERE / "cases" / f"{name}.yaml").read_text("utf-8")
    node, findings = read(text, f"{name}.yaml")
    assert not findings
    assert node is not None
    return validate(node, SCHEMA)


def test_every_case_has_expectations() -> None:
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_document_gives_the_listed_codes_at_the_listed_places(name: str) -> None:
    findings = findings_of(name)
    assert [f"{f.code}:{str(f.span).split(':', 1)[1]}" for f in findings] == EXPECTED[name]
    assert all(finding.code in CODES for finding in findings)


@pytest.mark.parametrize("name", NAMES)
def test_findings_are_rendered_like_the_snapshot(name: str, snapshot: Snapshot) -> None:
    text = (HERE / "cases" / f"{name}.yaml").read_text("utf-8")
    snapshot.snapshot_dir = HERE / "snapshots"
    shown = render(findings_of(name), {f"{name}.yaml": text}, "full")
    snapshot.assert_match(shown.encode(), f"{name}.txt")
