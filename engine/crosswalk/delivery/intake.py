"""Taking requests into the ledger: new ones go in, known ones are recognised, others refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crosswalk.delivery import journal, tables
from crosswalk.delivery.freeze import Frozen
from crosswalk.delivery.journal import Note
from crosswalk.delivery.request import Kind, Request
from crosswalk.delivery.states import State

D = tables.delivery.c


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of one request that was handed over.

    status: `new`; `known` (the same key with the same content is there already); `frozen` (the
    same payment from another mapping version, or the same void of another day: the frozen payload
    stays); `conflict` (the same key
    with other content: refused); `no_target` (a void of a payment that the ledger does not have);
    `other_amount` (a void takes back the whole receipt, so it must say the payment's amount);
    `other_void` (the payment is voided by another delivery already).
    """

    status: str
    delivery_id: int | None


def submit(connection: sa.Connection, frozen: Frozen, note: Note) -> Submitted:
    """Add one request, unless its key is there already."""
    request = frozen.request
    found = _find(connection, request.biller, request.operation, request.key)
    if found is not None:
        return _known(connection, found, frozen, note)
    target = None
    if request.kind is Kind.VOID:
        operation = request.target_operation or ""
        target = _find(connection, request.biller, operation, request.target or "")
        refused = _refusal(connection, target, request)
        if refused is not None:
            return Submitted(refused, None)
    row = _row(frozen, note.at_us, target.delivery_id if target else None)
    made = sa.insert(tables.delivery).values(**row).returning(D.delivery_id)
    delivery_id = int(connection.execute(made).scalar_one())
    journal.record(connection, delivery_id, "submitted", note, (None, row["state"]))
    return Submitted("new", delivery_id)


def _refusal(connection: sa.Connection, target: Any, request: Request) -> str | None:  # noqa: ANN401
    """Tell why a payment cannot be voided by this request; None when it can."""
    if target is None:
        return "no_target"
    if (request.amount_minor, request.currency) != (target.amount_minor, target.currency):
        return "other_amount"
    live = D.state.not_in([State.REJECTED.value, State.CANCELLED.value])
    other = sa.select(D.delivery_id).where(D.target_id == target.delivery_id, live)
    return "other_void" if connection.execute(other).first() is not None else None


def _find(connection: sa.Connection, biller: str, operation: str, key: str) -> Any:  # noqa: ANN401
    columns = (D.delivery_id, D.content_sha256, D.mapping, D.amount_minor, D.currency, D.match_key)
    return connection.execute(
        sa.select(*columns).where(
            (D.biller == biller) & (D.operation == operation) & (D.idem_key == key)
        )
    ).one_or_none()


def _known(connection: sa.Connection, found: Any, frozen: Frozen, note: Note) -> Submitted:  # noqa: ANN401
    if found.content_sha256 == frozen.content_sha256:
        return Submitted("known", found.delivery_id)
    request = frozen.request
    ours = (request.amount_minor, request.currency, frozen.match_key)
    same = ours == (found.amount_minor, found.currency, found.match_key)
    if same and (request.mapping != found.mapping or request.kind is Kind.VOID):
        return Submitted("frozen", found.delivery_id)
    remark = f"content {frozen.content_sha256}"
    refused = Note(note.who, note.at_us, "same_key_other_content", remark)
    journal.record(connection, found.delivery_id, "conflict", refused)
    return Submitted("conflict", found.delivery_id)


def _row(frozen: Frozen, now: int, target_id: int | None) -> dict[str, Any]:
    request = frozen.request
    waits = request.fill is not None
    return {
        "biller": request.biller,
        "operation": request.operation,
        "idem_key": request.key,
        "kind": request.kind.value,
        "amount_minor": request.amount_minor,
        "currency": request.currency,
        "endpoint": frozen.endpoint,
        "match_key": frozen.match_key,
        "target_id": target_id,
        "fill": request.fill,
        "mapping": request.mapping,
        "source": request.source,
        "payload": frozen.payload,
        "payload_sha256": frozen.payload_sha256,
        "content_sha256": frozen.content_sha256,
        "created_us": now,
        "state": (State.HELD if waits else State.READY).value,
        "version": 0,
        "attempts": 0,
        "lookups": 0,
        "next_at_us": now,
        "reason": "waits_for_payment" if waits else "submitted",
        "detail": "",
    }


def batches(items: Iterable[Frozen], size: int = 500) -> Iterable[list[Frozen]]:
    """Cut a stream into lists of at most `size`, so that submitting is a few transactions."""
    batch: list[Frozen] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
