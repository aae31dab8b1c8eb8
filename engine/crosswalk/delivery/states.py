"""The states of a delivery and every step between them, as literal tables (delivery 3.1)."""

from enum import StrEnum


class State(StrEnum):
    """Where one delivery stands."""

    READY = "READY"
    SENDING = "SENDING"
    UNKNOWN = "UNKNOWN"
    POSTED = "POSTED"
    REJECTED = "REJECTED"
    REVIEW = "REVIEW"
    HELD = "HELD"
    CANCELLED = "CANCELLED"


TRANSITIONS: tuple[tuple[State, State], ...] = (
    (State.READY, State.SENDING),
    (State.READY, State.HELD),
    (State.READY, State.CANCELLED),
    (State.HELD, State.READY),
    (State.HELD, State.CANCELLED),
    (State.SENDING, State.POSTED),
    (State.SENDING, State.REJECTED),
    (State.SENDING, State.UNKNOWN),
    (State.SENDING, State.READY),  # only with proof that nothing was executed
    (State.UNKNOWN, State.POSTED),
    (State.UNKNOWN, State.READY),  # only with proof of absence, and where the operation allows it
    (State.UNKNOWN, State.REVIEW),
    (State.REVIEW, State.POSTED),
    (State.REVIEW, State.READY),
    (State.REVIEW, State.CANCELLED),
)
"""Every legal step. There is none from UNKNOWN to SENDING and none out of POSTED."""

FINAL = frozenset({State.POSTED, State.REJECTED, State.CANCELLED})
"""States that are never left."""


class Outcome(StrEnum):
    """What one attempt showed about the payment at the partner."""

    POSTED = "posted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    NOT_EXECUTED = "not_executed"
    HELD = "held"
    REVIEW = "review"


STEPS: dict[Outcome, tuple[State, ...]] = {
    Outcome.POSTED: (State.POSTED,),
    Outcome.REJECTED: (State.REJECTED,),
    Outcome.UNKNOWN: (State.UNKNOWN,),
    Outcome.NOT_EXECUTED: (State.READY,),
    Outcome.HELD: (State.READY, State.HELD),
    Outcome.REVIEW: (State.UNKNOWN, State.REVIEW),
}
"""The states that follow SENDING after each outcome; each step is one of TRANSITIONS."""
