"""What is common to all text forms of values: the value types, a declared spelling, a codec."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum


class Missing(Enum):
    """The type of MISSING, which stands for a field that is not there (None is a null)."""

    MISSING = "missing"


MISSING = Missing.MISSING
"""A field that is not there, as opposed to None (there, without a value)."""

Value = str | int | Decimal | date | time | datetime | bool | Missing | None
"""A typed value: text and code are str, money is Decimal, None is null, MISSING is absent."""


class Problem(Exception):  # noqa: N818 - a finding about data, not a fault of the program
    """A value that cannot be read or written.

    `code` is a key of diagnostics.CODES. `reason` is a predicate in plain English ("is not a
    number of plain digits") that does not repeat the value, so that it can be logged.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class BadSpelling(Exception):  # noqa: N818 - a finding about a declaration
    """A text form that is declared wrongly: the key at fault, what is wrong, what to write."""

    def __init__(self, key: str, message: str, help: str = "") -> None:  # noqa: A002
        super().__init__(key, message, help)
        self.key = key
        self.message = message
        self.help = help


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a layout field declares about the text form of its values; every part is optional.

    format: of a date, time or datetime a pattern (crosswalk.values.datepatterns), `epoch` or
        `epoch-millis`; of a boolean the words for true and false, `Y/N`. Several: each is read,
        and the first that can hold the value is written.
    decimals: places after the point, 0 to 18; None keeps what is read (money: 2).
    point: "." or ",", or ",!": a comma that always stands, also before no decimals (SWIFT: `10,`),
        or "implied": digits only, the last `decimals` of them are decimals.
    group: thousands separator "," "." " " or "'". Numbers are read with it at its places or
        without any, and written with it. `,?` reads both and writes without (facts 2.41). A blank
        is also read as a no-break blank, an apostrophe also as a typographic one.
    sign: one of numbers.SIGNS.
    symbol: currency symbol directly before the first digit, written; read with or without.
        `$?` reads both and writes without.
    unit: what stands directly after the last digit, ` EUR` or `%`, written; read with or without.
        ` EUR?` reads both and writes without.
    """

    format: str | tuple[str, ...] | None = None
    decimals: int | None = None
    point: str = "."
    group: str | None = None
    sign: str = "leading"
    symbol: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Codec:
    """How values of one type are read from text and written to text.

    `read` takes text that is not blank and is not trimmed, `write` a value that is neither None
    nor MISSING; both raise Problem. `fast` is the source of a regular expression (re.ASCII,
    fullmatch): text that matches is in this spelling and in canonical form at once, so that
    reading and writing it again, here or canonically, gives the same text.
    """

    type: str
    spelling: Spelling
    read: Callable[[str], Value]
    write: Callable[[Value], str]
    fast: str | None


def refuse_options(type: str, spelling: Spelling, allowed: tuple[str, ...]) -> None:  # noqa: A002
    """Raise BadSpelling for the first option that is declared but has no meaning for `type`."""
    plain = Spelling()
    for key in ("format", "decimals", "point", "group", "sign", "symbol", "unit"):
        if key not in allowed and getattr(spelling, key) != getattr(plain, key):
            raise BadSpelling(key, f"{key} means nothing for type {type}", f"leave {key} out")
