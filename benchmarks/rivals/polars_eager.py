"""W1 in Polars, eager. Usage: polars_eager.py IN OUT --date 2026-01-31.

benchmarks/README.md says what the job is. POLARS_MAX_THREADS sets the number of threads.
"""

import argparse
import sys
from pathlib import Path

import polars as pl
from polars import Expr, col, lit

BILLER_GUID = "6f1c0a52-0000-4000-8000-00000000a001"
FORMAT_GUID = "6f1c0a52-0000-4000-8000-00000000f001"
INVOICE_TYPES = {"WTR": "42", "GARB": "43"}
NUMBER = "Customer Number"
REFERENCE = "Invoice/Ref No"
CATEGORY = "Invoice Category Code"
PLACE = "Bill-to City, State, Zip Code"
MESSAGE = "General Message"
HEAD_TEXTS = (
    "Bill-to Name",
    "Bill-to Attention",
    "Parcel No",
    "Bill-to Mailing Line 1",
    "Bill-to Mailing Line 2",
    PLACE,
    "Customer Telephone Number 1",
    "Customer email",
    "Bill-to User-defined Field",
    "Customer User-defined Field",
    "Customer Statement Type",
)
HEAD_DATES = (
    "Invoice Date",
    "Due Date",
    "Last Statement Date",
    "Statement Begin Date",
    "Statement End Date",
)
HEAD_MONEY = (
    "Customer Balance",
    "Balance Due",
    "Past Due",
    "Last Statement Balance",
    "Last Payment Amount",
    "Current Period Payments",
    "Current Period Payment Adjustments",
)
LINE_DATES = ("Date", "Invoice Payment Due Date")
LINE_MONEY = ("Charge Amount", "Credit Amount", "Running Balance")
LINE_USERS = ("Invoice detail User-defined Field", "Invoice User-defined Field")
COLUMNS = [
    NUMBER,
    *HEAD_TEXTS,
    "System Date",
    *HEAD_DATES[:2],
    *HEAD_MONEY[:3],
    HEAD_DATES[2],
    *HEAD_MONEY[3:5],
    *HEAD_DATES[3:],
    *HEAD_MONEY[5:],
    MESSAGE,
    REFERENCE,
    CATEGORY,
    *LINE_DATES,
    "Description",
    "Quantity",
    *LINE_MONEY,
    *LINE_USERS,
]
REQUIRED = (
    NUMBER,
    "Bill-to Name",
    "Invoice Date",
    "Due Date",
    "Customer Balance",
    REFERENCE,
    "Date",
)


def text(name: str) -> Expr:
    """Quote a value where it needs it."""
    value = col(name)
    return (
        pl.when(value.str.contains('[|"\r\n]'))
        .then(lit('"') + value.str.replace_all('"', '""', literal=True) + lit('"'))
        .otherwise(value)
    )


def day(name: str) -> Expr:
    """Turn M/d/yyyy into yyyy-MM-dd, blank stays blank; a text that is no date raises."""
    value = col(name)
    whole = value.str.contains(r"^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$")
    given = pl.when(value != "").then(pl.when(whole).then(value).otherwise(lit("not a date")))
    return given.str.to_date("%m/%d/%Y").dt.strftime("%Y-%m-%d").fill_null("").alias(name)


def money(name: str) -> Expr:
    """Write an amount with two decimals, blank stays blank; null is an amount of another form."""
    value = col(name)
    plain = value.str.contains(r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$")
    loose = value.str.contains(r"^-?[0-9]+(\.[0-9]{1,2})?$")
    padded = (
        pl.when(value.str.contains(".", literal=True))
        .then(value + lit("0"))
        .otherwise(value + lit(".00"))
        .str.replace(r"(\.[0-9]{2})0$", "$1")
        .str.replace("^(-?)0+([0-9])", "$1$2")
    )
    return pl.when(plain | (value == "")).then(value).when(loose).then(padded).alias(name)


def quantity(name: str) -> Expr:
    """Check a decimal number, blank stays blank; null is a text that is no number."""
    value = col(name)
    number = value.str.contains(r"^-?[0-9]+(\.[0-9]+)?$")
    whole = value.str.replace("^(-?)0+([0-9])", "$1$2")
    return pl.when(value == "").then(value).when(number).then(whole).alias(name)


def require(holds: bool, message: str) -> None:  # noqa: FBT001
    """Raise unless a law holds."""
    if not holds:
        raise ValueError(message)


def read(source: Path) -> pl.DataFrame:
    """Read every column as text, number the customers and mark their first lines."""
    frame = pl.read_csv(source, separator="|", infer_schema=False, empty_string_is_null=False)
    require(frame.columns == COLUMNS, "the header line names other columns")
    blank = frame.select(pl.any_horizontal((col(name) == "").any() for name in REQUIRED)).item()
    require(not blank, "a required value is blank")
    new = (col(NUMBER) != col(NUMBER).shift(1)).fill_null(value=True)
    return frame.with_columns(new.alias("new"))


def agree(frame: pl.DataFrame) -> bool:
    """Tell whether the lines of each customer have the same customer columns."""
    names = [*HEAD_TEXTS, *HEAD_DATES, *HEAD_MONEY, MESSAGE]
    names.remove("Customer User-defined Field")
    differs = pl.any_horizontal(col(name) != col(name).shift(1) for name in names)
    if not frame.select((differs & ~col("new")).any()).item():
        return True
    values = frame.with_columns(*map(day, HEAD_DATES), *map(money, HEAD_MONEY))
    return not values.select((differs & ~col("new")).any()).item()


def details(frame: pl.DataFrame) -> pl.DataFrame:
    """Write ID of every line, and keep what the invoice takes from its lines."""
    number = (
        pl.when(col(CATEGORY) == "").then(col(REFERENCE) + "-" + col("raw")).otherwise(REFERENCE)
    )
    lines = frame.select(
        "new",
        CATEGORY,
        REFERENCE,
        "Description",
        *map(day, LINE_DATES),
        day("System Date"),
        *map(money, LINE_MONEY),
        quantity("Quantity"),
        *LINE_USERS,
        col("Date").alias("raw"),
    ).with_columns(number.alias("number"))
    require(not any(lines[name].null_count() for name in lines.columns), "not a number")
    quoted = [text("Description"), "Quantity", *LINE_MONEY, "Date", text(CATEGORY)]
    return lines.select(
        "new",
        CATEGORY,
        "number",
        *LINE_USERS,
        pl.concat_str(lit("ID"), *quoted, LINE_DATES[1], text("number"), separator="|").alias("ID"),
    )


def billed(lines: pl.DataFrame) -> pl.DataFrame:
    """Give each customer's invoice number and type: of the first charge, else of a payment."""
    group = lines.select(col("new").cum_sum().alias("group"), CATEGORY, "number")
    charges = group.filter(col(CATEGORY) != "").unique("group", keep="first")
    typed = charges.with_columns(col(CATEGORY).replace_strict(INVOICE_TYPES).alias("type"))
    first = group.filter(lines["new"])
    joined = first.join(typed, on="group", how="left", suffix=" billed", maintain_order="left")
    return joined.select(
        pl.coalesce("number billed", "number").alias("number"), col("type").fill_null("")
    )


def customers(frame: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Give one row a customer with its columns as values, checked."""
    first = frame.filter("new").select(NUMBER, *HEAD_TEXTS, *HEAD_DATES, *HEAD_MONEY, MESSAGE)
    found = first.with_columns(
        *map(day, HEAD_DATES),
        *map(money, HEAD_MONEY),
        col(NUMBER).str.replace_all("[^0-9A-Za-z]", "").alias("account"),
        col("Customer Telephone Number 1").str.replace_all("[^0-9]", "").alias("phone"),
        col(PLACE).str.extract("^((?s).+?), [A-Za-z]+ .+$").fill_null("").alias("city"),
        col(PLACE).str.extract("^(?s).+?, ([A-Za-z]+) .+$").fill_null("").alias("state"),
        col(PLACE).str.extract("^(?s).+?, [A-Za-z]+ (.+)$").fill_null("").alias("zip"),
        *(col(MESSAGE).str.slice(60 * slot, 60).alias(f"slot{slot}") for slot in range(5)),
    )
    require(not any(found[name].null_count() for name in HEAD_MONEY), "not an amount")
    ways = found[PLACE].str.count_matches(", [A-Za-z]+ ")
    require(bool(((ways == 1) | (found[PLACE] == "")).all()), "city, state, zip: not one way")
    require(not (found["state"] == "").ne(found[PLACE] == "").any(), "city, state, zip: no way")
    require(not (found[MESSAGE].str.len_chars() > 300).any(), "the message is too long")
    require(found["account"].n_unique() == len(found), "an account number occurs twice")
    require(not (found["account"] == "").any(), "the account number is blank")
    return found.hstack(lines.filter("new").select(LINE_USERS)).hstack(billed(lines))


def headers(found: pl.DataFrame) -> pl.Series:
    """Write IH and CR of every customer."""
    invoice = pl.concat_str(
        lit(f"IH|R|{FORMAT_GUID}"),
        text("number"),
        *HEAD_DATES[:2],
        HEAD_MONEY[0],
        HEAD_DATES[2],
        *(HEAD_MONEY[4], HEAD_MONEY[3]),
        *HEAD_DATES[3:],
        *HEAD_MONEY[5:],
        *map(text, ("slot0", "slot1", "slot2")),
        HEAD_MONEY[1],
        *map(text, ("slot3", "slot4", "Bill-to User-defined Field", "Parcel No", *LINE_USERS)),
        *(text("Customer Statement Type"), "type", HEAD_MONEY[2]),
        separator="|",
    )
    customer = pl.concat_str(
        lit("CR"),
        "account",
        *map(text, ("Bill-to Name", "Bill-to Mailing Line 1", "Bill-to Mailing Line 2")),
        *(text("city"), "state", text("zip"), "phone"),
        *map(text, ("Customer email", "Bill-to Attention")),
        separator="|",
    )
    return found.select(pl.concat_str(invoice, customer, separator="\n")).to_series()


def report(found: pl.DataFrame) -> None:
    """Say how many invoices break a law that is only reported."""
    kinds = (found["Customer Statement Type"] != "Open Items").sum()
    due = found["Balance Due"]
    balances = ((due != "") & (due != found["Customer Balance"])).sum()
    sys.stderr.write(f"reported: open-items {kinds}, balances-agree {balances}\n")


def main() -> None:
    """Map IN to OUT."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--date", default="2026-01-31")
    asked = parser.parse_args()
    frame = read(asked.source)
    require(agree(frame), "the lines of a customer disagree")
    lines = details(frame)
    found = customers(frame, lines)
    places = lines["new"].arg_true()
    heads = headers(found)
    first = pl.DataFrame({"place": places, "head": heads})
    joined = (
        lines.select("ID")
        .with_row_index("place")
        .join(first, on="place", how="left", maintain_order="left")
    )
    body = joined.select(pl.concat_str("head", "ID", separator="\n", ignore_nulls=True))
    cents = int(found["Customer Balance"].str.replace(".", "", literal=True).cast(pl.Int64).sum())
    total = f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
    report(found)
    with asked.out.open("wb") as out:
        out.write(f"FH|{BILLER_GUID}|{asked.date}|{len(found)}|{total}\n".encode())
        body.write_csv(out, include_header=False, quote_style="never", separator="\x01")


if __name__ == "__main__":
    main()
