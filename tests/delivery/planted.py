"""The planted bugs that the kill loop must catch, each as a change of the running program."""

import dataclasses
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from crosswalk.delivery import classify, journal, ledger, sender, settling, tables, takeover
from crosswalk.delivery.classify import Verdict
from crosswalk.delivery.faults import IllegalStep
from crosswalk.delivery.journal import Note
from crosswalk.delivery.setup import Setup
from crosswalk.delivery.states import Outcome, State

BLIND = Verdict(Outcome.NOT_EXECUTED, "planted", trouble=True)


def plant(place: object, name: str, wrong: object) -> None:
    setattr(place, name, wrong)


def recovery_makes_ready() -> None:
    """Crash recovery sends SENDING back to READY."""

    def take(database: Any, dead: str, note: Note, _: Any) -> int:
        with database.write() as connection:
            rows = connection.execute(
                sa.select(*journal.COLUMNS).where(
                    takeover.D.state == "SENDING", takeover.D.owner == dead
                )
            ).all()
            for row in rows:
                journal.step(connection, journal.of(row), State.READY, note, next_at_us=note.at_us)
            connection.execute(sa.delete(tables.worker).where(takeover.W.owner == dead))
            return len(rows)

    plant(takeover, "_take", take)


def _where(wrong: Callable[[Any, Verdict], bool], instead: Verdict) -> None:
    honest = classify.classify

    def classified(operation: Any, variables: Any, seen: Any) -> Verdict:
        verdict = honest(operation, variables, seen)
        return instead if wrong(seen, verdict) else verdict

    plant(sender, "classify", classified)


def _unknown_for(reasons: tuple[str, ...], prefix: str = "-") -> Callable[[Any, Verdict], bool]:
    def wrong(_: Any, verdict: Verdict) -> bool:
        named = verdict.reason in reasons or verdict.reason.startswith(prefix)
        return verdict.outcome is Outcome.UNKNOWN and named

    return wrong


def read_error_not_sent() -> None:
    """A read or protocol error is treated as not sent."""
    reasons = ("read_error", "remote_protocol_error", "write_error", "connection_reset_error")
    _where(_unknown_for(reasons), BLIND)


def status_5xx_not_sent() -> None:
    """A 5xx is treated as not sent."""
    _where(_unknown_for((), "http_5"), BLIND)


def errors_rejected() -> None:
    """200 with errors is treated as a refusal."""
    _where(_unknown_for(("errors",)), Verdict(Outcome.REJECTED, "planted"))


def timeout_not_sent() -> None:
    """A timeout is treated as not sent."""
    _where(_unknown_for(("deadline",)), BLIND)


def malformed_retried() -> None:
    """A 200 whose body cannot be read is sent again."""
    _where(_unknown_for(("not_json",)), BLIND)


def sending_not_durable() -> None:
    """Nothing durable is written before the send: SENDING is only in memory."""

    def begin(_: Any, delivery: Any, owner: Any, now: int) -> Any:
        return dataclasses.replace(
            delivery,
            state=State.SENDING,
            owner=owner.name,
            sent_at_us=now,
            attempts=delivery.attempts + 1,
        )

    honest = journal.step

    def step(connection: Any, delivery: Any, dst: State, note: Note, **changes: Any) -> Any:
        if delivery.state is State.SENDING:
            ready = journal.load(connection, delivery.delivery_id)
            if ready.state is not State.READY:
                raise IllegalStep("sent meanwhile")
            delivery = honest(
                connection,
                ready,
                State.SENDING,
                note,
                owner="planted",
                sent_at_us=note.at_us,
                attempts=delivery.attempts,
            )
        return honest(connection, delivery, dst, note, **changes)

    honest_claim = ledger.Ledger.claim
    claimed: set[int] = set()

    def claim(self: Any, owner: Any, scope: Any) -> Any:
        found = honest_claim(self, owner, scope)
        if found is None or found.delivery_id in claimed:
            return None
        claimed.add(found.delivery_id)
        return found

    plant(ledger.Ledger, "claim", claim)
    plant(settling, "begin", begin)
    plant(journal, "step", step)


def resend_at_once() -> None:
    """An absent payment is sent again without waiting for the quiet period."""
    plant(Setup, "quiet_s", lambda _, __: 0.0)


BUGS: dict[str, Callable[[], None]] = {
    one.__name__: one
    for one in (
        recovery_makes_ready,
        read_error_not_sent,
        status_5xx_not_sent,
        errors_rejected,
        timeout_not_sent,
        malformed_retried,
        sending_not_durable,
        resend_at_once,
    )
}

NEEDS = {"resend_at_once": ["--fault", "late"]}
"""What the loop is told besides, where the fault that shows a bug is rare."""
