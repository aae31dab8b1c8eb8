"""Laws of every text form: nothing is lost, nothing is rounded, `fast` never lies."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from tests.values.kit import (
    PATTERNS,
    moments_and_codecs,
    number_codecs,
    numbers_and_codecs,
)

from crosswalk.values.codecs import (
    TYPES,
    BadSpelling,
    Codec,
    Problem,
    Spelling,
    Value,
    canonical,
    codec,
)

ASCII_NOISE = st.text("0123456789.,-+()' $?{}AIJRCDEU%\n_", max_size=12)
ANY_NOISE = st.text(max_size=20) | ASCII_NOISE
DATE_CODECS = [
    codec(type_, Spelling(format=pattern)) for type_, group in PATTERNS.items() for pattern in group
]
PLAIN_CODECS = [canonical(type_) for type_ in TYPES]
FAST_CODECS = [made for made in (*PLAIN_CODECS, *DATE_CODECS) if made.fast is not None]


def same(one: Value, other: Value) -> bool:
    """Tell whether two values are equal in type, decimals and offset as well."""
    return repr(one) == repr(other)


@given(numbers_and_codecs())
def test_a_number_written_is_read_again(pair: tuple[int | Decimal, Codec]) -> None:
    value, made = pair
    assert same(made.read(made.write(value)), value)


@given(moments_and_codecs())
def test_a_moment_written_is_read_again(pair: tuple[date | time | datetime, Codec]) -> None:
    value, made = pair
    again = made.read(made.write(value))
    assert again == value
    if isinstance(value, datetime) and isinstance(again, datetime):
        zone = UTC.utcoffset(None) if "epoch" in (made.spelling.format or "") else value.utcoffset()
        assert again.utcoffset() == zone


@given(numbers_and_codecs(), st.integers(0, 50), st.sampled_from(["", *"0123.,-+() $?{}ARCD"]))
def test_number_text_that_is_read_becomes_stable(
    pair: tuple[int | Decimal, Codec], place: int, noise: str
) -> None:
    number, made = pair
    text = made.write(number)
    place = min(place, len(text))
    try:
        value = made.read(text[:place] + noise + text[place:])
    except Problem:
        return
    written = made.write(value)
    assert same(made.read(written), value)
    assert made.write(made.read(written)) == written
    exact = canonical(made.type, made.spelling.decimals)
    assert same(exact.read(exact.write(value)), value)


@given(st.sampled_from([*DATE_CODECS, *PLAIN_CODECS]), ANY_NOISE)
def test_reading_raises_nothing_but_problems(made: Codec, text: str) -> None:
    try:
        value = made.read(text)
    except Problem:
        return
    assert same(made.read(made.write(value)), value)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Codec, Codec, Codec, Value]:
    """Two forms, the codec that has both, and a moment; pairs that are refused are left out."""
    kind = draw(st.sampled_from(sorted(PATTERNS)))
    two = st.lists(
        st.sampled_from([one for one in PATTERNS[kind] if one]), min_size=2, max_size=2, unique=True
    )
    forms = draw(two)
    try:
        both = codec(kind, Spelling(format=tuple(forms)))
    except BadSpelling:
        reject()
    zones = st.sampled_from([None, UTC])
    moments: dict[str, st.SearchStrategy[Any]] = {
        "date": st.dates(),
        "time": st.times(),
        "datetime": st.datetimes(timezones=zones),
    }
    first, second = (codec(kind, Spelling(format=one)) for one in forms)
    return first, second, both, draw(moments[kind])


@given(pairs())
def test_two_forms_of_one_field_never_confuse_a_text(
    made: tuple[Codec, Codec, Codec, Value],
) -> None:
    *forms, both, value = made
    for one in forms:
        try:
            text = one.write(value)
        except Problem:
            continue
        for other in forms:
            assert other is one or read_or_not(other, text) in (value, None)
        assert both.read(text) == value
        assert both.read(both.write(value)) == value


def read_or_not(made: Codec, text: str) -> Value:
    try:
        return made.read(text)
    except Problem:
        return None


@given(number_codecs(), ANY_NOISE)
def test_reading_a_number_raises_nothing_but_problems(made: Codec, text: str) -> None:
    try:
        made.read(text)
    except Problem:
        return


@given(st.one_of(number_codecs(), st.sampled_from(FAST_CODECS)), st.data())
def test_fast_text_is_canonical_in_both_forms(made: Codec, data: st.DataObject) -> None:
    if made.fast is None:
        return
    text = data.draw(st.from_regex(re.compile(made.fast, re.ASCII), fullmatch=True))
    assert made.write(made.read(text)) == text
    exact = canonical(made.type, made.spelling.decimals)
    assert exact.write(exact.read(text)) == text
    assert same(exact.read(text), made.read(text))


@given(st.one_of(number_codecs(), st.sampled_from(FAST_CODECS)), ASCII_NOISE)
def test_text_that_changes_is_never_fast(made: Codec, text: str) -> None:
    try:
        stays = made.write(made.read(text)) == text
    except Problem:
        stays = False
    assert stays or made.fast is None or not re.fullmatch(made.fast, text, re.ASCII)


@pytest.mark.parametrize("type_", ["integer", "decimal", "money", "date", "boolean", "code"])
def test_common_text_is_fast(type_: str) -> None:
    common = {"integer": "-120", "decimal": "0.5", "money": "-1234.50", "date": "2021-02-14"}
    text = common.get(type_, "true")
    assert re.fullmatch(canonical(type_).fast or "", text, re.ASCII)


@pytest.mark.parametrize("text", ["-0.00", "-0", "00.50", "0012.00", "12.5", "1.000", "12.50\n"])
def test_money_that_would_change_is_not_fast(text: str) -> None:
    assert not re.fullmatch(canonical("money").fast or "", text, re.ASCII)


@given(st.integers(-(10**37), 10**37), st.integers(0, 18))
def test_no_decimal_context_touches_a_number(digits: int, places: int) -> None:
    made = codec("decimal", Spelling())
    with localcontext() as context:
        context.prec = 3
        value = made.read(made.write(Decimal((int(digits < 0), _digits(digits), -places))))
    assert value == Decimal((int(digits < 0), _digits(digits), -places))


def _digits(number: int) -> tuple[int, ...]:
    return tuple(int(digit) for digit in str(abs(number)))
