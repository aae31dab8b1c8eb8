"""Fixed-width records whose positions are bytes: numbers stored in bytes, wide characters.

Two ways, both in text. Where bytes are numbers (`usage`) or lengths (`newline: rdw`), each byte
is one character of a one-byte encoding, and those it does not have are carried along (PEP 383).
Where characters have several bytes (`positions: bytes`), a line is spread so that each byte has a
place: a character, then `REST` for each more byte.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.lines import EBCDIC, control, encoding_name, encoding_of, is_multibyte
from crosswalk.model.layout import Field, File, Layout, Record
from crosswalk.model.records import Damage

CARRIED = "surrogateescape"
"""How bytes that are no character of the encoding pass through text."""

REST = "\ud800"
"""Stands for one more byte of the character before it; no file decodes to it."""

_PREFIX = 4
_CARRIED = range(0xDC80, 0xDD00)


def is_raw(layout: Layout) -> bool:
    """Tell whether bytes of the file are no text: numbers, or lengths before records."""
    file = layout.file
    if file.form != "fixed":
        return False
    return file.newline == "rdw" or any(f.usage for r in layout.records for f in r.fields)


def is_endless(file: File) -> bool:
    """Tell whether nothing parts the records of a fixed-width file but their length."""
    return file.newline == "none" and file.record_end is None


def is_spread(file: File) -> bool:
    """Tell whether a line must be spread before it can be cut at its bytes."""
    return file.positions == "bytes" and is_multibyte(file.encoding)


def sizer(file: File) -> Callable[[str], int]:
    """Build the function to how many positions a text takes."""
    encoding = file.encoding
    if not is_spread(file):
        return len
    return lambda text: len(text) if text.isascii() else len(text.encode(encoding, "replace"))


def spread(text: str, encoding: str) -> str:
    """Give a text in which each byte has a place."""
    if text.isascii():
        return text
    return "".join(one + REST * (len(one.encode(encoding)) - 1) for one in text)


def inspector(layout: Layout) -> Callable[[Record, str], tuple[Field, str, str] | None] | None:
    """Build the look at a record for what is wrong in a field: the field, a code, a reason.

    None where nothing can be.

    A character that stands in two fields (CW619), a byte that is not of the encoding (CW601), a
    control character in a text (CW604).
    """
    if is_raw(layout):
        return _look_at_texts
    return _look_for_cuts if is_spread(layout.file) else None


def _look_for_cuts(record: Record, text: str) -> tuple[Field, str, str] | None:
    for field in record.fields:
        begin = (field.start or 1) - 1
        for at in (begin, begin + (field.width or 1)):
            if text[at : at + 1] == REST:
                reason = f"position {at + 1} is inside of a character, the field is cut there"
                return field, "CW619", reason
    return None


def _look_at_texts(record: Record, text: str) -> tuple[Field, str, str] | None:
    for field in record.fields:
        begin = (field.start or 1) - 1
        found = "" if field.usage else text[begin : begin + (field.width or 1)]
        for at, one in enumerate(found, begin + 1):
            if ord(one) in _CARRIED:
                byte = ord(one) - _CARRIED.start + 0x80
                return field, "CW601", f"byte 0x{byte:02X} at {at} is not of the encoding"
        wrong = control(found, breaks="\r\n")
        if wrong is not None:
            return field, "CW604", wrong
    return None


# --------------------------------------------------------------------------- bytes as records


def byte_encoding(layout: Layout) -> str:
    """Give the encoding of a file without line ends, where positions are bytes.

    Raises FormatProblem CW602 for one in which the file cannot be cut.
    """
    name = encoding_name(layout.file.encoding)
    if name in EBCDIC:
        return name
    name = encoding_of(layout.file)
    if is_multibyte(name) and (is_raw(layout) or layout.file.positions != "bytes"):
        raise FormatProblem(
            "CW602",
            f"records without line ends cannot be cut in {name}, where lengths vary",
            help="say positions: bytes, or an encoding of one byte for a character, such as cp037",
        )
    return name


def described(stream: BinaryIO, encoding: str) -> Iterator[tuple[int, str]]:
    """Cut a stream into records with a length before each (RDW): their numbers and texts.

    The length counts itself and the two zero bytes after it. Raises FormatProblem CW625.
    """
    number = 0
    while head := stream.read(_PREFIX):
        number += 1
        length = int.from_bytes(head[:2], "big")
        if len(head) < _PREFIX or length < _PREFIX or head[2:] != b"\0\0":
            raise FormatProblem(
                "CW625",
                f"record {number} begins with {head.hex().upper()}, which is no length of a record",
                line=number,
                help="four bytes are expected: the length with themselves, then two of zero",
            )
        raw = stream.read(length - _PREFIX)
        if len(raw) < length - _PREFIX:
            message = f"record {number} has {length} bytes, the file ends after {len(raw) + 4}"
            raise FormatProblem("CW625", message, line=number, help="it may be cut off")
        yield number, raw.decode(encoding, CARRIED)


def prefixed(text: str, encoding: str) -> str:
    """Put the length of a record before it."""
    length = (len(text) + _PREFIX).to_bytes(2, "big") + b"\0\0"
    return length.decode(encoding, CARRIED) + text


def text_of(number: int, raw: bytes, encoding: str) -> str | Damage:
    """Give the text of a record without line ends, or its damage."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as fault:
        shown = raw.decode(encoding, "backslashreplace")
        reason = f"byte 0x{raw[fault.start]:02X} at {fault.start + 1} is not {encoding}"
        return Damage(number, number, "CW601", reason, shown)
    found = control(text, breaks="\r\n")
    return text if found is None else Damage(number, number, "CW604", found, text)
