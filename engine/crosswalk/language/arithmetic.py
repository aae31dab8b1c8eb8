"""Exact arithmetic of entries: sums, products, quotients. Nothing here rounds a number.

What has more digits than can be held is refused, and so is a quotient without an end, unless the
author rounds it: then it is given with so many digits that rounding it is rounding the quotient.
"""

from collections.abc import Sequence
from decimal import ROUND_05UP, Context, Decimal, DivisionByZero, Inexact, InvalidOperation

from crosswalk.values.spelling import Problem, Value

_DIGITS = 160
"""Four factors of 38 digits are multiplied exactly."""
_EXACT = Context(prec=_DIGITS, traps=[Inexact, InvalidOperation, DivisionByZero])
_LAST = Decimal("1e-20")
"""Two places more than can be rounded to."""
_LONG = Context(prec=_DIGITS, rounding=ROUND_05UP, traps=[InvalidOperation, DivisionByZero])
"""ROUND_05UP leaves a last digit that is neither 0 nor 5 where digits were left out, so that a
second rounding to fewer digits falls as the first would have."""


def calculate(word: str, of: Sequence[Value], by: Sequence[Value], *, evenly: bool) -> Value:
    """Add (`by` is taken away) or multiply (`by` divides) numbers.

    In a sum no value counts as zero, in a product nothing comes of it. Raises Problem CW526 for
    a result of too many digits, CW548 for a division by zero or one that does not come out even.
    """
    if word == "add":
        return _added(of, by)
    if not all(map(_is_number, (*of, *by))):
        return None
    if not by and all(isinstance(value, int) for value in of):
        return _whole([value for value in of if isinstance(value, int)])
    try:
        return _quotient(_product(of), _product(by), evenly=evenly) if by else _product(of)
    except Inexact:
        raise Problem("CW526", "has too many digits when multiplied") from None


def near(one: Value, other: Value, within: Decimal | None) -> bool:
    """Tell whether two values are the same, or numbers not further apart than is allowed."""
    if within is None or not (_is_number(one) and _is_number(other)):
        return one == other
    apart = _added([one], [other])
    return isinstance(apart, (int, Decimal)) and bool(abs(Decimal(apart)) <= within)


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _added(of: Sequence[Value], by: Sequence[Value]) -> Value:
    more = [value for value in of if isinstance(value, (int, Decimal))]
    less = [value for value in by if isinstance(value, (int, Decimal))]
    if not more and not less:
        return None
    if all(isinstance(value, int) for value in (*more, *less)):
        return sum(map(int, more)) - sum(map(int, less))
    total = Decimal(0)
    for value in more:
        total = _EXACT.add(total, Decimal(value))
    for value in less:
        total = _EXACT.subtract(total, Decimal(value))
    return total


def _whole(values: Sequence[int]) -> int:
    made = 1
    for value in values:
        made *= value
    return made


def _product(values: Sequence[Value]) -> Decimal:
    made = Decimal(1)
    for value in values:
        assert isinstance(value, (int, Decimal))
        made = _EXACT.multiply(made, Decimal(value))
    return made or made.copy_abs()


def _quotient(above: Decimal, below: Decimal, *, evenly: bool) -> Decimal:
    if not below:
        raise Problem("CW548", "is divided by zero")
    try:
        made = _EXACT.divide(above, below)
    except Inexact:
        if evenly:
            reason = "does not come out even when divided, and no round follows"
            raise Problem("CW548", reason) from None
        made = _LONG.quantize(_LONG.divide(above, below), _LAST)
    return made or made.copy_abs()
