"""The delimited form: bytes to rows by a layout. Writing is in `delimited_writer`.

Streaming and strict: a line that leaves the grammar, the encoding or the column count becomes
its own Damage with its physical line number; no neighbour is touched (safety F5). What makes the
whole file unusable (header, encoding of the file) raises FormatProblem.

`rows` in `running` loops itself, without a call per row, with the same results as `read`.
"""

from collections.abc import Callable, Iterator
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
from crosswalk.model.layout import Layout
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
        self.columns = self._columns(header, line)
        self._arrange = tuple(arranger(columns) for columns in self.columns)
        self._choose, self._twins = chooser(layout), twins(layout)
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
        if len(self._layout.records) != 1 or names is None:
            raise FormatProblem(
                "CW609", "the file has no header line for one record type", line=line
            )
        if isinstance(names, Fault):
            raise FormatProblem("CW609", f"the header: {names.reason}", line=line)
        return (by_header(names, line, self._layout),)

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
    reader = _reader(source, layout)
    split, exactly = reader.split, reader.read
    for line, end_line, text in source:
        cells = split(text) if isinstance(text, str) else None
        if cells is not None:
            yield Row(line, end_line, 0, cells)
            continue
        row = exactly(line, end_line, text)
        if row is not None:
            yield row


def _reader(source: Iterator[tuple[int, int, str | Damage]], layout: Layout) -> Reader:
    """Take the header line off the source, if the layout has one."""
    if not layout.file.header:
        return Reader(layout)
    passed = passed_over(layout.file)
    for line, _, text in source:
        if isinstance(text, Damage):
            raise FormatProblem("CW609", f"the header: {text.reason}", line=line)
        if not passed(text):
            return Reader(layout, text, line)
    raise FormatProblem("CW609", "the file is empty, a header line is expected")


def writer(layout: Layout) -> Write:
    """Build the function from a record type and its texts, by position, to a line with its end.

    It raises Unwritable (a values.Problem); see `delimited_writer` and `composite`.
    """
    return line_writer(layout) if layout.file.component is None else composite.writer(layout)


def splitter(layout: Layout) -> Callable[[str], list[str] | None]:
    """Build the quick split of a well-formed line into as many values as the layout has fields.

    None means that the exact way (`Reader.read`) must look at the line. Only for a layout with
    one record type whose columns stand as in the layout; else use `Reader.split`.
    """
    return fast(layout.file, len(layout.records[0].fields) if len(layout.records) == 1 else None)
