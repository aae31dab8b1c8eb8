"""Text whose bytes cannot be cut into lines (UTF-16) is UTF-8 inside, read and written."""

import codecs
from dataclasses import replace
from typing import BinaryIO, cast

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.lines import encoding_name
from crosswalk.model.layout import File, Layout

WIDE = ("utf-16", "utf-16-le", "utf-16-be")
"""Encodings of two bytes for most characters, by Python's names."""


def is_wide(file: File) -> bool:
    """Tell whether a layout says UTF-16."""
    return encoding_name(file.encoding) in WIDE


class _Recoded:
    """A stream of UTF-16 bytes, read as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream, self._encoding = stream, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._held, self._at, self._ended = b"", 0, False

    def read(self, size: int) -> bytes:
        """Give at most `size` bytes. Raises FormatProblem CW601 for bytes that are no UTF-16."""
        while not self._held and not self._ended:
            raw = self._stream.read(size)
            self._ended = not raw
            begin = self._at - len(self._decoder.getstate()[0])
            try:
                text = self._decoder.decode(raw, final=self._ended)
            except UnicodeDecodeError as fault:
                reason = f"byte {begin + fault.start} of the file is not {self._encoding}"
                raise FormatProblem("CW601", reason) from None
            self._at += len(raw)
            self._held = text.removeprefix("\ufeff").encode()
        given, self._held = self._held[:size], self._held[size:]
        return given


def recoded(stream: BinaryIO, layout: Layout) -> tuple[BinaryIO, Layout]:
    """Give a stream and layout whose lines can be cut: those of UTF-16 as UTF-8."""
    if not is_wide(layout.file):
        return stream, layout
    made = cast(BinaryIO, _Recoded(stream, layout.file.encoding))
    return made, narrow(layout)


def narrow(layout: Layout) -> Layout:
    """Give the layout of the text inside: UTF-8 where the file is UTF-16."""
    if not is_wide(layout.file):
        return layout
    return replace(layout, file=replace(layout.file, encoding="utf-8"))
