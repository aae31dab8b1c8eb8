"""Sources that are nested, of several record types, or one unit as a whole."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import textform
from crosswalk.model.layout import branches
from crosswalk.model.records import Damage, Instance, Issue, Rejected
from crosswalk.planning import plan as p
from crosswalk.running.assemble import Torn, assemble, told_apart
from crosswalk.running.evaluate import Place, follow
from crosswalk.running.losses import CUT_OFF, Losses, prune
from crosswalk.running.mapper import Mapper
from crosswalk.running.occurrences import damage_of, issue_of, lines_of, size_of
from crosswalk.running.source_controls import SourceControls
from crosswalk.running.together import Runs, Together
from crosswalk.running.totals import fill_controls
from crosswalk.running.unreadable import used_fields
from crosswalk.values.codecs import Value


class Nested:
    """The units of a nested source; what they are mapped with belongs to the run."""

    def __init__(self, run: Mapper) -> None:
        """Map for this run."""
        self.run = run
        self.looked_up = _looked_up(run.plan)
        self.losses = Losses(run.plan)
        self.verify = SourceControls(run.interpreter, run.summary, run.notice)
        unit = None if run.plan.unit is None else run.node
        path = unit.path.downs if unit is not None and unit.path is not None else ()
        self.streamed = run.plan.source.root.children[path[0] if path else 0]
        self.runs = Runs(self.key) if unit is not None and unit.keys and len(path) == 1 else None
        self.count, self.line = 0, 1

    def texts(self, stream: BinaryIO) -> Iterator[str]:
        """Give the text of each target unit."""
        return self.whole(stream) if self.run.plan.unit is None else self.tree(stream)

    def tree(self, stream: BinaryIO) -> Iterator[str]:
        """Map nested occurrences as they are read."""
        streamed = self.streamed
        for item in self.sound(stream):
            if item.branch is not streamed:
                self.place(item)
                continue
            item.parent = self.run.root
            self.run.summary.read += size_of(item)
            if self.runs is None:
                yield from self.unit([item])
                continue
            for group in self.runs.add(item):
                yield from self.joined(group)
        if self.runs is not None:
            for group in self.runs.end():
                yield from self.joined(group)
        self.verify.finish()

    def sound(self, stream: BinaryIO) -> Iterator[Instance]:
        """Give the top-level occurrences of an input without what is lost in them.

        Raises FormatProblem for a file that is cut off, or that its damage costs whole.
        """
        for item in self.items(stream):
            self.run.where = self.where(item)
            if isinstance(item, Damage):
                self.stray(item)
                continue
            if not isinstance(item, Torn):
                self.verify.add(item)
                yield item
                continue
            top = item.instance
            top.parent = self.run.root
            lost = self.losses.top(top)
            self.verify.add(top, lost)
            for one in lost:
                prune(one)
                self.lose(one)
            if not top.damages:
                yield top

    def stray(self, damage: Damage) -> None:
        """Reject a line that stands for itself. Raises FormatProblem for a file that is cut off."""
        if damage.code == "CW631":
            raise FormatProblem(damage.code, damage.reason, line=damage.line or None, help=CUT_OFF)
        self.losses.line(damage)
        self.verify.doubts.line(damage)
        self.run.summary.read += 1
        self.run.reject(issue_of(damage), (damage.line,))
        if self.runs is not None and self.streamed.name in damage.may:
            self.runs.hurt(damage)

    def lose(self, lost: Instance) -> None:
        """Reject what is lost: for each cause, and for the units that are lost although whole."""
        before = self.run.summary.rejected
        first = self.run.reject_lost(lost, self.losses.sound(lost))
        self.run.summary.read += self.run.summary.rejected - before
        if self.runs is not None and lost.branch is self.streamed:
            self.runs.hurt(first)

    def where(self, item: Instance | Torn | Damage) -> str:
        """Tell which record of a document an occurrence is, where its line does not.

        In JSON what counts as its line is its number; XML may be all in one line.
        """
        form = self.run.plan.source.file.form
        if form not in ("json", "xml") or isinstance(item, Torn):
            return ""
        grouped = self.run.plan.unit is None or self.run.node.keys
        if grouped or (isinstance(item, Instance) and item.branch is not self.streamed):
            return ""
        if form == "json":
            return f"{self.streamed.name} {item.line}: "
        self.count += 1
        told = item.line in (1, self.line)
        self.line = item.line
        return f"{self.streamed.name} {self.count}: " if told else ""

    def items(self, stream: BinaryIO) -> Iterator[Instance | Torn | Damage]:
        """Give the top-level occurrences of an input; only its own form is imported."""
        source = self.run.plan.source
        if source.file.form in textform.FORMS:
            return assemble(textform.read(stream, source), source)
        if source.file.form == "sheet":
            from crosswalk.formats import sheetform

            return assemble(sheetform.read(stream, source), source)
        return iter(told_apart(self.occurrences(stream), source))

    def occurrences(self, stream: BinaryIO) -> Iterator[Instance | Damage]:
        """Give the top-level occurrences of a form whose occurrences are whole when read."""
        form = self.run.plan.source.file.form
        if form == "values":
            return iter(stream)  # type: ignore[arg-type]
        if form in ("json", "json-lines"):
            from crosswalk.formats import jsonform

            return jsonform.read(stream, self.run.plan.source)
        if form == "xml":
            from crosswalk.formats import xmlform

            return xmlform.read(stream, self.run.plan.source)
        raise FormatProblem("CW600", f"form '{form}' cannot be read")

    def place(self, item: Instance) -> None:
        """Keep a file-level record where later records find it; of several all they look up.

        Raises FormatProblem for a record of the whole file that is not what the layout says.
        """
        item.parent = self.run.root
        try:
            self.run.laws.hold_all([item])
        except Rejected as rejected:
            self.unlawful(rejected.issue, item)
            return
        others = self.run.root.children[self.run.plan.source.root.children.index(item.branch)]
        if item.branch.name not in self.looked_up:
            others.clear()
        others.append(item)
        self.run.summary.read += size_of(item)
        self.run.wrote([item], size_of(item))

    def unlawful(self, issue: Issue, item: Instance) -> None:
        """Reject a file-level record. Raises FormatProblem where it is the whole file's."""
        if item.branch.most is not None or self.losses.shared(item.branch):
            name = ".".join(filter(None, (issue.record, issue.field)))
            value = f" '{issue.value}'" if issue.value else ""
            help_ = "this record is about the whole file: is it the file that was meant?"
            reason = f"{name}{value} {issue.reason}"
            raise FormatProblem(issue.code, reason, line=issue.line or None, help=help_)
        self.run.summary.read += size_of(item)
        self.run.reject(issue, lines_of([item]))

    def key(self, item: Instance) -> list[Value]:
        """Give the values that tell which streamed occurrences belong together."""
        return [self.run.interpreter.field(slot, item) for slot in self.run.node.keys]

    def joined(self, group: Together) -> Iterator[str]:
        """Map records that stand together, unless one that may be theirs is damaged."""
        if group.cause is None:
            yield from self.unit(group.members)
        else:
            self.run.reject_unit(group.cause, lines_of(group.members), group.members)

    def unit(self, members: list[Instance]) -> Iterator[str]:
        """Map one streamed occurrence (or group of them)."""
        index = self.run.plan.source.root.children.index(members[0].branch)
        self.run.root.children[index] = members
        size = sum(size_of(one) for one in members)
        direct = self.run.node.path is not None and len(self.run.node.path.downs) == 1
        if self.run.code is not None:
            text, units = self.quick(members)
            if text is not None:
                self.run.wrote(members, size)
                self.run.summary.units += units
                yield from self.dealt(text, units)
                return
        self.run.summary.replayed += 1
        if direct:
            yield from self.run.refer(members, lines_of(members))
        else:
            yield from self.parts(members)

    def quick(self, members: list[Instance]) -> tuple[Any, int]:
        """Try the compiled function; no text when the reference must look."""
        code = self.run.code
        assert code is not None
        code.keys.clear()
        before = self.run.counted()
        try:
            code.number[0] = self.run.summary.units
            made = code.unit(*self.given(members))
            for key in code.keys:
                self.run.shares.of(key)
        except Exception:  # noqa: BLE001 - the reference says what is wrong
            code.pairs.clear()
            return None, 0
        text, units = made if code.several else (made, 1)
        fine = not code.pairs or self.run.distinct(code.pairs, before)
        return (text if fine else None), units

    def dealt(self, made: Any, units: int) -> Iterator[str]:  # noqa: ANN401 - as the function gives it
        """Give the texts of the compiled function, each to the share it belongs to."""
        assert self.run.code is not None
        if not self.run.shares.several:
            self.run.summary.emitted += units - 1
            yield made
            return
        texts = made if self.run.code.several else [made]
        for key, text in zip(tuple(self.run.code.keys), texts, strict=True):
            self.run.share = self.run.shares.of(key)
            yield text

    def given(self, members: list[Instance]) -> tuple[Any, list[Any]]:
        """Give what the compiled function takes. Raises ValueError for rows it cannot take."""
        assert self.run.code is not None
        if not self.run.code.flat:
            return members[0], members
        rows, head = [one.cells or [] for one in members], self.run.code.head
        if not head:
            return rows[0], rows
        if any(row[:head] != rows[0][:head] for row in rows):
            raise ValueError("a row does not begin like the first of its group")
        return rows[0], [row[head:] for row in rows]

    def parts(self, members: list[Instance]) -> Iterator[str]:
        """Map the several target units that one streamed occurrence holds."""
        assert self.run.node.path is not None
        sound = self.lawful(members)
        found = follow(self.run.node.path, Place((self.run.root,))) if sound else []
        try:
            groups = list(self.run.interpreter.groups(self.run.node, found))
        except Rejected as rejected:
            self.run.reject_unit(rejected.issue, lines_of(sound), sound)
            return
        counted = 0
        for group in groups:
            lines = lines_of(group)
            counted += len(lines)
            yield from self.run.refer(group, lines, tuple(found))
        rest = sum(size_of(one) for one in sound) - counted
        self.run.wrote(sound, rest, found)

    def lawful(self, members: list[Instance]) -> list[Instance]:
        """Take out of streamed occurrences what records around the units lose by their laws."""
        for one in members:
            if self.around(one):
                for lost in self.losses.top(one):
                    prune(lost)
                    self.run.reject_lost(lost, self.losses.sound(lost))
        members[:] = [one for one in members if not one.damages]
        return members

    def around(self, one: Instance) -> bool:
        """Judge the records around the target units in an occurrence; tell whether one is lost."""
        if one.branch is self.losses.unit:
            return False
        try:
            self.run.laws.hold(one)
        except Rejected as rejected:
            one.damages = (damage_of(rejected.issue),)
        return any([bool(one.damages), *(self.around(o) for group in one.children for o in group)])

    def whole(self, stream: BinaryIO) -> Iterator[str]:
        """Map a file that is one unit: all its records are held at once."""
        size = 0
        for item in self.sound(stream):
            item.parent = self.run.root
            size += size_of(item)
            self.run.root.children[self.run.plan.source.root.children.index(item.branch)].append(
                item
            )
        self.verify.finish()
        self.run.summary.read += size
        everything = [one for group in self.run.root.children for one in group]
        try:
            made = self.run.interpreter.make(self.run.plan.root, Place((self.run.root,)))
            self.run.laws.hold_all(everything)
            fill_controls(made, self.run.wanted, self.run.interpreter.writers)
            self.run.made_root = self.run.share.root = made
            text = self.run.share.emitter.whole(made)
        except Rejected as rejected:
            self.run.reject(rejected.issue, tuple(range(size)))
            return
        self.run.wrote(everything, size)
        self.run.summary.units += 1
        self.run.flush_notes()
        yield text


def _looked_up(plan: p.Plan) -> frozenset[str]:
    """Give the repeating branches of a file, besides the unit's, in which values are looked up."""
    used = used_fields(plan.root)
    return frozenset(
        top.name
        for top in plan.source.root.children
        if top.most is None
        and any(one.record and one.record.name in used for one in (top, *branches(top)))
    )
