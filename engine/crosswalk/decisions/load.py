"""From texts to a bound decision: what the command line and the tests begin with."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from crosswalk.decisions.base import Bound, bind
from crosswalk.decisions.inputs import named
from crosswalk.decisions.legacy_import import import_legacy
from crosswalk.decisions.model import Input, Model, RuleSet
from crosswalk.decisions.read_model import read_model
from crosswalk.decisions.read_rules import read_rules
from crosswalk.documents.schema import validate
from crosswalk.documents.source import Map, read
from crosswalk.findings.diagnostics import Diagnostic, has_errors


def load_model(text: str, file: str) -> tuple[Model | None, list[Diagnostic]]:
    """Read a decision document: YAML, shape, meaning. None when there are errors."""
    node, findings = _document(text, file, "decision")
    if node is None or has_errors(findings):
        return None, findings
    model, more = read_model(node)
    return model, findings + more


def load_rules(text: str, file: str, model: Model) -> tuple[RuleSet | None, list[Diagnostic]]:
    """Read a rules document for a model: YAML, shape, meaning. None when there are errors."""
    node, findings = _document(text, file, "rules")
    if node is None:
        return None, findings
    rules, more = read_rules(node, model)
    wanted = f"{model.name}@{model.version.partition('.')[0]}"
    if rules is not None and rules.use != wanted:
        message = f"the rules are for '{rules.use}', not for '{wanted}'"
        more.append(Diagnostic("RUL603", message, rules.span, help=f"write use: {wanted}"))
    # A wrong type is said better by the reader of rules, which knows the input or outcome.
    said = {finding.span for finding in more}
    findings = [finding for finding in findings if finding.span not in said] + more
    return (None if has_errors(findings) else rules), findings


def bind_legacy(
    text: str | None, model: Model, settings: Mapping[str, str], file: str = ""
) -> tuple[Bound, list[Diagnostic]]:
    """Bind the partner's JSON as it is used at run time: tolerant, with every finding visible.

    No text: the base settings decide (BASE_NO_RULESET); a text that cannot be used as a whole:
    they decide too (BASE_RULESET_INVALID); a faulty entry is left out (payment codes 2.6).
    """
    rules: RuleSet | None = None
    findings: list[Diagnostic] = []
    blank = text is None or not text.strip()
    if text is not None and not blank:
        rules, findings = import_legacy(text, model, file, salvage=True)
    invalid = rules is None and not blank
    bound, more = bind(model, rules, settings, invalid=invalid, strict=False)
    return bound, findings + more


def inputs_from_text(model: Model, given: Mapping[str, str]) -> dict[str, object]:
    """Give inputs as a person types them: a value's name (`card`) or its text in records (1)."""
    inputs = {one.name: one for one in model.inputs}
    return {
        name: _typed(inputs[name], text) if name in inputs else text for name, text in given.items()
    }


def _typed(one: Input, text: str) -> object:
    text = text.strip()
    if text in ("", "-"):
        return None
    code = text
    if one.values is not None and named(one, text) is None:
        code = one.values.get(text, text)
    return int(code) if one.kind == "integer" and code.isascii() and code.isdigit() else code


def _document(text: str, file: str, kind: str) -> tuple[Map | None, list[Diagnostic]]:
    node, findings = read(text, file)
    if node is None or has_errors(findings):
        return None, findings
    findings += validate(node, _schema(kind))
    return (node if isinstance(node, Map) else None), findings


@cache
def _schema(kind: str) -> Mapping[str, Any]:
    text = (files("crosswalk") / "schemas" / f"{kind}.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
