"""Control totals: counts and sums over the smallest group that holds the record with the total.

They are laws of a file: filled in when it is written, verified when it is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Context, Decimal

from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.language.conditions import BoundCondition, Condition, describe, holds, references
from crosswalk.language.matchers import bind
from crosswalk.model.layout import Branch, Control, Field, Layout, Record
from crosswalk.model.records import Instance
from crosswalk.values.codecs import Missing, Value

EXACT = Context(prec=80)
"""Sums are exact: no amount of 38 digits is rounded even when a billion of them are added."""


@dataclass(slots=True)
class Tally:
    """Counts by branch and sums by `Record.Field` of what has been seen."""

    counts: dict[str, int] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, instance: Instance, wanted: frozenset[str]) -> None:
        """Count an occurrence and all below it, and add up the wanted amounts."""
        name = instance.branch.name
        self.counts[name] = self.counts.get(name, 0) + 1
        record = instance.branch.record
        if record is not None and instance.values is not None:
            for one in record.fields:
                for alias in {f"{record.name}.{one.key}", f"{record.name}.{one.name}"} & wanted:
                    self.plus(alias, instance.values[one.position])
            if isinstance(wanted, Wanted):
                self.add_conditional(instance, wanted)
        for group in instance.children:
            for child in group:
                self.add(child, wanted)

    def add_conditional(self, instance: Instance, wanted: "Wanted") -> None:
        """Count an occurrence, or add its amount up, where the condition of a total holds."""
        values, record = instance.values or [], instance.branch.record
        for one in wanted.conditional:
            if record is None or one.record != record.name:
                continue
            places = one.places
            if not holds(one.condition, lambda name: values[places[name]]):  # noqa: B023
                continue
            if one.amount is None:
                self.counts[one.key] = self.counts.get(one.key, 0) + 1
            else:
                self.plus(one.key, values[one.amount])

    def plus(self, name: str, value: Value) -> None:
        """Add one amount; no value adds nothing."""
        if isinstance(value, (int, Decimal)):
            self.sums[name] = EXACT.add(self.sums.get(name, Decimal(0)), Decimal(value))

    def merge(self, other: "Tally") -> None:
        """Add what another part of the file has seen."""
        for name, count in other.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        for name, amount in other.sums.items():
            self.plus(name, amount)

    def total(self, control: Control, one: Field) -> Value:
        """Give the value that a control total must have."""
        total = Decimal(sum(self.counts.get(_key(name, control), 0) for name in control.count))
        for name in control.sum:
            total = EXACT.add(total, self.sums.get(_key(name, control), Decimal(0)))
        for name in control.less:
            total = EXACT.subtract(total, self.sums.get(_key(name, control), Decimal(0)))
        if control.blocks_of is not None:
            total = Decimal(-(-int(total) // control.blocks_of))
        if control.modulo is not None:
            total = EXACT.remainder(total, Decimal(control.modulo))
        return int(total) if one.codec.type == "integer" else total


@dataclass(frozen=True, slots=True)
class Conditional:
    """A count or sum over the records of a type for which a condition holds.

    `key` is its name in a tally, `amount` the position of the field that is added up (None: the
    records are counted), `places` the positions of the fields that the condition names.
    """

    key: str
    record: str
    amount: int | None
    condition: BoundCondition
    places: dict[str, int]


class Wanted(frozenset[str]):
    """The `Record.Field` names that control totals add up, and the totals with a condition.

    `read` are all the names of fields whose values are needed.
    """

    conditional: tuple[Conditional, ...] = ()
    read: frozenset[str] = frozenset()


def wanted_sums(layout: Layout) -> Wanted:
    """Give what the control totals of a layout add up and count."""
    controls = [f.control for r in layout.records for f in r.fields if f.control is not None]
    plain = {name for control in controls for name in (*control.sum, *control.less)}
    made = Wanted(plain)
    found = {one.key: one for control in controls for one in _conditional(control, layout)}
    made.conditional = tuple(found.values())
    needed = {f"{one.record}.{name}" for one in made.conditional for name in one.places}
    made.read = frozenset(plain | needed)
    return made


def _conditional(control: Control, layout: Layout) -> Iterator[Conditional]:
    """Bind the condition of a control total to each record type it is about."""
    if control.where is None:
        return
    for name in (*control.count, *control.sum, *control.less):
        record = next((one for one in layout.records if _is_of(name, one)), None)
        if record is None:
            continue
        fields = {alias: one for one in record.fields for alias in (one.name, one.key)}
        bound, _ = bind_where(control.where, record)
        if bound is not None:
            places = {one: fields[one].position for one in references(bound)}
            amount = fields.get(name.removeprefix(f"{record.name}."))
            position = None if amount is None or name in control.count else amount.position
            yield Conditional(_key(name, control), record.name, position, bound, places)


def _is_of(name: str, record: Record) -> bool:
    """Tell whether a control total's `Record` or `Record.Field` is about a record type."""
    return name == record.name or any(
        name in (f"{record.name}.{one.key}", f"{record.name}.{one.name}") for one in record.fields
    )


def bind_where(where: Condition, record: Record) -> tuple[BoundCondition | None, list[Diagnostic]]:
    """Bind the condition of a control total to a record type, all of whose fields it must name.

    Returns None and no finding when it names a field that the record does not have.
    """
    fields = {alias: one for one in record.fields for alias in (one.name, one.key)}
    if not references(where) <= set(fields):
        return None, []

    def look(name: str) -> tuple[str, int | None]:
        codec = fields[name].codec
        return codec.type, codec.spelling.decimals

    return bind(where, look)


def _key(name: str, control: Control) -> str:
    """Give the name of a total in a tally; with its condition, if it has one."""
    return name if control.where is None else f"{name} where {describe(control.where)}"


def controlled(instance: Instance) -> Iterator[tuple[Instance, Instance]]:
    """Give the records below an occurrence that hold control totals, each with its group.

    The group of a record is the record's own occurrence when it has records below it, else
    the occurrence that holds it.
    """
    for group in instance.children:
        for child in group:
            if has_controls(child.branch):
                yield child, (child if child.branch.children else instance)
            yield from controlled(child)


def has_controls(branch: Branch) -> bool:
    """Tell whether the branch's own record has a control total."""
    return branch.record is not None and any(f.control for f in branch.record.fields)


def tally_of(group: Instance, wanted: frozenset[str]) -> Tally:
    """Give the counts and sums of everything in a group."""
    tally = Tally()
    tally.add(group, wanted)
    return tally


def present(value: Value) -> bool:
    """Tell whether there is a value at all."""
    return value is not None and value is not Missing.MISSING
