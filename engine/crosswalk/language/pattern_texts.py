"""Texts put together by a pattern and taken apart again.

The law: `split(p, join(p, values)) == values`, or split refuses the text as ambiguous. It never
picks one of two readings. `loss(p)` is empty when no values can make the text ambiguous.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from crosswalk.language.patterns import MAX_TEXT, Named, Pattern, disjoint
from crosswalk.values.characters import CLASSES
from crosswalk.values.codecs import Problem


def join(pattern: Pattern, values: Mapping[str, str]) -> str:
    """Put a text together. Raises Problem CW553 for a value that is absent or does not fit.

    A piece that may be left out is there when all its parts have values.
    """
    if pattern.variants:
        given = {name for name in pattern.names if values.get(name) is not None}
        fitting = (one for one in pattern.variants if set(one.names) == given)
        chosen = next(fitting, None)
        if chosen is None:
            lacks = [name for name in pattern.names if name not in given]
            reason = f"a piece of the pattern has values for some of its parts only: no {lacks[0]}"
            raise Problem("CW553", reason)
        pattern = chosen
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
    if part.words:
        return f"one of {', '.join(part.words)}"
    if part.without:
        listed = " or ".join(f"'{one}'" for one in part.without)
        return f"{_needs(replace(part, without=()))}, without {listed}"
    what = "characters" if part.kind == "text" else f"{part.kind} only"
    return f"at least one character, {what}" if part.count is None else f"{part.count} {what}"


def split(pattern: Pattern, text: str) -> dict[str, str]:
    """Take a text apart; parts of a piece that is left out are not among the result.

    Raises Problem CW551 when the text does not fit, CW552 when it fits in more than one way,
    CW554 when it is longer than 10,000 characters.
    """
    if pattern.variants:
        return _one_reading(pattern, text)
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


def _one_reading(pattern: Pattern, text: str) -> dict[str, str]:
    """Take a text apart by the one variant that it fits. Raises Problem."""
    readings = []
    for variant in pattern.variants:
        try:
            readings.append(split(variant, text))
        except Problem as problem:
            if problem.code != "CW551":
                raise
    if not readings:
        raise Problem("CW551", f"does not fit the pattern {pattern.text}")
    if len(readings) > 1:
        first, second = (set(one) for one in readings[:2])
        which = " and ".join(sorted(first ^ second))
        raise Problem("CW552", f"can be taken apart in more than one way: with or without {which}")
    return readings[0]


def fits(pattern: Pattern, text: str) -> bool:
    """Tell whether a text fits a pattern or shape in at least one way. Never raises."""
    if pattern.variants:
        return any(fits(variant, text) for variant in pattern.variants)
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
    text: str

    def before(self, part: Named, end: int) -> list[int]:
        """Give the possible starts of a part that ends before place `end`."""
        if part.words:
            starts = {end - len(word) for word in part.words if self.text.endswith(word, 0, end)}
            return [start for start in sorted(starts) if self.is_start(start)]
        last = end - (part.count or 1)
        low = max(self.run[end], last if part.count is not None else 0)
        first = bisect_right(self.starts, low - 1)
        return self.starts[first : bisect_right(self.starts, last)]

    def reaches(self, part: Named, end: int) -> bool:
        """Tell whether the part can end before place `end`."""
        if part.words:
            return bool(self.before(part, end))
        last = end - (part.count or 1)
        low = max(self.run[end], last if part.count is not None else 0)
        first = bisect_right(self.starts, low - 1)
        return first < len(self.starts) and self.starts[first] <= last

    def is_start(self, start: int) -> bool:
        """Tell whether the part may begin at a place."""
        at = bisect_left(self.starts, start)
        return at < len(self.starts) and self.starts[at] == start


def _stages(pattern: Pattern, text: str) -> list[_Stage]:
    """Find, part by part, where each may start. Raises Problem when the text does not fit."""
    if len(text) > MAX_TEXT:
        raise Problem("CW554", f"has more than {MAX_TEXT} characters")
    starts = [len(pattern.literals[0])] if text.startswith(pattern.literals[0]) else []
    stages = []
    for index, part in enumerate(pattern.parts):
        stage = _Stage(starts, _runs(part, text), text)
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
    if part.words or (part.kind == "text" and not part.without):
        return [0] * (len(text) + 1)
    belongs = CLASSES[part.kind]
    runs = [0]
    for place, character in enumerate(text, 1):
        runs.append(runs[-1] if belongs(character) else place)
    for mark in part.without:
        _shut(runs, text, mark)
    return runs


def _shut(runs: list[int], text: str, mark: str) -> None:
    """Let no part begin before the end of a mark that it would hold."""
    least, size = 0, len(mark)
    for place in range(size, len(text) + 1):
        if text.startswith(mark, place - size):
            least = place - size + 1
        runs[place] = max(runs[place], least)


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
    if pattern.variants:
        return "a text may fit with and without a piece that may be left out; it is refused then"
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
    if part.words:
        return len(set(map(len, part.words))) == 1
    if part.count is not None or index + 1 == len(pattern.parts):
        return True
    if literal:
        return not CLASSES[part.kind](literal[0])
    return disjoint(part, pattern.parts[index + 1])


def _begins_clear(pattern: Pattern, index: int) -> bool:
    """Tell whether the start of a part is settled once its end is."""
    part, literal = pattern.parts[index], pattern.literals[index]
    if part.words:
        return len(set(map(len, part.words))) == 1
    if part.count is not None or index == 0:
        return True
    if literal:
        return not CLASSES[part.kind](literal[-1])
    return disjoint(part, pattern.parts[index - 1])
