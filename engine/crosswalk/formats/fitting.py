"""Rows that are as a mapping wants them, so that nothing of them has to be looked at again.

A row is *clean* when none of its values holds a mark: a character that the target would have to
quote, escape or refuse. It *fits* when, besides, the values that are copied look as they must; one
expression tells that, and splits the row at once.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crosswalk.model.layout import File

_BREAKS = "\0\r\n"


@dataclass(frozen=True, slots=True)
class Shapes:
    """What fits: the marks of the target, and by column the expression of a value that is copied.

    An expression is possessive, without groups, and matches no mark of target or source.
    """

    marks: str
    copied: Mapping[int, str] = field(default_factory=dict)


def marks_of(file: File) -> str:
    """Give what no value may hold if lines of this file are to be put together or taken apart."""
    quote = "" if file.quote == "none" else file.quote_char
    return ("" if file.quote == "all" else file.delimiter) + quote


def clean(file: File, count: int, shapes: Shapes) -> Callable[[str], bool]:
    """Build the test for clean rows: lines of `count` values without any mark inside."""
    quote = "" if file.quote == "none" else file.quote_char
    quotes = 2 * count if file.quote == "all" else 0
    inside = file.delimiter if file.quote == "all" and file.delimiter in shapes.marks else ""
    rest = tuple(set(shapes.marks) - {*_BREAKS, file.delimiter, quote})

    def test(text: str) -> bool:
        if quote and (text.count(quote) != quotes or (quotes and not text.startswith(quote))):
            return False
        if inside and text.count(inside) != count - 1:
            return False
        for mark in rest:  # noqa: SIM110 - quicker
            if mark in text:
                return False
        return True

    return test


def tail(file: File, columns: range, shapes: Shapes) -> Callable[[str], re.Match[str] | None]:
    """Build the split of the last columns of a line, as a match whose groups are their values.

    The text begins with the first value, behind its quote if there is one.
    """
    quote = re.escape(file.quote_char) if file.quote == "all" else ""
    joint = quote + re.escape(file.delimiter) + quote
    anything = f"[^{re.escape(shapes.marks + marks_of(file) + _BREAKS)}]*+"
    values = [f"({shapes.copied.get(column, anything)})" for column in columns]
    return re.compile(joint.join(values) + quote + "\r?").fullmatch
