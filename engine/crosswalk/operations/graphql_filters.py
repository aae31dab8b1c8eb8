"""Filters of which a part is left out with its variable: then all that the partner has comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosswalk.documents.access import mapping
from crosswalk.documents.source import Map
from crosswalk.findings.diagnostics import Diagnostic, Severity
from crosswalk.formats.jsonshape import plain_path
from crosswalk.operations.graphql_reading import Sent, place
from crosswalk.operations.operation import VARIABLES, Operation

if TYPE_CHECKING:
    from graphql.language import SelectionSetNode, ValueNode, VariableNode

_FILTERS = ("where", "filter")
"""Arguments that are filters also where something is changed."""


def check_filters(operation: Operation, sent: Sent) -> Iterator[Diagnostic]:
    """Find variables within a filter that may not be sent, where nothing says that it is meant.

    `{account: {_eq: $account}}` without `$account` is `{account: {}}`: every account.
    """
    from graphql.language import NonNullTypeNode

    sure = {
        one.variable.name.value
        for one in sent.operation.variable_definitions or ()
        if isinstance(one.type, NonNullTypeNode) or one.default_value is not None
    }
    told = set(sure)
    for variable in _filtering(sent.operation.selection_set, everywhere=sent.verb == "query"):
        name = variable.name.value
        if name in told or not _may_lack(operation, name):
            continue
        told.add(name)
        message = f"without ${name}, this part of the filter is left out, and all comes"
        remedy = "say required: true for its field, or none: omit if that is meant"
        span = place(variable, sent.places)
        yield Diagnostic("CW479", message, span, Severity.WARNING, help=remedy)


def _may_lack(operation: Operation, name: str) -> bool:
    """Tell whether a variable is one field that may have no value, of which nothing is said."""
    fields = [
        one
        for one in operation.variables.records[0].fields
        if plain_path(one.path or one.name) == (name,)
    ]
    return any(
        not one.required
        and one.always is None
        and one.default is None
        and not _says_none(operation, one.key)
        for one in fields
    )


def _says_none(operation: Operation, key: str) -> bool:
    """Tell whether the document says itself how this field travels without a value."""
    node: Map | None = operation.node
    for name in (VARIABLES, "fields", key):
        node = mapping(node, name) if node is not None else None
    return node is not None and "none" in node.entries


def _filtering(chosen: SelectionSetNode | None, *, everywhere: bool) -> Iterator[VariableNode]:
    """Give the variables within objects that are written into arguments."""
    from graphql.language import FieldNode

    for one in chosen.selections if chosen is not None else ():
        for argument in (one.arguments or ()) if isinstance(one, FieldNode) else ():
            if everywhere or argument.name.value in _FILTERS:
                yield from _inside(argument.value)
        yield from _filtering(getattr(one, "selection_set", None), everywhere=everywhere)


def _inside(value: ValueNode, *, within: bool = False) -> Iterator[VariableNode]:
    from graphql.language import ListValueNode, ObjectValueNode, VariableNode

    if isinstance(value, VariableNode) and within:
        yield value
    elif isinstance(value, ListValueNode):
        for one in value.values:
            yield from _inside(one, within=within)
    elif isinstance(value, ObjectValueNode):
        for field in value.fields:
            yield from _inside(field.value, within=True)
