"""What a GraphQL document is, read once before anything is sent (delivery 3.2, 3.6)."""

from dataclasses import dataclass
from functools import lru_cache

from graphql import GraphQLError, parse
from graphql.language import FieldNode, OperationDefinitionNode, ValueNode, VariableNode

from crosswalk.delivery.capability import Operation, check_block, check_verb
from crosswalk.delivery.faults import BadSetting
from crosswalk.findings.diagnostics import Diagnostic

MAX_DOCUMENT = 20_000


@dataclass(frozen=True, slots=True)
class Document:
    """The one operation of a document: `query` or `mutation`, its root field, its variables."""

    verb: str
    field: str
    variables: frozenset[str]


@lru_cache(maxsize=256)
def read(text: str) -> Document:
    """Read a document. Raises BadSetting unless it is one operation with one plain root field."""
    if len(text) > MAX_DOCUMENT:
        raise BadSetting("CW701", "the GraphQL document is too long")
    try:
        definitions = parse(text, max_tokens=2000).definitions
    except (GraphQLError, RecursionError):
        raise BadSetting("CW701", "the GraphQL document cannot be parsed") from None
    if len(definitions) != 1 or not isinstance(definitions[0], OperationDefinitionNode):
        raise BadSetting("CW702", "a document holds exactly one operation and nothing else")
    return _operation(definitions[0])


def _operation(node: OperationDefinitionNode) -> Document:
    roots = node.selection_set.selections
    if len(roots) != 1 or not isinstance(roots[0], FieldNode):
        raise BadSetting("CW702", "a document has exactly one root field")
    root = roots[0]
    for argument in root.arguments or ():
        _refuse_literal(argument.value)
    names = frozenset(item.variable.name.value for item in node.variable_definitions or ())
    answered = root.alias.value if root.alias else root.name.value
    return Document(node.operation.value, answered, names)


def _refuse_literal(value: ValueNode) -> None:
    if not isinstance(value, VariableNode):
        raise BadSetting("CW703", "every argument of the root field is a variable")


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
    return list(check_verb(operation, document.verb, document.field))


def _check_lookup(text: str) -> list[Diagnostic]:
    try:
        document = read(text)
    except BadSetting as fault:
        return [Diagnostic(fault.code, f"lookup: {fault.message}")]
    if document.verb == "query":
        return []
    return [Diagnostic("CW704", "a lookup must be a query")]
