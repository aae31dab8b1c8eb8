"""Separators that a file brings along: an X12 interchange in its ISA, EDIFACT in its UNA.

The layout says at which places of the first segment they stand; they count for that file only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO, cast

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.lines import encoding_of, opening
from crosswalk.model.layout import Layout


class _Ahead:
    """A stream of which some bytes were read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int = -1) -> bytes:
        """Give at most `size` bytes, those that were read first."""
        if not self._head:
            return self._stream.read(size)
        size = len(self._head) if size < 0 else size
        given, self._head = self._head[:size], self._head[size:]
        return given


def taken(stream: BinaryIO, layout: Layout) -> tuple[BinaryIO, Layout]:
    """Read the separators that a file brings along; give the rest of it, and its own layout.

    A file that does not begin with the declared text is read by the separators of the layout.
    Raises FormatProblem CW616 when a place holds nothing that can part values, or another decimal
    mark than the layout's fields have.
    """
    rule = layout.file.separators
    if rule is None:
        return stream, layout
    encoding = encoding_of(layout.file)
    head, _ = opening(stream, encoding)
    wanted = max((*rule.places.values(), rule.skip, len(rule.starts)))
    while len(head) < wanted and (more := stream.read(wanted - len(head))):
        head += more
    text = head.decode(encoding, "replace")
    if not text.startswith(rule.starts):
        return cast(BinaryIO, _Ahead(head, stream)), layout
    found = dict(_characters(text, rule.places))
    _decimals(found.pop("point", None), layout)
    rest = text[rule.skip :].encode(encoding, "replace") if rule.skip else head
    file = replace(layout.file, separators=None, **found)  # type: ignore[arg-type]
    return cast(BinaryIO, _Ahead(rest, stream)), replace(layout, file=file)


def _characters(text: str, places: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    seen: dict[str, str] = {}
    for key, place in places.items():
        found = text[place - 1 : place]
        if key == "escape" and found == " ":  # none
            yield key, "none"
            continue
        if not found or found.isalnum() or found == " " or found in seen:
            told = f"'{found}'" if found.isprintable() else "a character"
            twice = f", as {key} and as {seen[found]}" if found in seen else f" as {key}"
            message = f"{told} stands at place {place}{twice}" if found else "the file ends there"
            raise FormatProblem("CW616", f"no separators can be read: {message}", line=1)
        seen[found] = key
        yield key, found


def _decimals(found: str | None, layout: Layout) -> None:
    """Refuse a decimal mark that the layout's fields do not have."""
    if found is None:
        return
    numbers = [
        field
        for record in layout.records
        for field in record.fields
        if field.codec.type in ("money", "decimal")
    ]
    wrong = next((one for one in numbers if one.codec.spelling.point[:1] not in (found, "i")), None)
    if wrong is not None:
        message = f"the file's decimal mark is '{found}', and field {wrong.key} has another"
        raise FormatProblem("CW616", message, line=1, help=f'say point: "{found}" in the layout')
