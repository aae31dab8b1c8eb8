"""Taking over from dead workers, and voids that wait for their payment."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from crosswalk.delivery import journal, tables
from crosswalk.delivery.clock import SECOND_US
from crosswalk.delivery.database import Database
from crosswalk.delivery.journal import Note
from crosswalk.delivery.owners import Owner
from crosswalk.delivery.request import digest, payload
from crosswalk.delivery.states import State

D = tables.delivery.c
W = tables.worker.c


def seen(connection: sa.Connection, owner: Owner, now: int) -> None:
    """Note that a worker was alive, for people; its lock is what proves it."""
    mine = W.owner == owner.name
    done = connection.execute(sa.update(tables.worker).where(mine).values(seen_us=now))
    if done.rowcount == 0:
        row = {"owner": owner.name, "proof": owner.proof, "started_us": now, "seen_us": now}
        connection.execute(sa.insert(tables.worker), row)


def recover(database: Database, owner: Owner, now: int, quiet_s: Callable[[str], float]) -> int:
    """Move what dead workers left in SENDING to UNKNOWN; returns how many."""
    taken = 0
    with database.read() as connection:
        others = connection.execute(sa.select(W.owner, W.proof).where(W.owner != owner.name)).all()
    for other in others:
        if owner.is_dead(other.proof):
            taken += _take(database, other.owner, Note(owner.name, now, "worker_died"), quiet_s)
            owner.bury(other.proof)
    return taken


def proofs(database: Database) -> set[str]:
    """Return the proofs of all workers that may have something in the air."""
    with database.read() as connection:
        return set(connection.scalars(sa.select(W.proof)))


def retire(database: Database, owner: Owner) -> bool:
    """Strike a worker off the list; False when it still has deliveries in SENDING."""
    with database.write() as connection:
        mine = (D.state == State.SENDING.value) & (D.owner == owner.name)
        if connection.execute(sa.select(D.delivery_id).where(mine).limit(1)).first() is not None:
            return False
        connection.execute(sa.delete(tables.worker).where(W.owner == owner.name))
        return True


def _take(database: Database, dead: str, note: Note, quiet_s: Callable[[str], float]) -> int:
    """The worker's row goes in the same transaction: a dead one is looked at once."""
    with database.write() as connection:
        query = (
            sa.select(*journal.COLUMNS)
            .where(D.state == State.SENDING.value, D.owner == dead)
            .with_for_update()
        )
        rows = connection.execute(query).all()
        for delivery in map(journal.of, rows):
            due = note.at_us + int(quiet_s(delivery.operation) * SECOND_US)
            changes = {"unknown_us": note.at_us, "next_at_us": due, "owner": None, "lookups": 0}
            journal.step(connection, delivery, State.UNKNOWN, note, **changes)
        connection.execute(sa.delete(tables.worker).where(W.owner == dead))
        return len(rows)


def release(database: Database, note: Note) -> int:
    """Fill and free the voids whose payment is final now; returns how many moved."""
    target = tables.delivery.alias("target")
    query = (
        sa.select(D.delivery_id, target.c.state, target.c.partner_ref)
        .join(target, target.c.delivery_id == D.target_id)
        .where(D.state == State.HELD.value, D.fill.is_not(None))
        .where(
            target.c.state.in_([State.POSTED.value, State.REJECTED.value, State.CANCELLED.value])
        )
    )
    with database.read() as connection:
        if connection.execute(query.limit(1)).first() is None:
            return 0
    with database.write() as connection:
        rows = connection.execute(query).all()
        for row in rows:
            _release(connection, row, note)
        return len(rows)


def _release(connection: sa.Connection, row: Any, note: Note) -> None:  # noqa: ANN401
    delivery = journal.load(connection, row.delivery_id)
    if row.state != State.POSTED.value:
        nothing = Note(note.who, note.at_us, "payment_never_posted")
        journal.step(connection, delivery, State.CANCELLED, nothing)
        return
    body = filled(delivery, row.partner_ref)
    changes = {"payload": body, "payload_sha256": digest(body), "fill": None}
    journal.step(connection, delivery, State.READY, note, next_at_us=note.at_us, **changes)


def filled(delivery: journal.Delivery, reference: str) -> str:
    """Write a void's payload with its payment's receipt number in place."""
    variables = delivery.variables
    variables[str(delivery.fill)] = reference
    return payload(delivery.document, variables)
