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
    return _decide(ledger, delivery_id, State.POSTED, decision, partner_ref=receipt)


def resend(ledger: Ledger, delivery_id: int, decision: Decision) -> State:
    """Send a delivery in REVIEW or HELD (again): the same bytes under the same key."""
    now = ledger.clock.now_us()
    return _decide(ledger, delivery_id, State.READY, decision, next_at_us=now)


def cancel(ledger: Ledger, delivery_id: int, decision: Decision) -> State:
    """Give up a delivery in READY, HELD or REVIEW."""
    return _decide(ledger, delivery_id, State.CANCELLED, decision)


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
