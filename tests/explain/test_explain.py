"""explain answers for every field of every unit, and what it says is what the output holds."""

import csv
import io
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from crosswalk.model.layout import Field, Record
from crosswalk.project import BACKWARD, FORWARD, Project
from crosswalk.running.accounts import Reject
from crosswalk.running.context import Context, Run
from crosswalk.running.flow import Flow
from crosswalk.telling.explain import Explainer, Explanation, NoSuchPlace, Rejection, Unit

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 2, 1, 8, 0)
MAPPING = "caselle/ar/invoice"
BILLERS = ["newport", "alder-falls"]


def statement(biller: str) -> Path:
    return ROOT / "fixtures" / "billers" / biller / "statement.txt"


def explainer(biller: str, source: Path, direction: str = FORWARD) -> Explainer:
    project = Project(ROOT)
    view = project.view(biller)
    plan = project.plan(MAPPING, view, direction)
    return Explainer(
        project, view, plan, Context(view.settings.texts(), Run(AT, "", source.name)), source
    )


def output(made: Explainer, *, whole: bool = True) -> bytes:
    """Give what a run writes; `whole` refuses rejects."""

    def refuse(reject: Reject) -> None:
        assert not whole, reject.issue.reason

    flow = Flow(made.plan, made.context)
    body: list[bytes] = []
    with made.source.open("rb") as stream:
        flow.run(stream, body.append, refuse)
    return flow.head() + b"".join(body)


def cells(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline=""), delimiter="|"))


def fields(made: Explainer) -> list[tuple[Record, Field]]:
    return [(record, one) for record in made.plan.target.records for one in record.fields]


def lines_of(source: Path) -> range:
    return range(2, len(source.read_bytes().splitlines()) + 1)


def found(made: Explainer, record: Record, one: Field, line: int) -> Explanation:
    told = made.explain(f"{record.name}.{one.key}", line)
    assert isinstance(told, Explanation)
    return told


@pytest.mark.parametrize("biller", BILLERS)
def test_every_field_of_every_unit_is_explained_as_it_stands_in_the_output(biller: str) -> None:
    made = explainer(biller, statement(biller))
    rows = cells(output(made))
    walk = iter(rows[1:])
    units: dict[int, Unit] = {}
    asked = 0
    for line in lines_of(made.source):
        unit = made.unit(line)
        assert isinstance(unit, Unit)
        new = unit.lines[0] not in units
        units[unit.lines[0]] = unit
        for record in made.plan.target.records[1:]:
            if record.name != "ID" and not new:
                continue
            row = next(walk)
            assert row[0] == record.name
            for one, cell in zip(record.fields, row, strict=True):
                told = made.field(unit, record, one, line)
                assert told.text == cell, f"{record.name}.{one.key} of line {line}"
                assert told.place.line >= 1
                assert told.layer
                assert (ROOT / told.place.file).is_file()
                asked += 1
    assert next(walk, None) is None
    assert asked > 400


@pytest.mark.parametrize("biller", BILLERS)
def test_the_fields_of_the_file_are_explained_as_they_stand_in_the_output(biller: str) -> None:
    made = explainer(biller, statement(biller))
    [row, *_] = cells(output(made))
    record = made.plan.target.records[0]
    unit = made.file()
    for one, cell in zip(record.fields, row, strict=True):
        told = made.field(unit, record, one, None)
        assert told.text == cell
        assert told.layer


def test_there_are_53_fields() -> None:
    assert len(fields(explainer("newport", statement("newport")))) == 53


@pytest.mark.parametrize("biller", BILLERS)
def test_a_value_names_the_cells_it_was_read_from(biller: str) -> None:
    """Line and column must lead to the text that the explanation quotes."""
    made = explainer(biller, statement(biller))
    delimiter = made.plan.source.file.delimiter
    text = made.source.read_text("utf-8")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    seen = 0
    for record, one in fields(made):
        for read in found(made, record, one, 3).reads:
            assert read.column is not None
            assert rows[read.line - 1][read.column - 1] == read.text
            assert rows[0][read.column - 1] == read.header
            seen += 1
    assert seen > 40


@pytest.mark.parametrize("biller", BILLERS)
def test_the_way_back_is_explained_too(biller: str, tmp_path: Path) -> None:
    forward = explainer(biller, statement(biller))
    file = tmp_path / "invoices.txt"
    file.write_bytes(output(forward))
    made = explainer(biller, file, BACKWARD)
    text = output(made, whole=False).decode()
    delimiter = made.plan.target.file.delimiter
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    record = made.plan.target.records[0]
    unit = made.unit(None)
    assert isinstance(unit, Unit)
    for position, one in enumerate(record.fields):
        told = made.field(unit, record, one, None)
        assert told.text == rows[1][position], one.name
        assert told.place.file.startswith("mappings/")


def said(told: Explanation) -> str:
    return "\n".join(
        f"{one.text} {one.before}>{one.after} {one.place} {one.layer}" for one in told.remarks
    )


@pytest.mark.parametrize(
    ("field", "line", "parts"),
    [
        ("IH.10", 3, ["first option that gives", "option 1 gives", "first of 3 row records where"]),
        ("ID.88", 3, ["first option whose condition", "Category Code is present: holds"]),
        ("ID.88", 7, ["is present: does not hold", "option 2 gives", "by the pattern"]),
        ("CR.59", 3, ["keep 00.0010.00>00001000"]),
        ("CR.63", 3, ["part City by the pattern '{City}, {State:letters} {Zip}'"]),
        ("IH.46", 3, ["piece 2 of 5 of a long text: characters 61 to 120"]),
        ("IH.252", 3, ["caselle/ar/invoice-types", "WTR>42", "mappings/billers/newport.yaml"]),
        ("FH.2", 3, ["setting BillerGuid", "set by newport", "mappings/billers/newport.yaml"]),
        ("FH.4", 3, ["the run's date is '2026-02-01'"]),
        ("FH.5", 3, ["control total: the count of invoice over the whole file"]),
        ("FH.6", 3, ["control total: the sum of IH.13 over the whole file"]),
        ("IH.8", 3, ["always 'R', by the layout"]),
        ("IH.96", 3, ["no value, so the field stays empty"]),
    ],
)  # fmt: skip
def test_an_explanation_says_what_decided(field: str, line: int, parts: list[str]) -> None:
    told = explainer("newport", statement("newport")).explain(field, line)
    assert isinstance(told, Explanation)
    assert [part for part in parts if part not in said(told)] == []


def test_an_entry_of_a_biller_names_the_biller_as_its_layer() -> None:
    told = explainer("newport", statement("newport")).explain("97", 2)
    assert isinstance(told, Explanation)
    assert (told.layer, told.place.file) == ("newport", "mappings/billers/newport.yaml")
    assert told.reads[0].field == "Parcel No"


def test_a_rejected_record_is_explained_by_its_reason(tmp_path: Path) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(statement("newport").read_bytes().replace(b'"1/29/2026"', b'"29.1.2026"'))
    told = explainer("newport", file).explain("IH.11", 3)
    assert isinstance(told, Rejection)
    assert [issue.code for issue in told.issues] == ["CW527"]
    assert told.issues[0].field == "Invoice Date"
    assert 3 in told.lines


def test_a_line_without_a_record_is_told() -> None:
    with pytest.raises(NoSuchPlace, match="line 1 holds no record"):
        explainer("newport", statement("newport")).explain("IH.10", 1)


def test_without_a_line_the_first_unit_is_explained() -> None:
    told = explainer("newport", statement("newport")).explain("IH.10")
    assert isinstance(told, Explanation)
    assert told.lines[0] == 2


def test_the_command_prints_what_the_engine_found() -> None:
    args = [
        "explain",
        MAPPING,
        f"{statement('newport')}:3",
        "--biller",
        "newport",
        "--field",
        "252",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "crosswalk", "-C", str(ROOT), *args],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "IH.252 InvoiceTypeID = 42" in done.stdout
    assert "mappings/billers/newport.yaml" in done.stdout
    assert "column 28" in done.stdout


@pytest.mark.parametrize(("line", "amount"), [(46, "1000.00"), (49, "1000.00"), (65, "234.50")])
def test_any_line_of_an_element_stands_for_its_record(line: int, amount: str) -> None:
    project = Project(ROOT / "tests/strangers")
    plan = project.plan("strangers/camt053-xml", project.view(None))
    source = ROOT / "tests/strangers/camt053-xml/input.txt"
    context = Context({}, Run(AT, "", source.name))
    told = Explainer(project, project.view(None), plan, context, source).explain("amount", line)
    assert isinstance(told, Explanation)
    assert told.value == amount
