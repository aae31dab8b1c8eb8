"""Decisions at run time: the table in force on the record's day, and what may not be posted."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from crosswalk.decisions.base import Bound
from crosswalk.decisions.dated import Dated
from crosswalk.decisions.explain import alternatives, explain
from crosswalk.decisions.limits import too_long
from crosswalk.decisions.model import Decision, Limit, Reason, Rule
from crosswalk.decisions.table import order_of
from crosswalk.findings.diagnostics import Severity, Span
from crosswalk.planning.plan import Decider
from crosswalk.values.codecs import Problem, Value

Decides = Callable[[Sequence[object], Value], Decision]
"""From the inputs in the model's order and the day to a decision with all its outcomes."""


class Undecided(Problem):
    """A decision that gives nothing to write.

    `span` is the rule at fault, `input` the place of the input at fault, if there is one.
    CW584 no outcome, CW585 too long for the channel, CW586 no rules on this day.
    """

    def __init__(
        self, code: str, reason: str, span: Span | None = None, at: int | None = None
    ) -> None:
        super().__init__(code, reason)
        self.span, self.input = span, at


class Judging:
    """The decisions of one plan with one biller's settings; tables are made when first used."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        """Take the settings' texts by id and name."""
        self._settings = settings
        self._dated: dict[str, Dated] = {}
        self.winners: set[Span] = set()
        """Where the rules stand that decided a record."""

    def decides(self, decider: Decider) -> Decides:
        """Give a decision as a function. It raises Undecided."""
        dated = self.dated(decider)
        fixed = dated.on(None) if not any(rules.starts for rules in decider.rules) else None

        def decide(values: Sequence[object], day: Value) -> Decision:
            table = fixed or dated.on(_day(decider, day))
            if table is None:
                name = decider.name
                raise Undecided("CW586", f"decision {name}: no rule set applies on its day yet")
            decision = table.decide(values)
            if not decision.ok or decider.limit is not None:
                _refuse(decider, decision, dated)
            return decision

        return decide

    def surely(self, decider: Decider) -> Decides:
        """Give the same function; it also raises where rules of a setting are not used."""
        decide = self.decides(decider)

        def decided(values: Sequence[object], day: Value) -> Decision:
            decision = decide(values, day)
            if decision.reason in _FALLEN and decider.rules:
                raise Undecided("CW587", unused_rules(decider, decision))
            return decision

        return decided

    def won(self, decider: Decider, decision: Decision, day: Value) -> None:
        """Remember the rule that decided."""
        bound = self.dated(decider).bound(_day(decider, day) if decider.day else None)
        if decision.rule is not None and bound is not None and bound.rules is not None:
            self.winners.add(bound.rules.by_id[decision.rule].span)

    def dated(self, decider: Decider) -> Dated:
        """Give the rule sets of a decision with the settings."""
        if decider.name not in self._dated:
            self._dated[decider.name] = Dated(decider.model, decider.rules, self._settings)
        return self._dated[decider.name]

    def story(
        self, decider: Decider, values: Sequence[object], day: Value, outcome: str
    ) -> Iterator[tuple[str, str, Span | None]]:
        """Say how an outcome came about, as (what, text, place), for `explain`."""
        on = _day(decider, day) if decider.day else None
        bound = self.dated(decider).bound(on)
        yield from _in_force(decider, bound, on)
        if bound is not None:
            raw = dict(zip(order_of(decider.model), values, strict=True))
            said: dict[str, Any] = explain(bound, raw)
            yield from _told(decider, bound, said)
            yield from _lost(alternatives(bound, raw))
            yield from _source(said["fields"].get(outcome), outcome)


_FALLEN = (Reason.BASE_NO_RULESET, Reason.BASE_RULESET_INVALID)


def unused_rules(decider: Decider, decision: Decision) -> str:
    """Say that rules which a setting holds were not used; empty when nothing of that happened."""
    if decision.reason not in _FALLEN or not decider.rules:
        return ""
    named = ", ".join(one.setting for one in decider.rules if one.setting is not None)
    sources = [one.removeprefix("setting:") for one in decision.sources.values()]
    given = sorted({one.partition(".")[0] for one in sources if one not in ("default", "none")})
    return (
        f"decision {decider.name}: setting {named} holds no rules that can be used, "
        f"setting {', '.join(given)} decided ({decision.reason.value})"
    )


def _day(decider: Decider, day: Value) -> date:
    """Give the day of a record; a moment is taken as written, in the biller's time zone."""
    if isinstance(day, datetime):
        return day.date()
    if isinstance(day, date):
        return day
    raise Undecided("CW586", f"decision {decider.name}: there is no date to choose its rules by")


def _refuse(decider: Decider, decision: Decision, dated: Dated) -> None:
    """Refuse a decision without outcome, or with one that the channel cannot carry."""
    by = f"rule {decision.rule}" if decision.rule else "no rule"
    name = f"decision {decider.name}"
    if not decision.ok:
        said = f"{decision.reason.value}({decision.subject}), {by}"
        at = decider.model.positions.get(decision.subject or "")
        told = f": {decision.message}" if at is None else ""
        reason = f"{name} gives no outcome: {said}{told}"
        raise Undecided("CW584", reason, _place(decision, dated), at)
    limit = decider.limit
    if limit is None or limit.severity is not Severity.ERROR or _short(limit, decision):
        return
    for problem in too_long(decider.model, limit, decision.values):
        reason = f"{name}: {problem} for {limit.channel} ({by})"
        raise Undecided("CW585", reason, _place(decision, dated))


def _short(limit: Limit, decision: Decision) -> bool:
    """Tell quickly that nothing is too long."""
    values = decision.values
    return all(len(values.get(name) or "") <= most for name, most in limit.longest.items())


def _place(decision: Decision, dated: Dated) -> Span | None:
    rule = dated.rule(decision.rule) if decision.rule is not None else None
    return None if rule is None else rule.span


def _told(
    decider: Decider, bound: Bound, said: Mapping[str, Any]
) -> Iterator[tuple[str, str, Span | None]]:
    rules = said["ruleset"]
    given = "  ".join(f"{name}={value}" for name, value in said["normalised"].items())
    of = f"by {rules['id']}" if rules else "without rules"
    yield "decision", f"decision {decider.name} {of}: {given}", None
    yield from (("decision", f"note: {note}", None) for note in said["notes"])
    winner = bound.rules.by_id[said["winner"]["id"]] if said["winner"] and bound.rules else None
    via = f" via {said['winner']['via']}" if winner and said["winner"]["via"] else ""
    yield (
        "decision",
        f"{said['reason']}{f': rule {winner.id}{via}' if winner else ''}",
        (winner.span if winner else None),
    )


def _in_force(
    decider: Decider, bound: Bound | None, on: date | None
) -> Iterator[tuple[str, str, Span | None]]:
    """Say which of several rule sets the day chose."""
    if on is None or len(decider.rules) + bool(decider.rules and decider.rules[0].starts) < 2:  # noqa: PLR2004
        return
    for one in decider.rules:
        chosen = bound is not None and bound.rules is not None and bound.rules.name == one.name
        since = f"from {one.starts}" if one.starts else "without a first day"
        state = "are in force" if chosen else "are not"
        yield "decision", f"on {on} the rules {one.name} ({since}) {state}", one.span


def _lost(others: Iterable[tuple[Rule, bool, str]]) -> Iterator[tuple[str, str, Span | None]]:
    """Say of every other rule what stood in its way; those never looked at also together."""
    elsewhere = []
    for rule, considered, because in others:
        elsewhere += [] if considered else [rule.id]
        what = "lost" if considered else "elsewhere"
        yield what, f"not rule {rule.id}: {because}", rule.span
    if elsewhere:
        yield "decision", f"rules for other cases: {', '.join(elsewhere)}", None


def _source(
    found: Mapping[str, str] | None, outcome: str
) -> Iterator[tuple[str, str, Span | None]]:
    """Say what gave the outcome; of a setting `explain` tells the layer too."""
    kind, _, rest = (found["source"] if found else "none").partition(":")
    name, _, part = rest.partition(".")
    said = {"setting": f"part {part} of setting {name}", "rule": f"rule {rest}"}.get(kind, kind)
    yield "decision", f"{outcome} comes from {said}", None
    if found and kind == "setting":
        yield "setting", name, None
