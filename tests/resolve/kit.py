"""Reads a case folder: its documents, the layers of its biller, and every effective document."""

from dataclasses import dataclass
from pathlib import Path

from crosswalk.documents.resolve import Effective, Layer, layers, resolve
from crosswalk.documents.source import plain
from crosswalk.documents.workspace import Workspace, open_workspace
from crosswalk.findings.diagnostics import Diagnostic, Severity

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    workspace: Workspace
    layers: tuple[Layer, ...]
    effective: dict[str, Effective]
    findings: list[Diagnostic]


def open_case(folder: Path) -> Case:
    """Resolve every document that is no layer; a clean text and head is taken for granted."""
    workspace, findings = open_workspace(folder)
    assert findings == []
    assert not any(document.findings for document in workspace.documents)
    (biller,) = workspace.of_kind("biller")
    found, findings = layers(workspace, biller)
    effective = {}
    for document in workspace.documents:
        made, wrong = resolve(document, found)
        effective[f"{document.name}@{document.major}"] = made
        findings += wrong
    return Case(workspace, found, effective, findings)


def shown(finding: Diagnostic) -> str:
    """Give a finding as one line: code, place, message; help <related places>."""
    place = "nowhere" if finding.span is None else str(finding.span).removeprefix("mappings/")
    mark = "" if finding.severity is Severity.ERROR else f"{finding.severity} "
    related = "".join(
        f" <{str(label.span).removeprefix('mappings/')} {label.text}>" for label in finding.related
    )
    return f"{mark}{finding.code} {place}: {finding.message}; {finding.help}{related}"


def changes(case: Case) -> dict[str, object]:
    """Give the effective documents that differ from what they say themselves."""
    return {
        name: plain(one.node)
        for name, one in case.effective.items()
        if plain(one.node) != plain(one.document.node)
        or str(plain(one.node)) != str(plain(one.document.node))
    }
