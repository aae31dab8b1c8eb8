"""Reading dates agrees with datetime.strptime wherever the two promise the same."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswalk.values.codecs import Problem, Spelling, codec

SAME = {
    "M/d/yyyy": "%m/%d/%Y",
    "MM/dd/yyyy": "%m/%d/%Y",
    "d.M.yyyy": "%d.%m.%Y",
    "yyyyMMdd": "%Y%m%d",
    "yyyy-MM-dd": "%Y-%m-%d",
    "MMddyy": "%m%d%y",
    "yy/M/d": "%y/%m/%d",
    "dd-MMM-yyyy": "%d-%b-%Y",
    "MMMM d, yyyy": "%B %d, %Y",
    "yyyyDDD": "%Y%j",
    "yyyyMMddHHmmss": "%Y%m%d%H%M%S",
    "M/d/yyyy h:mm a": "%m/%d/%Y %I:%M %p",
    "yyyy-MM-dd HH:mm:ss.SSSSSS": "%Y-%m-%d %H:%M:%S.%f",
    "yyyy-MM-dd HH:mm Z": "%Y-%m-%d %H:%M %z",
}
DAYS = st.dates(date(1969, 1, 1), date(2068, 12, 31))
LOOKS = st.tuples(*[st.integers(0, 40)] * 2, st.integers(1, 9999)).map(
    lambda parts: (
        f"{parts[0]}/{parts[1]}/{parts[2]}",
        f"{parts[0]:02d}/{parts[1]:02d}/{parts[2]:04d}",
    )
)


def ours(pattern: str, text: str) -> datetime | None:
    kind = "datetime" if "H" in pattern or "h" in pattern else "date"
    try:
        value = codec(kind, Spelling(format=pattern)).read(text)
    except Problem:
        return None
    if isinstance(value, datetime):
        return value
    assert isinstance(value, date)
    return datetime(value.year, value.month, value.day)


def theirs(form: str, text: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - no zone is compared
    except ValueError:
        return None


@pytest.mark.parametrize("pattern", sorted(SAME))
@given(moment=st.datetimes(datetime(1969, 1, 1), datetime(2068, 12, 31)))
def test_a_usual_text_means_the_same(pattern: str, moment: datetime) -> None:
    text = moment.strftime(SAME[pattern].replace("%z", "+0530"))
    expected = theirs(SAME[pattern], text)
    assert expected is not None
    assert ours(pattern, text) == expected


@given(texts=LOOKS)
def test_dates_exist_or_not_alike(texts: tuple[str, str]) -> None:
    short, padded = texts
    assert ours("MM/dd/yyyy", padded) == theirs("%m/%d/%Y", padded)
    assert ours("M/d/yyyy", padded) == theirs("%m/%d/%Y", padded)
    if len(short.split("/")[2]) == 4:
        assert ours("M/d/yyyy", short) == theirs("%m/%d/%Y", short)


@given(text=st.text("0123456789/- \n", max_size=11))
def test_what_we_read_they_read_alike(text: str) -> None:
    for pattern in ("M/d/yyyy", "yyyyMMdd", "yyyy-MM-dd", "MMddyy", "yy/M/d"):
        value = ours(pattern, text)
        assert value is None or value == theirs(SAME[pattern], text)


@pytest.mark.parametrize("pattern", ["M/d/yyyy", "yyyyMMdd", "dd-MMM-yyyy", "MMddyy", "yyyy.MM.dd"])
@given(day=DAYS, junk=st.text("0123456789/-.JanFeb ", max_size=10))
def test_the_quick_reader_agrees_with_the_regex(pattern: str, day: date, junk: str) -> None:
    quick = codec("date", Spelling(format=pattern))
    law = codec("date", Spelling(format=f"'x'{pattern}"))  # a literal in front has no quick reader
    for text in (quick.write(day), junk):
        assert _outcome(quick.read, text) == _outcome(law.read, f"x{text}")


def _outcome(read: object, text: str) -> object:
    assert callable(read)
    try:
        return read(text)
    except Problem as problem:
        return problem.code
