"""Line ends put where a file has others, or none: at carriage returns, before `record_start`.

Inside, every line ends in LF. A text that begins a record is never a part of a character, because
encodings in which it could be are refused (`lines`).
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, cast

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.lines import encoding_of
from crosswalk.model.layout import File, Layout

Change = Callable[[bytes, bool], tuple[bytes, bytes]]
"""From bytes, and whether they are the last, to changed bytes and those to be looked at again."""


class _Changed:
    """A stream whose bytes are changed on the way."""

    def __init__(self, stream: BinaryIO, change: Change) -> None:
        self._stream, self._change = stream, change
        self._ready, self._held, self._ended = b"", b"", False

    def read(self, size: int) -> bytes:
        """Give at most `size` bytes. Raises FormatProblem CW604."""
        while not self._ready and not self._ended:
            raw = self._stream.read(size)
            self._ended = not raw
            self._ready, self._held = self._change(self._held + raw, self._ended)
        given, self._ready = self._ready[:size], self._ready[size:]
        return given


def broken(stream: BinaryIO, layout: Layout) -> tuple[BinaryIO, Layout]:
    """Give a stream and layout of lines that end in LF. Raises FormatProblem CW602."""
    file = layout.file
    change: Change
    if file.record_start is not None:
        change = _before(file.record_start.encode(encoding_of(file)))
    elif file.newline == "cr":
        change = _returns
    else:
        return stream, layout
    plain = replace(file, record_start=None, newline="lf")
    return cast(BinaryIO, _Changed(stream, change)), replace(layout, file=plain)


def _returns(data: bytes, _: bool) -> tuple[bytes, bytes]:  # noqa: FBT001
    if b"\n" in data:
        message = "lines end in CR by the layout, and the file holds LF"
        raise FormatProblem("CW604", message, help="say newline: lf or crlf under file")
    return data.replace(b"\r", b"\n"), b""


def _before(start: bytes) -> Change:
    """Build the change that begins a line at each `start`; line ends before one count once."""
    place = re.compile(rb"(?:[\r\n][ \t\r\n]*)?" + re.escape(start))
    begun = False

    def change(data: bytes, final: bool) -> tuple[bytes, bytes]:  # noqa: FBT001
        nonlocal begun
        made, at = bytearray(), 0
        for found in place.finditer(data):
            made += data[at : found.start()]
            made += (b"\n" if begun or made else b"") + start
            at, begun = found.end(), True
        rest = data[at:]
        keep = len(rest) if final else _certain(rest, start)
        begun = begun or keep > 0
        return bytes(made) + rest[:keep], rest[keep:]

    return change


def _certain(rest: bytes, start: bytes) -> int:
    """Give how many bytes can be no part of a `start`, or of the line ends before it."""
    edge = max(len(rest) - len(start) + 1, 0)
    return len(rest[:edge].rstrip(b" \t\r\n"))


def begins(file: File) -> Callable[[str], bool]:
    """Build the test whether a line is one record to a reader that cuts at `record_start`."""
    start = file.record_start
    if start is None:
        return lambda _: True
    return lambda line: line.startswith(start) and (line + start).find(start, 1) == len(line)
