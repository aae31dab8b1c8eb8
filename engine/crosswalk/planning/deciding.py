"""Decisions in mappings: what an entry `decide:` may name, and whether its inputs fit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crosswalk.documents.source import Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.model import mapping as m
from crosswalk.model.layout import Field
from crosswalk.planning.plan import Decided, Decider, Term
from crosswalk.values.codecs import canonical

if TYPE_CHECKING:
    from crosswalk.decisions.base import Bound
    from crosswalk.decisions.model import Input, Limit, Model, RuleSet

_TAKES = {"integer": ("integer", "text", "code", "any"), "text": ("text", "code", "any")}
"""The types of source values that an input of each kind can read."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A decision that a mapping names: its model and the rule sets that may apply.

    `tolerated` is what is wrong with rules that a setting holds: the check tells it, a run goes on.
    """

    model: "Model"
    rules: tuple["RuleSet", ...]
    tolerated: tuple[Diagnostic, ...] = ()

    def bound(self, settings: Mapping[str, str]) -> Iterator[tuple["Bound", list[Diagnostic]]]:
        """Bind each rule set, or the model alone, to settings' texts by name."""
        from crosswalk.decisions.base import bind

        for rules in self.rules or (None,):
            yield bind(self.model, rules, settings)


@dataclass(slots=True)
class Judges:
    """The decisions of a mapping by its names for them; collects what is wrong with their use."""

    known: Mapping[str, Judge]
    catalogue: Mapping[str, str]
    findings: list[Diagnostic]
    said: set[tuple[str, Span]] = field(default_factory=set)

    def wrong(self, code: str, message: str, span: Span, remedy: str) -> None:
        """Report once: several entries use one decision."""
        if (message, span) not in self.said:
            self.said.add((message, span))
            self.findings.append(Diagnostic(code, message, span, help=remedy))

    def find(self, origin: m.Decide) -> Judge | None:
        """Give the decision of an entry that has the outcome; None when something is wrong."""
        judge = self.known.get(origin.use.name)
        if judge is None or origin.outcome in judge.model.by_name:
            return judge
        self._unknown("outcome", origin.outcome, origin.span, judge.model.by_name)
        return None

    def input(self, judge: Judge, key: Scalar) -> "Input | None":
        """Give the input that a key names."""
        for one in judge.model.inputs:
            if one.name == key.text:
                return one
        self._unknown("input", key.text, key.span, judge.model.positions)
        return None

    def limit(self, judge: Judge, use: m.DecisionUse) -> "Limit | None":
        """Give what the channel can carry, where its limits are errors."""
        if use.channel is None:
            return None
        limit = judge.model.limits.get(use.channel.text)
        if limit is None:
            self._unknown("channel", use.channel.text, use.channel.span, judge.model.limits)
        return limit

    def known_as(self, what: str, name: Scalar, known: Mapping[str, object]) -> None:
        """Report a name that the decision does not have."""
        if name.text not in known:
            self._unknown(what, name.text, name.span, known)

    def _unknown(self, what: str, name: str, span: Span, known: Mapping[str, object]) -> None:
        near = closest(name, known)
        remedy = f"did you mean '{near}'?" if near else f"it has {', '.join(known) or 'none'}"
        self.wrong("CW334", f"the decision has no {what} '{name}'", span, remedy)

    def fits(self, one: "Input", term: Term) -> bool:
        """Tell whether an input can read the values of a source."""
        takes = _TAKES[one.kind]
        if term.type in takes:
            return True
        message = f"input {one.name} is {one.kind}, its source is {term.type}"
        self.wrong("CW418", message, term.span, f"give it {' or '.join(takes[:-1])}")
        return False

    def check(self, judge: Judge, day: Term | None, use: m.DecisionUse) -> None:
        """Find inputs that are missing, a day that is needed or is none, unknown settings."""
        written = {key.text for key, _ in use.inputs}
        for one in judge.model.inputs:
            if one.required and one.name not in written:
                message = f"decision {use.name} needs the input {one.name}"
                self.wrong("CW446", message, use.span, f"add {one.name}: ... to its inputs")
        dated = len(judge.rules) > 1 or any(rules.starts for rules in judge.rules)
        if dated and use.day is None:
            message = f"decision {use.name} has rules from a day on, but no day"
            self.wrong("CW446", message, use.span, "add day: <a date of the source>")
        if day is not None and day.type not in ("date", "datetime"):
            message = f"decision {use.name} needs a date, its 'day' is {day.type}"
            self.wrong("CW418", message, day.span, "name a field of type date")
        for name in sorted(needed(judge) - set(self.catalogue)):
            near = closest(name, self.catalogue)
            remedy = f"did you mean '{near}'?" if near else "add it to a settings catalogue"
            self.wrong("CW308", f"no setting is called '{name}'", use.span, remedy)


def needed(judge: Judge) -> set[str]:
    """Give the settings that a decision depends on."""
    model = judge.model
    rules = {one.setting for one in judge.rules if one.setting is not None}
    return {one.setting for one in model.bases} | {one.setting for one in model.aliases} | rules


def check_case(judge: Judge, case: Map | None, alias: Scalar | None) -> Iterator[Diagnostic]:
    """Find inputs, values and aliases that a decision does not have; `case` is by input."""
    found: list[Diagnostic] = []
    judges = Judges({}, {}, found)
    for entry in case.entries.values() if case is not None else ():
        one, value = judges.input(judge, entry.key), entry.value
        if one is not None and one.values is not None and isinstance(value, Scalar):
            judges.known_as(f"value of {one.name}", value, one.values)
    if alias is not None:
        judges.known_as("alias", alias, {one.name: one for one in judge.model.aliases})
    yield from found


def as_target(target: Field, one: "Input") -> Field:
    """Give what a constant for an input is read by: a field of the input's type."""
    return replace(target, key=one.name, name=one.name, codec=canonical(one.kind))


def outcome_value(
    decider: Decider, outcome: str, target: Field, *, bare: bool
) -> tuple[Decided, str]:
    """Give an outcome with its type: a number only where the target is one and nothing follows."""
    one, kind = decider.model.by_name[outcome], target.codec.type
    if bare and one.digits and kind == "integer":
        return Decided(decider, outcome, number=True), kind
    return Decided(decider, outcome, number=False), "code" if one.digits else "text"
