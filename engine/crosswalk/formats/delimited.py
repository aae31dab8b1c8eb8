"""The delimited form: bytes to rows by a layout. Writing is in `delimited_writer`.

Streaming and strict: a line that leaves the grammar, the encoding or the column count becomes
its own Damage with its physical line number; no neighbour is touched (safety F5). What makes the
whole file unusable (header, encoding of the file) raises FormatProblem.

`rows` in `running` loops itself, without a call per row, with the same results as `read`.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import composite
from crosswalk.formats.columns import Columns, arranger, by_header, by_position
from crosswalk.formats.delimited_writer import Write, header
from crosswalk.formats.delimited_writer import writer as line_writer
from crosswalk.formats.groups import lines_of, physical
from crosswalk.formats.lines import blocks, decoder, lines
from crosswalk.formats.quoting import Fault, exact, fast, is_blank, passed_over
from crosswalk.formats.record_types import chooser, no_type, twins
from crosswalk.model.layout import Branch, Layout, Record, branches, first_unmarked, titled
from crosswalk.model.records import Cell, Damage, Row

__all__ = [
    "Reader",
    "Write",
    "blocks",
    "decoder",
    "header",
    "lines",
    "read",
    "splitter",
    "typer",
    "writer",
]


class Reader:
    """Reads the lines of one file: its layout, with the columns its header names.

    `header` is the text of the header line and `line` its number; it must be given when the
    layout says `header: true`. Immutable after construction, safe to share.

    Raises FormatProblem CW605, CW609 to CW612 for a header that cannot be used.
    """

    def __init__(self, layout: Layout, header: str | None = None, line: int = 1) -> None:
        self._lines = {one: line for one, line in lines_of(layout).items() if line.open}
        self._layout = layout = physical(layout)
        self._exact = exact(layout.file)
        self._passed = passed_over(layout.file)
        self._titled = titled(layout)
        self.columns = self._columns(header, line)
        self._arrange = tuple(arranger(columns) for columns in self.columns)
        tagged = _with_places(layout, self.columns)
        self._choose, self._twins = chooser(tagged), twins(tagged)
        columns = self.columns[0]
        even = self._choose is None and columns.least == columns.most and not self._lines
        self._fast = fast(layout.file, columns.most if even else None)
        self.split = self._splitter() if even else _never
        """The quick way for one line: its cells, or None when `read` must look at it."""

    def _splitter(self) -> Callable[[str], list[Cell] | None]:
        """Build the quick way for lines that all have as many values."""
        split, arrange = self._fast, self._arrange[0]
        if self.columns[0].count is not None:
            return split  # type: ignore[return-value]

        def splits(text: str) -> list[Cell] | None:
            values = split(text)
            return None if values is None else arrange(values)

        return splits

    def _columns(self, header: str | None, line: int) -> tuple[Columns, ...]:
        if not self._layout.file.header:
            return tuple(by_position(record, self._layout) for record in self._layout.records)
        names = None if header is None else self._exact(header)
        if self._titled < 0 or names is None:
            raise FormatProblem(
                "CW609", "the file has no header line for one record type", line=line
            )
        if isinstance(names, Fault):
            raise FormatProblem("CW609", f"the header: {names.reason}", line=line)
        return tuple(
            by_header(names, line, self._layout, record)
            if record.ordinal == self._titled
            else by_position(record, self._layout)
            for record in self._layout.records
        )

    def type_of(self, text: str) -> int:
        """Give the ordinal of the record type that the tags of a line name, -1 when none does."""
        values = self._exact(text)
        if isinstance(values, Fault) or self._choose is None:
            return -1
        return self._choose(values)

    def as_type(self, line: int, end_line: int, text: str, ordinal: int) -> Row | Damage:
        """Read one line before a header line as a record of a type that is known."""
        values = self._exact(text)
        if isinstance(values, Fault):
            return self._fault(line, end_line, text, values)
        cells = self._cells(ordinal, _without_blanks(values, self.columns[ordinal].most))
        if cells is not None:
            return Row(line, end_line, ordinal, cells)
        reason = f"expected {self.columns[ordinal].expected()} columns, got {len(values)}"
        return Damage(line, end_line, "CW606", reason, text)

    def passes(self, text: str | Damage) -> bool:
        """Tell whether a line is no record: a comment, or blank where blank lines are skipped."""
        return isinstance(text, str) and self._passed(text)

    def read(self, line: int, end_line: int, text: str | Damage) -> Row | Damage | None:
        """Read one line exactly; None for a line that is no record."""
        if isinstance(text, Damage):
            return text
        values = self._fast(text)
        if values is None:
            if self._passed(text):
                return None
            found = self._exact(text)
            if isinstance(found, Fault):
                return self._fault(line, end_line, text, found)
            values = found
        return self._row(line, end_line, text, values)

    def take(self, line: int, values: list[str]) -> Row | Damage:
        """Take the values of a sheet's row, which lacks the empty ones at its end."""
        if not values:
            return _blank(line, line, "")
        ordinal = 0 if self._choose is None else max(self._choose(values), 0)
        least = self._of(ordinal, len(values)).least
        whole = [*values, *[""] * (least - len(values))]
        return self._row(line, line, self._layout.file.delimiter.join(values), whole)

    def _row(self, line: int, end_line: int, text: str, values: list[str]) -> Row | Damage:
        ordinal = 0 if self._choose is None else self._choose(values)
        if ordinal < 0:
            if is_blank(text, self._layout.file):
                return _blank(line, end_line, text)
            reason = no_type(values, self._layout)
            return Damage(line, end_line, "CW607", reason, text)
        cells = self._cells(ordinal, values)
        if ordinal in self._twins:
            same = [(one, self._cells(one, values)) for one in self._twins[ordinal]]
            made = [(one, found) for one, found in same if found is not None]
            if made:
                return Row(line, end_line, *made[0], tuple(made[1:]))
        if cells is not None:
            return Row(line, end_line, ordinal, cells)
        if is_blank(text, self._layout.file):
            return _blank(line, end_line, text)
        expected = self._of(ordinal, len(values)).expected()
        reason = f"expected {expected} columns, got {len(values)}"
        return Damage(line, end_line, "CW606", reason, text)

    def _cells(self, ordinal: int, values: list[str]) -> list[Cell] | None:
        """Give the cells of a line as a record of a type; None when it has other columns."""
        columns = self._of(ordinal, len(values))
        if columns.record.fields[-1].rest:
            values = _with_rest(values, len(columns.places), self._layout.file.delimiter)
        if self._layout.file.header and ordinal != self._titled:
            values = _without_blanks(values, columns.most)
        if not columns.fits(len(values)):
            return None
        arrange = arranger(columns) if ordinal in self._lines else self._arrange[ordinal]
        return arrange(values)

    def _of(self, ordinal: int, count: int) -> Columns:
        """Give the columns of a line of so many values as a record of a type."""
        line = self._lines.get(ordinal)
        if line is None:
            return self.columns[ordinal]
        return by_position(line.whole(line.more(count)), self._layout)

    def _fault(self, line: int, end_line: int, text: str, fault: Fault) -> Damage:
        if is_blank(text, self._layout.file):
            return _blank(line, end_line, text)
        field = self.columns[0].field_at(fault.column) if self._choose is None else None
        reason = f"column {fault.column + 1}: {fault.reason}"
        return Damage(line, end_line, "CW605", reason, text, field)


def _with_rest(values: list[str], count: int, delimiter: str) -> list[str]:
    """Give all that is left of a line to its last field, delimiters and all."""
    if len(values) <= count:
        return values
    return [*values[: count - 1], delimiter.join(values[count - 1 :])]


def _without_blanks(values: list[str], most: int | None) -> list[str]:
    """Leave out blank values past the last: spreadsheets make all lines as long as the header."""
    end = len(values)
    while most is not None and end > most and not values[end - 1].strip():
        end -= 1
    return values[:end]


def _with_places(layout: Layout, columns: Sequence[Columns]) -> Layout:
    """Give a layout whose tags stand where a header line says."""
    if not layout.file.header or len(layout.records) == 1:
        return layout

    def meant(one: Columns) -> Record:
        places = [_NOWHERE if place is None else place for place in one.places]
        fields = zip(one.record.fields, places, strict=True)
        return replace(one.record, fields=tuple(replace(f, position=at) for f, at in fields))

    return replace(layout, records=tuple(map(meant, columns)))


_NOWHERE = 1 << 30


def _never(_: str) -> list[Cell] | None:
    return None


def _blank(line: int, end_line: int, text: str) -> Damage:
    return Damage(line, end_line, "CW608", "the line is blank", text)


def read(stream: BinaryIO, layout: Layout) -> Iterator[Row | Damage]:
    """Yield the rows of a delimited stream in order, and the Damage of lines that are none.

    Cells are text by field position; MISSING for a column the file does not have. Lines may end
    in LF or CRLF, the last one in nothing. With `record_end`, line numbers count records.

    Raises FormatProblem CW602 (encoding, byte order mark) and CW609 to CW612 (header).
    """
    if layout.file.component is not None:
        yield from composite.read(stream, layout)
        return
    source = lines(stream, layout.file)
    reader = yield from _opened(source, layout)
    split, exactly = reader.split, reader.read
    for line, end_line, text in source:
        cells = split(text) if isinstance(text, str) else None
        if cells is not None:
            yield Row(line, end_line, 0, cells)
            continue
        row = exactly(line, end_line, text)
        if row is not None:
            yield row


Rows = Generator[Row | Damage, None, Reader]


def _opened(source: Iterator[tuple[int, int, str | Damage]], layout: Layout) -> Rows:
    """Take the header line off the source, if the layout has one, and give the rows before it."""
    if not layout.file.header:
        return Reader(layout)
    passed, before = passed_over(layout.file), _Before(layout)
    for line, end_line, text in source:
        if isinstance(text, Damage):
            raise FormatProblem("CW609", f"the header: {text.reason}", line=line)
        if passed(text):
            continue
        row = before.read(line, end_line, text)
        if row is None:
            return Reader(layout, text, line)
        yield row
    raise FormatProblem("CW609", "the file is empty, a header line is expected")


class _Before:
    """The records that stand before a header line: those without a tag first, each one line."""

    def __init__(self, layout: Layout) -> None:
        lines = physical(layout)
        self._reader: Reader | None = None
        self._places: list[int] = []
        if len(lines.records) == 1:
            return
        self._reader = Reader(replace(layout, file=replace(layout.file, header=False)))
        self._titled = titled(lines)
        self._places = [one.record.ordinal for one in first_unmarked(lines.root) if one.record]
        self._tagged = set(_ordinals_before(lines.root, self._titled))

    def read(self, line: int, end_line: int, text: str) -> Row | Damage | None:
        """Read one line; None for the header line."""
        if self._reader is None:
            return None
        if self._places:
            return self._reader.as_type(line, end_line, text, self._places.pop(0))
        ordinal = self._reader.type_of(text)
        if ordinal not in self._tagged:
            return None
        return self._reader.as_type(line, end_line, text, ordinal)


def _ordinals_before(root: Branch, titled: int) -> Iterator[int]:
    """Give the record types with a tag that the structure names before the one with a header."""
    for one in branches(root):
        if one.record is not None and one.record.ordinal == titled:
            return
        if one.record is not None and one.record.tags:
            yield one.record.ordinal


def writer(layout: Layout) -> Write:
    """Build the function from a record type and its texts, by position, to a line with its end.

    It raises Unwritable (a values.Problem); see `delimited_writer` and `composite`.
    """
    return line_writer(layout) if layout.file.component is None else composite.writer(layout)


def typer(layout: Layout) -> Callable[[str], int]:
    """Build the function from a line that is written to the record type it will be read as."""
    if layout.file.component is not None:
        return composite.typer(layout)
    return Reader(replace(layout, file=replace(layout.file, header=False))).type_of


def splitter(layout: Layout) -> Callable[[str], list[str] | None]:
    """Build the quick split of a well-formed line into as many values as the layout has fields.

    None means that the exact way (`Reader.read`) must look at the line. Only for a layout with
    one record type whose columns stand as in the layout; else use `Reader.split`.
    """
    return fast(layout.file, len(layout.records[0].fields) if len(layout.records) == 1 else None)
