"""Canary secrets and personal data through the commands: no hit outside what is sent (C7, C8)."""

import base64
import json
import logging
import sqlite3
import stat
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.outbound.kit import BALANCE, CANARIES, PAPERLESS, PAYMENT, VOID, Opened, Place

NAME, ACCOUNT, CUSTOMER = "Canary Payerson", "canary-account-77", "7700077"
PERSONAL = (NAME, ACCOUNT, CUSTOMER)
BASIC = base64.b64encode(":".join(CANARIES).encode()).decode()
FAULTS = ("none", "drop_after", "malformed", "partial", "refused", "echo", "403", "html", "429")


def spellings(value: str) -> list[str]:
    return [value, quote(value, safe=""), base64.b64encode(value.encode()).decode()]


def payments(folder: Path) -> Path:
    def one(number: int, **more: object) -> dict[str, object]:
        bill = {"InvoiceNumber": f"inv-{number}", "AccountNumber": ACCOUNT, "Amount": "1.00"} | more
        head = {"PaymentGuid": f"guid-{number}", "PaymentDate": "2026-02-01", "PaymentTypeId": 2}
        return head | {"PayerName": NAME, "bill": [bill]}

    records = [one(number) for number, _ in enumerate(FAULTS)]
    records.append(one(50, Amount=ACCOUNT))  # cannot be mapped
    records.append(one(51, InvoiceNumber=None))  # has no key
    records.append(one(0, Amount="2.00"))  # the same key with another amount
    path = folder / "payments.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def use_every_command(place: Place, folder: Path) -> None:
    paid = payments(folder)
    place.sandbox.behaviour.faults.add(*FAULTS)
    quick = ("--patience", "0", "-v")
    assert place.deliver(PAYMENT, paid, *quick) == 3
    assert place.deliver(PAYMENT, paid, *quick, "--json") == 3
    assert place.deliver(VOID, paid, *quick) == 3
    choice = folder / "choice.jsonl"
    record = {"AccountNumber": CUSTOMER, "Paperless": True, "ChangedAt": "2026-02-01T10:00:00"}
    choice.write_text(json.dumps(record), "utf-8")
    assert place.deliver(PAPERLESS, choice, *quick) == 3
    state = ("--state", folder / "state")
    assert place.crosswalk("balance", BALANCE, CUSTOMER, "--biller", "riverton", *state) == 3
    by = ("--by", "Ada", "--note", "seen")
    for command in (
        ("list",),
        ("list", "--json"),
        ("review",),
        ("review", "--json"),
        ("export",),
        ("free", "riverton", "11", *by),
        *(("show", number, *more) for number in range(1, 12) for more in ((), ("--json",))),
        ("resolve", 6, "posted", "--receipt", "5.1", *by),
    ):
        place.crosswalk("ledger", *command)


def test_no_canary_in_any_output_log_or_column(
    opened: Opened,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "sqlalchemy", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    place = opened()
    use_every_command(place, tmp_path)
    told = capfd.readouterr()
    seen = f"{told.out}\n{told.err}\n{caplog.text}"
    for sign in ("outcome=posted", "in review", "attempt 1", "CW508", "conflict"):
        assert sign in seen  # the commands did say something
    for value in (*PERSONAL, *CANARIES, BASIC):
        for spelling in spellings(value):
            assert spelling not in seen
    stored = Path(place.ledger).read_bytes().decode("utf-8", "replace")
    assert NAME in stored  # what is sent is kept, and it alone
    assert stat.S_IMODE(Path(place.ledger).stat().st_mode) == 0o600
    for value in (*CANARIES, BASIC):
        for spelling in spellings(value):
            assert spelling not in stored
    assert not [value for value in PERSONAL if value in other_columns(place.ledger)]


def other_columns(ledger: str) -> str:
    """Give all that a ledger holds except the payloads."""
    connection = sqlite3.connect(ledger)
    try:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        told = []
        for (table,) in tables.fetchall():
            cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - our own tables
            names = [column[0] for column in cursor.description]
            told += [
                str(value)
                for row in cursor.fetchall()
                for name, value in zip(names, row, strict=True)
                if name != "payload"
            ]
    finally:
        connection.close()
    return "\n".join(told)
