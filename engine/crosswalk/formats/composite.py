"""Delimited segments whose elements may be composite: `HC:99213` between `*`, EDI and its kin.

A field with `component: 1` begins a composite element, the fields after it with higher numbers
are its further components. All other fields are elements of one value. Trailing elements and
components may be left out where `missing: empty` allows it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from crosswalk.formats.delimited_writer import Unwritable, Write, line_end, refuse_unmappable
from crosswalk.formats.groups import lines_of, physical
from crosswalk.formats.lines import lines
from crosswalk.formats.quoting import is_blank, passed_over, release_of
from crosswalk.formats.record_types import twins
from crosswalk.model.layout import Field, File, Layout, Record
from crosswalk.model.records import Cell, Damage, Row
from crosswalk.values.codecs import Missing

Elements = list[list[str]]
Place = tuple[int, int | None]
"""Where a field stands: its element (from 0), and its component in it (None: all of it)."""


def places(record: Record) -> tuple[Place, ...]:
    """Give the place of each field of a record."""
    found: list[Place] = []
    element, last = -1, 0
    for field in record.fields:
        if field.component is None:
            element, last = element + 1, 0
            found.append((element, None))
            continue
        if field.component <= last or not last:
            element += 1
        last = field.component
        found.append((element, field.component - 1))
    return tuple(found)


def read(stream: BinaryIO, layout: Layout) -> Iterator[Row | Damage]:
    """Yield the rows of a stream of segments, and the Damage of those that are none."""
    reader = _Reader(layout)
    for first, last, text in lines(stream, layout.file):
        found = text if isinstance(text, Damage) else reader.read(first, last, text)
        if found is not None:
            yield found


def typer(layout: Layout) -> Callable[[str], int]:
    """Build the function from a segment that is written to the record type it will be read as."""
    return _Reader(layout).type_of


class _Reader:
    def __init__(self, layout: Layout) -> None:
        self._lines = {one: line for one, line in lines_of(layout).items() if line.open}
        layout = physical(layout)
        self._file = layout.file
        self._records = layout.records
        self._places = tuple(places(record) for record in layout.records)
        self._split = _splitter(layout.file)
        self._twins = twins(layout)
        self._passed = passed_over(layout.file)
        self._strict = release_of(layout.file) is not None
        tagged = sorted(layout.records, key=lambda record: not record.tags)
        self._types = [(self._tags(record), record.ordinal) for record in tagged]

    def _tags(self, record: Record) -> list[tuple[Place, frozenset[str]]]:
        found = self._places[record.ordinal]
        return [(found[tag.position], frozenset(_words(tag))) for tag in record.tags]

    def read(self, first: int, last: int, text: str) -> Row | Damage | None:
        """Read one segment; None for a line that is no record."""
        if self._passed(text):
            return None
        elements = self._split(text)
        if elements is None:
            reason = f"'{release_of(self._file)}' stands before nothing it could release"
            return Damage(first, last, "CW605", reason, text)
        ordinal = self._choose(elements)
        if ordinal < 0:
            code, reason = "CW607", "no record type matches"
            if is_blank(text, self._file):
                code, reason = "CW608", "the line is blank"
            return Damage(first, last, code, reason, text)
        same = self._twins.get(ordinal, (ordinal,))
        found = [(one, self._cells(self._records[one], elements)) for one in same]
        made = [(one, cells) for one, cells in found if not isinstance(cells, str)]
        if not made:
            return Damage(first, last, "CW606", str(found[0][1]), text)
        return Row(first, last, *made[0], tuple(made[1:]))

    def type_of(self, text: str) -> int:
        """Give the ordinal of the record type that the tags of a segment name, -1 for none."""
        elements = self._split(text)
        return -1 if elements is None else self._choose(elements)

    def _choose(self, elements: Elements) -> int:
        for tags, ordinal in self._types:
            if all(self._at(elements, place) in words for place, words in tags):
                return ordinal
        return -1

    def _at(self, elements: Elements, place: Place) -> str | None:
        """Give the text at a place; None where there is none."""
        element, component = place
        if element >= len(elements):
            return None
        found = elements[element]
        if component is None:
            return (self._file.component or "").join(found)
        return found[component] if component < len(found) else None

    def _cells(self, record: Record, elements: Elements) -> list[Cell] | str:
        """Give the cells of a record, or what is wrong with its elements."""
        where = self._places[record.ordinal]
        line = self._lines.get(record.ordinal)
        if line is not None:
            record = line.whole(line.more(len(elements)))
            where = places(record)
        cells: list[Cell] = []
        for field, place in zip(record.fields, where, strict=True):
            found = self._at(elements, place)
            if found is None and field.on_missing != "empty":
                return f"element {place[0] + 1} of {record.name} is missing ({field.key})"
            cells.append(Missing.MISSING if found is None else found)
        if self._file.extra_columns == "ignore":
            return cells
        return self._extra(record, where, elements) or cells

    def _extra(self, record: Record, where: Sequence[Place], elements: Elements) -> str:
        """Say which element the layout does not know, or which has more components than it says."""
        most: dict[int, int | None] = {}
        for element, component in where:
            most[element] = None if component is None else component + 1
        if len(elements) > len(most):
            return f"expected at most {len(most)} elements in {record.name}, got {len(elements)}"
        for element, found in enumerate(elements):
            allowed = most[element]
            if allowed is None:
                allowed = 1 if self._strict else len(found)
            if len(found) > allowed:
                return (
                    f"element {element + 1} of {record.name} has {len(found)} components, "
                    f"expected {allowed}"
                )
        return ""


def _words(field: Field) -> tuple[str, ...]:
    return field.values if field.always is None else (field.always,)


def _splitter(file: File) -> Callable[[str], Elements | None]:
    """Build the split of a segment; None where the release character releases nothing."""
    delimiter, component, release = file.delimiter, file.component or "", release_of(file)
    if release is None:
        return lambda text: [part.split(component) for part in text.split(delimiter)]
    marks = "|".join(re.escape(mark) for mark in (delimiter, component))
    token = re.compile(f"{re.escape(release)}(.)?|{marks}", re.DOTALL)

    def split(text: str) -> Elements | None:
        elements: Elements = [[]]
        parts: list[str] = []
        at = 0
        for match in token.finditer(text):
            parts.append(text[at : match.start()])
            at = match.end()
            if match[0].startswith(release):
                if match[1] is None:
                    return None
                parts.append(match[1])
                continue
            elements[-1].append("".join(parts))
            parts.clear()
            if match[0] == delimiter:
                elements.append([])
        elements[-1].append("".join(parts) + text[at:])
        return elements

    return split


# --------------------------------------------------------------------------------- writing


def writer(layout: Layout) -> Write:
    """Build the function from a record type and its texts to a segment with its end.

    Empty components and elements at the end are left out where the layout allows them to be
    missing. It raises Unwritable CW620 to CW622.
    """
    file = layout.file
    where = tuple(places(record) for record in physical(layout).records)
    spell, end = _speller(file), line_end(file)

    def write(record: Record, texts: Sequence[str]) -> str:
        elements: Elements = []
        ends: list[int] = []
        least = 0
        at = where[record.ordinal]
        if len(at) != len(texts):  # groups of columns go on to the end of the line
            at = places(record)
        for field, place, text in zip(record.fields, at, texts, strict=True):
            element, component = place
            if element == len(elements):
                elements.append([])
                ends.append(0)
            found = elements[element]
            found += [""] * ((component or 0) - len(found))
            found.append(spell(field, text, whole=component is None))
            if text or field.on_missing != "empty":
                ends[element], least = len(found), element + 1
        kept = [found[: ends[at]] for at, found in enumerate(elements[:least])]
        return file.delimiter.join((file.component or "").join(found) for found in kept) + end

    return write


def _speller(file: File) -> Callable[..., str]:
    """Build the function that makes a text safe in an element, or refuses it."""
    release, component = release_of(file), file.component or ""
    ends = [file.record_end] if file.record_end else []
    marks = [file.delimiter, component, *ends]
    table = str.maketrans({mark: f"{release}{mark}" for mark in (release, *marks) if mark})

    def spell(field: Field, text: str, *, whole: bool) -> str:
        if any(mark in text for mark in ("\0", "\r", "\n")):
            raise Unwritable(
                "CW621", "holds a line break or NUL, which a segment cannot", field.key
            )
        refuse_unmappable(file.encoding, field.key, text)
        if release is not None:
            return text.translate(table)
        for mark in marks:
            if mark in text and not (whole and mark == component):
                raise Unwritable(
                    "CW620", f"holds '{mark}', which nothing can quote here", field.key
                )
        return text

    return spell
