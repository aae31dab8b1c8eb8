"""The JSON forms: lines of objects, and one document. Writing is in `jsonwriter`.

json-lines: each line is one top-level occurrence. If the layout has one top-level branch and it
repeats, the line is its object; else the line is an object with one key, the branch's name.

json: one document with a key per top-level branch, or each branch's list at its record's path; a
single repeating branch may also be a bare list. A document is read whole into memory, at most
256 MiB; what must stream is better sent as json-lines.

An object holds its fields under their name (or path) and a key per child branch. Each cell stays
the JSON scalar; a missing key is MISSING, null is None. Numbers are exact (safety F7).
"""

from collections.abc import Iterator
from typing import BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.jsonshape import (
    Child,
    Keys,
    Shape,
    ShapeError,
    child_steps,
    items_of,
    plain_path,
    root_keys,
    shape_of,
    unknown_key,
)
from crosswalk.formats.jsontext import BadJsonError, decode, encode, fragment
from crosswalk.formats.jsonwriter import Document, document, writer
from crosswalk.formats.lines import encoding_of, lines, opening
from crosswalk.formats.quoting import is_blank
from crosswalk.model.layout import Branch, Layout
from crosswalk.model.records import Damage, Instance

__all__ = ["Document", "document", "fragment", "read", "read_line", "writer"]

LINE_CAP = 8 << 20
"""The longest line of json-lines, in bytes."""

DOCUMENT_CAP = 256 << 20
"""The largest json document, in bytes."""

_ROOT = "the document"


def read(stream: BinaryIO, layout: Layout) -> Iterator[Instance | Damage]:
    """Yield the top-level occurrences of a stream in order, and the Damage of those unreadable.

    The line of an occurrence is its line in json-lines, its number in its list in json. Raises
    FormatProblem: CW601 and CW602 (encoding), CW640 to CW645 (a document that is not JSON or not
    of the layout's shape), CW646 (too large), CW647 (a path in the layout), CW631 (a record that
    must be there is not).
    """
    seen: set[str] = set()
    whole = True
    for item in _items(stream, layout):
        if isinstance(item, Instance):
            seen.add(item.branch.name)
        else:
            whole = False
        yield item
    for branch in layout.root.children if whole else ():
        if branch.least and branch.name not in seen:
            raise _absent(branch, layout)


def _absent(branch: Branch, layout: Layout) -> FormatProblem:
    help_ = f"if it may be missing, say '{branch.name}?' or '{branch.name}*'"
    if layout.file.form == "json":
        help_ += "; if its fields stand in the document itself, say path: '@'"
    where = ".".join(child_steps(branch)) if not _is_expression(branch) else branch.name
    return FormatProblem("CW631", f"'{where}' is not in the file", help=help_)


def _items(stream: BinaryIO, layout: Layout) -> Iterator[Instance | Damage]:
    if layout.file.form == "json":
        yield from _read_document(stream, layout)
        return
    read_one = read_line(layout)
    for number, _, text in lines(stream, layout.file, cap=LINE_CAP):
        if isinstance(text, Damage):
            yield text
        elif not is_blank(text, layout.file):
            yield read_one(text, number)
        elif not layout.file.skip_blank:
            yield Damage(number, number, "CW608", "the line is blank", text)


class _LineReader:
    """Reads one line of json-lines."""

    def __init__(self, layout: Layout) -> None:
        loose = layout.file.extra_columns == "ignore"
        shapes = [shape_of(branch, loose=loose) for branch in layout.root.children]
        self._single = shapes[0] if _is_single(layout) else None
        self._shapes = {shape.branch.name: shape for shape in shapes}

    def __call__(self, text: str, number: int) -> Instance | Damage:
        """Give the occurrence on a line, or the Damage of the line."""
        try:
            return self._read(decode(text), number)
        except ShapeError as wrong:
            return Damage(number, number, wrong.code, wrong.reason, text, wrong.field)

    def take(self, value: object, number: int) -> Instance | Damage:
        """Give the occurrence that a host's object is, or the Damage of the object."""
        try:
            return self._read(value, number)
        except ShapeError as wrong:
            return Damage(number, number, wrong.code, wrong.reason, "", wrong.field)

    def _read(self, value: object, number: int) -> Instance:
        if self._single is not None:
            return self._single.read(value, number)
        if not isinstance(value, dict) or len(value) != 1:
            names = ", ".join(self._shapes)
            raise ShapeError("CW645", f"a line must be an object with one key, one of {names}")
        ((name, inner),) = value.items()
        shape = self._shapes.get(name)
        if shape is None:
            raise ShapeError("CW644", unknown_key(name, self._shapes, _ROOT))
        return shape.read(inner, number)


def read_line(layout: Layout) -> _LineReader:
    """Build the function from a line of json-lines and its number to its Instance or Damage."""
    return _LineReader(layout)


def _is_single(layout: Layout) -> bool:
    """Tell whether the top level is one branch that repeats."""
    return len(layout.root.children) == 1 and layout.root.children[0].most is None


# ------------------------------------------------------------------------------- one document


def _read_document(stream: BinaryIO, layout: Layout) -> Iterator[Instance | Damage]:
    data = _whole(stream, layout)
    try:
        found = _branches(decode(data), layout)
    except ShapeError as wrong:
        byte = wrong.byte if isinstance(wrong, BadJsonError) else None
        line = None if byte is None else data.count(b"\n", 0, byte) + 1
        raise FormatProblem(wrong.code, wrong.reason, line=line) from None
    for shape, items in found:
        for number, item in enumerate(items, 1):
            yield _occurrence(shape, item, number)


def _occurrence(shape: Shape, item: object, number: int) -> Instance | Damage:
    try:
        return shape.read(item, number)
    except ShapeError as wrong:
        reason = f"{shape.branch.name} {number}: {wrong.reason}"
        return Damage(number, number, wrong.code, reason, encode(item), wrong.field)


def _whole(stream: BinaryIO, layout: Layout) -> bytes:
    """Read a document whole, as UTF-8 without byte order mark."""
    encoding = encoding_of(layout.file)
    head, _ = opening(stream, encoding)
    data = head + stream.read(DOCUMENT_CAP + 1 - len(head))
    if len(data) > DOCUMENT_CAP:
        help_ = "ask for json-lines, which has no limit"
        raise FormatProblem("CW646", f"the document has more than {DOCUMENT_CAP} bytes", help=help_)
    try:
        return data.decode(encoding).encode()
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        reason = f"byte 0x{data[fault.start]:02X} at byte {fault.start} is not {encoding}"
        raise FormatProblem("CW601", reason, line=line) from None


def _branches(value: object, layout: Layout) -> list[tuple[Shape, list[object]]]:
    """Find the occurrences of each top-level branch in a document."""
    loose = layout.file.extra_columns == "ignore"
    shapes = [shape_of(branch, loose=loose) for branch in layout.root.children]
    if isinstance(value, list) and _is_single(layout):
        return [(shapes[0], value)]
    if any(_is_expression(shape.branch) for shape in shapes):
        return [(shape, _selected(value, shape.branch)) for shape in shapes]
    found: dict[int, list[object]] = {}
    _find(value, root_keys(shapes), found, _ROOT, loose=loose)
    return [(shape, found.get(index, [])) for index, shape in enumerate(shapes)]


def _find(
    value: object, keys: Keys, found: dict[int, list[object]], name: str, *, loose: bool
) -> None:
    """Follow plain paths through a document, refusing keys that nothing is under."""
    if not isinstance(value, dict):
        raise ShapeError("CW645", f"{name} must be an object")
    for key, inner in value.items():
        place = keys.get(key)
        if isinstance(place, Child):
            found[place.index] = items_of(inner, place.shape.branch, key)
        elif isinstance(place, dict):
            _find(inner, place, found, f"'{key}'", loose=loose)
        elif not loose:
            raise ShapeError("CW644", unknown_key(key, keys, name))


def _is_expression(branch: Branch) -> bool:
    path = branch.record.path if branch.record is not None else None
    return path is not None and plain_path(path) is None


def _selected(value: object, branch: Branch) -> list[object]:
    """Select a branch's occurrences by its JMESPath; keys beside them are not looked at."""
    from crosswalk.language.selection import select

    path = branch.record.path if branch.record is not None else None
    if path is None or not _is_expression(branch):
        for step in child_steps(branch):
            value = value.get(step) if isinstance(value, dict) else None
        return items_of(value, branch, branch.name)
    return items_of(select(path, value), branch, branch.name)
