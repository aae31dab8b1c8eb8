"""Reading a GraphQL document as an operation holds it: one operation, constant (safety C4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crosswalk.documents.scalar_places import Places, Text, places_of
from crosswalk.findings.diagnostics import Diagnostic, Span

if TYPE_CHECKING:
    from graphql import OperationDefinitionNode
    from graphql.language import (
        DocumentNode,
        FieldNode,
        FragmentDefinitionNode,
        Node,
        SelectionNode,
        SelectionSetNode,
    )

    from crosswalk.documents.source import Scalar

MAX_DOCUMENT = 20_000
MAX_TOKENS = 2000
TEMPLATES = ("{{", "{%", "${", "<%")


@dataclass(frozen=True, slots=True)
class Sent:
    """A document that can be read: its one operation, and where its text stands.

    In `operation` what named fragments select stands in their place; `whole` is as written.
    """

    operation: OperationDefinitionNode
    places: Places
    whole: DocumentNode

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
    def answered(self) -> tuple[str, ...]:
        """The keys below `data` that the root fields answer under."""
        return tuple((root.alias or root.name).value for root in self.roots)


def read_document(document: Scalar, text: Text, findings: list[Diagnostic]) -> Sent | None:
    """Read a document: one operation, constant (safety C4)."""
    from graphql.language import FragmentDefinitionNode, OperationDefinitionNode

    places = places_of(document, text)
    whole = _parsed(document, places)
    if isinstance(whole, Diagnostic):
        findings.append(whole)
        return None
    fragments = {
        one.name.value: one for one in whole.definitions if isinstance(one, FragmentDefinitionNode)
    }
    asked = [one for one in whole.definitions if not isinstance(one, FragmentDefinitionNode)]
    if len(asked) != 1 or not isinstance(asked[0], OperationDefinitionNode):
        odd = asked[1] if len(asked) > 1 else whole.definitions[0]
        message = "a document holds exactly one operation, and its fragments"
        findings.append(Diagnostic("CW702", message, place(odd, places)))
        return None
    operation = asked[0]
    if fragments:
        chosen = _inlined(operation.selection_set, fragments)
        operation = replace(operation, selection_set=chosen)
    sent = Sent(operation, places, whole)
    wrongs = list(_shape(sent))
    findings += wrongs
    return None if wrongs else sent


def _parsed(document: Scalar, places: Places) -> DocumentNode | Diagnostic:
    """Parse a document that nothing is written into, or say why it cannot be."""
    from graphql import GraphQLError, parse

    found = _template(document.text)
    if found is not None:
        message, remedy = "a value would be written into the document", "make it a $variable"
        return Diagnostic("CW703", message, places.at(*found, 2), help=remedy)
    if len(document.text) > MAX_DOCUMENT:
        return Diagnostic("CW701", "the GraphQL document is too long", document.span)
    try:
        return parse(document.text, max_tokens=MAX_TOKENS)
    except GraphQLError as wrong:
        where = wrong.locations[0] if wrong.locations else None
        span = places.at(where.line, where.column) if where else document.span
        message = wrong.message.removeprefix("Syntax Error: ").rstrip(".")
        return Diagnostic("CW701", f"not GraphQL: {message}", span)
    except RecursionError:
        return Diagnostic("CW701", "the document is nested too deeply", document.span)


def _inlined(
    chosen: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> SelectionSetNode:
    """Put what named fragments below the root select in their place.

    One that is not known, or that leads back to itself, is left out: GraphQL's own rules tell it.
    """
    from graphql.language import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

    made: list[SelectionNode] = []
    for one in chosen.selections:
        if isinstance(one, FragmentSpreadNode):
            named = fragments.get(one.name.value)
            if named is not None:
                rest = {key: inner for key, inner in fragments.items() if key != one.name.value}
                inner = _inlined(named.selection_set, rest)
                made.append(
                    InlineFragmentNode(
                        type_condition=named.type_condition,
                        directives=one.directives,
                        selection_set=inner,
                        loc=one.loc,
                    )
                )
        elif isinstance(one, FieldNode | InlineFragmentNode) and one.selection_set is not None:
            made.append(replace(one, selection_set=_inlined(one.selection_set, fragments)))
        else:
            made.append(one)
    return SelectionSetNode(selections=tuple(made), loc=chosen.loc)


def _template(text: str) -> tuple[int, int] | None:
    """Find the first mark of a template; give its line and column."""
    for number, line in enumerate(text.split("\n"), 1):
        found = [line.find(mark) for mark in TEMPLATES if mark in line]
        if found:
            return number, min(found) + 1
    return None


def _shape(sent: Sent) -> Iterator[Diagnostic]:
    """Find a second root field of a change, and values where variables belong."""
    roots = sent.operation.selection_set.selections
    odd = [one for one in roots if one not in sent.roots]
    if odd:
        message = "a fragment stands where a root field belongs"
        yield Diagnostic("CW702", message, place(odd[0], sent.places), help="name the field")
        return
    if len(roots) > 1 and sent.verb != "query":
        message = "a document that changes something has exactly one root field"
        remedy = "write one document for each: two may succeed by half"
        yield Diagnostic("CW702", message, place(roots[1], sent.places), help=remedy)
        return
    if sent.verb == "subscription":
        yield Diagnostic("CW702", "a subscription cannot be sent", place(roots[0], sent.places))
    yield from _literals(sent.operation.selection_set, sent.places, numbers=sent.verb == "mutation")


def _literals(
    chosen: SelectionSetNode | None, places: Places, *, numbers: bool
) -> Iterator[Diagnostic]:
    """Find texts written into arguments, and numbers in those of a mutation's root field."""
    from graphql.language import FieldNode

    from crosswalk.delivery.documents import written

    for one in chosen.selections if chosen is not None else ():
        for argument in (one.arguments or ()) if isinstance(one, FieldNode) else ():
            value = written(argument.value, numbers=numbers)
            if value is not None:
                name = argument.name.value
                message = f"argument '{name}' holds a value instead of a variable"
                remedy = f"write {name}: ${name}"
                if value is not argument.value:
                    remedy = "write a variable in its place"
                yield Diagnostic("CW703", message, place(value, places), help=remedy)
        yield from _literals(getattr(one, "selection_set", None), places, numbers=False)


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


def within(chosen: SelectionSetNode | None, path: Sequence[str]) -> SelectionSetNode | None:
    """Give what is selected below a path; None where nothing is."""
    for name in path:
        node = selected(chosen).get(name)
        chosen = node.selection_set if node is not None else None
    return chosen


def selects(sent: Sent, path: Sequence[str]) -> bool:
    """Tell whether a document selects what stands at a path of the answer, from its top."""
    parent = within(sent.operation.selection_set, path[1:-1])
    return path[:1] in (["data"], ("data",)) and len(path) > 1 and path[-1] in selected(parent)
