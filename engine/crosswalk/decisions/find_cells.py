"""Findings about cases: undecided, left to the base, of two meanings (RUL2xx, RUL3xx)."""

from collections import Counter
from collections.abc import Iterator

from crosswalk.decisions.findings import (
    ERROR,
    INFO,
    WARNING,
    Found,
    Words,
    found,
    head,
    listed,
    placed,
)
from crosswalk.decisions.grid import Grid, Verdict
from crosswalk.decisions.model import Decision, Families, Reason, Rule
from crosswalk.decisions.wording import rule_id, rule_text, values_text


def unresolved(grid: Grid) -> Iterator[Found]:
    """RUL201: cases for which neither a rule nor a base setting gives an outcome."""
    groups: dict[tuple[str | None, str], list[Verdict]] = {}
    for verdict in grid.verdicts:
        decision = grid.decision(verdict)
        if decision.reason is Reason.UNRESOLVED and decision.subject is not None:
            groups.setdefault((_leading(grid, verdict), decision.subject), []).append(verdict)
    for (value, name), verdicts in groups.items():
        base = grid.base_of(verdicts[0].cell)
        part = f" or setting {base.base.setting}" if base else ""
        message = f"nothing gives {name} for {_cases(verdicts)}{_for(grid, value)}"
        remedy = f"give {name} in a rule{part}"
        if not verdicts[0].best:
            remedy += f", for instance {_closing(grid, value, {name: '...'})}"
        words = Words(message, verdicts[0].cell, f"{name} is missing", remedy)
        winner = grid.winner(verdicts[0])
        place = (winner.span if winner else head(grid, value), winner)
        yield placed(grid, "RUL201", ERROR, words, place)


def gaps(grid: Grid) -> Iterator[Found]:
    """RUL202: cases that no rule decides, by value of the leading input."""
    if grid.bound.rules is None:
        return
    severity = WARNING if grid.bound.rules.complete else INFO
    groups: dict[str | None, list[Verdict]] = {}
    for verdict in grid.verdicts:
        if not verdict.best:
            groups.setdefault(_leading(grid, verdict), []).append(verdict)
    for value, verdicts in groups.items():
        decision = grid.decision(verdicts[0])
        given = _given(grid, decision)
        message = f"no rule decides {_cases(verdicts)}{_for(grid, value)}"
        remedy = f"close the gap with {_closing(grid, value, given)}"
        outcome = f"{values_text(grid.model, decision.values)} from {_sources(decision)}"
        words = Words(message, verdicts[0].cell, outcome, remedy)
        yield placed(grid, "RUL202", severity, words, (head(grid, value), None))


def _leading(grid: Grid, verdict: Verdict) -> str | None:
    return verdict.cell[grid.model.leading]


def _for(grid: Grid, value: str | None) -> str:
    return f" of {grid.model.inputs[grid.model.leading].name} {value}" if value else ""


def _cases(verdicts: list[Verdict]) -> str:
    return "1 case" if len(verdicts) == 1 else f"{len(verdicts)} cases"


def _given(grid: Grid, decision: Decision) -> dict[str, str]:
    """Give the outcomes that come from the setting and have no default of their own."""
    return {
        name: value
        for name, value in decision.values.items()
        if value is not None
        and grid.model.by_name[name].default is None
        and decision.sources[name].startswith("setting:")
    }


def _sources(decision: Decision) -> str:
    said = {s.rpartition(".")[0] for s in decision.sources.values() if s.startswith("setting:")}
    return listed(sorted(said)).replace(":", " ") if said else "defaults"


def _closing(grid: Grid, value: str | None, then: dict[str, str]) -> str:
    when = {grid.model.inputs[grid.model.leading].name: (value,)} if value else {}
    ids = [rule.id for rule in grid.rules]
    return rule_text(grid.model, rule_id(grid.model, when, ids), when, then)


# ------------------------------------------------------------------------------------ families


def collisions(grid: Grid) -> Iterator[Found]:
    """RUL301: a base value that the rules give to another family only."""
    families = grid.model.families
    if families is None:
        return
    owners = _owners(grid, families)
    seen: set[tuple[str | None, str]] = set()
    for verdict in grid.verdicts:
        decision, value = grid.decision(verdict), _family_value(families, verdict)
        code, family = decision.values[families.outcome], families.of.get(value or "")
        taken = owners.get(code or "", {})
        own = decision.sources[families.outcome].startswith("rule:")
        if own or family is None or not taken or family in taken or (value, str(code)) in seen:
            continue
        seen.add((value, str(code)))
        yield _collision(grid, families, verdict, taken)


def _owners(grid: Grid, families: Families) -> dict[str, dict[str, Rule]]:
    """Give, by value that rules give, the families that get it and a rule for each."""
    owners: dict[str, dict[str, Rule]] = {}
    for verdict in grid.verdicts:
        rule, family = grid.winner(verdict), families.of.get(_family_value(families, verdict) or "")
        if rule is not None and family is not None and families.outcome in rule.then:
            owners.setdefault(rule.then[families.outcome], {}).setdefault(family, rule)
    return owners


def _family_value(families: Families, verdict: Verdict) -> str | None:
    return verdict.cell[families.position]


def _collision(grid: Grid, families: Families, verdict: Verdict, taken: dict[str, Rule]) -> Found:
    decision, name = grid.decision(verdict), families.outcome
    value, code = _family_value(families, verdict), decision.values[name]
    source = decision.sources[name].replace(":", " ")
    message = (
        f"{value} without a rule gets {name} {code} from {source}, "
        f"which the rules give to {listed(taken)} only"
    )
    usual = _usual(grid, families, families.of.get(value or ""))
    then = {name: usual} if usual else {name: "..."}
    remedy = f"add {_closing(grid, value, then)}, or change {source}"
    outcome = f"{values_text(grid.model, decision.values)}, taken for {listed(taken)}"
    words = Words(message, verdict.cell, outcome, remedy, tuple(taken.values()))
    return placed(grid, "RUL301", ERROR, words, (head(grid, value), None))


def _usual(grid: Grid, families: Families, family: str | None) -> str | None:
    """Give the value that the rules give to most cases of a family."""
    counted: Counter[str] = Counter()
    for verdict in grid.verdicts:
        rule = grid.winner(verdict)
        if rule is not None and families.of.get(_family_value(families, verdict) or "") == family:
            counted.update([rule.then[families.outcome]] if families.outcome in rule.then else [])
    return counted.most_common(1)[0][0] if counted else None


def shared(grid: Grid) -> Iterator[Found]:
    """RUL302: one value for several families while each is to have its own."""
    families = grid.model.families
    if families is None or grid.bound.rules is None or not grid.bound.rules.distinct:
        return
    used: dict[str, dict[str, Verdict]] = {}
    for verdict in grid.verdicts:
        code = grid.decision(verdict).values[families.outcome]
        family = families.of.get(_family_value(families, verdict) or "")
        if code is not None and family is not None:
            used.setdefault(code, {}).setdefault(family, verdict)
    for code, by_family in used.items():
        if len(by_family) > 1:
            message = f"{families.outcome} {code} is used for {listed(by_family)}"
            verdict = list(by_family.values())[-1]
            rules = [grid.winner(one) for one in by_family.values()]
            related = tuple(rule for rule in rules if rule is not None)
            outcome = values_text(grid.model, grid.decision(verdict).values)
            words = Words(message, verdict.cell, outcome, "give each its own", related)
            yield found(grid, "RUL302", WARNING, words, related[0] if related else None)


# -------------------------------------------------------------------------------- substitution


def aliased(grid: Grid) -> int:
    """Give the rules for values that an alias always turns into another one."""
    dead = 0
    for alias in grid.bound.aliases:
        for rule in grid.rules:
            wanted = rule.accepts[alias.position]
            if wanted and wanted <= alias.values:
                dead |= 1 << rule.order
    return dead


def substitution(grid: Grid, dead: int) -> Iterator[Found]:
    """RUL303 and RUL304: rules that substitution or an alias makes pointless or odd."""
    won = direct = 0
    witness: dict[int, Verdict] = {}
    for verdict in grid.verdicts:
        won |= verdict.best
        direct |= 0 if verdict.step else verdict.best
        for rule in grid.members(verdict.best if verdict.step else 0):
            witness.setdefault(rule.order, verdict)
    for rule in grid.members(won & ~direct):
        verdict = witness[rule.order]
        message = f"rule {rule.id} decides only cases of other values, by substitution"
        outcome = values_text(grid.model, grid.decision(verdict).values)
        yield found(grid, "RUL303", WARNING, Words(message, verdict.cell, outcome), rule)
    for rule in grid.members(dead & ~won):
        setting = next(a.setting for a in grid.bound.aliases if _hit(rule, a.position, a.values))
        message = f"rule {rule.id} never decides while setting {setting} replaces its value"
        words = Words(message, remedy=f"remove the rule, or change setting {setting}")
        yield found(grid, "RUL304", WARNING, words, rule)
    yield from _jointly(grid)


def _hit(rule: Rule, position: int, values: frozenset[str]) -> bool:
    wanted = rule.accepts[position]
    return wanted is not None and wanted <= values


def _jointly(grid: Grid) -> Iterator[Found]:
    """RUL303: a value's own rules together change nothing, though one of them alone would."""
    at = grid.model.substitute_at
    if at is None:
        return
    for value, others in grid.model.substitutes.items():
        own = [rule for rule in grid.rules if rule.accepts[at] == frozenset({value})]
        mine = [verdict for verdict in grid.verdicts if verdict.cell[at] == value]
        together = sum(1 << rule.order for rule in own)
        if len(own) < 2 or not mine or not _same(grid, mine, together):  # noqa: PLR2004 - "together"
            continue
        if not all(_same(grid, mine, 1 << rule.order) for rule in own):
            names = listed(rule.id for rule in own)
            message = f"rules {names} together change nothing: the rules for "
            message += f"{listed(others)} decide {value} alike"
            outcome = values_text(grid.model, grid.decision(mine[0]).values)
            words = Words(message, mine[0].cell, f"{outcome} either way", "remove them")
            yield found(grid, "RUL303", WARNING, words, own[0])


def _same(grid: Grid, verdicts: list[Verdict], without: int) -> bool:
    """Tell whether other rules would decide alike without some rules."""
    for one in verdicts:
        other = grid.judge(one.cell, without) if one.best & without else one
        alike = grid.decision(other).values == grid.decision(one).values
        if not alike or (one.best and not other.best):
            return False
    return True
