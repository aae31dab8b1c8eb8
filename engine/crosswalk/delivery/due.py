"""Which deliveries may be sent or asked about now, as queries."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crosswalk.delivery import journal, tables
from crosswalk.delivery.states import FINAL, State

D = tables.delivery.c
B = tables.breaker.c


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose deliveries a worker may touch; `threshold` failures put an endpoint on trial."""

    billers: tuple[str, ...]
    threshold: int


def to_send(now: int, scope: Scope) -> sa.Select[Any]:
    """Select the next delivery to send: due, its endpoint takes requests, nothing before it."""
    return _due(State.READY, now, scope).where(~_shut(now, scope.threshold), ~_behind())


def to_ask(now: int, scope: Scope) -> sa.Select[Any]:
    """Select the next delivery of unknown outcome whose quiet period is over."""
    return _due(State.UNKNOWN, now, scope).where(~_waiting(now))


def when(scope: Scope) -> sa.Select[Any]:
    """Select the time at which the next delivery will be due."""
    joined = tables.delivery.outerjoin(
        tables.breaker, (B.biller == D.biller) & (B.endpoint == D.endpoint)
    )
    until = sa.func.coalesce(B.open_until_us, 0)
    due = sa.case((until > D.next_at_us, until), else_=D.next_at_us)
    return (
        sa.select(sa.func.min(due))
        .select_from(joined)
        .where(D.state.in_(["READY", "UNKNOWN"]), D.biller.in_(scope.billers))
        .where((D.state == "UNKNOWN") | B.held.is_(None))
    )


def _due(state: State, now: int, scope: Scope) -> sa.Select[Any]:
    return (
        sa.select(*journal.COLUMNS)
        .where(D.state == state.value, D.next_at_us <= now, D.biller.in_(scope.billers))
        .order_by(D.next_at_us, D.delivery_id)
        .limit(1)
    )


def _waiting(now: int) -> sa.Exists:
    """Tell whether the endpoint asked us to wait, or failed too often lately."""
    mine = (B.biller == D.biller) & (B.endpoint == D.endpoint)
    return sa.exists().where(mine, B.open_until_us > now).correlate(tables.delivery)


def _shut(now: int, threshold: int) -> sa.Exists:
    """Tell whether the endpoint takes nothing now: held, open, or on trial with one at a time."""
    other = tables.delivery.alias("other")
    mine = (B.biller == D.biller) & (B.endpoint == D.endpoint)
    sending = (
        sa.exists()
        .where(other.c.state == "SENDING", other.c.biller == B.biller)
        .where(other.c.endpoint == B.endpoint)
        .correlate(tables.breaker)
    )
    shut = B.held.is_not(None) | (B.open_until_us > now) | ((B.failures >= threshold) & sending)
    return sa.exists().where(mine, shut).correlate(tables.delivery)


def _behind() -> sa.ColumnElement[bool]:
    """Tell whether an older change of the same customer is still open: changes keep their order."""
    older = tables.delivery.alias("older")
    same = (
        (older.c.biller == D.biller)
        & (older.c.operation == D.operation)
        & (older.c.match_key == D.match_key)
        & (older.c.delivery_id < D.delivery_id)
        & older.c.state.not_in([state.value for state in FINAL])
    )
    return (D.kind == "change") & sa.exists().where(same).correlate(tables.delivery)
