"""The words of conditions: one table says what each takes, for which types, and what it means.

The parser, the binder, `describe` and the JSON Schema read this table; a new word is one line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from crosswalk.language.pattern_texts import fits
from crosswalk.language.patterns import parse
from crosswalk.values.codecs import Missing, Problem, Value

Test = Callable[[Value | Missing], bool]
"""Whether one value passes. Absent and foreign values give an answer, never an error; only moments
of which one has an offset from UTC and one has none raise Problem CW550."""

Takes = Literal["values", "value", "pair", "text", "texts", "shape", "count", "field"]
"""What stands after a word: values of the field's type, texts, a shape, a length, another field."""

TEXTS = frozenset({"text", "code"})
ORDERED = frozenset({"integer", "decimal", "money", "date", "time", "datetime"})
EVERY = TEXTS | ORDERED | {"boolean"}

_BETWEEN = re.compile(r"[ ,;]+")
"""What stands between the words of a list of flags (setting type `flags`)."""

_SCALAR = {"type": ["string", "integer", "number", "boolean"]}
_SCALARS = {
    "type": ["string", "integer", "number", "boolean", "array"],
    "items": _SCALAR,
    "minItems": 1,
}
_SHAPES: dict[Takes, dict[str, Any]] = {
    "values": _SCALARS,
    "value": _SCALAR,
    "pair": {"type": "array", "items": _SCALAR, "minItems": 2, "maxItems": 2},
    "text": _SCALAR,
    "texts": _SCALARS,
    "shape": {"type": "string", "maxLength": 500},
    "count": {"type": "integer", "minimum": 1},
    "field": {"type": ["string", "integer"]},
}


@dataclass(frozen=True, slots=True)
class Word:
    """One word: what it takes, the types it is for, how to make its test, how to say it.

    `make` gets the operands as typed values (texts for text, shape and field, an integer for
    count). `says` and `denies` are the English after the field's name; `{}` is the operand.
    """

    takes: Takes
    types: frozenset[str]
    make: Callable[[tuple[Any, ...]], Test]
    says: str
    denies: str
    doc: str

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of what stands after the word."""
        return {"description": self.doc, **_SHAPES[self.takes]}


def is_absent(value: Value | Missing) -> bool:
    """Tell whether a value is absent, null or blank."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value is Missing.MISSING


def _present(_: tuple[Any, ...]) -> Test:
    return lambda value: not is_absent(value)


def _absent(_: tuple[Any, ...]) -> Test:
    return is_absent


def _equal(operands: tuple[Any, ...]) -> Test:
    if len(operands) == 1:
        only = operands[0]
        return lambda value: bool(value == only)
    known = frozenset(operands)
    return lambda value: value in known


def _careful(limit: object, test: Test) -> Test:
    """Refuse a moment with an offset from UTC where the other has none: neither is earlier."""
    if not isinstance(limit, datetime):
        return test

    def careful(value: Value | Missing) -> bool:
        if isinstance(value, datetime) and (value.tzinfo is None) != (limit.tzinfo is None):
            raise Problem("CW550", "is compared with a moment; only one of the two has an offset")
        return test(value)

    return careful


def _less_than(operands: tuple[Any, ...]) -> Test:
    limit, kind = operands[0], type(operands[0])
    return _careful(limit, lambda value: type(value) is kind and bool(value < limit))


def _at_most(operands: tuple[Any, ...]) -> Test:
    limit, kind = operands[0], type(operands[0])
    return _careful(limit, lambda value: type(value) is kind and bool(value <= limit))


def _at_least(operands: tuple[Any, ...]) -> Test:
    limit, kind = operands[0], type(operands[0])
    return _careful(limit, lambda value: type(value) is kind and bool(value >= limit))


def _more_than(operands: tuple[Any, ...]) -> Test:
    limit, kind = operands[0], type(operands[0])
    return _careful(limit, lambda value: type(value) is kind and bool(value > limit))


def _between(operands: tuple[Any, ...]) -> Test:
    low, high = operands
    kind = type(low)
    return _careful(low, lambda value: type(value) is kind and bool(low <= value <= high))


def _starts_with(operands: tuple[Any, ...]) -> Test:
    return lambda value: isinstance(value, str) and value.startswith(operands)


def _ends_with(operands: tuple[Any, ...]) -> Test:
    return lambda value: isinstance(value, str) and value.endswith(operands)


def _contains(operands: tuple[Any, ...]) -> Test:
    return lambda value: isinstance(value, str) and any(one in value for one in operands)


def _lists(operands: tuple[Any, ...]) -> Test:
    wanted = {one.casefold() for one in operands}
    return lambda value: isinstance(value, str) and not wanted.isdisjoint(_listed(value))


def _listed(text: str) -> list[str]:
    return _BETWEEN.split(text.casefold())


def _matches(operands: tuple[Any, ...]) -> Test:
    shape = parse(operands[0], shape=True)
    return lambda value: isinstance(value, str) and fits(shape, value)


def _length(operands: tuple[Any, ...]) -> Test:
    size = operands[0]
    return lambda value: isinstance(value, str) and not is_absent(value) and len(value) == size


def _unpaired(_: tuple[Any, ...]) -> Test:
    """Stand in for a word that compares two fields; the binder makes its test."""
    return lambda _value: False


PLAIN: dict[str, Word] = {
    "present": Word("text", EVERY, _present, "is present", "is absent", "There is a value."),
    "absent": Word(
        "text", EVERY, _absent, "is absent", "is present", "Absent, null or blank: no value."
    ),
}
"""Words that stand alone, in place of a value: `Invoice Category Code: present`."""

WORDS: dict[str, Word] = {
    "equals": Word(
        "values",
        EVERY,
        _equal,
        "is {}",
        "is not {}",
        "The value is this one, or one of these. Compared as the field's type: 10 equals 10.00 "
        "as money. Text is compared exactly, upper and lower case differ.",
    ),
    "in": Word("values", EVERY, _equal, "is {}", "is not {}", "The value is one of these."),
    "starts_with": Word(
        "texts",
        TEXTS,
        _starts_with,
        "starts with {}",
        "does not start with {}",
        "The text begins with this, or with one of these.",
    ),
    "ends_with": Word(
        "texts",
        TEXTS,
        _ends_with,
        "ends with {}",
        "does not end with {}",
        "The text ends with this, or with one of these.",
    ),
    "contains": Word(
        "texts",
        TEXTS,
        _contains,
        "contains {}",
        "does not contain {}",
        "The text holds this, or one of these, somewhere.",
    ),
    "lists": Word(
        "texts",
        TEXTS,
        _lists,
        "lists {}",
        "does not list {}",
        "The text is a list of words, with commas, semicolons or blanks between, and this is one "
        "of them, or one of these is. Upper and lower case count as the same: for flags.",
    ),
    "less_than": Word(
        "value",
        ORDERED,
        _less_than,
        "is less than {}",
        "is not less than {}",
        "The number is smaller, or the date or time earlier.",
    ),
    "at_most": Word(
        "value",
        ORDERED,
        _at_most,
        "is at most {}",
        "is not at most {}",
        "The number, date or time is this one or below it.",
    ),
    "at_least": Word(
        "value",
        ORDERED,
        _at_least,
        "is at least {}",
        "is not at least {}",
        "The number, date or time is this one or above it.",
    ),
    "more_than": Word(
        "value",
        ORDERED,
        _more_than,
        "is more than {}",
        "is not more than {}",
        "The number is greater, or the date or time later.",
    ),
    "between": Word(
        "pair",
        ORDERED,
        _between,
        "is between {}",
        "is not between {}",
        "From the first to the second, both included.",
    ),
    "same_as": Word(
        "field",
        EVERY,
        _unpaired,
        "is the same as {}",
        "is not the same as {}",
        "The other field has a value, and it is the same.",
    ),
    "matches": Word(
        "shape",
        TEXTS,
        _matches,
        "looks like {}",
        "does not look like {}",
        "The whole text has this shape: literal text and classes of characters, for instance "
        '"{digits 5}-{digits 4}" or "{letters}{digits}". Not a regular expression.',
    ),
    "length": Word(
        "count",
        TEXTS,
        _length,
        "has {} characters",
        "does not have {} characters",
        "The text has exactly so many characters.",
    ),
}
"""Words with something after them: `Amount: {at_least: 10}`. `not` is read by the parser."""
