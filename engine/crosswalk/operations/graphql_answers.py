"""What an answer without errors lacks of what its document selects and the partner's types promise.

So a page that came without its list is never an empty list, and a list within a record of which
the partner showed only the first page is never the whole list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crosswalk.delivery.answers import at
from crosswalk.formats.jsonshape import plain_path
from crosswalk.operations.graphql_fields import MORE
from crosswalk.operations.graphql_reading import Sent, read_document
from crosswalk.operations.graphql_values import build
from crosswalk.operations.operation import Operation

if TYPE_CHECKING:
    from graphql import GraphQLSchema
    from graphql.language import FieldNode, InlineFragmentNode, SelectionSetNode

    from crosswalk.findings.diagnostics import Diagnostic

LACKS = "CW723"

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """A place of an answer, list items by number, and why it cannot be used."""

    steps: Steps
    reason: str

    @property
    def path(self) -> str:
        """The place as it is shown: `data.orders.edges.3.node.total`."""
        return ".".join(map(str, self.steps))


def lacks(operation: Operation, sdl: str | None, answer: object) -> list[Lack]:
    """Find what an answer lacks; nothing where it has errors, or the types cannot be read.

    A null where the types say `!`, a selected key that is not there (a value that may be null may
    also be left out), and `hasNextPage: true` of a list that is not read page by page.
    """
    ignored: list[Diagnostic] = []
    schema = build(sdl) if sdl is not None else ""
    sent = read_document(operation.document, lambda _: None, ignored)
    if isinstance(schema, str) or sent is None:
        return []
    if not isinstance(answer, dict) or answer.get("errors"):
        return []
    if answer.get("data") is None:
        return [Lack(("data",), "is null or missing, in an answer without errors")]
    found = list(_Whole(operation, schema, sent).below(answer["data"]))
    return found or list(_no_list(operation, answer))


def _no_list(operation: Operation, answer: object) -> Iterator[Lack]:
    """Find a null on the way to the list that `each` names; one in its own place is no record."""
    path = plain_path(operation.each.text) if operation.each is not None else None
    for number in range(1, len(path or ())):
        steps = (path or ())[:number]
        if at(answer, steps) is None:
            yield Lack(steps, "is null, and the list to read is below it")
            return


def without(answer: object, operation: Operation, found: list[Lack]) -> bool:
    """Take the records that lack something out of the list that `each` names.

    False when something is lacking that is no part of one record: then nothing can be used.
    """
    each = operation.each
    path = plain_path(each.text) if each is not None else None
    numbers = {_item(one.steps, path or ()) for one in found}
    if path is None or None in numbers:
        return False
    listed: Any = answer
    for name in path:
        listed = listed[name]
    listed[:] = [one for number, one in enumerate(listed) if number not in numbers]
    return True


def _item(steps: Steps, path: tuple[str, ...]) -> int | None:
    """Give the number of the record of a list that a place stands in; None where in none."""
    inside = len(steps) > len(path) and steps[: len(path)] == path
    number = steps[len(path)] if inside else None
    return number if isinstance(number, int) else None


@dataclass(frozen=True, slots=True)
class _Whole:
    operation: Operation
    schema: GraphQLSchema
    sent: Sent

    def below(self, data: object) -> Iterator[Lack]:
        """Look through all that the document selects."""
        asked = self.sent.operation
        kind = self.schema.get_root_type(asked.operation)
        yield from self._value(data, kind, asked.selection_set, ("data",))

    def _value(
        self,
        value: object,
        kind: Any,  # noqa: ANN401
        chosen: SelectionSetNode | None,
        place: Steps,
    ) -> Iterator[Lack]:
        from graphql.type import get_nullable_type, is_list_type, is_non_null_type

        inner = get_nullable_type(kind)
        if value is None:
            if is_non_null_type(kind):
                yield Lack(place, f"is null, and the partner's types say {kind}")
        elif is_list_type(inner):
            for number, one in enumerate(value if isinstance(value, list) else ()):
                yield from self._value(one, inner.of_type, chosen, (*place, number))
        elif isinstance(value, dict) and chosen is not None:
            yield from self._object(value, inner, chosen, place)

    def _object(
        self,
        value: dict[str, Any],
        kind: Any,  # noqa: ANN401
        chosen: SelectionSetNode,
        place: Steps,
    ) -> Iterator[Lack]:
        from graphql.language import FieldNode, InlineFragmentNode

        for one in chosen.selections:
            if isinstance(one, FieldNode):
                yield from self._field(value, kind, one, place)
            elif isinstance(one, InlineFragmentNode) and not one.directives:
                inner = self._narrowed(value, kind, one)
                if inner is not None:
                    yield from self._object(value, inner, one.selection_set, place)

    def _field(
        self,
        value: dict[str, Any],
        kind: Any,  # noqa: ANN401
        one: FieldNode,
        place: Steps,
    ) -> Iterator[Lack]:
        from graphql.type import is_non_null_type

        key = (one.alias or one.name).value
        known = getattr(kind, "fields", {}).get(one.name.value)
        here = (*place, key)
        if known is None:
            return
        if key in value:
            yield from self._value(value[key], known.type, one.selection_set, here)
            yield from self._more(value[key], one.name.value, here)
        elif one.directives:
            return  # @skip, @include: what is selected may be left out
        elif is_non_null_type(known.type) or one.selection_set is not None:
            yield Lack(here, "is missing, and the document selects it")

    def _more(self, value: object, name: str, place: Steps) -> Iterator[Lack]:
        """Find a list that goes on after what the partner showed."""
        paging = self.operation.paging
        if name == MORE and value is True and (paging is None or place != paging.more):
            yield Lack(place, "is true: the list goes on after what came")

    def _narrowed(self, value: dict[str, Any], kind: Any, one: InlineFragmentNode) -> Any:  # noqa: ANN401
        """Give the type that a fragment selects from, where the value is surely of it."""
        if one.type_condition is None:
            return kind
        named = self.schema.type_map.get(one.type_condition.name.value)
        actual = self.schema.type_map.get(str(value.get("__typename"))) or kind
        same = actual is named or self._may_be(named, actual)
        return named if same else None

    def _may_be(self, general: Any, actual: Any) -> bool:  # noqa: ANN401
        from graphql.type import is_abstract_type, is_object_type

        return (
            is_abstract_type(general)
            and is_object_type(actual)
            and self.schema.is_sub_type(general, actual)
        )
