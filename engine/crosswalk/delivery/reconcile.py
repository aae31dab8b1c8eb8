"""Resolving an unknown outcome by asking the partner: pure decisions (delivery 3.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from crosswalk.delivery import answers
from crosswalk.delivery.capability import Effect, Lookup, OnAbsent, Operation
from crosswalk.delivery.classify import repeats, same_field
from crosswalk.delivery.clock import SECOND_US
from crosswalk.delivery.journal import Delivery
from crosswalk.delivery.request import Json, payload
from crosswalk.delivery.states import State
from crosswalk.delivery.wire import Reply, Seen

OK = 200
OPEN = frozenset({State.SENDING, State.UNKNOWN, State.REVIEW})


@dataclass(frozen=True, slots=True)
class Finding:
    """What to do with a delivery of unknown outcome; state None: nothing yet, ask again later.

    `reference` is the receipt that proves it, `detail` the receipts a person should look at.
    """

    state: State | None
    reason: str
    reference: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One record the partner knows: its reference, and all of it."""

    reference: str
    record: object


LATER = Finding(None, "lookup_failed")


def question(operation: Operation, lookup: Lookup, delivery: Delivery) -> str:
    """Write the body of the look-up query."""
    value = cast("Json", answers.ours(operation, delivery.variables, lookup.key))
    return payload(lookup.document, {lookup.variable or lookup.key: value})


def without_lookup(operation: Operation, delivery: Delivery, now_us: int) -> Finding:
    """Decide where there is nothing to ask: repeat what may be repeated, else review.

    What a key protects is repeated only while the partner still knows the key of the first attempt.
    """
    if operation.effect is not Effect.IDEMPOTENT_WRITE:
        return Finding(State.REVIEW, "no_lookup")
    first_us = delivery.sent_at_us if delivery.attempts == 1 else delivery.created_us
    kept = operation.idempotency
    longest_us = None if kept is None else int((kept.lasts_s - operation.deadline_s) * SECOND_US)
    if longest_us is not None and now_us - (first_us or 0) > longest_us:
        return Finding(State.REVIEW, "key_forgotten")
    if delivery.attempts < operation.max_attempts:
        return Finding(State.READY, "idempotent")
    return Finding(State.REVIEW, "attempts")


def decide(
    operation: Operation, delivery: Delivery, siblings: Sequence[Delivery], seen: Seen
) -> Finding:
    """Decide from the partner's answer; `siblings` are our deliveries under the same key."""
    lookup = operation.lookup
    receipts = None if lookup is None else _receipts(lookup, seen)
    if lookup is None or receipts is None:
        return LATER
    if answers.ours(operation, delivery.variables, lookup.key) is None:
        return Finding(State.REVIEW, "no_key")
    if receipts.more:
        return Finding(State.REVIEW, "more_records", detail=_names(receipts.found))
    others = [one for one in siblings if one.delivery_id != delivery.delivery_id]
    taken = {one.partner_ref for one in others if one.partner_ref is not None}
    free = [receipt for receipt in receipts.found if receipt.reference not in taken]
    found = [receipt for receipt in free if _took_effect(operation, delivery, receipt)]
    if not found:
        return _absent(operation, delivery, _strangers(operation, siblings, free))
    rivals = [
        one for one in others if one.state in OPEN and _same_tuple(operation, lookup, delivery, one)
    ]
    return _present(found, rivals)


def _present(found: list[Receipt], rivals: list[Delivery]) -> Finding:
    if len(found) > 1 + len(rivals):
        return Finding(State.REVIEW, "possible_duplicate", detail=_names(found))
    if not rivals:
        return Finding(State.POSTED, "found", found[0].reference)
    if any(one.state is State.SENDING for one in rivals):
        return Finding(None, "sibling_open")
    return Finding(State.REVIEW, "ambiguous", detail=_names(found))


def _absent(operation: Operation, delivery: Delivery, strangers: list[Receipt]) -> Finding:
    lookup = operation.lookup
    if strangers:
        return Finding(State.REVIEW, "other_receipt", detail=_names(strangers))
    if operation.on_absent is not OnAbsent.RESEND or not (lookup and lookup.read_after_write):
        return Finding(State.REVIEW, "absent")
    if delivery.attempts >= operation.max_attempts:
        return Finding(State.REVIEW, "attempts")
    return Finding(State.READY, "absent")


def _strangers(
    operation: Operation, siblings: Sequence[Delivery], free: list[Receipt]
) -> list[Receipt]:
    """Receipts under our key that fit none of our deliveries: another amount, another account."""
    return [
        receipt for receipt in free if not any(_fits(operation, one, receipt) for one in siblings)
    ]


def _took_effect(operation: Operation, delivery: Delivery, receipt: Receipt) -> bool:
    lookup = operation.lookup
    return (
        lookup is not None
        and _fits(operation, delivery, receipt)
        and all(
            answers.same(value, answers.at(receipt.record, name.split(".")))
            for name, value in lookup.expect.items()
        )
    )


def _fits(operation: Operation, delivery: Delivery, receipt: Receipt) -> bool:
    lookup = operation.lookup
    named = (lookup.match, lookup.theirs) if lookup else ((), {})
    return repeats(operation, named, delivery.variables, receipt.record)


def _same_tuple(operation: Operation, lookup: Lookup, one: Delivery, other: Delivery) -> bool:
    ours, theirs = one.variables, other.variables
    return all(
        same_field(
            operation,
            name,
            answers.ours(operation, ours, name),
            answers.ours(operation, theirs, name),
        )
        for name in lookup.match
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a look-up shows: the records found; `more`: the partner has others beside."""

    found: list[Receipt]
    more: bool


def _receipts(lookup: Lookup, seen: Seen) -> _Shown | None:
    """Read the records of a complete answer; None when it is not one."""
    if not isinstance(seen, Reply) or seen.status != OK or seen.flaw is not None:
        return None
    try:
        answer = answers.read(seen.body)
    except answers.Unreadable:
        return None
    records = answers.every(answer, lookup.path)
    more = answers.at(answer, lookup.more) if lookup.more is not None else False
    if answers.at(answer, ["errors"]) or records is None or not isinstance(more, bool):
        return None
    receipts = [_receipt(lookup, record) for record in records]
    found = [one for one in receipts if one is not None]
    return _Shown(found, more) if len(found) == len(receipts) else None


def _receipt(lookup: Lookup, record: object) -> Receipt | None:
    reference = answers.reference(answers.at(record, lookup.reference.split(".")))
    return None if reference is None else Receipt(reference, record)


def _names(receipts: list[Receipt]) -> str:
    return " ".join(receipt.reference for receipt in receipts)[:200]
