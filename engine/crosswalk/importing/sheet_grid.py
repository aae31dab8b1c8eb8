"""Sheets of a workbook (XLSX, XLS, ODS) as grids of text."""

from datetime import datetime

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.workbook import Sheet, Typed, plain
from crosswalk.formats.workbook import sheets as sheets_of
from crosswalk.importing.grid import Grid, Refused, grid


def sheets(data: bytes) -> list[Grid]:
    """Give the sheets of a workbook in their order. Raises Refused.

    A text stays as it is ("0012"); a whole number has no decimals; a number that is only shown
    with zeros in front has none, because the workbook does not hold them.
    """
    try:
        return [_grid(one) for one in sheets_of(data)]
    except FormatProblem as wrong:
        told = f"{wrong.message}: {wrong.help}" if wrong.help else wrong.message
        raise Refused(told) from None


def _grid(sheet: Sheet) -> Grid:
    rows = [[_text(cell) for cell in row] for row in sheet.rows]
    for (top, left), (bottom, right) in sheet.merged:
        for down in range(top, min(bottom + 1, len(rows))):
            for across in range(left, min(right + 1, len(rows[down]))):
                rows[down][across] = rows[top][left]
    return grid(sheet.name, rows)


def _text(cell: Typed) -> str:
    return cell.isoformat(" ") if isinstance(cell, datetime) else plain(cell)
