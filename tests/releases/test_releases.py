"""A released version keeps its content; the record says so and is never rewritten."""

import json
from pathlib import Path

import pytest
from tests.resolve.kit import shown

from crosswalk.documents.releases import check_releases, record, releases_file
from crosswalk.documents.workspace import Workspace, open_workspace
from crosswalk.findings.diagnostics import CODES, Diagnostic

HERE = Path(__file__).parent
TABLE = (
    "crosswalk: 1\nkind: code-table\nname: some/table\nversion: 1.0.0\ncodes: {A: '1', B: '2'}\n"
)
LAYOUT = (
    "crosswalk: 1\nkind: layout\nname: some/layout\nversion: 2.3.4\nstructure: row*\n"
    "records: {row: {fields: {X: {type: text, length: 5}, Y: {type: money}}}}\n"
)
BILLER = (
    "crosswalk: 1\nkind: biller\nname: town\nversion: 1.0.0\nextends: some/base@1\noverride:\n"
    "  some/layout: {records: {row: {fields: {P: {type: text}, Q: {type: text}}}}}\n"
)


def released(root: Path) -> Workspace:
    """Give a workspace whose three documents are recorded."""
    (root / "mappings").mkdir()
    for name, text in (("table", TABLE), ("layout", LAYOUT), ("biller", BILLER)):
        (root / "mappings" / f"{name}.yaml").write_text(text)
    return save(root, "some/table", "some/layout@2", "town")


def save(root: Path, *names: str) -> Workspace:
    workspace, findings = open_workspace(root)
    assert findings == []
    releases_file(workspace).write_text(record(workspace, names))
    return workspace


def changed(root: Path, name: str, old: str, new: str) -> list[Diagnostic]:
    path = root / "mappings" / f"{name}.yaml"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    findings = check_releases(open_workspace(root)[0])
    assert all(finding.code in CODES for finding in findings)
    return findings


def test_what_was_recorded_has_no_findings(tmp_path: Path) -> None:
    assert check_releases(released(tmp_path)) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("table", "B: '2'", 'B: "2"'),
        ("table", "{A: '1', B: '2'}", "{B: '2', A: '1'}"),
        ("table", "codes: {A: '1', B: '2'}", "codes: # all\n  A: '1'\n\n  B: '2'"),
        ("table", "kind: code-table\nname: some/table", "name: some/table\nkind: code-table"),
        ("layout", "{type: text, length: 5}", "{length: 5, type: text}"),
    ],
)
def test_comments_formatting_and_the_order_of_keys_are_not_content(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    released(tmp_path)
    assert changed(tmp_path, name, old, new) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("table", "B: '2'", "B: '3'"),
        ("table", "B: '2'", "B: 2"),
        ("table", "B: '2'", "B: 2.0"),
        ("table", "B: '2'", "B: null"),
        ("table", "B: '2'", "B: '2', C: '2'"),
        ("table", "codes:", "description: x\ncodes:"),
        ("layout", "length: 5", "length: 6"),
        (
            "layout",
            "X: {type: text, length: 5}, Y: {type: money}",
            "Y: {type: money}, X: {type: text, length: 5}",
        ),
        ("biller", "P: {type: text}, Q: {type: text}", "Q: {type: text}, P: {type: text}"),
    ],
)
def test_a_changed_release_is_found_at_its_version(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    released(tmp_path)
    (finding,) = changed(tmp_path, name, old, new)
    assert (finding.code, str(finding.span)) == ("CW330", f"mappings/{name}.yaml:4:10")


@pytest.mark.parametrize("version", ["1.0.1", "1.1.0", "2.0.0"])
def test_a_higher_version_may_have_other_content(tmp_path: Path, version: str) -> None:
    released(tmp_path)
    path = tmp_path / "mappings" / "table.yaml"
    path.write_text(path.read_text().replace("1.0.0", version))
    findings = changed(tmp_path, "table", "B: '2'", "B: '3'")
    gone = (
        "info CW331 releases.json:1:1: 'some/table@1' was released and is not here any more; "
        "bring it back if a biller still uses it"
    )
    assert [shown(finding) for finding in findings] == ([gone] if version == "2.0.0" else [])


def test_the_next_version_is_after_all_released_ones(tmp_path: Path) -> None:
    released(tmp_path)
    changed(tmp_path, "table", "1.0.0", "1.2.5")
    save(tmp_path, "some/table")
    (finding,) = changed(tmp_path, "table", "B: '2'", "B: '3'")
    assert finding.help.startswith("write version: 1.2.6, 1.3.0 if it can do more, 2.0.0 if")
    (finding,) = changed(tmp_path, "table", "1.2.5", "1.2.4")
    assert shown(finding) == (
        "CW332 table.yaml:4:10: version 1.2.4 is older than the released 1.2.5; " + finding.help
    )
    assert finding.help.startswith("write version: 1.2.6")
    (finding,) = changed(tmp_path, "table", "1.2.4", "1.0.0")
    assert finding.code == "CW330"


def test_a_record_is_added_to_and_never_changed(tmp_path: Path) -> None:
    workspace = released(tmp_path)
    before = releases_file(workspace).read_text()
    changed(tmp_path, "table", "B: '2'", "B: '3'")
    save(tmp_path, "some/table")
    assert releases_file(workspace).read_text() == before
    changed(tmp_path, "table", "1.0.0", "1.10.0")
    save(tmp_path, "some/table")
    after = releases_file(workspace).read_text()
    assert json.loads(before).items() < json.loads(after).items()
    assert list(json.loads(after)) == sorted(json.loads(after))
    assert set(before.strip("{}\n").replace(",", "").splitlines()) < set(
        after.strip("{}\n").replace(",", "").splitlines()
    )
    assert check_releases(open_workspace(tmp_path)[0]) == []


def test_only_named_documents_are_recorded(tmp_path: Path) -> None:
    workspace = released(tmp_path)
    releases_file(workspace).unlink()
    assert list(json.loads(record(workspace, ["town"]))) == ["town@1.0.0"]
    assert record(workspace, []) == "{}\n"
    assert check_releases(workspace) == []


@pytest.mark.parametrize("name", ["nothing", "some/table@2", "some/table@1.0.0", "@1"])
def test_a_name_that_is_no_document_is_refused(tmp_path: Path, name: str) -> None:
    workspace = released(tmp_path)
    with pytest.raises(ValueError, match="no document is called"):
        record(workspace, [name])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"a": 1}',
        '{"some/table@1.0": "sha256:"}',
        "{",
        "[" * 100_000,
        "\xff",
        '{"some/table@1.0.0": 5}',
    ],
)
def test_a_record_that_cannot_be_read_is_found_and_not_written_over(
    tmp_path: Path, text: str
) -> None:
    workspace = released(tmp_path)
    releases_file(workspace).write_bytes(text.encode("latin-1"))
    (finding,) = check_releases(workspace)
    assert (finding.code, str(finding.span)) == ("CW333", "mappings/releases.json:1:1")
    with pytest.raises(ValueError, match="is not a record"):
        record(workspace, ["town"])


def test_a_record_with_a_key_twice_is_refused(tmp_path: Path) -> None:
    workspace = released(tmp_path)
    path = releases_file(workspace)
    line = next(line for line in path.read_text().splitlines() if "town" in line)
    path.write_text(f"{{{line.rstrip(',')}, {line.rstrip(',')}}}")
    assert [finding.code for finding in check_releases(workspace)] == ["CW333"]


def test_a_workspace_without_mappings_keeps_the_record_in_its_root(tmp_path: Path) -> None:
    (tmp_path / "table.yaml").write_text(TABLE)
    workspace = save(tmp_path, "some/table")
    assert releases_file(workspace) == tmp_path / "releases.json"
    assert check_releases(workspace) == []
