"""The fixed-width form: lines, or blocks without line ends, to rows by a layout.

Streaming and strict: a line of another length than the layout says becomes its own Damage that
names the expected and the found length; nothing is shifted or guessed (safety F5). Positions
count characters, or bytes where the layout says so (`fixed_bytes`). Writing is in `fixed_writer`.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

from crosswalk.formats import fixed_bytes
from crosswalk.formats.fixed_bytes import CARRIED, REST
from crosswalk.formats.fixed_places import record_length
from crosswalk.formats.fixed_text import put, take
from crosswalk.formats.fixed_writer import Write, filler, filling, line_end, writer
from crosswalk.formats.groups import physical
from crosswalk.formats.lines import lines, opening
from crosswalk.formats.record_types import twins
from crosswalk.model.layout import Field, File, Layout, Record
from crosswalk.model.records import Cell, Damage, Row

__all__ = ["Write", "filling", "read", "typer", "writer"]

Lines = Iterator[tuple[int, int, str | Damage]]
Slices = tuple[tuple[int, int, Callable[[str], str]], ...]


def read(stream: BinaryIO, layout: Layout) -> Iterator[Row | Damage]:
    """Yield the rows of a fixed-width stream in order, and the Damage of lines that are none.

    Cells are text by field position, without their padding. With `newline: none`, line numbers
    count records.

    Raises FormatProblem CW602 (encoding, byte order mark) and CW625 (lengths before records).
    """
    layout = physical(layout)
    reader = _Reader(layout)
    source = _source(stream, layout)
    if layout.file.blocks is not None:
        source = _without_fill(source, filler(layout))
    for line, end_line, text in source:
        found = text if isinstance(text, Damage) else reader.read(line, end_line, text)
        if found is not None:
            yield found


def typer(layout: Layout) -> Callable[[str], int]:
    """Build the function from a written line, with its end, to the record type it is read as."""
    reader, file = _Reader(physical(layout)), layout.file
    begin = len(fixed_bytes.prefixed("", file.encoding)) if file.newline == "rdw" else 0
    spread = fixed_bytes.is_spread(file)

    def type_of(line: str) -> int:
        text = line[begin : len(line) - len(line_end(file))]
        return reader.type_of(fixed_bytes.spread(text, file.encoding) if spread else text)

    return type_of


def _without_fill(source: Lines, fill: str) -> Lines:
    """Leave out the records that fill up the last block; nothing may stand after them."""
    filled = False
    for line, end_line, text in source:
        if text == fill:
            filled = True
        elif filled and isinstance(text, str):
            reason = "stands after the records that fill up the last block"
            yield line, end_line, Damage(line, end_line, "CW630", reason, text)
        else:
            yield line, end_line, text


def _source(stream: BinaryIO, layout: Layout) -> Lines:
    if layout.file.newline == "rdw":
        return _described(stream, layout)
    endless = fixed_bytes.is_endless(layout.file)
    return _blocks(stream, layout) if endless else lines(stream, layout.file)


class _Reader:
    """Reads the lines of one layout. Immutable after construction."""

    def __init__(self, layout: Layout) -> None:
        self._file = layout.file
        self._records = layout.records
        self._lengths = tuple(record_length(record, layout.file) for record in layout.records)
        self._longest = max(self._lengths)
        self._slices = tuple(_slices(record, layout.file) for record in layout.records)
        self._choose, self._twins = _chooser(layout), twins(layout)
        self._short = layout.file.trailing_blanks != "required"
        self._spread = fixed_bytes.is_spread(layout.file)
        self._look = fixed_bytes.inspector(layout)

    def read(self, line: int, end_line: int, text: str) -> Row | Damage | None:
        """Read one line; None for a line that is no record."""
        file = self._file
        blank = not text.strip(" ")
        if (file.comment and text.startswith(file.comment)) or (blank and file.skip_blank):
            return None
        if self._spread:
            text = fixed_bytes.spread(text, file.encoding)
        ordinal = self.type_of(text)
        if ordinal < 0:
            if blank:
                return Damage(line, end_line, "CW608", "the line is blank", text)
            return Damage(line, end_line, "CW607", self._no_type(), text)
        same = self._twins.get(ordinal, (ordinal,))
        made = [(one, cells) for one in same if (cells := self._cells(one, text)) is not None]
        if not made:
            return _wrong_length(line, self._lengths[ordinal], text, file.positions)
        wrong = self._look(self._records[ordinal], text) if self._look is not None else None
        if wrong is not None:
            field, code, reason = wrong
            return Damage(line, end_line, code, reason, text.replace(REST, ""), field.name)
        return Row(line, end_line, *made[0], tuple(made[1:]))

    def type_of(self, text: str) -> int:
        """Give the ordinal of the record type that the tags of a line name, -1 when none does."""
        return self._choose(text.ljust(self._longest))

    def _cells(self, ordinal: int, text: str) -> list[Cell] | None:
        """Give the cells of a line as a record of a type; None when it has another length."""
        expected = self._lengths[ordinal]
        if len(text) != expected:
            if len(text) > expected or not self._short:
                return None
            text = text.ljust(expected)
        slices = self._slices[ordinal]
        if self._spread and REST in text:
            return [strip(text[begin:end].replace(REST, "")) for begin, end, strip in slices]
        return [strip(text[begin:end]) for begin, end, strip in slices]

    def _no_type(self) -> str:
        tags = [tag for record in self._records for tag in record.tags]
        places = sorted({tag.start or 1 for tag in tags})
        words = sorted({word for tag in tags for word in _words(tag)})
        return (
            f"no record type matches; the tags at {', '.join(map(str, places))} "
            f"are {', '.join(words)}"
        )


def _wrong_length(line: int, expected: int, text: str, unit: str) -> Damage:
    reason = f"expected {expected} {unit}, got {len(text)}"
    return Damage(line, line, "CW613", reason, text.replace(REST, ""))


def _slices(record: Record, file: File) -> Slices:
    found = []
    for field in record.fields:
        begin = (field.start or 1) - 1
        found.append((begin, begin + (field.width or 1), take(field, file)))
    return tuple(found)


def _words(field: Field) -> tuple[str, ...]:
    return field.values if field.always is None else (field.always,)


def _chooser(layout: Layout) -> Callable[[str], int]:
    """Build the choice of record type: the first whose tags all stand there, else the untagged."""
    types = []
    file = layout.file
    place: Callable[[str], str] = (
        partial(fixed_bytes.spread, encoding=file.encoding)
        if fixed_bytes.is_spread(file)
        else lambda text: text
    )
    for record in sorted(layout.records, key=lambda record: not record.tags):
        tags = []
        for field in record.tags:
            begin, spell = (field.start or 1) - 1, put(field, file)
            texts = frozenset(place(spell(word)) for word in _words(field))
            tags.append((begin, begin + (field.width or 1), texts))
        types.append((tags, record.ordinal))

    def choose(text: str) -> int:
        for tags, ordinal in types:
            if all(text[begin:end] in texts for begin, end, texts in tags):
                return ordinal
        return -1

    return choose


# --------------------------------------------------------------------------- no line ends


def _blocks(stream: BinaryIO, layout: Layout) -> Lines:
    """Cut a stream into records of one length. Raises FormatProblem CW602."""
    encoding, raw_bytes = fixed_bytes.byte_encoding(layout), fixed_bytes.is_raw(layout)
    length = max(record_length(record, layout.file) for record in layout.records)
    held, _ = (b"", 0) if raw_bytes else opening(stream, encoding)
    number = 0

    def text_of(number: int, raw: bytes) -> str | Damage:
        if raw_bytes:
            return raw.decode(encoding, CARRIED)
        return fixed_bytes.text_of(number, raw, encoding)

    while True:
        raw = held + stream.read(length - len(held)) if len(held) < length else held
        held, raw = raw[length:], raw[:length]
        if len(raw) < length:
            break
        number += 1
        if number > layout.file.skip_lines:
            yield number, number, text_of(number, raw)
    if raw.strip(b"\r\n\x1a"):
        text = raw.decode(encoding, "backslashreplace")
        yield number + 1, number + 1, _wrong_length(number + 1, length, text, layout.file.positions)


def _described(stream: BinaryIO, layout: Layout) -> Lines:
    """Cut a stream where lengths say so. Raises FormatProblem CW602, CW625."""
    for number, text in fixed_bytes.described(stream, fixed_bytes.byte_encoding(layout)):
        if number > layout.file.skip_lines:
            yield number, number, text
