"""Findings about rules beside each other: same, hidden, crossing, redundant (RUL1xx, 203-205)."""

from collections.abc import Iterator
from itertools import combinations

from crosswalk.decisions.findings import ERROR, INFO, WARNING, Found, Words, found, listed
from crosswalk.decisions.grid import Grid, Verdict
from crosswalk.decisions.model import Accepts, Rule, meet, narrower
from crosswalk.decisions.wording import conditions_of, rule_id, rule_text, values_text


def same(grid: Grid) -> Iterator[Found]:
    """RUL101 duplicate, RUL102 conflict: two rules with the same condition."""
    first: dict[Accepts, Rule] = {}
    for rule in grid.rules:
        other = first.setdefault(rule.accepts, rule)
        if other is rule or not possible(rule):
            continue
        witness = next((v.cell for v in grid.verdicts if _on(rule, v)), None)
        if other.then == rule.then:
            message = f"rule {rule.id} repeats rule {other.id}"
            words = Words(message, witness, _both(grid, other, rule), "remove one", (other,))
            yield found(grid, "RUL101", ERROR, words, rule)
        else:
            message = f"rules {other.id} and {rule.id} have the same condition, but not outcome"
            words = Words(message, witness, _both(grid, other, rule), "keep one", (other,))
            yield found(grid, "RUL102", ERROR, words, rule)


def _on(rule: Rule, verdict: Verdict) -> bool:
    return bool(verdict.best >> rule.order & 1)


def _both(grid: Grid, one: Rule, other: Rule) -> str:
    left, right = values_text(grid.model, one.then), values_text(grid.model, other.then)
    return f"{one.id} gives {left}, {other.id} gives {right}"


def possible(rule: Rule) -> bool:
    """Tell whether a rule can match at all."""
    return all(wanted is None or wanted for wanted in rule.accepts)


def impossible(grid: Grid) -> Iterator[Found]:
    """RUL104: a rule that can never match."""
    for rule in grid.rules:
        if possible(rule):
            continue
        gated = [one.name for one in grid.model.inputs if one.gates and one.name in rule.when]
        what = f"{listed(gated)} has no meaning there" if gated else "its conditions exclude it"
        others = {k: v for k, v in rule.when.items() if k not in gated}
        remedy = f"write {rule_text(grid.model, rule.id, others, rule.then)}"
        words = Words(f"rule {rule.id} can never match: {what}", remedy=remedy)
        yield found(grid, "RUL104", ERROR, words, rule)


def hidden(grid: Grid, dead: int) -> Iterator[Found]:
    """RUL103: a rule that matches cases and wins none, whoever takes them (union-aware)."""
    won = 0
    takers = dict.fromkeys(range(len(grid.rules)), 0)
    witness: dict[int, Verdict] = {}
    for verdict in grid.verdicts:
        won |= verdict.best
        for rule in grid.members(verdict.matched & ~verdict.best):
            takers[rule.order] |= verdict.best
            witness.setdefault(rule.order, verdict)
    for rule in grid.rules:
        shown = witness.get(rule.order)
        if won >> rule.order & 1 or dead >> rule.order & 1 or shown is None:
            continue
        winners = tuple(grid.members(takers[rule.order]))
        names = listed(winner.id for winner in winners)
        message = f"rule {rule.id} never decides: {names} take every case it matches"
        outcome = f"{values_text(grid.model, grid.decision(shown).values)} instead of "
        outcome += values_text(grid.model, rule.then)
        words = Words(message, shown.cell, outcome, "remove it, or narrow the others", winners)
        yield found(grid, "RUL103", ERROR, words, rule)


def redundant(grid: Grid, skip: int) -> Iterator[Found]:
    """RUL108: removing the rule changes no decision, whatever the base settings are.

    `skip` are rules reported otherwise.
    """
    changes = skip
    instead: dict[int, int] = {}
    witness: dict[int, Verdict] = {}
    for verdict in grid.verdicts:
        for rule in grid.members(verdict.best & ~changes):
            other = grid.judge(verdict.cell, 1 << rule.order)
            alike = grid.decision(other).values == grid.decision(verdict).values
            if not other.best or not alike:
                changes |= 1 << rule.order
                continue
            instead[rule.order] = instead.get(rule.order, 0) | other.best
            witness.setdefault(rule.order, verdict)
    for order, verdict in witness.items():
        if changes >> order & 1:
            continue
        rule = grid.rules[order]
        names = [other.id for other in grid.members(instead[order])]
        message = f"rule {rule.id} changes nothing: {listed(names)} would decide the same"
        outcome = values_text(grid.model, grid.decision(verdict).values)
        words = Words(message, verdict.cell, f"{outcome} either way", "remove it")
        yield found(grid, "RUL108", INFO, words, rule)


def mergeable(grid: Grid) -> Iterator[Found]:
    """RUL109: rules with one outcome whose conditions together are one rule."""
    for one in grid.model.inputs:
        if one.single:
            continue
        groups: dict[tuple[Accepts, tuple[tuple[str, str], ...]], list[Rule]] = {}
        for rule in grid.rules:
            if rule.accepts[one.position] is not None:
                at = one.position
                others = (*rule.accepts[:at], None, *rule.accepts[at + 1 :])
                groups.setdefault((others, tuple(sorted(rule.then.items()))), []).append(rule)
        for (others, _), rules in groups.items():
            yield from _merged(grid, one.position, others, rules)


def _merged(grid: Grid, at: int, others: Accepts, rules: list[Rule]) -> Iterator[Found]:
    distinct = {rule.accepts for rule in rules}
    union = frozenset(v for rule in rules for v in rule.accepts[at] or ())
    together = (*others[:at], union, *others[at + 1 :])
    if len(distinct) < len(rules) or len(rules) == 1 or together in distinct:
        return
    for rule in grid.rules:
        broader = [narrower(one.accepts, rule.accepts) for one in rules]
        if rule not in rules and (any(broader) and not all(broader)):
            return
        if rule not in rules and rule.accepts == together:
            return
    when = conditions_of(grid.model, together)
    text = rule_text(grid.model, rule_id(grid.model, when), when, rules[0].then)
    message = f"rules {listed(rule.id for rule in rules)} can be one rule"
    words = Words(message, remedy=f"write {text}", related=tuple(rules[1:]))
    yield found(grid, "RUL109", INFO, words, rules[0])


def incomplete(grid: Grid) -> Iterator[Found]:
    """RUL106 half of a pair of outcomes, RUL107 no outcome at all."""
    usual = {name for rule in grid.rules for name in rule.then}
    pairs = [(one.name, one.goes_with) for one in grid.model.outcomes if one.goes_with]
    pairs += [(other, name) for name, other in pairs]
    for rule in grid.rules:
        if not rule.then:
            message = f"rule {rule.id} gives nothing: it only keeps broader rules away"
            yield found(grid, "RUL107", WARNING, Words(message, remedy="add an outcome"), rule)
        for given, lacking in pairs:
            if given in rule.then and lacking not in rule.then and lacking in usual:
                yield _half(grid, rule, given, lacking)


def _half(grid: Grid, rule: Rule, given: str, lacking: str) -> Found:
    verdict = next((v for v in grid.verdicts if _on(rule, v)), None)
    words = f"rule {rule.id} gives {given} and leaves {lacking} to the base setting"
    outcome, witness = "", None
    if verdict is not None:
        decision, witness = grid.decision(verdict), verdict.cell
        outcome = f"{lacking} is {decision.values[lacking]} ({decision.sources[lacking]})"
    return found(grid, "RUL106", WARNING, Words(words, witness, outcome), rule)


def crossing(grid: Grid) -> Iterator[Found]:
    """RUL203 crossing rules with different outcomes, RUL204 with the same one."""
    seen: set[tuple[int, int]] = set()
    for verdict in grid.verdicts:
        if verdict.best & (verdict.best - 1) == 0:
            continue
        for one, other in combinations(tuple(grid.members(verdict.best)), 2):
            pair = (one.order, other.order)
            if pair not in seen and one.accepts != other.accepts:
                seen.add(pair)
                yield crossed(grid, one, other, verdict)


def crossed(grid: Grid, one: Rule, other: Rule, verdict: Verdict | None) -> Found:
    """Report two crossing rules, with the rule that would settle their common cases."""
    shared = meet(one.accepts, other.accepts) or one.accepts
    when = conditions_of(grid.model, shared)
    ids = [rule.id for rule in grid.rules]
    text = rule_text(grid.model, rule_id(grid.model, when, ids), when, one.then)
    message = f"rules {one.id} and {other.id} both match and neither is more specific"
    witness = verdict.cell if verdict else None
    if one.then == other.then:
        words = Words(f"{message}; they agree", witness, related=(one,))
        return found(grid, "RUL204", WARNING, words, other)
    remedy = f"say which outcome holds, for instance {text}"
    words = Words(message, witness, _both(grid, one, other), remedy, (one,))
    return found(grid, "RUL203", ERROR, words, other)


def surprising(grid: Grid) -> Iterator[Found]:
    """RUL205: the winner leaves out what the next broader matching rule has."""
    seen: set[tuple[int, str]] = set()
    for verdict in grid.verdicts:
        for rule in grid.members(verdict.best):
            for name in grid.model.by_name:
                if name in rule.then or (rule.order, name) in seen:
                    continue
                near = _next(grid, rule, verdict)
                if near is not None and name in near.then:
                    seen.add((rule.order, name))
                    yield _surprise(grid, rule, near, name, verdict)


def _next(grid: Grid, rule: Rule, verdict: Verdict) -> Rule | None:
    """Give the most specific of the broader rules that match too."""
    rest = sum(
        1 << other.order
        for other in grid.members(verdict.matched)
        if narrower(rule.accepts, other.accepts)
    )
    return next(grid.members(grid.best(rest)), None)


def _surprise(grid: Grid, rule: Rule, near: Rule, name: str, verdict: Verdict) -> Found:
    decision = grid.decision(verdict)
    message = f"rule {rule.id} does not inherit {name} {near.then[name]} from rule {near.id}"
    outcome = f"{name} is {decision.values[name]} ({decision.sources[name]})"
    remedy = f"add {name} to rule {rule.id}"
    words = Words(message, verdict.cell, outcome, remedy, (near,))
    return found(grid, "RUL205", WARNING, words, rule)
