"""Text patterns such as `{City}, {State:letters} {Zip}`: put together and taken apart again.

A part is `{name}` or `{name:class}` or `{name:class count}`; classes are text (the default),
letters, digits, alphanumeric and nonblank. `{{` and `}}` stand for one brace. There are no
optional parts, repetitions or alternatives: a pattern is not a regular expression, and taking a
text apart costs time in proportion to its length, whatever the text (safety A8).

The law: `split(p, join(p, values)) == values`, or split refuses the text as ambiguous. It never
picks one of two readings. `loss(p)` is empty when no values can make the text ambiguous.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosswalk.findings.suggest import closest
from crosswalk.values.characters import CLASSES, DISJOINT
from crosswalk.values.codecs import Problem

MAX_PATTERN = 500
"""Longest pattern, in characters."""
MAX_TEXT = 10_000
"""Longest text that is taken apart, in characters."""

_SHAPE = "write a part as {name} or {name:class}, for instance {State:letters 2}"


class BadPattern(Exception):  # noqa: N818
    """A pattern that cannot be used: the offset and width of the place in its text, and why."""

    def __init__(self, offset: int, width: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.width = width
        self.message = message
        self.help = remedy


@dataclass(frozen=True, slots=True)
class Named:
    """A part with a name; `kind` is a class of characters, `count` an exact number of them."""

    name: str
    kind: str = "text"
    count: int | None = None

    def fits(self, text: str) -> bool:
        """Tell whether the part can hold a text."""
        length = len(text) == self.count if self.count is not None else bool(text)
        return length and all(map(CLASSES[self.kind], text))

    def __str__(self) -> str:
        """The part as an author writes it."""
        count = "" if self.count is None else f" {self.count}"
        return (
            f"{{{self.name}}}"
            if self.kind + count == "text"
            else f"{{{self.name}:{self.kind}{count}}}"
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """Named parts and the literal texts around them: always one literal more than parts."""

    text: str
    literals: tuple[str, ...]
    parts: tuple[Named, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts in the order of the text."""
        return tuple(part.name for part in self.parts)


def parse(text: str, *, shape: bool = False) -> Pattern:
    """Read a pattern of at most 500 characters. Raises BadPattern.

    A `shape` has no names, only classes: `{digits 5}-{digits 4}`; parts may stand side by side.
    """
    if len(text) > MAX_PATTERN:
        raise BadPattern(MAX_PATTERN, 1, f"the pattern is longer than {MAX_PATTERN} characters", "")
    literals, parts, places = [""], list[Named](), list[int]()
    for offset, literal, body in _pieces(text):
        if body is None:
            literals[-1] += literal
            continue
        part = _class(body, str(len(parts)), body, offset) if shape else _named(body, offset)
        if part.name in {known.name for known in parts}:
            message = f"part '{part.name}' stands twice in the pattern"
            raise BadPattern(offset, len(body) + 2, message, "name each part once")
        parts.append(part)
        places.append(offset)
        literals.append("")
    if not parts and not shape:
        raise BadPattern(0, max(len(text), 1), "the pattern has no part", _SHAPE)
    pattern = Pattern(text, tuple(literals), tuple(parts))
    if not shape:
        _check_neighbours(pattern, places)
    return pattern


def _pieces(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Give (offset, literal, None) for literal text and (offset, "", body) for `{body}`."""
    at = 0
    while at < len(text):
        mark = text[at]
        if text[at : at + 2] in ("{{", "}}"):
            yield at, mark, None
            at += 2
        elif mark == "}":
            raise BadPattern(at, 1, "'}' without '{'", "write }} for one brace")
        elif mark == "{":
            end = text.find("}", at)
            if end < 0 or "{" in text[at + 1 : end]:
                raise BadPattern(at, 1, "'{' is not closed", "close it, or write {{ for one brace")
            yield at, "", text[at + 1 : end]
            at = end + 1
        else:
            yield at, mark, None
            at += 1


def _named(body: str, offset: int) -> Named:
    name, colon, declared = body.rpartition(":")
    if not colon:
        name, declared = body, "text"
    if not name.strip():
        raise BadPattern(offset, len(body) + 2, "a part has no name", _SHAPE)
    return _class(declared, name.strip(), body, offset)


def _class(declared: str, name: str, body: str, offset: int) -> Named:
    """Read `letters` or `letters 2`."""
    kind, *rest = declared.split() or [""]
    width = len(body) + 2
    if kind not in CLASSES:
        near = closest(kind, CLASSES)
        remedy = f"did you mean '{near}'?" if near else "classes are " + ", ".join(CLASSES)
        raise BadPattern(offset, width, f"'{kind}' is not a class of characters", remedy)
    if not rest:
        return Named(name, kind)
    count = rest[0]
    if (
        len(rest) > 1
        or not (count.isascii() and count.isdigit())
        or not 1 <= int(count[:6]) <= MAX_TEXT
    ):
        remedy = f"for instance {{{name}:{kind} 2}}"
        raise BadPattern(offset, width, "the count is not a whole number from 1 on", remedy)
    return Named(name, kind, int(count))


def _check_neighbours(pattern: Pattern, places: list[int]) -> None:
    """Refuse two parts with nothing between them that tells where one ends."""
    for index, (left, right) in enumerate(zip(pattern.parts, pattern.parts[1:], strict=False)):
        fixed = left.count is not None or right.count is not None
        if pattern.literals[index + 1] or fixed or _disjoint(left, right):
            continue
        message = f"nothing tells where '{left.name}' ends and '{right.name}' begins"
        remedy = "put a separator between them, or give one a count: {name:digits 5}"
        raise BadPattern(places[index + 1], len(str(right)), message, remedy)


def _disjoint(left: Named, right: Named) -> bool:
    return frozenset((left.kind, right.kind)) in DISJOINT


def join(pattern: Pattern, values: Mapping[str, str]) -> str:
    """Put a text together. Raises Problem CW553 for a value that is absent or does not fit."""
    pieces = [pattern.literals[0]]
    for part, literal in zip(pattern.parts, pattern.literals[1:], strict=True):
        value = values.get(part.name)
        if value is None or not part.fits(value):
            raise Problem("CW553", f"the value for {part} does not fit: it needs {_needs(part)}")
        pieces += (value, literal)
    return "".join(pieces)


def around(pattern: Pattern, part: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Give the text before and after one part, when the values of all others are known."""
    at = pattern.names.index(part)
    before, after = pattern.literals[0], pattern.literals[at + 1]
    for number, name in enumerate(pattern.names):
        if number < at:
            before += values[name] + pattern.literals[number + 1]
        elif number > at:
            after += values[name] + pattern.literals[number + 1]
    return before, after


def _needs(part: Named) -> str:
    what = "characters" if part.kind == "text" else f"{part.kind} only"
    return f"at least one character, {what}" if part.count is None else f"{part.count} {what}"


def split(pattern: Pattern, text: str) -> dict[str, str]:
    """Take a text apart.

    Raises Problem CW551 when the text does not fit, CW552 when it fits in more than one way,
    CW554 when it is longer than 10,000 characters.
    """
    stages = _stages(pattern, text)
    ends = [len(text)]
    for index in range(len(pattern.parts) - 1, -1, -1):
        starts = stages[index].before(
            pattern.parts[index], ends[-1] - len(pattern.literals[index + 1])
        )
        if len(starts) > 1:
            raise Problem("CW552", _ambiguous(pattern, index, starts))
        ends.append(starts[0])
    starts_at = ends[:0:-1]
    stops = [end - len(lit) for end, lit in zip(ends[-2::-1], pattern.literals[1:], strict=True)]
    return {
        part.name: text[start:stop]
        for part, start, stop in zip(pattern.parts, starts_at, stops, strict=True)
    }


def fits(pattern: Pattern, text: str) -> bool:
    """Tell whether a text fits a pattern or shape in at least one way. Never raises."""
    try:
        _stages(pattern, text)
    except Problem:
        return False
    return True


@dataclass(slots=True)
class _Stage:
    """Where a part may start (ascending), and for each place the first one with no break before it.

    `run[i]` is the least start from which all characters before place i are of the part's class.
    """

    starts: list[int]
    run: list[int]

    def before(self, part: Named, end: int) -> list[int]:
        """Give the possible starts of a part that ends before place `end`."""
        last = end - (part.count or 1)
        low = max(self.run[end], last if part.count is not None else 0)
        first = bisect_right(self.starts, low - 1)
        return self.starts[first : bisect_right(self.starts, last)]

    def reaches(self, part: Named, end: int) -> bool:
        """Tell whether the part can end before place `end`."""
        last = end - (part.count or 1)
        low = max(self.run[end], last if part.count is not None else 0)
        first = bisect_right(self.starts, low - 1)
        return first < len(self.starts) and self.starts[first] <= last


def _stages(pattern: Pattern, text: str) -> list[_Stage]:
    """Find, part by part, where each may start. Raises Problem when the text does not fit."""
    if len(text) > MAX_TEXT:
        raise Problem("CW554", f"has more than {MAX_TEXT} characters")
    starts = [len(pattern.literals[0])] if text.startswith(pattern.literals[0]) else []
    stages = []
    for index, part in enumerate(pattern.parts):
        stage = _Stage(starts, _runs(part, text))
        stages.append(stage)
        literal = pattern.literals[index + 1]
        last = index == len(pattern.parts) - 1
        ends = _ends(text, literal, last=last)
        starts = [end + len(literal) for end in ends if stage.reaches(part, end)]
    if not starts or starts[-1] != len(text):
        raise Problem("CW551", f"does not fit the pattern {pattern.text}")
    return stages


def _runs(part: Named, text: str) -> list[int]:
    """For each place, the least start from which only characters of the part's class precede it."""
    if part.kind == "text":
        return [0] * (len(text) + 1)
    belongs = CLASSES[part.kind]
    runs = [0]
    for place, character in enumerate(text, 1):
        runs.append(runs[-1] if belongs(character) else place)
    return runs


def _ends(text: str, literal: str, *, last: bool) -> Iterator[int]:
    """Give the places where a literal stands, ascending; after the last part only the end."""
    if last:
        if text.endswith(literal):
            yield len(text) - len(literal)
        return
    place = text.find(literal)
    while place >= 0:
        yield place
        place = text.find(literal, place + 1) if place < len(text) else -1


def _ambiguous(pattern: Pattern, index: int, starts: list[int]) -> str:
    """Say why a text can be taken apart in two ways: where the part may begin."""
    literal = pattern.literals[index]
    first, second = (start - len(literal) + 1 for start in starts[:2])
    after, here = pattern.parts[index - 1], pattern.parts[index]
    where = f"at characters {first} and {second}"
    why = f"'{literal}' after {after} stands {where}" if literal else f"{here} may begin {where}"
    return f"can be taken apart in more than one way: {why}"


def loss(pattern: Pattern) -> str:
    """Say what putting together may lose; empty when every text comes apart as it was.

    It is exact when reading from the left settles every boundary up to some part, and reading
    from the right settles the others: a part ends where a character comes that it cannot hold.
    The test is safe but not sharp: a pattern that it doubts may still be exact.
    """
    size = len(pattern.parts)
    left = next((i for i in range(size) if not _ends_clear(pattern, i)), size)
    right = next((i for i in range(size - 1, -1, -1) if not _begins_clear(pattern, i)), -1)
    if left >= right:
        return ""
    part, literal = pattern.parts[left], pattern.literals[left + 1]
    return (
        f"a value of {part} that holds '{literal}' can make the text ambiguous; it is refused then"
    )


def _ends_clear(pattern: Pattern, index: int) -> bool:
    """Tell whether the end of a part is settled once its start is."""
    part, literal = pattern.parts[index], pattern.literals[index + 1]
    if part.count is not None or index + 1 == len(pattern.parts):
        return True
    if literal:
        return not CLASSES[part.kind](literal[0])
    return _disjoint(part, pattern.parts[index + 1])


def _begins_clear(pattern: Pattern, index: int) -> bool:
    """Tell whether the start of a part is settled once its end is."""
    part, literal = pattern.parts[index], pattern.literals[index]
    if part.count is not None or index == 0:
        return True
    if literal:
        return not CLASSES[part.kind](literal[-1])
    return _disjoint(part, pattern.parts[index - 1])
