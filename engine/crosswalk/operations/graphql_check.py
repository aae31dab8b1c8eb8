"""Holds an operation against the partner's types, before anything is sent (safety C4, A15).

graphql-core is imported by the `graphql_*` modules only, and only when they are called.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosswalk.documents.scalar_places import Text
from crosswalk.findings.diagnostics import Diagnostic, Severity
from crosswalk.operations.graphql_fields import Answers
from crosswalk.operations.graphql_filters import check_filters
from crosswalk.operations.graphql_promises import check_lookup, check_promises
from crosswalk.operations.graphql_reading import Sent, place, read_document
from crosswalk.operations.graphql_values import build
from crosswalk.operations.graphql_variables import Variables
from crosswalk.operations.operation import Operation
from crosswalk.operations.paging import check_paging

if TYPE_CHECKING:
    from graphql import GraphQLError, GraphQLSchema

    from crosswalk.documents.source import Scalar


def check_operation(operation: Operation, sdl: str | None, text: Text) -> list[Diagnostic]:
    """Check an operation's documents, records and promises against the partner's SDL.

    `sdl` is None when its file cannot be read; `text` gives files of the workspace, for places
    inside the documents. Findings CW461-CW469, CW472, CW473, CW477-CW479, CW701-CW708, in file
    order.
    """
    findings: list[Diagnostic] = []
    schema = _schema(sdl, operation.schema, findings)
    sent = read_document(operation.document, text, findings)
    if sent is not None:
        findings += check_promises(operation, sent)
        findings += check_paging(operation, sent)
        findings += check_filters(operation, sent)
        if schema is not None:
            findings += _rules(schema, sent)
            findings += Variables(operation, schema, sent).check()
            findings += Answers(operation, schema, sent).check()
    if operation.lookup_document is not None:
        asked = read_document(operation.lookup_document, text, findings)
        if asked is not None and asked.verb == "query" and schema is not None:
            findings += _rules(schema, asked)
        if asked is not None:
            findings += check_lookup(operation, operation.lookup_document, asked)
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
    from graphql.validation import specified_rules

    whole = sent.whole
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
