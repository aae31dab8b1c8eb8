"""Laws of sums, products and quotients: they are those of fractions, and rounding happens once."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswalk.language.arithmetic import calculate
from crosswalk.language.operators import OPERATORS, bind_operator
from crosswalk.values.spelling import Problem, Value

NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**12), 10**12, places=6, allow_nan=False, allow_infinity=False),
    st.decimals(-1, 1, places=2, allow_nan=False, allow_infinity=False),
)


def fraction(value: Value) -> Fraction:
    assert isinstance(value, (int, Decimal))
    return Fraction(value)


@given(st.lists(NUMBERS, min_size=1, max_size=4), st.lists(NUMBERS, max_size=4))
def test_a_sum_is_that_of_fractions(of: list[Value], by: list[Value]) -> None:
    wanted = sum(map(fraction, of), Fraction(0)) - sum(map(fraction, by), Fraction(0))
    assert fraction(calculate("add", of, by, evenly=True)) == wanted


@given(st.lists(NUMBERS, min_size=1, max_size=4))
def test_a_product_is_that_of_fractions(of: list[Value]) -> None:
    wanted = Fraction(1)
    for one in of:
        wanted *= fraction(one)
    assert fraction(calculate("multiply", of, [], evenly=True)) == wanted


@given(NUMBERS, NUMBERS.filter(bool), st.sampled_from([0, 2, 5]))
def test_a_quotient_is_rounded_once(above: Value, below: Value, decimals: int) -> None:
    """Also where the digits left out lie just beside a half."""
    exact = fraction(above) / fraction(below)
    for mode in ("half-up", "half-even", "down", "up"):
        rounding = bind_operator(
            OPERATORS["round"], {"decimals": decimals, "mode": mode}, "decimal"
        )
        got = rounding.forward(calculate("multiply", [above], [below], evenly=False))
        assert fraction(got) == rounded(exact, decimals, mode)


def rounded(exact: Fraction, decimals: int, mode: str) -> Fraction:
    """Round by whole numbers only."""
    moved = abs(exact) * 10**decimals
    whole, rest = divmod(moved.numerator, moved.denominator)
    twice = Fraction(2 * rest, moved.denominator)
    more = {
        "half-up": twice >= 1,
        "half-even": twice > 1 or (twice == 1 and whole % 2 == 1),
        "down": False,
        "up": rest > 0,
    }[mode]
    return Fraction(whole + more, 10**decimals) * (-1 if exact < 0 else 1)


@given(NUMBERS, NUMBERS.filter(bool))
def test_a_quotient_that_nothing_rounds_is_exact_or_refused(above: Value, below: Value) -> None:
    exact = fraction(above) / fraction(below)
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest == 1:
        assert fraction(calculate("multiply", [above], [below], evenly=True)) == exact
    else:
        with pytest.raises(Problem, match="CW548"):
            calculate("multiply", [above], [below], evenly=True)


@pytest.mark.parametrize("by", [[], [Decimal(2)]])
def test_without_a_factor_there_is_no_product(by: list[Value]) -> None:
    assert calculate("multiply", [Decimal(2), None], by, evenly=True) is None
    assert calculate("multiply", [Decimal(2)], [*by, None], evenly=True) is None


def test_no_value_adds_nothing() -> None:
    assert calculate("add", [None, Decimal(2)], [None], evenly=True) == Decimal(2)
    assert calculate("add", [None], [None], evenly=True) is None
    assert calculate("add", [None], [3], evenly=True) == -3


def test_a_division_by_zero_is_refused() -> None:
    with pytest.raises(Problem, match="divided by zero"):
        calculate("multiply", [Decimal(2)], [Decimal("0.00")], evenly=False)


def test_more_digits_than_are_held_are_refused() -> None:
    with pytest.raises(Problem, match="CW526"):
        calculate("multiply", [Decimal(10**37 + 1)] * 5, [], evenly=True)
