"""Reading a GraphQL document as an operation holds it: one operation, constant (safety C4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crosswalk.documents.scalar_places import Places, Text, places_of
from crosswalk.findings.diagnostics import Diagnostic, Span

if TYPE_CHECKING:
    from graphql import OperationDefinitionNode
    from graphql.language import FieldNode, Node, SelectionSetNode

    from crosswalk.documents.source import Scalar

MAX_DOCUMENT = 20_000
MAX_TOKENS = 2000
TEMPLATES = ("{{", "{%", "${", "<%")


@dataclass(frozen=True, slots=True)
class Sent:
    """A document that can be read: its one operation, and where its text stands."""

    operation: OperationDefinitionNode
    places: Places

    @property
    def verb(self) -> str:
        """`query` or `mutation`."""
        return str(self.operation.operation.value)

    @property
    def roots(self) -> tuple[FieldNode, ...]:
        """The root fields."""
        from graphql.language import FieldNode

        found = self.operation.selection_set.selections
        return tuple(one for one in found if isinstance(one, FieldNode))

    @property
    def answered(self) -> str:
        """The key below `data` that the first root field answers under."""
        root = self.roots[0]
        return (root.alias or root.name).value


def read_document(document: Scalar, text: Text, findings: list[Diagnostic]) -> Sent | None:
    """Read a document: one operation, constant (safety C4)."""
    from graphql import GraphQLError, parse
    from graphql.language import OperationDefinitionNode

    places = places_of(document, text)
    found = _template(document.text)
    if found is not None:
        message, remedy = "a value would be written into the document", "make it a $variable"
        findings.append(Diagnostic("CW703", message, places.at(*found, 2), help=remedy))
        return None
    if len(document.text) > MAX_DOCUMENT:
        findings.append(Diagnostic("CW701", "the GraphQL document is too long", document.span))
        return None
    try:
        definitions = parse(document.text, max_tokens=MAX_TOKENS).definitions
    except GraphQLError as wrong:
        where = wrong.locations[0] if wrong.locations else None
        span = places.at(where.line, where.column) if where else document.span
        message = wrong.message.removeprefix("Syntax Error: ").rstrip(".")
        findings.append(Diagnostic("CW701", f"not GraphQL: {message}", span))
        return None
    except RecursionError:
        findings.append(Diagnostic("CW701", "the document is nested too deeply", document.span))
        return None
    first = definitions[0]
    if len(definitions) != 1 or not isinstance(first, OperationDefinitionNode):
        odd = definitions[1] if len(definitions) > 1 else first
        message = "a document holds exactly one operation and nothing else"
        findings.append(Diagnostic("CW702", message, place(odd, places)))
        return None
    sent = Sent(first, places)
    wrongs = list(_shape(sent))
    findings += wrongs
    return None if wrongs else sent


def _template(text: str) -> tuple[int, int] | None:
    """Find the first mark of a template; give its line and column."""
    for number, line in enumerate(text.split("\n"), 1):
        found = [line.find(mark) for mark in TEMPLATES if mark in line]
        if found:
            return number, min(found) + 1
    return None


def _shape(sent: Sent) -> Iterator[Diagnostic]:
    """Find a second root field, and values where variables belong."""
    roots = sent.operation.selection_set.selections
    if len(roots) != 1 or len(sent.roots) != 1:
        odd = roots[1] if len(roots) > 1 else roots[0]
        message = "a document has exactly one root field"
        remedy = "write one document for each: two may succeed by half"
        yield Diagnostic("CW702", message, place(odd, sent.places), help=remedy)
        return
    if sent.verb == "subscription":
        yield Diagnostic("CW702", "a subscription cannot be sent", place(roots[0], sent.places))
    yield from _literals(sent.operation.selection_set, sent.places, root=True)


def _literals(
    chosen: SelectionSetNode | None, places: Places, *, root: bool
) -> Iterator[Diagnostic]:
    """Find values written into arguments; below the root only texts are refused."""
    from graphql.language import FieldNode, StringValueNode, VariableNode

    for one in chosen.selections if chosen is not None else ():
        for argument in (one.arguments or ()) if isinstance(one, FieldNode) else ():
            value = argument.value
            fine = isinstance(value, VariableNode)
            if not fine and (root or isinstance(value, StringValueNode)):
                message = f"argument '{argument.name.value}' holds a value instead of a variable"
                remedy = f"write {argument.name.value}: ${argument.name.value}"
                yield Diagnostic("CW703", message, place(value, places), help=remedy)
        yield from _literals(getattr(one, "selection_set", None), places, root=False)


def place(node: Node, places: Places) -> Span:
    """Give the place of a node: of its name where it has one, else of its first line."""
    name = getattr(node, "name", None) or getattr(getattr(node, "variable", None), "name", None)
    loc = (name or node).loc
    if loc is None:
        return places.scalar.span
    start = loc.start_token
    lines = loc.source.body[loc.start : loc.end].split("\n")
    return places.at(start.line, start.column, len(lines[0]))


def selected(chosen: SelectionSetNode | None) -> dict[str, FieldNode]:
    """Give the fields of a selection by the key they answer under, of inline fragments too."""
    from graphql.language import FieldNode, InlineFragmentNode

    found: dict[str, FieldNode] = {}
    for one in chosen.selections if chosen is not None else ():
        if isinstance(one, FieldNode):
            found[(one.alias or one.name).value] = one
        elif isinstance(one, InlineFragmentNode):
            found |= selected(one.selection_set)
    return found
