"""Values made of several: added up, cut into pieces, put together again."""

from collections.abc import Sequence
from decimal import Decimal

from crosswalk.model.controls import EXACT, present
from crosswalk.planning import plan as p
from crosswalk.values.codecs import Problem, Value


def chunk(whole: Value, origin: p.Chunk) -> Value:
    """Cut one piece out of a long text; what fits into no piece is refused (facts 2.18)."""
    if not isinstance(whole, str):
        return None
    rest = whole
    piece = ""
    for index, length in enumerate(origin.lengths):
        piece, rest = (rest, "") if length is None else (rest[:length], rest[length:])
        if index == origin.index and index < len(origin.lengths) - 1:
            return piece or None
    if rest:
        limit = sum(length or 0 for length in origin.lengths)
        raise Problem("CW576", f"has {len(whole)} characters, the chain of fields holds {limit}")
    return piece or None


def gather(pieces: list[Value], lengths: tuple[int | None, ...]) -> Value:
    """Put pieces together again; refuse pieces that cutting the whole would not give."""
    texts = [piece if isinstance(piece, str) else "" for piece in pieces]
    whole = "".join(texts)
    rest = whole
    for text, length in zip(texts, lengths, strict=True):
        expected, rest = (rest, "") if length is None else (rest[:length], rest[length:])
        if text != expected:
            raise Problem("CW577", "a field of the chain is not full, but the next one goes on")
    return whole or None


def add(values: Sequence[Value]) -> Value:
    """Add numbers exactly; whole numbers stay whole."""
    if all(isinstance(value, int) for value in values):
        return sum(value for value in values if isinstance(value, int))
    total = Decimal(0)
    for value in values:
        if isinstance(value, (int, Decimal)):
            total = EXACT.add(total, Decimal(value))
    return total


def negative(value: Value) -> Value:
    """Give a number with the other sign; anything else as it is."""
    if isinstance(value, Decimal):
        return EXACT.minus(value)
    return -value if isinstance(value, int) else value


def is_blank(value: Value) -> bool:
    """Tell whether there is no value, or only blanks."""
    return not present(value) or (isinstance(value, str) and not value.strip())
