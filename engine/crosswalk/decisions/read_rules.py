"""From a rules document to the rule set it describes, with what does not fit its model."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from crosswalk.decisions.model import (
    Accepts,
    Allowed,
    Hints,
    Input,
    Model,
    Rule,
    RuleSet,
)
from crosswalk.decisions.values import condition_value, outcome_problem
from crosswalk.documents.access import flag, mapping, scalar, scalars, text
from crosswalk.documents.source import List, Map, Node, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span, has_errors
from crosswalk.findings.suggest import closest, quoted


def read_rules(node: Map, model: Model) -> tuple[RuleSet | None, list[Diagnostic]]:
    """Build the rule set of an effective rules document whose shape was checked.

    Gives the rule set, or None when errors stand in its way, and the findings: RUL003 unknown
    name, RUL004 missing condition or wrong form, RUL104 nothing to match, RUL105 unknown value,
    RUL110 outcome not listed. A rule that is null was removed by an overlay.
    """
    reader = _Reader(model)
    made: list[Rule] = []
    below = mapping(node, "rules")
    for name, entry in below.entries.items() if below else ():
        if isinstance(entry.value, Map):
            rule = reader.rule(name, len(made), entry.key.span, entry.value)
            made += [rule] if rule else []
    starts = reader.start(scalar(node, "from"))
    hints = mapping(node, "legacy")
    rule_set = RuleSet(
        name=text(node, "name") or "",
        version=text(node, "version") or "",
        use=text(node, "use") or "",
        rules=tuple(made),
        span=node.span,
        complete=flag(node, "complete"),
        distinct=flag(node, "distinct"),
        starts=starts,
        allow=tuple(allowed(node)),
        hints=read_hints(hints) if hints else Hints(),
        legacy_order=tuple(v.text for v in scalars(hints, "order")) if hints else (),
        digest=digest(made),
        setting=text(node, "setting"),
    )
    reader.source(node)
    return (None if has_errors(reader.findings) else rule_set), reader.findings


def digest(rules: list[Rule]) -> str:
    """Give the SHA-256 of what the rules say, whatever their order and layout."""
    said = sorted(
        [rule.id, sorted((k, sorted(v)) for k, v in rule.when.items()), sorted(rule.then.items())]
        for rule in rules
    )
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass(slots=True)
class _Reader:
    """Reads rules, collecting findings."""

    model: Model
    findings: list[Diagnostic] = field(default_factory=list)

    def wrong(self, code: str, message: str, span: Span, remedy: str = "") -> None:
        self.findings.append(Diagnostic(code, message, span, help=remedy))

    def unknown(self, what: str, key: Scalar, known: Mapping[str, object]) -> None:
        near = closest(key.text, known)
        remedy = f"did you mean '{near}'?" if near else f"known here: {', '.join(known)}"
        self.wrong("RUL003", f"{quoted(key.text)} is not an {what}", key.span, remedy)

    def source(self, node: Map) -> None:
        """Find rules that stand nowhere, or in two places."""
        given = [key for key in ("rules", "setting") if key in node.entries]
        if len(given) != 1:
            message = "the rules stand here and in a setting" if given else "there are no rules"
            place = node.entries[given[-1]].key.span if given else node.span
            self.wrong("RUL604", message, place, "give either rules: or setting:")

    def rule(self, name: str, order: int, span: Span, node: Map) -> Rule | None:
        """Read one rule; None when a condition or outcome cannot be read."""
        before = len(self.findings)
        spans: dict[str, Span] = {}
        when = dict(self.conditions(mapping(node, "when"), spans))
        then = dict(self.outcomes(mapping(node, "then"), spans))
        self.required(name, when, span)
        if len(self.findings) > before:
            return None
        hints = mapping(node, "legacy")
        return Rule(
            id=name,
            order=order,
            when=when,
            then=then,
            accepts=accepts(self.model, when),
            span=span,
            spans=spans,
            allow=tuple(allowed(node)),
            hints=read_hints(hints) if hints else Hints(),
        )

    def required(self, name: str, when: Mapping[str, tuple[str, ...]], span: Span) -> None:
        for one in self.model.inputs:
            values = when.get(one.name, ())
            if one.single and not values:
                message = f"rule {name} does not say for which {one.name} it is"
                self.wrong("RUL004", message, span, f"add {one.name}: ... to 'when'")
            elif one.single and len(values) > 1:
                message = f"rule {name} is for several values of {one.name}"
                self.wrong("RUL004", message, span, "write one rule for each")

    def conditions(
        self, node: Map | None, spans: dict[str, Span]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Give each condition of a rule as input name and value names."""
        for name, entry in node.entries.items() if node else ():
            one = next((one for one in self.model.inputs if one.name == name), None)
            if one is None:
                self.unknown("input", entry.key, self.model.positions)
                continue
            spans[f"when.{name}"] = entry.value.span
            values = tuple(self.values(one, entry.value))
            if len(set(values)) < len(values):
                self.wrong("RUL004", f"{name} names a value twice", entry.value.span)
            yield name, values

    def values(self, one: Input, node: Node) -> Iterator[str]:
        items = node.items if isinstance(node, List) else (node,)
        if not items:
            remedy = "leave the condition out to match everything"
            self.wrong("RUL104", f"no {one.name} matches an empty list", node.span, remedy)
        for item in items:
            if not isinstance(item, Scalar) or item.value is None:
                self.wrong("RUL004", f"a value of {one.name} is expected", item.span)
                continue
            value = condition_value(one, item.text)
            if isinstance(item.value, bool) or value is None:
                near = closest(item.text, one.values or ())
                remedy = f"did you mean '{near}'?" if near else _listed(one)
                message = f"{quoted(item.text)} is not a value of {one.name}"
                self.wrong("RUL105", message, item.span, remedy)
            else:
                yield value

    def outcomes(self, node: Map | None, spans: dict[str, Span]) -> Iterator[tuple[str, str]]:
        for name, entry in node.entries.items() if node else ():
            outcome = self.model.by_name.get(name)
            if outcome is None:
                self.unknown("outcome", entry.key, self.model.by_name)
            elif not isinstance(entry.value, Scalar) or not isinstance(entry.value.value, str):
                raw = entry.value.text if isinstance(entry.value, Scalar) else "..."
                message = f"{name} is text: codes keep their zeros"
                self.wrong("RUL004", message, entry.value.span, f'quote it: "{raw}"')
            else:
                code, problem = outcome_problem(outcome, entry.value.text)
                if code:
                    self.wrong(code, problem, entry.value.span)
                spans[f"then.{name}"] = entry.value.span
                yield name, entry.value.text

    def start(self, written: Scalar | None) -> date | None:
        """Read the first day on which a rule set applies."""
        if written is None:
            return None
        try:
            return date.fromisoformat(written.text)
        except ValueError:
            message = f"{quoted(written.text)} is not a day"
            self.wrong("RUL004", message, written.span, 'write it as "2022-12-01"')
            return None


def accepts(model: Model, when: Mapping[str, tuple[str, ...]]) -> Accepts:
    """Give what conditions come to.

    A condition on an input that has a meaning only for some cases restricts the rule to these;
    a list of all values of an input that always has one is no condition.
    """
    made: list[frozenset[str] | None] = [
        frozenset(when[one.name]) if one.name in when else None for one in model.inputs
    ]
    for one in model.inputs:
        for position, values in one.gates if one.name in when else ():
            known = made[position]
            made[position] = values if known is None else known & values
    for one in model.inputs:
        always = one.values is not None and not one.rest and not one.gates
        if always and one.values is not None and made[one.position] == frozenset(one.values):
            made[one.position] = None
    return tuple(made)


def allowed(node: Map) -> Iterator[Allowed]:
    """Give the findings that an author accepts, `{code: reason}`."""
    below = mapping(node, "allow")
    for code, entry in below.entries.items() if below else ():
        if isinstance(entry.value, Scalar):
            yield Allowed(code, entry.value.text, entry.key.span)


def read_hints(node: Map) -> Hints:
    """Read how an imported entry deviated from the canonical form."""
    spelling = mapping(node, "spelling")
    spelled = {key: _texts(spelling, key) for key in spelling.entries} if spelling else {}
    return Hints(
        keys=tuple(value.text for value in scalars(node, "keys")),
        kinds=_texts(node, "kinds"),
        empty=_texts(node, "empty"),
        spelling=spelled,
        extra=_texts(node, "extra"),
    )


def _texts(node: Map, key: str) -> dict[str, str]:
    below = mapping(node, key)
    listed = below.entries.items() if below else ()
    return {name: e.value.text for name, e in listed if isinstance(e.value, Scalar)}


def _listed(one: Input) -> str:
    return f"values: {', '.join(one.values)}" if one.values else "write a whole number"
