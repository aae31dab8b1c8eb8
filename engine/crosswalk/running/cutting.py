"""Cutting a large flat file between groups, so that its parts can be mapped side by side."""

from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

from crosswalk.formats.delimited import Reader, lines
from crosswalk.formats.quoting import passed_over, spans_lines
from crosswalk.model.records import Damage
from crosswalk.running.flat import Flat
from crosswalk.running.mapper import Mapper
from crosswalk.running.rows import Part

WINDOW = 1 << 20
"""How far past an even cut a boundary between two groups is looked for, in bytes."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A byte range of the input that begins and ends between two groups."""

    start: int
    end: int
    part: Part


class Range(RawIOBase):
    """A byte range of a file as a stream."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        """Begin at `start`."""
        self.stream, self.left = stream, end - start
        stream.seek(start)

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes of what is left of the range."""
        data = self.stream.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        return data


def cut(source: Path, run: Mapper, jobs: int) -> list[Slice]:
    """Cut a flat file between groups, as evenly as that goes; empty when it cannot be cut."""
    file = run.plan.source.file
    from multiprocessing import get_all_start_methods

    can_fork = "fork" in get_all_start_methods() and not _met_once(run)
    if not can_fork or not run.is_flat() or spans_lines(file) or file.record_end is not None:
        return []
    size = source.stat().st_size
    with source.open("rb") as stream:
        reader, start, line = _beginning(stream, run)
        if reader is None:
            return []
        cuts = [start]
        for number in range(1, jobs):
            cut = _boundary(
                stream, run, reader, max(start + (size - start) * number // jobs, cuts[-1])
            )
            if cut is not None and cut > cuts[-1]:
                cuts.append(cut)
    ends = [*cuts[1:], size]
    return [Slice(begin, end, Part(reader, line)) for begin, end in zip(cuts, ends, strict=True)]


def count_lines(source: Path, end: int) -> int:
    """Count the lines before a place, so that rejects name the lines of the whole file."""
    count = 0
    with source.open("rb") as stream:
        window = Range(stream, 0, end)
        while data := window.read(WINDOW):
            count += data.count(b"\n")
    return count


def _met_once(run: Mapper) -> bool:
    """Tell whether one process must see all that is written: the keys of a JSON object."""
    return any(one.json == "key" for record in run.plan.target.records for one in record.fields)


def _beginning(stream: BinaryIO, run: Mapper) -> tuple[Reader | None, int, int]:
    """Give the reader that the header makes, and where the first record begins."""
    layout = run.plan.source
    passed = passed_over(layout.file)
    if not layout.file.header and not layout.file.skip_lines:
        mark = stream.read(3) == b"\xef\xbb\xbf"
        return Reader(layout), 3 if mark else 0, 1
    for number, _, text in lines(stream, layout.file):
        if isinstance(text, Damage) or passed(text):
            continue
        if not layout.file.header:
            return None, 0, 0
        stream.seek(0)
        offset = sum(len(stream.readline()) for _ in range(number))
        return Reader(layout, text, number), offset, number + 1
    return None, 0, 0


def _boundary(stream: BinaryIO, run: Mapper, reader: Reader, near: int) -> int | None:
    """Find the first place after `near` where two good rows of different keys meet."""
    stream.seek(near)
    stream.readline()
    keys = [slot.field.position for slot in run.node.keys]
    encoding = run.plan.source.file.encoding
    last: list[Any] | None = None
    for _ in range(WINDOW):
        at = stream.tell()
        raw = stream.readline()
        if not raw or at - near > WINDOW:
            return None
        cells = _cells(reader, raw, encoding)
        if cells is None:
            last = None
            continue
        if last is not None and (not keys or _differ(last, cells, keys, run)):
            return at
        last = cells
    return None


def _cells(reader: Reader, raw: bytes, encoding: str) -> list[Any] | None:
    try:
        text = raw.decode(encoding).rstrip("\r\n")
    except UnicodeDecodeError:
        return None
    if "\r" in text or "\0" in text:
        return None
    row = reader.read(1, 1, text)
    return None if row is None or isinstance(row, Damage) else row.cells


def _differ(one: list[Any], other: list[Any], keys: list[int], run: Mapper) -> bool:
    return any(one[key] != other[key] for key in keys) and not Flat(run).same_key(one, other)
