"""The quick look never says yes where jsonschema finds something."""

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from crosswalk.documents.schema import schema_of, validate
from crosswalk.documents.schema_quick import plainly_fits
from crosswalk.documents.source import Entry, List, Map, Node, Scalar, read_file

ROOT = Path(__file__).parents[2] / "mappings"
FILES = sorted(ROOT.rglob("*.yaml"))
VALUES = ("", "x", "a b", 7, -1, Decimal("1.5"), True, None, "1.0.0", "row*", "text")


def document(path: Path) -> Map:
    node, findings = read_file(path, path.name)
    assert not findings
    assert isinstance(node, Map)
    return node


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_shipped_documents_are_known_to_be_good(path: Path) -> None:
    node = document(path)
    assert plainly_fits(node, schema_of(kind_of(node)))


@pytest.mark.no_cover
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_that_it_passes_has_no_finding(path: Path) -> None:
    node = document(path)
    schema = schema_of(kind_of(node))
    dice = random.Random(path.name)
    passed = failed = 0
    for _ in range(40):
        changed = mutated(node, dice)
        good = plainly_fits(changed, schema)
        passed, failed = passed + good, failed + (not good)
        if good:
            assert validate(changed, schema) == []
    assert failed


def kind_of(node: Map) -> str:
    kind = node.entries["kind"].value
    assert isinstance(kind, Scalar)
    return kind.text


def mutated(node: Node, dice: random.Random) -> Node:
    """Change one thing somewhere: a value, a key, a type, or take something away."""
    if isinstance(node, Scalar) or dice.random() < 0.15:
        value = dice.choice(VALUES)
        return Scalar(node.span, "" if value is None else str(value), value, plain=True)
    if isinstance(node, List):
        if not node.items:
            return node
        at = dice.randrange(len(node.items))
        items = [*node.items]
        items[at] = mutated(items[at], dice)
        return replace(node, items=tuple(items))
    if not node.entries:
        return node
    key = dice.choice(list(node.entries))
    entries = dict(node.entries)
    chance = dice.random()
    if chance < 0.15:
        del entries[key]
    elif chance < 0.3:
        entry = entries.pop(key)
        entries[key + "x"] = Entry(replace(entry.key, text=key + "x"), entry.value)
    else:
        entries[key] = Entry(entries[key].key, mutated(entries[key].value, dice))
    return replace(node, entries=entries)
