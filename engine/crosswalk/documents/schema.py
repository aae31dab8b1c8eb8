"""Checks the shape of a document against the JSON Schema of its kind, at exact places.

jsonschema is imported on first use; nothing a schema refers to is ever fetched (safety C12, A9).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from crosswalk.documents.schema_quick import plainly_fits
from crosswalk.documents.schema_words import first_span, misfit, missing_key
from crosswalk.documents.source import Map, Node, Scalar
from crosswalk.documents.source import plain as plain_value
from crosswalk.findings.diagnostics import Diagnostic, sort_key
from crosswalk.findings.suggest import closest, quoted

LANGUAGE = 1
_HEAD = ("crosswalk", "kind", "name", "version")
KINDS = (
    "layout",
    "mapping",
    "code-table",
    "decision",
    "rules",
    "settings",
    "operation",
    "integration",
    "biller",
    "case",
)
_WORD = "[a-z0-9]+(?:-[a-z0-9]+)*"
NAME = re.compile(f"{_WORD}(?:/{_WORD})*")
_PART = "(?:0|[1-9][0-9]*)"
VERSION = re.compile(rf"{_PART}\.{_PART}\.{_PART}", re.ASCII)


def check_shape(node: Node, kind: str) -> list[Diagnostic]:
    """Check a document of a kind: its head, then everything else against the kind's schema.

    Gives findings CW2xx in document order. An unknown kind is a finding and ends the check.
    Raises FileNotFoundError when a known kind has no schema (schemas/<kind>.json) in the package.
    """
    if not isinstance(node, Map):
        return [misfit(node, node.span, ("object",))]
    head = list(_head(node, kind))
    taken = {finding.span for finding in head if finding.code != "CW203"}
    said = {_key(finding) for finding in head}
    rest: list[Diagnostic] = []
    if kind in KINDS and not plainly_fits(node, schema_of(kind)):
        rest = _misfits(_validator_of(kind), node, schema_of(kind))
    head += [found for found in rest if found.span not in taken and _key(found) not in said]
    return sorted(head, key=sort_key)


def _key(finding: Diagnostic) -> tuple[str, str]:
    return (str(finding.span), finding.message)


def validate(node: Node, schema: Mapping[str, Any]) -> list[Diagnostic]:
    """Check a node against a JSON Schema (2020-12, local references only).

    A subschema may carry `x-hint`: the help shown when a value does not fit it.
    """
    return sorted(_misfits(_validator(schema), node, schema), key=sort_key)


def _misfits(validator: Any, node: Node, schema: Mapping[str, Any]) -> list[Diagnostic]:  # noqa: ANN401
    """Give the errors of a validator as findings; how they are told is imported on first use."""
    from crosswalk.documents.schema_errors import Shape, findings_of

    return findings_of(validator.iter_errors(plain_value(node)), Shape(node, schema))


def _head(node: Map, kind: str) -> Iterator[Diagnostic]:
    """Check the keys every document begins with: crosswalk, kind, name, version."""
    for key in _HEAD[:3]:
        if key not in node.entries:
            yield missing_key(node, key, first_span(node), _HEAD)
    checks = (_language, _kind(kind), _name, _version)
    for key, check in zip(_HEAD, checks, strict=True):
        entry = node.entries.get(key)
        if entry and not isinstance(entry.value, Scalar):
            yield misfit(entry.value, entry.key.span, ("string",))
        elif entry and isinstance(entry.value, Scalar):
            yield from check(entry.value)


def _language(value: Scalar) -> Iterator[Diagnostic]:
    if value.value != LANGUAGE or isinstance(value.value, bool):
        message = f"language version {quoted(value.text)} is not known"
        yield Diagnostic("CW210", message, value.span, help=f"write crosswalk: {LANGUAGE}")


def _kind(expected: str) -> Callable[[Scalar], Iterator[Diagnostic]]:
    def check(value: Scalar) -> Iterator[Diagnostic]:
        if value.text not in KINDS:
            near = closest(value.text, KINDS)
            label = f"did you mean '{near}'?" if near else ""
            remedy = f"kinds: {', '.join(KINDS)}"
            message = f"kind {quoted(value.text)} is not known"
            yield Diagnostic("CW211", message, value.span, label=label, help=remedy)
        elif value.text != expected:
            message = f"kind is {quoted(value.text)} where {quoted(expected)} is expected"
            yield Diagnostic("CW211", message, value.span, help=f"write kind: {expected}")

    return check


def _name(value: Scalar) -> Iterator[Diagnostic]:
    if not NAME.fullmatch(value.text):
        message = f"{quoted(value.text)} is not a name"
        remedy = "use small letters, digits and '-', in parts divided by '/': product/thing"
        yield Diagnostic("CW212", message, value.span, help=remedy)
    elif not isinstance(value.value, str):
        yield misfit(value, value.span, ("string",))


def _version(value: Scalar) -> Iterator[Diagnostic]:
    if not VERSION.fullmatch(value.text):
        message = f"{quoted(value.text)} is not a version"
        yield Diagnostic("CW213", message, value.span, help="write three numbers: 1.0.0")


@cache
def schema_of(kind: str) -> Mapping[str, Any]:
    """Give the JSON Schema of a kind of document."""
    text = (files("crosswalk") / "schemas" / f"{kind}.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator_of(kind: str) -> Any:  # noqa: ANN401 - as _strict_class
    return _validator(schema_of(kind))


def _validator(schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as _strict_class
    from referencing import Registry

    made = _strict_class()
    return made(schema, registry=Registry(), format_checker=made.FORMAT_CHECKER)


@cache
def _strict_class() -> Any:  # noqa: ANN401 - the class is made at run time
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def pattern(
        _validator: object, form: str, value: object, _schema: object
    ) -> Iterator[ValidationError]:
        r"""As the standard's keyword, but `$` is the very end and \d means 0-9 (safety A8)."""
        strict = f"{form[:-1]}\\Z" if form.endswith("$") else form
        if isinstance(value, str) and not re.search(strict, value, re.ASCII):
            yield ValidationError("pattern")

    made: Callable[..., Any] = extend
    return made(Draft202012Validator, {"pattern": pattern})
