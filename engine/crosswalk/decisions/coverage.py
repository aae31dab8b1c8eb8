"""Whether tests say enough: rules never asserted, expectations that cannot hold."""

from collections.abc import Iterable, Mapping

from crosswalk.decisions.inputs import Refused, understand
from crosswalk.decisions.model import Model, RuleSet
from crosswalk.findings.diagnostics import Diagnostic, Severity, Span


def never_asserted(rules: RuleSet, asserted: Iterable[str]) -> list[Diagnostic]:
    """Find rules that no test expects as the winner (RUL501)."""
    known = set(asserted)
    return [
        Diagnostic("RUL501", f"no test expects rule {rule.id}", rule.span, Severity.WARNING)
        for rule in rules.rules
        if rule.id not in known
    ]


def vain_expectation(
    model: Model, given: Mapping[str, object], expected: Mapping[str, object], span: Span | None
) -> list[Diagnostic]:
    """Find a test without expectation, or of a case outside the domain (RUL502).

    A test that expects the refusal itself has a `reason` and passes.
    """
    if not expected:
        return [Diagnostic("RUL502", "the test expects nothing", span, help="add a reason")]
    try:
        understand(model, given)
    except Refused as refused:
        if expected.get("reason") != refused.reason.value:
            return [Diagnostic("RUL502", f"the test cannot hold: {refused.message}", span)]
    return []
