"""A table of texts as a workbook (XLSX); the only module that writes them."""

from datetime import datetime
from io import BytesIO

from crosswalk.findings.errors import CrosswalkError
from crosswalk.telling.spec_table import Table, cells

_WIDEST, _LONGEST_NAME = 60, 31
_BARRED = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def as_workbook(table: Table) -> bytes:
    """Write a table as a workbook of one sheet; every cell is text, so codes keep their zeros.

    Equal tables give equal bytes. Raises CrosswalkError when the package that writes is missing.
    """
    try:
        import xlsxwriter  # type: ignore[import-untyped]
    except ImportError:
        message = "a workbook needs the package xlsxwriter: pip install 'crosswalk[tables]'"
        raise CrosswalkError(message) from None
    out = BytesIO()
    with xlsxwriter.Workbook(out, _SETTINGS) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - no moment of a run
        sheet = book.add_worksheet(table.title.translate(_BARRED)[:_LONGEST_NAME])
        plain = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        bold = book.add_format({"bold": True, "bottom": 1})
        for down, row in enumerate(cells(table)):
            for across, text in enumerate(row):
                sheet.write_string(down, across, text, plain if down else bold)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table.rows), len(table.header) - 1)
        for across in range(len(table.header)):
            longest = max(len(row[across]) for row in cells(table))
            sheet.set_column(across, across, min(_WIDEST, longest + 2))
    return out.getvalue()
