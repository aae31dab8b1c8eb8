"""Flat sources: the rows of one record type, grouped by key as they come.

The quick way for the commonest file there is. A group is a run of rows with equal keys; damage
inside a run spoils it, damage at its edge only where the damaged line bears its key.

The rows of a group mostly begin with the same text, because the customer's data stand on each of
them. A row that begins like the first of its group is only split from there on (its *tail*).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.delimited import Reader, blocks, lines
from crosswalk.formats.quoting import passed_over, spans_lines
from crosswalk.model.layout import Layout
from crosswalk.model.records import Cell, Damage

ALIKE = 0.5
"""A damaged line without a readable key belongs to the group that has more of its values."""

Cells = list[Cell]
SameKey = Callable[[Cells, Cells], bool]


@dataclass(slots=True)
class Group:
    """Rows that make one unit.

    `first` are the cells of the first row, `tails` those of each row (the first too) from column
    `head` on, `odd` the whole cells of rows that do not begin like the first, by index. `lines`
    are physical lines, `damages` what could not be read among them.
    """

    first: Cells
    head: int
    tails: list[Cells]
    lines: list[int]
    odd: dict[int, Cells] = field(default_factory=dict)
    damages: list[Damage] = field(default_factory=list)

    def rows(self) -> list[Cells]:
        """Give the whole cells of every row."""
        begin = self.first[: self.head]
        return [self.odd.get(i) or begin + tail for i, tail in enumerate(self.tails)]

    def add(self, cells: Cells, line: int) -> None:
        """Add a row that was split whole."""
        if cells[: self.head] != self.first[: self.head]:
            self.odd[len(self.tails)] = cells
        self.tails.append(cells[self.head :])
        self.lines.append(line)


@dataclass(frozen=True, slots=True)
class Grouping:
    """How rows are grouped: by the cells at `keys`, where texts differ by `same` (their values).

    `faulty` tells why a row's keys cannot be read; such a row counts as damaged. `plain` keys are
    texts that are good when not blank and equal only when written alike. `head` is the number of
    leading columns that a row is not split into when it begins like the first row of its group.
    """

    keys: tuple[int, ...]
    same: SameKey
    faulty: Callable[[Cells, int], Damage | None] = lambda _cells, _line: None
    plain: bool = False
    head: int = 0

    def joins(self, one: Cells, other: Cells) -> bool:
        """Tell whether two rows belong to one group."""
        for key in self.keys:
            if one[key] != other[key]:
                return not self.plain and self.same(one, other)
        return True

    def fault(self, cells: Cells, line: int) -> Damage | None:
        """Tell why a row's keys cannot be read, None when they can."""
        if self.plain and all([str(cells[key]).strip() for key in self.keys]):  # noqa: C419 - quicker
            return None
        return self.faulty(cells, line)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file: the reader its header made, the number and the place of its first line."""

    reader: Reader
    first: int
    at: int = 0


def read_groups(  # noqa: C901, PLR0912, PLR0915 - the hot loop: calls would cost more than they tell
    stream: BinaryIO, layout: Layout, grouping: Grouping, part: Part | None = None
) -> Iterator[Group | Damage]:
    """Give the groups of a delimited file with one record type, and damage outside of them.

    Without keys every row is a group. `part` says that the stream is only a part of the file,
    which begins and ends between two groups. Raises FormatProblem.
    """
    keys, head = grouping.keys, grouping.head
    source = _Source(layout, head, part)
    group: Group | None = None
    waiting: list[Damage] = []
    start, size, begin = "\0", 0, ""
    quote, joint = source.quote, source.joint
    tails: list[Cells] = []
    numbers: list[int] = []
    for number, texts in source.blocks(stream):
        for line, text in enumerate(texts, number):
            if isinstance(text, str):
                if text.startswith(start):
                    rest = text[size:]
                    tail: Cells = (rest[:-1] if quote else rest).split(joint)  # type: ignore[assignment]
                    if len(tail) == source.tail and (
                        not quote
                        or (rest[-1:] == quote and rest.count(quote) == 2 * source.tail - 1)
                    ):
                        tails.append(tail)
                        numbers.append(line)
                        if waiting:
                            group.damages += waiting  # type: ignore[union-attr]
                            waiting = []
                        continue
                cells = source.split(text)
            else:
                cells = None
            if cells is None:
                begin = ""
                found = source.look(line, text)
                if found is None:
                    continue
                if isinstance(found, Damage):
                    if keys:
                        waiting.append(found)
                    else:
                        yield found
                    continue
                cells = found
            else:
                begin = text  # type: ignore[assignment]
            if group is not None and keys and grouping.joins(group.first, cells):
                group.add(cells, line)
                if waiting:
                    group.damages += waiting
                    waiting = []
                continue
            fault = grouping.fault(cells, line) if keys else None
            if fault is not None:
                waiting.append(fault)
                continue
            made = Group(cells, head, [cells[head:]], [line])
            alone = _share_out(waiting, group, made, keys, layout) if waiting else ()
            if group is not None:
                yield group
            yield from alone
            waiting = []
            group, tails, numbers = made, made.tails, made.lines
            size = source.begins(cells, head) if begin and keys and head else 0
            start = begin[:size] if size else "\0"
    source.finish()
    alone = _share_out(waiting, group, None, keys, layout)
    if group is not None:
        yield group
    yield from alone


class _Source:
    """The lines of a file with the reader that its header made."""

    def __init__(self, layout: Layout, head: int, part: Part | None) -> None:
        self.layout, self.file, self.head, self.part = layout, layout.file, head, part
        self.reader: Reader | None = None
        self.passed = passed_over(layout.file)
        self.split: Callable[[str], Cells | None] = lambda _: None
        quote = self.file.quote_char if self.file.quote == "all" else ""
        self.quote, self.joint = quote, quote + self.file.delimiter + quote
        self.quick = False
        self.tail = 0
        if part is not None:
            self.use(part.reader)
        elif not layout.file.header:
            self.use(Reader(layout))

    def use(self, reader: Reader) -> None:
        """Read lines by this reader from now on."""
        self.reader, self.split = reader, reader.split  # type: ignore[assignment]
        columns = reader.columns[0]
        self.tail = len(columns.places) - self.head
        self.quick = columns.places == tuple(range(columns.count or 0)) and bool(
            self.quote or self.file.quote == "none"
        )

    def blocks(self, stream: BinaryIO) -> Iterator[tuple[int, list[str | Damage]]]:
        """Give the records of the file in blocks: lines, or what else ends them."""
        if not spans_lines(self.file) and self.file.record_end is None:
            part = self.part
            if part is None:
                yield from blocks(stream, self.file)
            else:
                yield from blocks(stream, self.file, first=part.first, at=part.at)
            return
        for first, _, text in lines(stream, self.file):
            yield first, [text]

    def begins(self, cells: Cells, head: int) -> int:
        """Give how long the text of the first columns is; 0 where tails cannot be split."""
        if not self.quick or len(self.file.delimiter) != 1:
            return 0
        return len(self.quote + self.joint.join(cells[:head]) + self.joint)  # type: ignore[arg-type]

    def look(self, line: int, text: str | Damage) -> Cells | Damage | None:
        """Read one line the exact way; the first may be the header."""
        if self.reader is None:
            if isinstance(text, Damage):
                raise FormatProblem("CW609", f"the header: {text.reason}", line=line)
            if not self.passed(text):
                self.use(Reader(self.layout, text, line))
            return None
        row = self.reader.read(line, line, text)
        return row if row is None or isinstance(row, Damage) else row.cells

    def finish(self) -> None:
        """Refuse a file that ended before its header."""
        if self.reader is None:
            raise FormatProblem("CW609", "the file is empty, a header line is expected")


def _share_out(
    waiting: list[Damage],
    before: Group | None,
    after: Group | None,
    keys: tuple[int, ...],
    layout: Layout,
) -> list[Damage]:
    """Give damaged lines between two groups to the one they are like; the rest stand alone."""
    alone = []
    near = [group for group in (before, after) if group is not None]
    for damage in waiting:
        likeness = [_alike(damage.text, group, keys, layout) for group in near]
        best = max(likeness, default=0)
        if best:
            near[likeness.index(best)].damages.append(damage)
        else:
            alone.append(damage)
    return alone


def _alike(text: str, group: Group, keys: tuple[int, ...], layout: Layout) -> float:
    """Tell how surely a damaged line is one of a group: by its key, or by most of its values."""
    file = layout.file
    cells = [cell.strip(file.quote_char + " ") for cell in text.split(file.delimiter)]
    values, own = set(filter(None, cells)), {str(cell).strip() for cell in group.first if cell}
    share = len(values & own) / (min(len(values), len(own)) or 1)
    if _bears(cells, group, keys, layout):
        return 1 + share
    return share if share > ALIKE else 0


def _bears(cells: list[str], group: Group, keys: tuple[int, ...], layout: Layout) -> bool:
    """Tell whether a damaged line has the group's key where the key stands, or next to it."""
    whole = layout.file.header or len(cells) <= max(keys)
    for key in keys:
        near = cells if whole else cells[max(key - 1, 0) : key + 2]
        if str(group.first[key]).strip() not in near:
            return False
    return True
