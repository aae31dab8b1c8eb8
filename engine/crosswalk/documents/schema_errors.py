"""Turns the errors of a JSON Schema validator into findings an author understands.

Works on the error objects only; the validator library is not imported here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from crosswalk.documents.schema_words import allowed, first_span, got, misfit, missing_key, spelled
from crosswalk.documents.source import Entry, List, Map, Node, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest, quoted

_LONGEST = 200
_BOUNDS = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
    "minProperties": "must have at least {} keys",
    "maxProperties": "must have at most {} keys",
}
_BRANCHES = ("allOf", "anyOf", "oneOf", "then", "else")


class Failure(Protocol):
    """What is used of the validator's error objects (JSON values are Any)."""

    message: str
    validator: Any
    validator_value: Any
    instance: Any
    schema: Any
    context: Any
    absolute_path: Any
    absolute_schema_path: Any
    relative_path: Any
    relative_schema_path: Any


@dataclass(frozen=True, slots=True)
class Shape:
    """A document and the schema it is held against."""

    root: Node
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an error lies: the node, the key it stands under, and the span to point at."""

    node: Node
    entry: Entry | None
    span: Span


def findings_of(errors: Iterable[Failure], shape: Shape) -> list[Diagnostic]:
    """Translate validator errors, each distinct finding once (CW201-CW207)."""
    found = (finding for error in errors for finding in _translate(error, shape))
    return list(dict.fromkeys(found))


def _translate(error: Failure, shape: Shape) -> Iterator[Diagnostic]:
    place = _place(error, shape)
    keyword = str(error.validator)
    if keyword in _BOUNDS:
        yield _bound(error, place)
    else:
        yield from _RULES.get(keyword, _other)(error, place, shape)


# Places


def _place(error: Failure, shape: Shape) -> _Place:
    node, entry = shape.root, None
    for step in error.absolute_path:
        if isinstance(node, Map):
            entry = node.entries[str(step)]
            node = entry.value
        elif isinstance(node, List):
            node, entry = node.items[int(step)], None
    if _names_a_key(error) and isinstance(node, Map):
        entry = node.entries[str(error.instance)]
        return _Place(entry.key, entry, entry.key.span)
    if isinstance(node, Scalar) and (node.text or not node.plain):
        return _Place(node, entry, node.span)
    return _Place(node, entry, entry.key.span if entry else first_span(node))


def _names_a_key(error: Failure) -> bool:
    path = error.absolute_schema_path
    return len(path) > 1 and path[-2] == "propertyNames"


def _hint(error: Failure) -> str:
    """Give the `x-hint` of the subschema that was not met, or of the one it applies."""
    schemas = (error.validator_value, error.schema)
    hints = [schema.get("x-hint") for schema in schemas if isinstance(schema, Mapping)]
    return str(next(filter(None, hints), ""))


# Types


def _type(error: Failure, place: _Place, _shape: Shape) -> Iterator[Diagnostic]:
    wanted = error.validator_value
    types = [wanted] if isinstance(wanted, str) else list(wanted)
    yield misfit(place.node, place.span, types, _hint(error))


# Keys


def _unknown(error: Failure, place: _Place, shape: Shape) -> Iterator[Diagnostic]:
    """One finding for each key the schema does not know."""
    if not isinstance(place.node, Map):
        return
    known = list(_known(error.schema, shape.schema))
    for text, entry in place.node.entries.items():
        if text not in known and repr(text) in error.message:
            near = closest(text, [name for name in known if name not in place.node.entries])
            label = f"did you mean '{near}'?" if near else ""
            remedy = _belongs(text, error, shape) or _hint(error) or allowed("keys", known)
            message = f"unknown key {quoted(text)}"
            yield Diagnostic("CW201", message, entry.key.span, label=label, help=remedy)


def _known(schema: Any, root: Mapping[str, Any]) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Give the keys that a schema names, in its branches too."""
    schema = _resolved(schema, root)
    yield from schema.get("properties", ())
    for keyword in _BRANCHES:
        branch = schema.get(keyword, ())
        for part in branch if isinstance(branch, list) else [branch] if branch else []:
            yield from _known(part, root)


def _belongs(key: str, error: Failure, shape: Shape) -> str:
    """Say where a key is legal: one level below this one, or beside a key on the way down."""
    here = _resolved(error.schema, shape.schema).get("properties", {})
    for name, below in here.items():
        if key in _resolved(below, shape.schema).get("properties", {}):
            return f"'{key}' belongs under '{name}'"
    for name, above in reversed(list(_way_down(error, shape))):
        if key in above and key != name:
            return f"'{key}' belongs beside '{name}', not below it"
    return ""


def _way_down(error: Failure, shape: Shape) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give each key passed on the way to the error with the keys legal beside it."""
    current: Any = shape.schema
    steps = list(error.absolute_schema_path)
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(current, Mapping) and step not in current:
            current = _resolved(current, shape.schema)
        if step == "properties" and isinstance(current, Mapping):
            yield str(following), current.get("properties", {})
        try:
            current = current[step]
        except (KeyError, IndexError, TypeError):
            return


def _resolved(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    """Follow local references ("#/$defs/x") of a schema."""
    while isinstance(schema, Mapping) and str(schema.get("$ref", "")).startswith("#/"):
        target: Any = root
        for step in schema["$ref"][2:].split("/"):
            target = target[step]
        schema = target
    return schema if isinstance(schema, Mapping) else {}


def _required(error: Failure, place: _Place, shape: Shape) -> Iterator[Diagnostic]:
    for key in error.validator_value:
        if isinstance(place.node, Map) and error.message.startswith(repr(key)):
            known = set(_known(error.schema, shape.schema))
            yield missing_key(place.node, key, place.span, known)


def _dependent(error: Failure, place: _Place, _shape: Shape) -> Iterator[Diagnostic]:
    entries = place.node.entries if isinstance(place.node, Map) else {}
    for key, others in error.validator_value.items():
        for other in [name for name in others if key in entries and name not in entries]:
            message = f"key {quoted(key)} needs the key {quoted(other)} beside it"
            remedy = _hint(error) or f"add '{other}: ...'"
            yield Diagnostic("CW207", message, entries[key].key.span, help=remedy)


# Values


def _enum(error: Failure, place: _Place, _shape: Shape) -> Iterator[Diagnostic]:
    const = error.validator == "const"
    words = [error.validator_value] if const else list(error.validator_value)
    text = place.node.text if isinstance(place.node, Scalar) else ""
    near = closest(text, [word for word in words if isinstance(word, str)])
    label = f"did you mean '{near}'?" if near else ""
    remedy = _hint(error) or allowed("values", [spelled(value) for value in words])
    if text in words and not isinstance(error.instance, str):
        remedy = f'quote it: "{text}"'
    message = f"{got(place.node)} is not allowed here"
    yield Diagnostic("CW204", message, place.span, label=label, help=remedy)


def _pattern(error: Failure, place: _Place, _shape: Shape) -> Iterator[Diagnostic]:
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    remedy = _hint(error) or str(schema.get("description", ""))
    rule = str(error.validator_value)
    if error.validator == "format":
        remedy = remedy or f"write a valid {rule}"
    message = f"{got(place.node)} does not have the form wanted here"
    remedy = remedy or f"it must match {rule}"
    yield Diagnostic("CW205", message, place.span, help=remedy)


def _bound(error: Failure, place: _Place) -> Diagnostic:
    keyword, limit = str(error.validator), error.validator_value
    rule = _BOUNDS[keyword].format(limit)
    if limit == 1 and keyword in ("minLength", "minItems", "minProperties"):
        rule = "must not be empty"
    scalar = isinstance(place.node, Scalar) and place.node.text
    named = place.entry and not scalar and place.entry.key is not place.node
    subject = quoted(place.entry.key.text) if place.entry and named else got(place.node)
    message = f"{subject} {rule}"
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    remedy = _hint(error) or str(schema.get("description", ""))
    remedy = remedy or "add what belongs here, or remove the key"
    return Diagnostic("CW206", message, place.span, help=remedy)


# Alternatives


def _alternatives(error: Failure, place: _Place, shape: Shape) -> Iterator[Diagnostic]:
    """Report the errors of the one alternative that the author had in mind."""
    branches: dict[object, list[Failure]] = {}
    for child in error.context or ():
        branches.setdefault(child.relative_schema_path[0], []).append(child)
    fitting = [part for part in branches.values() if not any(map(_wrong_type, part))]
    if not branches:
        yield _together(error, place, "these keys fit more than one form")
    elif not fitting:
        yield misfit(place.node, place.span, _types_of(branches.values()), _hint(error))
    elif len(fitting) > 1 and all(_lacks_a_key(part) for part in fitting):
        keys = [quoted(key) for part in fitting for key in part[0].validator_value]
        message = f"one of the keys {', '.join(keys)} is missing"
        yield Diagnostic("CW203", message, place.span, help=_hint(error) or "add one of them")
    else:
        for child in min(fitting, key=len):
            yield from _translate(child, shape)


def _wrong_type(error: Failure) -> bool:
    return error.validator == "type" and not error.relative_path


def _lacks_a_key(branch: list[Failure]) -> bool:
    return len(branch) == 1 and branch[0].validator == "required"


def _types_of(branches: Iterable[list[Failure]]) -> list[str]:
    """Give every type that some alternative would take."""
    types: list[str] = []
    for error in (error for branch in branches for error in branch if _wrong_type(error)):
        wanted = error.validator_value
        types += [wanted] if isinstance(wanted, str) else wanted
    return types


def _together(error: Failure, place: _Place, message: str) -> Diagnostic:
    return Diagnostic("CW207", message, place.span, help=_hint(error) or "keep one of them")


def _not(error: Failure, place: _Place, _shape: Shape) -> Iterator[Diagnostic]:
    yield _together(error, place, "these keys do not go together")


def _unique(error: Failure, place: _Place, _shape: Shape) -> Iterator[Diagnostic]:
    remedy = _hint(error) or "keep one of the two"
    yield Diagnostic("CW206", "the same item appears twice", place.span, help=remedy)


def _other(error: Failure, place: _Place, _shape: Shape) -> Iterator[Diagnostic]:
    yield Diagnostic("CW205", error.message[:_LONGEST], place.span, help=_hint(error))


_RULES: Mapping[str, Callable[[Failure, _Place, Shape], Iterator[Diagnostic]]] = {
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unknown,
    "type": _type,
    "required": _required,
    "dependentRequired": _dependent,
    "enum": _enum,
    "const": _enum,
    "pattern": _pattern,
    "format": _pattern,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
    "not": _not,
    "uniqueItems": _unique,
}
