"""What an analysis finds, together with the rule it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass

from crosswalk.decisions.grid import Grid
from crosswalk.decisions.model import Cell, Rule
from crosswalk.decisions.wording import case_text
from crosswalk.findings.diagnostics import Diagnostic, Label, Severity, Span


@dataclass(frozen=True, slots=True)
class Found:
    """A finding and the id of the rule it is about, if it is about one."""

    finding: Diagnostic
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What a finding says: message, the case that shows it, the remedy, other rules involved."""

    message: str
    witness: Cell | None = None
    outcome: str = ""
    remedy: str = ""
    related: tuple[Rule, ...] = ()


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def found(
    grid: Grid, code: str, severity: Severity, words: Words, rule: Rule | None = None
) -> Found:
    """Make a finding about a rule, or about the rule set where there is none."""
    return placed(grid, code, severity, words, (rule.span if rule else head(grid), rule))


def placed(
    grid: Grid,
    code: str,
    severity: Severity,
    words: Words,
    place: tuple[Span | None, Rule | None],
) -> Found:
    """Make a finding at a place of its own."""
    span, rule = place
    label = ""
    if words.witness is not None:
        label = f"for instance {case_text(grid.model, words.witness)}"
        label += f": {words.outcome}" if words.outcome else ""
    related = tuple(Label(other.span, f"rule {other.id}") for other in words.related)
    made = Diagnostic(code, words.message, span, severity, label, words.remedy, related)
    return Found(made, rule.id if rule else None)


def head(grid: Grid, leading: str | None = None) -> Span | None:
    """Give the place of the first rule for a value of the leading input, or of the rule set."""
    at = grid.model.leading
    for rule in grid.rules:
        if leading is not None and leading in (rule.accepts[at] or ()):
            return rule.span
    if grid.bound.rules is None:
        return None
    return grid.rules[0].span if grid.rules else grid.bound.rules.span


def listed(names: Iterable[str]) -> str:
    """Join names as people do: `a, b and c`."""
    *others, last = list(names)
    return f"{', '.join(others)} and {last}" if others else last
