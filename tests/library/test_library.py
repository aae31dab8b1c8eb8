"""What host programs may rely on."""

import json
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import crosswalk
from crosswalk.library import Plan

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 1, 31, 8, 0)
STATEMENT = ROOT / "fixtures/billers/newport/statement.txt"


@pytest.fixture(scope="module")
def forward() -> Plan:
    return crosswalk.load(ROOT).plan("caselle/ar/invoice", biller="newport")


@pytest.fixture(scope="module")
def backward() -> Plan:
    return crosswalk.load(ROOT).plan("caselle/ar/invoice", biller="newport", backward=True)


def test_the_public_names_are_these() -> None:
    assert crosswalk.__all__ == [
        "Answered",
        "Applied",
        "ConfigError",
        "CrosswalkError",
        "Delivered",
        "Diagnostic",
        "FormatProblem",
        "Issue",
        "Library",
        "Plan",
        "Reject",
        "Summary",
        "load",
    ]
    for name in crosswalk.__all__:
        assert getattr(crosswalk, name).__name__ == name


def test_importing_the_package_loads_nothing_else_of_it() -> None:
    script = "import sys, crosswalk; print([m for m in sys.modules if m.startswith('crosswalk.')])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        crosswalk.nothing  # noqa: B018


def test_records_go_forward_and_back_as_typed_values(
    forward: Plan, backward: Plan, tmp_path: Path
) -> None:
    out = tmp_path / "bif.txt"
    summary = forward.convert(STATEMENT, out, at=AT)
    assert (summary.read, summary.units) == (40, 11)
    rows = made_rows(backward, out, tmp_path)
    again = forward.apply(rows, at=AT)
    assert not again.rejects
    head, first = again.records[0]["FH"], again.records[1]["invoice"]
    assert head["InvoiceCount"] == 11
    assert head["TotalInvoiceAmount"] == Decimal("2209.26")
    assert first["IH"]["InvoiceDate"] == date(2026, 1, 29)
    assert len(first["ID"]) == 3


def made_rows(backward: Plan, file: Path, folder: Path) -> list[dict[str, object]]:
    """Give the invoice file's partner rows as the library makes them of canonical records."""
    lines = subprocess.run(
        [
            *(sys.executable, "-m", "crosswalk", "-C", str(ROOT), "run", "caselle/ar/invoice"),
            *(str(file), "--biller", "newport", "--backward", "--output-form", "json-lines", "-q"),
            *("-o", str(folder / "rows.jsonl")),
        ],
        check=True,
    )
    assert lines.returncode == 0
    assert backward is not None
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]


def test_a_float_is_refused_as_money(forward: Plan, backward: Plan, tmp_path: Path) -> None:
    forward.convert(STATEMENT, tmp_path / "bif.txt", at=AT)
    row = made_rows(backward, tmp_path / "bif.txt", tmp_path)[0]
    applied = forward.apply([{**row, "Customer Balance": 12.5}], at=AT)
    assert [reject.issue.code for reject in applied.rejects] == ["CW531"]


def test_an_unknown_key_is_refused(forward: Plan) -> None:
    applied = forward.apply([{"Customer Numbr": "1"}], at=AT)
    assert applied.rejects[0].issue.code == "CW644"
    assert "did you mean 'Customer Number'" in applied.rejects[0].issue.reason


def test_a_flow_is_planned_by_its_name() -> None:
    library = crosswalk.load(ROOT)
    by_name = library.plan("invoice", biller="newport")
    row = {
        "Customer Number": "7",
        "Bill-to Name": "Ida Vance",
        "Invoice Date": "2026-01-29",
        "Due Date": "2026-02-18",
        "Customer Balance": "5.00",
        "Customer Statement Type": "Open Items",
        "Invoice/Ref No": "1",
        "Invoice Category Code": "WTR",
        "Date": "2026-01-05",
    }
    (_, made) = by_name.apply([row], at=AT).records
    assert made["invoice"]["CR"]["CustomerName"] == "Ida Vance"
    with pytest.raises(crosswalk.ConfigError, match="no flow 'invoic'"):
        library.plan("invoic", biller="newport")


def test_findings_come_with_the_error() -> None:
    with pytest.raises(crosswalk.ConfigError) as caught:
        crosswalk.load(ROOT).plan("caselle/ar/invoic")
    assert "did you mean 'caselle/ar/invoice@1'" in caught.value.findings[0].help


def test_the_shipped_documents_have_no_findings() -> None:
    assert crosswalk.load(ROOT).check() == []


ODD: list[object] = [
    None, "", " ", "x", "042", "1.5", "1.555", "2026-01-05", "2026-01-05T08:00:00", 5, -1, True,
    Decimal("1.5"), Decimal("1E+2"), date(2026, 1, 5), datetime(2026, 1, 5, 8), 1.5, [], {}, b"x",
]  # fmt: skip
PAYMENT: dict[str, Any] = {
    "PaymentGuid": "g-1",
    "PaymentDate": date(2026, 1, 31),
    "PaymentTypeId": 1,
    "CardVendor": "VISA",
    "PayerName": 'Rosa "Ro" Holt',
    "ServiceFee": Decimal("2.50"),
    "bill": [
        {
            "InvoiceNumber": "7",
            "InvoiceTypeId": "42",
            "AccountNumber": "0042",
            "Amount": "1.10",
            "ReceiptNumber": "5.1",
        },
        {"AccountNumber": "0043", "Amount": Decimal(2), "ReceiptNumber": "5.00010"},
    ],
}
SMALL: dict[str, dict[str, Any]] = {
    "paperless": {"AccountNumber": "101", "Paperless": True},
    "balance-request": {"AccountNumber": "101"},
}


def told(applied: crosswalk.Applied) -> object:
    rejects = [(one.issue, one.lines, one.amounts) for one in applied.rejects]
    counts = applied.summary
    return (
        applied.records,
        rejects,
        applied.notices,
        (counts.read, counts.written, counts.rejected, counts.units, counts.adds_up()),
    )


@pytest.mark.parametrize("name", ["payment", "void", "paperless", "balance-request"])
def test_the_compiled_way_of_single_records_gives_what_the_reference_gives(name: str) -> None:
    plan = crosswalk.load(ROOT).plan(name, biller="newport")
    good = SMALL.get(name, PAYMENT)
    given: list[dict[str, Any]] = [good]
    for key in [*good, "Strange"]:
        given += [good | {key: value} for value in ODD]
        given.append({one: value for one, value in good.items() if one != key})
    for key in good.get("bill", [{}])[0]:
        given += [good | {"bill": [good["bill"][0] | {key: value}]} for value in ODD]
    context = plan.context(AT)
    assert plan._single(context) is not None  # noqa: SLF001 - both ways are compared
    reference, _ = plan._by_reference(enumerate(given, 1), context)  # noqa: SLF001
    assert told(plan.apply(given, at=AT)) == told(reference)
    assert len(reference.records) >= 3


def test_a_plan_that_reads_the_clock_is_compiled_for_each_day() -> None:
    plan = crosswalk.load(ROOT).plan("void", biller="newport")
    receipt = PAYMENT | {"bill": [{"AccountNumber": "1", "Amount": "1", "ReceiptNumber": "5.1"}]}
    days = [datetime(2026, 1, day, 8) for day in (30, 31, 30)]
    made = [plan.apply([receipt], at=day).records[0]["date"] for day in days]
    assert made == [date(2026, 1, 30), date(2026, 1, 31), date(2026, 1, 30)]
    assert len(plan._singles) == 2  # noqa: SLF001


TWICE = """\
crosswalk: 1
kind: {kind}
name: {name}
version: 1.0.0
"""


@pytest.mark.parametrize("word", ["unique: true", "via: [{keep: digits}], distinct: true"])
def test_records_that_must_be_told_apart_are_held_back(word: str, tmp_path: Path) -> None:
    layout = "structure: row*\nrecords: {row: {fields: {Num: {type: text}}}}\n"
    mapping = f"from: a/in@1\nto: a/out@1\nfields: {{row: {{Num: {{from: Num, {word}}}}}}}\n"
    for kind, name, body in (
        ("layout", "a/in", layout),
        ("layout", "a/out", layout),
        ("mapping", "a/m", mapping),
    ):
        file = tmp_path / "mappings" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(TWICE.format(kind=kind, name=name) + body, "utf-8")
    again = "7" if "unique" in word else "-7"
    given = [{"Num": one} for one in ("7", "2", again)]
    applied = crosswalk.load(tmp_path).plan("a/m").apply(given, at=AT)
    assert applied.records == [{"Num": "2"}]
    assert [reject.issue.code for reject in applied.rejects] == ["CW579", "CW579"]
