"""Operators for remittance texts and account numbers: a tagged value, a check digit."""

import re
from collections.abc import Callable

from crosswalk.language.cleanup import (
    TEXTS,
    BadParameter,
    Bound,
    Example,
    Fails,
    Operator,
    Parameter,
    a_list,
    a_map,
    a_text,
    a_word,
    same,
)
from crosswalk.values.spelling import Problem


def _bind_tagged(parameter: Parameter, _type: str) -> Bound:
    tag, others = parameter["tag"], parameter.get("others", [])
    separator = parameter.get("separator")
    if separator is not None and others:
        remedy = "a separator ends every value; other tags are for texts without one"
        raise BadParameter("'tagged' takes a separator or other tags", remedy, key="others")
    if tag in others:
        raise BadParameter(f"'{tag}' is the tag and another one", "leave it out", key="others")
    values = _between(tag, separator) if separator else _up_to(tag, others)

    def tagged(text: str) -> str:
        found = values(text)
        if len(found) > 1:
            raise Problem("CW547", f"has the tag {tag} {len(found)} times")
        return found[0].strip() if found else ""

    return Bound(tagged, None, f"everything but the value of {tag}")


def _between(tag: str, separator: str) -> Callable[[str], list[str]]:
    """Give the values of a tag that begins a piece between separators."""

    def values(text: str) -> list[str]:
        pieces = [piece.lstrip() for piece in text.split(separator)]
        return [piece.removeprefix(tag) for piece in pieces if piece.startswith(tag)]

    return values


def _up_to(tag: str, others: list[str]) -> Callable[[str], list[str]]:
    """Give the values of a tag, each up to the next tag of any kind."""
    longest = sorted((tag, *others), key=len, reverse=True)
    parts = re.compile(f"({'|'.join(map(re.escape, longest))})").split

    def values(text: str) -> list[str]:
        _, *rest = parts(text)
        return [value for name, value in zip(rest[::2], rest[1::2], strict=True) if name == tag]

    return values


def _mod_97(text: str) -> bool:
    """ISO 7064 MOD 97-10: letters are 10 to 35, the first four characters stand last."""
    moved = text[4:] + text[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def _aba(text: str) -> bool:
    return sum(int(digit) * (3, 7, 1)[at % 3] for at, digit in enumerate(text)) % 10 == 0


def _luhn(text: str) -> bool:
    doubled = [int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(text))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0  # noqa: PLR2004 - digits


_CHECKS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "iban": ("[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}", _mod_97),
    "creditor-reference": ("RF[0-9]{2}[0-9A-Z]{1,21}", _mod_97),
    "aba": ("[0-9]{9}", _aba),
    "luhn": ("[0-9]{2,40}", _luhn),
}
"""What each kind of number looks like, and the law of its check digit."""


def _bind_check_digit(parameter: Parameter, _type: str) -> Bound:
    shape, law = _CHECKS[parameter]
    fits = re.compile(shape, re.ASCII).fullmatch

    def check(text: str) -> str:
        if fits(text) is None:
            raise Problem("CW549", f"does not look like a number of kind {parameter}")
        if not law(text):
            raise Problem("CW549", f"has a check digit that is wrong for {parameter}")
        return text

    return Bound(check, same)


ACCOUNT_OPERATORS: tuple[Operator, ...] = (
    Operator(
        "tagged",
        a_map(
            "The tag, and what ends its value: other tags, or a separator.",
            {
                "tag": a_text("The tag as it stands, with its sign: EREF+ or /INV/ or id=."),
                "others": a_list("All other tags; a value ends where one of them begins."),
                "separator": a_text("What stands between two tagged values; a tag begins one."),
            },
            required=("tag",),
        ),
        TEXTS,
        None,
        _bind_tagged,
        "everything but the value of the tag",
        "Takes the value after a tag, up to the next one, without blanks around. A text without "
        "the tag gives no value; one that has it twice is refused.",
        (
            Example(
                {"tag": "EREF+", "others": ["KREF+", "SVWZ+"]},
                "KREF+K1EREF+INV 7 SVWZ+Water",
                "INV 7",
            ),
            Example({"tag": "KREF+", "others": ["EREF+"]}, "EREF+INV 7", ""),
            Example({"tag": "id=", "separator": ";"}, "paid=5; id=42;note=id=1", "42"),
            Example({"tag": "/INV/"}, "/INV/1 /INV/2", Fails("CW547")),
        ),
    ),
    Operator(
        "check_digit",
        a_word(
            "iban, creditor-reference (RF), aba (routing number of a bank in the USA) or luhn "
            "(cards, many account numbers). Without blanks: put drop before it.",
            _CHECKS,
        ),
        TEXTS,
        None,
        _bind_check_digit,
        "",
        "Lets a number pass whose check digit is right, and refuses others.",
        (
            Example("iban", "GB82WEST12345698765432", "GB82WEST12345698765432"),
            Example("iban", "GB28WEST12345698765432", Fails("CW549")),
            Example("creditor-reference", "RF18539007547034", "RF18539007547034"),
            Example("aba", "123456780", "123456780"),
            Example("luhn", "79927398713", "79927398713"),
            Example("luhn", "79927398710", Fails("CW549")),
        ),
    ),
)
