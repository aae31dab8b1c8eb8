"""Noticing a lost ledger: its identity and how far it was are kept in a second place (C9)."""

import json
import os
from pathlib import Path

import sqlalchemy as sa

from crosswalk.delivery import answers, tables
from crosswalk.delivery.faults import LedgerLost
from crosswalk.delivery.ledger import Ledger


def check(ledger: Ledger, path: Path) -> None:
    """Refuse a ledger that is not the one of the mark, or that is behind it. Raises LedgerLost."""
    if not path.exists():
        return
    try:
        seen = answers.read(path.read_bytes())
    except (answers.Unreadable, OSError):
        raise LedgerLost(
            f"{path.name} cannot be read; find out which ledger is the right one"
        ) from None
    ledger_id, highest = answers.at(seen, ["ledger_id"]), answers.at(seen, ["highest"])
    if ledger_id != ledger.ledger_id():
        raise LedgerLost("this is not the ledger that was delivered with here before")
    if not isinstance(highest, int) or highest > high_water(ledger):
        raise LedgerLost("the ledger is an older copy of the one that was delivered with here")


def keep(ledger: Ledger, path: Path) -> None:
    """Write the mark, in one step and durable."""
    text = json.dumps({"ledger_id": ledger.ledger_id(), "highest": high_water(ledger)})
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def high_water(ledger: Ledger) -> int:
    """Return the number of the newest event, which only ever grows."""
    with ledger.database.read() as connection:
        return int(connection.scalar(sa.select(sa.func.max(tables.event.c.event_id))) or 0)
