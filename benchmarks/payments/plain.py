"""W2 as one would first write it: json, date, Decimal. Usage: plain.py IN OUT."""

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

DISTRIBUTION = {"cards": "101", "banks": "101"}


def payment_code(kind: int, vendor: str | None) -> tuple[str, int]:
    """Decide the distribution and payment code of a payment."""
    if kind == 2:
        return DISTRIBUTION["banks"], 95
    if kind == 11:
        return DISTRIBUTION["banks"], 96
    if kind == 1:
        return DISTRIBUTION["cards"], 98 if (vendor or "").upper() == "AMEX" else 97
    if kind in (15, 16, 17):
        return DISTRIBUTION["cards"], 99
    raise ValueError(f"no code for payment type {kind}")


def required(record: dict[str, Any], key: str) -> str:
    """Give a text that must be there."""
    value = record[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} is blank")
    return value


def receipt(payment: dict[str, Any], bill: dict[str, Any]) -> str:
    """Make the variables of one receipt, as JSON."""
    distribution, code = payment_code(payment["PaymentTypeId"], payment.get("CardVendor"))
    amount = Decimal(required(bill, "Amount"))
    if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        raise ValueError("an amount must be above zero")
    if bill.get("InvoiceTypeId") is not None:
        int(bill["InvoiceTypeId"])
    made = {
        "receiptDate": date.fromisoformat(payment["PaymentDate"]).isoformat(),
        "distributionCode": distribution,
        "paymentCode": code,
        "amount": "AMOUNT",
        "accountNumber": required(bill, "AccountNumber"),
        "accountName": required(payment, "PayerName"),
        "glActivityNumber": 0,
        "allocateTo": bill.get("InvoiceNumber"),
        "confirmationNumber": required(payment, "PaymentGuid"),
    }
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    return text.replace('"AMOUNT"', f"{amount:.2f}", 1)


def main() -> None:
    """Map IN to OUT."""
    with (
        Path(sys.argv[1]).open(encoding="utf-8") as source,
        Path(sys.argv[2]).open("w", encoding="utf-8", newline="\n") as out,
    ):
        for line in source:
            payment = json.loads(line)
            if not payment["bill"]:
                raise ValueError("a payment without a bill")
            out.writelines(receipt(payment, bill) + "\n" for bill in payment["bill"])


if __name__ == "__main__":
    main()
