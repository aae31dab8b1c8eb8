"""The reference decision: the law that the compiled table is tested against, and its trace."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosswalk.decisions.base import BaseValues, Bound, covers
from crosswalk.decisions.inputs import Case, Refused, understand
from crosswalk.decisions.model import Cell, Decision, Model, Reason, Rule, narrower


@dataclass(frozen=True, slots=True)
class Tried:
    """What was looked at for one value of the substituted input (None: there is no such input).

    `candidates` are rules for this value, `matched` those of them that match the case.
    """

    value: str | None
    candidates: tuple[Rule, ...]
    matched: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A decision with everything that led to it; `case` is None when the inputs were refused."""

    decision: Decision
    raw: Mapping[str, object]
    case: Case | None
    tried: tuple[Tried, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """How a decision was reached: reason, winner, substitute, rules among which it was chosen."""

    reason: Reason
    winner: Rule | None
    via: str | None = None
    ties: tuple[str, ...] = ()


def decide(bound: Bound, raw: Mapping[str, object]) -> Trace:
    """Decide one case (payment codes 2.5).

    `raw` has values by input name: text, int, None or MISSING. Never raises for a bad value: the
    decision then has a failing reason and no values.
    """
    try:
        case = understand(bound.model, raw, bound.aliases)
    except Refused as refused:
        return Trace(failed(bound.model, refused), raw, None)
    decision, tried = decide_cell(bound, case.cell)
    return Trace(decision, raw, case, tried)


def failed(model: Model, refused: Refused) -> Decision:
    """Give the decision of a case whose inputs cannot be used."""
    nothing = dict.fromkeys(model.by_name)
    return Decision(refused.reason, nothing, {}, subject=refused.subject, message=refused.message)


def decide_cell(bound: Bound, cell: Cell) -> tuple[Decision, tuple[Tried, ...]]:
    """Decide a cell of known values, and say what was looked at."""
    tried = tuple(_look(bound, cell))
    way = Way(bound.fallen, None)
    if tried and tried[-1].matched:
        best = most_specific(tried[-1].matched)
        ties = tuple(rule.id for rule in best) if len(best) > 1 else ()
        via = tried[-1].value if len(tried) > 1 else None
        reason = Reason.RULE if via is None else Reason.RULE_VIA_SUBSTITUTE
        way = Way(reason, prefer(bound.model, best), via, ties)
    return compose(bound, way, bound.base_of(cell)), tried


def _look(bound: Bound, cell: Cell) -> Iterable[Tried]:
    """Look at the value itself, then at its substitutes, until rules match."""
    rules = bound.rules.rules if bound.rules else ()
    at = bound.model.substitute_at
    for value in (None,) if at is None else bound.model.tried(cell[at]):
        there = cell if at is None else (*cell[:at], value, *cell[at + 1 :])
        candidates = tuple(r for r in rules if at is None or _for_value(r, at, value))
        matched = tuple(rule for rule in candidates if covers(rule.accepts, there))
        yield Tried(value, candidates, matched)
        if matched:
            return


def _for_value(rule: Rule, at: int, value: str | None) -> bool:
    wanted = rule.accepts[at]
    return wanted is None or value in wanted


def most_specific(matched: Sequence[Rule]) -> tuple[Rule, ...]:
    """Give the rules than which no other matching rule is narrower."""
    if len(matched) == 1:
        return tuple(matched)
    return tuple(
        rule
        for rule in matched
        if not any(narrower(other.accepts, rule.accepts) for other in matched)
    )


def prefer(model: Model, best: Sequence[Rule]) -> Rule:
    """Choose among crossing rules as the partner's form does; native rule sets never need it.

    A condition on the inputs that `precedence` names, in that order, then the fewest values,
    then the first in the document.
    """
    if len(best) == 1:
        return best[0]
    order = model.legacy.precedence if model.legacy else ()

    def rank(rule: Rule) -> tuple[tuple[bool, ...], int, int]:
        lacks = tuple(rule.accepts[position] is None for position in order)
        return lacks, sum(len(one or ()) for one in rule.accepts), rule.order

    return min(best, key=rank)


def compose(bound: Bound, way: Way, base: BaseValues | None) -> Decision:
    """Lay the winner's outcomes over those of the base; nothing comes from a second rule."""
    winner = way.winner
    given = winner.then if winner else {}
    unused = dict(base.sources) if base else {}
    values: dict[str, str | None] = {}
    sources: dict[str, str] = {}
    for name, outcome in bound.model.by_name.items():
        if winner is not None and name in given:
            values[name], sources[name] = given[name], f"rule:{winner.id}"
        elif base is not None and name in base.parts:
            values[name], sources[name] = base.parts[name], unused.pop(name)
        else:
            values[name] = outcome.default
            sources[name] = "none" if outcome.default is None else "default"
    lacking = _lacking(bound.model, values)
    return Decision(
        reason=way.reason if lacking is None else Reason.UNRESOLVED,
        values=values,
        sources=sources,
        rule=winner.id if winner else None,
        via=way.via,
        unused=tuple(unused.values()),
        ties=way.ties,
        subject=lacking,
        message=f"neither a rule nor a setting gives {lacking}" if lacking else "",
    )


def _lacking(model: Model, values: Mapping[str, str | None]) -> str | None:
    """Give an outcome that has no value; nothing is ever posted with a blank one."""
    for name, value in values.items():
        if value is None and not model.by_name[name].optional:
            return name
    return None
