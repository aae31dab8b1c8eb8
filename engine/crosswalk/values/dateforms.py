"""Dates and times that a field spells in several ways, which no text may confuse."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from itertools import permutations, product

from crosswalk.values.spelling import BadSpelling, Codec, Problem, Spelling, Value


def several(type: str, spelling: Spelling, codecs: tuple[Codec, ...]) -> Codec:  # noqa: A002
    """Build the codec of a field whose `format` is a list.

    A text is read by the form that fits it; a value is written in the first form that holds it.
    Raises BadSpelling where two forms read one text as different values.
    """
    forms = tuple(str(one.spelling.format) for one in codecs)
    if len(set(forms)) < len(forms):
        raise BadSpelling("format", "a form stands twice", "name each once")
    _refuse_confusion(type, forms, codecs)
    told = f"is not a {type} of the form {' or '.join(forms)}"

    def read(text: str) -> Value:
        wrong = Problem("CW527", told)
        for one in codecs:
            try:
                return one.read(text)
            except Problem as problem:
                wrong = problem if problem.code == "CW528" else wrong
        raise wrong

    def write(value: Value) -> str:
        problems = []
        for one in codecs:
            try:
                return one.write(value)
            except Problem as problem:
                problems.append(problem)
        raise problems[0]

    return Codec(type, spelling, read, write, None)


def _refuse_confusion(type: str, forms: Sequence[str], codecs: Sequence[Codec]) -> None:  # noqa: A002
    for (form, one), (other, two) in permutations(zip(forms, codecs, strict=True), 2):
        for value in _samples(type):
            try:
                text = one.write(value)
                meant = two.read(text)
            except Problem:
                continue
            if meant != value:
                message = f"'{text}' is one {type} as {form} and another as {other}"
                raise BadSpelling("format", message, "keep one of them")


@cache
def _samples(type: str) -> tuple[Value, ...]:  # noqa: A002
    """Give moments among which any two forms differ that can be confused."""
    if type == "time":
        return tuple(time(*one) for one in product(range(24), (0, 7, 12, 59), (0, 30)))
    if type == "date":
        return tuple(_days((1999, 2003, 2012, 2031), (*range(1, 14), 28)))
    clocks = (time(0), time(9, 5), time(21, 5, 7), time(13, 30, 59, 500_000), time(1, 2, 3, 4))
    zones = (None, UTC, timezone(timedelta(hours=5, minutes=30)))
    days = _days((2003, 2012), (1, 2, 11, 12, 13))
    return tuple(datetime.combine(*one) for one in product(days, clocks, zones))


def _days(years: Sequence[int], days: Sequence[int]) -> Iterator[date]:
    return (date(*one) for one in product(years, range(1, 13), days))
