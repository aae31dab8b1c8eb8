"""Where a value of the output comes from: down to the input's line and column and the YAML's.

The file is mapped as a run maps it; the unit that holds the line in question is mapped by an
interpreter that tells what it does (`tracing`), and its story is put into words here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crosswalk.documents.settings import Secret
from crosswalk.documents.source import Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.errors import ConfigError, CrosswalkError
from crosswalk.findings.suggest import closest
from crosswalk.formats.columns import column_name
from crosswalk.formats.delimited import Reader, lines
from crosswalk.formats.groups import is_grouped
from crosswalk.formats.quoting import passed_over
from crosswalk.language.conditions import describe
from crosswalk.model.controls import present
from crosswalk.model.layout import Control, Field, Layout, Record
from crosswalk.model.records import Cell, Damage, Issue
from crosswalk.planning import plan as p
from crosswalk.planning.term_words import introduced, options_of
from crosswalk.project import Project, View
from crosswalk.running.accounts import Held
from crosswalk.running.context import Context
from crosswalk.running.flow import Flow
from crosswalk.running.tracing import Fact, Made, Story, Tracer
from crosswalk.telling.unit_finder import Finder
from crosswalk.values.codecs import Missing, spell


class NoSuchPlace(CrosswalkError):  # noqa: N818 - says where, not what failed
    """The input has no record where one was asked for. Carries one sentence."""


@dataclass(frozen=True, slots=True)
class Read:
    """A source field that was read. `column` counts from 1, None where a file has no columns."""

    record: str
    field: str
    line: int
    column: int | None
    header: str | None
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence of an explanation; what it happened to, and where the YAML says so."""

    what: str
    text: str
    depth: int = 0
    before: str | None = None
    after: str | None = None
    layer: str = ""
    place: Span | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one field of one target record came to its value.

    `value` is the typed value in canonical text, None when there is none; `text` what stands in
    the file. `layer` and `place` say which document sets the entry, and where. `lines` are those
    of the unit, `number` and `count` which of its records of this kind it is (from 1).
    """

    record: str
    field: Field
    value: str | None
    text: str
    unit: str
    lines: tuple[int, ...]
    number: int
    count: int
    layer: str
    place: Span
    reads: tuple[Read, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why the record in question is not in the output."""

    lines: tuple[int, ...]
    issues: tuple[Issue, ...]


@dataclass(slots=True)
class Unit:
    """The records made of one unit (or of the file), with the story of each value."""

    name: str
    lines: tuple[int, ...]
    tracer: Tracer
    notes: list[Issue] = field(default_factory=list)


_LOST = re.compile("not rule [^ ]+: ")
_SETTING = re.compile(r"\bsettings\.([A-Za-z0-9_-]+)")


class Explainer:
    """Explains the output of one plan over one input file."""

    why_not: str | None = None
    """A rule of a decision: of the rules that did not decide only this one is told."""

    def __init__(
        self, project: Project, view: View, plan: p.Plan, context: Context, source: Path
    ) -> None:
        """Prepare; nothing is read yet. `source` is the input file."""
        self.project, self.view, self.plan, self.context = project, view, plan, context
        self.source = source
        self.layers = {one.file: one.name for one in project.workspace.documents}
        self.tables = {one.document.name: one for one in view.effective.values()}
        self._held: Held | None = None
        self._columns: dict[str, tuple[int | None, ...]] | None = None

    # --- what is asked for ---------------------------------------------------------------

    def target(self, name: str) -> tuple[Record, Field]:
        """Find an output field by `Record.Field`, `Record.id`, id or name. Raises ConfigError."""
        known: dict[str, list[tuple[Record, Field]]] = {}
        for record in self.plan.target.records:
            for one in record.fields:
                for alias in dict.fromkeys((one.key, one.name)):
                    known.setdefault(alias, []).append((record, one))
                    known.setdefault(f"{record.name}.{alias}", []).append((record, one))
        found = known.get(name, [])
        if len(found) == 1:
            return found[0]
        layout = self.plan.target.name
        if found:
            where = ", ".join(f"{record.name}.{name}" for record, _ in found)
            message, remedy = f"'{name}' is a field of several records", f"say which: {where}"
            raise ConfigError([Diagnostic("CW303", message, help=remedy)])
        near = closest(name, known)
        remedy = f"did you mean '{near}'?" if near else f"crosswalk list fields {layout}"
        message = f"{layout} has no field '{name}'"
        raise ConfigError([Diagnostic("CW306", message, help=remedy)])

    def explain(self, name: str, line: int | None = None) -> Explanation | Rejection:
        """Explain a field in the unit that holds a line of the input, or in the first unit.

        Raises ConfigError for an unknown field, NoSuchPlace for a line without a record,
        FormatProblem for an unreadable file.
        """
        record, one = self.target(name)
        unit = self.file() if self.of_file(record) else self.unit(line)
        if isinstance(unit, Rejection):
            return unit
        found = self.field(unit, record, one, line)
        if self.why_not is not None and not any(_LOST.match(r.text) for r in found.remarks):
            raise NoSuchPlace(f"no rule '{self.why_not}' stood back when {name} was decided")
        return found

    def of_file(self, record: Record) -> bool:
        """Tell whether a record stands once in the file, outside of the units."""
        if self.plan.unit is None:
            return False
        unit = self.plan.root.children[self.plan.unit]
        return all(one.branch.record != record for one in _nodes(unit))

    # --- units ---------------------------------------------------------------------------

    def held(self) -> Held:
        """Give what a run over this file would hold back."""
        if self._held is None:
            flow = self._run(Held())
            found = flow.met.collisions()
            self._held = found
        return self._held

    def _run(self, held: Held) -> Flow:
        flow = Flow(self.plan, self.context, held=held)
        with self.source.open("rb") as stream:
            flow.units(stream, lambda _: None, lambda _: None)
        return flow

    def unit(self, line: int | None) -> Unit | Rejection:
        """Map the unit that holds a line, or the first one. Raises NoSuchPlace."""
        finder = Finder(self.plan, self.context, self.held(), line)
        with self.source.open("rb") as stream:
            finder.find(stream)
        if finder.left_out:
            condition = finder.node.when
            told = describe(condition.condition) if condition is not None else ""
            raise NoSuchPlace(f"line {line} is left out by nest: when ({told})")
        if finder.unit_lines and not (line is not None and finder.rejected):
            name = finder.node.branch.name if self.plan.unit is not None else "file"
            return Unit(name, finder.unit_lines, finder.tracer, finder.noted)
        if finder.rejected:
            exact = [one for one in finder.rejected if line and one.issue.line == line]
            lines_of = sorted({at for one in finder.rejected for at in one.lines})
            ordered = [*exact, *(one for one in finder.rejected if one not in exact)]
            return Rejection(tuple(lines_of), tuple(one.issue for one in ordered))
        if line is None:
            raise NoSuchPlace("the input holds no record")
        raise NoSuchPlace(f"line {line} holds no record that is mapped")

    def file(self) -> Unit:
        """Make the records of the whole file."""
        flow = self._run(self.held())
        tracer = Tracer(self.plan, self.context)
        flow.interpreter = tracer
        notes: list[Issue] = []
        flow.notice_to = notes.append
        flow.settle()
        return Unit("file", (), tracer, notes)

    # --- one field -----------------------------------------------------------------------

    def field(self, unit: Unit, record: Record, one: Field, line: int | None) -> Explanation:
        """Explain a field of a record of a unit: the record made from the line, else the first."""
        made = [m for m in unit.tracer.made if m.instance.branch.record == record]
        if not made:
            raise NoSuchPlace(f"this {unit.name} has no {record.name} record")
        chosen = next((m for m in made if m.instance.line == line), made[0])
        assignment = next(a for a in chosen.node.assignments if a.field.position == one.position)
        story = unit.tracer.story(chosen, assignment)
        instance = chosen.instance
        value = (instance.values or [])[one.position]
        cell = (instance.cells or [])[one.position]
        if not present(value) and one.default is not None:
            value = one.default
        place = one.span if assignment.term is None else assignment.span
        remarks = [*self._story(story, 0), *self._policy(unit, chosen, one, story)]
        return Explanation(
            record.name,
            one,
            spell(value) if present(value) else None,
            "" if cell is None or cell is Missing.MISSING else str(cell),
            unit.name,
            unit.lines,
            made.index(chosen) + 1,
            len(made),
            self.layer(place),
            place,
            tuple(self._reads(story)),
            tuple(_once(remarks)),
        )

    def layer(self, place: Span | None) -> str:
        """Name the document that a place is in."""
        return "" if place is None else self.layers.get(place.file, "")

    def _remark(
        self,
        what: str,
        text: str,
        depth: int,
        place: Span | None = None,
        steps: tuple[str | None, str | None] = (None, None),
    ) -> Remark:
        return Remark(what, text, depth, *steps, self.layer(place), place)

    # --- the layout's part ---------------------------------------------------------------

    def _policy(
        self, unit: Unit, chosen: Made, one: Field, story: Story | None
    ) -> Iterator[Remark]:
        """Say what the layout itself fills in, and what it let pass."""
        if one.control is not None:
            yield self._remark("control", self._control(unit, one.control), 0, one.control.span)
        elif one.always is not None:
            yield self._remark("always", f"always '{one.always}', by the layout", 0, one.span)
        elif story is None:
            told = "no entry of the mapping fills it"
            if one.default is not None:
                told += f"; the layout's default is '{spell(one.default)}'"
            yield self._remark("unmapped", told, 0, one.span)
        elif not present(story.value):
            told = "no value, so the field stays empty"
            if one.default is not None:
                told = f"no value, so the layout's default '{spell(one.default)}'"
            yield self._remark("empty", told, 0, one.span)
        yield from self._around(unit, chosen, one)

    def _around(self, unit: Unit, chosen: Made, one: Field) -> Iterator[Remark]:
        """Say why the record is there at all, and what was noted about the field."""
        if chosen.node.when is not None:
            told = f"this {chosen.node.branch.name} is made where "
            yield self._remark("condition", told + describe(chosen.node.when.condition), 0)
        for issue in unit.notes:
            if issue.field == one.name:
                yield self._remark("notice", f"{issue.field} {issue.reason}", 0, one.span)

    def _control(self, unit: Unit, control: Control) -> str:
        what = " and ".join(control.count or control.sum)
        over = "the whole file; rejected records are not in it"
        if unit.name != "file":
            over = f"this {unit.name}"
        return f"control total: the {'count' if control.count else 'sum'} of {what} over {over}"

    # --- the story in words --------------------------------------------------------------

    def _story(self, story: Story | None, depth: int) -> Iterator[Remark]:
        """Put the story of a term into sentences."""
        if story is None:
            return
        term = story.term
        told = introduced(term.origin) if term is not None else ""
        if term is not None and told:
            yield self._remark("origin", told, depth, term.span)
            depth += 1
        options = options_of(term.origin) if term is not None else ()
        for item in story.said:
            if isinstance(item, Fact):
                yield from self._fact(item, depth)
                continue
            if item.term in options:
                number = options.index(item.term) + 1
                gave = f"gives '{spell(item.value)}'" if present(item.value) else "gives no value"
                yield self._remark("option", f"option {number} {gave}", depth, item.term.span)
                yield from self._story(item, depth + 1)
            else:
                yield from self._story(item, depth)

    def _fact(self, fact: Fact, depth: int) -> Iterator[Remark]:  # noqa: C901 - flat
        value = spell(fact.value) if not isinstance(fact.value, bool) else ""
        match fact.what:
            case "field" if fact.slot is not None and fact.at is not None:
                yield self._remark("field", self._field(fact), depth, fact.span)
            case "condition":
                held = "holds" if fact.value else "does not hold"
                seen = ", ".join(self._field(one) for one in fact.reads)
                yield self._remark(
                    "condition", f"{fact.text}: {held}" + (f" ({seen})" if seen else ""), depth
                )
                for name in _SETTING.findall(fact.text):
                    value = self.context.settings.get(name, "")
                    yield self._setting(name, value, depth + 1)
            case "pick":
                yield self._remark("pick", fact.text, depth)
            case "setting":
                yield self._setting(fact.text, value, depth)
            case "run":
                yield self._remark("run", f"the run's {fact.text} is '{value}'", depth)
            case "value":
                yield self._remark(
                    "value", f"'{value}' is written in the mapping", depth, fact.span
                )
            case "decision":
                yield self._remark("decision", fact.text, depth, fact.span)
            case "lost" | "elsewhere" if self._asked(fact):
                yield self._remark("decision", fact.text, depth, fact.span)
            case "default":
                told = f"no value, so the default '{value}'"
                yield self._remark("default", told, depth, fact.span)
            case "step":
                yield self._step(fact, depth)
            case _:
                return

    def _asked(self, fact: Fact) -> bool:
        """Tell whether a rule that did not decide is to be told."""
        if self.why_not is None:
            return fact.what == "lost"
        return fact.text.startswith(f"not rule {self.why_not}: ")

    def _field(self, fact: Fact) -> str:
        read = self._read(fact)
        place = f"line {read.line}" + (f", column {read.column}" if read.column else "")
        told = f"'{read.text}'" if read.text.strip() else "blank" if read.text else "empty"
        return f"{read.record}.{read.field} in {place} is {told}"

    def _step(self, fact: Fact, depth: int) -> Remark:
        before, after = spell(fact.before), spell(fact.value)
        place = fact.span
        if fact.text.startswith("table "):
            place = self._code(fact.text.removeprefix("table "), before) or place
        return self._remark("step", fact.text, depth, place, (before, after))

    def _code(self, table: str, code: str) -> Span | None:
        """Give the place of the row of a code table that was used, in whichever layer it is."""
        effective = self.tables.get(table)
        body = effective.node.entries.get("codes") if effective is not None else None
        if body is None or not isinstance(body.value, Map):
            return None
        rows = body.value.entries
        if self.plan.direction == "forward":
            return rows[code].key.span if code in rows else None
        for entry in rows.values():
            if isinstance(entry.value, Scalar) and entry.value.text == code:
                return entry.key.span
        return None

    def _setting(self, name: str, value: str, depth: int) -> Remark:
        found = self.view.settings.find(name)
        if found is None:
            told = f"is '{value}'" if value else "has no value"
            return self._remark("setting", f"setting {name} {told}", depth)
        shown = str(found.value) if isinstance(found.value, Secret) else f"'{value}'"
        told = f"setting {found.declared.title} is {shown}, set by {found.layer}"
        return Remark("setting", told, depth, None, None, found.layer, found.span)

    # --- the input's part ----------------------------------------------------------------

    def _reads(self, story: Story | None) -> Iterator[Read]:
        facts = story.facts() if story is not None else ()
        reads = (self._read(fact) for fact in facts if fact.what == "field")
        yield from dict.fromkeys(reads)

    def _read(self, fact: Fact) -> Read:
        assert fact.slot is not None
        assert fact.at is not None
        record, one = fact.slot.record, fact.slot.field
        cell: Cell = (fact.at.cells or [])[one.position]
        places = self.columns().get(record.name)
        place = places[one.position] if places else None
        header = column_name(one) if self.plan.source.file.header else None
        return Read(
            record.name,
            one.name,
            fact.at.line,
            None if place is None else place + 1,
            header if place is not None else None,
            cell if isinstance(cell, str) else spell(cell),
            spell(fact.value) if present(fact.value) else "",
        )

    def columns(self) -> dict[str, tuple[int | None, ...]]:
        """Give the place of each field in the file's lines, by record; nothing for JSON."""
        if self._columns is None:
            layout = self.plan.source
            self._columns = {}
            bare = layout.file.component is None and not is_grouped(layout)
            bare = bare and not (layout.file.header and len(layout.records) > 1)
            if layout.file.form == "delimited" and bare:
                reader = self._reader(layout)
                made = reader.columns if reader is not None else ()
                self._columns = {one.record.name: one.places for one in made}
        return self._columns

    def _reader(self, layout: Layout) -> Reader | None:
        """Make the reader of the file by its header line, as a run does."""
        if not layout.file.header:
            return Reader(layout)
        passed = passed_over(layout.file)
        with self.source.open("rb") as stream:
            for first, _, text in lines(stream, layout.file):
                if not isinstance(text, Damage) and not passed(text):
                    return Reader(layout, text, first)
        return None


def _nodes(node: p.Node) -> Iterator[p.Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _once(remarks: list[Remark]) -> Iterator[Remark]:
    """Leave out conditions and fields that were told already."""
    told: set[str] = set()
    for remark in remarks:
        if remark.what not in ("condition", "field") or remark.text not in told:
            yield remark
        told.add(remark.text)
