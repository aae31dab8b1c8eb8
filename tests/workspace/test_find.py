"""A reference names one version of one document, or a finding says which there are."""

from pathlib import Path

import pytest

from crosswalk.documents.source import Scalar
from crosswalk.documents.workspace import Workspace, open_workspace
from crosswalk.findings.diagnostics import CODES, Span

SPAN = Span("x.yaml", 5, 7, 5, 9)


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    found, findings = open_workspace(Path(__file__).parent / "cases" / "references")
    assert findings == []
    return found


@pytest.mark.parametrize(
    ("text", "kind", "version"),
    [
        ("some/table@1", "code-table", "1.0.0"),
        ("some/table@2", "code-table", "2.1.0"),
        ("some/layout@3", None, "3.0.0"),
    ],
)
def test_a_pinned_reference_names_one_version(
    workspace: Workspace, text: str, kind: str | None, version: str
) -> None:
    for reference in (text, Scalar(SPAN, text, text, plain=True)):
        document, findings = workspace.find(reference, kind)
        assert findings == []
        assert document is not None
        assert document.version == version


@pytest.mark.parametrize(
    ("text", "kind", "code", "remedy"),
    [
        ("some/table", "code-table", "CW312", "write some/table@2"),
        ("some/tabel@1", "code-table", "CW311", "did you mean 'some/table@2'?"),
        ("some/tabel@1", "layout", "CW311", "write it, or name another one of this workspace"),
        ("nothing/near", None, "CW311", "write it, or name another one of this workspace"),
        ("some/table@3", "code-table", "CW313", "there is some/table@1, some/table@2"),
        ("some/table@01", "code-table", "CW315", "write name@major: some/thing@1"),
        ("some/layout@3", "mapping", "CW314", "name a document of kind mapping"),
        ("some/layout@3.0.0", "layout", "CW315", "write name@major: some/thing@1"),
        ("Some Layout", "layout", "CW315", "write name@major: some/thing@1"),
    ],
)
def test_a_wrong_reference_says_what_to_write(
    workspace: Workspace, text: str, kind: str | None, code: str, remedy: str
) -> None:
    document, (finding,) = workspace.find(Scalar(SPAN, text, text, plain=True), kind)
    assert (finding.code, finding.span, finding.help) == (code, SPAN, remedy)
    assert (document is not None) == (code == "CW312")
    assert code in CODES


def test_a_host_may_leave_the_version_out(workspace: Workspace) -> None:
    document, findings = workspace.find("some/table", "code-table")
    assert findings == []
    assert document is not None
    assert document.version == "2.1.0"


def test_other_versions_and_kinds_are_pointed_at(workspace: Workspace) -> None:
    _, (finding,) = workspace.find("some/table@3")
    assert [str(label.span) for label in finding.related] == [
        "mappings/a-1.yaml:4:10",
        "mappings/a-2.yaml:4:10",
    ]
    _, (finding,) = workspace.find("some/layout@3", "mapping")
    assert [str(label.span) for label in finding.related] == ["mappings/layout.yaml:2:7"]
