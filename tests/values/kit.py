"""Case tables and generated values for the tests of text forms."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import strategies as st

from crosswalk.documents.source import Map, plain, read
from crosswalk.values.codecs import BadSpelling, Codec, Spelling, codec
from crosswalk.values.numbers import GROUPS, MAX_DECIMALS, MAX_DIGITS, POINTS
from crosswalk.values.signs import SIGNS

HERE = Path(__file__).parent

DATE_PATTERNS = (
    *("M/d/yyyy", "MM/dd/yyyy", "d.M.yyyy", "yyyyMMdd", "ddMMyyyy", "yyyy-MM-dd", "MMddyy"),
    *("yy/M/d", "dd-MMM-yyyy", "ddMMMyy", "MMMM d, yyyy", "d MMMM yyyy", "yyyyDDD", "yyDDD"),
    *("yyyy/MM-dd", "M 'of' d yyyy", "ddMMMMyyyy", "d% M% yyyy"),
)
TIME_PATTERNS = (
    *("HH:mm:ss", "HHmm", "H:mm", "hh:mm a", "h:mm:ssa", "HH", "ha", "HHmmssSSS", "HH.m.s"),
    *("HH:mm:ss.SSSSSS", "HH:mm:ss.S", "H:mm:ss,SS"),
)
DATETIME_PATTERNS = (
    *("yyyy-MM-dd'T'HH:mm:ss", "yyyyMMddHHmmss", "M/d/yyyy h:mm a", "yyyy-MM-dd HH:mm:ss.SSSSSS"),
    *("yyyy-MM-dd'T'HH:mm:ssXXX", "yyyyMMddHHmmX", "d MMM yyyy HH:mm:ss Z", "yyDDD HH:mm:ss.SSSXX"),
    *("epoch", "epoch-millis", "'/Date('epoch-millis'+0000)/'", "MMMM d, yyyy 'at' h a"),
)
PATTERNS: dict[str, tuple[str | None, ...]] = {
    "date": (None, *DATE_PATTERNS),
    "time": (None, *TIME_PATTERNS),
    "datetime": (None, *DATETIME_PATTERNS),
}


def table(file: str) -> list[Any]:
    """Give the cases of a table as parameters; a group's name begins with its type."""
    node, findings = read((HERE / file).read_text("utf-8"), file)
    assert isinstance(node, Map), findings
    assert not findings
    groups = cast("dict[str, list[dict[str, Any]]]", plain(node))
    return [
        pytest.param({"type": group.split(maxsplit=1)[0], **case}, id=f"{group} {number}")
        for group, cases in groups.items()
        for number, case in enumerate(cases, 1)
    ]


def of(case: dict[str, Any]) -> Codec:
    spelling: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in case.get("as", {}).items()
    }
    return codec(case["type"], Spelling(**spelling))


def _possible(type_: str, spelling: Spelling) -> Codec | None:
    try:
        return codec(type_, spelling)
    except BadSpelling:
        return None


@st.composite
def number_codecs(draw: st.DrawFn) -> Codec:
    """Any number type in any spelling that can be declared."""
    optional = [None, *GROUPS, *(f"{group}?" for group in GROUPS)]
    type_ = draw(st.sampled_from(["integer", "decimal", "money"]))
    number = type_ != "integer"
    spelling = Spelling(
        decimals=draw(st.none() | st.integers(0, MAX_DECIMALS)) if number else None,
        point=draw(st.sampled_from(POINTS)) if number else ".",
        group=draw(st.sampled_from(optional)),
        sign=draw(st.sampled_from(SIGNS)),
        symbol=draw(st.sampled_from([None, "$", "$?", "EUR ", "CR"])),
        unit=draw(st.sampled_from([None, None, "%", " EUR", " EUR?"])),
    )
    made = _possible(type_, spelling)
    return made or codec(type_, Spelling(sign=spelling.sign, symbol=spelling.symbol))


@st.composite
def numbers_and_codecs(draw: st.DrawFn) -> tuple[int | Decimal, Codec]:
    """A number with at most 38 digits and a codec that has a place for it."""
    made = draw(number_codecs())
    digits = draw(st.integers(0, 10 ** draw(st.integers(1, MAX_DIGITS - MAX_DECIMALS)) - 1))
    negative = made.spelling.sign != "none" and draw(st.booleans())
    if made.type == "integer":
        return -digits if negative else digits, made
    default = 2 if made.type == "money" else draw(st.integers(0, MAX_DECIMALS))
    places = default if made.spelling.decimals is None else made.spelling.decimals
    negative = negative and digits != 0
    return Decimal((int(negative), tuple(int(digit) for digit in str(digits)), -places)), made


@st.composite
def moments_and_codecs(draw: st.DrawFn) -> tuple[date | time | datetime, Codec]:
    """A date, time or datetime and a codec that has a place for all of it."""
    type_ = draw(st.sampled_from(sorted(PATTERNS)))
    pattern = draw(st.sampled_from(PATTERNS[type_]))
    held = pattern or "yyyy-MM-dd HH:mm:ss.SSSSSS"
    day, clock = draw(_days(held)), draw(_clocks(held))
    zone = draw(_zones(pattern))
    made = codec(type_, Spelling(format=pattern))
    if type_ == "date":
        return day, made
    return clock if type_ == "time" else datetime.combine(day, clock, zone), made


def _days(pattern: str) -> st.SearchStrategy[date]:
    if "yy" in pattern and "yyyy" not in pattern:
        return st.dates(date(1969, 1, 1), date(2068, 12, 31))
    if "epoch" in pattern:
        return st.dates(date(1000, 1, 1), date(9000, 1, 1))
    return st.dates()


@st.composite
def _clocks(draw: st.DrawFn, pattern: str) -> time:
    clock = draw(st.times())
    if pattern == "epoch":
        return clock.replace(microsecond=0)
    places = 3 if "epoch-millis" in pattern else pattern.count("S")
    step = 10 ** (6 - places)
    whole = "epoch" in pattern
    return clock.replace(
        minute=clock.minute if whole or "m" in pattern else 0,
        second=clock.second if whole or "s" in pattern else 0,
        microsecond=clock.microsecond // step * step,
    )


def _zones(pattern: str | None) -> st.SearchStrategy[timezone | None]:
    minutes = st.integers(-23 * 60, 23 * 60)
    zones = minutes.map(lambda size: timezone(timedelta(minutes=size)) if size else UTC)
    if pattern is None:
        return zones | st.none()
    if "epoch" in pattern or pattern.endswith(("X", "Z")):
        return zones
    return st.none()
