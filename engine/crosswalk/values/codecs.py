"""Typed values and their text forms: one codec for each type and declared spelling.

Types: text, code, integer, decimal, money, date, time, datetime, boolean. The canonical form is
ISO 8601 for dates and times, plain digits with a point for numbers, true and false.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache

from crosswalk.values.dates import date_codec
from crosswalk.values.numbers import number_codec
from crosswalk.values.spelling import (
    MISSING,
    BadSpelling,
    Codec,
    Missing,
    Problem,
    Spelling,
    Value,
    refuse_options,
)

__all__ = [
    "MISSING",
    "TYPES",
    "BadSpelling",
    "Codec",
    "Missing",
    "Problem",
    "Spelling",
    "Value",
    "canonical",
    "codec",
    "coerce",
    "spell",
]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def codec(type: str, spelling: Spelling) -> Codec:  # noqa: A002 - the word of the language
    """Build the codec of a type in a declared spelling.

    Raises BadSpelling, which names the key at fault and what to write instead.
    """
    build = _BUILDERS.get(type)
    if build is None:
        raise BadSpelling("type", f"'{type}' is not a type", f"types are {', '.join(TYPES)}")
    return build(type, spelling)


@cache
def canonical(type: str, decimals: int | None = None) -> Codec:  # noqa: A002
    """Give the codec of a type's canonical form: what JSON, cases, pipes and hosts use."""
    return codec(type, Spelling(decimals=decimals))


def coerce(type: str, value: object, decimals: int | None = None) -> Value:  # noqa: A002
    """Give the typed value of what a host program passed.

    Takes text in canonical form, or the Python value of the type (an int also for decimal and
    money); None and MISSING stay as they are. A float is refused as inexact (safety F7), a bool
    is no number, a datetime is no date. Raises Problem.
    """
    if value is None or isinstance(value, Missing):
        return value
    exact = canonical(type, decimals)
    if isinstance(value, str):
        return exact.read(value)
    if isinstance(value, float):
        raise Problem("CW531", "is a float, which is not exact: pass text or a Decimal")
    if not isinstance(value, (int, Decimal, date, time, datetime)):
        raise Problem("CW531", f"is not a {type}")
    return exact.read(exact.write(value))


def _text(type: str, spelling: Spelling) -> Codec:  # noqa: A002
    refuse_options(type, spelling, ())

    def check(value: Value) -> str:
        if not isinstance(value, str):
            raise Problem("CW531", "is not text")
        if "\0" in value:
            raise Problem("CW521", "contains a NUL character")
        return value

    return Codec(type, spelling, check, check, r"[^\x00]*")


def _code(type: str, spelling: Spelling) -> Codec:  # noqa: A002
    refuse_options(type, spelling, ())

    def check(value: Value) -> str:
        if not isinstance(value, str):
            raise Problem("CW531", "is not a code (text)")
        if _CONTROL.search(value):
            raise Problem("CW521", "contains a control character")
        return value

    return Codec(type, spelling, check, check, r"[^\x00-\x1f\x7f]*")


def _boolean(type: str, spelling: Spelling) -> Codec:  # noqa: A002
    refuse_options(type, spelling, ("format",))
    given = spelling.format or "true/false"
    pairs = [_words(one) for one in ((given,) if isinstance(given, str) else given)]
    yes, no = pairs[0]
    meanings = {word: True for word, _ in pairs} | {word: False for _, word in pairs}
    if len(meanings) < 2 * len(pairs):
        message = "a word stands twice among the words for true and for false"
        raise BadSpelling("format", message, "name each word once")
    known = " nor ".join(meanings)

    def read(text: str) -> bool:
        if text not in meanings:
            raise Problem("CW530", f"is neither {known}")
        return meanings[text]

    def write(value: Value) -> str:
        if not isinstance(value, bool):
            raise Problem("CW531", "is not a boolean")
        return yes if value else no

    return Codec(
        type, spelling, read, write, "(?:true|false)" if pairs == [("true", "false")] else None
    )


def _words(form: str) -> tuple[str, str]:
    """Split `Y/N`; words are compared exactly, also in case."""
    yes, slash, no = form.partition("/")
    good = slash and yes != no and "/" not in no and yes.strip() == yes and no.strip() == no
    if not (good and yes and no):
        message = f"'{form}' is not a word for true and a word for false"
        raise BadSpelling("format", message, "write them with a slash between: Y/N")
    return yes, no


_BUILDERS: dict[str, Callable[[str, Spelling], Codec]] = {
    "text": _text,
    "code": _code,
    "integer": number_codec,
    "decimal": number_codec,
    "money": number_codec,
    "date": date_codec,
    "time": date_codec,
    "datetime": date_codec,
    "boolean": _boolean,
}

TYPES = tuple(_BUILDERS)
"""Every type, in the order of the documentation."""


def spell(value: Value) -> str:
    """Give a value's text for people: in messages, rejects and explanations."""
    if value is None or value is MISSING:
        return ""
    if isinstance(value, str):
        return value
    kind = _KINDS.get(type(value))
    try:
        return repr(value) if kind is None else canonical(kind).write(value)
    except Problem:  # a product of more digits than any field can hold
        return str(value)


_KINDS = {
    bool: "boolean",
    int: "integer",
    Decimal: "decimal",
    date: "date",
    time: "time",
    datetime: "datetime",
}
