"""W2 in Polars, eager. Usage: polars_eager.py IN OUT. POLARS_MAX_THREADS sets the threads.

Lines are put together as text, because an amount must stay exact. Only quotation marks and
backslashes of texts are escaped.
"""

import sys
from pathlib import Path

import polars as pl
from polars import col, lit

BILL = pl.Struct(
    dict.fromkeys(("InvoiceNumber", "InvoiceTypeId", "AccountNumber", "Amount"), pl.String)
)
SCHEMA = {
    **dict.fromkeys(("PaymentGuid", "PaymentDate"), pl.String),
    "PaymentTypeId": pl.Int64,
    **dict.fromkeys(("CardVendor", "PayerName"), pl.String),
    "bill": pl.List(BILL),
}
TEMPLATE = (
    '{"receiptDate":"{}","distributionCode":"101","paymentCode":{},"amount":{},'
    '"accountNumber":{},"accountName":{},"glActivityNumber":0,"allocateTo":{},'
    '"confirmationNumber":{}}'
)


def quoted(name: str) -> pl.Expr:
    """Give a text as JSON; null stays null."""
    text = col(name).str.replace_all("\\", "\\\\", literal=True)
    text = text.str.replace_all('"', '\\"', literal=True)
    return pl.concat_str(lit('"'), text, lit('"'))


def main() -> None:
    """Map IN to OUT."""
    rows = pl.read_ndjson(Path(sys.argv[1]), schema=SCHEMA)
    if rows["bill"].list.len().fill_null(0).min() == 0:
        raise ValueError("a payment without a bill")
    rows = rows.explode("bill").unnest("bill")
    kind, amex = col("PaymentTypeId"), col("CardVendor").str.to_uppercase() == "AMEX"
    code = (
        pl.when(kind == 2)
        .then(95)
        .when(kind == 11)
        .then(96)
        .when((kind == 1) & amex.fill_null(value=False))
        .then(98)
        .when(kind == 1)
        .then(97)
        .when(kind.is_in([15, 16, 17]))
        .then(99)
    )
    required = ("PaymentGuid", "PayerName", "AccountNumber")
    good = [col(name).str.strip_chars().str.len_chars() > 0 for name in required]
    good += [
        col("PaymentDate").str.to_date("%Y-%m-%d", strict=False).is_not_null(),
        col("Amount").str.contains(r"^(?:[1-9][0-9]*|0)\.[0-9][0-9]$"),
        col("Amount") != "0.00",
        code.is_not_null(),
    ]
    if not rows.select(
        pl.all_horizontal([one.fill_null(value=False) for one in good]).all()
    ).item():
        raise ValueError("a value is missing or wrong")
    rows.select(col("InvoiceTypeId").cast(pl.Int64))
    pieces = TEMPLATE.split("{}")
    values = [
        *(col("PaymentDate"), code, col("Amount"), quoted("AccountNumber"), quoted("PayerName")),
        *(quoted("InvoiceNumber").fill_null("null"), quoted("PaymentGuid")),
    ]
    parts: list[pl.Expr] = [lit(pieces[0])]
    for value, piece in zip(values, pieces[1:], strict=True):
        parts += [value.cast(pl.String), lit(piece)]
    lines = rows.select(pl.concat_str(parts).alias("line"))
    lines.write_csv(
        Path(sys.argv[2]), include_header=False, quote_style="never", line_terminator="\n"
    )


if __name__ == "__main__":
    main()
