"""Writing refuses what a form has no place for; hosts pass exact values only."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, cast

import pytest

from crosswalk.values.codecs import (
    MISSING,
    TYPES,
    Problem,
    Spelling,
    Value,
    canonical,
    codec,
    coerce,
)

NOON = datetime(2021, 2, 14, 12, 0, tzinfo=UTC)
LOST: list[tuple[str, Spelling, Value, str]] = [
    ("money", Spelling(), Decimal("1.005"), "CW525"),
    ("money", Spelling(decimals=0), Decimal("1.5"), "CW525"),
    ("money", Spelling(), Decimal("NaN"), "CW522"),
    ("money", Spelling(), Decimal("sNaN"), "CW522"),
    ("money", Spelling(), Decimal("-Infinity"), "CW522"),
    ("money", Spelling(), Decimal("1E+1000000"), "CW526"),
    ("decimal", Spelling(), Decimal("1E-1000000"), "CW526"),
    ("decimal", Spelling(), Decimal("0E-1000000"), "CW526"),
    ("money", Spelling(), 10**40, "CW526"),
    ("money", Spelling(), 10**37, "CW526"),
    ("integer", Spelling(), 10**38, "CW526"),
    ("integer", Spelling(), 10**5000, "CW526"),
    ("money", Spelling(sign="none"), Decimal("-1.00"), "CW523"),
    ("integer", Spelling(), Decimal(5), "CW531"),
    ("integer", Spelling(), True, "CW531"),
    ("money", Spelling(), "5.00", "CW531"),
    ("text", Spelling(), 5, "CW531"),
    ("text", Spelling(), "a\0", "CW521"),
    ("code", Spelling(), 5, "CW531"),
    ("code", Spelling(), "a\n", "CW521"),
    ("boolean", Spelling(), 1, "CW531"),
    ("date", Spelling(), NOON, "CW531"),
    ("date", Spelling(format="M/d/yyyy"), NOON, "CW531"),
    ("date", Spelling(), "2021-02-14", "CW531"),
    ("date", Spelling(format="MMddyy"), date(1968, 12, 31), "CW529"),
    ("date", Spelling(format="MMddyy"), date(2069, 1, 1), "CW529"),
    ("time", Spelling(), time(12, tzinfo=UTC), "CW529"),
    ("time", Spelling(format="HH:mm"), time(12, 0, 1), "CW529"),
    ("time", Spelling(format="HH"), time(12, 1), "CW529"),
    ("time", Spelling(format="HH:mm:ss"), time(12, 0, 0, 1), "CW529"),
    ("time", Spelling(format="HH:mm:ss.SSS"), time(12, 0, 0, 500), "CW529"),
    ("datetime", Spelling(), date(2021, 2, 14), "CW531"),
    ("datetime", Spelling(format="yyyyMMddHHmm"), NOON, "CW529"),
    ("datetime", Spelling(format="yyyyMMddHHmmXX"), NOON.replace(tzinfo=None), "CW529"),
    ("datetime", Spelling(format="epoch"), NOON.replace(tzinfo=None), "CW529"),
    ("datetime", Spelling(format="epoch"), NOON.replace(microsecond=1000), "CW529"),
    ("datetime", Spelling(format="epoch-millis"), NOON.replace(microsecond=1), "CW529"),
    ("datetime", Spelling(format="epoch"), 0, "CW531"),
    ("datetime", Spelling(), NOON.replace(tzinfo=timezone(timedelta(seconds=1))), "CW529"),
]


@pytest.mark.parametrize(
    ("type_", "spelling", "value", "code"), LOST, ids=[str(n) for n in range(len(LOST))]
)
def test_a_value_that_has_no_place_is_refused(
    type_: str, spelling: Spelling, value: Value, code: str
) -> None:
    with pytest.raises(Problem) as caught:
        codec(type_, spelling).write(value)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Decimal("1E+3"), None, "1000"),
        (Decimal("1E+3"), 2, "1000.00"),
        (Decimal("1E-7"), None, "0.0000001"),
        (Decimal("0E-7"), None, "0.0000000"),
        (Decimal("0E+999999"), None, "0"),
        (Decimal("0E-999999"), 2, "0.00"),
        (Decimal("-0.00"), 2, "0.00"),
        (Decimal("-0E-9"), None, "0.000000000"),
        (Decimal("1.100"), 2, "1.10"),
        (5, 2, "5.00"),
        (-5, None, "-5"),
    ],
)
def test_decimals_are_written_plainly(value: Value, decimals: int | None, text: str) -> None:
    assert canonical("decimal", decimals).write(value) == text


@pytest.mark.parametrize(
    ("type_", "value", "decimals", "expected"),
    [
        ("text", "a b", None, "a b"),
        ("integer", 7, None, 7),
        ("integer", "007", None, 7),
        ("money", 7, None, Decimal("7.00")),
        ("money", "7.5", 2, Decimal("7.50")),
        ("money", Decimal("7.5"), 3, Decimal("7.500")),
        ("decimal", Decimal("7.10"), None, Decimal("7.10")),
        ("date", date(2021, 2, 14), None, date(2021, 2, 14)),
        ("date", "2021-02-14", None, date(2021, 2, 14)),
        ("time", time(9, 30), None, time(9, 30)),
        ("datetime", NOON, None, NOON),
        ("boolean", True, None, True),
        ("boolean", "false", None, False),
    ],
)
def test_a_host_passes_values_or_canonical_text(
    type_: str, value: object, decimals: int | None, expected: Value
) -> None:
    assert repr(coerce(type_, value, decimals)) == repr(expected)


@pytest.mark.parametrize("text", ["-0.00", "-0", "-0.0"])
@pytest.mark.parametrize("type_", ["decimal", "money"])
def test_a_zero_that_is_read_has_no_sign(type_: str, text: str) -> None:
    value = canonical(type_).read(text)
    assert isinstance(value, Decimal)
    assert not value.is_signed()


@pytest.mark.parametrize("type_", TYPES)
def test_a_float_is_refused_as_inexact(type_: str) -> None:
    with pytest.raises(Problem, match="not exact"):
        coerce(type_, 0.1)


@pytest.mark.parametrize("type_", TYPES)
def test_nothing_stays_nothing(type_: str) -> None:
    assert coerce(type_, None) is None
    assert coerce(type_, MISSING) is MISSING


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("value", [1.0, float("nan"), b"1", [], {}, object(), 1j])
def test_a_host_passes_no_float_and_no_container(type_: str, value: object) -> None:
    with pytest.raises(Problem) as caught:
        coerce(type_, value)
    assert caught.value.code == "CW531"


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        *(("integer", value) for value in (True, Decimal(1), date(2021, 1, 1))),
        *(("money", value) for value in (True, NOON)),
        *(("boolean", value) for value in (0, 1)),
        *(("text", value) for value in (1, True, Decimal(1), NOON)),
        *(("date", value) for value in (NOON, 20210214)),
        *(("datetime", value) for value in (date(2021, 2, 14), 0)),
        ("time", NOON),
    ],
)
def test_a_host_passes_no_value_of_another_type(type_: str, value: object) -> None:
    with pytest.raises(Problem) as caught:
        coerce(type_, value)
    assert caught.value.code == "CW531"


@pytest.mark.parametrize("type_", ["integer", "decimal", "money"])
def test_a_million_digits_are_refused_before_they_are_converted(type_: str) -> None:
    made = canonical(type_)
    for text in ("9" * 10**6, "-" + "0" * 10**6, "1E+" + "9" * 10**6):
        with pytest.raises(Problem):
            made.read(text)


def test_a_million_dimes_add_up() -> None:
    dime = canonical("money").read("0.10")
    total = cast("Any", sum)((dime for _ in range(10**6)), Decimal(0))
    assert canonical("money").write(total) == "100000.00"
