"""Control totals of what is written, and the control amounts of what is not."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from crosswalk.model.cells import Writer
from crosswalk.model.controls import Tally, Wanted, controlled, tally_of
from crosswalk.model.layout import Layout, branches, in_line
from crosswalk.model.records import Instance
from crosswalk.planning import plan as p
from crosswalk.running.compile_cells import places
from crosswalk.running.evaluate import Place
from crosswalk.running.interpret import Interpreter
from crosswalk.running.occurrences import walk

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
    interpreter: Interpreter, unit: p.Node, wanted: Wanted, members: Sequence[Instance]
) -> dict[str, Decimal | None]:
    """Evaluate only the control amounts of a unit that is rejected."""
    found: dict[str, Decimal | None] = {}
    for name in sorted(wanted):
        found[name] = None
        for node, assignment in walk(unit):
            record = node.branch.record
            assert record is not None
            aliases = (
                f"{record.name}.{assignment.field.key}",
                f"{record.name}.{assignment.field.name}",
            )
            if name in aliases and assignment.term is not None and node.path is None:
                found[name] = _amount(interpreter, assignment.term, members)
    return found


def _amount(interpreter: Interpreter, term: p.Term, members: Sequence[Instance]) -> Decimal | None:
    """Evaluate one control amount; None when it cannot be read."""
    try:
        value = interpreter.term(term, Place(members))
    except Exception:  # noqa: BLE001 - the reference says what is wrong
        return None
    return Decimal(value) if isinstance(value, (int, Decimal)) else None
