"""Sheets of a workbook (XLSX, XLS, ODS) as rows of typed cells; the only module that reads them."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO

from crosswalk.findings.errors import FormatProblem

MAX_BYTES = 64 << 20
"""The largest workbook."""

MAX_UNPACKED = 512 << 20
"""The most that it may become when it is unpacked."""

Typed = str | int | float | bool | date | datetime | time | timedelta | None
Corner = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, its rows from the first row and column on, and its merged cells.

    `merged` are the corners (row, column; from 0) of cells that are shown as one.
    """

    name: str
    rows: Sequence[Sequence[Typed]]
    merged: Sequence[tuple[Corner, Corner]] = ()


def sheets(data: bytes) -> list[Sheet]:
    """Read the sheets of a workbook in their order. Raises FormatProblem CW617."""
    if len(data) > MAX_BYTES:
        raise FormatProblem("CW617", f"the workbook has more than {MAX_BYTES} bytes")
    _refuse_bombs(data)
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        help_ = "pip install 'crosswalk[tables]'"
        raise FormatProblem("CW617", "python-calamine is not installed", help=help_) from None
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        found = [book.get_sheet_by_name(name) for name in book.sheet_names]
        return [
            Sheet(one.name, one.to_python(skip_empty_area=False), one.merged_cell_ranges or ())
            for one in found
        ]
    except CalamineError as wrong:
        raise FormatProblem("CW617", f"no workbook can be read: {wrong}") from None


def _refuse_bombs(data: bytes) -> None:
    """Refuse an archive that would become very large when it is unpacked."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
    except (zipfile.BadZipFile, ValueError) as wrong:
        raise FormatProblem("CW617", f"no workbook can be read: {wrong}") from None
    if unpacked > MAX_UNPACKED:
        raise FormatProblem("CW617", "the workbook is too large when it is unpacked")


def plain(cell: Typed) -> str:
    """Give the text of a cell: whole numbers without decimals, days and times as ISO."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer():
            return str(int(cell))
        case int() | float():
            return repr(cell)
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)
