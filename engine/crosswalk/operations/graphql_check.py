"""Holds an operation against the partner's types, before anything is sent (safety C4, A15).

graphql-core is imported by the `graphql_*` modules only, and only when they are called.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crosswalk.delivery.capability import Success, check_block, check_verb
from crosswalk.documents.scalar_places import Text
from crosswalk.findings.diagnostics import Diagnostic, Severity
from crosswalk.findings.suggest import closest
from crosswalk.operations.graphql_fields import Answers, Variables
from crosswalk.operations.graphql_reading import Sent, place, read_document, selected
from crosswalk.operations.graphql_values import build
from crosswalk.operations.operation import Operation

if TYPE_CHECKING:
    from graphql import GraphQLError, GraphQLSchema

    from crosswalk.documents.source import Scalar


def check_operation(operation: Operation, sdl: str | None, text: Text) -> list[Diagnostic]:
    """Check an operation's documents, records and promises against the partner's SDL.

    `sdl` is None when its file cannot be read; `text` gives files of the workspace, for places
    inside the documents. Findings CW461-CW469, CW472, CW473 and CW701-CW708, in file order.
    """
    findings: list[Diagnostic] = []
    schema = _schema(sdl, operation.schema, findings)
    sent = read_document(operation.document, text, findings)
    if sent is not None:
        findings += _promises(operation, sent)
        if schema is not None:
            findings += _rules(schema, sent)
            findings += Variables(operation, schema, sent).check()
            findings += Answers(operation, schema, sent).check()
    if operation.lookup_document is not None:
        findings += _lookup(operation, operation.lookup_document, schema, text)
    return findings


# --- reading -----------------------------------------------------------------------------


def _schema(sdl: str | None, at: Scalar, findings: list[Diagnostic]) -> GraphQLSchema | None:
    if sdl is None:
        message = f"the partner's types '{at.text}' cannot be read"
        findings.append(Diagnostic("CW461", message, at.span, help="name a file beside this one"))
        return None
    made = build(sdl)
    if isinstance(made, str):
        message = f"the partner's types '{at.text}' cannot be used: {made}"
        findings.append(Diagnostic("CW461", message, at.span, help="correct the file"))
        return None
    return made


# --- against the types -------------------------------------------------------------------


def _rules(schema: GraphQLSchema, sent: Sent) -> Iterator[Diagnostic]:
    """Apply GraphQL's own rules, and tell what the partner is going to drop.

    All look first together, in one walk; one by one, which names the rule, only where that found
    something.
    """
    from graphql import NoDeprecatedCustomRule, validate
    from graphql.language import DocumentNode
    from graphql.validation import specified_rules

    whole = DocumentNode(definitions=(sent.operation,))
    rules = [one for one in specified_rules if one.__name__ not in _LEFT_OUT]
    if not validate(schema, whole, [*rules, NoDeprecatedCustomRule], max_errors=1):
        return
    for rule in rules:
        for error in validate(schema, whole, [rule]):
            yield _finding(_CODES.get(rule.__name__, "CW472"), error, sent)
    for error in validate(schema, whole, [NoDeprecatedCustomRule]):
        yield _finding("CW468", error, sent, Severity.WARNING)


_CODES = {
    "FieldsOnCorrectTypeRule": "CW462",
    "KnownArgumentNamesRule": "CW462",
    "KnownTypeNamesRule": "CW462",
    "KnownDirectivesRule": "CW462",
    "ProvidedRequiredArgumentsRule": "CW463",
    "ScalarLeafsRule": "CW463",
    "NoUndefinedVariablesRule": "CW465",
    "NoUnusedVariablesRule": "CW465",
    "VariablesInAllowedPositionRule": "CW464",
    "VariablesAreInputTypesRule": "CW464",
    "ValuesOfCorrectTypeRule": "CW464",
}
_LEFT_OUT = frozenset({"ExecutableDefinitionsRule"})
_SUGGESTS = " Did you mean "


def _finding(
    code: str, error: GraphQLError, sent: Sent, severity: Severity = Severity.ERROR
) -> Diagnostic:
    message, _, near = error.message.partition(_SUGGESTS)
    node = error.nodes[0] if error.nodes else None
    span = place(node, sent.places) if node is not None else sent.places.scalar.span
    remedy = f"did you mean {near.rstrip('?')}?".replace('"', "'") if near else ""
    told = message.rstrip(".").replace('"', "'")
    return Diagnostic(code, told, span, severity, help=remedy)


# --- what is promised --------------------------------------------------------------------


def _promises(operation: Operation, sent: Sent) -> Iterator[Diagnostic]:
    """Hold the capability block against the document (delivery 3.6)."""
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
        yield from _echoes(operation, block.success, sent)


def _echoes(operation: Operation, success: Success, sent: Sent) -> Iterator[Diagnostic]:
    """Find a reference or echo that the answer will not have, or that no variable of ours is."""
    at = operation.node.entries["capability"].key.span
    chosen: Any = sent.operation.selection_set
    for step in success.path[1:-1]:
        node = selected(chosen).get(step)
        chosen = node.selection_set if node is not None else None
    there = selected(chosen)
    for name in (*success.path[-1:], *success.echo):
        if name not in there:
            message = f"success names '{name}', which the document does not select"
            near = closest(name, there)
            remedy = f"did you mean '{near}'?" if near else "select it in the document"
            yield Diagnostic("CW473", message, at, help=remedy)
    ours = {one.name for one in operation.variables.records[0].fields}
    for name in sorted(set(success.echo) - ours):
        message = f"the echo '{name}' is no variable of ours to compare with"
        yield Diagnostic("CW465", message, at, help="name a variable, or leave it out")


def _lookup(
    operation: Operation, document: Scalar, schema: GraphQLSchema | None, text: Text
) -> list[Diagnostic]:
    """Check the query that looks for an earlier attempt, and what it compares."""
    findings: list[Diagnostic] = []
    sent = read_document(document, text, findings)
    block = operation.capability.lookup if operation.capability is not None else None
    if sent is None or block is None:
        return findings
    if sent.verb != "query":
        return [*findings, Diagnostic("CW704", "a lookup must be a query", document.span)]
    if schema is not None:
        findings += _rules(schema, sent)
    asked = {one.variable.name.value for one in sent.operation.variable_definitions or ()}
    ours = {one.name for one in operation.variables.records[0].fields}
    if asked != {block.variable or block.key} or block.key not in ours:
        message = f"the lookup must ask for '{block.key}', a variable of ours, and nothing else"
        findings.append(Diagnostic("CW465", message, document.span))
    chosen: Any = sent.operation.selection_set
    for step in block.path[1:]:
        node = selected(chosen).get(step)
        chosen = node.selection_set if node is not None else None
    missing = sorted({block.reference, *block.match, *block.expect} - set(selected(chosen)))
    if missing:
        message = f"the lookup does not select {', '.join(missing)}"
        if any("." in name for name in missing):
            help_ = "they are keys of each record itself: ask for `nodes`, not for `edges`"
        else:
            help_ = f"select it below {'.'.join(block.path)}"
        findings.append(Diagnostic("CW473", message, document.span, help=help_))
    return findings
