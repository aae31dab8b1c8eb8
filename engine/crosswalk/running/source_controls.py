"""Verifying the control totals of a source while its occurrences pass by."""

from crosswalk.model.controls import Tally, controlled, has_controls, present, tally_of, wanted_sums
from crosswalk.model.records import Instance
from crosswalk.running.accounts import Summary
from crosswalk.running.interpret import Interpreter
from crosswalk.values.codecs import spell
from crosswalk.values.spelling import Problem, Value


class SourceControls:
    """Verifies the control totals of the source as its occurrences pass by."""

    def __init__(self, interpreter: Interpreter, summary: Summary) -> None:
        """Verify the interpreter's source; what does not agree goes into the summary."""
        self.readers, self.summary = interpreter.readers, summary
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
        self.tally = Tally()
        self.held: list[Instance] = []
        self.damaged = False

    def add(self, item: Instance) -> None:
        """Read the amounts of an occurrence, verify the totals inside it, count it."""
        if not self.active:
            return
        self.read(item)
        for one, group in controlled(item):
            self.verify(one, tally_of(group, self.wanted))
        self.tally.add(item, self.wanted)
        if not has_controls(item.branch):
            return
        if item.branch.children:
            self.verify(item, tally_of(item, self.wanted))
        else:
            self.held.append(item)

    def read(self, item: Instance) -> None:
        """Read the values that totals add up or state, in an occurrence and below it."""
        record = item.branch.record
        if record is not None and record.name in self.needed and item.cells is not None:
            item.values = [None] * len(record.fields)
            for one in record.fields:
                full = {f"{record.name}.{one.key}", f"{record.name}.{one.name}"}
                if one.control or full & self.wanted.read:
                    item.values[one.position] = self.value(record.name, one.position, item)
        for group in item.children:
            for child in group:
                self.read(child)

    def value(self, record: str, position: int, item: Instance) -> Value:
        """Read one value; None when it cannot be read."""
        try:
            return self.readers[record, position]((item.cells or [])[position], [])
        except Problem:
            return None

    def verify(self, one: Instance, tally: Tally) -> None:
        """Hold a record's control totals against what was counted."""
        record = one.branch.record
        assert record is not None
        for target in record.fields:
            if target.control is None or one.values is None:
                continue
            stated, counted = one.values[target.position], tally.total(target.control, target)
            if present(stated) and stated != counted:
                self.summary.control_problems.append(
                    f"{record.name}.{target.name} (line {one.line}) says {spell(stated)}, "
                    f"the records give {spell(counted)}"
                )

    def finish(self) -> None:
        """Verify the totals of the whole file."""
        for one in self.held:
            self.verify(one, self.tally)
