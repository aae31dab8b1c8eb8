"""Holds the record of an operation's variables against its document and the partner's types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.formats.jsonshape import ITSELF
from crosswalk.operations.graphql_fields import LIST, Way, idle, own_steps, shown, ways
from crosswalk.operations.graphql_reading import Sent, place
from crosswalk.operations.graphql_types import Wanted, holds_anything, misfit, takes_text
from crosswalk.operations.operation import EMPTY, Operation

if TYPE_CHECKING:
    from graphql import GraphQLInputType, GraphQLSchema, VariableDefinitionNode

    from crosswalk.model.layout import Branch, Field


@dataclass(slots=True)
class Variables:
    """Compares the document's variables with the fields that a mapping fills."""

    operation: Operation
    schema: GraphQLSchema
    sent: Sent
    findings: list[Diagnostic] = field(default_factory=list)

    def check(self) -> list[Diagnostic]:
        """Compare both ways. A variable with a default of its own may do without a field."""
        from graphql import type_from_ast

        declared = {one.variable.name.value: one for one in self._definitions()}
        fields: dict[str, list[tuple[Way, Field]]] = {}
        for steps, one in ways(self.operation.variables.root.children[0]):
            fields.setdefault(steps[0], []).append((steps, one))
        for name, found in fields.items():
            if name not in declared:
                self._stray(name, found[0][1], declared)
        for name, definition in declared.items():
            if name in fields:
                self._compare(definition, fields[name])
            elif definition.default_value is None:
                message = f"variable ${name} has no field"
                remedy = f"add it under variables: fields: {name}"
                self._wrong("CW465", message, place(definition, self.sent.places), remedy)
        every = [steps for found in fields.values() for steps, _ in found]
        at = self.operation.node.entries["variables"].key.span
        for message in idle(self.operation.texts, every):
            self._wrong("CW465", message, at, "correct as_text:, or the fields' paths")
        kinds = {
            name: type_from_ast(self.schema, one.type)
            for name, one in declared.items()
            if one.default_value is None
        }
        self._lists(self.operation.variables.root.children[0], (), kinds)
        return self.findings

    def _definitions(self) -> tuple[VariableDefinitionNode, ...]:
        return tuple(self.sent.operation.variable_definitions or ())

    def _wrong(self, code: str, message: str, span: Span, remedy: str = "") -> None:
        if message not in {one.message for one in self.findings}:  # once for a whole record
            self.findings.append(Diagnostic(code, message, span, help=remedy))

    def _stray(self, name: str, one: Field, declared: Mapping[str, object]) -> None:
        near = closest(name, declared)
        remedy = f"did you mean '{near}'?" if near else "declare it in the document, or remove it"
        self._wrong("CW465", f"the document has no variable ${name}", one.span, remedy)

    def _compare(self, definition: VariableDefinitionNode, found: list[tuple[Way, Field]]) -> None:
        from graphql import type_from_ast

        kind: Any = type_from_ast(self.schema, definition.type)
        if kind is None:
            return
        default = definition.default_value is not None
        for steps, one in found:
            wanted = self.walk(kind, steps, one, default=default)
            if wanted is None:
                continue
            wrong = misfit(one, wanted)
            if wrong is not None:
                self._wrong("CW466", f"field {one.key} {wrong.message}", one.span, wrong.help)
            self._nullable(one, wanted)
        self.unfilled(kind, (steps for steps, _ in found), definition, ())

    def _nullable(self, one: Field, wanted: Wanted) -> None:
        given = one.required or one.always is not None or one.default is not None
        if wanted.required and not given and self.none(one) != EMPTY:
            message = (
                f"the partner needs a value of {wanted.shown}, and field {one.key} may have none"
            )
            self._wrong("CW467", message, one.span, "say required: true, or give a default")

    def _lists(self, branch: Branch, before: Way, kinds: Mapping[str, Any]) -> None:
        """Find lists that the partner needs, which may have no item and then are not sent."""
        for child in branch.children:
            record = child.record
            way = (*before, *own_steps(record.path if record is not None else None, child.name))
            empty = self.operation.none.get((child.name, ITSELF)) == EMPTY
            if record is not None and child.least == 0 and not empty and _needed(kinds, way):
                message = f"the partner needs the list {shown(way)}, and it may have no item"
                remedy = "say none: empty, or + instead of * in structure"
                self._wrong("CW467", message, record.span, remedy)
            self._lists(child, (*way, LIST) if child.most is None else way, kinds)

    def none(self, one: Field) -> str | None:
        """Give how a field's missing value travels."""
        return next(
            (
                self.operation.none.get((record.name, one.key))
                for record in self.operation.variables.records
                if any(field is one for field in record.fields)
            ),
            None,
        )

    def walk(
        self, kind: GraphQLInputType, steps: Way, one: Field, *, default: bool
    ) -> Wanted | None:
        """Follow the way to a field through input objects and lists to the type that it fills."""
        from graphql.type import (
            get_nullable_type,
            is_input_object_type,
            is_list_type,
            is_required_input_field,
        )

        if (text := self._text(steps)) is not None:
            self._as_text(kind, text, one)
            return None
        required = _required(kind) and not default
        current: Any = kind
        for number, step in enumerate(steps[1:], 2):
            inner = get_nullable_type(current)
            if holds_anything(inner):
                return None
            if step == LIST:
                current = self.item(inner, one)
                if current is None:
                    return None
                required = number < len(steps) or _required(current)
                continue
            if is_list_type(inner):
                message = f"{shown(steps[: number - 1])} is a list of the partner's"
                remedy = "let the record repeat in structure: with * or +"
                self._wrong("CW466", message, one.span, remedy)
                return None
            known = inner.fields if is_input_object_type(inner) else {}
            if step not in known:
                near = closest(step, known)
                remedy = f"did you mean '{near}'?" if near else "see the partner's types"
                message = f"{current} has no field '{step}'"
                self._wrong("CW462", message, one.span, remedy)
                return None
            current = known[step].type
            required = required and is_required_input_field(known[step])
        return Wanted.of(current, required=required)

    def _text(self, steps: Way) -> Way | None:
        """Give the way to the JSON text that a field is a part of; None for any other field."""
        for number in range(1, len(steps)):
            if tuple(one for one in steps[:number] if one != LIST) in self.operation.texts:
                return steps[:number]
        return None

    def _as_text(self, kind: GraphQLInputType, text: Way, one: Field) -> None:
        """Find a JSON text where the partner wants no text."""
        found = _reached(kind, text[1:])
        if found is None or not takes_text(found):
            wanted = found if found is not None else "no such thing"
            message = f"{shown(text)} travels as JSON text, the partner wants {wanted}"
            self._wrong("CW466", message, one.span, "correct as_text:")

    def item(self, inner: Any, one: Field) -> Any:  # noqa: ANN401
        """Give the type of a list's items."""
        from graphql.type import is_list_type

        if is_list_type(inner):
            return inner.of_type
        message = f"field {one.key} stands in a list, and the partner wants one {inner}"
        self._wrong("CW466", message, one.span, "let its record stand once: no * and no +")
        return None

    def unfilled(
        self,
        kind: Any,  # noqa: ANN401
        paths: Any,  # noqa: ANN401
        definition: VariableDefinitionNode,
        before: Way,
    ) -> None:
        """Find required fields of input objects that nothing fills."""
        from graphql.type import (
            get_nullable_type,
            is_input_object_type,
            is_list_type,
            is_required_input_field,
        )

        inner = get_nullable_type(kind)
        filled = [path[1:] for path in paths]
        while is_list_type(inner):
            inner = get_nullable_type(inner.of_type)
            filled = [path[1:] for path in filled if path[:1] == (LIST,)]
        if not is_input_object_type(inner) or not any(filled):
            return
        for name, one in inner.fields.items():
            below = [path for path in filled if path[:1] == (name,)]
            here = (*before, name)
            if not below and is_required_input_field(one):
                path = ".".join((definition.variable.name.value, *here))
                message = f"nothing fills {path}, which the partner needs"
                at = place(definition, self.sent.places)
                self._wrong("CW463", message, at, f"add a field with path: {path}")
            elif below:
                self.unfilled(one.type, below, definition, here)


def _required(kind: object) -> bool:
    from graphql.type import is_non_null_type

    return is_non_null_type(kind)


def _next(kind: Any, step: str) -> Any:  # noqa: ANN401
    """Give the type one step on; None where there is none."""
    from graphql.type import get_nullable_type, is_input_object_type, is_list_type

    inner = get_nullable_type(kind)
    if step == LIST:
        return inner.of_type if is_list_type(inner) else None
    known = inner.fields.get(step) if is_input_object_type(inner) else None
    return known.type if known is not None else None


def _reached(kind: Any, steps: Way) -> Any:  # noqa: ANN401
    """Give the type at the end of a way; None where there is none."""
    current = kind
    for step in steps:
        current = _next(current, step)
        if current is None:
            return None
    return current


def _needed(kinds: Mapping[str, Any], way: Way) -> bool:
    """Tell whether the partner needs what stands at a way: no step of it may be null."""
    from graphql.type import get_nullable_type, is_list_type

    current: Any = kinds.get(way[0])
    needed = current is not None and _required(current)
    for step in way[1:]:
        current = _next(current, step)
        if current is None:
            return False
        needed = (needed or step == LIST) and _required(current)
    return needed and is_list_type(get_nullable_type(current))
