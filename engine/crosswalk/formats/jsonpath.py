"""Paths of JSON layouts: `customer.address.zip`, `lines[0].amount`, `attributes[name='zip'].value`.

Steps are keys with dots between them; a key with other characters stands in double quotes. Behind
a key, or at the beginning, brackets choose from a list: one place (`[0]`), all places (`[]`), those
from a place on (`[1:]`), or the items with a value (`[type='invoice']`). `*` is every key of an
object, `.` the value itself. Nothing is computed, and nothing goes up.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

LONGEST_PATH = 256
"""How many characters a path may have."""

MOST_PLACES = 10_000
"""How far into a list a place may be."""

_NAME = r"[^\W\d][\w-]*"
_KEY = re.compile(rf'(?P<name>{_NAME})|"(?P<quoted>(?:[^"\\]|\\["\\])+)"')
_FROM = re.compile(r"\[(?:(?P<one>\d{1,9})|(?P<from>\d{1,9}):|)\]")
_LITERAL = re.compile(
    r"\s*=\s*(?:'(?P<text>[^']*)'|(?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?)|(?P<word>true|false))\]"
)


class BadPathError(Exception):
    """A text that is no path; says why, in an author's words."""


@dataclass(frozen=True, slots=True)
class At:
    """The item at a place of a list, from 0."""

    place: int

    def __str__(self) -> str:
        return f"[{self.place}]"


@dataclass(frozen=True, slots=True)
class From:
    """Every item of a list from a place on."""

    place: int

    def __str__(self) -> str:
        return f"[{self.place}:]" if self.place else "[]"


@dataclass(frozen=True, slots=True)
class Every:
    """The value under every key of an object."""

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on an item of a list: what stands under its keys `steps` is `value`."""

    steps: tuple[str, ...]
    value: str | int | Decimal | bool

    def holds(self, item: object) -> bool:
        """Tell whether an item fulfils the condition; kinds count, as the layout writes them."""
        for step in self.steps:
            if not isinstance(item, dict):
                return False
            item = item.get(step)
        return item == self.value and isinstance(item, bool | str) == isinstance(
            self.value, bool | str
        )

    def __str__(self) -> str:
        text = f"'{self.value}'" if isinstance(self.value, str) else str(self.value).lower()
        return f"[{spelled(self.steps)}={text}]"


@dataclass(frozen=True, slots=True)
class Which:
    """The items of a list that fulfil conditions."""

    tests: tuple[Where, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.tests))


Step = str | At | From | Every | Which
"""A key of an object, or what is chosen from a list or an object."""

MANY = (From, Every, Which)
"""Steps that can choose more than one value."""


def spelled(steps: tuple[Step, ...]) -> str:
    """Give a path as its text."""
    text = ""
    for step in steps:
        if isinstance(step, str | Every):
            plain = isinstance(step, Every) or re.fullmatch(_NAME, step)
            text += ("." if text else "") + (str(step) if plain else quoted(str(step)))
        else:
            text += str(step)
    return text or "."


def quoted(key: str) -> str:
    """Give a key in double quotes."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@cache
def parse(text: str) -> tuple[Step, ...]:
    """Read a path; `.` and `@` have no steps. Raises BadPathError."""
    if len(text) > LONGEST_PATH:
        raise BadPathError(f"is longer than {LONGEST_PATH} characters")
    if text in (".", "@"):
        return ()
    steps: list[Step] = []
    at = 0
    while at < len(text) or not steps:
        if text[at : at + 1] == "[":
            step, at = _chosen(text, at)
        else:
            if steps:
                at = _dot(text, at)
            step, at = _key(text, at)
        steps.append(step)
    return tuple(steps)


def _dot(text: str, at: int) -> int:
    if text[at] != ".":
        raise BadPathError(f"'{text[at : at + 20]}' is not expected here; {_QUOTES}")
    return at + 1


def _key(text: str, at: int) -> tuple[str | Every, int]:
    if text[at : at + 1] == "*":
        return Every(), at + 1
    found = _KEY.match(text, at)
    if found is None:
        rest = text[at : at + 20]
        if rest[:1] == "$" and at == 0:
            raise BadPathError(f"begins with '$'; paths begin with the first key. {_QUOTES}")
        raise BadPathError(f"'{rest}' is no key; {_QUOTES}" if rest else "ends where a key belongs")
    key = found["name"] or re.sub(r"\\(.)", r"\1", found["quoted"])
    return key, found.end()


def _chosen(text: str, at: int) -> tuple[Step, int]:
    """Read what stands in brackets; conditions that follow each other count together."""
    found = _FROM.match(text, at)
    if found is not None:
        place = int(found["one"] or found["from"] or 0)
        if place > MOST_PLACES:
            raise BadPathError(f"goes further into a list than {MOST_PLACES} places")
        return (At if found["one"] else From)(place), found.end()
    tests: list[Where] = []
    while text[at : at + 1] == "[" and _FROM.match(text, at) is None:
        test, at = _test(text, at + 1)
        tests.append(test)
    return Which(tuple(tests)), at


def _test(text: str, at: int) -> tuple[Where, int]:
    steps: list[str] = []
    while not steps or text[at : at + 1] == ".":
        found = _KEY.match(text, at + bool(steps))
        if found is None:
            raise BadPathError(_CONDITION)
        key, at = _key(text, at + bool(steps))
        steps.append(str(key))
    literal = _LITERAL.match(text, at)
    if literal is None:
        raise BadPathError(_CONDITION)
    return Where(tuple(steps), _value(literal)), literal.end()


def _value(literal: re.Match[str]) -> str | int | Decimal | bool:
    if literal["text"] is not None:
        return literal["text"]
    if literal["word"] is not None:
        return literal["word"] == "true"
    return Decimal(literal["number"]) if "." in literal["number"] else int(literal["number"])


_QUOTES = "keys with other characters than letters, digits, _ and - stand in double quotes"
_CONDITION = (
    "what stands in brackets is a place ([0]), all places ([]), those from one on ([1:]), "
    "or a key, '=' and a value ([type='invoice'])"
)
