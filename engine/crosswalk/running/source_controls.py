"""Verifying the control totals of a source while its occurrences pass by.

A total is held against all records, whether they are written, rejected or left out. Where damage
may hide what it counts, only a difference that this explains is let pass, and told.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from crosswalk.model.controls import Tally, controlled, has_controls, present, tally_of, wanted_sums
from crosswalk.model.layout import Field, branches
from crosswalk.model.records import Damage, Instance, Issue
from crosswalk.running.accounts import Summary
from crosswalk.running.doubts import Doubts
from crosswalk.running.interpret import Interpreter
from crosswalk.values.codecs import spell
from crosswalk.values.spelling import Problem, Value


class SourceControls:
    """Verifies the control totals of the source as its occurrences pass by."""

    def __init__(
        self, interpreter: Interpreter, summary: Summary, notice: Callable[[Issue], None]
    ) -> None:
        """Verify the interpreter's source; what does not agree goes into the summary.

        `notice` is told of a total that damage keeps from being verified.
        """
        self.readers, self.summary, self.notice = interpreter.readers, summary, notice
        source = interpreter.plan.source
        self.wanted = wanted_sums(source)
        records = source.records
        self.needed = {
            record.name
            for record in records
            if any(one.control for one in record.fields)
            or any(name.partition(".")[0] == record.name for name in self.wanted.read)
        }
        self.active = any(one.control for record in records for one in record.fields)
        self.named = {one.name: one for one in branches(source.root)}
        self.tally, self.doubts = Tally(), Doubts(self.named)
        self.unread: dict[int, Damage] = {}
        self.held: list[Instance] = []

    def add(self, item: Instance, lost: Sequence[Instance] = ()) -> None:
        """Read the amounts of an occurrence, verify the totals inside it, count it.

        What is `lost` in it is counted as well, but the totals in there are not verified.
        """
        if not self.active:
            return
        self.unread.clear()
        self.read(item)
        torn = bool(lost or self.unread)
        if torn:
            self.doubts.add(item, self.unread)
        self.tally.add(item, self.wanted)
        if item.damages:
            return
        for one, group in self.inside(item, lost):
            doubts = Doubts(self.named)
            if torn:
                doubts.add(group, self.unread)
            self.verify(one, tally_of(group, self.wanted), doubts)
        if has_controls(item.branch) and not item.branch.children:
            self.held.append(item)

    def inside(
        self, item: Instance, lost: Sequence[Instance]
    ) -> Iterator[tuple[Instance, Instance]]:
        """Give the records with totals in an occurrence that are not lost, each with its group."""
        gone = {id(below) for one in lost for below, _ in controlled(one)} | {id(o) for o in lost}
        yield from (pair for pair in controlled(item) if id(pair[0]) not in gone)
        if has_controls(item.branch) and item.branch.children:
            yield item, item

    def read(self, item: Instance) -> None:
        """Read the values that totals add up or state, in an occurrence and below it."""
        record = item.branch.record
        if record is not None and record.name in self.needed and item.cells is not None:
            item.values = [None] * len(record.fields)
            for one in record.fields:
                full = {f"{record.name}.{one.key}", f"{record.name}.{one.name}"}
                if one.control or full & self.wanted.read:
                    item.values[one.position] = self.value(record.name, one, item)
        for group in item.children:
            for child in group:
                self.read(child)

    def value(self, record: str, one: Field, item: Instance) -> Value:
        """Read one value; None when it cannot be read."""
        try:
            return self.readers[record, one.position]((item.cells or [])[one.position], [])
        except Problem as problem:
            if one.control is None:
                place = (item.line, item.line, problem.code, problem.reason, "", one.name)
                self.unread.setdefault(id(item), Damage(*place))
            return None

    def verify(self, one: Instance, tally: Tally, doubts: Doubts) -> None:
        """Hold a record's control totals against what was counted."""
        record = one.branch.record
        assert record is not None
        for target in record.fields:
            if target.control is None or one.values is None:
                continue
            stated, counted = one.values[target.position], tally.total(target.control, target)
            if not present(stated) or stated == counted:
                continue
            difference = (
                f"{record.name}.{target.name} (line {one.line}) says {spell(stated)}, "
                f"the records give {spell(counted)}"
            )
            missing: Any = stated - counted  # type: ignore[operator]
            cause = doubts.explain(target.control, missing)
            if cause is None:
                self.summary.control_problems.append(difference)
            else:
                self.unverified(f"{difference}; see line {cause.line}", one, target)

    def unverified(self, told: str, one: Instance, total: Field) -> None:
        """Tell that a total could not be verified, and why."""
        assert one.branch.record is not None
        self.summary.unverified_totals.append(told)
        reason = f"cannot be verified: {told}"
        self.notice(Issue("CW639", reason, one.line, one.line, one.branch.record.name, total.name))

    def finish(self) -> None:
        """Verify the totals of the whole file: counts first, they tell what a damaged line is."""
        for one in self.held:
            self.settle(one)
        for one in self.held:
            self.verify(one, self.tally, self.doubts)

    def settle(self, one: Instance) -> None:
        """Take the counts that agree for granted."""
        for total in one.branch.record.fields if one.branch.record is not None else ():
            if total.control is None or one.values is None:
                continue
            if one.values[total.position] == self.tally.total(total.control, total):
                self.doubts.settle(total.control)
