"""The reference interpreter with open eyes: it keeps how it came to each value, for `explain`."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from crosswalk.findings.diagnostics import Span
from crosswalk.language.conditions import describe
from crosswalk.model.records import Cell, Instance
from crosswalk.planning import plan as p
from crosswalk.running.context import Context
from crosswalk.running.evaluate import Place, follow
from crosswalk.running.interpret import Interpreter
from crosswalk.values.codecs import Missing, Value


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened: a field read, a condition held or not, an operator applied, ...

    `what` is field, value, setting, run, step, default, choice, condition or pick; `reads` are
    the fields that a condition looked at.
    """

    what: str
    text: str
    value: Value | Cell = None
    before: Value | Cell = None
    span: Span | None = None
    slot: p.Slot | None = None
    at: Instance | None = None
    reads: tuple["Fact", ...] = ()


@dataclass(slots=True)
class Story:
    """How one term came to its value: facts and the stories of the terms inside it, in order."""

    term: p.Term | None
    said: list["Fact | Story"] = field(default_factory=list)
    value: Value = Missing.MISSING

    def facts(self) -> Iterator[Fact]:
        """Give all facts, those of inner terms too."""
        for item in self.said:
            if isinstance(item, Story):
                yield from item.facts()
            else:
                yield item


@dataclass(frozen=True, slots=True)
class Made:
    """One target record that was made, by which node of the plan."""

    instance: Instance
    node: p.Node


class Tracer(Interpreter):
    """An interpreter that remembers the records it made and the story of each of their values."""

    def __init__(self, plan: p.Plan, context: Context) -> None:
        super().__init__(plan, context)
        self.made: list[Made] = []
        self.stories: dict[tuple[int, int], Story] = {}
        self.open: list[Story] = []
        self.traced = True

    def forget(self) -> None:
        """Begin anew, for the next unit."""
        self.made.clear()
        self.stories.clear()
        self.open.clear()

    def story(self, one: Made, assignment: p.Assignment) -> Story | None:
        """Give how a field of a record that was made came to its value."""
        return self.stories.get((id(one.instance), assignment.field.position))

    def tell(self, fact: "Fact | Story") -> None:
        """Add to the story that is being told; what happens outside of any is not kept."""
        if self.open:
            self.open[-1].said.append(fact)

    def note(
        self,
        what: str,
        text: str,
        value: Value | Cell,
        span: Span | None = None,
        before: Value | Cell = None,
    ) -> None:
        """Take the interpreter's own events; fields are told with their cells in `field`."""
        self.tell(Fact(what, text, value, before, span))

    def fill(self, made: Instance, node: p.Node, place: Place) -> None:
        """Make a record's values, and remember it."""
        self.made.append(Made(made, node))
        super().fill(made, node, place)

    def value(self, term: p.Term, place: Place, assignment: p.Assignment) -> Value:
        """Evaluate a term for a target field, and keep its story."""
        top = Story(None)
        self.open = [top]
        try:
            return super().value(term, place, assignment)
        finally:
            told = next((one for one in top.said if isinstance(one, Story)), top)
            self.stories[id(self.made[-1].instance), assignment.field.position] = told
            self.open = []

    def term(self, term: p.Term, place: Place) -> Value:
        """Evaluate a term inside a story of its own."""
        story = Story(term)
        self.tell(story)
        self.open.append(story)
        try:
            story.value = super().term(term, place)
        finally:
            self.open.pop()
        return story.value

    def field(self, slot: p.Slot, one: Instance) -> Value:
        """Read a field, and say where it stands."""
        value = super().field(slot, one)
        name = f"{slot.record.name}.{slot.field.name}"
        self.tell(Fact("field", name, value, None, slot.field.span, slot, one))
        return value

    def holds(self, when: p.When, place: Place) -> bool:
        """Hold a condition, and say what it looked at."""
        probe = Story(None)
        self.open.append(probe)
        try:
            held = super().holds(when, place)
        finally:
            self.open.pop()
        reads = tuple(fact for fact in probe.facts() if fact.what == "field")
        self.tell(Fact("condition", describe(when.condition), held, reads=reads))
        return held

    def candidates(self, term: p.Term, place: Place) -> list[Place]:
        """Find the records to pick among, and say which they are."""
        assert term.over is not None
        self.open.append(Story(None))
        try:
            found = super().candidates(term, place)
        finally:
            self.open.pop()
        every = follow(term.over, place)
        if len(every) > 1 or len(found) < len(every):
            self.tell(Fact("pick", _picked(term, every, [one.members[0] for one in found])))
        return found


_PICKS = {
    "same": "must be the same in",
    "first": "the first of",
    "last": "the last of",
    "sum": "the sum over",
    "count": "the number of",
    "min": "the smallest of",
    "max": "the largest of",
    "join": "the texts, joined, of",
}


def _picked(term: p.Term, every: list[Instance], found: list[Instance]) -> str:
    """Say among which records a value is picked, and why those."""
    name = every[0].branch.name
    conditions = [describe(one.condition) for one in (term.where, term.when) if one is not None]
    where = f" where {' and '.join(conditions)}" if conditions else ""
    lines = ", ".join(str(one.line) for one in found[:12]) + (", ..." if len(found) > 12 else "")  # noqa: PLR2004
    count = str(len(found)) if len(found) == len(every) else f"{len(found)} of {len(every)}"
    at = f" (line{'s' if len(found) > 1 else ''} {lines})" if found else ""
    return f"{_PICKS[term.pick or 'same']} {count} {name} records{where}{at}"
