"""Classes of characters, said once for operators, patterns and matchers.

Digits are 0-9 only: a full-width or Arabic digit is not a digit of an account number (safety F8).
Letters are those of any alphabet; a combining accent belongs to its letter.
"""

from collections.abc import Callable
from unicodedata import combining


def is_digit(character: str) -> bool:
    """Tell whether it is one of 0-9."""
    return "0" <= character <= "9"


def is_letter(character: str) -> bool:
    """Tell whether it is a letter of any alphabet, or an accent that combines with one."""
    return character.isalpha() or combining(character) > 0


def is_alphanumeric(character: str) -> bool:
    """Tell whether it is a letter or one of 0-9."""
    return is_digit(character) or is_letter(character)


def is_nonblank(character: str) -> bool:
    """Tell whether it is anything but white space."""
    return not character.isspace()


def is_number(character: str) -> bool:
    """Tell whether it is one of 0-9, a point or a comma: what an amount without sign is made of."""
    return is_digit(character) or character in ".,"


def is_printable_ascii(character: str) -> bool:
    """Tell whether it is a blank or a visible character of ASCII."""
    return " " <= character <= "~"


def is_any(character: str) -> bool:
    """Accept every character."""
    return bool(character)


CLASSES: dict[str, Callable[[str], bool]] = {
    "text": is_any,
    "letters": is_letter,
    "digits": is_digit,
    "number": is_number,
    "alphanumeric": is_alphanumeric,
    "nonblank": is_nonblank,
}
"""What a part of a pattern may hold."""

DISJOINT = frozenset({frozenset({"letters", "digits"}), frozenset({"letters", "number"})})
"""Classes that have no character in common."""


def whole_characters(text: str, start: int, end: int) -> str:
    """Cut code points `start` to `end` (0-based, exclusive), never between a letter and its accent.

    What would be split is left out, so the result is never longer than asked (safety F13).
    """
    if text.isascii():
        return text[start:end]
    while start < len(text) and start > 0 and combining(text[start]):
        start += 1
    while start < end < len(text) and combining(text[end]):
        end -= 1
    return text[start:end]
