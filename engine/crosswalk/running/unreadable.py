"""All that cannot be read in a unit that is rejected, so that each damaged line is told at once."""

from collections.abc import Iterable, Iterator

from crosswalk.model.records import Instance, Issue, Rejected
from crosswalk.planning import plan as p
from crosswalk.planning.term_words import options_of
from crosswalk.running.interpret import Interpreter

Used = dict[str, tuple[p.Slot, ...]]
"""The source fields that a plan reads, by record."""


def used_fields(root: p.Node) -> Used:
    """Give the source fields that a plan reads, by the name of their record."""
    found: dict[tuple[str, int], p.Slot] = {}
    for slot in _of_node(root):
        found.setdefault((slot.record.name, slot.field.position), slot)
    names = dict.fromkeys(name for name, _ in found)
    return {
        name: tuple(slot for (record, _), slot in sorted(found.items()) if record == name)
        for name in names
    }


def unmapped_records(plan: p.Plan) -> frozenset[str]:
    """Give the record types of the source that no entry uses and that state no control total."""
    used = {*used_fields(plan.root), *_sources(plan.root)}
    return frozenset(
        record.name
        for record in plan.source.records
        if record.name not in used and not any(one.control for one in record.fields)
    )


def _sources(node: p.Node) -> Iterator[str]:
    """Give the record types that target records are made of, one each."""
    if node.path is not None and node.source.record is not None:
        yield node.source.record.name
    for child in node.children:
        yield from _sources(child)


def unreadable(
    interpreter: Interpreter, members: Iterable[Instance], used: Used
) -> Iterator[Issue]:
    """Give the first unreadable field of each source record below some occurrences."""
    for one in members:
        record = one.branch.record
        if record is not None and one.cells is not None:
            fault = _first_fault(interpreter, one, used.get(record.name, ()))
            if fault is not None:
                yield fault
        for group in one.children:
            yield from unreadable(interpreter, group, used)


def _first_fault(
    interpreter: Interpreter, one: Instance, slots: tuple[p.Slot, ...]
) -> Issue | None:
    try:
        for slot in slots:
            interpreter.field(slot, one)
    except Rejected as rejected:
        return rejected.issue
    return None


def _of_node(node: p.Node) -> Iterator[p.Slot]:
    yield from (*node.keys, *((node.split,) if node.split else ()))
    yield from _of_when(node.when)
    for assignment in node.assignments:
        if assignment.term is not None:
            yield from _of_term(assignment.term)
    for child in node.children:
        yield from _of_node(child)


def _of_when(when: p.When | None) -> Iterator[p.Slot]:
    return (slot for _, slot in when.slots) if when is not None else iter(())


def _of_term(term: p.Term) -> Iterator[p.Slot]:  # noqa: C901 - one case an origin
    yield from _of_when(term.where)
    yield from _of_when(term.when)
    match term.origin:
        case p.FieldValue(slot) | p.Taken(slot):
            yield slot
        case p.Joined(slots=slots) | p.Gathered(slots=slots):
            yield from slots
        case p.Summed(add, less, _, start):
            yield from (*add, *less, *([start] if start is not None else []))
        case p.Chunk(whole):
            yield from _of_term(whole)
        case p.Rebuilt(parts=parts):
            for _, part in parts:
                yield from _of_term(part)
        case p.Choice() | p.FirstGiven() | p.Agreed() | p.Calculated():
            for option in options_of(term.origin):
                yield from _of_term(option)
        case _:
            pass
