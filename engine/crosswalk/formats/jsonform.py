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
from crosswalk.findings.suggest import closest
from crosswalk.formats.jsonpath import spelled
from crosswalk.formats.jsonplaces import Places
from crosswalk.formats.jsonshape import (
    LINE,
    ROOT,
    Root,
    Shape,
    ShapeError,
    checked,
    missing,
    shapes,
    unknown_key,
    whole_list,
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


def read(stream: BinaryIO, layout: Layout) -> Iterator[Instance | Damage]:
    """Yield the top-level occurrences of a stream in order, and the Damage of those unreadable.

    The line of an occurrence is its line in json-lines, its number in its list in json. Raises
    FormatProblem: CW601 and CW602 (encoding), CW640 to CW645 (a document that is not JSON or not
    of the layout's shape), CW646 (too large), CW647 (a path in the layout), CW631 (a record that
    must be there is not).
    """
    seen: set[str] = set()
    for item in _items(stream, layout):
        made = item
        if isinstance(item, Instance):
            seen.add(item.branch.name)
        elif item.may:
            seen.update(item.may)
        else:
            made = item._replace(may=_open(layout, seen))
        yield made
    for branch in layout.root.children:
        if branch.least and branch.name not in seen:
            raise _absent(branch, layout)


def _open(layout: Layout, seen: set[str]) -> tuple[str, ...]:
    """Name the branches that a line nobody can read may be of: those that may still come."""
    tops = layout.root.children
    return tuple(one.name for one in tops if one.most is None or one.name not in seen)


def _absent(branch: Branch, layout: Layout) -> FormatProblem:
    help_ = f"if it may be missing, say '{branch.name}?' or '{branch.name}*'"
    if layout.file.form == "json":
        help_ += "; if its fields stand in the document itself, say path: ."
    path = branch.record.path if branch.record is not None else None
    return FormatProblem("CW631", f"'{path or branch.name}' is not in the file", help=help_)


def _items(stream: BinaryIO, layout: Layout) -> Iterator[Instance | Damage]:
    if layout.file.form == "json":
        yield from _read_document(stream, layout)
        return
    read_one = read_line(layout)
    for number, _, text in lines(stream, layout.file, cap=LINE_CAP):
        if isinstance(text, Damage):
            yield text
        elif not is_blank(text, layout.file):
            made = read_one(text, number)
            if made is not None:
                yield made
        elif not layout.file.skip_blank:
            yield Damage(number, number, "CW608", "the line is blank", text)


class _LineReader:
    """Reads one line of json-lines."""

    def __init__(self, layout: Layout) -> None:
        loose = layout.file.extra_columns == "ignore"
        found = checked(layout)
        self._shapes = shapes(found, loose=loose)
        self._root = None if found.wrapped else Root(found.root, loose, LINE, {})
        self._single = self._shapes[0] if found.wrapped and _is_single(layout) else None
        self._named = {shape.name: shape for shape in self._shapes}

    def __call__(self, text: str, number: int) -> Instance | Damage | None:
        """Give the occurrence on a line, or the Damage of the line; None for one passed over."""
        try:
            return self._read(decode(text), number)
        except ShapeError as wrong:
            return Damage(number, number, wrong.code, wrong.reason, text, wrong.field)

    def take(self, value: object, number: int) -> Instance | Damage | None:
        """Give the occurrence that a host's object is, or the Damage of the object."""
        try:
            return self._read(value, number)
        except ShapeError as wrong:
            return Damage(number, number, wrong.code, wrong.reason, "", wrong.field)

    def _read(self, value: object, number: int) -> Instance | None:
        if self._single is not None:
            return self._single.read(value, number)
        if self._root is not None:
            return self._chosen(self._root, value, number)
        if not isinstance(value, dict) or len(value) != 1:
            names = ", ".join(self._named)
            raise ShapeError("CW645", f"a line must be an object with one key, one of {names}")
        ((name, inner),) = value.items()
        shape = self._named.get(name)
        if shape is None:
            raise ShapeError("CW644", unknown_key(name, self._named, ROOT))
        return shape.read(inner, number)

    def _chosen(self, root: Root, value: object, number: int) -> Instance | None:
        """Read a line whose branch its path tells."""
        for shape, items in zip(self._shapes, root.find([value]), strict=True):
            if len(items) > 1:
                raise ShapeError("CW645", f"a line holds more than one {shape.name}")
            for item, key in items:
                return shape.read(item, number, None, key)
        return None


def read_line(layout: Layout) -> _LineReader:
    """Build the function from a line of json-lines and its number to its Instance or Damage."""
    return _LineReader(layout)


def _is_single(layout: Layout) -> bool:
    """Tell whether the top level is one branch that repeats."""
    return len(layout.root.children) == 1 and layout.root.children[0].most is None


# ------------------------------------------------------------------------------- one document


def _read_document(stream: BinaryIO, layout: Layout) -> Iterator[Instance | Damage]:
    loose = layout.file.extra_columns == "ignore"
    found = checked(layout)
    data = _whole(stream, layout)
    try:
        taken = _occurrences(decode(data), layout, found, loose=loose)
    except ShapeError as wrong:
        byte = wrong.byte if isinstance(wrong, BadJsonError) else None
        line = None if byte is None else data.count(b"\n", 0, byte) + 1
        raise FormatProblem(wrong.code, wrong.reason, line=line) from None
    for shape, items in zip(shapes(found, loose=loose), taken, strict=True):
        for number, (item, key) in enumerate(items, 1):
            yield _occurrence(shape, item, key, number)


def _occurrence(shape: Shape, item: object, key: str | None, number: int) -> Instance | Damage:
    try:
        return shape.read(item, number, None, key)
    except ShapeError as wrong:
        reason = f"{shape.name} {number}: {wrong.reason}"
        may = (shape.home.branch.name,)
        return Damage(number, number, wrong.code, reason, encode(item), wrong.field, may)


def _occurrences(
    value: object, layout: Layout, found: Places, *, loose: bool
) -> list[list[tuple[object, str | None]]]:
    """Give the values of each top-level branch's occurrences in a document."""
    if isinstance(value, list) and _is_single(layout) and whole_list(found.root.children[0]):
        return [[(item, None) for item in value]]
    root = Root(found.root, loose, ROOT, {})
    made = root.find(value)
    for home in found.itself:
        made[home.index].append((value, None))
    if not any(made):
        _refuse_elsewhere(value, found)
    return made


def _refuse_elsewhere(value: object, found: Places) -> None:
    """Refuse a document that has not even the objects and lists that the paths lead through."""
    ends = [missing(value, home.steps) for home in found.root.children]
    if not ends or None in ends:
        return
    steps, known = max((end for end in ends if end is not None), key=lambda end: len(end[0]))
    where = f"'{spelled(steps[:-1])}'" if steps[1:] else ROOT
    near = closest(str(steps[-1]), known)
    raise FormatProblem(
        "CW655",
        f"no record of the layout is in the file, {where} has no '{steps[-1]}'",
        help=f"did you mean '{near}'?" if near else "correct the paths, or ask for the right file",
    )


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
