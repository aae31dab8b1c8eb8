"""Control totals of what is written, and the control amounts of what is not."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import reduce

from crosswalk.model.cells import Writer
from crosswalk.model.controls import EXACT, Tally, Wanted, controlled, tally_of
from crosswalk.model.layout import Layout, branches, in_line
from crosswalk.model.records import Instance, Rejected
from crosswalk.planning import plan as p
from crosswalk.running.compile_cells import places
from crosswalk.running.evaluate import Place
from crosswalk.running.interpret import Interpreter
from crosswalk.values.codecs import Problem

Writers = Mapping[tuple[str, int], Writer]
"""The writers of a target's fields, by record and position."""


def fill_controls(made: Instance, wanted: Wanted, writers: Writers) -> None:
    """Compute the control totals inside a unit."""
    inner = list(controlled(made))
    if made.branch.record is not None and any(f.control for f in made.branch.record.fields):
        inner.append((made, made))
    for one, group in inner:
        tally = tally_of(group, wanted)
        write_controls(one, tally, writers)


def write_controls(one: Instance, tally: Tally, writers: Writers) -> None:
    """Fill in a record's control totals from a tally."""
    record = one.branch.record
    assert record is not None
    assert one.cells is not None
    for target in record.fields:
        if target.control is not None:
            value = tally.total(target.control, target)
            writer = writers[record.name, target.position]
            one.cells[target.position] = writer(value, [])
            if one.values is not None:
                one.values[target.position] = value


def records(target: Layout, tally: Tally) -> int:
    """Give how many lines of a target were counted."""
    lines = {
        branch.name for branch in branches(target.root) if branch.record and not in_line(branch)
    }
    return sum(tally.counts.get(name, 0) for name in lines)


def decimals(target: Layout, name: str) -> int:
    """Give the decimals of a target field by `Record.Field`."""
    record, _, field_name = name.partition(".")
    for one in target.records:
        for field in one.fields if one.name == record else ():
            if field_name in (field.key, field.name):
                return places(field) or 0
    return 2


def amounts(
    interpreter: Interpreter,
    unit: p.Node,
    wanted: Wanted,
    members: Sequence[Instance],
    *,
    whole: bool = True,
) -> dict[str, Decimal | None]:
    """Evaluate only the control amounts of a unit that is rejected; None for one nobody can read.

    Of a unit that is not `whole`, what is added up over several records is not known.
    """
    found: dict[str, list[Decimal | None]] = {}
    _add_amounts(interpreter, unit, Place(members), found, whole=whole)
    return {name: _sum(found.get(name, [None])) for name in sorted(wanted)}


def _add_amounts(
    interpreter: Interpreter,
    node: p.Node,
    place: Place,
    found: dict[str, list[Decimal | None]],
    *,
    whole: bool,
) -> None:
    """Evaluate the numbers of a node's record at a place, and those of the records below it."""
    for name, assignment in _named(node):
        if assignment.term is not None:
            found.setdefault(name, []).append(_amount(interpreter, assignment.term, place))
    for child in node.children:
        inner = [place] if child.path is None else _inner(interpreter, child, place, whole=whole)
        for one in inner or ():
            _add_amounts(interpreter, child, one, found, whole=whole)
        for name in (name for below in _tree(child) for name, _ in _named(below)):
            found.setdefault(name, []).extend([None] if inner is None else [])


def _inner(
    interpreter: Interpreter, node: p.Node, place: Place, *, whole: bool
) -> list[Place] | None:
    """Give the records that occurrences of a repeated branch are made of; None if unknown."""
    try:
        return list(interpreter.places(node, place)) if whole else None
    except (Rejected, Problem):
        return None


def _tree(node: p.Node) -> Iterator[p.Node]:
    yield node
    for child in node.children:
        yield from _tree(child)


def _named(node: p.Node) -> Iterator[tuple[str, p.Assignment]]:
    """Give a node's assignments by the names that totals know their fields by."""
    record = node.branch.record
    for one in node.assignments:
        if record is not None and one.field.codec.type in ("money", "decimal", "integer"):
            for name in sorted({one.field.key, one.field.name}):
                yield f"{record.name}.{name}", one


def _sum(found: list[Decimal | None]) -> Decimal | None:
    known = [one for one in found if one is not None]
    return reduce(EXACT.add, known, Decimal(0)) if len(known) == len(found) else None


def _amount(interpreter: Interpreter, term: p.Term, place: Place) -> Decimal | None:
    """Evaluate one control amount; None when it cannot be read."""
    try:
        value = interpreter.term(term, place)
    except Exception:  # noqa: BLE001 - the reference says what is wrong
        return None
    return Decimal(value) if isinstance(value, (int, Decimal)) else None
