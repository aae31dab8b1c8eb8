"""Flat sources: rows of one record type mapped one by one, or grouped by the unit's keys."""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import BinaryIO

from crosswalk.formats.fitting import Shapes
from crosswalk.model.controls import present
from crosswalk.model.records import Cell, Damage, Instance, Issue, Rejected
from crosswalk.running.mapper import Mapper
from crosswalk.running.occurrences import issue_of
from crosswalk.running.rows import Cells, Group, Grouping, read_groups, read_rows
from crosswalk.values.codecs import Problem


class Flat:
    """The units of a flat source; what they are mapped with belongs to the run."""

    def __init__(self, run: Mapper) -> None:
        """Map for this run."""
        self.run, self.summary, self.code = run, run.summary, run.code
        self.holds, self.several = bool(run.held.values), run.shares.several

    def texts(self, stream: BinaryIO) -> Iterator[str]:
        """Give the text of each target unit."""
        return self.groups(stream) if self.run.node.keys else self.rows(stream)

    def groups(self, stream: BinaryIO) -> Iterator[str]:
        """Map rows of one record type, grouped by the unit's keys."""
        keys = tuple(slot.field.position for slot in self.run.node.keys)
        grouping = Grouping(
            keys, self.same_key, self.faulty_key, self.plain_keys(), *self.quick_rows()
        )
        read = read_groups(stream, self.run.plan.source, grouping, self.run.part)
        begun = False
        summary, met, apart = self.summary, self.run.met.groups.append, self.run.held.groups
        pick = itemgetter(*keys)
        for group in read:
            if isinstance(group, Damage):
                self.reject_row(group)
                continue
            summary.read += len(group.tails)
            key = hash(pick(group.first))
            met(key)
            if key in apart:
                self.reject_apart(group)
                continue
            spoiled = group.damages or group.odd or group.doubt
            text = None if spoiled else self.mapped(group.first, group.tails)
            if text is None:
                yield from self.replay(group)
                continue
            if not begun:
                begun = True
                self.run.remember(group.lines[0], group.first)
            yield text

    def rows(self, stream: BinaryIO) -> Iterator[str]:
        """Map rows of one record type, each a unit of its own."""
        for line, cells in read_rows(stream, self.run.plan.source, self.run.part):
            if isinstance(cells, Damage):
                self.reject_row(cells)
                continue
            self.run.summary.read += 1
            text = self.mapped(cells, (cells,))
            if text is not None:
                self.run.remember(line, cells)
                yield text
                continue
            yield from self.replay(Group(cells, 0, cells, line))

    def reject_row(self, damage: Damage) -> None:
        """Reject a line that cannot be read and is nobody's."""
        self.run.summary.read += 1
        self.run.reject(issue_of(damage), (damage.line,))

    def mapped(self, first: Cells, tails: Sequence[Cells]) -> str | None:
        """Try the compiled function on rows; None when the reference must look."""
        code = self.code
        if code is None:
            return None
        before = self.run.counted() if self.holds else None
        try:
            code.number[0] = self.run.summary.units
            text: str = code.unit(first, tails)
        except Exception:  # noqa: BLE001 - the reference says what is wrong
            code.pairs.clear()
            return None
        if code.pairs and not self.run.distinct(code.pairs, before):
            return None
        if self.several and not self.shared():
            return None
        self.summary.written += len(tails)
        self.summary.units += 1
        return text

    def shared(self) -> bool:
        """Find the share of a row's unit; False when its file cannot have a name."""
        assert self.code is not None
        try:
            self.run.share = self.run.shares.of(self.code.keys[-1])
        except Problem:
            return False
        finally:
            self.code.keys.clear()
        return True

    def quick_rows(self) -> tuple[int, Shapes | None]:
        """Give how many columns the rows of a group share, and what a row must be like to fit."""
        return (0, None) if self.code is None else (self.code.head, self.code.shapes)

    def faulty_key(self, cells: Cells, line: int) -> Damage | None:
        """Tell why the keys of a row cannot be read, None when they can."""
        top = self.run.plan.source.root.children[0]
        try:
            for slot in self.run.node.keys:
                if not present(self.run.interpreter.field(slot, Instance(top, line, [*cells]))):
                    reason = "is blank, but tells which records belong together"
                    return Damage(line, line, "CW503", reason, self.joined(cells), slot.field.name)
        except Rejected as rejected:
            issue = rejected.issue
            return Damage(line, line, issue.code, issue.reason, self.joined(cells), issue.field)
        return None

    def joined(self, cells: Sequence[Cell]) -> str:
        """Give the text of a row as far as it matters for telling whose it is."""
        return self.run.plan.source.file.delimiter.join(str(cell) for cell in cells)

    def reject_apart(self, group: Group) -> None:
        """Reject a group whose records do not stand together in the file."""
        name = self.run.node.branch.name
        reason = f"the records of one {name} do not stand together; all parts of it are held back"
        lines = tuple(group.lines)
        top = self.run.plan.source.root.children[0]
        members = [
            Instance(top, line, cells, [], None, self.run.root)
            for line, cells in zip(group.lines, group.rows(), strict=True)
        ]
        for damage in group.damages:
            self.run.summary.read += 1
            self.run.reject(issue_of(damage), (damage.line,))
        issue = Issue("CW580", reason, lines[0], lines[-1], self.run.node.source.name)
        self.run.reject(issue, lines, members)

    def plain_keys(self) -> bool:
        """Tell whether keys are texts that are equal only when written alike."""
        fields = [slot.field for slot in self.run.node.keys]
        return all(
            one.codec.type == "text" and not (one.values or one.always or one.length)
            for one in fields
        )

    def same_key(self, one: Cells, other: Cells) -> bool:
        """Compare the keys of two rows by their values, where their texts differ."""
        if all(slot.field.codec.type in ("text", "code") for slot in self.run.node.keys):
            return False
        top = self.run.plan.source.root.children[0]
        try:
            return all(
                self.run.interpreter.field(slot, Instance(top, 0, [*one]))
                == self.run.interpreter.field(slot, Instance(top, 0, [*other]))
                for slot in self.run.node.keys
            )
        except Rejected:
            return False

    def doubted(self, damage: Damage, lines: Sequence[int]) -> Issue:
        """Say that a group is not written because it may lack a line."""
        name = self.run.node.branch.name
        reason = f"not written, because line {damage.line} is damaged and may be one of its {name}"
        return Issue("CW578", reason, lines[0], lines[-1], self.run.node.source.name)

    def replay(self, group: Group) -> Iterator[str]:
        """Map a group by the reference; damage in it rejects the whole group."""
        top = self.run.plan.source.root.children[0]
        lines = tuple(group.lines)
        members = [
            Instance(top, line, cells, [], None, self.run.root)
            for line, cells in zip(group.lines, group.rows(), strict=True)
        ]
        if group.damages:
            for damage in group.damages:
                self.run.summary.read += 1
                self.run.reject(issue_of(damage), (damage.line,))
            self.run.reject_unit(group.damages[0], lines, members)
            self.run.interpreter.notes.clear()
            return
        if group.doubt is not None:
            self.run.reject_unit(self.doubted(group.doubt, lines), lines, members)
            return
        self.run.remember(group.lines[0], group.first)
        self.run.summary.replayed += 1
        yield from self.run.refer(members, lines)
