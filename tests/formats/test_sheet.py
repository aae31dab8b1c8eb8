"""Rows of a workbook: typed cells by their value, text in the field's spelling, nothing guessed."""

import io
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from crosswalk.documents.source import Map, read
from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import sheetform
from crosswalk.model.layout import Layout
from crosswalk.model.records import Damage, Row
from crosswalk.planning.read_layout import read_layout
from crosswalk.values.codecs import Missing

LAYOUT = """
crosswalk: 1
kind: layout
name: a/sheet
version: 1.0.0
file: {form: sheet, header: true%s}
structure: row*
records:
  row:
    fields:
      Account: {type: code}
      Paid on: {type: date, format: dd.MM.yyyy}
      Amount: {type: money, point: ",", group: "."}
      Open: {type: boolean, format: Y/N}
      Count: {type: integer}
      Note: {type: text, missing: empty}
"""
HEAD = ["Account", "Paid on", "Amount", "Open", "Count", "Note"]


def layout(keys: str = "", text: str = LAYOUT) -> Layout:
    node, findings = read(text % keys if "%s" in text else text, "layout.yaml")
    assert findings == []
    assert isinstance(node, Map)
    made, wrong = read_layout(node)
    assert wrong == []
    assert made is not None
    return made


def workbook(**sheets: Any) -> io.BytesIO:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        day = book.add_format({"num_format": "d mmm yy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for down, row in enumerate(rows):
                for across, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(down, across, cell, day)
                    elif isinstance(cell, str):
                        sheet.write_string(down, across, cell)
                    elif cell is not None:
                        sheet.write(down, across, cell)
    data.seek(0)
    return data


def rows(data: io.BytesIO, made: Layout | None = None) -> list[Row | Damage]:
    return list(sheetform.read(data, made or layout()))


def test_typed_cells_are_written_as_their_field_reads_them() -> None:
    data = workbook(Payments=[HEAD, ["0042", date(2026, 1, 5), 1234.5, True, 3, "two\nlines"]])
    assert rows(data) == [Row(2, 2, 0, ["0042", "05.01.2026", "1.234,50", "Y", "3", "two\nlines"])]


def test_text_cells_stay_as_they_are() -> None:
    data = workbook(Payments=[HEAD, ["7", "05.01.2026", "1.234,50", "N", "3", '"x"']])
    assert rows(data) == [Row(2, 2, 0, ["7", "05.01.2026", "1.234,50", "N", "3", '"x"'])]


def test_a_number_that_is_no_amount_of_the_field_is_left_to_be_refused() -> None:
    data = workbook(Payments=[HEAD, [42, 3.0, 0.305, 1, 2.5]])
    (row,) = rows(data)
    assert isinstance(row, Row)
    assert row.cells == ["42", "3", "0.305", "1", "2.5", ""]


def test_a_moment_is_no_day() -> None:
    data = workbook(Payments=[HEAD, ["1", datetime(2026, 1, 5, 8, 30), 1, True, 1]])
    (row,) = rows(data)
    assert isinstance(row, Row)
    assert row.cells[1] == "2026-01-05T08:30:00"


def test_rows_before_and_after_the_data_are_left_out_and_rows_keep_their_number() -> None:
    data = workbook(
        Payments=[
            ["Payments of the week"],
            [],
            [*HEAD, None, None],
            ["1", "05.01.2026", 5, True, 1],
            [],
            ["2", "06.01.2026", 7, True, 1, None, "stray"],
            ["Total", None, 12],
        ]
    )
    found = rows(data, layout(", skip_lines: 2, until_line: Total"))
    assert [type(one).__name__ for one in found] == ["Row", "Damage", "Damage"]
    assert [(one.line, getattr(one, "code", "")) for one in found] == [
        (4, ""),
        (5, "CW608"),
        (6, "CW606"),
    ]
    data.seek(0)
    found = rows(data, layout(", from_line: Account, until_line: Total, skip_blank: true"))
    assert [one.line for one in found] == [4, 6]


def test_columns_stand_in_any_order_and_white_space_in_a_header_is_one_blank() -> None:
    head = ["Amount", "Paid\n on", "Account", "Open", "Count"]
    (row,) = rows(workbook(Payments=[head, [1.5, date(2026, 2, 1), "9", False, 1]]))
    assert row == Row(2, 2, 0, ["9", "01.02.2026", "1,50", "N", "1", Missing.MISSING])


def test_an_unknown_column_refuses_the_file() -> None:
    with pytest.raises(FormatProblem) as refused:
        rows(workbook(Payments=[[*HEAD, "Amuont"], []]))
    assert refused.value.code == "CW610"


def test_the_sheet_is_named_where_there_are_several() -> None:
    full = [HEAD, ["1", "05.01.2026", 5, True, 1]]
    assert len(rows(workbook(Payments=full, Empty=[]))) == 1
    with pytest.raises(FormatProblem, match="several sheets") as refused:
        rows(workbook(Payments=full, Other=full))
    assert refused.value.code == "CW618"
    assert len(rows(workbook(Payments=full, Other=full), layout(", sheet: Other"))) == 1
    with pytest.raises(FormatProblem, match="no sheet 'Third'"):
        rows(workbook(Payments=full), layout(", sheet: Third"))


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(FormatProblem) as refused:
        rows(io.BytesIO(data))
    assert refused.value.code == "CW617"


TYPES = """
crosswalk: 1
kind: layout
name: a/types
version: 1.0.0
file: {form: sheet}
structure: head, row*, total
records:
  head: {fields: {Tag: {type: code, always: H, tag: true}, Day: {type: date}}}
  row:
    fields: {Tag: {type: code, always: R, tag: true}, Account: {type: code}, Amount: {type: money}}
  total:
    fields:
      Tag: {type: code, always: T, tag: true}
      Sum: {type: money, equals: {sum: row.Amount}}
"""


def test_several_record_types_are_told_by_their_tags() -> None:
    data = workbook(
        Bank=[["H", date(2026, 1, 5)], ["R", "42", 5.5], ["R", "43"], ["T", 5.5], ["X", 1]]
    )
    found = rows(data, layout(text=TYPES))
    assert found[:4] == [
        Row(1, 1, 0, ["H", "2026-01-05"]),
        Row(2, 2, 1, ["R", "42", "5.5"]),
        Row(3, 3, 1, ["R", "43", ""]),
        Row(4, 4, 2, ["T", "5.5"]),
    ]
    assert isinstance(found[4], Damage)
    assert found[4].code == "CW607"
