"""From a decision document (the partner model) to the model it describes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from crosswalk.decisions.model import (
    Accepts,
    Alias,
    Base,
    Families,
    Input,
    Legacy,
    LegacyKey,
    Limit,
    Model,
    Outcome,
    meet,
)
from crosswalk.documents.access import flag, mapping, number, scalar, scalars, text
from crosswalk.documents.source import Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Severity, Span, has_errors
from crosswalk.findings.suggest import closest, quoted

T = TypeVar("T")


def read_model(node: Map) -> tuple[Model | None, list[Diagnostic]]:
    """Build the model of an effective decision document whose shape was checked.

    Gives the model, or None when errors stand in its way, and the findings (RUL603, RUL604).
    """
    reader = _Reader(node)
    model = reader.model()
    return (None if has_errors(reader.findings) else model), reader.findings


@dataclass(slots=True)
class _Reader:
    """Reads one document, collecting findings."""

    node: Map
    findings: list[Diagnostic] = field(default_factory=list)
    inputs: dict[str, Input] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def model(self) -> Model:
        for name, span, entry in self.entries(self.node, "inputs"):
            self.inputs[name] = self.input(name, span, entry)
        for name, span, entry in self.entries(self.node, "outcomes"):
            self.outcomes[name] = self.outcome(name, span, entry)
        self.partners()
        substitute_at, substitutes = self.substitutes()
        return Model(
            name=text(self.node, "name") or "",
            version=text(self.node, "version") or "",
            inputs=tuple(self.inputs.values()),
            outcomes=tuple(self.outcomes.values()),
            span=self.node.span,
            substitute_at=substitute_at,
            substitutes=substitutes,
            bases=self.bases(),
            aliases=tuple(self.aliases()),
            limits={limit.channel: limit for limit in self.limits()},
            families=self.families(),
            legacy=self.legacy(),
        )

    # ------------------------------------------------------------------------------- plumbing

    def wrong(self, code: str, message: str, span: Span, remedy: str = "") -> None:
        self.findings.append(Diagnostic(code, message, span, help=remedy))

    def entries(self, node: Map, key: str) -> Iterator[tuple[str, Span, Map]]:
        """Give name, place and map of each entry below `key`."""
        for name, entry in (mapping(node, key) or Map(node.span, {})).entries.items():
            if isinstance(entry.value, Map):
                yield name, entry.key.span, entry.value

    def known_input(self, name: str, span: Span) -> Input | None:
        return self._known("input", name, span, self.inputs)

    def known_outcome(self, name: str, span: Span) -> Outcome | None:
        return self._known("outcome", name, span, self.outcomes)

    def _known(self, what: str, name: str, span: Span, known: Mapping[str, T]) -> T | None:
        if name not in known:
            near = closest(name, known)
            remedy = f"did you mean '{near}'?" if near else f"known here: {', '.join(known)}"
            self.wrong("RUL603", f"no {what} is called {quoted(name)}", span, remedy)
        return known.get(name)

    def values_of(self, one: Input, listed: tuple[Scalar, ...]) -> frozenset[str]:
        """Check that a closed input has the values that are listed."""
        for value in listed:
            if one.values is not None and value.text not in one.values:
                near = closest(value.text, one.values)
                remedy = f"did you mean '{near}'?" if near else f"values: {', '.join(one.values)}"
                message = f"{quoted(value.text)} is not a value of {one.name}"
                self.wrong("RUL603", message, value.span, remedy)
        return frozenset(value.text for value in listed)

    def conditions(self, node: Map, key: str) -> dict[int, frozenset[str]]:
        """Read `{input: [values]}` below `key`, by the input's place."""
        made: dict[int, frozenset[str]] = {}
        below = mapping(node, key)
        for name, entry in below.entries.items() if below else ():
            one = self.known_input(name, entry.key.span)
            if one is not None and below is not None:
                made[one.position] = self.values_of(one, scalars(below, name))
        return made

    # ---------------------------------------------------------------------------------- parts

    def input(self, name: str, span: Span, node: Map) -> Input:
        values = mapping(node, "values")
        coded = {key: scalar(values, key) for key in values.entries} if values else None
        gates = self.conditions(node, "only_for")
        codes = None if coded is None else {k: v.text for k, v in coded.items() if v is not None}
        if codes is not None and len(set(codes.values())) < len(codes):
            self.wrong("RUL604", f"two values of {name} have the same code", span)
        return Input(
            name=name,
            position=len(self.inputs),
            kind=text(node, "type") or "text",
            values=codes,
            span=span,
            required=flag(node, "required"),
            refuses=(text(node, "unlisted") or "refuse") == "refuse",
            ignore_case=flag(node, "ignore_case"),
            single=text(node, "each_rule") == "one",
            gates=tuple(gates.items()),
            description=text(node, "description") or "",
        )

    def outcome(self, name: str, span: Span, node: Map) -> Outcome:
        values = tuple(value.text for value in scalars(node, "values"))
        default = text(node, "default")
        if default is not None and values and default not in values:
            self.wrong("RUL604", f"default {quoted(default)} is not a value of {name}", span)
        return Outcome(
            name=name,
            span=span,
            digits=text(node, "type") == "digits",
            longest=number(node, "longest"),
            not_zero=flag(node, "not_zero"),
            values=values,
            default=default,
            usual=text(node, "usual"),
            goes_with=text(node, "goes_with"),
            optional=flag(node, "optional"),
            description=text(node, "description") or "",
        )

    def partners(self) -> None:
        for one in self.outcomes.values():
            if one.goes_with is not None:
                self.known_outcome(one.goes_with, one.span)

    def substitutes(self) -> tuple[int | None, dict[str, tuple[str, ...]]]:
        found = list(self.entries(self.node, "substitute"))
        for _, span, _ in found[1:]:
            self.wrong("RUL604", "only one input can have substitutes", span)
        for name, span, below in found[:1]:
            one = self.known_input(name, span)
            if one is None:
                break
            if one.values is None:
                self.wrong("RUL604", f"{name} has no listed values to substitute", span)
            self.values_of(one, tuple(entry.key for entry in below.entries.values()))
            made = {key: scalars(below, key) for key in below.entries}
            for listed in made.values():
                self.values_of(one, listed)
            texts = {key: tuple(v.text for v in listed) for key, listed in made.items()}
            return one.position, texts
        return None, {}

    def accepts(self, node: Map, key: str) -> Accepts:
        made = self.conditions(node, key)
        return tuple(made.get(one.position) for one in self.inputs.values())

    def bases(self) -> tuple[Base, ...]:
        made: list[Base] = []
        for name, span, node in self.entries(self.node, "base"):
            parts = scalars(node, "parts")
            for part in parts:
                self.known_outcome(part.text, part.span)
            base = Base(
                name=name,
                accepts=self.accepts(node, "for"),
                setting=text(node, "setting") or "",
                parts=tuple(part.text for part in parts),
                separator=text(node, "separator") or "|",
                at_least=number(node, "at_least") or len(parts),
                span=span,
            )
            for other in made:
                if meet(base.accepts, other.accepts) is not None:
                    message = f"base '{name}' and base '{other.name}' are for the same case"
                    self.wrong("RUL604", message, span, "say 'for' which values each one is")
            made.append(base)
        return tuple(made)

    def aliases(self) -> Iterator[Alias]:
        for name, span, node in self.entries(self.node, "alias"):
            one = self.known_input(text(node, "input") or "", span)
            becomes = scalar(node, "becomes")
            if one is None or becomes is None:
                continue
            self.values_of(one, (becomes,))
            yield Alias(
                name=name,
                setting=text(node, "setting") or "",
                equals=text(node, "equals") or "",
                position=one.position,
                values=self.values_of(one, scalars(node, "values")),
                becomes=becomes.text,
            )

    def limits(self) -> Iterator[Limit]:
        for name, _, node in self.entries(self.node, "limits"):
            below = mapping(node, "longest") or Map(node.span, {})
            for outcome, entry in below.entries.items():
                self.known_outcome(outcome, entry.key.span)
            longest = {key: number(below, key) or 0 for key in below.entries}
            yield Limit(name, longest, Severity(text(node, "severity") or "error"))

    def families(self) -> Families | None:
        node = mapping(self.node, "families")
        groups = mapping(node, "groups") if node else None
        if node is None or groups is None:
            return None
        one = self.known_input(text(node, "input") or "", node.span)
        outcome = self.known_outcome(text(node, "outcome") or "", node.span)
        if one is None or outcome is None:
            return None
        of: dict[str, str] = {}
        for family, entry in groups.entries.items():
            for value in self.values_of(one, scalars(groups, family)):
                if value in of:
                    message = f"'{value}' is in two families, {of[value]} and {family}"
                    self.wrong("RUL604", message, entry.key.span)
                of[value] = family
        return Families(one.position, outcome.name, of)

    def legacy(self) -> Legacy | None:
        node = mapping(self.node, "legacy")
        if node is None:
            return None
        keys = tuple(self.legacy_key(*entry) for entry in self.entries(node, "entry"))
        named = [self.known_input(v.text, v.span) for v in scalars(node, "precedence")]
        order = tuple(one.position for one in named if one is not None)
        return Legacy(text(node, "container") or "", keys, order)

    def legacy_key(self, key: str, span: Span, node: Map) -> LegacyKey:
        source, target = text(node, "input"), text(node, "outcome")
        if source is not None:
            self.known_input(source, span)
        if target is not None:
            self.known_outcome(target, span)
        if source is not None and target is not None:
            self.wrong("RUL604", f"{key} is an input or an outcome, not both", span)
        return LegacyKey(key, text(node, "kind") or "text", source, target)
