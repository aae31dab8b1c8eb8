"""A rule set as the text of a rules document."""

from collections.abc import Iterator, Mapping

from crosswalk.decisions.model import Hints, Model, RuleSet
from crosswalk.decisions.wording import quote, rule_text, scalar


def write_rules(rules: RuleSet, model: Model, description: str = "") -> str:
    """Write a rules document; read back it gives the same rules with the same hints."""
    return "".join(f"{line}\n" for line in _lines(rules, model, description))


def _lines(rules: RuleSet, model: Model, description: str) -> Iterator[str]:
    yield "crosswalk: 1"
    yield "kind: rules"
    yield f"name: {rules.name}"
    yield f"version: {rules.version}"
    if description:
        yield f"description: {quote(description)}"
    yield f"use: {rules.use}"
    if rules.starts is not None:
        yield f"from: {quote(rules.starts.isoformat())}"
    yield from (f"{key}: true" for key in ("complete", "distinct") if getattr(rules, key))
    if rules.allow:
        yield f"allow: {_map({one.code: one.why for one in rules.allow})}"
    said = _hints(rules.hints)
    said += [f"order: [{', '.join(map(scalar, rules.legacy_order))}]"] if rules.legacy_order else []
    if said:
        yield f"legacy: {{{', '.join(said)}}}"
    yield "rules:" if rules.rules else "rules: {}"
    for rule in rules.rules:
        line = rule_text(model, scalar(rule.id), rule.when, rule.then).removesuffix("}")
        if rule.allow:
            line += f", allow: {_map({one.code: one.why for one in rule.allow})}"
        hints = _hints(rule.hints)
        if hints:
            line += f", legacy: {{{', '.join(hints)}}}"
        yield f"  {line}}}"


def _hints(hints: Hints) -> list[str]:
    said = []
    if hints.keys:
        said.append(f"keys: [{', '.join(map(scalar, hints.keys))}]")
    parts = {"kinds": hints.kinds, "empty": hints.empty, "extra": hints.extra}
    said += [f"{name}: {_map(pairs)}" for name, pairs in parts.items() if pairs]
    if hints.spelling:
        below = ", ".join(f"{scalar(k)}: {_map(v)}" for k, v in hints.spelling.items())
        said.append(f"spelling: {{{below}}}")
    return said


def _map(pairs: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{scalar(k)}: {quote(v)}' for k, v in pairs.items())}}}"
