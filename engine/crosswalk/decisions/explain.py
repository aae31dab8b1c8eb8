"""Why a case is decided as it is: for programs and for people, the same every time."""

from collections.abc import Collection, Iterable, Mapping

from crosswalk.decisions.base import BaseValues, Bound, covers
from crosswalk.decisions.decide import Trace, decide
from crosswalk.decisions.limits import too_long
from crosswalk.decisions.model import Cell, Rule, narrower

_NEAREST = 10
"""How many rules that do not match are shown."""


def explain(
    bound: Bound,
    raw: Mapping[str, object],
    channels: Collection[str] | None = None,
    why_not: str | None = None,
) -> dict[str, object]:
    """Decide one case and say why (payment codes 8); nothing in it depends on the time.

    `raw` as for `decide`; `channels` limits the checks (None: all), `why_not` names a rule.
    """
    trace = decide(bound, raw)
    decision = trace.decision
    base = bound.base_of(trace.case.cell) if trace.case else None
    winner = bound.rules.by_id.get(decision.rule or "") if bound.rules else None
    said: dict[str, object] = {
        "decision": bound.model.name,
        "ruleset": _rule_set(bound),
        "input": {name: _shown(value) for name, value in raw.items()},
        "normalised": _normalised(bound, trace),
        "notes": list(trace.case.notes) if trace.case else [],
        "tried": [
            {
                "value": one.value,
                "candidates": len(one.candidates),
                "matched": [rule.id for rule in one.matched],
            }
            for one in trace.tried
        ],
        "winner": _winner(winner, decision.via),
        "reason": decision.reason.value,
        "subject": decision.subject,
        "message": decision.message,
        "fields": _fields(trace, base),
        "unused": _unused(trace, base),
        "ties": list(decision.ties),
        "not_matched": [] if winner else _not_matched(bound, trace),
        "checks": _checks(bound, trace, channels),
    }
    if why_not is not None:
        said["why_not"] = {"rule": why_not, "because": _why_not(bound, trace, winner, why_not)}
    return said


def _shown(value: object) -> object:
    return value if isinstance(value, (str, int)) or value is None else str(value)


def _rule_set(bound: Bound) -> dict[str, str] | None:
    if bound.rules is None:
        return None
    major = bound.rules.version
    return {"id": f"{bound.rules.name}@{major}", "hash": bound.rules.digest}


def _normalised(bound: Bound, trace: Trace) -> dict[str, str]:
    if trace.case is None:
        return {}
    return {
        one.name: shown for one, shown in zip(bound.model.inputs, trace.case.shown, strict=True)
    }


def _winner(winner: Rule | None, via: str | None) -> dict[str, object] | None:
    if winner is None:
        return None
    span = winner.span
    return {"id": winner.id, "file": span.file, "line": span.line, "via": via}


def _fields(trace: Trace, base: BaseValues | None) -> dict[str, dict[str, str | None]]:
    decision = trace.decision
    made: dict[str, dict[str, str | None]] = {}
    for name, source in decision.sources.items():
        made[name] = {"value": decision.values[name], "source": source}
        if base is not None and source.startswith("setting:"):
            made[name]["setting"] = base.text
    return made


def _unused(trace: Trace, base: BaseValues | None) -> list[dict[str, str | None]]:
    """Give the parts of the base setting that were not needed, with their values."""
    if base is None:
        return []
    return [
        {"source": source, "outcome": name, "value": base.parts.get(name)}
        for name, source in base.sources.items()
        if source in trace.decision.unused
    ]


def _checks(
    bound: Bound, trace: Trace, channels: Collection[str] | None
) -> dict[str, list[dict[str, str]]]:
    if trace.case is None:
        return {}
    limits = bound.model.limits
    names = limits if channels is None else [name for name in limits if name in channels]
    return {
        name: [
            {"severity": limits[name].severity.value, "code": "RUL401", "message": problem}
            for problem in too_long(bound.model, limits[name], trace.decision.values)
        ]
        for name in names
    }


# ------------------------------------------------------------------------------ rules that lost


def _not_matched(bound: Bound, trace: Trace) -> list[dict[str, object]]:
    """Give the rules of the tried values with their first failing condition, nearest first."""
    if trace.case is None:
        return []
    seen: dict[str, tuple[int, int, str]] = {}
    for one in trace.tried:
        cell = _there(bound, trace.case.cell, one.value)
        for rule in one.candidates:
            failing = list(_failing(bound, trace, rule, cell))
            if failing and rule.id not in seen:
                seen[rule.id] = (len(failing), rule.order, failing[0])
    nearest = sorted(seen.items(), key=lambda item: item[1][:2])[:_NEAREST]
    return [{"rule": name, "because": because} for name, (_, _, because) in nearest]


def _there(bound: Bound, cell: Cell, value: str | None) -> Cell:
    at = bound.model.substitute_at
    return cell if at is None else (*cell[:at], value, *cell[at + 1 :])


def _failing(bound: Bound, trace: Trace, rule: Rule, cell: Cell) -> Iterable[str]:
    shown = trace.case.shown if trace.case else ()
    for one in bound.model.inputs:
        wanted, value = rule.accepts[one.position], cell[one.position]
        if wanted is not None and value not in wanted:
            has = value if value is not None else shown[one.position]
            names = ", ".join(rule.when.get(one.name, sorted(wanted)))
            yield f"{one.name} {names} != {has}"


def alternatives(bound: Bound, raw: Mapping[str, object]) -> list[tuple[Rule, bool, str]]:
    """Give every rule that did not decide a case with what stood in its way.

    The second says whether the rule was looked at; those that were come first.
    """
    trace = decide(bound, raw)
    rules = bound.rules.rules if bound.rules else ()
    winner = bound.rules.by_id.get(trace.decision.rule or "") if bound.rules else None
    seen = {rule.id for one in trace.tried for rule in one.candidates}
    return [
        (rule, rule.id in seen, _why_not(bound, trace, winner, rule.id))
        for rule in sorted(rules, key=lambda rule: (rule.id not in seen, rule.order))
        if rule is not winner
    ]


def _why_not(bound: Bound, trace: Trace, winner: Rule | None, name: str) -> str:
    rule = bound.rules.by_id.get(name) if bound.rules else None
    if rule is None:
        return "there is no such rule, or it was skipped when the rule set was read"
    if trace.case is None:
        return f"the inputs were refused: {trace.decision.message}"
    if rule is winner:
        return "it is the rule that decided"
    for one in trace.tried:
        cell = _there(bound, trace.case.cell, one.value)
        if rule in one.candidates and not covers(rule.accepts, cell):
            return f"condition failed: {next(iter(_failing(bound, trace, rule, cell)))}"
        if rule in one.matched and winner is not None:
            return _beaten(bound, winner, rule)
    at = bound.model.substitute_at
    what = bound.model.inputs[at].name if at is not None else "case"
    first = next(iter(_failing(bound, trace, rule, trace.case.cell)), "not tried")
    return f"different {what}: {first}"


def _beaten(bound: Bound, winner: Rule, rule: Rule) -> str:
    if not narrower(winner.accepts, rule.accepts):
        return f"neither {winner.id} nor {rule.id} is more specific; precedence chose {winner.id}"
    names = [
        one.name
        for one in bound.model.inputs
        if winner.accepts[one.position] != rule.accepts[one.position]
    ]
    return f"beaten by {winner.id} (more specific in: {', '.join(names)})"
