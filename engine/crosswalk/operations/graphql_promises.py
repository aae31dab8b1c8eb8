"""Holds what is promised about an operation against what its documents ask for (delivery 3.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from crosswalk.delivery.capability import (
    Lookup,
    OnAbsent,
    Refusal,
    Success,
    check_block,
    check_verb,
)
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.operations.graphql_fields import PAGES
from crosswalk.operations.graphql_reading import Sent, selected, selects, within
from crosswalk.operations.operation import Operation

if TYPE_CHECKING:
    from graphql.language import SelectionSetNode

    from crosswalk.documents.source import Scalar


def check_promises(operation: Operation, sent: Sent) -> Iterator[Diagnostic]:
    """Hold the capability block against the document."""
    block = operation.capability
    document = operation.node.entries["document"].key.span
    if block is None:
        if sent.verb == "mutation":
            remedy = "add capability: with at least success: {path: ...}"
            yield Diagnostic("CW469", "a mutation has no capability block", document, help=remedy)
        return
    at = operation.node.entries["capability"].key.span
    found = [*check_verb(block, sent.verb, sent.answered), *check_block(block)]
    yield from (replace(one, span=at) for one in found)
    if all(one.code != "CW705" for one in found):
        yield from _success(block.success, sent, at)
        yield from _refusal(block.refusal, sent, at)
    ours = _ours(operation)
    for name in sorted(set(block.success.echo) - ours):
        message = f"the echo '{name}' is no variable of ours to compare with"
        yield Diagnostic("CW465", message, at, help="name a variable, or leave it out")


def check_lookup(operation: Operation, document: Scalar, sent: Sent) -> Iterator[Diagnostic]:
    """Check the query that looks for an earlier attempt, and what it compares."""
    block = operation.capability
    lookup = block.lookup if block is not None else None
    if block is None or lookup is None:
        return
    if sent.verb != "query":
        yield Diagnostic("CW704", "a lookup must be a query", document.span)
        return
    asked = {
        one.variable.name.value
        for one in sent.operation.variable_definitions or ()
        if one.default_value is None
    }
    ours = _ours(operation)
    if asked != {lookup.variable or lookup.key} or lookup.key not in ours:
        message = f"the lookup must ask for '{lookup.key}', a variable of ours, and nothing else"
        yield Diagnostic("CW465", message, document.span)
    for name in sorted(set(lookup.match) - ours):
        message = f"the lookup matches '{name}', which is no variable of ours"
        yield Diagnostic("CW465", message, document.span, help="name one, or leave it out")
    yield from _compared(lookup, sent, document.span)
    paged = within(sent.operation.selection_set, (*lookup.path[1:-1], PAGES)) is not None
    paged = paged or lookup.path[-1] in ("edges", "nodes")
    if block.on_absent is OnAbsent.RESEND and paged and lookup.more is None:
        message = "on_absent: resend needs all that the partner has, and this lookup shows pages"
        remedy = f"select hasNextPage, and say more: {'.'.join((*lookup.path[:-1], PAGES))}..."
        yield Diagnostic("CW707", message, document.span, help=remedy)


def _ours(operation: Operation) -> set[str]:
    return {one.name for one in operation.variables.records[0].fields}


def _success(success: Success, sent: Sent, at: Span) -> Iterator[Diagnostic]:
    """Find a reference or echo that the answer will not have."""
    beside = within(sent.operation.selection_set, success.path[1:-1])
    for path in (success.path[-1:], *(success.theirs.get(one, (one,)) for one in success.echo)):
        yield from _lacks("success", beside, path, at)
    for path in success.expect:
        yield from _lacks("success", sent.operation.selection_set, path[1:], at)


def _refusal(refusal: Refusal | None, sent: Sent, at: Span) -> Iterator[Diagnostic]:
    if refusal is None:
        return
    whole = sent.operation.selection_set
    yield from _lacks("refusal", whole, refusal.path[1:], at)
    below = within(whole, refusal.path[1:])
    for name in filter(None, (refusal.code, refusal.message)):
        if below is not None:
            yield from _lacks("refusal", below, name.split("."), at)


def _lacks(
    who: str, chosen: SelectionSetNode | None, path: Sequence[str], at: Span
) -> Iterator[Diagnostic]:
    """Find the first step of a path that the document does not select."""
    for number, name in enumerate(path, 1):
        there = selected(chosen)
        if name not in there:
            shown = ".".join(path[:number])
            message = f"{who} names '{shown}', which the document does not select"
            near = closest(name, there)
            remedy = f"did you mean '{near}'?" if near else "select it in the document"
            yield Diagnostic("CW473", message, at, help=remedy)
            return
        chosen = there[name].selection_set


def _compared(lookup: Lookup, sent: Sent, at: Span) -> Iterator[Diagnostic]:
    """Find what the look-up compares but does not select."""
    whole = sent.operation.selection_set
    chosen = within(whole, lookup.path[1:])
    paths = [lookup.reference.split("."), *(name.split(".") for name in lookup.expect)]
    paths += [list(lookup.theirs.get(name, (name,))) for name in lookup.match]
    missing = sorted({".".join(path) for path in paths if not _selects(chosen, path)})
    if missing:
        message = f"the lookup does not select {', '.join(missing)}"
        help_ = f"select it below {'.'.join(lookup.path)}"
        yield Diagnostic("CW473", message, at, help=help_)
    if lookup.more is not None and not selects(sent, lookup.more):
        message = f"the lookup does not select {'.'.join(lookup.more)}"
        yield Diagnostic("CW473", message, at, help="select it, or correct more:")


def _selects(chosen: SelectionSetNode | None, path: Sequence[str]) -> bool:
    parent = within(chosen, path[:-1])
    return bool(path) and path[-1] in selected(parent)
