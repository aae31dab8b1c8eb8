"""Holding source records against their layout: fields that no entry reads, and laws of records.

A field is what its layout says, whether an entry uses it or not: a record with another tag, an
unreadable date or no required value is another record than the one described, and what else
stands in it cannot be trusted. Fields that a mapping reads in every case are judged there.
"""

from collections.abc import Callable, Iterator, Sequence

from crosswalk.language.conditions import holds
from crosswalk.model.layout import Field, Record
from crosswalk.model.records import Instance, Issue, Rejected
from crosswalk.planning import plan as p
from crosswalk.running.evaluate import Evaluator
from crosswalk.values.codecs import Problem, Value, spell

Unread = dict[str, tuple[Field, ...]]
"""Fields by the name of their record."""


class Laws:
    """What the records of a plan's source must be like, besides what its entries read."""

    def __init__(self, evaluator: Evaluator) -> None:
        """Judge for the evaluator's plan; what is only reported goes into its notes."""
        self.evaluator, self.checks = evaluator, evaluator.plan.source_checks
        self.unread = unread(evaluator.plan)

    def hold_all(self, members: Sequence[Instance]) -> None:
        """Judge occurrences with all that is below them. Raises Rejected for the first fault."""
        for one in members:
            self.hold(one)
            for group in one.children:
                self.hold_all(group)

    def hold(self, one: Instance) -> None:
        """Judge one record. Raises Rejected."""
        record, cells = one.branch.record, one.cells
        if record is None or cells is None:
            return
        for field in self.unread[record.name]:
            self.value(record, field, one)
        for check in self.checks.get(record.name, ()):
            self.check(check, record, one)

    def value(self, record: Record, field: Field, one: Instance) -> Value:
        """Read a field. Raises Rejected with the place."""
        cell = (one.cells or [])[field.position]
        try:
            return self.evaluator.readers[record.name, field.position](cell, [])
        except Problem as problem:
            place = (problem.code, problem.reason, one.line, record.name, field.name)
            self.evaluator.reject(*place, cell, field.span)

    def check(self, check: p.BoundCheck, record: Record, one: Instance) -> None:
        """Hold a record against a law of its layout. Raises Rejected, or notes."""

        def get(name: str) -> Value:
            return self.value(record, record.fields[check.positions[name]], one)

        issue = breach(check, record, one.line, get)
        if issue is not None and check.reject:
            raise Rejected(issue)
        if issue is not None:
            self.evaluator.notes.append(issue)


def breach(
    check: p.BoundCheck, record: Record, line: int, get: Callable[[str], Value]
) -> Issue | None:
    """Hold a record against a law of its layout; None when it keeps it."""
    wrong = next(iter(check.positions))
    reason = f"does not keep the rule {check.name}"
    try:
        if (check.when is not None and not holds(check.when, get)) or holds(check.expect, get):
            return None
    except Problem as problem:  # moments that cannot be compared
        reason = f"{reason}: {problem.reason}"
    return Issue(
        "CW571",
        f"{reason}: {check.because}" if check.because else reason,
        line,
        line,
        record.name,
        record.fields[check.positions[wrong]].name,
        spell(get(wrong)),
        rule=check.span,
    )


def unread(plan: p.Plan) -> Unread:
    """Give the fields whose text can be wrong and that the plan does not read in every case."""
    read = set(_read(plan.root))
    keyed = plan.source.file.form in ("json", "json-lines", "values")
    return {
        record.name: tuple(
            one
            for one in record.fields
            if (record.name, one.position) not in read and (keyed or _can_be_wrong(one))
        )
        for record in plan.source.records
    }


def _can_be_wrong(field: Field) -> bool:
    typed = field.codec.type not in ("text", "code")
    strict = "reject" in (field.on_null, field.on_blank)
    lawful = field.required or field.always is not None or field.values or field.length is not None
    return bool(typed or strict or lawful)


def _read(node: p.Node) -> Iterator[tuple[str, int]]:
    """Give the fields (record, position) that a node's records are never made without reading."""
    if node.none or node.when is not None or (node.path is not None and node.path.ups):
        return
    if node.split is not None:
        yield node.split.record.name, node.split.field.position
        return
    for slot in node.keys:
        yield slot.record.name, slot.field.position
    for assignment in node.assignments:
        term = assignment.term
        if term is not None and _plain(term):
            origin = term.origin
            assert isinstance(origin, p.FieldValue)
            if not origin.slot.path.ups and not origin.slot.path.downs:
                yield origin.slot.record.name, origin.slot.field.position
    for child in node.children:
        yield from _read(child)


def _plain(term: p.Term) -> bool:
    """Tell whether a term reads its field in every record; those that must agree are all read."""
    free = term.when is None and term.where is None
    every = term.over is None or term.pick == "same"
    return free and every and isinstance(term.origin, p.FieldValue)
