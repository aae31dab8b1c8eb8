"""Sources that are nested, of several record types, or one unit as a whole."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import textform
from crosswalk.model.layout import Branch, branches
from crosswalk.model.records import Damage, Instance, Issue, Rejected
from crosswalk.planning import plan as p
from crosswalk.running.assemble import Spoiled, assemble
from crosswalk.running.compile import Compiled
from crosswalk.running.evaluate import Place, follow
from crosswalk.running.mapper import Mapper
from crosswalk.running.occurrences import issue_of, lines_of, size_of
from crosswalk.running.source_controls import SourceControls
from crosswalk.running.totals import fill_controls
from crosswalk.running.unreadable import used_fields


class Nested:
    """The units of a nested source; what they are mapped with belongs to the run."""

    def __init__(self, run: Mapper) -> None:
        """Map for this run."""
        self.run, self.code = run, run.code
        self.root, self.summary, self.several = run.root, run.summary, run.shares.several
        self.looked_up = _looked_up(run.plan)
        self.at = 0
        self.count, self.line = 0, 1

    def texts(self, stream: BinaryIO) -> Iterator[str]:
        """Give the text of each target unit."""
        return self.whole(stream) if self.run.plan.unit is None else self.tree(stream)

    def tree(self, stream: BinaryIO) -> Iterator[str]:
        """Map nested occurrences as they are read."""
        node, verify = self.run.node, SourceControls(self.run.interpreter, self.summary)
        path = node.path.downs if node.path is not None else ()
        self.at = path[0] if path else 0
        found = self.streamed(stream, verify)
        yield from (self.grouped if len(path) == 1 and node.keys else self.single)(found)
        verify.finish()

    def streamed(self, stream: BinaryIO, verify: SourceControls) -> Iterator[tuple[Instance, int]]:
        """Give the occurrences that units are made of, with how many records each holds."""
        branch = self.run.plan.source.root.children[self.at]
        told = self.run.plan.source.file.form in ("json", "xml") and not self.run.node.keys
        for item in self.items(stream):
            if told:
                self.run.where = self.where(item, branch)
            if not isinstance(item, Instance):
                self.spoiled(item, verify)
                continue
            if verify.active:
                verify.add(item)
            if item.branch is not branch:
                self.place(item)
                continue
            item.parent = self.root
            size = size_of(item)
            self.summary.read += size
            yield item, size

    def single(self, found: Iterator[tuple[Instance, int]]) -> Iterator[str]:
        """Map occurrences each for itself."""
        for item, size in found:
            text = self.quickly([item], size)
            if text is not None:
                yield text
            else:
                yield from self.slowly([item])

    def grouped(self, found: Iterator[tuple[Instance, int]]) -> Iterator[str]:
        """Map runs of occurrences with equal keys."""
        waiting: list[Instance] = []
        held = 0
        for item, size in found:
            if waiting and not self.joins(waiting[0], item):
                yield from self.group(waiting, held)
                waiting, held = [], 0
            waiting.append(item)
            held += size
        if waiting:
            yield from self.group(waiting, held)

    def where(self, item: Instance | Spoiled | Damage, streamed: Branch) -> str:
        """Tell which record of a document an occurrence is, where its line does not.

        In JSON what counts as its line is its number; XML may be all in one line.
        """
        if isinstance(item, Spoiled):
            return ""
        if isinstance(item, Instance) and item.branch is not streamed:
            return ""
        if self.run.plan.source.file.form == "json":
            return f"{streamed.name} {item.line}: "
        self.count += 1
        told = item.line in (1, self.line)
        self.line = item.line
        return f"{streamed.name} {self.count}: " if told else ""

    def items(self, stream: BinaryIO) -> Iterator[Instance | Spoiled | Damage]:
        """Give the top-level occurrences of an input; only its own form is imported."""
        form = self.run.plan.source.file.form
        if form == "values":
            return iter(stream)  # type: ignore[arg-type]
        if form in ("json", "json-lines"):
            from crosswalk.formats import jsonform

            return jsonform.read(stream, self.run.plan.source)
        if form in textform.FORMS:
            return assemble(textform.read(stream, self.run.plan.source), self.run.plan.source)
        if form == "xml":
            from crosswalk.formats import xmlform

            return xmlform.read(stream, self.run.plan.source)
        if form == "sheet":
            from crosswalk.formats import sheetform

            return assemble(sheetform.read(stream, self.run.plan.source), self.run.plan.source)
        raise FormatProblem("CW600", f"form '{form}' cannot be read")

    def place(self, item: Instance) -> None:
        """Keep a file-level record where later records find it; of several all they look up.

        Raises FormatProblem for a record of the whole file that is not what the layout says.
        """
        item.parent = self.root
        try:
            self.run.laws.hold_all([item])
        except Rejected as rejected:
            self.unlawful(rejected.issue, item)
            return
        others = self.root.children[self.run.plan.source.root.children.index(item.branch)]
        if item.branch.name not in self.looked_up:
            others.clear()
        others.append(item)
        self.summary.read += size_of(item)
        self.run.wrote([item], size_of(item))

    def unlawful(self, issue: Issue, item: Instance) -> None:
        """Reject a file-level record. Raises FormatProblem where there is only one of it."""
        if item.branch.most is not None:
            name = ".".join(filter(None, (issue.record, issue.field)))
            value = f" '{issue.value}'" if issue.value else ""
            help_ = "this record stands once for the whole file: is it the file that was meant?"
            reason = f"{name}{value} {issue.reason}"
            raise FormatProblem(issue.code, reason, line=issue.line or None, help=help_)
        self.summary.read += size_of(item)
        self.run.reject(issue, lines_of([item]))

    def joins(self, one: Instance, other: Instance) -> bool:
        """Tell whether two streamed occurrences belong to one group."""
        try:
            return all(
                self.run.interpreter.field(slot, one) == self.run.interpreter.field(slot, other)
                for slot in self.run.node.keys
            )
        except Rejected:
            return False

    def spoiled(self, item: Spoiled | Damage, verify: SourceControls) -> None:
        """Reject what could not be read. Raises FormatProblem for a file that is cut off."""
        if isinstance(item, Damage) and item.code == "CW631" and not verify.damaged:
            help_ = "it may be cut off; a record that may be left out has a ? in the structure"
            raise FormatProblem(item.code, item.reason, line=item.line or None, help=help_)
        verify.damaged = True
        if isinstance(item, Damage):
            lines: tuple[int, ...] = () if item.code == "CW631" else (item.line,)
            self.summary.read += len(lines)
            self.run.reject(issue_of(item), lines)
            return
        self.summary.read += item.rows
        first, *rest = item.damages
        lines = tuple(range(item.first, item.first + item.rows))
        for damage in rest:
            self.run.reject(issue_of(damage), ())
        self.run.reject(issue_of(first), lines)

    def group(self, members: list[Instance], size: int) -> Iterator[str]:
        """Map a group of streamed occurrences of so many records."""
        text = self.quickly(members, size)
        if text is not None:
            yield text
        else:
            yield from self.slowly(members)

    def quickly(self, members: list[Instance], size: int) -> str | None:
        """Give the text of one streamed occurrence (or group); None when others must look."""
        self.root.children[self.at] = members
        if self.code is None or self.several:
            return None
        text, units = self.quick(self.code, members)
        if text is None:
            return None
        self.run.wrote(members, size)
        summary = self.summary
        summary.units += units
        summary.emitted += units - 1
        return text  # type: ignore[no-any-return]

    def slowly(self, members: list[Instance]) -> Iterator[str]:
        """Map an occurrence that goes to one of several files, or that the reference must see."""
        if self.code is not None and self.several:
            text, units = self.quick(self.code, members)
            if text is not None:
                self.run.wrote(members, sum(map(size_of, members)))
                self.summary.units += units
                yield from self.dealt(text)
                return
        self.summary.replayed += 1
        if self.run.node.path is not None and len(self.run.node.path.downs) == 1:
            yield from self.run.refer(members, lines_of(members))
        else:
            yield from self.parts(members)

    def quick(self, code: Compiled, members: list[Instance]) -> tuple[Any, int]:
        """Try the compiled function; no text when the reference must look."""
        before = self.run.counted() if self.run.held.values else None
        code.keys.clear()
        try:
            if code.flat:
                made = code.unit(*self.given(code, members))
            else:
                made = code.unit(members[0], members)
            for key in code.keys:
                self.run.shares.of(key)
        except Exception:  # noqa: BLE001 - the reference says what is wrong
            code.pairs.clear()
            return None, 0
        text, units = made if code.several else (made, 1)
        fine = not code.pairs or self.run.distinct(code.pairs, before)
        return (text if fine else None), units

    def dealt(self, made: Any) -> Iterator[str]:  # noqa: ANN401 - as the function gives it
        """Give the texts of the compiled function, each to the share it belongs to."""
        assert self.code is not None
        texts = made if self.code.several else [made]
        for key, text in zip(tuple(self.code.keys), texts, strict=True):
            self.run.share = self.run.shares.of(key)
            yield text

    def given(self, code: Compiled, members: list[Instance]) -> tuple[Any, list[Any]]:
        """Give rows as the compiled function takes them. Raises ValueError where it cannot."""
        rows, head = [one.cells or [] for one in members], code.head
        if not head:
            return rows[0], rows
        if any(row[:head] != rows[0][:head] for row in rows):
            raise ValueError("a row does not begin like the first of its group")
        return rows[0], [row[head:] for row in rows]

    def parts(self, members: list[Instance]) -> Iterator[str]:
        """Map the several target units that one streamed occurrence holds."""
        assert self.run.node.path is not None
        found = follow(self.run.node.path, Place((self.root,)))
        try:
            self.around(members, frozenset(id(one) for one in found))
        except Rejected as rejected:
            self.run.reject_unit(rejected.issue, lines_of(members), members)
            return
        counted = 0
        for group in self.run.interpreter.groups(self.run.node, found):
            lines = lines_of(group)
            counted += len(lines)
            yield from self.run.refer(group, lines, tuple(found))
        rest = sum(size_of(one) for one in members) - counted
        self.run.wrote(members, rest, found)

    def around(self, members: Iterable[Instance], units: frozenset[int]) -> None:
        """Judge the records around the target units in an occurrence. Raises Rejected."""
        for one in members:
            if id(one) not in units:
                self.run.laws.hold(one)
                for group in one.children:
                    self.around(group, units)

    def whole(self, stream: BinaryIO) -> Iterator[str]:
        """Map a file that is one unit: all its records are held at once."""
        size = 0
        for item in self.items(stream):
            if not isinstance(item, Instance):
                self.spoiled(item, SourceControls(self.run.interpreter, self.summary))
                continue
            item.parent = self.root
            size += size_of(item)
            self.root.children[self.run.plan.source.root.children.index(item.branch)].append(item)
        self.summary.read += size
        everything = [one for group in self.root.children for one in group]
        try:
            made = self.run.interpreter.make(self.run.plan.root, Place((self.root,)))
            self.run.laws.hold_all(everything)
            fill_controls(made, self.run.wanted, self.run.interpreter.writers)
            self.run.made_root = self.run.share.root = made
            text = self.run.share.emitter.whole(made)
        except Rejected as rejected:
            self.run.reject(rejected.issue, tuple(range(size)))
            return
        self.run.wrote(everything, size)
        self.summary.units += 1
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
