"""How an operation's list is read page by page, as its document says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosswalk.delivery.capability import Effect
from crosswalk.delivery.pages import MOST_PAGES, OFFSET, Paging
from crosswalk.documents.access import mapping, number, scalar, text
from crosswalk.documents.source import Map
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.suggest import closest
from crosswalk.formats.jsonshape import plain_path
from crosswalk.model.layout import Layout
from crosswalk.operations.graphql_reading import Sent, selects

if TYPE_CHECKING:
    from crosswalk.operations.operation import Operation

PAGING = "paging"


def places_of(variables: Layout) -> dict[str, tuple[str, ...]]:
    """Give where each field stands among the variables, by its name."""
    return {
        one.name: plain_path(one.path or one.name) or (one.path or one.name,)
        for one in variables.records[0].fields
    }


def read_paging(node: Map, variables: Layout, each: str | None) -> Paging | None:
    """Read `paging` of an operation whose shape was checked; None without one.

    The records of a page stand where `each` says, unless it says otherwise.
    """
    body = mapping(node, PAGING)
    if body is None:
        return None
    named = text(body, "variable") or ""
    most = number(body, "most_pages")
    places = places_of(variables)

    def path(key: str, default: str | None = None) -> tuple[str, ...] | None:
        written = text(body, key) or default
        return tuple(written.split(".")) if written else None

    return Paging(
        variable=places.get(named, (named,)),
        next=path("next"),
        count=text(body, "count"),
        more=path("more"),
        records=path("records", each),
        total=path("total"),
        unique=path("unique"),
        most_pages=MOST_PAGES if most is None else most,
    )


def check_paging(operation: Operation, sent: Sent) -> Iterator[Diagnostic]:
    """Find what does not go together in `paging`, and between it and the document (CW477)."""
    body = mapping(operation.node, PAGING)
    if operation.paging is None or body is None:
        return
    at = operation.node.entries[PAGING].key.span
    found = (
        *_together(operation, operation.paging),
        *_variable(operation, body),
        *_paths(operation.paging, body, sent),
    )
    for key, message, remedy in found:
        written = scalar(body, key) if key else None
        yield Diagnostic("CW477", message, written.span if written else at, help=remedy)


_Wrong = Iterator[tuple[str, str, str]]
"""The key that is wrong ("" for all of it), what is wrong, and the remedy."""


def _together(operation: Operation, paging: Paging) -> _Wrong:
    block = operation.capability
    if block is None or block.effect is not Effect.READ:
        remedy = "say capability: {effect: read, ...}"
        yield "", "only a query is read page by page", remedy
    if (paging.next is None) == (paging.count is None):
        remedy = "next: where the next page begins, or count: offset or page"
        yield "", "paging says either next: or count:, and not both", remedy
    if paging.records is None and {paging.count, paging.total, paging.unique} != {None}:
        yield "", "where the records of a page stand is not said", "add records: (or each:)"
    if operation.each is not None and plain_path(operation.each.text) is None:
        yield "", "each: takes plain names where a list comes in pages", "write names with dots"
    if paging.most_pages < 1:
        yield "most_pages", "most_pages must be above zero", "leave it out for 1000"


def _variable(operation: Operation, body: Map) -> _Wrong:
    names = {one.name: one.codec.type for one in operation.variables.records[0].fields}
    named, count = text(body, "variable") or "", text(body, "count")
    if named not in names:
        near = closest(named, names)
        remedy = f"did you mean '{near}'?" if near else f"it has {', '.join(names)}"
        yield "variable", f"paging names no variable '{named}'", remedy
    elif count is not None and names[named] != "integer":
        counted = "records" if count == OFFSET else "pages"
        message = f"'{named}' counts {counted}, so it is a whole number"
        yield "variable", message, "say type: integer"


def _paths(paging: Paging, body: Map, sent: Sent) -> _Wrong:
    for key in ("next", "more", "records", "total"):
        written = text(body, key)
        if written is not None and not selects(sent, written.split(".")):
            yield key, f"the document selects no '{written}'", "select it, or correct it"
    if paging.unique is not None and paging.records is not None:
        whole = (*paging.records, *paging.unique)
        if not selects(sent, whole):
            shown = ".".join(whole)
            yield "unique", f"the document selects no '{shown}'", "correct unique:"
