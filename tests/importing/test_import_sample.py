"""A layout proposed from a file reads that file as it is, and says what it is not sure of."""

import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.importing.test_import_table import settle

from crosswalk.checking import check
from crosswalk.cli.import_command import command
from crosswalk.importing.grid import Refused
from crosswalk.importing.propose_layout import Head
from crosswalk.importing.readings import Reading, reading_of
from crosswalk.importing.sample import propose_sample
from crosswalk.importing.sample_structure import structure_of
from crosswalk.project import Project
from crosswalk.values.codecs import Spelling, codec

HERE = Path(__file__).parent
SAMPLES = sorted(one for one in (HERE / "samples").iterdir() if one.suffix != ".yaml")
STRANGERS = sorted((HERE.parent / "strangers").glob("*/input.txt"))
NOT_PROPOSED = {
    "cxml-invoice": "it has a document type",
    "meter": "looks like EBCDIC",
    "mt940": "looks like SWIFT",
    "mt940-balances": "looks like SWIFT",
    "ofx-one-line": "looks like OFX 1",
    "ofx-sgml": "looks like OFX 1",
}
"""Files of strangers for which nothing is proposed, and the reason that is told."""


def imported(file: Path) -> Result:
    return CliRunner().invoke(command, ["sample", str(file), "--name", "a/sample"])


@pytest.mark.parametrize("file", SAMPLES, ids=lambda one: one.stem)
def test_a_sample_becomes_the_expected_layout(file: Path, pytestconfig: pytest.Config) -> None:
    result = imported(file)
    assert result.exit_code == 0, result.output
    settle(result.stdout, file.with_suffix(".yaml"), pytestconfig)


@pytest.mark.parametrize("file", STRANGERS, ids=lambda one: one.parent.name)
def test_a_strangers_file_is_read_by_its_proposal_or_refused_with_a_reason(
    file: Path, tmp_path: Path
) -> None:
    result = imported(file)
    if reason := NOT_PROPOSED.get(file.parent.name):
        assert result.exit_code == 2
        assert reason in result.stderr
        return
    assert result.exit_code == 0
    assert "read again: " in result.stderr
    assert ", written again as they were" in result.stderr or ", none rejected" in result.stderr
    assert "is not read" not in result.stdout
    (tmp_path / "layout.yaml").write_text(result.stdout, "utf-8")
    assert {one.code for one in check(Project(tmp_path))} <= {"CW116"}


def test_text_of_delimited_strangers_comes_back_byte_for_byte() -> None:
    names = ("bai2", "edifact", "erp-tabs", "paypal", "shopify", "stripe", "x12-820", "x12-835")
    for file in STRANGERS:
        if file.parent.name in names:
            assert "written again as they were" in imported(file).stderr, file.parent.name


# --- types of columns -----------------------------------------------------------------------


def read(one: Reading, text: str) -> object:
    keys = {key: int(value) if key == "decimals" else value for key, value in one.keys.items()}
    made = codec(one.type, Spelling(**keys))  # type: ignore[arg-type]
    return made.read(text)


VALUES = st.one_of(
    st.from_regex(r"\A-?\d{1,3}([.,]\d{3}){0,2}([.,]\d{1,3})?\Z"),
    st.from_regex(r"\A\d{1,2}[/.-]\d{1,2}[/.-](20)?\d{2}\Z"),
    st.from_regex(r"\A0?\d{1,9}\Z"),
    st.text(st.characters(exclude_characters="\0"), max_size=12),
)


@given(st.text(max_size=8), st.lists(VALUES, min_size=1, max_size=4))
def test_a_proposed_type_writes_every_value_as_it_stands(name: str, values: list[str]) -> None:
    made = reading_of(name, values)
    keys = {key: int(value) if key == "decimals" else value for key, value in made.keys.items()}
    at_work = codec(made.type, Spelling(**keys))  # type: ignore[arg-type]
    for text in values:
        if text.strip():
            assert at_work.write(at_work.read(text)) == text


@given(st.dates(datetime(1990, 1, 1).date(), datetime(2060, 1, 1).date()))
def test_a_date_is_never_proposed_in_one_order_when_the_other_reads_it_too(day: object) -> None:
    text = f"{day:%d/%m/%Y}"
    made = reading_of("Due", [text])
    if made.type == "date":
        assert read(made, text) == day
    else:
        assert "MM/dd/yyyy" in made.doubt
        assert "dd/MM/yyyy" in made.doubt


@pytest.mark.parametrize(
    ("name", "values", "kind", "doubted"),
    [
        ("Due", ["12/31/2021", "01/02/2021"], "date", False),
        ("Due", ["01/02/2021"], "text", True),
        ("Due", ["20210131"], "date", False),
        ("Ref", ["20210131"], "code", False),
        ("x", ["20210131"], "code", True),
        ("Zip", ["00123", "98362"], "code", False),
        ("Amount", ["10050"], "code", True),
        ("Amount", ["100.50"], "money", False),
        ("x", ["1,234"], "text", True),
        ("x", ["1,234", "2.5"], "decimal", False),
        ("x", ["1.234"], "text", True),
        ("Count", ["12", "7"], "integer", False),
        ("Count", ["007"], "code", False),
        ("Account", ["1001"], "code", False),
        ("Account No", ["1001"], "code", False),
        ("County", ["17"], "code", True),
        ("x", ["", " "], "text", True),
        ("Flag", ["true", "false"], "boolean", False),
        ("At", ["2021-01-05T08:00:00Z"], "datetime", False),
        ("x", ["Ada", "12.50"], "text", False),
    ],
)
def test_a_column_has_a_type_only_where_the_values_have_one_reading(
    name: str, values: list[str], kind: str, doubted: bool
) -> None:
    made = reading_of(name, values)
    assert (made.type, bool(made.doubt)) == (kind, doubted)


# --- whatever is given ----------------------------------------------------------------------


SEEDS = [one.read_bytes() for one in (*STRANGERS, *SAMPLES)]
PIECES = [*(bytes([one]) for one in b"\",;|\n<>{}[]~*:+?'0 "), b"\r\n", b"\xe9", b"null", b"UNA"]


@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0), st.integers(0, 40), st.sampled_from(PIECES)), max_size=5),
)
@settings(max_examples=40)
def test_any_file_gives_a_proposal_or_a_reason(
    data: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    for place, cut, piece in changes:
        at = place % (len(data) + 1)
        data = data[:at] + piece + data[at + cut :]
    with suppress(Refused):
        made, told = propose_sample(data, Head("layout", "a/sample", "file"))
        assert made.text.startswith("# Proposed from file.")
        assert told


def test_a_workbook_is_read_by_the_values_of_its_cells(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Payments")
        sheet.write_row(0, 0, ["Printed"])
        sheet.write_row(1, 0, ["Account No", "Ref", "Amount", "Qty", "Mixed", "Due"])
        for at, row in enumerate([[1001, "0042", 10.5, 3, "x"], [1002, "0043", 1200, 1, 2]], 2):
            sheet.write_row(at, 0, row)
            sheet.write_datetime(at, 5, datetime(2026, 1, at), day)
    result = imported(tmp_path / "t.xlsx")
    assert "read again: 2 records, none rejected" in result.stderr
    fields = re.findall(
        r"^      ([\w ]+): \{type: (\w+)[^}]*\}(  # TODO)?", result.stdout, re.MULTILINE
    )
    assert [(name, kind, bool(doubt)) for name, kind, doubt in fields] == [
        ("Account No", "code", True),
        ("Ref", "code", False),
        ("Amount", "money", False),
        ("Qty", "integer", False),
        ("Mixed", "text", True),
        ("Due", "date", False),
    ]


# --- the order of records -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "structure"),
    [
        ("H D D T", "H, D*, T"),
        ("FH IH CR ID ID IH CR ID", "FH, IH*(CR, ID*)"),
        ("1 5 6 7 6 8 5 6 8 9", "1, 5*(6*(7?), 8), 9"),
        ("B D M D M U M E", "B, D*(M), U, M-2, E"),
        ("A B A C A", "A*(B?, C?)"),
    ],
)
def test_the_structure_is_what_the_order_shows(order: str, structure: str) -> None:
    assert structure_of(order.split())[0] == structure


# --- what cannot be proposed ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"<a>", "not well-formed XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        (b"<a>" * 70, "levels deep"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "it is not klingon"),
        (b"a\0b", "NUL"),
        (b"hello\nworld, and\nmore\n", "no form"),
        (b'{"a": 1}', "no list of objects"),
    ],
)
def test_what_is_not_recognised_is_refused_with_the_reason(
    data: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "input").write_bytes(data)
    result = imported(tmp_path / "input")
    assert result.exit_code == 2
    assert reason in result.stderr
