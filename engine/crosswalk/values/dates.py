"""Text forms of date, time and datetime: patterns compiled once into readers and writers.

Without a pattern the form is ISO 8601: `2021-02-14`, `09:30:00`, `2021-02-14T09:30:00`, the last
two with up to six decimals of the second, the last with an offset (Z or +05:30) when the value
has one. `epoch` and `epoch-millis` are whole seconds or milliseconds since 1970 in UTC. What a
form has no place for (seconds, an offset) is refused when written, never dropped.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone

from crosswalk.values.dateforms import several
from crosswalk.values.datepatterns import MONTHS, PIVOT, Piece, read_pattern
from crosswalk.values.datewriters import iso_writer, pattern_writer
from crosswalk.values.spelling import BadSpelling, Codec, Problem, Spelling, Value, refuse_options

ISO = {"date": "yyyy-MM-dd", "time": "HH:mm:ss", "datetime": "yyyy-MM-dd'T'HH:mm:ss"}
_Moment = date | time | datetime
_Read = Callable[[str], _Moment]

_FAST_DATE = (
    "(?!0000)[0-9]{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    "|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_FAST_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_FAST_FRACTION = r"(?:\.(?!000000)[0-9]{6})?"
_FAST_OFFSET = "(?:Z|[+-](?!00:00)(?:[01][0-9]|2[0-3]):[0-5][0-9])?"
_FAST = {"date": _FAST_DATE, "time": _FAST_TIME, "datetime": f"{_FAST_DATE}T{_FAST_TIME}"}
_FAST_ISO = {
    "date": _FAST_DATE,
    "time": _FAST_TIME + _FAST_FRACTION,
    "datetime": f"{_FAST_DATE}T{_FAST_TIME}{_FAST_FRACTION}{_FAST_OFFSET}",
}


def date_codec(type: str, spelling: Spelling) -> Codec:  # noqa: A002
    """Build the codec of a date, time or datetime. Raises BadSpelling."""
    refuse_options(type, spelling, ("format",))
    pattern = spelling.format
    if isinstance(pattern, tuple):
        made = tuple(date_codec(type, Spelling(format=one)) for one in pattern)
        return several(type, spelling, made)
    framed = None if pattern is None else _FRAMED.fullmatch(pattern)
    if framed is not None:
        if type != "datetime":
            remedy = f"use type: datetime, or a pattern such as {ISO[type]}"
            raise BadSpelling("format", f"a {type} has no {framed['unit']}", remedy)
        unit, name = EPOCHS[framed["unit"]]
        read, write = _epoch(unit, name, framed["before"] or "", framed["after"] or "")
        return Codec(type, spelling, read, write, None)
    if pattern is None:
        read, write = _iso_reader(type), iso_writer(type)
        return Codec(type, spelling, read, write, _FAST_ISO[type])
    pieces = read_pattern(type, pattern)
    read, write = _reader(type, pattern, pieces), pattern_writer(type, pieces)
    return Codec(type, spelling, read, write, _FAST[type] if pattern == ISO[type] else None)


def _reader(type: str, pattern: str, pieces: tuple[Piece, ...]) -> _Read:  # noqa: A002
    expression = "".join(
        re.escape(piece.text) if piece.letters is None else f"({piece.letters.regex})"
        for piece in pieces
    )
    slots = tuple(piece.letters.slot for piece in pieces if piece.letters is not None)
    read = _matcher(type, expression, slots, f"is not a {type} of the form {pattern}")
    return _table_reader(pieces, read) or read


def _matcher(type: str, expression: str, slots: tuple[str, ...], refusal: str) -> _Read:  # noqa: A002
    """Read by a regex whose groups are the slots; every text form has this reader as its law."""
    match, build = re.compile(expression, re.ASCII).fullmatch, _BUILD[type]

    def read(text: str) -> _Moment:
        found = match(text)
        if found is None:
            raise Problem("CW527", refusal)
        try:
            return build(dict(zip(slots, found.groups(), strict=True)))
        except (ValueError, OverflowError):
            raise Problem("CW528", f"is no {type} that exists") from None

    return read


_Parts = dict[str, str]


def _build_date(parts: _Parts) -> date:
    text = parts["year"]
    year = int(text) if len(text) == len("yyyy") else _pivot(int(text))
    days = parts.get("day of the year")
    if days is None:
        return date(year, _month(parts["month"]), int(parts["day"]))
    found = date(year, 1, 1) + timedelta(days=int(days) - 1)
    if found.year != year:
        raise ValueError(days)
    return found


def _pivot(short: int) -> int:
    return PIVOT + (short - PIVOT) % 100


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTH_NUMBERS[text[:3].lower()]


_MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}


def _build_time(parts: _Parts) -> time:
    fraction = (parts.get("fraction") or "").ljust(6, "0")
    minute, second = int(parts.get("minute", "0")), int(parts.get("second", "0"))
    return time(_hour(parts), minute, second, int(fraction))


def _hour(parts: _Parts) -> int:
    if "hour" in parts:
        return int(parts["hour"])
    hour = int(parts["hour of the half day"])
    if not 1 <= hour <= 12:  # noqa: PLR2004 - the clock's face
        raise ValueError(hour)
    return hour % 12 + (12 if parts["half day"].lower() == "pm" else 0)


def _build_datetime(parts: _Parts) -> datetime:
    zone = _zone(parts.get("offset"))
    return datetime.combine(_build_date(parts), _build_time(parts), zone)


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - the clock's face
        raise ValueError(text)
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if text[0] == "-" else size) if size else UTC


_BUILD: dict[str, Callable[[_Parts], _Moment]] = {
    "date": _build_date,
    "time": _build_time,
    "datetime": _build_datetime,
}


def _table_reader(pieces: tuple[Piece, ...], law: _Read) -> _Read | None:
    """Give a reader without a regex for three parts between equal separators, or at fixed places.

    Every text that its tables do not know goes to `law`, which decides (execution, section 1).
    """
    parts = [piece for piece in pieces if piece.letters is not None]
    tables = [_table(piece.text) for piece in parts]
    slots = [piece.letters.slot for piece in parts if piece.letters is not None]
    if sorted(slots) != ["day", "month", "year"]:
        return None
    order = (slots.index("year"), slots.index("month"), slots.index("day"))
    literals = [piece.text for piece in pieces if piece.letters is None]
    split = len(pieces) == 5 and pieces[0].letters and pieces[4].letters  # noqa: PLR2004
    if split and literals[0] == literals[1]:
        return _split_reader(literals[0], tables, order, law)
    fixed = not any(piece.letters and piece.letters.open_ended for piece in parts)
    if not literals and fixed and not any("MMMM" in piece.text for piece in parts):
        return _slice_reader([len(piece.text) for piece in parts], tables, order, law)
    return None


_Table = dict[str, int]
_Order = tuple[int, int, int]


def _table(letters: str) -> _Table:
    """Give the usual texts of a part of a date and what they mean."""
    if letters[0] == "y":
        years = range(PIVOT, PIVOT + 100) if letters == "yy" else range(1900, 2200)
        return {str(year)[-len(letters) :]: year for year in years}
    if letters in ("MMM", "MMMM"):
        size = 3 if letters == "MMM" else None
        return {name[:size]: number for number, name in enumerate(MONTHS, 1)}
    numbers = range(1, 13 if letters[0] == "M" else 32)
    padded = {f"{number:02d}": number for number in numbers}
    return padded if len(letters) > 1 else padded | {str(number): number for number in numbers}


def _split_reader(separator: str, tables: list[_Table], order: _Order, law: _Read) -> _Read:
    first, second, third = tables
    year, month, day = order

    def read(text: str) -> _Moment:
        try:
            one, two, three = text.split(separator)
            parts = (first[one], second[two], third[three])
            return date(parts[year], parts[month], parts[day])
        except (KeyError, ValueError):
            return law(text)

    return read


def _slice_reader(widths: list[int], tables: list[_Table], order: _Order, law: _Read) -> _Read:
    first, second, third = tables
    year, month, day = order
    start, end = widths[0], widths[0] + widths[1]

    def read(text: str) -> _Moment:
        try:
            parts = (first[text[:start]], second[text[start:end]], third[text[end:]])
            return date(parts[year], parts[month], parts[day])
        except (KeyError, ValueError):
            return law(text)

    return read


# ---------------------------------------------------------------------------------- ISO and epoch

_ISO_TIME = r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?"
_ISO_TEXT: dict[str, tuple[str, tuple[str, ...]]] = {
    "date": ("([0-9]{4})-([0-9]{2})-([0-9]{2})", ("year", "month", "day")),
    "time": (_ISO_TIME, ("hour", "minute", "second", "fraction")),
    "datetime": (
        f"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})T{_ISO_TIME}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?",
        ("year", "month", "day", "hour", "minute", "second", "fraction", "offset"),
    ),
}
_FROM_ISO: dict[str, Callable[[str], _Moment]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def _iso_reader(type: str) -> _Read:  # noqa: A002
    """Read usual texts by the standard library, all others by the regex."""
    law = _matcher(type, *_ISO_TEXT[type], f"is not a {type} of the form {ISO[type]}")
    usual, convert = re.compile(_FAST_ISO[type], re.ASCII).fullmatch, _FROM_ISO[type]
    return lambda text: convert(text) if usual(text) else law(text)


EPOCHS = {
    "epoch": (timedelta(seconds=1), "seconds"),
    "epoch-millis": (timedelta(milliseconds=1), "milliseconds"),
}
_FRAMED = re.compile("(?:'(?P<before>[^']*)')?(?P<unit>epoch-millis|epoch)(?:'(?P<after>[^']*)')?")
"""Forms of a moment that are numbers, their unit and the text around them."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _epoch(
    unit: timedelta, name: str, before: str, after: str
) -> tuple[_Read, Callable[[Value], str]]:
    """Read and write a count since 1970, with what stands around it: `'/Date('epoch-millis')/'`."""
    pattern = f"{re.escape(before)}(-?[0-9]{{1,18}}){re.escape(after)}"
    match = re.compile(pattern, re.ASCII).fullmatch
    around = f" between '{before}' and '{after}'" if before or after else ""

    def read(text: str) -> datetime:
        found = match(text)
        if found is None:
            raise Problem("CW527", f"is not a whole number of {name}{around}")
        try:
            return _EPOCH + int(found[1]) * unit
        except OverflowError:
            raise Problem("CW528", "is no datetime that exists") from None

    def write(value: Value) -> str:
        if not isinstance(value, datetime):
            raise Problem("CW531", "is not a datetime")
        if value.utcoffset() is None:
            raise Problem("CW529", f"has no offset from UTC, which {name} since 1970 need")
        count, rest = divmod(value - _EPOCH, unit)
        if rest:
            raise Problem("CW529", f"is not a whole number of {name}")
        return f"{before}{count}{after}"

    return read, write
