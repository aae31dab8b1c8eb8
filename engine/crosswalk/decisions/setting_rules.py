"""Rules that a biller's setting holds in the partner's own JSON (setting 131; payment codes 2.6).

Strict when authored: every finding stands at its place in the document that sets the setting.
Tolerant at run time: a text that cannot be used leaves the base settings to decide, a faulty entry
is left out; the findings go with the run.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from crosswalk.decisions.legacy_import import import_legacy
from crosswalk.decisions.model import Model, Reason, Rule, RuleSet
from crosswalk.documents.scalar_places import Places, Text, places_of
from crosswalk.documents.settings import Setting
from crosswalk.documents.source import Scalar
from crosswalk.findings.diagnostics import Diagnostic, Label, Span


def rules_of_setting(
    rules: RuleSet, model: Model, setting: Setting | None, text: Text
) -> tuple[RuleSet, list[Diagnostic]]:
    """Give a rule set the rules that its setting holds, each with its place in the document.

    Findings: RUL001-RUL110 of the import, RUL609 when there is no text to read.
    """
    if setting is not None and isinstance(setting.value, str):
        scalar = Scalar(setting.span, setting.value, setting.value, plain=False)
        return _read(rules, model, setting.value, _mover(places_of(scalar, text)))
    if setting is None:
        return _read(rules, model, "", lambda _: rules.span)
    message = f"setting {rules.setting} is kept elsewhere, and rules are no secret"
    remedy = "write the partner's JSON here"
    finding = Diagnostic("RUL609", message, setting.span, help=remedy)
    return replace(rules, fallen=Reason.BASE_NO_RULESET), [finding]


def as_set(
    rules: RuleSet, model: Model, settings: Mapping[str, str]
) -> tuple[RuleSet, list[Diagnostic]]:
    """Give the rules that a setting holds in these settings; as they are when read already."""
    given = settings.get(rules.setting or "", "")
    if rules.written is not None and given == rules.written:
        return rules, []
    return _read(rules, model, given, lambda span: replace(span, file=f"setting {rules.setting}"))


Move = Callable[[Span], Span]


def _read(rules: RuleSet, model: Model, given: str, move: Move) -> tuple[RuleSet, list[Diagnostic]]:
    if not given.strip():
        message = f"setting {rules.setting} has no value, so {rules.name} has no rules"
        remedy = "set it to the partner's JSON, or name other rules"
        missing = Diagnostic("RUL609", message, rules.span, help=remedy)
        return replace(rules, written=given, rules=(), fallen=Reason.BASE_NO_RULESET), [missing]
    made, findings = import_legacy(given, model, name=rules.name, salvage=True)
    told = [_moved(one, move) for one in findings]
    if made is None:
        fallen = Reason.BASE_RULESET_INVALID
        return replace(rules, written=given, rules=(), fallen=fallen), told
    taken = replace(
        rules,
        rules=tuple(_placed(rule, move) for rule in made.rules),
        legacy_order=made.legacy_order,
        digest=made.digest,
        written=given,
        fallen=None,
    )
    return taken, told


def _mover(places: Places) -> Move:
    """Give what turns a place of the text into one of the file."""

    def move(span: Span) -> Span:
        one_line = span.line == span.end_line
        return places.at(span.line, span.column, span.end_column - span.column if one_line else 1)

    return move


def _moved(finding: Diagnostic, move: Move) -> Diagnostic:
    span = None if finding.span is None else move(finding.span)
    related = tuple(Label(move(one.span), one.text) for one in finding.related)
    return replace(finding, span=span, related=related)


def _placed(rule: Rule, move: Move) -> Rule:
    return replace(
        rule, span=move(rule.span), spans={key: move(one) for key, one in rule.spans.items()}
    )
