"""Holds the records of an operation against its document and the partner's types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.formats.jsonshape import ITSELF, plain_path
from crosswalk.operations.graphql_reading import Sent, place
from crosswalk.operations.graphql_types import Wanted, misfit
from crosswalk.operations.operation import OMIT, Operation

if TYPE_CHECKING:
    from graphql import GraphQLInputType, GraphQLSchema, VariableDefinitionNode
    from graphql.language import SelectionSetNode

    from crosswalk.model.layout import Branch, Field

LIST = ""
"""The step from a list to one of its items, on the way to a field."""

Way = tuple[str, ...]


def _steps(path: str | None, name: str) -> Way:
    if path == ITSELF:
        return ()
    return (name,) if path is None else plain_path(path) or (path,)


def ways(branch: Branch, before: Way = ()) -> Iterator[tuple[Way, Field]]:
    """Give the fields of a record and of the lists that it holds, each with the way to it."""
    for one in branch.record.fields if branch.record is not None else ():
        yield (*before, *_steps(one.path, one.name)), one
    for child in branch.children:
        path = child.record.path if child.record is not None else None
        items = (LIST,) if child.most is None else ()
        yield from ways(child, (*before, *_steps(path, child.name), *items))


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
        fields: dict[str, list[tuple[Way, Field]]] = {}
        for steps, one in ways(self.operation.variables.root.children[0]):
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
        policy = self.none(one)
        empty = policy == "empty"
        if wanted.required and not given and not empty:
            message = (
                f"the partner needs a value of {wanted.shown}, and field {one.key} may have none"
            )
            self._wrong("CW467", message, one.span, "say required: true, or give a default")
        if wanted.required and policy == OMIT:
            message = f"field {one.key} may be left out, and the partner needs it"
            self._wrong("CW467", message, one.span, "remove none: omit")

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

        required = _required(kind) and not default
        current: Any = kind
        for number, step in enumerate(steps[1:], 2):
            inner = get_nullable_type(current)
            if step == LIST:
                current = self.item(inner, one)
                if current is None:
                    return None
                required = number < len(steps) or _required(current)
                continue
            if is_list_type(inner):
                message = f"{_shown(steps[: number - 1])} is a list of the partner's"
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
        start: Way = ()
        if each is not None:
            path = plain_path(each.text)
            if path is None:
                return
            start = (*path, LIST)
            found = self.at(start)
            if isinstance(found, str):
                yield Diagnostic("CW473", found, each.span, help="name a list of the answer")
                return
        (response,) = layout.root.children
        for steps, one in ways(response, start):
            if steps[:1] == ("data",) and len(steps) > 1:
                yield from self._field(one, steps)

    def _field(self, one: Field, steps: Way) -> Iterator[Diagnostic]:
        from graphql.type import get_nullable_type, is_composite_type

        found = self.at(steps)
        if not isinstance(found, str) and is_composite_type(get_nullable_type(found)):
            found = f"'{_shown(steps)}' is an object, not a value"
        if isinstance(found, str):
            remedy = "select it in the document, or correct the path"
            yield Diagnostic("CW473", f"field {one.key}: {found}", one.span, help=remedy)
            return
        wrong = misfit(one, Wanted.of(found, required=False))
        if wrong is not None:
            message = f"field {one.key} {wrong.message}"
            yield Diagnostic("CW466", message, one.span, help=wrong.help)

    def at(self, steps: Way) -> Any:  # noqa: ANN401
        """Give the type at a way through the answer, or say why there is none."""
        from graphql.type import get_named_type, get_nullable_type, is_list_type

        current: Any = self.schema.get_root_type(self.sent.operation.operation)
        chosen: SelectionSetNode | None = self.sent.operation.selection_set
        for number, step in enumerate(steps[1:], 1):
            here, inner = _shown(steps[:number]), get_nullable_type(current)
            if step == LIST:
                if not is_list_type(inner):
                    return f"'{here}' is no list"
                current = inner.of_type
                continue
            if is_list_type(inner):
                return f"'{here}' is a list; say each:, or make it a record under records:"
            picked = self.picked(chosen, get_named_type(current))
            if step not in picked:
                near = closest(step, picked)
                hint = f"; did you mean '{near}'?" if near else ""
                return f"the document selects no '{_shown(steps[: number + 1])}'{hint}"
            current, chosen = picked[step]
            if current is None:
                return f"'{here}' has no '{step}'"
        return current

    def picked(
        self,
        chosen: SelectionSetNode | None,
        parent: Any,  # noqa: ANN401
    ) -> dict[str, tuple[Any, SelectionSetNode | None]]:
        """Give type and selection of what is selected, of every kind that a union may be."""
        from graphql import GraphQLString
        from graphql.language import FieldNode, InlineFragmentNode

        found: dict[str, tuple[Any, SelectionSetNode | None]] = {}
        for one in chosen.selections if chosen is not None else ():
            if isinstance(one, FieldNode):
                name = one.name.value
                known = getattr(parent, "fields", {}).get(name)
                kind = GraphQLString if name == "__typename" else known and known.type
                found[(one.alias or one.name).value] = (kind, one.selection_set)
            elif isinstance(one, InlineFragmentNode):
                named = one.type_condition.name.value if one.type_condition else None
                inner = self.schema.type_map.get(named) if named else parent
                found |= self.picked(one.selection_set, inner)
        return found


def _shown(steps: Way) -> str:
    return ".".join(step for step in steps if step != LIST)
