"""The fixed-width form: lines, or blocks without line ends, to rows by a layout.

Streaming and strict: a line of another length than the layout says becomes its own Damage that
names the expected and the found length; nothing is shifted or guessed (safety F5). Positions
count characters, also where an encoding needs several bytes for one. Writing is in
`fixed_writer`.
"""

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.fixed_places import record_length
from crosswalk.formats.fixed_text import put, take
from crosswalk.formats.fixed_writer import Write, writer
from crosswalk.formats.groups import physical
from crosswalk.formats.lines import control, encoding_of, lines, opening
from crosswalk.formats.record_types import twins
from crosswalk.model.layout import Field, Layout, Record
from crosswalk.model.records import Cell, Damage, Row

__all__ = ["Write", "read", "writer"]

_EBCDIC = frozenset({"cp037", "cp273", "cp500", "cp1140"})
_MANY_BYTES = frozenset({"utf-8"})

Lines = Iterator[tuple[int, int, str | Damage]]
Slices = tuple[tuple[int, int, Callable[[str], str]], ...]


def read(stream: BinaryIO, layout: Layout) -> Iterator[Row | Damage]:
    """Yield the rows of a fixed-width stream in order, and the Damage of lines that are none.

    Cells are text by field position, without their padding. With `newline: none`, line numbers
    count records.

    Raises FormatProblem CW602 (encoding, byte order mark).
    """
    layout = physical(layout)
    reader = _Reader(layout)
    source = (
        _blocks(stream, layout) if layout.file.newline == "none" else lines(stream, layout.file)
    )
    for line, end_line, text in source:
        found = text if isinstance(text, Damage) else reader.read(line, end_line, text)
        if found is not None:
            yield found


class _Reader:
    """Reads the lines of one layout. Immutable after construction."""

    def __init__(self, layout: Layout) -> None:
        self._file = layout.file
        self._records = layout.records
        self._lengths = tuple(record_length(record, layout.file) for record in layout.records)
        self._longest = max(self._lengths)
        self._slices = tuple(_slices(record) for record in layout.records)
        self._choose, self._twins = _chooser(layout), twins(layout)
        self._short = layout.file.trailing_blanks != "required"

    def read(self, line: int, end_line: int, text: str) -> Row | Damage | None:
        """Read one line; None for a line that is no record."""
        file = self._file
        blank = not text.strip(" ")
        if (file.comment and text.startswith(file.comment)) or (blank and file.skip_blank):
            return None
        ordinal = self._choose(text.ljust(self._longest))
        if ordinal < 0:
            if blank:
                return Damage(line, end_line, "CW608", "the line is blank", text)
            return Damage(line, end_line, "CW607", self._no_type(), text)
        same = self._twins.get(ordinal, (ordinal,))
        made = [(one, cells) for one in same if (cells := self._cells(one, text)) is not None]
        if not made:
            return _wrong_length(line, self._lengths[ordinal], text)
        return Row(line, end_line, *made[0], tuple(made[1:]))

    def _cells(self, ordinal: int, text: str) -> list[Cell] | None:
        """Give the cells of a line as a record of a type; None when it has another length."""
        expected = self._lengths[ordinal]
        if len(text) != expected:
            if len(text) > expected or not self._short:
                return None
            text = text.ljust(expected)
        return [strip(text[begin:end]) for begin, end, strip in self._slices[ordinal]]

    def _no_type(self) -> str:
        tags = [tag for record in self._records for tag in record.tags]
        places = sorted({tag.start or 1 for tag in tags})
        words = sorted({word for tag in tags for word in _words(tag)})
        return (
            f"no record type matches; the tags at {', '.join(map(str, places))} "
            f"are {', '.join(words)}"
        )


def _wrong_length(line: int, expected: int, text: str) -> Damage:
    reason = f"expected {expected} characters, got {len(text)}"
    return Damage(line, line, "CW613", reason, text)


def _slices(record: Record) -> Slices:
    found = []
    for field in record.fields:
        begin = (field.start or 1) - 1
        found.append((begin, begin + (field.width or 1), take(field)))
    return tuple(found)


def _words(field: Field) -> tuple[str, ...]:
    return field.values if field.always is None else (field.always,)


def _chooser(layout: Layout) -> Callable[[str], int]:
    """Build the choice of record type: the first whose tags all stand there, else the untagged."""
    types = []
    for record in sorted(layout.records, key=lambda record: not record.tags):
        tags = []
        for field in record.tags:
            begin, spell = (field.start or 1) - 1, put(field)
            texts = frozenset(spell(word) for word in _words(field))
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
    encoding = block_encoding(layout)
    length = max(record_length(record, layout.file) for record in layout.records)
    held, _ = opening(stream, encoding)
    number = 0
    while True:
        raw = held + stream.read(length - len(held)) if len(held) < length else held
        held, raw = raw[length:], raw[:length]
        if len(raw) < length:
            break
        number += 1
        if number > layout.file.skip_lines:
            yield number, number, _text(raw, number, encoding)
    if raw.strip(b"\r\n\x1a"):
        text = raw.decode(encoding, "backslashreplace")
        yield number + 1, number + 1, _wrong_length(number + 1, length, text)


def _text(raw: bytes, number: int, encoding: str) -> str | Damage:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as fault:
        shown = raw.decode(encoding, "backslashreplace")
        reason = f"byte 0x{raw[fault.start]:02X} at {fault.start + 1} is not {encoding}"
        return Damage(number, number, "CW601", reason, shown)
    found = control(text, breaks="\r\n")
    return text if found is None else Damage(number, number, "CW604", found, text)


def block_encoding(layout: Layout) -> str:
    """Give the encoding of a file without line ends, where every character is one byte."""
    try:
        name = codecs.lookup(layout.file.encoding).name
    except LookupError:
        name = ""
    if name in _EBCDIC:
        return name
    name = encoding_of(layout.file)
    if name in _MANY_BYTES:
        raise FormatProblem(
            "CW602",
            f"records without line ends cannot be cut in {name}, where lengths vary",
            help="name an encoding of one byte for each character, such as iso-8859-1 or cp037",
        )
    return name
