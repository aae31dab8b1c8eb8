"""Every value of an effective document knows the layer and the line that set it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.resolve.kit import Case, open_case

from crosswalk.documents.source import List, Map, Node, Scalar, plain


@pytest.fixture(scope="module")
def case() -> Case:
    return open_case(Path(__file__).parent / "cases" / "layers")


@pytest.mark.parametrize(
    ("document", "path", "origin"),
    [
        ("partner/statement@1", "structure", "partner/statement theirs.yaml:6"),
        ("partner/statement@1", "file.form", "partner/statement theirs.yaml:5"),
        ("partner/statement@1", "file.header", "partner partner.yaml:7"),
        ("partner/statement@1", "file.delimiter", "town town.yaml:8"),
        ("partner/statement@1", "records.row.fields.Date.type", "partner/statement theirs.yaml:11"),
        ("partner/statement@1", "records.row.fields.Date.format", "town town.yaml:12"),
        ("partner/statement@1", "records.row.fields.Parcel.type", "town town.yaml:13"),
        ("ours/invoice@1", "records.IH.fields.45.length", "town town.yaml:18"),
        ("partner/invoice@1", "fields.IH.10", "town town.yaml:26"),
        ("partner/invoice@1", "fields.IH.13", "partner/invoice mapping.yaml:14"),
        ("partner/invoice@1", "nest.IH.by.0", "partner/invoice mapping.yaml:8"),
        ("partner/invoice@1", "fields.IH.45", None),
        ("partner/invoice@1", "fields.IH.10.nothing", None),
        ("partner/invoice@1", "nest.IH.by.1", None),
    ],
)
def test_a_value_names_its_layer_and_line(
    case: Case, document: str, path: str, origin: str | None
) -> None:
    found = case.effective[document].origin(path.split("."))
    if found is None:
        assert origin is None
    else:
        layer, span = found
        assert f"{layer} {span.file.removeprefix('mappings/')}:{span.line}" == origin


def test_a_value_has_a_history_over_the_layers(case: Case) -> None:
    found = case.effective["partner/statement@1"].history(
        ("records", "row", "fields", "Date", "format")
    )
    assert [(layer, node and plain(node)) for layer, node in found] == [
        ("partner/statement", "M/d/yyyy"),
        ("partner", "MM/dd/yyyy"),
        ("town", "yyyy-MM-dd"),
    ]
    _, (layer, removed) = case.effective["partner/words@1"].history(("codes", "B"))
    assert layer == "town"
    assert removed is not None
    assert plain(removed) is None


def leaves(node: Node) -> Iterator[Node]:
    if isinstance(node, Map):
        for entry in node.entries.values():
            yield from leaves(entry.value)
    elif isinstance(node, List):
        for item in node.items:
            yield from leaves(item)
    else:
        yield node


def test_every_place_holds_what_the_effective_document_says(case: Case) -> None:
    root = case.workspace.root
    count = 0
    for effective in case.effective.values():
        for leaf in leaves(effective.node):
            line = (root / leaf.span.file).read_text("utf-8").splitlines()[leaf.span.line - 1]
            written = line[leaf.span.column - 1 : leaf.span.end_column - 1]
            assert isinstance(leaf, Scalar)
            assert written.strip('"') == leaf.text
            count += 1
    assert count > 70


def test_what_is_inherited_is_left_as_it_was(case: Case) -> None:
    again = open_case(Path(__file__).parent / "cases" / "layers")
    for name, effective in case.effective.items():
        assert effective.document.node == again.effective[name].document.node
