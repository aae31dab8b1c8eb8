"""The statement as one would first read it: iterparse, find, Decimal. IN OUT [--lxml]."""

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element

if "--lxml" in sys.argv:
    from lxml.etree import iterparse
else:
    from xml.etree.ElementTree import iterparse

N = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}"


def path(*names: str) -> str:
    """Give a path in the statement's namespace."""
    return "/".join(N + name for name in names)


AMOUNT, SIDE, BOOKED = path("Amt"), path("CdtDbtInd"), path("BookgDt", "Dt")
DETAILS, REFERENCE = path("NtryDtls", "TxDtls"), path("Refs", "EndToEndId")
DEBTOR, NOTE = path("RltdPties", "Dbtr", "Pty", "Nm"), path("RmtInf", "Ustrd")
ACCOUNT, TOTAL = path("Id", "IBAN"), path("TtlNtries", "Sum")


def needed(element: Element, where: str) -> str:
    """Give the text at a path, which must be there."""
    found = element.findtext(where)
    if not found:
        raise ValueError(where)
    return str(found)


def main(source: str, target: Path) -> None:
    """Write a line for each transaction."""
    account, stated, total = "", Decimal(0), Decimal(0)
    stack: list[Element] = []
    with target.open("w", encoding="utf-8") as out:
        for event, element in iterparse(source, ("start", "end")):  # noqa: S314 - one's first try
            if event == "start":
                stack.append(element)
                continue
            stack.pop()
            if element.tag == N + "Acct":
                account = needed(element, ACCOUNT)
            elif element.tag == N + "TxsSummry":
                stated = Decimal(needed(element, TOTAL))
            elif element.tag == N + "Ntry":
                side = needed(element, SIDE)
                booked = date.fromisoformat(needed(element, BOOKED)).isoformat()
                total += Decimal(needed(element, AMOUNT))
                for one in element.findall(DETAILS):
                    amount = Decimal(needed(one, AMOUNT))
                    made = {
                        "date": booked,
                        "amount": str(-amount if side == "DBIT" else amount),
                        "reference": one.findtext(REFERENCE),
                        "payer": one.findtext(DEBTOR),
                        "account": account,
                        "note": one.findtext(NOTE),
                    }
                    out.write(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n")
                stack[-1].remove(element)
    if total != stated:
        raise ValueError("total")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
