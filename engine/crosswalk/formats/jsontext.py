"""JSON text to values and values to JSON text: exact numbers, no key twice, bounded depth."""

import json
import re
from decimal import Decimal

import msgspec

from crosswalk.formats.jsonshape import ShapeError
from crosswalk.values.codecs import Problem

DEPTH = 64
"""How many objects and lists may stand inside each other."""

DIGITS = 64
"""How many characters a number may have (safety A14)."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_BYTE = re.compile(r"\(byte (\d+)\)")


class BadJsonError(ShapeError):
    """Text that is not acceptable JSON; `byte` is where, counted from 0, if that is known."""

    def __init__(self, code: str, reason: str, byte: int | None = None) -> None:
        super().__init__(code, reason)
        self.byte = byte


def _decimal(text: str) -> Decimal | int:
    """Read a number with a fraction or an exponent, exactly: `1.5E3` is the number 1500.

    An exponent hides size: what would have more than DIGITS digits is refused (safety F8, A14).
    """
    if len(text) > DIGITS:
        raise ValueError
    if "e" not in text and "E" not in text:
        return Decimal(text)
    mantissa, _, power = text.lower().partition("e")
    if len(power) > len("-64") or abs(int(power)) + len(mantissa) > DIGITS:
        raise ValueError
    plain = format(Decimal(text), "f")
    return Decimal(plain) if "." in plain else int(plain)


_DECODE = msgspec.json.Decoder(float_hook=_decimal).decode
_ENCODE = msgspec.json.Encoder(decimal_format="number").encode


def encode(value: object) -> str:
    """Write a decoded value as compact JSON."""
    return _ENCODE(value).decode()


def decode(data: bytes | str) -> object:
    """Read one JSON text to dict, list, str, int, Decimal, bool or None.

    Raises BadJsonError: CW640 not JSON (NaN, Infinity and lone surrogates too), CW641 a key twice,
    CW642 a number that is too long, written out, CW643 too deep.
    """
    try:
        value: object = _DECODE(data)
    except msgspec.ValidationError:
        reason = f"a number has more than {DIGITS} digits"
        raise BadJsonError("CW642", reason) from None
    except msgspec.DecodeError as fault:
        place = _BYTE.search(str(fault))
        byte = int(place[1]) if place else None
        raise BadJsonError("CW640", str(fault), byte) from None
    except UnicodeDecodeError:
        raise BadJsonError("CW640", "JSON is UTF-8, and this is not") from None
    except RecursionError:
        raise _too_deep() from None
    keys = _tally(value, DEPTH)
    if not _surely_once(data, keys):
        _refuse_twice(data)
    return value


def _too_deep() -> BadJsonError:
    return BadJsonError("CW643", f"JSON is nested more than {DEPTH} deep")


def _tally(value: object, left: int) -> int:
    """Count the keys of all objects, down to the depth limit."""
    if isinstance(value, dict):
        count, inner = len(value), iter(value.values())
    elif isinstance(value, list):
        count, inner = 0, iter(value)
    else:
        _refuse_huge(value)
        return 0
    if left == 0:
        raise _too_deep()
    for one in inner:
        kind = one.__class__
        if kind is dict or kind is list:
            count += _tally(one, left - 1)
        elif kind is int:
            _refuse_huge(one)
    return count


def _refuse_huge(value: object) -> None:
    if isinstance(value, int) and not -_HUGE < value < _HUGE:
        raise BadJsonError("CW642", f"a number has more than {DIGITS} digits")


_HUGE = 10**DIGITS


def _surely_once(data: bytes | str, keys: int) -> bool:
    """Tell that no key can stand twice: each key in the text has one colon, text may have more.

    Where text has some, `":` is counted; white space before a colon would hide a key from that
    count, so it leads to the exact way.
    """
    if isinstance(data, bytes):
        plain = data.count(b":") == keys
        return plain or (data.count(b'":') == keys and _SPACED_BYTES(data) is None)
    return data.count(":") == keys or (data.count('":') == keys and _SPACED(data) is None)


_SPACED = re.compile(r"[ \t\n\r]:").search
_SPACED_BYTES = re.compile(rb"[ \t\n\r]:").search


def _refuse_twice(data: bytes | str) -> None:
    json.loads(data, object_pairs_hook=_once, parse_float=str, parse_int=str)


def _once(pairs: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise BadJsonError("CW641", f"key '{key[:80]}' stands twice in one object")
        seen.add(key)


def fragment(text: str, kind: str) -> str:
    """Encode a value's text as JSON of a kind: `text`, `number` or `boolean`.

    Raises Problem CW648 for a text that is no plain number or boolean, CW622 for a lone surrogate.
    """
    if kind == "text":
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Problem("CW622", "holds half a character (a lone surrogate)") from None
        return json.dumps(text, ensure_ascii=False)
    if kind == "number" and _NUMBER.fullmatch(text):
        return text
    if kind == "boolean" and text in ("true", "false"):
        return text
    raise Problem("CW648", f"is not a JSON {kind}")
