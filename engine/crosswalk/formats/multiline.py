"""Values that hold line breaks: physical lines are joined until their quotes are balanced."""

import re
from collections import deque
from collections.abc import Callable, Iterator

from crosswalk.formats.quoting import Fault, exact, release_of
from crosswalk.model.layout import File
from crosswalk.model.records import Damage

Physical = tuple[int, str | Damage]


class _Lines:
    """A source of lines that takes lines back."""

    def __init__(self, source: Iterator[Physical]) -> None:
        self._source = source
        self._back: deque[Physical] = deque()

    def take(self) -> Physical | None:
        return self._back.popleft() if self._back else next(self._source, None)

    def give_back(self, lines: list[Physical]) -> None:
        self._back.extendleft(reversed(lines))


def join(
    source: Iterator[Physical], file: File, cap: int
) -> Iterator[tuple[int, int, str | Damage]]:
    """Yield (first line, last line, text or Damage) of each logical line.

    Lines that do not make a well-formed record together, or whose quote is still open after
    `cap` bytes or at the end of the file, cost the first of them; reading goes on with the next.
    """
    taken, opens, split = _Lines(source), _parity(file), exact(file)
    while (first := taken.take()) is not None:
        group = [first]
        closed = _alone(first, file) or _gather(group, taken, opens, cap)
        if not closed or (len(group) > 1 and isinstance(split(_joined(group, file)), Fault)):
            taken.give_back(group[1:])
            yield _open_quote(first)
        else:
            yield group[0][0], group[-1][0], _text(group, file)


def _alone(line: Physical, file: File) -> bool:
    """Tell a line whose quotes say nothing about the lines after it."""
    text = line[1]
    if isinstance(text, Damage):
        return text.code == "CW603"
    return bool(file.comment) and text.startswith(file.comment or "")


def _raw(line: Physical) -> str:
    return line[1].text if isinstance(line[1], Damage) else line[1]


def _gather(group: list[Physical], taken: _Lines, opens: Callable[[str], bool], cap: int) -> bool:
    """Add lines to the group until quotes are balanced; False when they never are."""
    size = len(_raw(group[0]))
    is_open = opens(_raw(group[0]))
    while is_open:
        line = taken.take()
        if line is None:
            return False
        group.append(line)
        size += len(_raw(line)) + 1
        if size > cap or (isinstance(line[1], Damage) and line[1].code == "CW603"):
            return False
        is_open ^= opens(_raw(line))
    return True


def _parity(file: File) -> Callable[[str], bool]:
    """Build the test for an odd number of quotes that are not escaped by a release character."""
    quote, release = file.quote_char, release_of(file)
    if release is None:
        return lambda text: text.count(quote) % 2 == 1
    escaped = re.compile(f"{re.escape(release)}.", re.DOTALL)
    return lambda text: escaped.sub("", text).count(quote) % 2 == 1


def _joined(group: list[Physical], file: File) -> str:
    """Put the lines of a record together, without the end of the last."""
    text = (file.record_end or "\n").join(_raw(line) for line in group)
    return text if file.record_end else text.removesuffix("\r")


def _text(group: list[Physical], file: File) -> str | Damage:
    first, last = group[0][0], group[-1][0]
    text = _joined(group, file)
    for _, part in group:
        if isinstance(part, Damage):
            return part._replace(line=first, end_line=last, text=text)
    if not file.record_end and "\r" in text.replace("\r\n", ""):
        return Damage(first, last, "CW604", "a CR character without LF stands in the record", text)
    return text


def _open_quote(line: Physical) -> tuple[int, int, str | Damage]:
    number, text = line
    if isinstance(text, str):
        text = Damage(number, number, "CW605", "a quote is opened and never closed", text)
    return number, number, text
