"""The reference evaluation of terms: how a value comes from source records. The law of values.

It can tell how it came to each value (`tracing`). The compiled form must give the same values;
where it cannot, it asks here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, NoReturn, assert_never

from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.errors import ConfigError
from crosswalk.language.arithmetic import calculate, near
from crosswalk.language.conditions import holds
from crosswalk.language.pattern_texts import around, join, split
from crosswalk.language.patterns import Pattern
from crosswalk.model.cells import Reader, reader
from crosswalk.model.controls import present
from crosswalk.model.records import Cell, Instance, Issue, Rejected
from crosswalk.planning import plan as p
from crosswalk.running.context import Context
from crosswalk.running.pieces import add, chunk, gather, is_blank, negative
from crosswalk.values.codecs import Missing, Problem, Value, canonical, spell

if TYPE_CHECKING:
    from crosswalk.planning.judging import Judging, Undecided

MISSING = Missing.MISSING


class Place(NamedTuple):
    """Where evaluation stands: one or more source records, and those before them in the group.

    `number` is that of the target record being made among its like, from 1.
    """

    members: Sequence[Instance]
    earlier: Sequence[Instance] = ()
    number: int = 0


@dataclass(slots=True)
class Evaluator:
    """Evaluates the terms of one plan in one context. Not shared between threads."""

    plan: p.Plan
    context: Context
    notes: list[Issue] = field(default_factory=list)
    traced: bool = False
    readers: dict[tuple[str, int], Reader] = field(default_factory=dict)
    _judging: "Judging | None" = field(default=None, init=False)

    def __post_init__(self) -> None:
        source = self.plan.source
        for record in source.records:
            for one in record.fields:
                self.readers[record.name, one.position] = reader(one, source.file.form)

    @property
    def judging(self) -> "Judging":
        """The plan's decisions; a plan without any does not import them."""
        if self._judging is None:
            from crosswalk.planning.judging import Judging

            self._judging = Judging(self.context.settings)
        return self._judging

    @property
    def winners(self) -> frozenset[Span]:
        """Where the rules stand that decided a record here."""
        return frozenset() if self._judging is None else frozenset(self._judging.winners)

    def applies(self, when: p.When | None, place: Place) -> bool:
        """Tell whether a condition holds here; no condition always does."""
        return when is None or self.holds(when, place)

    def reject(  # noqa: PLR0913 - the parts of an issue
        self,
        code: str,
        reason: str,
        line: int,
        record: str = "",
        name: str = "",
        value: Value | Cell = None,
        span: Span | None = None,
    ) -> NoReturn:
        """Raise Rejected with everything that is known of the place."""
        raise Rejected(Issue(code, reason, line, line, record, name, spell(value), rule=span))

    def value(self, term: p.Term, place: Place, assignment: p.Assignment) -> Value:
        """Evaluate a term for a target field; a problem becomes a rejection that names both."""
        try:
            return self.term(term, place)
        except Problem as problem:
            line = place.members[0].line if place.members else 0
            name = assignment.field.name
            raise Rejected(
                Issue(problem.code, problem.reason, line, line, target=name, rule=assignment.span)
            ) from problem
        except Rejected as rejected:
            issue = rejected.issue
            if issue.target:
                raise
            told = Issue(
                issue.code,
                issue.reason,
                issue.line,
                issue.end_line,
                issue.record,
                issue.field,
                issue.value,
                assignment.field.name,
                issue.rule or assignment.span,
            )
            raise Rejected(told) from rejected

    def term(self, term: p.Term, place: Place) -> Value:
        """Evaluate a term: pick, read, clean, look up, default."""
        value = self.picked(term, place)
        for step in term.steps:
            if is_blank(value):
                break
            before = value
            try:
                value = step.apply(before)
            except Problem as problem:
                self.failed(problem, term, place, before)
                raise
            self.note("step", step.name, value, step.span, before)
        if term.steps and is_blank(value) and value is not MISSING:
            value = None
        if not present(value) and term.default is not None:
            self.note("default", "no value, so the default", term.default, term.span)
            return term.default
        return value

    def failed(self, problem: Problem, term: p.Term, place: Place, value: Value) -> None:
        """Raise Rejected for a step that cannot take the value of a source field."""
        if isinstance(term.origin, p.FieldValue | p.Taken):
            slot = term.origin.slot
            one = self.instance(slot, place)
            line = one.line if one is not None else 0
            code, reason = problem.code, problem.reason
            self.reject(code, reason, line, slot.record.name, slot.field.name, value)

    def picked(self, term: p.Term, place: Place) -> Value:
        """Give a term's value before its steps: of one record, or picked from several."""
        if term.over is None:
            return self.origin(term.origin, place) if self.applies(term.when, place) else None
        found = self.candidates(term, place)
        if term.pick in ("first", "last"):
            one = found[0 if term.pick == "first" else -1] if found else None
            return None if one is None else self.origin(term.origin, one)
        if term.pick == "count":
            return len(found)
        if term.pick == "same" and _alike(term.origin, found):
            return self.origin(term.origin, found[0])
        values = [self.origin(term.origin, one) for one in found]
        if term.pick == "same":
            return self.same(values, found)
        return self.aggregate(term, [value for value in values if present(value)])

    def candidates(self, term: p.Term, place: Place) -> list[Place]:
        """Give the records that a pick chooses among: those where `where` and `when` hold."""
        assert term.over is not None
        before = place.earlier or place.members
        places = [Place((one,), before, place.number) for one in follow(term.over, place)]
        for when in (term.where, term.when):
            if when is not None:
                places = [one for one in places if self.holds(when, one)]
        return places

    def same(self, values: list[Value], found: list[Place]) -> Value:
        """Give the value that all records share. Raises Rejected where they differ."""
        for value, one in zip(values, found, strict=True):
            if value != values[0]:
                first, here = found[0].members[0].line, one.members[0].line
                reason = (
                    f"differs within the group: '{spell(values[0])}' in line {first}, "
                    f"'{spell(value)}' in line {here}"
                )
                self.reject("CW573", reason, first, value=values[0])
        return values[0] if values else None

    def aggregate(self, term: p.Term, values: list[Value]) -> Value:
        """Add values up, join texts, or find the smallest or largest."""
        if not values:
            return None
        if term.pick == "join":
            texts = [value for value in values if isinstance(value, str) and value.strip()]
            return term.joint.join(texts) or None
        if term.pick == "sum":
            return add(values)
        try:
            return (min if term.pick == "min" else max)(values)  # type: ignore[type-var]
        except TypeError:
            raise Problem("CW550", "are moments, and only some of them have an offset") from None

    def origin(  # noqa: C901, PLR0911, PLR0912 - one case for each kind of origin
        self, origin: p.BoundOrigin, place: Place
    ) -> Value:
        """Give the value of an origin at one place."""
        match origin:
            case p.FieldValue(slot):
                return self.slot(slot, place)
            case p.Fixed(value):
                self.note("value", "written in the mapping", value)
                return value
            case p.SettingValue(name, read):
                value = read(self.needed(name))
                self.note("setting", name, value)
                return value
            case p.RunValue(name):
                self.note("run", name, self.context.run.value(name))
                return self.context.run.value(name)
            case p.Joined(pattern, slots):
                return self.joined(pattern, slots, place)
            case p.Taken(slot, pattern, part):
                return self.taken(slot, pattern, part, place)
            case p.Remains():
                return self.remains(origin, place)
            case p.Summed():
                return self.summed(origin, place)
            case p.Chunk():
                return chunk(self.term(origin.whole, place), origin)
            case p.Gathered(slots, lengths):
                return gather([self.slot(slot, place) for slot in slots], lengths)
            case p.Rebuilt():
                return self.rebuilt(origin, place)
            case p.Choice(options):
                return self.choice(options, place)
            case p.FirstGiven(options):
                values = (self.term(option, place) for option in options)
                return next((value for value in values if present(value)), None)
            case p.Agreed():
                return self.agreed(origin, place)
            case p.Calculated(word, of, by, evenly):
                more, less = ([self.term(one, place) for one in terms] for terms in (of, by))
                return calculate(word, more, less, evenly=evenly)
            case p.Decided():
                return self.decided(origin, place)
            case p.Numbered():
                return place.number
            case p.NullValue():
                return None
            case _:
                assert_never(origin)

    def slot(self, slot: p.Slot, place: Place) -> Value:
        """Read the field that a slot means at a place; nothing there is MISSING."""
        one = self.instance(slot, place)
        return None if one is None else self.field(slot, one)

    def instance(self, slot: p.Slot, place: Place) -> Instance | None:
        """Give the first record that a slot leads to, None when there is none."""
        members = place.members[:1]
        if slot.path.ups or slot.path.downs:
            members = follow(slot.path, Place(members))
        return members[0] if members else None

    def field(self, slot: p.Slot, one: Instance) -> Value:
        """Read a field of a source record. Raises Rejected with its place."""
        cell = (one.cells or [])[slot.field.position]
        notes: list[str] = []
        record, name = slot.record.name, slot.field.name
        try:
            value = self.readers[record, slot.field.position](cell, notes)
        except Problem as problem:
            self.reject(problem.code, problem.reason, one.line, record, name, cell)
        for note in notes:
            self.notes.append(Issue("CW572", note, one.line, one.line, record, name, spell(cell)))
        return value

    def text(self, slot: p.Slot, place: Place) -> str | None:
        """Give a field's text as it stands in the source, once it is known to be readable."""
        one = self.instance(slot, place)
        if one is None or not present(value := self.field(slot, one)):
            return None
        cell = (one.cells or [])[slot.field.position]
        return cell if isinstance(cell, str) else slot.field.codec.write(value)

    def joined(self, pattern: Pattern, slots: tuple[p.Slot, ...], place: Place) -> Value:
        """Put the texts of fields into a pattern; nothing when one that it needs is missing."""
        texts = [self.text(slot, place) for slot in slots]
        parts = dict(zip(pattern.names, texts, strict=True))
        given = {name: text for name, text in parts.items() if text is not None}
        return join(pattern, given) if given and given.keys() >= set(pattern.needed) else None

    def taken(self, slot: p.Slot, pattern: Pattern, part: str, place: Place) -> Value:
        """Take one part out of a field's text. Raises Rejected."""
        text = self.slot(slot, place)
        if not isinstance(text, str):
            return text
        try:
            return split(pattern, text).get(part)
        except Problem as problem:
            line = place.members[0].line
            self.reject(problem.code, problem.reason, line, slot.record.name, slot.field.name, text)
            raise

    def remains(self, origin: p.Remains, place: Place) -> Value:
        """Find a part by the others, which must stand in the text as they are spelt."""
        text = self.slot(origin.slot, place)
        if not isinstance(text, str):
            return text
        known = {name: self.slot(slot, place) for name, slot, _ in origin.others}
        if not all(present(value) for value in known.values()):
            return self.taken(origin.slot, origin.pattern, origin.part, place)
        spelt = {name: codec.write(known[name]) for name, _, codec in origin.others}
        before, after = around(origin.pattern, origin.part, spelt)
        middle = text[len(before) : len(text) - len(after)]
        if len(text) > len(before) + len(after) and f"{before}{middle}{after}" == text:
            return middle
        told = " and ".join(f"{name} '{value}'" for name, value in spelt.items())
        reason = f"does not stand beside {told} as its pattern says"
        line, record = place.members[0].line, origin.slot.record.name
        self.reject("CW583", reason, line, record, origin.slot.field.name, text)
        return None

    def summed(self, origin: p.Summed, place: Place) -> Value:
        """Add and subtract amounts, running over the lines before where that is asked."""
        lines = place.earlier if origin.running else place.members[:1]
        values: list[Value] = []
        for one in lines:
            here = Place((one,))
            values += [self.slot(slot, here) for slot in origin.add]
            values += [negative(self.slot(slot, here)) for slot in origin.less]
        if origin.start is not None:
            values.append(self.slot(origin.start, place))
        given = [value for value in values if present(value)]
        return add(given) if given else None

    def rebuilt(self, origin: p.Rebuilt, place: Place) -> Value:
        """Put evaluated parts into a pattern; all of them, or none."""
        parts = {name: self.term(term, place) for name, term in origin.parts}
        given = {name: value for name, value in parts.items() if isinstance(value, str)}
        gaps = ", ".join(name for name in origin.pattern.needed if name not in given)
        if given and gaps:
            raise Problem("CW574", f"cannot be put together: no value for {gaps}")
        return join(origin.pattern, given) if given else None

    def choice(self, options: tuple[p.Term, ...], place: Place) -> Value:
        """Give the value of the first option whose condition holds."""
        for number, option in enumerate(options, 1):
            if option.over is not None or self.applies(option.when, place):
                value = self.term(option, place)
                if option.over is None or present(value):
                    self.note("choice", f"option {number}", value, option.span)
                    return value
        return None

    def agreed(self, origin: p.Agreed, place: Place) -> Value:
        """Give the value that several fields must share, or be near."""
        values = [v for option in origin.options if present(v := self.term(option, place))]
        if any(not near(value, values[0], origin.within) for value in values):
            told = " and ".join(f"'{spell(value)}'" for value in dict.fromkeys(values))
            raise Problem("CW575", f"comes from several fields that disagree: {told}")
        return values[0] if values else None

    def decided(self, origin: p.Decided, place: Place) -> Value:
        """Give an outcome of a decision; one that cannot be posted rejects the record."""
        from crosswalk.planning.judging import Undecided, unused_rules

        decider = origin.decider
        values = [None if one is None else self.term(one, place) for one in decider.inputs]
        day = None if decider.day is None else self.term(decider.day, place)
        try:
            if self.traced:
                for what, told, span in self.judging.story(decider, values, day, origin.outcome):
                    value = self.context.settings.get(told, "") if what == "setting" else None
                    self.note(what, told, value, span)
            decision = self.judging.decides(decider)(values, day)
            self.judging.won(decider, decision, day)
        except Undecided as wrong:
            self.undecided(wrong, decider, values, place)
            raise
        if told := unused_rules(decider, decision):
            line = place.members[0].line if place.members else 0
            issue = Issue("CW587", told, line, line, rule=decider.rules[0].span)
            self.notes += [] if issue in self.notes else [issue]
        text = decision.values[origin.outcome]
        return text if text is None or not origin.number else int(text)

    def undecided(
        self, wrong: "Undecided", decider: p.Decider, values: Sequence[Value], place: Place
    ) -> None:
        """Reject a record, naming the source field and value of the input at fault."""
        line = place.members[0].line if place.members else 0
        term = None if wrong.input is None else decider.inputs[wrong.input]
        if term is not None and isinstance(term.origin, p.FieldValue) and wrong.input is not None:
            slot, value = term.origin.slot, values[wrong.input]
            record, name = slot.record.name, slot.field.name
            self.reject(wrong.code, wrong.reason, line, record, name, value, wrong.span)
        self.reject(wrong.code, wrong.reason, line, span=wrong.span)

    def holds(self, when: p.When, place: Place) -> bool:
        """Tell whether a condition holds at a place."""
        slots = dict(when.slots)

        def get(name: str) -> Value:
            if name in slots:
                return self.slot(slots[name], place)
            if name.startswith("settings."):
                return self.setting(name)
            return self.context.run.value(name.removeprefix("run."))

        try:
            return holds(when.condition, get)
        except Problem as problem:
            line = place.members[0].line if place.members else 0
            self.reject(problem.code, problem.reason, line)

    def setting(self, reference: str) -> Value:
        """Give the typed value of a setting that a condition names; None when it is not set."""
        name = reference.removeprefix("settings.")
        text = self.context.settings.get(name)
        return None if text is None else canonical(self.plan.settings[name]).read(text)

    def needed(self, name: str) -> str:
        """Give the text of a setting that an entry takes its value from. Raises ConfigError."""
        found = self.context.settings.get(name)
        if found is None:
            message = f"setting {name} has no value, and {self.plan.name} takes a value from it"
            remedy = "name the biller, or set it"
            raise ConfigError([Diagnostic("CW806", message, None, help=remedy)])
        return found

    def note(
        self,
        what: str,
        text: str,
        value: Value | Cell,
        span: Span | None = None,
        before: Value | Cell = None,
    ) -> None:
        """Hear what happened on the way to a value; only `tracing` wants to know."""


def follow(path: p.Path, place: Place) -> list[Instance]:
    """Go the way of a path from each member of a place; ancestors are met once."""
    members = list(place.members)
    if path.ups:
        one: Instance | None = members[0] if members else None
        for _ in range(path.ups):
            one = one.parent if one is not None else None
        members = [] if one is None else [one]
    for index in path.downs:
        members = [child for one in members for child in one.children[index]]
    return members


def _alike(origin: p.BoundOrigin, found: list[Place]) -> bool:
    """Tell whether records hold the very same cell, so that reading one of them is enough."""
    match origin:
        case p.FieldValue(slot) | p.Taken(slot) if not slot.path.ups and not slot.path.downs:
            position = slot.field.position
            cells = [(one.members[0].cells or [])[position] for one in found]
            return bool(cells) and all(type(c) is type(cells[0]) and c == cells[0] for c in cells)
        case _:
            return False
