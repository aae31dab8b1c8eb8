"""Steps of a delivery inside a transaction: compare and set, with a chained event for each."""

import hashlib
import json
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crosswalk.delivery import tables
from crosswalk.delivery.faults import IllegalStep
from crosswalk.delivery.request import Json
from crosswalk.delivery.states import TRANSITIONS, State

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger as it was read; `version` guards every change of it."""

    delivery_id: int
    biller: str
    operation: str
    idem_key: str
    kind: str
    amount_minor: int | None
    currency: str
    endpoint: str
    match_key: str | None
    target_id: int | None
    fill: str | None
    mapping: str
    source: str
    payload: str
    payload_sha256: str
    created_us: int
    state: State
    version: int
    attempts: int
    lookups: int
    owner: str | None
    sent_at_us: int | None
    unknown_us: int | None
    next_at_us: int
    partner_ref: str | None
    reason: str
    detail: str

    @property
    def variables(self) -> dict[str, Json]:
        """The variables of the frozen request."""
        return dict(json.loads(self.payload, parse_float=Decimal)["variables"])

    @property
    def document(self) -> str:
        """The GraphQL text of the frozen request."""
        return str(json.loads(self.payload)["query"])


COLUMNS = tuple(tables.delivery.c[field.name] for field in fields(Delivery))
"""What is selected to make a Delivery."""
_FIELDS = frozenset(field.name for field in fields(Delivery))


@dataclass(frozen=True, slots=True)
class Note:
    """Who took a step, when (microseconds since 1970 UTC), why, and what they remarked."""

    who: str
    at_us: int
    reason: str
    remark: str = ""


def of(row: sa.Row[Any]) -> Delivery:
    """Make a Delivery of a selected row."""
    values = row._asdict()
    values["state"] = State(values["state"])
    return Delivery(**values)


def load(connection: sa.Connection, delivery_id: int) -> Delivery:
    """Read one delivery. Raises IllegalStep when there is none."""
    row = connection.execute(
        sa.select(*COLUMNS).where(tables.delivery.c.delivery_id == delivery_id)
    ).one_or_none()
    if row is None:
        raise IllegalStep(f"there is no delivery {delivery_id}")
    return of(row)


def update(connection: sa.Connection, delivery: Delivery, **changes: object) -> Delivery:
    """Change columns of a delivery that nobody changed since it was read.

    Raises IllegalStep when somebody did.
    """
    table = tables.delivery
    unchanged = (
        (table.c.delivery_id == delivery.delivery_id)
        & (table.c.state == delivery.state.value)
        & (table.c.version == delivery.version)
    )
    done = connection.execute(
        sa.update(table).where(unchanged).values(version=delivery.version + 1, **changes)
    )
    if done.rowcount != 1:
        raise IllegalStep(f"delivery {delivery.delivery_id} was changed by somebody else")
    known: dict[str, Any] = {name: value for name, value in changes.items() if name in _FIELDS}
    if "state" in known:
        known["state"] = State(str(known["state"]))
    return replace(delivery, version=delivery.version + 1, **known)


def step(
    connection: sa.Connection, delivery: Delivery, dst: State, note: Note, **changes: object
) -> Delivery:
    """Take one legal step and record it. Raises IllegalStep."""
    if (delivery.state, dst) not in TRANSITIONS:
        raise IllegalStep(f"there is no step from {delivery.state} to {dst}")
    if dst is State.REVIEW:
        changes |= {"decided_by": None, "decision_note": None}
    moved = update(connection, delivery, state=dst.value, reason=note.reason, **changes)
    record(connection, delivery.delivery_id, "step", note, (delivery.state.value, dst.value))
    return moved


def record(
    connection: sa.Connection,
    delivery_id: int,
    what: str,
    note: Note,
    states: tuple[str | None, str | None] = (None, None),
) -> None:
    """Append an event to a delivery's chain."""
    table = tables.event
    last = connection.execute(
        sa.select(table.c.seq, table.c.hash)
        .where(table.c.delivery_id == delivery_id)
        .order_by(table.c.seq.desc())
        .limit(1)
    ).one_or_none()
    seq, previous = (last.seq + 1, last.hash) if last else (1, START)
    row = {
        "delivery_id": delivery_id,
        "seq": seq,
        "at_us": note.at_us,
        "who": note.who,
        "what": what,
        "src": states[0],
        "dst": states[1],
        "reason": note.reason,
        "note": note.remark[:1000],
        "previous": previous,
    }
    connection.execute(sa.insert(table), row | {"hash": chained(row)})


def chained(row: dict[str, Any]) -> str:
    """Return the hash of an event, which covers the hash of the one before."""
    names = ("delivery_id", "seq", "at_us", "who", "what", "src", "dst", "reason", "note")
    text = json.dumps([row[name] for name in (*names, "previous")], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
