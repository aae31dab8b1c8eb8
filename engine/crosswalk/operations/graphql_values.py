"""The partner's types, and values held against them before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.operations.graphql_reading import read_document
from crosswalk.operations.operation import Operation

if TYPE_CHECKING:
    from graphql import GraphQLSchema


@lru_cache(maxsize=32)
def build(sdl: str) -> GraphQLSchema | str:
    """Build the types of an SDL text, or say what is wrong with it, with its line."""
    from graphql import GraphQLError, build_schema, validate_schema
    from graphql.type import is_scalar_type

    try:
        schema = _introspected(sdl) if sdl.lstrip("\ufeff \r\n\t")[:1] == "{" else build_schema(sdl)
    except GraphQLError as wrong:
        line = f"line {wrong.locations[0].line}: " if wrong.locations else ""
        return f"{line}{wrong.message}"
    except TypeError as wrong:
        return str(wrong).split("\n", 1)[0]
    faults = validate_schema(schema)
    if faults:
        return faults[0].message
    for name, read in _SCALARS.items():
        known = schema.type_map.get(name)
        if known is not None and is_scalar_type(known):
            known.coerce_input_value = read
    return schema


def _introspected(text: str) -> GraphQLSchema:
    """Build the types of an introspection's answer, with or without `data` around it."""
    from graphql import build_client_schema

    try:
        found = json.loads(text.removeprefix("\ufeff"))
        return build_client_schema(found.get("data", found))
    except (ValueError, KeyError, AttributeError, RecursionError):
        raise TypeError("it is neither a schema nor the answer to an introspection") from None


def validate_values(
    operation: Operation, sdl: str, variables: Mapping[str, object]
) -> list[tuple[str, str]]:
    """Hold variables (JSON values, numbers exact) against the partner's types before sending.

    Gives every bad value as (path, problem), `amount` or `input.lines[0].amount`; an empty list is
    a pass. Problems never repeat a value. Raises ValueError for an SDL or document that `check`
    refuses.
    """
    from graphql import type_from_ast
    from graphql.type import is_non_null_type
    from graphql.utilities import validate_input_value

    ignored: list[Diagnostic] = []
    schema = build(sdl)
    sent = read_document(operation.document, lambda _: None, ignored)
    if isinstance(schema, str) or sent is None:
        raise ValueError(operation.name)
    problems: list[tuple[str, str]] = []
    known = set()
    for definition in sent.operation.variable_definitions or ():
        name = definition.variable.name.value
        known.add(name)
        kind: Any = type_from_ast(schema, definition.type)
        if name not in variables:
            if is_non_null_type(kind) and definition.default_value is None:
                problems.append((name, "is missing, and the partner needs it"))
            continue

        def told(_: object, path: list[str | int], name: str = name, kind: Any = kind) -> None:  # noqa: ANN401
            problems.append((_path(name, path), _problem(kind, path, variables[name])))

        validate_input_value(variables[name], kind, told, hide_suggestions=True)
    problems = list(dict.fromkeys(problems))
    problems += [
        (name, "is no variable of the document") for name in variables if name not in known
    ]
    return problems


def _path(name: str, path: list[str | int]) -> str:
    return name + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)


def _problem(kind: Any, path: list[str | int], value: Any) -> str:  # noqa: ANN401
    """Say what is wrong in words that do not repeat the value."""
    from graphql.type import GraphQLInt, get_nullable_type, is_input_object_type, is_list_type

    for step in path:
        inner = get_nullable_type(kind)
        if is_list_type(inner):
            kind = inner.of_type
        elif is_input_object_type(inner) and step in inner.fields:
            kind = inner.fields[step].type
        else:
            return "is not known to the partner"
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return f"is missing, and the partner needs {kind}"
    inner = get_nullable_type(kind)
    if isinstance(value, dict) and is_input_object_type(inner):
        return _object_problem(inner, value)
    if inner is GraphQLInt and type(value) is int:
        return f"is a whole number beyond 32 bits, the partner wants {kind}"
    shown = "null" if value is None else _WORDS.get(type(value), "another value")
    return f"is {shown}, the partner wants {kind}"


def _object_problem(kind: Any, value: Mapping[str, object]) -> str:  # noqa: ANN401
    """Say what an input object lacks, has too much of, or has beside its only choice."""
    from graphql.type import is_required_input_field

    known: Mapping[str, Any] = kind.fields
    stray = [name for name in value if name not in known]
    if stray:
        return f"has {', '.join(stray)}, which {kind} does not know"
    if kind.is_one_of:
        given = ", ".join(value) or "nothing"
        return f"has {given}; {kind} takes exactly one of {', '.join(known)}"
    missing = [n for n, one in known.items() if n not in value and is_required_input_field(one)]
    return f"lacks {', '.join(missing)}, which {kind} needs"


_WORDS: Mapping[type, str] = {
    str: "a text", bool: "a boolean", int: "a whole number", Decimal: "a decimal number",
    dict: "an object", list: "a list",
}  # fmt: skip


def _day(value: object) -> object:
    if not isinstance(value, str):
        raise TypeError
    return date.fromisoformat(value)


def _moment(value: object) -> object:
    if not isinstance(value, str):
        raise TypeError
    return datetime.fromisoformat(value)


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise TypeError
    try:
        made = Decimal(value)
    except InvalidOperation:
        raise ValueError from None
    if not made.is_finite():
        raise ValueError
    return made


_SCALARS: Mapping[str, Callable[[object], object]] = {
    "Date": _day,
    "DateTime": _moment,
    "Decimal": _number,
    "Money": _number,
    "BigDecimal": _number,
}
"""What values of scalars that partners declare themselves must be, by the scalar's name."""
