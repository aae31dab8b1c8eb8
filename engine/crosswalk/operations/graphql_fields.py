"""The way to each field of a record, and the fields of an answer held against its document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crosswalk.findings.diagnostics import Diagnostic, Severity
from crosswalk.findings.suggest import closest
from crosswalk.formats.jsonshape import ITSELF, plain_path
from crosswalk.operations.graphql_reading import Sent, selected, within
from crosswalk.operations.graphql_types import Wanted, holds_anything, misfit, takes_text
from crosswalk.operations.jsontexts import answer_texts
from crosswalk.operations.operation import Operation

if TYPE_CHECKING:
    from graphql import GraphQLSchema
    from graphql.language import SelectionSetNode

    from crosswalk.model.layout import Branch, Field

PAGES, MORE = "pageInfo", "hasNextPage"
LIST = ""
"""The step from a list to one of its items, on the way to a field."""

Way = tuple[str, ...]


def own_steps(path: str | None, name: str) -> Way:
    """Give the steps from a record to a field or list of it."""
    if path == ITSELF:
        return ()
    return (name,) if path is None else plain_path(path) or (path,)


def ways(branch: Branch, before: Way = ()) -> Iterator[tuple[Way, Field]]:
    """Give the fields of a record and of the lists that it holds, each with the way to it."""
    for one in branch.record.fields if branch.record is not None else ():
        yield (*before, *own_steps(one.path, one.name)), one
    for child in branch.children:
        path = child.record.path if child.record is not None else None
        items = (LIST,) if child.most is None else ()
        yield from ways(child, (*before, *own_steps(path, child.name), *items))


def idle(texts: Iterable[Way], every: Sequence[Way]) -> Iterator[str]:
    """Say which paths of `as_text` no field has a path below."""
    named = [tuple(one for one in steps if one != LIST) for steps in every]
    for path in texts:
        if not any(len(one) > len(path) and one[: len(path)] == path for one in named):
            yield f"as_text names '{'.'.join(path)}', and no field has a path below it"


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
        every = list(ways(response, start))
        span = self.operation.node.entries["response"].key.span
        for message in idle(answer_texts(self.operation), [steps for steps, _ in every]):
            yield Diagnostic("CW473", message, span, help="correct as_text:")
        yield from self._open_ended(response, start)
        for steps, one in every:
            if steps[:1] == ("data",) and len(steps) > 1:
                yield from self._field(one, steps)

    def _open_ended(self, branch: Branch, before: Way) -> Iterator[Diagnostic]:
        """Find lists of connections of which the document does not select whether they go on."""
        for child in branch.children:
            if child.record is None:
                continue
            way = (*before, *own_steps(child.record.path, child.name))
            holder = tuple(one for one in way if one != LIST)[1:-1]
            kind = self.at(way[:-1])
            if child.most is None and way[:1] == ("data",) and _pages(kind):
                page = within(self.sent.operation.selection_set, (*holder, PAGES))
                if MORE not in {one.name.value for one in selected(page).values()}:
                    message = f"'{shown(way)}' may go on after what the partner shows"
                    remedy = f"select {PAGES} {{ {MORE} }} beside it; then what goes on is rejected"
                    span = child.record.span
                    yield Diagnostic("CW478", message, span, Severity.WARNING, help=remedy)
            yield from self._open_ended(child, (*way, LIST) if child.most is None else way)

    def _field(self, one: Field, steps: Way) -> Iterator[Diagnostic]:
        from graphql.type import get_nullable_type, is_composite_type

        for number in range(1, len(steps)):
            text = tuple(step for step in steps[:number] if step != LIST)
            if text in answer_texts(self.operation):
                found = self.at(steps[:number])
                wrong_text = None if isinstance(found, str) or takes_text(found) else f"is {found}"
                if isinstance(found, str) or wrong_text is not None:
                    message = f"field {one.key}: {wrong_text or found}, which is no JSON text"
                    yield Diagnostic("CW473", message, one.span, help="correct as_text:")
                return
        found = self.at(steps)
        if not isinstance(found, str) and is_composite_type(get_nullable_type(found)):
            found = f"'{shown(steps)}' is an object, not a value"
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
            here, inner = shown(steps[:number]), get_nullable_type(current)
            if holds_anything(inner):
                return inner
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
                return f"the document selects no '{shown(steps[: number + 1])}'{hint}"
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


def _pages(kind: Any) -> bool:  # noqa: ANN401 - a type of graphql-core
    """Tell whether a type is a connection: an object that says whether its list goes on."""
    from graphql.type import get_nullable_type

    page = getattr(get_nullable_type(kind), "fields", {}).get(PAGES)
    return page is not None and MORE in getattr(get_nullable_type(page.type), "fields", {})


def shown(steps: Way) -> str:
    """Write a way as it is written in a path."""
    return ".".join(step for step in steps if step != LIST)
