"""W1 as one would first write it: csv, datetime, Decimal. Usage: plain.py IN OUT --date 2026-01-31.

benchmarks/README.md says what the job is.
"""

import argparse
import csv
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import TextIO

BILLER_GUID = "6f1c0a52-0000-4000-8000-00000000a001"
FORMAT_GUID = "6f1c0a52-0000-4000-8000-00000000f001"
INVOICE_TYPES = {"WTR": "42", "GARB": "43"}
CUSTOMER = (
    "Customer Number",
    "Bill-to Name",
    "Bill-to Attention",
    "Parcel No",
    "Bill-to Mailing Line 1",
    "Bill-to Mailing Line 2",
    "Bill-to City, State, Zip Code",
    "Customer Telephone Number 1",
    "Customer email",
    "Bill-to User-defined Field",
    "Customer User-defined Field",
    "Customer Statement Type",
    "System Date",
    "Invoice Date",
    "Due Date",
    "Customer Balance",
    "Balance Due",
    "Past Due",
    "Last Statement Date",
    "Last Statement Balance",
    "Last Payment Amount",
    "Statement Begin Date",
    "Statement End Date",
    "Current Period Payments",
    "Current Period Payment Adjustments",
    "General Message",
)
COLUMNS = (
    *CUSTOMER,
    "Invoice/Ref No",
    "Invoice Category Code",
    "Date",
    "Invoice Payment Due Date",
    "Description",
    "Quantity",
    "Charge Amount",
    "Credit Amount",
    "Running Balance",
    "Invoice detail User-defined Field",
    "Invoice User-defined Field",
)
PLACE = re.compile("([A-Za-z]+) (.+)", re.DOTALL)
REQUIRED = (
    "Customer Number",
    "Bill-to Name",
    "Invoice Date",
    "Due Date",
    "Customer Balance",
    "Invoice/Ref No",
    "Date",
)
AGREED = [name for name in CUSTOMER if name not in ("Customer User-defined Field", "System Date")]

Row = dict[str, str]


def read_rows(file: TextIO) -> Iterator[Row]:
    """Give the lines as rows of text."""
    lines = csv.reader(file, delimiter="|", strict=True)
    if tuple(next(lines)) != COLUMNS:
        raise ValueError("the header line names other columns")
    for cells in lines:
        row = dict(zip(COLUMNS, cells, strict=True))
        if not all(row[name].strip() for name in REQUIRED):
            raise ValueError("a required value is blank")
        yield row


def iso_date(text: str) -> str:
    """Turn M/d/yyyy into yyyy-MM-dd; blank stays blank."""
    if not text.strip():
        return ""
    return datetime.strptime(text, "%m/%d/%Y").date().isoformat()  # noqa: DTZ007 - a date


def exact_amount(text: str) -> str:
    """Write an amount with two decimals; blank stays blank."""
    if not text.strip():
        return ""
    if not re.fullmatch(r"-?\d+(\.\d{1,2})?", text, re.ASCII):
        raise ValueError("not an amount")
    return str(Decimal(text).quantize(Decimal("0.01")))


def exact_quantity(text: str) -> str:
    """Check a decimal number; blank stays blank."""
    if not text.strip():
        return ""
    if not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
        raise ValueError("not a number")
    return format(Decimal(text), "f")


def split_place(text: str) -> tuple[str, str, str]:
    """Split "City, ST Zip", which may be read in one way only."""
    if not text.strip():
        return "", "", ""
    found = [
        (text[: comma.start()], *rest.groups())
        for comma in re.finditer(", ", text)
        if comma.start() and (rest := PLACE.fullmatch(text[comma.end() :]))
    ]
    if len(found) != 1:
        raise ValueError("city, state and zip cannot be told apart")
    city, state, code = found[0]
    return str(city), str(state), str(code)


def line_number(row: Row) -> str:
    """Give the number of a charge, or of a payment with its date as the partner wrote it."""
    reference = row["Invoice/Ref No"]
    return reference if row["Invoice Category Code"] else f"{reference}-{row['Date']}"


def message_slots(text: str) -> list[str]:
    """Cut a message into five slots of sixty characters."""
    if len(text) > 300:
        raise ValueError("the message is longer than five slots")
    return [text[start : start + 60] for start in range(0, 300, 60)]


def invoice_header(rows: list[Row]) -> list[str]:
    """Give the fields of IH."""
    row = rows[0]
    billed = next((row for row in rows if row["Invoice Category Code"]), None)
    slots = message_slots(row["General Message"])
    return [
        "IH",
        "R",
        FORMAT_GUID,
        line_number(billed or row),
        iso_date(row["Invoice Date"]),
        iso_date(row["Due Date"]),
        exact_amount(row["Customer Balance"]),
        iso_date(row["Last Statement Date"]),
        exact_amount(row["Last Payment Amount"]),
        exact_amount(row["Last Statement Balance"]),
        iso_date(row["Statement Begin Date"]),
        iso_date(row["Statement End Date"]),
        exact_amount(row["Current Period Payments"]),
        exact_amount(row["Current Period Payment Adjustments"]),
        *slots[:3],
        exact_amount(row["Balance Due"]),
        *slots[3:],
        row["Bill-to User-defined Field"],
        row["Parcel No"],
        row["Invoice detail User-defined Field"],
        row["Invoice User-defined Field"],
        row["Customer Statement Type"],
        INVOICE_TYPES[billed["Invoice Category Code"]] if billed else "",
        exact_amount(row["Past Due"]),
    ]


def customer_record(row: Row, seen: set[str]) -> list[str]:
    """Give the fields of CR; `seen` holds the account numbers written so far."""
    account = re.sub("[^0-9A-Za-z]", "", row["Customer Number"])
    if not account or account in seen:
        raise ValueError("the account number is blank or occurs twice")
    seen.add(account)
    return [
        "CR",
        account,
        row["Bill-to Name"],
        row["Bill-to Mailing Line 1"],
        row["Bill-to Mailing Line 2"],
        *split_place(row["Bill-to City, State, Zip Code"]),
        re.sub("[^0-9]", "", row["Customer Telephone Number 1"]),
        row["Customer email"],
        row["Bill-to Attention"],
    ]


def invoice_detail(row: Row) -> list[str]:
    """Give the fields of ID."""
    return [
        "ID",
        row["Description"],
        exact_quantity(row["Quantity"]),
        exact_amount(row["Charge Amount"]),
        exact_amount(row["Credit Amount"]),
        exact_amount(row["Running Balance"]),
        iso_date(row["Date"]),
        row["Invoice Category Code"],
        iso_date(row["Invoice Payment Due Date"]),
        line_number(row),
    ]


def quoted(text: str) -> str:
    """Quote a value that needs it."""
    if "|" in text or '"' in text or "\r" in text or "\n" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def write_record(out: TextIO, fields: Iterable[str]) -> None:
    """Write one record."""
    out.write("|".join(quoted(text) for text in fields) + "\n")


def header_values(row: Row) -> list[str]:
    """Give the customer columns as values, so that 1/5/2026 and 01/05/2026 are the same."""
    return [
        iso_date(row[name])
        if name.endswith(" Date")
        else exact_amount(row[name])
        if name.endswith((" Balance", " Due", " Payments", " Adjustments", " Amount"))
        else row[name]
        for name in AGREED
    ]


def check_agreement(rows: list[Row]) -> None:
    """Refuse lines of a customer that differ in a customer column."""
    first = [rows[0][name] for name in AGREED]
    for row in rows[1:]:
        if [row[name] for name in AGREED] != first and header_values(row) != header_values(rows[0]):
            raise ValueError("the lines of a customer disagree")


def write_invoices(source: TextIO, out: TextIO) -> tuple[int, Decimal]:
    """Write IH, CR and ID of every customer; give the count and the total."""
    count, total = 0, Decimal(0)
    kinds = balances = 0
    seen: set[str] = set()
    for _, group in groupby(read_rows(source), lambda row: row["Customer Number"]):
        rows = list(group)
        check_agreement(rows)
        for row in rows:
            iso_date(row["System Date"])
        header = invoice_header(rows)
        write_record(out, header)
        write_record(out, customer_record(rows[0], seen))
        for row in rows:
            write_record(out, invoice_detail(row))
        kinds += rows[0]["Customer Statement Type"] != "Open Items"
        balances += header[17] not in ("", header[6])
        count += 1
        total += Decimal(header[6])
    sys.stderr.write(f"reported: open-items {kinds}, balances-agree {balances}\n")
    return count, total


def main() -> None:
    """Map IN to OUT."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--date", default="2026-01-31")
    asked = parser.parse_args()
    with (
        asked.source.open(encoding="utf-8", newline="") as source,
        tempfile.TemporaryFile("w+", encoding="utf-8", newline="", dir=asked.out.parent) as body,
        asked.out.open("w", encoding="utf-8", newline="") as out,
    ):
        count, total = write_invoices(source, body)
        write_record(out, ["FH", BILLER_GUID, asked.date, str(count), f"{total:.2f}"])
        body.seek(0)
        shutil.copyfileobj(body, out, 1 << 20)


if __name__ == "__main__":
    main()
