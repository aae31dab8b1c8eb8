"""The 108 ways in which the partner's form may be read, and the cases they disagree on.

The source pages leave open which of several matching entries wins, how a tie is settled, when a
substitute is used, where the second of a pair of outcomes comes from and where an outcome with a
default does (payment codes 3: A2, A3, A7, A10, A13).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

from crosswalk.decisions.base import Bound, covers
from crosswalk.decisions.cells import CAP, cells, domain
from crosswalk.decisions.decide import most_specific
from crosswalk.decisions.model import Cell, Rule
from crosswalk.decisions.wording import case_text, values_text
from crosswalk.findings.diagnostics import Diagnostic, Severity

Pick = Literal["most specific", "first"]
Tie = Literal["precedence", "reverse precedence"]
Substitute = Literal["per case", "per value", "per group"]
Pair = Literal["same rule", "looked up", "only together"]
Rest = Literal["base", "base with base", "default"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the form; the first of each choice is ours."""

    pick: Pick
    tie: Tie
    substitute: Substitute
    pair: Pair
    rest: Rest

    def __str__(self) -> str:
        return f"{self.pick}, {self.tie}, {self.substitute}, {self.pair}, {self.rest}"


def readings() -> tuple[Reading, ...]:
    """Give all readings, ours first."""
    kinds = map(get_args, (Pick, Tie, Substitute, Pair, Rest))
    return tuple(Reading(*choice) for choice in product(*kinds))


def read_as(bound: Bound, reading: Reading, cell: Cell) -> dict[str, str | None]:
    """Decide a cell under a reading; rules count in document order (or the imported one)."""
    rules = _in_order(bound)
    matched = next(_matches(bound, reading, rules, cell), ())
    winner = _pick(bound, reading, matched) if matched else None
    return _values(bound, reading, rules, winner, cell)


def _in_order(bound: Bound) -> tuple[Rule, ...]:
    if bound.rules is None:
        return ()
    place = {name: at for at, name in enumerate(bound.rules.legacy_order)}
    return tuple(sorted(bound.rules.rules, key=lambda rule: place.get(rule.id, rule.order)))


def _matches(
    bound: Bound, reading: Reading, rules: tuple[Rule, ...], cell: Cell
) -> Iterator[tuple[Rule, ...]]:
    """Give the matching rules of the value, then of its substitutes where the reading allows."""
    at = bound.model.substitute_at
    tried = (None,) if at is None else bound.model.tried(cell[at])
    for step, value in enumerate(tried):
        there = cell if at is None or not step else (*cell[:at], value, *cell[at + 1 :])
        matched = tuple(rule for rule in rules if covers(rule.accepts, there))
        if matched:
            yield matched
        if at is not None and not _goes_on(bound, reading, rules, cell[at]):
            return


def _goes_on(bound: Bound, reading: Reading, rules: tuple[Rule, ...], value: str | None) -> bool:
    """Tell whether substitutes of a value are looked at."""
    at = bound.model.substitute_at
    if reading.substitute == "per case" or at is None or value is None:
        return True
    targets = bound.model.substitutes.get(value, ())
    group = {value}
    if reading.substitute == "per group":
        others = bound.model.substitutes.items()
        group |= {other for other, instead in others if set(instead) & set(targets)}
    return not any((rule.accepts[at] or frozenset()) & group for rule in rules)


def _pick(bound: Bound, reading: Reading, matched: tuple[Rule, ...]) -> Rule:
    if reading.pick == "first":
        return matched[0]
    legacy = bound.model.legacy
    order = legacy.precedence if legacy else ()
    if reading.tie == "reverse precedence":
        order = order[::-1]

    def rank(rule: Rule) -> tuple[tuple[bool, ...], int]:
        lacks = tuple(rule.accepts[position] is None for position in order)
        return lacks, sum(len(one or ()) for one in rule.accepts)

    return min(most_specific(matched), key=rank)


def _values(
    bound: Bound, reading: Reading, rules: tuple[Rule, ...], winner: Rule | None, cell: Cell
) -> dict[str, str | None]:
    base = bound.base_of(cell)
    parts = base.parts if base else {}
    given = _given(bound, reading, rules, winner)
    values: dict[str, str | None] = {}
    for name, outcome in bound.model.by_name.items():
        usable = reading.rest == "base" or outcome.default is None
        if reading.rest == "base with base" and not usable:
            usable = not any(_second(bound, other) for other in given)
        values[name] = given.get(name) or (parts.get(name) if usable else None) or outcome.default
    return values


def _second(bound: Bound, name: str) -> bool:
    return bound.model.by_name[name].goes_with is not None


def _given(
    bound: Bound, reading: Reading, rules: tuple[Rule, ...], winner: Rule | None
) -> Mapping[str, str]:
    """Give what the winner supplies, with the second of a pair as the reading has it."""
    given = dict(winner.then) if winner else {}
    for name, outcome in bound.model.by_name.items():
        leader = outcome.goes_with
        if leader is None or reading.pair == "same rule":
            continue
        if leader not in given:
            if reading.pair == "only together":
                given.pop(name, None)
        elif reading.pair == "looked up":
            found = next(rule for rule in rules if rule.then.get(leader) == given[leader])
            given.pop(name, None)
            given |= {name: found.then[name]} if name in found.then else {}
    return given


def ambiguous(bound: Bound) -> list[Diagnostic]:
    """Find the cases whose outcome depends on how the partner reads the form (RUL206)."""
    everything = domain(bound.model, [bound.rules])
    if everything.size > CAP:
        return []
    findings = []
    for cell in cells(everything):
        outcomes: dict[str, list[Reading]] = {}
        for reading in readings():
            text = values_text(bound.model, read_as(bound, reading, cell))
            outcomes.setdefault(text, []).append(reading)
        if len(outcomes) > 1:
            findings.append(_ambiguity(bound, cell, outcomes))
    return findings


def _ambiguity(bound: Bound, cell: Cell, outcomes: Mapping[str, list[Reading]]) -> Diagnostic:
    said = "; ".join(f"{text} in {len(ways)} (as {ways[0]})" for text, ways in outcomes.items())
    message = f"the partner's form can be read in several ways for {case_text(bound.model, cell)}"
    span = bound.rules.span if bound.rules else None
    return Diagnostic("RUL206", message, span, Severity.WARNING, label=said)
