"""Holds the records of an operation against its document and the partner's types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.formats.jsonshape import plain_path
from crosswalk.operations.graphql_reading import Sent, place, selected
from crosswalk.operations.graphql_types import Wanted, misfit
from crosswalk.operations.operation import OMIT, Operation

if TYPE_CHECKING:
    from graphql import GraphQLInputType, GraphQLSchema, VariableDefinitionNode
    from graphql.language import SelectionSetNode

    from crosswalk.model.layout import Field


@dataclass(slots=True)
class Variables:
    """Compares the document's variables with the fields that a mapping fills."""

    operation: Operation
    schema: GraphQLSchema
    sent: Sent
    findings: list[Diagnostic] = field(default_factory=list)

    def check(self) -> list[Diagnostic]:
        """Compare both ways."""
        declared = {one.variable.name.value: one for one in self._definitions()}
        fields: dict[str, list[tuple[tuple[str, ...], Field]]] = {}
        for one in self.operation.variables.records[0].fields:
            steps = plain_path(one.path or one.name) or (one.path or one.name,)
            fields.setdefault(steps[0], []).append((steps, one))
        for name, found in fields.items():
            if name not in declared:
                self._stray(name, found[0][1], declared)
        for name, definition in declared.items():
            if name in fields:
                self._compare(definition, fields[name])
            else:
                message = f"variable ${name} has no field"
                remedy = f"add it under variables: fields: {name}"
                self._wrong("CW465", message, place(definition, self.sent.places), remedy)
        return self.findings

    def _definitions(self) -> tuple[VariableDefinitionNode, ...]:
        return tuple(self.sent.operation.variable_definitions or ())

    def _wrong(self, code: str, message: str, span: Span, remedy: str = "") -> None:
        self.findings.append(Diagnostic(code, message, span, help=remedy))

    def _stray(self, name: str, one: Field, declared: Mapping[str, object]) -> None:
        near = closest(name, declared)
        remedy = f"did you mean '{near}'?" if near else "declare it in the document, or remove it"
        self._wrong("CW465", f"the document has no variable ${name}", one.span, remedy)

    def _compare(
        self, definition: VariableDefinitionNode, found: list[tuple[tuple[str, ...], Field]]
    ) -> None:
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
        empty = self.operation.none.get(one.key) == "empty"
        if wanted.required and not given and not empty:
            message = (
                f"the partner needs a value of {wanted.shown}, and field {one.key} may have none"
            )
            self._wrong("CW467", message, one.span, "say required: true, or give a default")
        if wanted.required and self.operation.none.get(one.key) == OMIT:
            message = f"field {one.key} may be left out, and the partner needs it"
            self._wrong("CW467", message, one.span, "remove none: omit")

    def walk(
        self, kind: GraphQLInputType, steps: tuple[str, ...], one: Field, *, default: bool
    ) -> Wanted | None:
        """Follow a field's path through input objects to the type that it fills."""
        from graphql.type import get_nullable_type, is_input_object_type, is_required_input_field

        required = _required(kind) and not default
        current: Any = kind
        for step in steps[1:]:
            inner = get_nullable_type(current)
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

    def unfilled(
        self,
        kind: Any,  # noqa: ANN401
        paths: Any,  # noqa: ANN401
        definition: VariableDefinitionNode,
        before: tuple[str, ...],
    ) -> None:
        """Find required fields of input objects that nothing fills."""
        from graphql.type import get_nullable_type, is_input_object_type, is_required_input_field

        inner = get_nullable_type(kind)
        filled = [path[1:] for path in paths]
        if not is_input_object_type(inner) or not any(filled):
            return
        for name, one in inner.fields.items():
            below = [path for path in filled if path[:1] == (name,)]
            here = (*before, name)
            if not below and is_required_input_field(one):
                shown = ".".join((definition.variable.name.value, *here))
                message = f"nothing fills {shown}, which the partner needs"
                at = place(definition, self.sent.places)
                self._wrong("CW463", message, at, f"add a field with path: {shown}")
            elif below:
                self.unfilled(one.type, below, definition, here)


def _required(kind: object) -> bool:
    from graphql.type import is_non_null_type

    return is_non_null_type(kind)


@dataclass(slots=True)
class Answers:
    """Compares the record of the answer with what the document selects."""

    operation: Operation
    schema: GraphQLSchema
    sent: Sent

    def check(self) -> Iterator[Diagnostic]:
        """Follow each field's path; paths outside of `data` are the partner's own."""
        layout, each = self.operation.response, self.operation.each
        if layout is None:
            return
        start = plain_path(each.text) if each is not None else ()
        if start is None:
            return
        if each is not None:
            found = self.at(start, lists=1)
            if isinstance(found, str):
                yield Diagnostic("CW473", found, each.span, help="name a list of the answer")
                return
        for one in layout.records[0].fields:
            steps = (*start, *(plain_path(one.path or one.name) or ()))
            if steps[:1] == ("data",) and len(steps) > 1:
                yield from self._field(one, steps)

    def _field(self, one: Field, steps: tuple[str, ...]) -> Iterator[Diagnostic]:
        found = self.at(steps, lists=1 if self.operation.each is not None else 0)
        if isinstance(found, str):
            remedy = "select it in the document, or correct the path"
            yield Diagnostic("CW473", f"field {one.key}: {found}", one.span, help=remedy)
            return
        wrong = misfit(one, Wanted.of(found, required=False))
        if wrong is not None:
            message = f"field {one.key} {wrong.message}"
            yield Diagnostic("CW466", message, one.span, help=wrong.help)

    def at(self, steps: tuple[str, ...], lists: int) -> Any:  # noqa: ANN401
        """Give the type at a path of the answer, or say why there is none."""
        from graphql.type import get_named_type, get_nullable_type, is_list_type, is_object_type

        current: Any = self.schema.get_root_type(self.sent.operation.operation)
        chosen: SelectionSetNode | None = self.sent.operation.selection_set
        for number, step in enumerate(steps[1:], 1):
            picked = selected(chosen)
            if step not in picked:
                near = closest(step, picked)
                hint = f"; did you mean '{near}'?" if near else ""
                return f"the document selects no '{'.'.join(steps[: number + 1])}'{hint}"
            node, named = picked[step], get_named_type(current)
            known = getattr(named, "fields", {}).get(node.name.value)
            if known is None:
                return f"{named} has no '{step}'"
            current, chosen = known.type, node.selection_set
            if is_list_type(get_nullable_type(current)):
                lists -= 1
                if lists < 0:
                    return f"'{'.'.join(steps[: number + 1])}' is a list; say each:"
                current = get_nullable_type(current).of_type
        last = get_nullable_type(current)
        if is_object_type(last) and not lists and self.operation.each is None:
            return f"'{'.'.join(steps)}' is an object, not a value"
        return current
