"""The encoding of an XML document: the layout allows one, the document must not say another."""

import codecs
import re
from typing import Any, BinaryIO
from xml.parsers import expat

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.lines import encoding_of, opening
from crosswalk.formats.recoded import WIDE, is_wide
from crosswalk.formats.xmlnodes import PARTED
from crosswalk.model.layout import File

_NATIVE = {"iso8859-1": "iso-8859-1", "ascii": "us-ascii"}
"""Names by which expat knows an encoding itself."""


def _name(text: str) -> str:
    try:
        return codecs.lookup(text).name
    except LookupError:
        return ""


def spoken(encoding: str) -> str:
    """Give the registered name (IANA) of an encoding that `encoding_of` gave."""
    if encoding.startswith("iso"):
        return encoding.upper().replace("ISO", "ISO-", 1)
    if encoding.startswith("cp"):
        number = encoding.removeprefix("cp")
        return f"windows-{number}" if number.startswith("125") else f"IBM{number}"
    if encoding == "mac-roman":
        return "macintosh"
    return "US-ASCII" if encoding == "ascii" else encoding.upper()


def parser_for(file: File) -> Any:  # noqa: ANN401 - pyexpat has no class of its own
    """Make a parser for a layout's encoding that knows namespaces. Raises FormatProblem CW602."""
    name = None if is_wide(file) else encoding_of(file)
    made = expat.ParserCreate(name and _NATIVE.get(name, name), PARTED)
    made.buffer_text = True
    made.buffer_size = 1 << 16
    made.XmlDeclHandler = lambda _, said, __: _agree(file, said)
    return made


def _agree(file: File, said: str | None) -> None:
    """Refuse a document that declares another encoding than the layout; ASCII is in each."""
    allowed = "utf-16" if is_wide(file) else encoding_of(file)
    found = None if said is None else _name(said)
    if found is None or found in (allowed, "ascii") or (allowed == "utf-16" and found in WIDE):
        return
    raise FormatProblem(
        "CW602",
        f"the document says encoding {said}, the layout says {file.encoding}",
        line=1,
        help=f"say encoding: {said.lower()} under file" if found and said else "",
    )


def beginning(stream: BinaryIO, file: File, size: int) -> bytes:
    """Read the first bytes, without a UTF-8 mark, and without a document type that is allowed.

    Raises FormatProblem CW602 for another mark.
    """
    head = stream.read(4) if is_wide(file) else opening(stream, encoding_of(file))[0]
    return head if file.doctype is None else _without_type(head + stream.read(size))


_PROLOG = re.compile(rb"(?:\s|<!--(?:[^-]|-[^-])*-->|<\?(?:[^?]|\?[^>])*\?>)*+")
_TYPE = re.compile(rb"<!DOCTYPE(?:[^\[\]<>\"']|\"[^\"]*\"|'[^']*')*+>")


def _without_type(head: bytes) -> bytes:
    """Blank out a document type without declarations of its own: no parser ever sees it.

    What would need it, such as an entity, is then an error. Any other type stays, to be refused.
    """
    prolog = _PROLOG.match(head)
    found = _TYPE.match(head, prolog.end() if prolog is not None else 0)
    if found is None:
        return head
    blank = re.sub(rb"[^\r\n]", b" ", found[0])
    return head[: found.start()] + blank + head[found.end() :]
