"""How text tells that a number is negative: a closed table, both ways."""

from collections.abc import Callable
from typing import NamedTuple

from crosswalk.values.spelling import Problem

MINUS = "\u2212"
"""The minus of typographers, read wherever a hyphen is a minus, never written."""

_POSITIVE, _NEGATIVE = "{ABCDEFGHI", "}JKLMNOPQR"


class SignForm(NamedTuple):
    """One way to tell a negative number.

    `take` splits a text into whether it is negative and the rest, `put` marks the digits of a
    number; both raise Problem. `minus` is the regex of the sign of a plainly written number,
    None when no number is written plainly.
    """

    take: Callable[[str], tuple[bool, str]]
    put: Callable[[bool, str], str]
    minus: str | None


def _take_trailing(text: str) -> tuple[bool, str]:
    return (True, text[:-1]) if text.endswith(("-", MINUS)) else (False, text)


def _take_leading(text: str) -> tuple[bool, str]:
    return (True, text[1:]) if text.startswith(("-", MINUS)) else (False, text)


def _take_parentheses(text: str) -> tuple[bool, str]:
    enclosed = text.startswith("(") and text.endswith(")")
    return (True, text[1:-1]) if enclosed else (False, text)


def _take_explicit(text: str) -> tuple[bool, str]:
    if not text.startswith(("+", "-", MINUS)):
        raise Problem("CW523", "has no sign before the number, where + or - is declared")
    return text[0] != "+", text[1:]


def _take_overpunch(text: str) -> tuple[bool, str]:
    last = text[-1:]
    for marks, negative in ((_POSITIVE, False), (_NEGATIVE, True)):
        if last and last in marks:
            return negative, text[:-1] + str(marks.index(last))
    return False, text


def _take_words(negative: str, positive: str) -> Callable[[str], tuple[bool, str]]:
    """Take off CR or DR, with or without one space before it."""

    def take(text: str) -> tuple[bool, str]:
        if not text.endswith((negative, positive)):
            return False, text
        return text.endswith(negative), text[:-2].removesuffix(" ")

    return take


def _put_none(negative: bool, text: str) -> str:  # noqa: FBT001 - one of a table of functions
    if negative:
        raise Problem("CW523", "is negative, where no sign is declared")
    return text


def _put_overpunch(negative: bool, text: str) -> str:  # noqa: FBT001
    return text[:-1] + (_NEGATIVE if negative else _POSITIVE)[int(text[-1])]


SIGN_FORMS: dict[str, SignForm] = {
    "leading": SignForm(_take_leading, lambda minus, text: f"-{text}" if minus else text, "-?"),
    "trailing": SignForm(_take_trailing, lambda minus, text: f"{text}-" if minus else text, ""),
    "parentheses": SignForm(
        _take_parentheses, lambda minus, text: f"({text})" if minus else text, ""
    ),
    "none": SignForm(lambda text: (False, text), _put_none, ""),
    "explicit": SignForm(
        _take_explicit, lambda minus, text: f"{'-' if minus else '+'}{text}", None
    ),
    "overpunch": SignForm(_take_overpunch, _put_overpunch, None),
    "credit-debit": SignForm(
        _take_words("CR", "DR"), lambda minus, text: f"{text}CR" if minus else text, ""
    ),
    "debit-credit": SignForm(
        _take_words("DR", "CR"), lambda minus, text: f"{text}DR" if minus else text, ""
    ),
}

SIGNS = tuple(SIGN_FORMS)
"""How a negative number is told.

leading -5, trailing 5-, parentheses (5), none (a negative number is refused), explicit (+5 and
-5, the sign is required), overpunch (zoned decimal: the last digit is one of {ABCDEFGHI for
positive, }JKLMNOPQR for negative; a plain last digit is read as positive), credit-debit (a bill's
balance: 5CR is negative, 5 and 5DR positive), debit-credit (a bank account: 5DR is negative, 5
and 5CR positive). The word's first part names the mark of a negative number; both marks are read
with or without one space before, and only the negative one is written, without the space.
"""
