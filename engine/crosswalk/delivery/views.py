"""Looking at the ledger: plain data for a terminal or a host. Payloads are never shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crosswalk.delivery import journal, tables
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.states import State

D = tables.delivery.c
E = tables.event.c
SHOWN = (
    "delivery_id",
    "biller",
    "operation",
    "idem_key",
    "kind",
    "amount_minor",
    "currency",
    "state",
    "reason",
    "attempts",
    "partner_ref",
    "detail",
    "source",
    "mapping",
    "payload_sha256",
    "created_us",
    "next_at_us",
)
CHUNK = 500
CHECKLIST = (
    "Look in the partner's own list for a receipt with this confirmation number and amount.",
    "One receipt that belongs to this payment: resolve as posted, with its receipt number.",
    "No receipt, and the partner has nothing still in progress: resolve as resend or cancel.",
    "More receipts than payments: resolve as posted with the right one, void the others there.",
    "A receipt with another amount or account: correct it at the partner before resolving.",
)
"""What a person checks before resolving a delivery in review (delivery 3.4)."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Total:
    """How many deliveries of a currency are in a state, and their amount in minor units."""

    state: str
    currency: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which deliveries to list; None takes all. `after` is the last id already seen."""

    biller: str | None = None
    state: str | None = None
    kind: str | None = None
    after: int = 0
    limit: int = 100


def listed(ledger: Ledger, wanted: Filter) -> list[Row]:
    """Return deliveries in the order they came in, without their payloads."""
    query = sa.select(*(D[name] for name in SHOWN)).where(D.delivery_id > wanted.after)
    for column, value in (
        (D.biller, wanted.biller),
        (D.state, wanted.state),
        (D.kind, wanted.kind),
    ):
        if value is not None:
            query = query.where(column == value)
    query = query.order_by(D.delivery_id).limit(wanted.limit)
    return _rows(ledger, query)


def shown(ledger: Ledger, delivery_id: int) -> Row | None:
    """Return one delivery with its attempts and events; None when there is none."""
    found = _rows(
        ledger, sa.select(*(D[name] for name in SHOWN)).where(D.delivery_id == delivery_id)
    )
    if not found:
        return None
    tried, done = tables.attempt.c, tables.attempt_result.c
    attempts = sa.select(
        tried.n,
        tried.started_us,
        tried.request_sha256,
        tried.worker,
        done.ended_us,
        done.outcome,
        done.reason,
        done.http_status,
        done.error_codes,
        done.partner_ref,
    ).select_from(
        tables.attempt.outerjoin(
            tables.attempt_result, (tried.delivery_id == done.delivery_id) & (tried.n == done.n)
        )
    )
    attempts = attempts.where(tried.delivery_id == delivery_id).order_by(tried.n)
    return found[0] | {
        "attempts_made": _rows(ledger, attempts),
        "events": events(ledger, delivery_id),
    }


def events(ledger: Ledger, delivery_id: int) -> list[Row]:
    """Return a delivery's chain of events."""
    query = sa.select(tables.event).where(E.delivery_id == delivery_id).order_by(E.seq)
    return _rows(ledger, query)


def review(ledger: Ledger, biller: str | None = None) -> list[Row]:
    """Return what waits for a person, oldest first, each with what to check."""
    wanted = Filter(biller, State.REVIEW.value, limit=10_000)
    return [row | {"checklist": CHECKLIST} for row in listed(ledger, wanted)]


def endpoints(ledger: Ledger) -> list[Row]:
    """Return every endpoint's breaker: failures in a row, open until when, held for what."""
    return _rows(ledger, sa.select(tables.breaker).order_by(*tables.breaker.primary_key.columns))


def exported(ledger: Ledger, wanted: Filter) -> Iterator[Row]:
    """Yield every delivery that fits, in order, however many there are."""
    after = wanted.after
    while True:
        page = listed(ledger, Filter(wanted.biller, wanted.state, wanted.kind, after, CHUNK))
        yield from page
        if len(page) < CHUNK:
            return
        after = page[-1]["delivery_id"]


def totals(ledger: Ledger, ids: Sequence[int] | None = None) -> tuple[Total, ...]:
    """Return counts and amounts by state and currency: of these deliveries, or of all."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    chunks: list[Sequence[int] | None] = [None]
    if ids is not None:
        unique = list(dict.fromkeys(ids))
        chunks = [unique[start : start + CHUNK] for start in range(0, len(unique), CHUNK)]
    for chunk in chunks:
        for row in _rows(ledger, _totals(chunk)):
            key = (row["state"], row["currency"])
            count, amount = sums.get(key, (0, 0))
            sums[key] = (count + row["count"], amount + int(row["amount"] or 0))
    return tuple(Total(*key, *value) for key, value in sorted(sums.items()))


def broken_chains(ledger: Ledger) -> list[int]:
    """Return the deliveries whose events were changed after they were written."""
    broken = []
    last: dict[int, str] = {}
    for row in _rows(ledger, sa.select(tables.event).order_by(E.delivery_id, E.seq)):
        expected = last.get(row["delivery_id"], journal.START)
        if row["previous"] != expected or row["hash"] != journal.chained(row):
            broken.append(row["delivery_id"])
        last[row["delivery_id"]] = row["hash"]
    return sorted(set(broken))


def _totals(ids: Sequence[int] | None) -> sa.Select[Any]:
    amount = sa.func.sum(D.amount_minor).label("amount")
    query = sa.select(D.state, D.currency, sa.func.count().label("count"), amount)
    if ids is not None:
        query = query.where(D.delivery_id.in_(ids))
    return query.group_by(D.state, D.currency)


def _rows(ledger: Ledger, query: sa.Select[Any]) -> list[Row]:
    with ledger.database.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
