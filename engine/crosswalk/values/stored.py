"""Numbers as they stand in bytes on mainframes: packed, zoned and binary, a closed table.

The words are those of COBOL's USAGE. A number has no point of its own there: its decimals are
declared. Bytes that are no such number are never guessed at (issue: a silently wrong amount).
"""

from collections.abc import Callable
from typing import NamedTuple

from crosswalk.values.spelling import Codec, Problem, Value

_ZONED_BLANK = 0x40
_SIGNS = {"c": 1, "d": -1, "f": 1}


class Usage(NamedTuple):
    """One way to store a number.

    `take` reads bytes and raises Problem CW532; `put` gives the bytes of a number by the width,
    which holds it. `capacity` is how many digits a width holds, whichever they are; `widths`
    are those there are.
    """

    take: Callable[[bytes], int]
    put: Callable[[int, int], bytes]
    capacity: Callable[[int], int]
    widths: range | tuple[int, ...]
    signed: bool


def _wrong(reason: str) -> Problem:
    return Problem("CW532", reason)


def _sign(mark: str, digits: str, *, signed: bool) -> int:
    if not digits.isdecimal():
        at = next(place for place, one in enumerate(digits, 1) if not one.isdecimal())
        raise _wrong(f"its digit {at} is {digits[at - 1].upper()}")
    if mark not in _SIGNS:
        raise _wrong(f"its sign is {mark.upper()}, not C, D or F")
    if mark == "d" and not signed:
        raise _wrong("it has the sign D, and no negative numbers are declared")
    return _SIGNS[mark] * int(digits)


def _mark(value: int, *, signed: bool) -> str:
    if not signed:
        return "f"
    return "d" if value < 0 else "c"


def _packed(*, signed: bool) -> Usage:
    def take(raw: bytes) -> int:
        text = raw.hex()
        return _sign(text[-1], text[:-1], signed=signed)

    def put(value: int, width: int) -> bytes:
        digits = str(abs(value)).zfill(2 * width - 1)
        return bytes.fromhex(digits + _mark(value, signed=signed))

    return Usage(take, put, lambda width: 2 * width - 1, range(1, 17), signed)


def _zoned(*, signed: bool) -> Usage:
    def take(raw: bytes) -> int:
        text = raw.hex()
        zones, digits = text[:-2:2], text[1::2]
        if zones.strip("f"):
            at = next(place for place, one in enumerate(zones, 1) if one != "f")
            raise _wrong(f"its byte {at} is {raw[at - 1]:02X}, not F0 to F9")
        return _sign(text[-2], digits, signed=signed)

    def put(value: int, width: int) -> bytes:
        digits = str(abs(value)).zfill(width)
        front = "".join(f"f{digit}" for digit in digits[:-1])
        text = front + _mark(value, signed=signed) + digits[-1]
        return bytes.fromhex(text)

    return Usage(take, put, lambda width: width, range(1, 32), signed)


def _binary(*, signed: bool) -> Usage:
    def take(raw: bytes) -> int:
        return int.from_bytes(raw, "big", signed=signed)

    def put(value: int, width: int) -> bytes:
        try:
            return value.to_bytes(width, "big", signed=signed)
        except OverflowError:
            raise Problem("CW623", f"is too large for {width} bytes") from None

    def capacity(width: int) -> int:
        return len(str(2 ** (8 * width - signed) - 1)) - 1

    return Usage(take, put, capacity, (1, 2, 4, 8), signed)


USAGES: dict[str, Usage] = {
    "packed": _packed(signed=True),
    "packed-unsigned": _packed(signed=False),
    "zoned": _zoned(signed=True),
    "zoned-unsigned": _zoned(signed=False),
    "binary": _binary(signed=True),
    "binary-unsigned": _binary(signed=False),
}
"""By the word of the layout. packed is COMP-3, two digits a byte and the sign in the last half
byte (C or F positive, D negative; written C, D, and F where unsigned). zoned is DISPLAY, a digit
a byte, the sign in the zone of the last one, as EBCDIC has them. binary is COMP, COMP-4 and
COMP-5 of mainframes: two's complement, the highest byte first.
"""


class Stored:
    """The number of one field: its bytes to text in canonical spelling and back.

    A code, date or time is its `digits` digits, with zeros in front; a day of zeros only is none.
    """

    def __init__(self, name: str, codec: Codec, width: int, digits: int | None) -> None:
        """Take a usage that fits the type and the width (`formats.fixed_bytes` looks at that)."""
        self.name, self.usage, self.width = name, USAGES[name], width
        self.decimals = codec.spelling.decimals
        if self.decimals is None:
            self.decimals = 2 if codec.type == "money" else 0
        self.digits = digits or self.usage.capacity(width) + name.startswith("binary")
        self.number = codec.type in ("integer", "decimal", "money")
        self.code = codec.type == "code"

    def read(self, raw: bytes) -> str:
        """Give the text of a number. Raises Problem CW532."""
        if self.name.startswith("zoned") and not raw.strip(b"\x40"):
            return ""
        value = self.usage.take(raw)
        digits = str(abs(value))
        if len(digits) > self.digits:
            raise _wrong(f"it has {len(digits)} digits, {self.digits} are declared")
        if not self.number:
            if value < 0:
                raise _wrong("it is negative")
            return digits.zfill(self.digits) if value or self.code else ""
        return ("-" if value < 0 else "") + self._pointed(digits)

    def _pointed(self, digits: str) -> str:
        if not self.decimals:
            return digits
        digits = digits.zfill(self.decimals + 1)
        return f"{digits[: -self.decimals]}.{digits[-self.decimals :]}"

    def write(self, text: str) -> bytes:
        """Give the bytes of a number. Raises Problem CW623, CW624 or CW529."""
        if not text:
            return self._nothing()
        digits = text.removeprefix("-").replace(".", "") if self.number else text
        if not (digits.isascii() and digits.isdecimal()):
            raise Problem("CW529", f"is not of digits only, as {self.name} numbers are")
        if not self.number and len(digits) != self.digits:
            raise Problem("CW624", f"has {len(digits)} digits, and zeros are put before them")
        value = int(digits)
        if len(str(value)) > self.digits:
            raise Problem("CW623", f"has {len(str(value))} digits, the field has {self.digits}")
        if text.startswith("-") and value:
            if not self.usage.signed:
                raise Problem("CW523", f"is negative, which {self.name} cannot say")
            value = -value
        return self.usage.put(value, self.width)

    def _nothing(self) -> bytes:
        """Give the bytes of no value, where there are some. Raises Problem CW529."""
        if self.number and self.name.startswith("zoned"):
            return bytes([_ZONED_BLANK]) * self.width
        if self.number or self.code:
            raise Problem("CW529", f"has no value, which {self.name} bytes cannot say")
        return self.usage.put(0, self.width)


def shown(raw: bytes, first: int) -> str:
    """Give bytes that are no number as the text of their cell, with their place (from 1)."""
    return f"X'{raw.hex().upper()}' at {first} to {first + len(raw) - 1}"


def stored_codec(codec: Codec, stored: Stored) -> Codec:
    """Give a codec that says why a cell of bytes is no number."""

    def read(text: str) -> Value:
        if text.startswith("X'"):
            try:
                stored.read(bytes.fromhex(text[2 : text.index("'", 2)]))
            except Problem as wrong:
                reason = f"is no {stored.name} number: {wrong.reason}"
                raise Problem(wrong.code, reason) from None
        return codec.read(text)

    return Codec(codec.type, codec.spelling, read, codec.write, codec.fast)
