"""Which of several rule sets applies on a day."""

from collections.abc import Iterable
from datetime import date

from crosswalk.decisions.model import RuleSet
from crosswalk.findings.diagnostics import Diagnostic


def check_schedule(rule_sets: Iterable[RuleSet]) -> list[Diagnostic]:
    """Find rule sets for one decision that start on the same day (RUL605)."""
    first: dict[date | None, RuleSet] = {}
    findings = []
    for one in rule_sets:
        other = first.setdefault(one.starts, one)
        if other is not one:
            when = f"from {one.starts}" if one.starts else "always, because neither has 'from'"
            message = f"{other.name} and {one.name} both apply {when}"
            remedy = "give each its own first day"
            findings.append(Diagnostic("RUL605", message, one.span, help=remedy))
    return findings


def in_force(rule_sets: Iterable[RuleSet], day: date) -> RuleSet | None:
    """Give the rule set that started last, on `day` or before.

    `day` is the payment's date in the biller's time zone. A set without a first day always
    applies; None when no set has started yet (RUL606 for who asks).
    """
    started = [one for one in rule_sets if one.starts is None or one.starts <= day]
    return max(started, key=lambda one: one.starts or date.min, default=None)


def none_in_force(day: date) -> Diagnostic:
    """Say that no rule set applies on a day (RUL606)."""
    message = f"no rule set applies on {day.isoformat()}"
    remedy = "leave 'from' out of the oldest rule set"
    return Diagnostic("RUL606", message, None, help=remedy)
