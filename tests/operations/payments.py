"""Writes payments.jsonl: every payment type and card brand, several bills, odd names."""

import json
from pathlib import Path

TYPES = {
    1: ("VISA", "MASTERCARD", "DISCOVER", "AMEX", "DINERS"),
    2: (),
    11: (),
    15: (),
    16: (),
    17: (),
}
NAMES = (
    "Marta Quill",
    'Rosa "Ro" Holt',
    "Ferris {Bolt}",
    "Zoë O'Neil\nunit 2",
    "}) { void_receipt }",
)


def payments() -> list[dict[str, object]]:
    """Give the payments."""
    made: list[dict[str, object]] = []
    for day in ("2025-12-31", "2026-01-31"):
        for kind, brands in TYPES.items():
            for brand in brands or (None,):
                made.append(payment(len(made) + 1, kind, brand, day))
    return made


def payment(number: int, kind: int, brand: str | None, day: str) -> dict[str, object]:
    bills = [
        {
            "InvoiceNumber": f"{28900 + number}-{bill}",
            "InvoiceTypeId": "42",
            "AccountNumber": f"0000-{1000 + number}",
            "Amount": f"{number * bill}.{bill}0",
        }
        for bill in range(1, 2 + (number % 4 == 0) + (number % 8 == 0))
    ]
    return {
        "PaymentGuid": f"5d0c9a7e-0000-4000-8000-{number:012}",
        "PaymentDate": day,
        "PaymentTypeId": kind,
        "CardVendor": brand,
        "PayerName": NAMES[number % len(NAMES)],
        "ServiceFee": "2.50",
        "bill": bills,
    }


if __name__ == "__main__":
    lines = [json.dumps(one, ensure_ascii=False) for one in payments()]
    Path(__file__).with_name("payments.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
