r"""Physical lines of a text form: read in blocks, decoded strictly, cut only where lines end.

A Ctrl-Z (0x1A) at the very end is the end of file of DOS, and no data.
A line ends at LF or CRLF, or at the layout's own `record_end`. Nothing else ends a line
(`str.splitlines` would also cut at VT, FF, FS, NEL and U+2028). A line that cannot be decoded
costs itself and no neighbour (safety F5, F9).
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.multiline import join
from crosswalk.formats.quoting import release_of, spans_lines
from crosswalk.formats.sections import continued, data_part
from crosswalk.model.layout import File
from crosswalk.model.records import Damage

CAP = 1 << 20
"""The longest line, in bytes."""

SIZE = 1 << 16
"""How many bytes are read at a time; what fits the processor's cache is read twice as fast."""

SHOWN = 200
"""How many bytes of an over-long line are kept in its Damage."""

_CODE_PAGES = (437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 863, 865, 866, *range(1250, 1259))
_PARTS_OF_ISO = (1, 2, 3, 4, 5, 7, 9, 10, 13, 14, 15, 16)
_ENCODINGS = {
    *("ascii", "koi8-r", "koi8-u", "mac-roman"),
    *(f"cp{number}" for number in _CODE_PAGES),
    *(f"iso8859-{number}" for number in _PARTS_OF_ISO),
}
"""Those in which a byte below 128 is always that character of ASCII, so lines can be cut."""
_SEVERAL_BYTES = frozenset(
    {"utf-8", "cp932", "shift_jis", "gbk", "gb18030", "big5", "cp950", "euc_kr", "cp949"}
)
"""Those with characters of several bytes, none of which is a line break but in line breaks."""
EBCDIC = frozenset({"cp037", "cp273", "cp500", "cp1026", "cp1140"})
"""Of one byte for each character, where all 256 are one: for files without line ends."""
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Block(NamedTuple):
    """Consecutive lines, not decoded: the number and the place of the first, each without its end.

    `at` is in bytes from the start of the file. A line may still bear the CR of its CRLF.
    """

    first: int
    at: int
    pieces: list[bytes]


@dataclass(frozen=True, slots=True)
class _Cut:
    """How bytes become lines.

    `scan` finds ends from the left where the last ones alone could be misjudged: released ends,
    and ends of several characters. `keep_cr`: CR may stand inside a value (multiline).
    """

    encoding: str
    end: bytes
    custom: bool
    scan: re.Pattern[bytes] | None
    keep_cr: bool
    cap: int

    def edge(self, held: bytes) -> int:
        """Give the length of the whole lines at the start of `held`."""
        if self.scan is None:
            return held.rfind(self.end) + len(self.end) if self.end in held else 0
        ends = [found.end() for found in self.scan.finditer(held) if found.lastgroup == "end"]
        return ends[-1] if ends else 0

    def pieces(self, chunk: bytes) -> list[bytes]:
        """Cut whole lines apart; what follows the last end is one more line, if it is anything."""
        if self.scan is None:
            found = chunk.split(self.end)
        else:
            found, at = [], 0
            for match in self.scan.finditer(chunk):
                if match.lastgroup == "end":
                    found.append(chunk[at : match.start()])
                    at = match.end()
            found.append(chunk[at:])
        tail = found.pop().rstrip(b"\r\n") if self.custom else found.pop()
        empty = not (tail.strip() if self.custom else tail)
        return found if empty else [*found, tail]


def encoding_of(file: File) -> str:
    """Give Python's name of the declared encoding; refuse what lines cannot be cut in (CW602)."""
    name = encoding_name(file.encoding)
    name = "utf-8" if name == "utf-8-sig" else name
    if name not in _ENCODINGS | _SEVERAL_BYTES:
        known = ", ".join(sorted(_ENCODINGS | _SEVERAL_BYTES))
        raise FormatProblem(
            "CW602",
            f"encoding '{file.encoding}' is not supported",
            help=f"use one of {known}; text files may also be utf-16",
        )
    mark = file.record_end or file.record_start
    if mark and name != "utf-8" and name in _SEVERAL_BYTES:
        message = f"'{mark}' may be a part of a character in {name}, not a record's end"
        raise FormatProblem("CW602", message, help="such a file is cut at its line ends only")
    return name


def encoding_name(encoding: str) -> str:
    """Give Python's name of an encoding, "" for one that it does not know."""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return ""


def is_multibyte(encoding: str) -> bool:
    """Tell whether characters of an encoding for text forms have several bytes."""
    return encoding_name(encoding) in _SEVERAL_BYTES


def _cut(file: File, cap: int) -> _Cut:
    encoding = encoding_of(file)
    end = (file.record_end or "\n").encode(encoding)
    if end in (b"\n", b"\r\n"):
        return _Cut(encoding, b"\n", custom=False, scan=None, keep_cr=spans_lines(file), cap=cap)
    release = release_of(file) if file.quote == "none" else None
    scan = None
    if release is not None or len(end) > 1:
        freed = b"" if release is None else re.escape(release.encode(encoding)) + rb"[\s\S]|"
        scan = re.compile(rb"%s(?P<end>%s)" % (freed, re.escape(end)))
    return _Cut(encoding, end, custom=True, scan=scan, keep_cr=spans_lines(file), cap=cap)


def opening(stream: BinaryIO, encoding: str) -> tuple[bytes, int]:
    """Take the byte order mark off a stream: the bytes read so far without it, and its length.

    Raises FormatProblem CW602 for a mark that contradicts the declared encoding (safety F9).
    """
    head = b""
    while len(head) < 4 and (more := stream.read(4 - len(head))):  # noqa: PLR2004 - longest mark
        head += more
    if head.startswith(codecs.BOM_UTF8):
        if encoding == "utf-8":
            return head[3:], 3
        found = "UTF-8"
    elif head.startswith(_WIDE_BOMS):
        found = "UTF-16"
    else:
        return head, 0
    raise FormatProblem(
        "CW602",
        f"the file starts with a {found} byte order mark, the layout says {encoding}",
        line=1,
        help="correct file.encoding in the layout, or ask the partner to export it as declared",
    )


def _skip(stream: BinaryIO, held: bytes, end: bytes, size: int) -> tuple[int, bytes]:
    """Read past the end of an over-long line: bytes given up, and what follows it."""
    gone, keep = len(held), len(end) - 1
    tail = held[len(held) - keep :]
    while data := stream.read(size):
        window = tail + data
        at = window.find(end)
        if at >= 0:
            rest = window[at + len(end) :]
            return gone + len(data) - len(rest), rest
        gone += len(data)
        tail = window[len(window) - keep :]
    return gone, b""


def _chunks(
    stream: BinaryIO, cut: _Cut, held: bytes, offset: int, size: int
) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines and their place in the file; of an over-long line only its beginning."""
    while data := stream.read(size):
        held += data
        edge = cut.edge(held)
        if edge:
            yield offset, held[:edge]
            offset += edge
            held = held[edge:]
        if len(held) >= cut.cap + len(cut.end):
            gone, rest = _skip(stream, held, cut.end, size)
            yield offset, held[: cut.cap + 1]
            offset += gone
            held = rest
    held = held.rstrip(b"\x1a")
    if held:
        yield offset, held


def decoder(file: File, cap: int = CAP) -> Callable[[Block, int], str | Damage]:
    """Build the function that gives one line of a block, by its index, as text or as its Damage."""
    return _decoder(_cut(file, cap))


def _decoder(cut: _Cut) -> Callable[[Block, int], str | Damage]:
    encoding, cap, blanks = cut.encoding, cut.cap, b" \t\r\n" if cut.custom else b""
    ends_in_cr = not cut.custom and not cut.keep_cr
    breaks = "" if cut.keep_cr else "\r\n"

    def decode(block: Block, index: int) -> str | Damage:
        raw, number = block.pieces[index], block.first + index
        if len(raw) > cap:
            shown = raw[:SHOWN].decode(encoding, "backslashreplace")
            return Damage(number, number, "CW603", f"the line is longer than {cap} bytes", shown)
        raw = raw.lstrip(blanks) if blanks else raw
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as fault:
            return _undecoded(raw, number, _place(block, index, raw, cut), cut, fault.start)
        if ends_in_cr and text[-1:] == "\r":
            text = text[:-1]
        if "\0" in text or "\r" in text or (blanks and "\n" in text):
            found = control(text, breaks)
            return text if found is None else Damage(number, number, "CW604", found, text)
        return text

    return decode


def _place(block: Block, index: int, raw: bytes, cut: _Cut) -> int:
    """Give the place of a line in the file, in bytes; `raw` is what is left of its piece."""
    before = sum(len(piece) + len(cut.end) for piece in block.pieces[:index])
    return block.at + before + len(block.pieces[index]) - len(raw)


def _undecoded(raw: bytes, number: int, offset: int, cut: _Cut, at: int) -> Damage:
    reason = (
        f"byte 0x{raw[at]:02X} at byte {at + 1} of the line ({offset + at} of the file) "
        f"is not {cut.encoding}"
    )
    shown = raw.decode(cut.encoding, "backslashreplace")
    return Damage(number, number, "CW601", reason, shown)


def control(text: str, breaks: str) -> str | None:
    """Say which character a line may not hold stands in `text`: NUL, or one of `breaks`."""
    for character, name in (("\0", "NUL"), ("\r", "CR"), ("\n", "LF")):
        if (character == "\0" or character in breaks) and character in text:
            return f"a {name} character stands inside the line (character {text.index(character)})"
    return None


def blocks(  # noqa: PLR0913
    stream: BinaryIO,
    file: File,
    *,
    first: int | None = None,
    at: int = 0,
    cap: int = CAP,
    size: int = SIZE,
) -> Iterator[Block]:
    """Yield the physical lines of a stream in blocks; `decoder` makes text of them.

    The mark and `skip_lines` at the start of the file are passed over. `first` says that the
    stream stands in the middle of a file, at the start of the line of that number, `at` bytes from
    the file's start (sharding). With
    a `record_end`, lines are records and numbers count them, for such files often have one line.
    Lines of a `multiline` layout are not yet joined: see `lines`.

    Raises FormatProblem CW602 for an encoding that is not supported or contradicts the mark.
    """
    cut = _cut(file, cap)
    held, offset = (b"", at) if first is not None else opening(stream, cut.encoding)
    number, skip = (1, file.skip_lines) if first is None else (first, 0)
    for place, chunk in _chunks(stream, cut, held, offset, size):
        pieces = cut.pieces(chunk)
        passed = min(skip, len(pieces))
        if passed < len(pieces):
            gone = sum(len(piece) + len(cut.end) for piece in pieces[:passed])
            yield Block(number + passed, place + gone, pieces[passed:] if passed else pieces)
        skip -= passed
        number += len(pieces)


def lines(
    stream: BinaryIO, file: File, *, first: int | None = None, cap: int = CAP
) -> Iterator[tuple[int, int, str | Damage]]:
    """Yield (first line, last line, text or Damage) for each record of a text form.

    As `blocks`, one by one; in a `multiline` layout, lines are joined until quotes are balanced.
    Lines that are no data (`from_line`, `until_line`) are left out, those of one record joined.
    """
    found = _logical(stream, file, first, cap)
    return found if file.continuation is None else continued(found, file.continuation)


def _logical(
    stream: BinaryIO, file: File, first: int | None, cap: int
) -> Iterator[tuple[int, int, str | Damage]]:
    decode = decoder(file, cap)
    physical: Iterator[tuple[int, str | Damage]] = (
        (block.first + index, decode(block, index))
        for block in blocks(stream, file, first=first, cap=cap)
        for index in range(len(block.pieces))
    )
    if file.from_line is not None or file.until_line is not None:
        physical = data_part(physical, file)
    if spans_lines(file):
        yield from join(physical, file, cap)
    else:
        for number, text in physical:
            yield number, number, text
