"""The sheet form: rows of a workbook's sheet by a layout, as if they were delimited lines.

A cell that holds text is read in the field's spelling. A cell that holds a number, a day or a
truth value is taken by that value: how the workbook shows it says nothing. Only read.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.delimited import Reader
from crosswalk.formats.sections import data_part
from crosswalk.formats.workbook import MAX_BYTES, Sheet, Typed, plain, sheets
from crosswalk.model.layout import Field, Layout
from crosswalk.model.records import Damage, Row
from crosswalk.values.codecs import Problem, canonical

PART = "\x1f"
"""Between the cells of a row where it stands as text: no cell can hold it."""

NUMBERS = ("integer", "decimal", "money")


def read(stream: BinaryIO, layout: Layout) -> Iterator[Row | Damage]:
    """Yield the rows of a sheet, and the Damage of those that are none, with their row's number.

    Raises FormatProblem CW609 to CW614 (header, first and last row), CW617 and CW618 (workbook).
    """
    sheet = _chosen(sheets(stream.read(MAX_BYTES + 1)), layout.file.sheet)
    data = list(_data(sheet, layout))
    meant = replace(layout.file, form="delimited", delimiter=PART, quote="none", escape="none")
    lines = replace(layout, file=meant)
    names: list[str] = []
    if layout.file.header:
        number, row = data.pop(0) if data else (1, [])
        names = _trimmed([" ".join(plain(cell).split()) for cell in row])
        reader = Reader(lines, PART.join(names), number)
    else:
        reader = Reader(lines)
    spells = _spells(layout, names)
    for number, row in data:
        cells = [spell(cell) for spell, cell in zip(_all(spells, row), row, strict=True)]
        found = reader.take(number, _trimmed(cells))
        if found is not None:
            yield found


def _chosen(found: Sequence[Sheet], name: str | None) -> Sheet:
    """Choose the sheet that the layout names, or the only one that holds anything."""
    filled = [one for one in found if name is not None or any(map(any, one.rows))]
    chosen = [one for one in filled if name in (None, one.name)]
    if len(chosen) == 1:
        return chosen[0]
    there = ", ".join(one.name for one in found)
    if name is not None:
        raise FormatProblem("CW618", f"the workbook has no sheet '{name}'", help=f"it has {there}")
    message = "the workbook has several sheets" if chosen else "the workbook is empty"
    raise FormatProblem("CW618", message, help=f"say sheet: under file; it has {there}")


def _data(sheet: Sheet, layout: Layout) -> Iterator[tuple[int, Sequence[Typed]]]:
    """Give the rows that are data, each with its number in the sheet."""
    rows = dict(enumerate(sheet.rows, 1))
    texts: Iterator[tuple[int, str | Damage]] = (
        (number, PART.join(plain(cell) for cell in row)) for number, row in rows.items()
    )
    skipped: Iterator[tuple[int, str | Damage]] = (
        (number, text) for number, text in texts if number > layout.file.skip_lines
    )
    if layout.file.from_line is not None or layout.file.until_line is not None:
        skipped = data_part(skipped, layout.file)
    for number, text in skipped:
        if not (layout.file.skip_blank and not str(text).strip(PART + " ")):
            yield number, rows[number]


def _trimmed(cells: list[str]) -> list[str]:
    """Leave out empty cells at the end: a sheet has as many columns as its widest row."""
    count = len(cells)
    while count and not cells[count - 1]:
        count -= 1
    return cells[:count]


Spell = Callable[[Typed], str]


def _spells(layout: Layout, names: Sequence[str]) -> list[Spell]:
    """Give for each column how its typed cells are written for the field that reads it."""
    if len(layout.records) != 1:
        return []
    fields = layout.records[0].fields
    if not names:
        return [_speller(field) for field in fields]
    known = {field.column or field.name: field for field in fields}
    return [_speller(known[name]) if name in known else plain for name in names]


def _all(spells: list[Spell], row: Sequence[Typed]) -> list[Spell]:
    return [*spells[: len(row)], *[plain] * (len(row) - len(spells))]


def _speller(field: Field) -> Spell:
    """Write a typed cell as the field reads it; text stays, and what does not fit is plain."""
    kind, write = field.codec.type, field.codec.write
    exact = canonical(kind, field.codec.spelling.decimals).read

    def spell(cell: Typed) -> str:
        text = plain(cell)
        try:
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                return write(exact(text)) if kind in NUMBERS else text
            value = _valued(cell, kind)
            return text if value is None else write(value)
        except Problem:
            return text

    return spell


def _valued(cell: Typed, kind: str) -> date | datetime | time | bool | None:
    """Give a typed cell as a value of a field's type; None when it is none."""
    match cell:
        case bool():
            return cell if kind == "boolean" else None
        case date():
            return _day(cell, kind)
        case time():
            return cell if kind == "time" else None
        case _:
            return None


def _day(cell: date, kind: str) -> date | None:
    moment = isinstance(cell, datetime)
    if kind == "datetime":
        return cell if moment else datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - workbooks know no zones
    if kind != "date":
        return None
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else None
    return cell
