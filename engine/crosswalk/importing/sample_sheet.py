"""A sample that is a workbook: one sheet, its header, its columns by the values of their cells."""

from collections.abc import Sequence
from datetime import date, datetime, time

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.workbook import Sheet, Typed, sheets
from crosswalk.importing.grid import Refused, tidy
from crosswalk.importing.readings import CENTS, Reading, by_name, reading_of
from crosswalk.importing.sample_fields import Column, Proposed, Shape, named
from crosswalk.importing.yaml_lines import text as quoted

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX, ODS and XLS begin."""

_LOST = "numbers in the workbook: if they are codes, their zeros in front are gone"
_CENTS = 100


def propose_sheet(data: bytes) -> Shape:
    """Propose a layout for the rows of a workbook's longest sheet. Raises Refused without any."""
    try:
        found = [one for one in sheets(data) if any(map(any, one.rows))]
    except FormatProblem as wrong:
        raise Refused(f"{wrong.message}; {wrong.help}" if wrong.help else wrong.message) from None
    if not found:
        raise Refused("the workbook is empty")
    sheet = max(found, key=lambda one: len(one.rows))
    start = _header(sheet)
    rows = [row for row in sheet.rows[start + 1 :] if any(cell not in (None, "") for cell in row)]
    names = named([tidy(str(cell or "")) for cell in _filled(sheet.rows[start])])
    columns = [
        Column(name, [], _reading(name, [row[at] for row in rows if at < len(row)]), doubts=doubts)
        for at, (name, doubts) in enumerate(names)
    ]
    file = {"form": "sheet", "header": "true"}
    doubts = []
    if len(found) > 1:
        file["sheet"] = quoted(sheet.name)
        doubts.append(f"of {len(found)} sheets the longest is taken")
    if start:
        file["skip_lines"] = str(start)
        doubts.append(f"{start} rows stand above the header and are left out")
    if len(rows) < len(sheet.rows) - start - 1:
        file["skip_blank"] = "true"
    shape = Shape(file, "row*", [Proposed("row", columns)], doubts)
    shape.told.append(f"sheet {sheet.name!r}: {len(rows)} rows of {len(columns)} columns")
    return shape


def _filled(row: Sequence[Typed]) -> list[Typed]:
    """Leave out empty cells at the end of a row."""
    cells = list(row)
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return cells


def _header(sheet: Sheet) -> int:
    """Find the header: the first row of texts that reaches as far as the widest row."""
    width = max(len(_filled(row)) for row in sheet.rows)
    for at, row in enumerate(sheet.rows):
        cells = _filled(row)
        if len(cells) == width and all(isinstance(cell, str) and cell.strip() for cell in cells):
            return at
    raise Refused(
        "no row of the sheet names the columns: the header is told by texts in all columns"
    )


def _reading(name: str, cells: Sequence[Typed]) -> Reading:
    """Propose a type by the kinds of the cells, and of texts by what they can be read as."""
    given = [cell for cell in cells if cell not in (None, "")]
    kinds = {_kind(cell) for cell in given}
    if not kinds:
        return Reading(doubt="there is no value in the sample")
    if len(kinds) > 1:
        return Reading(doubt=f"cells of several kinds: {', '.join(sorted(kinds))}")
    match kinds.pop():
        case "text":
            return reading_of(name, [str(cell) for cell in given])
        case "number":
            return _number(name, [cell for cell in given if isinstance(cell, int | float)])
        case "date":
            return _day([cell for cell in given if isinstance(cell, date)])
        case other:
            return Reading(other)


def _kind(cell: Typed) -> str:
    match cell:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case date():
            return "date"
        case time():
            return "time"
        case _:
            return "text"


def _number(name: str, cells: Sequence[float]) -> Reading:
    kind = by_name(name)
    if any(cell != int(cell) for cell in cells):
        cents = all(round(cell * _CENTS) / _CENTS == cell for cell in cells)
        return Reading("money" if cents and kind == "amount" else "decimal")
    if kind == "amount":
        return Reading("money", doubt=CENTS)
    if kind == "name":
        return Reading("code", doubt=_LOST)
    return Reading("integer", doubt="" if kind == "count" else _LOST)


def _day(cells: Sequence[date]) -> Reading:
    moments = [one for one in cells if isinstance(one, datetime) and one.time() != time()]
    return Reading("datetime" if moments else "date")
