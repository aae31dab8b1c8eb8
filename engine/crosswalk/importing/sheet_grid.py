"""Sheets of a workbook (XLSX, XLS, ODS); the only module that reads them."""

import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO

from crosswalk.importing.grid import Grid, Refused, grid

MAX_UNPACKED = 256 * 1024 * 1024
MISSING = "a workbook needs the package python-calamine: pip install 'crosswalk[tables]'"
Cell = str | float | bool | date | time | datetime | timedelta | None


def sheets(data: bytes) -> list[Grid]:
    """Give the sheets of a workbook in their order. Raises Refused.

    A text stays as it is ("0012"); a whole number has no decimals; a number that is only shown
    with zeros in front has none, because the workbook does not hold them.
    """
    _refuse_bombs(data)
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise Refused(MISSING) from None
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        return [_sheet(book, name) for name in book.sheet_names]
    except CalamineError as wrong:
        raise Refused(f"the workbook cannot be read: {wrong}") from None


def _sheet(book: object, name: str) -> Grid:
    sheet = book.get_sheet_by_name(name)  # type: ignore[attr-defined]
    rows: list[list[str]] = [
        [_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)
    ]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for down in range(top, min(bottom + 1, len(rows))):
            for across in range(left, min(right + 1, len(rows[down]))):
                rows[down][across] = rows[top][left]
    return grid(name, rows)


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _refuse_bombs(data: bytes) -> None:
    """Refuse an archive that would become very large when it is unpacked."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
    except (zipfile.BadZipFile, ValueError) as wrong:
        raise Refused(f"the workbook cannot be read: {wrong}") from None
    if unpacked > MAX_UNPACKED:
        raise Refused("the workbook is too large when it is unpacked")
