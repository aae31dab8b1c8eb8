"""Write invented payments as JSON lines. Usage: generate.py OUT --rows 100000 [--seed 7].

One payment in four pays two bills, some names need an escape, amounts are text.
"""

import argparse
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

NAMES = ("Marta Quill", "Ossian Vale", 'Ines "Fern" Farrow', "Tobias Merle", "Zoë Lindqvist")
VENDORS = ("VISA", "MASTERCARD", "DISCOVER", "AMEX", "DINERS")
KINDS = (1, 1, 1, 1, 2, 2, 2, 11, 15, 16, 17)


def payments(count: int, seed: int) -> Iterator[dict[str, object]]:
    """Give payments in the shape of invoicecloud/payment."""
    chance = random.Random(seed)
    for number in range(count):
        kind = chance.choice(KINDS)
        made: dict[str, object] = {
            "PaymentGuid": f"5d0c9a7e-0000-4000-8000-{number:012d}",
            "PaymentDate": (date(2026, 1, 1) + timedelta(chance.randrange(31))).isoformat(),
            "PaymentTypeId": kind,
        }
        if kind == 1:
            made["CardVendor"] = chance.choice(VENDORS)
        made |= {"PayerName": chance.choice(NAMES), "ServiceFee": "1.50"}
        made["bill"] = [
            {
                "InvoiceNumber": str(20000 + chance.randrange(60000)),
                "InvoiceTypeId": chance.choice(("42", "43")),
                "AccountNumber": f"{chance.randrange(9999):04d}-{chance.randrange(9999):04d}",
                "Amount": f"{chance.randrange(100, 90000) / 100:.2f}",
            }
            for _ in range(chance.choice((1, 1, 1, 2)))
        ]
        yield made


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with asked.out.open("w", encoding="utf-8", newline="\n") as out:
        for one in payments(asked.rows, asked.seed):
            out.write(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
