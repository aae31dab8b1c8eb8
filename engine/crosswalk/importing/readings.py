"""What the values of one column can be read as, and whether that is one thing only.

A reading must read every value and write each again as it stands; so no proposed type can change a
value of the sample. Where two readings give different values, both are told and none is taken.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crosswalk.values.codecs import Problem, Spelling, codec
from crosswalk.values.spelling import Value

_DAYS = (
    *("yyyy-MM-dd", "MM/dd/yyyy", "dd/MM/yyyy", "M/d/yyyy", "d/M/yyyy", "dd.MM.yyyy", "d.M.yyyy"),
    *("MM-dd-yyyy", "dd-MM-yyyy", "M-d-yyyy", "d-M-yyyy", "yyyy/MM/dd", "yyyy.MM.dd"),
    *("dd-MMM-yyyy", "d-MMM-yyyy", "dd MMM yyyy", "d MMM yyyy", "MMM d, yyyy", "MMM dd, yyyy"),
    *("MMMM d, yyyy", "d MMMM yyyy", "MM/dd/yy", "dd/MM/yy", "M/d/yy", "d/M/yy", "dd.MM.yy"),
    *("d.M.yy", "yy-MM-dd", "dd-MMM-yy", "d-MMM-yy"),
)
_CLOCKS = ("HH:mm:ss", "HH:mm", "H:mm:ss", "H:mm", "hh:mm:ss a", "h:mm:ss a", "hh:mm a", "h:mm a")
_JOINTS = (" ", "'T'")
_PARTS = (".SSS", ".SSSSSS", "")
"""Decimals of the second."""
_SHORT = re.compile(r"[A-Z0-9][A-Z0-9_./-]{0,19}")
_WHOLE = re.compile(r"-?\d+")
_DIGITS = re.compile(r"\d+")
_EIGHT = re.compile(r"\d{8}")
_DAY_WORD = re.compile(r"date|datum|day|\bdt|due|posted|fecha", re.IGNORECASE)
_COUNT_WORD = re.compile(
    r"(?<!ac)(?<!dis)count(?!r|y|er)|quantity|qty|number of"
    r"|\bunits\b|\blines\b|\bitems\b|\bsequence",
    re.IGNORECASE,
)
_NAME_WORD = re.compile(
    r"\b(?:id|no|nr|number|num|account|acct|code|zip|postal|phone|tel|ref|reference|invoice|key"
    r"|iban|bic|routing|check|customer|type|tag|status|trace)\b|id$|\bid|_id|#",
    re.IGNORECASE,
)
_AMOUNT_WORD = re.compile(
    r"amount|total|balance|price|fee|net|gross|paid|charge|credit|debit|tax|\bdue\b|cost|betrag"
    r"|saldo|value",
    re.IGNORECASE,
)
CENTS = "an amount in whole units (money), or in cents (money with point: implied)?"
_LONGEST = 40
_CENTURY = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Reading:
    """A proposed type with its spelling keys; `doubt` says what a person must decide."""

    type: str = "text"
    keys: Mapping[str, str] = field(default_factory=dict)
    doubt: str = ""


def reading_of(name: str, texts: Iterable[str]) -> Reading:
    """Propose a type for a column by its values; its name decides only between exact readings."""
    values = list(dict.fromkeys(text for text in texts if text.strip()))
    if not values:
        return Reading(doubt="there is no value in the sample")
    if set(values) <= {"true", "false"}:
        return Reading("boolean", {"format": "true/false"})
    if all(map(_WHOLE.fullmatch, values)):
        return _whole(name, values)
    return Reading() if max(map(len, values)) > _LONGEST else _marked(values)


def _marked(values: Sequence[str]) -> Reading:
    """Decide on values that are no whole numbers."""
    found = _distinct(values, _moments(values[0])) or _distinct(values, _numbers(values))
    if not found:
        short = all(map(_SHORT.fullmatch, values))
        return Reading("code" if short else "text")
    if len(found) > 1:
        return Reading(doubt=f"is it {' or '.join(map(_words, found))}? {_example(found, values)}")
    return found[0]


def _words(one: Reading) -> str:
    told = ", ".join(f"{key} {value}" for key, value in one.keys.items())
    return f"{one.type} ({told})" if told else one.type


def _example(found: Sequence[Reading], values: Sequence[str]) -> str:
    """Show a value that the first two readings read differently."""
    first, second = map(_Codec, found[:2])
    text = next((one for one in values if first.read(one) != second.read(one)), values[0])
    return f"'{text}' is {first.read(text)} or {second.read(text)}"


class _Codec:
    """A reading at work: reads a text, or raises Problem."""

    def __init__(self, one: Reading) -> None:
        keys = {key: int(value) if key == "decimals" else value for key, value in one.keys.items()}
        self._codec = codec(one.type, Spelling(**keys))  # type: ignore[arg-type]

    def read(self, text: str) -> Value:
        return self._codec.read(text)

    def same(self, text: str) -> Value | None:
        """Give the value of a text that is written again as it stands; None for any other."""
        try:
            value = self._codec.read(text)
            return value if self._codec.write(value) == text else None
        except Problem:
            return None


def _distinct(values: Sequence[str], candidates: Iterable[Reading]) -> list[Reading]:
    """Give the readings that read all values, one for each way in which the values differ."""
    found: dict[tuple[object, ...], Reading] = {}
    for one in candidates:
        made: list[object] = []
        at_work = _Codec(one)
        for text in values:
            value = at_work.same(text)
            if value is None:
                break
            made.append(value)
        else:
            found.setdefault(tuple(made), one)
    return list(found.values())


def _moments(text: str) -> Iterator[Reading]:
    """Give the dates, times and both together whose signs stand as in a text."""
    zone = _ZONE.search(text)
    rest = text[: zone.start()] if zone else text
    marks = _MARKS.sub("", rest)
    for kind, pattern in _FORMS.get(marks, ()):
        if zone is None:
            yield Reading(kind, {"format": pattern})
        elif kind == "datetime":
            yield from (Reading(kind, {"format": pattern + one}) for one in _zones(zone[0]))


def _zones(text: str) -> tuple[str, ...]:
    blank = " " if text.startswith(" ") else ""
    forms = ("XXX",) if ":" in text or text.strip() == "Z" else ("XX", "Z")
    return tuple(blank + one for one in forms)


_MARKS = re.compile(r"[^\W_]+")
_ZONE = re.compile(r"(?<=\d) ?(?:Z|[+-]\d\d:?\d\d)$")


def _forms() -> dict[str, list[tuple[str, str]]]:
    """Give the patterns of dates and times by the signs between their letters and digits."""
    found: dict[str, list[tuple[str, str]]] = {}
    clocks = [one + part for one in _CLOCKS for part in (_PARTS if one[-1] == "s" else ("",))]
    every = [("date", one) for one in _DAYS] + [("time", one) for one in clocks]
    every += [
        ("datetime", f"{day}{joint}{one}") for day in _DAYS for joint in _JOINTS for one in clocks
    ]
    for kind, pattern in every:
        found.setdefault(_MARKS.sub("", pattern.replace("'", "")), []).append((kind, pattern))
    return found


_FORMS = _forms()


def _numbers(values: Sequence[str]) -> Iterator[Reading]:
    """Give the spellings of numbers that the signs in the values allow, the simplest first."""
    seen = set("".join(values))
    if not seen & set("0123456789") or not seen <= _SIGNS:
        return
    symbols = [sign for sign in "$€£" if sign in seen] or [""]
    groups = ["", *(one for one in (",", ".", " ", "'") if one in seen)]
    signs = ["leading", *(["trailing"] if "-" in seen else [])]
    signs = ["parentheses"] if "(" in seen else ["explicit"] if "+" in seen else signs
    for point in (".", ","):
        for group in groups:
            for sign in signs:
                for symbol in symbols:
                    if group != point:
                        yield from _number(values, (point, group, sign, symbol))


_SIGNS = set("0123456789.,-+()$€£' ")


def _number(values: Sequence[str], signs: tuple[str, str, str, str]) -> Iterator[Reading]:
    point, group, sign, symbol = signs
    keys = {"point": point} if point != "." else {}
    keys |= {"group": group} if group else {}
    keys |= {"sign": sign} if sign != "leading" else {}
    keys |= {"symbol": symbol} if symbol else {}
    places = {len(found[1]) if (found := _fraction(one, point)) else 0 for one in values}
    if places == {_CENTS}:
        yield Reading("money", keys)
    yield Reading("decimal", keys)


_CENTS = 2


def _fraction(text: str, point: str) -> re.Match[str] | None:
    return re.search(rf"{re.escape(point)}(\d+)\D*$", text)


def by_name(name: str) -> str:
    """Tell what a column counts, names or amounts to, by the words of its header; or nothing."""
    if _COUNT_WORD.search(name):
        return "count"
    if _NAME_WORD.search(name):
        return "name"
    return "amount" if _AMOUNT_WORD.search(name) else ""


def _whole(name: str, values: Sequence[str]) -> Reading:
    """Decide on whole numbers: a code keeps every digit, so it is taken where nothing is sure."""
    if any(len(one.lstrip("-")) > 1 and one.lstrip("-").startswith("0") for one in values):
        return _zeros(name, values)
    if all(map(_EIGHT.fullmatch, values)) and _DAY_WORD.search(name):
        return _eight(values)
    if _COUNT_WORD.search(name):
        return Reading("integer")
    if _AMOUNT_WORD.search(name) and not _NAME_WORD.search(name):
        return Reading(
            "code", doubt="an amount in whole units (money) or in cents (point: implied)?"
        )
    if _NAME_WORD.search(name) and all(map(_DIGITS.fullmatch, values)):
        return Reading("code")
    return Reading("code", doubt="digits: a code, or an integer to compute with?")


def _zeros(name: str, values: Sequence[str]) -> Reading:
    same = len(set(map(len, values))) == 1
    if same and _AMOUNT_WORD.search(name):
        return Reading("code", doubt="digits with zeros in front: a code, or an amount?")
    if same and _DAY_WORD.search(name) and len(values[0]) in (6, 8):
        doubt = f"{len(values[0])} digits: a date, in which order of year, month and day?"
        return Reading("code", doubt=doubt)
    return Reading("code")


def _eight(values: Sequence[str]) -> Reading:
    orders = ("yyyyMMdd", "MMddyyyy", "ddMMyyyy")
    found = [
        one
        for one in _distinct(values, (Reading("date", {"format": order}) for order in orders))
        if all(_year(_Codec(one).read(text)) in _CENTURY for text in values)
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        return Reading("code", doubt="8 digits that are no dates: a code, or a number?")
    return Reading(doubt=f"is it {' or '.join(map(_words, found))}? {_example(found, values)}")


def _year(value: Value) -> int:
    return int(getattr(value, "year", 0))
