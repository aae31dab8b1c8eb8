"""The beginning and the end of an attempt inside a transaction."""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from crosswalk.delivery import journal, policy, tables, takeover
from crosswalk.delivery.classify import Verdict
from crosswalk.delivery.clock import SECOND_US
from crosswalk.delivery.journal import Delivery, Note
from crosswalk.delivery.owners import Owner
from crosswalk.delivery.request import Kind, hidden
from crosswalk.delivery.states import STEPS, Outcome, State

D = tables.delivery.c
B = tables.breaker.c


@dataclass(frozen=True, slots=True)
class Plan:
    """What `settle` needs besides the verdict: who, the waiting times, when it is due again."""

    who: str
    policy: policy.Policy
    again_s: float
    quiet_s: float


def begin(connection: sa.Connection, delivery: Delivery, owner: Owner, now: int) -> Delivery:
    """Move a delivery to SENDING under an owner, with the attempt that begins."""
    note = Note(owner.name, now, "sending")
    changes = {"owner": owner.name, "sent_at_us": now, "attempts": delivery.attempts + 1}
    moved = journal.step(connection, delivery, State.SENDING, note, **changes)
    row = {
        "delivery_id": moved.delivery_id,
        "n": moved.attempts,
        "started_us": now,
        "request_sha256": moved.payload_sha256,
        "worker": owner.name,
    }
    connection.execute(sa.insert(tables.attempt), row)
    takeover.seen(connection, owner, now)
    return moved


def settle(
    connection: sa.Connection, delivery: Delivery, verdict: Verdict, plan: Plan, now: int
) -> Delivery:
    """Record an attempt's result, keep the endpoint's breaker, take the steps that follow."""
    if delivery.kind == Kind.CHANGE and verdict.reference is not None:
        verdict = replace(verdict, reference=hidden(verdict.reference))
    verdict = _unless_taken(connection, delivery, verdict)
    connection.execute(sa.insert(tables.attempt_result), _result(delivery, verdict, now))
    _keep_breaker(connection, delivery, verdict, plan.policy, now)
    note = Note(plan.who, now, verdict.reason)
    moved = delivery
    for state in STEPS[verdict.outcome]:
        moved = journal.step(connection, moved, state, note, **_changes(state, verdict, plan, now))
    return moved


def _unless_taken(connection: sa.Connection, delivery: Delivery, verdict: Verdict) -> Verdict:
    """Send a receipt number that another delivery already has to review (safety A19)."""
    if verdict.outcome is not Outcome.POSTED or delivery.kind == Kind.CHANGE:
        return verdict
    other = connection.execute(
        sa.select(D.delivery_id).where(
            (D.biller == delivery.biller)
            & (D.operation == delivery.operation)
            & (D.partner_ref == verdict.reference)
        )
    ).first()
    return verdict if other is None else taken(verdict)


def taken(verdict: Verdict) -> Verdict:
    """Return the verdict for a receipt number that another delivery has."""
    return Verdict(Outcome.REVIEW, "reference_taken", verdict.reference, status=verdict.status)


def _result(delivery: Delivery, verdict: Verdict, now: int) -> dict[str, Any]:
    return {
        "delivery_id": delivery.delivery_id,
        "n": delivery.attempts,
        "ended_us": now,
        "outcome": verdict.outcome.value,
        "reason": verdict.reason,
        "http_status": verdict.status,
        "error_codes": " ".join(verdict.codes)[:200],
        "partner_ref": verdict.reference,
    }


def _changes(state: State, verdict: Verdict, plan: Plan, now: int) -> dict[str, Any]:
    match state:
        case State.POSTED:
            return {"partner_ref": verdict.reference, "owner": None}
        case State.READY:
            return {"next_at_us": now + int(plan.again_s * SECOND_US), "owner": None}
        case State.UNKNOWN:
            due = now + int(plan.quiet_s * SECOND_US)
            return {"unknown_us": now, "next_at_us": due, "owner": None, "lookups": 0}
        case State.REVIEW:
            return {"detail": (verdict.reference or "")[:200]}
        case _:
            return {"detail": " ".join(verdict.codes)[:200], "owner": None}


def _keep_breaker(
    connection: sa.Connection, delivery: Delivery, verdict: Verdict, limits: policy.Policy, now: int
) -> None:
    mine = (B.biller == delivery.biller) & (B.endpoint == delivery.endpoint)
    row = connection.execute(
        sa.select(B.failures, B.open_until_us, B.held).where(mine)
    ).one_or_none()
    before = policy.Breaker(*row) if row else policy.Breaker()
    after = policy.after(before, verdict, limits, now)
    values = {
        "failures": after.failures,
        "open_until_us": after.open_until_us,
        "held": after.held,
    }
    if row is None:
        keys = {"biller": delivery.biller, "endpoint": delivery.endpoint}
        connection.execute(sa.insert(tables.breaker), keys | values)
    elif after != before:
        connection.execute(sa.update(tables.breaker).where(mine).values(**values))
