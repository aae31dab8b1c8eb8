"""A sample file as text: its encoding, line ends and lines."""

import re
from dataclasses import dataclass

from crosswalk.importing.grid import MAX_BYTES, Refused

_EBCDIC_BLANK, _ASCII_BLANK = b"\x40", b"\x20"
_UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
"""Bytes that Windows-1252 does not have."""

_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding=[\"']([\w.-]+)[\"']")

SPEC = "write it from the partner's spec (crosswalk import table)"


@dataclass(frozen=True, slots=True)
class Sample:
    """The text of a sample with the keys of `file:` that say how it is encoded.

    `doubts` are about the file as a whole.
    """

    text: str
    keys: dict[str, str]
    doubts: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.replace("\r\n", "\n").removesuffix("\n").split("\n")


def read_sample(data: bytes) -> Sample:
    """Decode a sample. Raises Refused when it is empty, too large or no text."""
    if not data.strip():
        raise Refused("the file is empty")
    if len(data) > MAX_BYTES:
        raise Refused(f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB; give a part of it")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Sample(data.decode("utf-16", "replace"), {"encoding": "utf-16"})
    if data.count(_EBCDIC_BLANK) > data.count(_ASCII_BLANK) and b"\xf0" in data:
        raise Refused(f"the file looks like EBCDIC (encoding: cp037): {SPEC}")
    if b"\0" in data:
        raise Refused("the file holds NUL characters: it is no text")
    keys = {"bom": "true"} if data.startswith(b"\xef\xbb\xbf") else {}
    text, encoding, doubts = _decoded(data)
    keys |= {"encoding": encoding} if encoding != "utf-8" else {}
    if "\r\n" in text:
        keys["newline"] = "crlf"
    return Sample(text, keys, doubts)


def _decoded(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    declared = _DECLARED.match(data)
    if declared is not None:
        name = declared[1].decode().casefold()
        try:
            return data.decode(name).removeprefix("\ufeff"), name, ()
        except (LookupError, UnicodeDecodeError) as wrong:
            raise Refused(f"it is not {name}, as it declares: {wrong}") from None
    try:
        return data.decode("utf-8-sig"), "utf-8", ()
    except UnicodeDecodeError:
        pass
    encoding = "iso-8859-1" if any(one in data for one in _UNDEFINED) else "cp1252"
    text = data.decode(encoding)
    first = next(one for one in text if ord(one) >= _ASCII)
    at = text.index(first)
    shown = text[max(0, at - 10) : at + 10].split("\n")[0]
    return text, encoding, (f"not UTF-8: is '{shown}' right as {encoding}?",)


_ASCII = 128
