"""Patterns of dates and times: letters with a closed meaning, checked with a proposal.

    yyyy yy        year; yy is 1969 to 2068 (the POSIX pivot: 69 is 1969, 68 is 2068)
    MMMM MMM MM M  month: January, Jan, 01, 1 (names are English, read in any case)
    dd d DDD       day of the month: 01, 1; day of the year: 001
    HH H hh h a    hour 0-23; hour 1-12 with AM or PM (read in any case)
    mm m ss s      minute, second
    S to SSSSSS    decimals of the second, as many as letters
    X XX XXX Z     offset: Z or +05 or +0530; Z or +0530; Z or +05:30; +0530

Single letters take one or two digits when read and are written without a zero. Other letters
stand between apostrophes, two apostrophes are one; other characters stand for themselves.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from crosswalk.values.spelling import BadSpelling

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
PIVOT = 1969
"""The first of the hundred years that yy can mean."""

_SHORT = "|".join(name[:3] for name in MONTHS)


class Letters(NamedTuple):
    """What a run of letters stands for, and the regex of its text."""

    slot: str
    regex: str

    @property
    def open_ended(self) -> bool:
        """Whether one or two digits may be read."""
        return self.regex.endswith("{1,2}")


LETTERS: dict[str, Letters] = {
    "yyyy": Letters("year", "[0-9]{4}"),
    "yy": Letters("year", "[0-9]{2}"),
    "MMMM": Letters("month", f"(?i:{'|'.join(MONTHS)})"),
    "MMM": Letters("month", f"(?i:{_SHORT})"),
    "MM": Letters("month", "[0-9]{2}"),
    "M": Letters("month", "[0-9]{1,2}"),
    "dd": Letters("day", "[0-9]{2}"),
    "d": Letters("day", "[0-9]{1,2}"),
    "DDD": Letters("day of the year", "[0-9]{3}"),
    "HH": Letters("hour", "[0-9]{2}"),
    "H": Letters("hour", "[0-9]{1,2}"),
    "hh": Letters("hour of the half day", "[0-9]{2}"),
    "h": Letters("hour of the half day", "[0-9]{1,2}"),
    "a": Letters("half day", "(?i:AM|PM)"),
    "mm": Letters("minute", "[0-9]{2}"),
    "m": Letters("minute", "[0-9]{1,2}"),
    "ss": Letters("second", "[0-9]{2}"),
    "s": Letters("second", "[0-9]{1,2}"),
    **{"S" * count: Letters("fraction", f"[0-9]{{{count}}}") for count in range(1, 7)},
    "X": Letters("offset", "Z|[+-][0-9]{2}(?:[0-9]{2})?"),
    "XX": Letters("offset", "Z|[+-][0-9]{4}"),
    "XXX": Letters("offset", "Z|[+-][0-9]{2}:[0-9]{2}"),
    "Z": Letters("offset", "[+-][0-9]{4}"),
}

_DATE = {"year", "month", "day", "day of the year"}
_TIME = {"hour", "hour of the half day", "half day", "minute", "second", "fraction"}
_SLOTS = {"date": _DATE, "time": _TIME, "datetime": _DATE | _TIME | {"offset"}}
_WANTED = {
    "date": "a date needs year, month and day, or year and day of the year",
    "time": "a time needs an hour, and hours from 1 to 12 need a (AM or PM)",
    "datetime": "a datetime needs year, month, day and hour",
}
_ALPHABET = "yyyy yy MMMM MMM MM M dd d DDD HH H hh h a mm m ss s S X XX XXX Z"
_NEEDS = {
    "fraction": "second",
    "second": "minute",
    "half day": "hour of the half day",
    "hour of the half day": "half day",
}


class Piece(NamedTuple):
    """A part of a pattern: letters with a meaning, or literal text (`letters` is None)."""

    text: str
    letters: Letters | None


_TOKEN = re.compile(r"'((?:[^']|'')*)'|(([A-Za-z])\3*)|([^A-Za-z']+)")


def read_pattern(type: str, pattern: str) -> tuple[Piece, ...]:  # noqa: A002
    """Take a pattern of a date, time or datetime apart. Raises BadSpelling with a proposal."""
    fault = _fault(type, pattern)
    if fault:
        raise BadSpelling("format", fault, _remedy(type, pattern))
    return _pieces(pattern)


def _remedy(type: str, pattern: str) -> str:  # noqa: A002
    better = _proposal(type, pattern)
    if better:
        return f"write {better}"
    for other in _SLOTS:
        better = _proposal(other, pattern)
        if better:
            return f"use type: {other} with format: {better}"
    return f"{_WANTED[type]}; the letters are {_ALPHABET}"


def _pieces(pattern: str) -> tuple[Piece, ...]:
    pieces = []
    for quoted, run, _, other in _TOKEN.findall(pattern):
        if run:
            pieces.append(Piece(run, LETTERS.get(run, Letters("", ""))))
        else:
            pieces.append(Piece(other or quoted.replace("''", "'") or "'", None))
    return tuple(pieces)


def _fault(type: str, pattern: str) -> str:  # noqa: A002
    """Say what is wrong with a pattern, or nothing."""
    if not pattern.isprintable() or not re.fullmatch(f"(?:{_TOKEN.pattern})+", pattern):
        return f"'{pattern}' is not a pattern: an apostrophe is not closed, or it is empty"
    pieces = _pieces(pattern)
    slots = []
    for text, letters in pieces:
        if letters is not None:
            if not letters.slot:
                return f"'{text}' means nothing in a pattern"
            slots.append(letters.slot)
    return _slots_fault(type, slots) or _joint_fault(pieces)


def _slots_fault(type: str, slots: list[str]) -> str:  # noqa: A002
    given = set(slots)
    for slot in slots:
        if slots.count(slot) > 1:
            return f"the pattern has the {slot} twice"
        if slot not in _SLOTS[type]:
            return f"a {type} has no {slot}"
        if slot in _NEEDS and _NEEDS[slot] not in given:
            return f"the pattern has the {slot} without the {_NEEDS[slot]}"
    return _date_fault(type, given) or _time_fault(type, given)


def _date_fault(type: str, given: set[str]) -> str:  # noqa: A002
    if type == "time":
        return ""
    if "day of the year" in given and given & {"month", "day"}:
        return "the pattern has the day of the year beside month or day"
    wanted = {"year", "day of the year"} if "day of the year" in given else {"year", "month", "day"}
    missing = sorted(wanted - given)
    return f"the pattern has no {missing[0]}" if missing else ""


def _time_fault(type: str, given: set[str]) -> str:  # noqa: A002
    if type == "date":
        return ""
    if "hour" in given and "half day" in given:
        return "the pattern has an hour from 0 to 23 (H) beside AM or PM (a)"
    if not given & {"hour", "hour of the half day"}:
        return "the pattern has no hour"
    return ""


def _joint_fault(pieces: tuple[Piece, ...]) -> str:
    """Find one or two digits that run into the next digits, so that no reader can part them."""
    for piece, following in pairwise(pieces):
        if piece.letters is None or not piece.letters.open_ended:
            continue
        after = following.letters
        if (after and "[0-9]" in after.regex and after.slot != "offset") or (
            after is None and "0" <= following.text[0] <= "9"
        ):
            return f"'{piece.text}' may take two digits and runs into what follows"
    return ""


_STRFTIME = {
    "%Y": "yyyy",
    "%y": "yy",
    "%m": "MM",
    "%d": "dd",
    "%H": "HH",
    "%I": "hh",
    "%M": "mm",
    "%S": "ss",
    "%p": "a",
    "%b": "MMM",
    "%B": "MMMM",
    "%f": "SSSSSS",
    "%j": "DDD",
    "%z": "Z",
    "%-m": "M",
    "%-d": "d",
    "%-H": "H",
    "%-I": "h",
}
_WORDS = (
    (r"hh24", "HH"),
    (r"hh12", "hh"),
    (r"(?<![A-Za-z])mi(?![A-Za-z])", "mm"),
    (r"month", "MMMM"),
    (r"mon", "MMM"),
    (r"am/pm|am|pm|tt", "a"),
)


_PAIR = 2


def _proposal(type: str, pattern: str) -> str:  # noqa: A002
    """Give the pattern that was probably meant: other notations and wrong case put right."""
    text = re.sub(r"%-?[A-Za-z]", lambda m: _STRFTIME.get(m[0], m[0]), pattern)
    for word, letters in _WORDS:
        text = re.sub(f"(?i:{word})", letters, text)
    tokens = [(token[0], token[2]) for token in _TOKEN.finditer(text)]
    half = any(run == "a" for _, run in tokens)
    seen: set[str] = set()
    mended = [_mend(type, run, seen, half=half) if run else text for text, run in tokens]
    doubled = [run * _PAIR if run in LETTERS and len(run) == 1 else run for run in mended]
    for choice in ("".join(mended), "".join(doubled)):
        if not _fault(type, choice):
            return choice
    return ""


def _mend(type: str, run: str, seen: set[str], *, half: bool) -> str:  # noqa: A002
    """Give the letters meant by a run, by what stood before it."""
    letter, upper, lower = run[0].lower(), run.upper(), run.lower()
    minute = type == "time" or (type == "datetime" and "h" in seen)
    meant = {
        "y": "yy" if len(run) == _PAIR else "yyyy",
        "m": lower if minute and len(run) <= _PAIR else upper,
        "d": lower if len(run) <= _PAIR else upper,
        "h": lower if half else upper,
        "s": upper if "s" in seen else lower,
        "a": "a",
        "t": "'T'",
    }
    seen.add(letter)
    return meant.get(letter, run)
