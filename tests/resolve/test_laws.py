"""Laws of merging and placing that hold for any documents and layers."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.resolve.kit import HERE

from crosswalk.documents.placing import place
from crosswalk.documents.resolve import layers, resolve
from crosswalk.documents.source import Map, plain, read
from crosswalk.documents.workspace import Document, Workspace, open_workspace
from crosswalk.findings.diagnostics import Diagnostic

NAMES = ("A", "B", "C", "D", "E", "F", "G")
QUICK = settings(max_examples=60, deadline=None)


def parsed(text: str) -> Map:
    node, findings = read(text, "x.yaml")
    assert not findings
    assert isinstance(node, Map)
    return node


@dataclass(frozen=True)
class Placing:
    inherited: list[str]
    asked: dict[str, tuple[str, str]]

    def run(self) -> tuple[list[str], list[Diagnostic]]:
        old = {name: parsed(f"{name}: {{}}").entries[name] for name in self.inherited}
        text = "".join(f"{key}: {{{word}: {at}}}\n" for key, (word, at) in self.asked.items())
        over = parsed(text) if text else Map(next(iter(old.values())).key.span, {})
        findings: list[Diagnostic] = []
        return list(place({**old, **over.entries}, over, findings)), findings


@st.composite
def placings(draw: st.DrawFn) -> Placing:
    order = draw(st.permutations(NAMES))
    split = draw(st.integers(1, len(NAMES)))
    moved = draw(st.lists(st.sampled_from(order[:split]), max_size=2, unique=True))
    words = st.tuples(st.sampled_from(("after", "before")), st.sampled_from(NAMES))
    asked = {name: draw(words) for name in [*order[split:], *moved]}
    return Placing(order[:split], asked)


@QUICK
@given(placings())
def test_placing_keeps_every_field_once(placing: Placing) -> None:
    order, _ = placing.run()
    assert sorted(order) == sorted({*placing.inherited, *placing.asked})


@QUICK
@given(placings())
def test_fields_that_are_not_placed_keep_their_order(placing: Placing) -> None:
    order, _ = placing.run()
    stay = [name for name in placing.inherited if name not in placing.asked]
    assert [name for name in order if name in stay] == stay


@QUICK
@given(placings())
def test_a_placed_field_stands_on_its_side_of_the_anchor(placing: Placing) -> None:
    order, findings = placing.run()
    if findings:
        return
    for name, (word, anchor) in placing.asked.items():
        first, second = (anchor, name) if word == "after" else (name, anchor)
        assert order.index(first) < order.index(second)


@QUICK
@given(placings())
def test_placing_gives_the_same_order_each_time(placing: Placing) -> None:
    assert placing.run() == placing.run()


def test_fields_after_one_anchor_keep_their_order_and_stay_with_those_after_them() -> None:
    chain = {name: ("after", before) for before, name in pairwise("CDEFG")}
    first, _ = Placing(["A", "B", "C"], {"B": ("after", "C"), **chain}).run()
    last, _ = Placing(["A", "B", "C"], {**chain, "B": ("after", "C")}).run()
    assert first == ["A", "C", "B", "D", "E", "F", "G"]
    assert last == ["A", "C", "D", "E", "F", "G", "B"]


def workspace() -> tuple[Workspace, list[Document]]:
    found, _ = open_workspace(HERE / "cases" / "layers")
    return found, [one for one in found.documents if one.kind not in ("biller", "integration")]


def test_without_layers_a_document_is_what_it_says() -> None:
    for document in workspace()[1]:
        effective, findings = resolve(document, ())
        assert findings == []
        assert effective.node == document.node


def test_layers_apply_one_after_the_other() -> None:
    found, documents = workspace()
    chain, _ = layers(found, found.of_kind("biller")[0])
    for document in documents:
        together, findings = resolve(document, chain)
        step, stepwise = document, list[Diagnostic]()
        for layer in chain:
            effective, wrong = resolve(step, (layer,))
            step = replace(document, body=held(document, effective.node))
            stepwise += wrong
        assert (step.node, stepwise) == (together.node, findings)


def held(document: Document, node: Map) -> Any:
    return type(document.body)(lambda: (node, []))


def test_a_layer_applied_twice_changes_nothing_the_second_time() -> None:
    found, documents = workspace()
    chain, _ = layers(found, found.of_kind("biller")[0])
    for document in documents:
        once, _ = resolve(document, chain)
        twice, findings = resolve(document, (*chain, chain[-1]))
        assert list(plain_items(twice.node)) == list(plain_items(once.node))
        assert {finding.code for finding in findings} <= {"CW323", "CW324"}


def plain_items(node: Map) -> list[tuple[str, str]]:
    return [(key, str(plain(entry.value))) for key, entry in node.entries.items()]
