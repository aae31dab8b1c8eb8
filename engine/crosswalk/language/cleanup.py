"""What an operator is: parameter, meaning, way back, loss, documentation, examples in one value.

An operator never sees an absent value: where a text becomes blank, what follows is passed over.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from crosswalk.findings.diagnostics import Span
from crosswalk.values.spelling import Problem, Value

Parameter = Any
"""A parameter as plain data (text, whole number, true or false, map); None when there is none."""

Apply = Callable[[Any], Value]
"""A bound operator; the type of its argument is one that the operator takes."""

TEXTS = ("text", "code")
NUMBERS = ("integer", "decimal", "money")
EXACT_NUMBERS = ("decimal", "money")

CLASSES: dict[str, type] = {
    "text": str,
    "code": str,
    "integer": int,
    "decimal": Decimal,
    "money": Decimal,
    "date": date,
    "time": time,
    "datetime": datetime,
    "boolean": bool,
}
"""The Python class of the values of each type."""


class BadParameter(Exception):  # noqa: N818 - a finding about a declaration
    """An operator that cannot be used as written; `key` is the part of the parameter at fault."""

    def __init__(
        self,
        message: str,
        help: str = "",  # noqa: A002 - as in Diagnostic
        span: Span | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.span = span
        self.key = key


@dataclass(frozen=True, slots=True)
class Bound:
    """An operator with its parameter.

    `backward` is None when there is no way back. `loss` says what the way back does not restore;
    it is empty when `backward(forward(v)) == v` for every v. `settled` names the type it was
    bound to when the type was "any" and the parameter fits only some.
    """

    forward: Apply
    backward: Apply | None = None
    loss: str = ""
    settled: str = ""


@dataclass(frozen=True, slots=True)
class Fails:
    """The outcome of an example that is refused: the code of the Problem."""

    code: str


@dataclass(frozen=True, slots=True)
class Example:
    """A parameter, a value and what becomes of it; `type` is the value's (the first that fits)."""

    parameter: Parameter
    given: Value
    gives: Value | Fails
    type: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of `via:`.

    parameter: JSON Schema of the parameter; None when there is none.
    takes: the types it is for.
    gives: the type it gives: fixed, worked out from (parameter, type), or None for the same type.
    bind: makes the bound form from a checked parameter and the type; raises BadParameter.
    loss: what it loses, in general; empty when it is always exact.
    """

    name: str
    parameter: Mapping[str, Any] | None
    takes: tuple[str, ...]
    gives: str | Callable[[Parameter, str], str] | None
    bind: Callable[[Parameter, str], Bound]
    loss: str
    doc: str
    examples: tuple[Example, ...]

    def result(self, parameter: Parameter, type_in: str) -> str:
        """Name the type that the operator gives for values of `type_in`."""
        if callable(self.gives):
            return self.gives(parameter, type_in)
        return self.gives or type_in


Schema = dict[str, Any]


def a_text(description: str, *, most: int | None = None) -> Schema:
    """Give the JSON Schema of a text of at least one character."""
    bound = {} if most is None else {"maxLength": most}
    return {"type": "string", "description": description, "minLength": 1, **bound}


def a_number(description: str, least: int, most: int) -> Schema:
    """Give the JSON Schema of a whole number."""
    return {"type": "integer", "description": description, "minimum": least, "maximum": most}


def a_word(description: str, words: Iterable[str]) -> Schema:
    """Give the JSON Schema of one of several words."""
    return {"type": "string", "description": description, "enum": list(words)}


def a_list(description: str) -> Schema:
    """Give the JSON Schema of a list of texts."""
    return {"type": "array", "description": description, "items": a_text("One of them.")}


def a_map(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """Give the JSON Schema of a map with these keys."""
    least = {"required": list(required)} if required else {}
    shape = {"type": "object", "description": description, "properties": properties}
    return {**shape, **least, "additionalProperties": False}


def simple(forward: Apply, backward: Apply | None = None, loss: str = "") -> Callable[..., Bound]:
    """Make the `bind` of an operator without a parameter."""
    made = Bound(forward, backward, loss)
    return lambda _parameter, _type: made


def same(value: Any) -> Value:  # noqa: ANN401
    """Give the value itself: the way back of an operator that only tidies up."""
    return value  # type: ignore[no-any-return]


def guard(apply: Apply, types: tuple[str, ...]) -> Callable[[Value], Value]:
    """Let an operator see only values of its types; others are Problem CW541."""
    classes = frozenset(CLASSES[name] for name in types)
    wanted = " or ".join(dict.fromkeys(types))

    def guarded(value: Value) -> Value:
        if type(value) not in classes:
            raise Problem("CW541", f"is not of type {wanted}")
        return apply(value)

    return guarded


def check_parameter(name: str, schema: Mapping[str, Any] | None, parameter: Parameter) -> None:
    """Check a parameter against its operator's JSON Schema. Raises BadParameter.

    Reads only the words that the table uses: type, enum, bounds, lengths, properties, required.
    """
    if schema is None:
        if parameter is not None:
            raise BadParameter(f"'{name}' takes no parameter", f"write it alone: - {name}")
        return
    if parameter is None:
        raise BadParameter(f"'{name}' needs a parameter", schema.get("description", ""))
    _check_value(f"'{name}'", schema, parameter, None)
    if isinstance(parameter, dict):
        _check_keys(name, schema, parameter)


def _check_keys(name: str, schema: Mapping[str, Any], parameter: dict[str, Any]) -> None:
    known = schema.get("properties", {})
    rest = schema.get("additionalProperties", False)
    for key, value in parameter.items():
        inner = known.get(key, rest)
        if inner is False:
            remedy = "it has " + ", ".join(known)
            raise BadParameter(f"'{name}' has no '{key}'", remedy, key=key)
        _check_value(f"'{key}' of '{name}'", inner, value, key)
    for key in schema.get("required", ()):
        if key not in parameter:
            raise BadParameter(f"'{name}' needs '{key}'", known[key].get("description", ""))
    if len(parameter) < schema.get("minProperties", 0):
        raise BadParameter(f"'{name}' says nothing", schema.get("description", ""))


_KINDS: dict[str, tuple[type, str]] = {
    "string": (str, "a text"),
    "integer": (int, "a whole number"),
    "object": (dict, "a map"),
    "array": (list, "a list"),
}


def _check_value(what: str, schema: Mapping[str, Any], value: Parameter, key: str | None) -> None:
    named = schema["type"]
    if isinstance(named, list):
        named = "array" if isinstance(value, list) else "string"
    kind, said = _KINDS[named]
    if not isinstance(value, kind) or isinstance(value, bool):
        remedy = f'quote it: "{value}"' if said == "a text" and not isinstance(value, dict) else ""
        raise BadParameter(f"{what} takes {said}", remedy or schema.get("description", ""), key=key)
    for item in value if isinstance(value, list) else ():
        _check_value(what, schema["items"], item, key)
    if value not in schema.get("enum", (value,)):
        raise BadParameter(f"{what} cannot be '{value}'", _listed(schema["enum"]), key=key)
    size = len(value) if isinstance(value, str) else value
    low = schema.get("minLength", schema.get("minimum"))
    high = schema.get("maxLength", schema.get("maximum"))
    if isinstance(size, int) and (
        (low is not None and size < low) or (high is not None and size > high)
    ):
        unit = (
            ""
            if not isinstance(value, str)
            else " character"
            if (high or low) == 1
            else " characters"
        )
        raise BadParameter(f"{what} must be {_bounds(low, high)}{unit}", key=key)


def _listed(words: tuple[str, ...]) -> str:
    return "one of " + ", ".join(str(word) for word in words)


def _bounds(low: int | None, high: int | None) -> str:
    if high is None:
        return f"at least {low}"
    if low == high:
        return f"exactly {low}"
    return f"at most {high}" if low is None else f"{low} to {high}"
