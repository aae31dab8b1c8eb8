"""Writing dates, times and datetimes: a pattern becomes a template and the parts to fill it with.

A writer refuses what its form cannot hold, so that reading the text gives the value again.
"""

import builtins
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from operator import attrgetter

from crosswalk.values.datepatterns import MONTHS, PIVOT, Piece
from crosswalk.values.spelling import Problem, Value

_Moment = date | time | datetime
_Guard = Callable[[_Moment], str]
_Get = Callable[..., object] | str
"""How a part is taken from a moment: a function, or the name of an attribute."""

_MICROSECONDS = 6

_SHOW: dict[str, tuple[str, _Get]] = {
    "yyyy": ("%04d", "year"),
    "yy": ("%02d", lambda moment: moment.year % 100),
    "MMMM": ("%s", lambda moment: MONTHS[moment.month - 1]),
    "MMM": ("%s", lambda moment: MONTHS[moment.month - 1][:3]),
    "MM": ("%02d", "month"),
    "M": ("%d", "month"),
    "dd": ("%02d", "day"),
    "d": ("%d", "day"),
    "DDD": ("%03d", lambda moment: moment.timetuple().tm_yday),
    "HH": ("%02d", "hour"),
    "H": ("%d", "hour"),
    "hh": ("%02d", lambda moment: (moment.hour - 1) % 12 + 1),
    "h": ("%d", lambda moment: (moment.hour - 1) % 12 + 1),
    "a": ("%s", lambda moment: "PM" if moment.hour >= 12 else "AM"),  # noqa: PLR2004
    "mm": ("%02d", "minute"),
    "m": ("%d", "minute"),
    "ss": ("%02d", "second"),
    "s": ("%d", "second"),
    "X": ("%s", lambda moment: _offset(moment, "").removesuffix("00") or "Z"),
    "XX": ("%s", lambda moment: _offset(moment, "") or "Z"),
    "XXX": ("%s", lambda moment: _offset(moment, ":") or "Z"),
    "Z": ("%s", lambda moment: _offset(moment, "") or "+0000"),
}


def _fraction(count: int) -> tuple[str, _Get]:
    return f"%0{count}d", lambda moment: moment.microsecond // 10 ** (_MICROSECONDS - count)


def _offset(moment: datetime, colon: str) -> str:
    """Give the offset as +05:30, or nothing for UTC."""
    size = moment.utcoffset()
    if not size:
        return ""
    minutes = abs(size) // timedelta(minutes=1)
    return f"{'-' if size < timedelta(0) else '+'}{minutes // 60:02d}{colon}{minutes % 60:02d}"


def pattern_writer(type: str, pieces: tuple[Piece, ...]) -> Callable[[Value], str]:  # noqa: A002
    """Compile a pattern into a writer of values of its type."""
    shown = [_show(piece) for piece in pieces]
    template = "".join(text for text, _ in shown)
    getters = [get for _, get in shown if get is not None]
    take = _taker(getters)
    guards = _guards(type, {piece.text for piece in pieces if piece.letters is not None})

    def write(value: Value) -> str:
        moment = _typed(type, value)
        for guard in guards:
            reason = guard(moment)
            if reason:
                raise Problem("CW529", reason)
        return template % take(moment)

    def write_date(value: Value) -> str:
        return template % take(value) if builtins.type(value) is date else write(value)

    return write_date if type == "date" and not guards else write


def _show(piece: Piece) -> tuple[str, _Get | None]:
    if piece.letters is None:
        return piece.text.replace("%", "%%"), None
    return _fraction(len(piece.text)) if piece.text[0] == "S" else _SHOW[piece.text]


def _taker(getters: list[_Get]) -> Callable[..., tuple[object, ...]]:
    """Give the function that takes all parts of a moment; attributes are taken in one step."""
    names = [get for get in getters if isinstance(get, str)]
    if len(names) == len(getters) > 1:
        return attrgetter(*names)
    functions = [attrgetter(get) if isinstance(get, str) else get for get in getters]
    return lambda moment: tuple([get(moment) for get in functions])


def _typed(type: str, value: Value) -> _Moment:  # noqa: A002
    """Give the value if it is of the type; a datetime is not a date, a time has no offset."""
    if type == "datetime" and isinstance(value, datetime):
        return value
    if type == "date" and isinstance(value, date) and not isinstance(value, datetime):
        return value
    if type == "time" and isinstance(value, time):
        if value.tzinfo is not None:
            raise Problem("CW529", "has a time zone, which a time cannot hold")
        return value
    raise Problem("CW531", f"is not a {type}")


def _guards(type: str, letters: set[str]) -> tuple[_Guard, ...]:  # noqa: A002
    """Give the checks of what the letters have no place for."""
    guards: list[_Guard] = [_year_guard] if "yy" in letters else []
    if type == "date":
        return tuple(guards)
    guards += [
        _part_guard(part) for part in ("minute", "second") if not letters & {part[0], part[0] * 2}
    ]
    guards.append(_fraction_guard(max((len(run) for run in letters if run[0] == "S"), default=0)))
    if type == "datetime":
        guards.append(_zone_guard if letters & {"X", "XX", "XXX", "Z"} else _naive_guard)
    return tuple(guards)


def _year_guard(moment: _Moment) -> str:
    year: int = getattr(moment, "year")  # noqa: B009 - a time never comes here
    held = PIVOT <= year < PIVOT + 100
    return "" if held else f"has a year that two digits cannot hold ({PIVOT} to {PIVOT + 99})"


def _part_guard(part: str) -> _Guard:
    return lambda moment: (
        f"has {part}s, which the form cannot hold" if getattr(moment, part) else ""
    )


def _fraction_guard(count: int) -> _Guard:
    step = 10 ** (_MICROSECONDS - count)
    reason = "has decimals of the second, which the form cannot hold"
    return lambda moment: reason if getattr(moment, "microsecond") % step else ""  # noqa: B009


def _zone_guard(moment: _Moment) -> str:
    size = moment.utcoffset() if isinstance(moment, datetime) else None
    if size is None:
        return "has no offset from UTC, which the form needs"
    return "has an offset with seconds, which cannot be written" if size.seconds % 60 else ""


def _naive_guard(moment: _Moment) -> str:
    zoned = isinstance(moment, datetime) and moment.utcoffset() is not None
    return "has an offset from UTC, which the form cannot hold" if zoned else ""


def iso_writer(type: str) -> Callable[[Value], str]:  # noqa: A002
    """Give the writer of the canonical form; UTC is written Z."""

    def write(value: Value) -> str:
        moment = _typed(type, value)
        if not isinstance(moment, datetime) or moment.utcoffset() is None:
            return moment.isoformat()
        reason = _zone_guard(moment)
        if reason:
            raise Problem("CW529", reason)
        return moment.isoformat().removesuffix("+00:00") + ("" if moment.utcoffset() else "Z")

    return write
