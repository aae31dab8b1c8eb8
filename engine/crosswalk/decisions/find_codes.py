"""Findings about the values that come out: too long, spelled twice, unusual, unknown (RUL4xx)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from crosswalk.decisions.findings import ERROR, INFO, WARNING, Found, Words, found, head, placed
from crosswalk.decisions.grid import Grid, Verdict
from crosswalk.decisions.limits import too_long
from crosswalk.decisions.model import Cell, Outcome, Rule
from crosswalk.findings.diagnostics import Severity, Span


@dataclass(frozen=True, slots=True)
class Use:
    """A value that comes out for some case: where it comes from and the first such case."""

    outcome: str
    value: str
    source: str
    rule: Rule | None
    cell: Cell | None

    @property
    def origin(self) -> str:
        """Name the source as a person does."""
        return self.source.replace(":", " ")


def uses(grid: Grid) -> list[Use]:
    """Give every value that comes out, once per source."""
    made: dict[tuple[str, str], Use] = {}
    for verdict in grid.verdicts:
        decision = grid.decision(verdict)
        for name, value in decision.values.items():
            source = decision.sources[name]
            if value is not None and (name, source) not in made:
                rule = grid.winner(verdict) if source.startswith("rule:") else None
                made[name, source] = Use(name, value, source, rule, verdict.cell)
    return list(made.values()) if grid.verdicts else list(_written(grid))


def _written(grid: Grid) -> Iterator[Use]:
    """Give what the rules say, where cases are too many to enumerate."""
    for rule in grid.rules:
        for name, value in rule.then.items():
            yield Use(name, value, f"rule:{rule.id}", rule, None)


def _at(grid: Grid, use: Use) -> tuple[Span | None, Rule | None]:
    return (use.rule.place(f"then.{use.outcome}") if use.rule else head(grid)), use.rule


def limits(grid: Grid, listed: list[Use], channels: Collection[str]) -> Iterator[Found]:
    """RUL401: a value that a channel cannot carry; an error where that channel is used."""
    for use in _once(listed):
        said: list[str] = []
        worst = WARNING
        for limit in grid.model.limits.values():
            problems = list(too_long(grid.model, limit, {use.outcome: use.value}))
            said += [f"{limit.channel}: {problem}" for problem in problems]
            if problems and limit.channel in channels and limit.severity is Severity.ERROR:
                worst = ERROR
        if said:
            words = Words("; ".join(said), use.cell, f"from {use.origin}")
            yield placed(grid, "RUL401", worst, words, _at(grid, use))


def _once(listed: list[Use]) -> list[Use]:
    return list({(use.outcome, use.value): use for use in reversed(listed)}.values())[::-1]


def spelling(grid: Grid, listed: list[Use]) -> Iterator[Found]:
    """RUL402: a leading zero, or one number spelled in two ways."""
    first: dict[tuple[str, str], Use] = {}
    for use in _once(listed):
        if not grid.model.by_name[use.outcome].digits:
            continue
        plain = use.value.lstrip("0") or "0"
        other = first.setdefault((use.outcome, plain), use)
        if other.value != use.value:
            message = f"{use.outcome} {use.value} and {other.value} are one number"
            remedy = "spell it one way"
        elif use.value != plain:
            message, remedy = f"{use.outcome} {use.value} has a leading zero", ""
        else:
            continue
        words = Words(message, use.cell, f"from {use.origin}", remedy)
        yield placed(grid, "RUL402", WARNING, words, _at(grid, use))


def unknown(grid: Grid, known: Mapping[str, Collection[str]]) -> Iterator[Found]:
    """RUL403: a condition on a value that the biller does not have."""
    for rule in grid.rules:
        for name, values in rule.when.items():
            for value in values if name in known else ():
                if value not in known[name]:
                    message = f"{name} {value} is not among the biller's"
                    words = Words(message, remedy=f"known: {', '.join(sorted(known[name]))}")
                    place = (rule.place(f"when.{name}"), rule)
                    yield placed(grid, "RUL403", WARNING, words, place)


def unusual(grid: Grid, listed: list[Use]) -> Iterator[Found]:
    """RUL404: a value that is not the usual one."""
    for use in listed:
        usual = grid.model.by_name[use.outcome].usual
        if usual is not None and use.value != usual:
            message = f"{use.outcome} {use.value} from {use.origin} is not the usual {usual}"
            yield found(grid, "RUL404", INFO, Words(message, use.cell), use.rule)


def apart(grid: Grid) -> Iterator[Found]:
    """RUL405: a value that comes with two values of the outcome that goes with it (facts 2.30)."""
    for outcome in grid.model.by_name.values():
        first: dict[str, str] = {}
        told: set[tuple[str, str]] = set()
        for verdict in grid.verdicts if outcome.goes_with else ():
            values = grid.decision(verdict).values
            leading, value = values[outcome.goes_with or ""], values[outcome.name]
            if leading is None or value is None:
                continue
            usual = first.setdefault(leading, value)
            if value != usual and (leading, value) not in told:
                told.add((leading, value))
                yield _parted(grid, outcome, verdict, (leading, usual, value))


def _parted(grid: Grid, outcome: Outcome, verdict: Verdict, values: tuple[str, str, str]) -> Found:
    leading, usual, value = values
    name, winner = outcome.name, grid.winner(verdict)
    message = f"{outcome.goes_with} {leading} comes with {name} {usual} and {value}"
    remedy = f"give each {name} a {outcome.goes_with} of its own, or allow it with the reason"
    source = grid.decision(verdict).sources[name].replace(":", " ")
    words = Words(message, verdict.cell, f"{name} {value} from {source}", remedy)
    return found(grid, "RUL405", WARNING, words, winner)
