"""Flat sources: the rows of one record type, grouped by key as they come.

The quick way for the commonest file there is. A group is a run of rows with equal keys; damage
inside a run spoils it, damage at its edge only where the damaged line bears its key.

The rows of a group mostly begin with the same text, because the customer's data stand on each of
them. A row that begins like the first of its group is only split from there on (its *tail*).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.delimited import Reader, blocks, decoder, lines
from crosswalk.formats.fitting import Shapes, clean, tail
from crosswalk.formats.lines import encoding_of
from crosswalk.formats.quoting import passed_over, release_of, spans_lines
from crosswalk.model.layout import Layout
from crosswalk.model.records import Cell, Damage

ALIKE = 0.5
"""A damaged line without a readable key belongs to the group that has more of its values."""

Cells = list[Cell] | tuple[Cell, ...]
"""The cells of a row; a tuple when it is known to be clean, and its tail to fit."""

SameKey = Callable[[Cells, Cells], bool]


class Group:
    """Rows that make one unit.

    `first` are the cells of the first row, `tails` those of each row (the first too) from column
    `head` on, `odd` the whole cells of rows that do not begin like the first, by index. `lines`
    are physical lines, `damages` what could not be read among them, `doubt` what could not be
    read beside them and may be one of them.
    """

    __slots__ = ("damages", "doubt", "first", "head", "lines", "odd", "tails")

    def __init__(self, first: Cells, head: int, tail: Cells, line: int) -> None:
        self.first, self.head, self.tails, self.lines = first, head, [tail], [line]
        self.odd: dict[int, Cells] = {}
        self.damages: list[Damage] = []
        self.doubt: Damage | None = None

    def rows(self) -> list[list[Cell]]:
        """Give the whole cells of every row."""
        begin = self.first[: self.head]
        return [[*self.odd.get(i, (*begin, *tail))] for i, tail in enumerate(self.tails)]

    def add(self, cells: Cells, line: int) -> None:
        """Add a row that was split whole."""
        if [*cells[: self.head]] != [*self.first[: self.head]]:
            self.odd[len(self.tails)] = cells
        self.tails.append([*cells[self.head :]])
        self.lines.append(line)


@dataclass(frozen=True, slots=True)
class Grouping:
    """How rows are grouped: by the cells at `keys`, where texts differ by `same` (their values).

    `faulty` tells why a row's keys cannot be read; such a row counts as damaged. `plain` keys are
    texts that are good when not blank and equal only when written alike. `head` is the number of
    leading columns, the keys among them, that a row is not split into when it begins like the first
    row of its group. `shapes` say which rows fit.
    """

    keys: tuple[int, ...]
    same: SameKey
    faulty: Callable[[Cells, int], Damage | None] = lambda _cells, _line: None
    plain: bool = False
    head: int = 0
    shapes: Shapes | None = None

    def joins(self, one: Cells, other: Cells) -> bool:
        """Tell whether two rows belong to one group."""
        for key in self.keys:
            if one[key] != other[key]:
                return not self.plain and self.same(one, other)
        return True

    def fault(self, cells: Cells, line: int) -> Damage | None:
        """Tell why a row's keys cannot be read, None when they can."""
        if self.plain:
            for key in self.keys:
                if not str(cells[key]).strip():
                    break
            else:
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

    `part` says that the stream is only a part of the file, which begins and ends between two
    groups. Raises FormatProblem.
    """
    keys, head = grouping.keys, grouping.head
    source = _Source(layout, grouping, part)
    encoding = encoding_of(layout.file)
    group: Group | None = None
    waiting: list[Damage] = []
    begin, size = b"", 0
    tails: list[Cells] = []
    numbers: list[int] = []
    for first, pieces, decode in source.blocks(stream):
        line = first - 1
        for raw in pieces:
            line += 1
            if size and raw.startswith(begin):
                try:
                    match = source.fit(raw[size:].decode(encoding))
                    rest = source.loose(raw[size:]) if match is None else match.groups()
                except UnicodeDecodeError:
                    rest = None
                if rest is not None:
                    tails.append(rest)
                    numbers.append(line)
                    if waiting:
                        group.damages += waiting  # type: ignore[union-attr]
                        waiting = []
                    continue
            text = decode(line - first)
            cells = source.open(text) if text.__class__ is str else None
            known = cells is not None
            if cells is None:
                found = source.look(line, text)
                if found is None:
                    continue
                if isinstance(found, Damage):
                    waiting.append(found)
                    continue
                cells = found
            if group is not None and grouping.joins(group.first, cells):
                group.add(cells, line)
                if waiting:
                    group.damages += waiting
                    waiting = []
                continue
            fault = grouping.fault(cells, line)
            if fault is not None:
                waiting.append(fault)
                continue
            made = Group(cells, head, cells[head:], line)
            alone = _share_out(waiting, group, made, keys, layout) if waiting else ()
            if group is not None:
                yield group
            yield from alone
            waiting = []
            group, tails, numbers = made, made.tails, made.lines
            begin = source.begins(text, cells) if known else b""  # type: ignore[arg-type]
            size = len(begin)
    source.finish()
    alone = _share_out(waiting, group, None, keys, layout)
    if group is not None:
        yield group
    yield from alone


Decode = Callable[[int], "str | Damage"]


def read_rows(
    stream: BinaryIO, layout: Layout, part: Part | None = None
) -> Iterator[tuple[int, Cells | Damage]]:
    """Give the rows of a delimited file with one record type, or their damage, by their lines."""
    source = _Source(layout, Grouping((), lambda *_: True), part)
    for first, pieces, decode in source.blocks(stream):
        for index in range(len(pieces)):
            text = decode(index)
            cells = source.split(text) if text.__class__ is str else None
            if cells is not None:
                yield first + index, cells
                continue
            found = source.look(first + index, text)
            if found is not None:
                yield first + index, found
    source.finish()


def _nothing(_: str) -> None:
    return None


class _Source:
    """The lines of a file with the reader that its header made."""

    def __init__(self, layout: Layout, grouping: Grouping, part: Part | None) -> None:
        self.layout, self.file, self.part = layout, layout.file, part
        self.head, self.shapes = grouping.head, grouping.shapes
        self.reader: Reader | None = None
        self.passed = passed_over(layout.file)
        self.split: Callable[[str], Cells | None] = _nothing
        self.encoding = encoding_of(layout.file)
        self.quick, self.left, self.opened = False, 0, 0
        self.physical = not spans_lines(layout.file) and layout.file.record_end is None
        self.quoted = self.file.quote != "none"
        self.quote = self.file.quote_char if self.file.quote == "all" else ""
        self.joint = self.quote + self.file.delimiter + self.quote
        self.fit: Callable[[str], Any] = _nothing
        self.clean: Callable[[str], bool] = lambda _: False
        if part is not None:
            self.use(part.reader)
        elif not layout.file.header:
            self.use(Reader(layout))

    def use(self, reader: Reader) -> None:
        """Read lines by this reader from now on."""
        self.reader, self.split = reader, reader.split
        columns, file = reader.columns[0], self.file
        count = columns.count or 0
        simple = len(file.delimiter) == 1 and release_of(file) is None
        self.quick = self.physical and simple and self.head > 0 and count > 0
        self.left = count - self.head
        if self.quick and self.shapes is not None:
            self.fit = tail(file, range(self.head, count), self.shapes)
            self.clean = clean(file, count, self.shapes)

    def blocks(self, stream: BinaryIO) -> Iterator[tuple[int, list[Any], Decode]]:
        """Give the records of the file in blocks: their lines, and what makes text of one."""
        if not self.physical:
            for first, _, text in lines(stream, self.file):
                yield first, [text], [text].__getitem__
            return
        decode, part = decoder(self.file), self.part
        for block in blocks(
            stream, self.file, first=part.first if part else None, at=part.at if part else 0
        ):
            yield block.first, block.pieces, partial(decode, block)

    def open(self, text: str) -> Cells | None:
        """Split a whole line in the quickest way it allows; None where only `look` can tell."""
        if self.quick:
            parts = text.split(self.joint, self.head)
            last = parts[-1]
            match = self.fit(last)
            if match is not None and len(parts) > self.head and self.clean(text):
                parts[-1:] = match.groups()
                parts[0] = parts[0].removeprefix(self.quote)
                self.opened = len(text) - len(last)
                return tuple(parts)
        return self.split(text)

    def begins(self, text: str, cells: Cells) -> bytes:
        """Give the head of a group's first row in bytes; nothing where no tails are split."""
        if not self.quick:
            return b""
        if cells.__class__ is tuple:
            return text[: self.opened].encode(self.encoding)
        begin = self.quote + self.joint.join(cells[: self.head]) + self.joint  # type: ignore[arg-type]
        return begin.encode(self.encoding) if text.startswith(begin) else b""

    def loose(self, raw: bytes) -> Cells | None:
        """Split the tail of a line that does not fit; None where the line needs another look."""
        text, quote = raw.decode(self.encoding).removesuffix("\r"), self.quote
        if "\r" in text or "\0" in text:
            return None
        if text.count(self.file.quote_char) != (2 * self.left - 1 if quote else 0) and self.quoted:
            return None
        cells = (text[:-1] if quote else text).split(self.joint)
        good = len(cells) == self.left and (not quote or text.endswith(quote))
        return cells if good else None  # type: ignore[return-value]

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
    """Give damaged lines between two groups to the one they are like; the rest stand alone.

    A group that one of the rest may belong to, as far as its key can be read, is in doubt.
    """
    alone = []
    near = [group for group in (before, after) if group is not None]
    for damage in waiting:
        likeness = [_alike(damage.text, group, keys, layout) for group in near]
        best = max(likeness, default=0)
        if best:
            near[likeness.index(best)].damages.append(damage)
        else:
            alone.append(damage)
            for group in near:
                if _may_bear(damage.text, group, keys, layout):
                    group.doubt = damage
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


def _may_bear(text: str, group: Group, keys: tuple[int, ...], layout: Layout) -> bool:
    """Tell whether a line that breaks off before the end of its keys may be one of a group."""
    file = layout.file
    cells = [cell.strip(file.quote_char + " ") for cell in text.split(file.delimiter)]
    if len(cells) - 1 > max(keys):
        return False
    return all(
        str(group.first[key]).strip().startswith(cells[key]) for key in keys if key < len(cells)
    )


def _bears(cells: list[str], group: Group, keys: tuple[int, ...], layout: Layout) -> bool:
    """Tell whether a damaged line has the group's key where the key stands, or next to it."""
    whole = layout.file.header or len(cells) <= max(keys)
    for key in keys:
        near = cells if whole else cells[max(key - 1, 0) : key + 2]
        if str(group.first[key]).strip() not in near:
            return False
    return True
