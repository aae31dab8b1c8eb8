"""W2 by hand, as fast as pure Python goes. Usage: handtuned.py IN OUT.

benchmarks/README.md says what the job is. msgspec reads each line into structures and checks their
types; what a payment of one kind gets is worked out once, and lines are written by a template.
"""

import re
import sys
from datetime import date
from json.encoder import encode_basestring
from pathlib import Path

from msgspec import Struct
from msgspec.json import Decoder

CODES = {1: "97", 2: "95", 11: "96", 15: "99", 16: "99", 17: "99"}
DISTRIBUTION = "101"
ACTIVITY = "0"
BLOCK = 4096
AMOUNT = re.compile(r"(?!0\.00)(?:[1-9][0-9]*|0)\.[0-9][0-9]").fullmatch


class Bill(Struct, gc=False):
    """A bill that is paid."""

    AccountNumber: str
    Amount: str
    InvoiceNumber: str | None = None
    InvoiceTypeId: str | None = None


class Payment(Struct, gc=False):
    """A payment of one or more bills."""

    PaymentGuid: str
    PaymentDate: str
    PaymentTypeId: int
    PayerName: str
    bill: list[Bill]
    CardVendor: str | None = None


class Days(dict[str, str]):
    """Days that were found to be real."""

    def __missing__(self, text: str) -> str:
        """Check a day that was not seen yet."""
        if date.fromisoformat(text).isoformat() != text:
            raise ValueError("not a day")
        self[text] = text
        return text


class Codes(dict[tuple[int, str | None], str]):
    """The JSON members that a kind of payment gets."""

    def __missing__(self, case: tuple[int, str | None]) -> str:
        """Decide a case that was not seen yet."""
        kind, vendor = case
        code = "98" if kind == 1 and (vendor or "").upper() == "AMEX" else CODES[kind]
        self[case] = f'"distributionCode":"{DISTRIBUTION}","paymentCode":{code}'
        return self[case]


def main() -> None:
    """Map IN to OUT."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    decode, days, codes, quote = Decoder(Payment).decode, Days(), Codes(), encode_basestring
    with source.open("rb", buffering=1 << 18) as lines, target.open("wb", buffering=0) as out:
        made: list[str] = []
        for line in lines:
            one = decode(line)
            day, name, guid = days[one.PaymentDate], one.PayerName, one.PaymentGuid
            decided = codes[one.PaymentTypeId, one.CardVendor]
            if not (name.strip() and guid.strip() and one.bill):
                raise ValueError("a required value is missing")
            before = f'{{"receiptDate":"{day}",{decided},"amount":'
            after = f',"accountName":{quote(name)},"glActivityNumber":{ACTIVITY},"allocateTo":'
            end = f',"confirmationNumber":{quote(guid)}}}\n'
            for bill in one.bill:
                account, amount, number = bill.AccountNumber, bill.Amount, bill.InvoiceNumber
                if not AMOUNT(amount) or not account.strip():
                    raise ValueError("a bill without an amount above zero or an account")
                if bill.InvoiceTypeId is not None:
                    int(bill.InvoiceTypeId)
                invoice = "null" if number is None else quote(number)
                account = f',"accountNumber":{quote(account)}'
                made.append(f"{before}{amount}{account}{after}{invoice}{end}")
            if len(made) > BLOCK:
                out.write("".join(made).encode())
                made.clear()
        out.write("".join(made).encode())


if __name__ == "__main__":
    main()
