"""W1 in DuckDB SQL. Usage: duckdb_sql.py IN OUT --date 2026-01-31 [--threads 2].

benchmarks/README.md says what the job is.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb

BILLER_GUID = "6f1c0a52-0000-4000-8000-00000000a001"
FORMAT_GUID = "6f1c0a52-0000-4000-8000-00000000f001"
INVOICE_TYPES = {"WTR": "42", "GARB": "43"}
NAMES = {
    "cust": "Customer Number",
    "name": "Bill-to Name",
    "attn": "Bill-to Attention",
    "parcel": "Parcel No",
    "line1": "Bill-to Mailing Line 1",
    "line2": "Bill-to Mailing Line 2",
    "place": "Bill-to City, State, Zip Code",
    "phone": "Customer Telephone Number 1",
    "mail": "Customer email",
    "billto": "Bill-to User-defined Field",
    "custuser": "Customer User-defined Field",
    "kind": "Customer Statement Type",
    "sysdate": "System Date",
    "invdate": "Invoice Date",
    "duedate": "Due Date",
    "total": "Customer Balance",
    "due": "Balance Due",
    "past": "Past Due",
    "lastdate": "Last Statement Date",
    "lasttotal": "Last Statement Balance",
    "lastpaid": "Last Payment Amount",
    "begindate": "Statement Begin Date",
    "enddate": "Statement End Date",
    "paid": "Current Period Payments",
    "adjusted": "Current Period Payment Adjustments",
    "message": "General Message",
    "ref": "Invoice/Ref No",
    "cat": "Invoice Category Code",
    "day": "Date",
    "paydate": "Invoice Payment Due Date",
    "descr": "Description",
    "qty": "Quantity",
    "charge": "Charge Amount",
    "credit": "Credit Amount",
    "running": "Running Balance",
    "lineuser": "Invoice detail User-defined Field",
    "invuser": "Invoice User-defined Field",
}
HEAD = [*NAMES][1:26]
AGREED = [name for name in HEAD if name not in ("custuser", "sysdate")]
DATES = ("invdate", "duedate", "lastdate", "begindate", "enddate")
MONEY = ("total", "due", "past", "lasttotal", "lastpaid", "paid", "adjusted")

MACROS = """
CREATE MACRO quoted(v) AS CASE
  WHEN regexp_matches(v, '[|"\\r\\n]') THEN '"' || replace(v, '"', '""') || '"' ELSE v END;
CREATE MACRO iso(v) AS CASE
  WHEN trim(v) = '' THEN ''
  WHEN regexp_full_match(v, '[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}')
    THEN strftime(strptime(v, '%m/%d/%Y'), '%Y-%m-%d')
  ELSE error('not a date') END;
CREATE MACRO amount(v) AS CASE
  WHEN v = '' OR regexp_full_match(v, '-?(0|[1-9][0-9]*)\\.[0-9]{2}') THEN v
  WHEN regexp_full_match(v, '-?[0-9]+(\\.[0-9]{1,2})?') THEN regexp_replace(regexp_replace(
    CASE WHEN contains(v, '.') THEN v || '0' ELSE v || '.00' END,
    '(\\.[0-9]{2})0$', '\\1'), '^(-?)0+([0-9])', '\\1\\2')
  WHEN trim(v) = '' THEN '' ELSE error('not an amount') END;
CREATE MACRO number(v) AS CASE
  WHEN v = '' THEN v
  WHEN regexp_full_match(v, '-?[0-9]+(\\.[0-9]+)?')
    THEN regexp_replace(v, '^(-?)0+([0-9])', '\\1\\2')
  WHEN trim(v) = '' THEN '' ELSE error('not a number') END;
CREATE MACRO part(v, which) AS CASE
  WHEN trim(v) = '' THEN ''
  WHEN len(regexp_extract_all(v, ', [A-Za-z]+ ')) = 1
   AND regexp_full_match(v, '(?s).+, [A-Za-z]+ .+')
    THEN regexp_extract(v, '(?s)^(.+), ([A-Za-z]+) (.+)$', which)
  ELSE error('city, state and zip cannot be told apart') END;
CREATE MACRO slot(v, place) AS quoted(substr(v, 1 + 60 * place, 60));
"""
ROWS = """
CREATE TABLE rows AS
SELECT *, sum(fresh::INT) OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) AS grp FROM (
  SELECT *, coalesce(cust <> lag(cust) OVER (ORDER BY n), true) AS fresh FROM (
    SELECT row_number() OVER () AS n, * FROM read_csv(?, delim = '|', quote = '"', escape = '"',
      header = false, skip = 1, all_varchar = true, auto_detect = false,
      new_line = '\\r\\n', columns = {columns}, force_not_null = {names})));
"""
LINES = """
CREATE TABLE lines AS
SELECT n, grp, fresh, cat, lineuser, invuser, iso(sysdate) AS checked,
  CASE WHEN cat = '' THEN ref || '-' || day ELSE ref END AS num,
  concat_ws('|', 'ID', quoted(descr), number(qty), amount(charge), amount(credit),
    amount(running), iso(day), quoted(cat), iso(paydate), quoted(num)) AS text
FROM rows;
"""
BILLED = """
CREATE TABLE billed AS
SELECT grp, coalesce(min_by(num, n) FILTER (cat <> ''), min_by(num, n)) AS num,
  min_by(cat, n) FILTER (cat <> '') AS cat, min_by(lineuser, n) AS lineuser,
  min_by(invuser, n) AS invuser
FROM lines GROUP BY grp;
"""
HEADS = """
CREATE TABLE heads AS
SELECT n, kind, amount(total) AS total, amount(due) AS due,
  regexp_replace(cust, '[^0-9A-Za-z]', '', 'g') AS account,
  concat_ws('|', 'IH', 'R', '{guid}', quoted(num), iso(invdate), iso(duedate), amount(total),
    iso(lastdate), amount(lastpaid), amount(lasttotal), iso(begindate), iso(enddate),
    amount(paid), amount(adjusted), slot(message, 0), slot(message, 1), slot(message, 2),
    amount(due), slot(message, 3), CASE WHEN length(message) <= 300 THEN slot(message, 4)
      ELSE error('the message is longer than five slots') END,
    quoted(billto), quoted(parcel), quoted(b.lineuser), quoted(b.invuser), quoted(kind),
    CASE WHEN b.cat IS NULL THEN '' ELSE
      coalesce({types}[b.cat], error('no invoice type')) END, amount(past))
  || chr(10) ||
  concat_ws('|', 'CR', account, quoted(name), quoted(line1), quoted(line2),
    quoted(part(place, 1)), part(place, 2), quoted(part(place, 3)),
    regexp_replace(phone, '[^0-9]', '', 'g'), quoted(mail), quoted(attn)) AS text
FROM rows r JOIN billed b ON r.grp = b.grp WHERE r.fresh;
"""
BODY = """
COPY (SELECT CASE WHEN h.text IS NULL THEN l.text ELSE h.text || chr(10) || l.text END
      FROM lines l LEFT JOIN heads h ON l.n = h.n ORDER BY l.n)
TO '{body}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01');
"""
TOTALS = """
SELECT count(*), sum(replace(total, '.', '')::BIGINT), count(DISTINCT account),
  count(*) FILTER (account = ''), count(*) FILTER (kind <> 'Open Items'),
  count(*) FILTER (due <> '' AND due <> total) FROM heads;
"""


def require(holds: bool, message: str) -> None:  # noqa: FBT001
    """Raise unless a law holds."""
    if not holds:
        raise ValueError(message)


def number(base: duckdb.DuckDBPyConnection, query: str) -> int:
    """Give the one number that a query finds."""
    found = base.execute(query).fetchone()
    return int(found[0]) if found else 0


def load(base: duckdb.DuckDBPyConnection, source: Path) -> None:
    """Read the file, number its customers, and check what holds between lines."""
    with source.open(encoding="utf-8", newline="") as file:
        header = "|".join(f'"{name}"' for name in NAMES.values()) + "\r\n"
        require(next(file) == header, "the header line names other columns")
    columns = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in NAMES) + "}"
    names = "[" + ", ".join(f"'{name}'" for name in NAMES) + "]"
    base.execute(ROWS.format(columns=columns, names=names), [str(source)])
    blank = " OR ".join(
        f"trim({name}) = ''"
        for name in ("cust", "name", "invdate", "duedate", "total", "ref", "day")
    )
    require(number(base, f"SELECT count(*) FROM rows WHERE {blank}") == 0, "blank")  # noqa: S608
    raw = " OR ".join(f"r.{name} <> f.{name}" for name in AGREED)
    values = " OR ".join(
        f"{'iso' if name in DATES else 'amount' if name in MONEY else ''}(r.{name}) <> "
        f"{'iso' if name in DATES else 'amount' if name in MONEY else ''}(f.{name})"
        for name in AGREED
    )
    query = (
        "SELECT count(*) FROM rows r JOIN rows f ON r.grp = f.grp AND f.fresh "  # noqa: S608
        f"WHERE NOT r.fresh AND ({raw}) AND ({values})"
    )
    require(number(base, query) == 0, "the lines of a customer disagree")


def main() -> None:
    """Map IN to OUT."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--date", default="2026-01-31")
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    base = duckdb.connect(config={"threads": asked.threads})
    base.execute(MACROS)
    load(base, asked.source)
    base.execute(LINES)
    base.execute(BILLED)
    base.execute(HEADS.format(guid=FORMAT_GUID, types=f"MAP {INVOICE_TYPES}"))
    count, cents, accounts, unnamed, kinds, balances = base.execute(TOTALS).fetchall()[0]
    require(accounts == count and not unnamed, "an account number is blank or occurs twice")
    total = f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
    with tempfile.NamedTemporaryFile(dir=asked.out.parent) as body, asked.out.open("wb") as out:
        base.execute(BODY.format(body=body.name))
        out.write(f"FH|{BILLER_GUID}|{asked.date}|{count}|{total}\n".encode())
        with Path(body.name).open("rb") as done:
            shutil.copyfileobj(done, out, 1 << 20)
    sys.stderr.write(f"reported: open-items {kinds}, balances-agree {balances}\n")


if __name__ == "__main__":
    main()
