"""What a GraphQL document is, read once before anything is sent (delivery 3.2, 3.6)."""

from dataclasses import dataclass
from functools import lru_cache

from graphql import GraphQLError, parse
from graphql.language import (
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    IntValueNode,
    ListValueNode,
    NonNullTypeNode,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    ValueNode,
)

from crosswalk.delivery.capability import Operation, check_block, check_verb
from crosswalk.delivery.faults import BadSetting
from crosswalk.findings.diagnostics import Diagnostic

MAX_DOCUMENT = 20_000


@dataclass(frozen=True, slots=True)
class Document:
    """The one operation of a document: `query` or `mutation`, its root fields, its variables.

    `needed` are the variables that must have a value: not null, and without a default.
    """

    verb: str
    fields: tuple[str, ...]
    variables: frozenset[str]
    needed: frozenset[str]


@lru_cache(maxsize=256)
def read(text: str) -> Document:
    """Read a document. Raises BadSetting unless it is one operation of plain root fields.

    Only a query may have several.
    """
    if len(text) > MAX_DOCUMENT:
        raise BadSetting("CW701", "the GraphQL document is too long")
    try:
        definitions = parse(text, max_tokens=2000).definitions
    except (GraphQLError, RecursionError):
        raise BadSetting("CW701", "the GraphQL document cannot be parsed") from None
    asked = [one for one in definitions if not isinstance(one, FragmentDefinitionNode)]
    if len(asked) != 1 or not isinstance(asked[0], OperationDefinitionNode):
        raise BadSetting("CW702", "a document holds exactly one operation, and its fragments")
    return _operation(asked[0])


def _operation(node: OperationDefinitionNode) -> Document:
    roots = node.selection_set.selections
    verb = node.operation.value
    plain = [one for one in roots if isinstance(one, FieldNode)]
    if len(plain) != len(roots) or (len(roots) > 1 and verb != "query"):
        raise BadSetting("CW702", "a document that changes something has exactly one root field")
    for argument in (one for root in plain for one in root.arguments or ()):
        if written(argument.value, numbers=verb == "mutation") is not None:
            raise BadSetting("CW703", "a value stands where a variable belongs")
    variables = node.variable_definitions or ()
    names = frozenset(item.variable.name.value for item in variables)
    needed = frozenset(
        item.variable.name.value
        for item in variables
        if isinstance(item.type, NonNullTypeNode) and item.default_value is None
    )
    answered = tuple((one.alias or one.name).value for one in plain)
    return Document(verb, answered, names, needed)


def written(value: ValueNode, *, numbers: bool) -> ValueNode | None:
    """Give a text (or, with `numbers`, a number) that stands in an argument instead of a variable.

    Words of an enum, true, false and null are the document's own, and so are the numbers of a
    query: a page's size. Values of records travel as variables (safety C4).
    """
    if isinstance(value, StringValueNode):
        return value
    if numbers and isinstance(value, IntValueNode | FloatValueNode):
        return value
    inner: list[ValueNode] = []
    if isinstance(value, ListValueNode):
        inner = list(value.values)
    elif isinstance(value, ObjectValueNode):
        inner = [one.value for one in value.fields]
    found = (written(one, numbers=numbers) for one in inner)
    return next((one for one in found if one is not None), None)


def check(operation: Operation, text: str) -> list[Diagnostic]:
    """Check an operation and its document against each other; an empty list is a pass."""
    found = [*_check_document(operation, text), *check_block(operation)]
    if operation.lookup is not None:
        found += _check_lookup(operation.lookup.document)
    return found


def _check_document(operation: Operation, text: str) -> list[Diagnostic]:
    try:
        document = read(text)
    except BadSetting as fault:
        return [Diagnostic(fault.code, fault.message)]
    return list(check_verb(operation, document.verb, document.fields))


def _check_lookup(text: str) -> list[Diagnostic]:
    try:
        document = read(text)
    except BadSetting as fault:
        return [Diagnostic(fault.code, f"lookup: {fault.message}")]
    if document.verb == "query":
        return []
    return [Diagnostic("CW704", "a lookup must be a query")]
