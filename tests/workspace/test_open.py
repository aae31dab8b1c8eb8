"""Every folder in cases/ gives the documents and findings that expected.json lists."""

import json
from pathlib import Path

import pytest

from crosswalk.documents.schema import KINDS
from crosswalk.documents.source import Node, read, read_file
from crosswalk.documents.workspace import SKIPPED, open_workspace
from crosswalk.findings.diagnostics import CODES, Diagnostic

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, list[str]]] = json.loads((HERE / "expected.json").read_text("utf-8"))
CASES = sorted(path.name for path in (HERE / "cases").iterdir())


def shown(finding: Diagnostic) -> str:
    related = "".join(f" <{label.span} {label.text}>" for label in finding.related)
    return f"{finding.code} {finding.span}: {finding.message}; {finding.help}{related}"


def test_every_case_has_expectations() -> None:
    assert sorted(EXPECTED) == CASES


@pytest.mark.parametrize("name", CASES)
def test_a_folder_gives_the_listed_documents_and_findings(name: str) -> None:
    workspace, findings = open_workspace(HERE / "cases" / name)
    documents = [f"{one.file}: {one.kind} {one.name}@{one.version}" for one in workspace.documents]
    assert documents == EXPECTED[name]["documents"]
    assert [shown(finding) for finding in findings] == EXPECTED[name]["findings"]
    assert all(finding.code in CODES for finding in findings)


@pytest.mark.parametrize("name", CASES)
def test_skimming_a_head_agrees_with_parsing_it(name: str) -> None:
    def parse(path: Path, file: str) -> tuple[Node | None, list[Diagnostic]]:
        return read_file(path, file)

    skimmed = open_workspace(HERE / "cases" / name)
    parsed = open_workspace(HERE / "cases" / name, read=parse)
    assert skimmed[0].documents == parsed[0].documents
    assert skimmed[1] == parsed[1]


def test_a_file_that_cannot_be_used_is_never_dropped_silently() -> None:
    for name in ("headless", "broken", "continued-value"):
        workspace, findings = open_workspace(HERE / "cases" / name)
        files = {path.name for path in (HERE / "cases" / name).rglob("*.yaml")}
        taken = {Path(one.file).name for one in workspace.documents}
        found = {Path(finding.span.file).name for finding in findings if finding.span}
        assert taken | found == files
        assert not taken & found


def test_documents_are_read_when_first_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    head = "crosswalk: 1\nkind: code-table\nname: a\nversion: 1.0.0\n"
    path.write_text(head + "codes: {A: B, A: C}\n")
    workspace, findings = open_workspace(tmp_path)
    assert findings == []
    (document,) = workspace.documents
    path.write_text(head + "codes: {A: C}\nback: {A: C, A: C}\n")
    assert [str(finding.span) for finding in document.findings] == ["a.yaml:6:14"]
    path.unlink()
    assert list(document.node.entries)[-1] == "back"


def test_a_reader_stands_in_for_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("crosswalk: 1\nkind: code-table\nname: old\nversion: 1.0.0\n")

    def edited(_path: Path, file: str) -> tuple[Node | None, list[Diagnostic]]:
        return read("crosswalk: 1\nkind: code-table\nname: new\nversion: 2.0.0\n", file)

    workspace, _ = open_workspace(tmp_path, read=edited)
    assert [(one.name, one.major) for one in workspace.documents] == [("new", 2)]


def test_a_root_that_is_no_folder_is_a_finding(tmp_path: Path) -> None:
    workspace, findings = open_workspace(tmp_path / "nowhere")
    assert workspace.documents == ()
    assert [finding.code for finding in findings] == ["CW115"]


def test_a_document_that_vanished_has_a_finding_and_an_empty_node(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("crosswalk: 1\nkind: code-table\nname: a\nversion: 1.0.0\ncodes: {}\n")
    (document,) = open_workspace(tmp_path)[0].documents
    path.unlink()
    assert [finding.code for finding in document.findings] == ["CW115"]
    assert document.node.entries == {}


def test_every_kind_has_a_schema() -> None:
    schemas = Path(__file__).parents[2] / "engine" / "crosswalk" / "schemas"
    assert set(KINDS) <= {path.stem for path in schemas.glob("*.json")}


def test_folders_of_data_are_named() -> None:
    assert sorted(SKIPPED) == ["expected", "fixtures"]


def test_the_text_of_a_document_is_not_in_its_repr() -> None:
    (document,) = open_workspace(HERE / "cases" / "no-mappings-folder")[0].documents
    assert document.node.entries
    assert "codes" not in repr(document)
