"""W2 in DuckDB. Usage: duckdb_sql.py IN OUT --threads 2. Texts are escaped by to_json."""

import argparse
from pathlib import Path

import duckdb

BILLS = """
CREATE TABLE bills AS
SELECT PaymentGuid, PaymentDate, PaymentTypeId AS kind, upper(CardVendor) AS vendor, PayerName,
       unnest(bill, recursive := true)
FROM read_json(?, format = 'newline_delimited', columns = {
    PaymentGuid: 'VARCHAR', PaymentDate: 'VARCHAR', PaymentTypeId: 'BIGINT', CardVendor: 'VARCHAR',
    PayerName: 'VARCHAR',
    bill: 'STRUCT(InvoiceNumber VARCHAR, InvoiceTypeId VARCHAR, AccountNumber VARCHAR,
           Amount VARCHAR)[]'})
"""
CODED = """
CREATE TABLE coded AS
SELECT *, CASE WHEN kind = 2 THEN 95 WHEN kind = 11 THEN 96
               WHEN kind = 1 AND vendor = 'AMEX' THEN 98 WHEN kind = 1 THEN 97
               WHEN kind IN (15, 16, 17) THEN 99 END AS code,
       CAST(InvoiceTypeId AS BIGINT) AS invoice_type
FROM bills
"""
WRONG = r"""
SELECT count(*) FROM coded
WHERE code IS NULL OR coalesce(trim(PaymentGuid), '') = '' OR coalesce(trim(PayerName), '') = ''
   OR coalesce(trim(AccountNumber), '') = '' OR try_cast(PaymentDate AS DATE) IS NULL
   OR NOT coalesce(regexp_full_match(Amount, '(?:[1-9][0-9]*|0)\.[0-9][0-9]'), false)
   OR Amount = '0.00'
"""
LINES = """
COPY (
  SELECT '{"receiptDate":"' || PaymentDate || '","distributionCode":"101","paymentCode":' || code
      || ',"amount":' || Amount || ',"accountNumber":' || to_json(AccountNumber)
      || ',"accountName":' || to_json(PayerName) || ',"glActivityNumber":0,"allocateTo":'
      || coalesce(CAST(to_json(InvoiceNumber) AS VARCHAR), 'null')
      || ',"confirmationNumber":' || to_json(PaymentGuid) || '}'
  FROM coded
) TO '{target}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01')
"""


def main() -> None:
    """Map IN to OUT."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    base = duckdb.connect(config={"threads": asked.threads})
    base.execute(BILLS, [str(asked.source)])
    base.execute(CODED)
    wrong = base.execute(WRONG).fetchall()[0][0]
    if wrong:
        raise ValueError(f"{wrong} bills have a value that is missing or wrong")
    base.execute(LINES.replace("{target}", str(asked.out)))


if __name__ == "__main__":
    main()
