"""What a run has met that must be unique: values that are `distinct` or `unique`, and groups."""

import os
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from crosswalk.model.controls import present
from crosswalk.model.layout import Field
from crosswalk.model.records import Instance, Issue
from crosswalk.planning import plan as p
from crosswalk.running.accounts import Held
from crosswalk.running.evaluate import Place
from crosswalk.running.interpret import Interpreter
from crosswalk.running.occurrences import below, distinct_assignments
from crosswalk.values.codecs import spell

_BUCKETS = 8
"""Collisions are looked for in this many passes, so that few hashes are in a table at once."""


def _hashes() -> "array[int]":
    return array("q")


@dataclass(slots=True)
class Met:
    """Hashes in file order: of target values with those of their sources, and of groups' keys."""

    targets: "array[int]" = field(default_factory=_hashes)
    sources: "array[int]" = field(default_factory=_hashes)
    groups: "array[int]" = field(default_factory=_hashes)

    def extend(self, other: "Met") -> None:
        """Add what another part of the input has met."""
        self.targets.extend(other.targets)
        self.sources.extend(other.sources)
        self.groups.extend(other.groups)

    def collisions(self) -> Held:
        """Find target values that two different source values became, and groups met twice."""
        found: set[int] = set()
        apart: set[int] = set()
        for bucket in range(_BUCKETS):
            values: dict[int, int] = {}
            for target, source in zip(self.targets, self.sources, strict=True):
                if target % _BUCKETS == bucket and values.setdefault(target, source) != source:
                    found.add(target)
            seen: set[int] = set()
            for key in self.groups:
                if key % _BUCKETS == bucket:
                    if key in seen:
                        apart.add(key)
                    seen.add(key)
        return Held(frozenset(found), frozenset(apart))


def distinct_pairs(
    interpreter: Interpreter, unit: p.Node, made: Instance, members: Sequence[Instance]
) -> list[tuple[str, str]]:
    """Give (source text, target text) of every `distinct` and `unique` entry of a unit.

    Every `unique` value counts as one from a source of its own.
    """
    pairs = []
    for node, assignment in distinct_assignments(unit):
        for one in below(made, node.branch.name):
            term = assignment.term
            assert term is not None
            bare = p.Term(term.origin, term.type, term.span, term.pick, term.over)
            source = interpreter.term(bare, Place(members))
            value = (one.values or [])[assignment.field.position]
            text = assignment.field.codec.write(value) if present(value) else ""
            if assignment.distinct:
                pairs.append((spell(source), text))
            if assignment.unique and text:
                pairs.append(unique_pair(assignment.field, text))
    return pairs


_NEXT = count().__next__


def unique_pair(field: Field, text: str) -> tuple[str, str]:
    """Give what makes a value collide with any other like it in its field, in all processes."""
    return f"{os.getpid()} {_NEXT()}", f"{field.span} {text}"


def collision(unit: p.Node, members: Sequence[Instance]) -> Issue:
    """Say that two different values became one, or one stands twice."""
    node, assignment = next(iter(distinct_assignments(unit)))
    reason = "another record has a different value that becomes the same; both are held back"
    if assignment.unique:
        reason = "another record has the same value; all of them are held back"
    line = members[0].line
    record = node.branch.record
    name = record.name if record else ""
    return Issue("CW579", reason, line, line, name, assignment.field.name, rule=assignment.span)


def keyed_by_source(unit: p.Node) -> bool:
    """Tell whether what `distinct` compares is the very field that groups a flat file's records."""
    if len(unit.keys) != 1:
        return False
    key = unit.keys[0].field
    told = list(distinct_assignments(unit))
    if any(one.unique for _, one in told):
        return False
    origins = [one.term.origin for _, one in told if one.term is not None]
    return all(isinstance(o, p.FieldValue) and o.slot.field is key for o in origins)
