"""What a person decides: each with a name and a note, each recorded (delivery 3.1)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crosswalk.delivery import journal, tables
from crosswalk.delivery.faults import IllegalStep
from crosswalk.delivery.journal import Delivery, Note
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.states import State

B = tables.breaker.c
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides, and why; both are needed and both are kept."""

    operator: str
    note: str


def posted(ledger: Ledger, delivery_id: int, receipt: str, decision: Decision) -> State:
    """Settle a delivery in REVIEW as posted under the partner's receipt number."""
    if not receipt.strip():
        raise IllegalStep("posted needs the partner's receipt number")
    if receipt != receipt.strip():
        raise IllegalStep("the receipt number has blanks around it; it is compared exactly")
    try:
        return _decide(ledger, delivery_id, State.POSTED, decision, partner_ref=receipt)
    except sa.exc.IntegrityError:
        raise IllegalStep(f"another delivery has receipt {receipt} already") from None


def resend(ledger: Ledger, delivery_id: int, decision: Decision) -> State:
    """Send a delivery in REVIEW or HELD (again): the same bytes under the same key."""
    now = ledger.clock.now_us()
    return _decide(ledger, delivery_id, State.READY, decision, next_at_us=now)


def cancel(ledger: Ledger, delivery_id: int, decision: Decision) -> State:
    """Give up a delivery in READY, HELD or REVIEW."""
    return _decide(ledger, delivery_id, State.CANCELLED, decision)


def lost(ledger: Ledger, delivery_id: int, decision: Decision) -> State:
    """Give up waiting for a worker that is gone with its lock, and let a person find out.

    Where the lock file is there the next run takes over by itself; it is not in a ledger that was
    moved or restored without it. What became of the request is unknown: it goes to REVIEW.
    """
    _need(decision)
    now = ledger.clock.now_us()
    note = Note(decision.operator, now, "worker_lost", decision.note)
    with ledger.database.read() as connection:
        delivery = journal.load(connection, delivery_id)
    if delivery.state is not State.SENDING:
        raise IllegalStep(f"delivery {delivery_id} is {delivery.state}: no worker has it")
    if delivery.owner is not None and ledger.is_alive(delivery.owner):
        raise IllegalStep(f"the worker of delivery {delivery_id} is alive")
    with ledger.database.write() as connection:
        unknown = {"unknown_us": now, "next_at_us": now, "owner": None, "lookups": 0}
        delivery = journal.step(connection, delivery, State.UNKNOWN, note, **unknown)
        return journal.step(connection, delivery, State.REVIEW, note).state


def free(ledger: Ledger, biller: str, endpoint: str, decision: Decision) -> int:
    """Free an endpoint that was held, and the deliveries held with it; returns how many."""
    _need(decision)
    note = Note(decision.operator, ledger.clock.now_us(), "freed", decision.note)
    table = tables.delivery.c
    held = (
        (table.state == State.HELD.value)
        & (table.biller == biller)
        & (table.endpoint == endpoint)
        & table.fill.is_(None)
    )
    with ledger.database.write() as connection:
        here = sa.select(B.endpoint).where((B.biller == biller) & (B.endpoint == endpoint))
        if connection.execute(here).first() is None:
            raise IllegalStep(f"nothing was ever sent to endpoint {endpoint} of {biller}")
        rows = connection.execute(sa.select(*journal.COLUMNS).where(held)).all()
        for row in rows:
            journal.step(connection, journal.of(row), State.READY, note, next_at_us=note.at_us)
        connection.execute(
            sa.update(tables.breaker)
            .where((B.biller == biller) & (B.endpoint == endpoint))
            .values(failures=0, open_until_us=0, held=None)
        )
        return len(rows)


RESOLUTIONS: dict[str, Callable[..., State]] = {
    "posted": posted,
    "resend": resend,
    "cancel": cancel,
    "lost": lost,
}
"""The decisions by the word a person says."""


def _decide(
    ledger: Ledger,
    delivery_id: int,
    state: State,
    decision: Decision,
    **changes: Any,  # noqa: ANN401
) -> State:
    _need(decision)
    now = ledger.clock.now_us()
    note = Note(decision.operator, now, "decided", decision.note)
    with ledger.database.write() as connection:
        delivery = journal.load(connection, delivery_id)
        _check(delivery, state)
        named = {"decided_by": decision.operator, "decision_note": decision.note[:LONGEST]}
        return journal.step(connection, delivery, state, note, **named, **changes).state


def _check(delivery: Delivery, state: State) -> None:
    """A person takes no step that belongs to the machine, and frees no void before its payment."""
    by_person = delivery.state in (State.REVIEW, State.HELD) or state is State.CANCELLED
    if not by_person:
        raise IllegalStep(f"delivery {delivery.delivery_id} is {delivery.state}: nothing to decide")
    if delivery.fill is not None and state is State.READY:
        raise IllegalStep("this void waits for its payment's receipt number")


def _need(decision: Decision) -> None:
    if not decision.operator.strip() or not decision.note.strip():
        raise IllegalStep("a decision needs a name and a note")
