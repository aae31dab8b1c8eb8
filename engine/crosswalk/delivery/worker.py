"""The worker: claims, sends, asks and settles until nothing is due; safe to kill at any point."""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from crosswalk.delivery import asking, policy, reconcile
from crosswalk.delivery.capability import Operation
from crosswalk.delivery.classify import Verdict
from crosswalk.delivery.clock import SECOND_US
from crosswalk.delivery.due import Scope
from crosswalk.delivery.faults import BadSetting, IllegalStep
from crosswalk.delivery.journal import Delivery, Note
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.reconcile import Finding
from crosswalk.delivery.request import Kind, hidden
from crosswalk.delivery.sender import Sender
from crosswalk.delivery.settling import Plan
from crosswalk.delivery.spans import span
from crosswalk.delivery.states import Outcome, State
from crosswalk.delivery.wire import Seen

LOG = logging.getLogger("crosswalk.delivery")
P = ParamSpec("P")
R = TypeVar("R")

OUR_ERRORS = 3
"""This many payments refused because the request itself is wrong stop a run (delivery 3.2)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many requests at once, separately for sending and asking, and when a run ends.

    A run ends when nothing will be due within patience_s; poll_s is the longest nap.
    """

    sends: int = 4
    lookups: int = 2
    patience_s: float = 5.0
    poll_s: float = 0.5
    recover_s: float = 2.0


@dataclass(slots=True)
class Tally:
    """What a run has done so far."""

    requests: int = 0
    lookups: int = 0
    our_errors: int = 0
    stopped: str | None = None
    settled: dict[str, int] = field(default_factory=dict)


class Worker:
    """One worker of a ledger. `await run()` until nothing is due; `stop()` ends it cleanly."""

    def __init__(self, ledger: Ledger, sender: Sender, pace: Pace) -> None:
        self.tally = Tally()
        self._ledger = ledger
        self._sender = sender
        self._pace = pace
        self._scope = Scope(sender.setup.billers, sender.setup.policy.breaker_failures)
        self._sends: set[asyncio.Task[None]] = set()
        self._lookups: set[asyncio.Task[None]] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._recovered_us = 0

    def stop(self, reason: str = "stopped") -> None:
        """Claim nothing more; what is being sent is finished and settled."""
        self.tally.stopped = self.tally.stopped or reason

    async def run(self) -> Tally:
        """Work until nothing is due any more. Raises LedgerUnavailable, having stopped sending."""
        try:
            while self.tally.stopped is None and await self._round():
                pass
            await self._finish()
        finally:
            for task in (*self._sends, *self._lookups):
                task.cancel()
            await asyncio.gather(*self._sends, *self._lookups, return_exceptions=True)
            self._thread.shutdown()
        return self.tally

    async def _round(self) -> bool:
        await self._take_over()
        await self.call(self._ledger.release, self._sender.owner.name)
        began = await self._fill()
        running = self._sends | self._lookups
        if running:
            await self._wait(running, None if self._full() else self._pace.poll_s)
            return True
        return began or await self._nap()

    def _full(self) -> bool:
        return len(self._sends) >= self._pace.sends

    async def _take_over(self) -> None:
        now = self._ledger.clock.now_us()
        if now - self._recovered_us < self._pace.recover_s * SECOND_US:
            return
        self._recovered_us = now
        await self.call(self._ledger.recover, self._sender.owner, self._sender.setup.quiet_s)

    async def _fill(self) -> bool:
        """Begin what is due, a question and a send in turn: neither waits behind the other."""
        began = False
        asks = sends = True
        while self.tally.stopped is None and (asks or sends):
            asks = asks and len(self._lookups) < self._pace.lookups and await self._begin_lookup()
            sends = sends and len(self._sends) < self._pace.sends and await self._begin_send()
            began = began or asks or sends
        return began

    async def _begin_send(self) -> bool:
        claimed = await self.call(self._ledger.claim, self._sender.owner, self._scope)
        if claimed is not None:
            self._sends.add(asyncio.create_task(self.send(claimed)))
        return claimed is not None

    async def _begin_lookup(self) -> bool:
        waits = self._sender.setup.policy.lookup_s
        unknown = await self.call(self._ledger.claim_lookup, self._scope, waits)
        if unknown is not None:
            self._lookups.add(asyncio.create_task(self.look_up(unknown)))
        return unknown is not None

    async def _wait(self, running: "set[asyncio.Task[None]]", longest_s: float | None) -> None:
        done, _ = await asyncio.wait(
            running, timeout=longest_s, return_when=asyncio.FIRST_COMPLETED
        )
        self._sends -= done
        self._lookups -= done
        for task in done:
            task.result()

    async def _nap(self) -> bool:
        """Wait for what is due soon; False when nothing is."""
        due = await self.call(self._ledger.next_due_us, self._scope)
        if due is None:
            return False
        wait = (due - self._ledger.clock.now_us()) / SECOND_US
        if wait > self._pace.patience_s:
            return False
        await self._ledger.clock.sleep(min(max(wait, 0.005), self._pace.poll_s))
        return True

    async def _finish(self) -> None:
        while running := self._sends | self._lookups:
            await self._wait(running, None)

    async def send(self, delivery: Delivery) -> None:
        """Make one attempt at a delivery that was claimed, and settle it."""
        self.tally.requests += 1
        setup = self._sender.setup
        with _span("crosswalk.attempt", delivery):
            seen = await self._sender.send(delivery)
        now = self._ledger.clock.now_us()
        verdict = policy.settle(seen, setup.policy, now)
        again_s = policy.wait_s(verdict, setup.policy, delivery.attempts, now)
        quiet_s = setup.quiet_s(delivery.operation)
        plan = Plan(self._sender.owner.name, setup.policy, again_s, quiet_s)
        with contextlib.suppress(IllegalStep):  # taken over after our lock was lost
            await self.call(self._ledger.settle, delivery, verdict, plan)
        self._count(delivery, verdict)
        if not self._sender.owner.holds():
            self.stop("lock_lost")

    def _count(self, delivery: Delivery, verdict: Verdict) -> None:
        _say("attempt", delivery, verdict.outcome, verdict.reason)
        outcome = verdict.outcome.value
        self.tally.settled[outcome] = self.tally.settled.get(outcome, 0) + 1
        if verdict.outcome is Outcome.REJECTED and verdict.reason == "request_error":
            self.tally.our_errors += 1
            if self.tally.our_errors >= OUR_ERRORS:
                self.stop("request_error")

    async def look_up(self, delivery: Delivery) -> None:
        """Ask the partner about a delivery of unknown outcome, and resolve it if that can be."""
        with _span("crosswalk.lookup", delivery):
            finding = await self._find(delivery)
        now = self._ledger.clock.now_us()
        limit_us = int(self._sender.setup.policy.review_after_s * SECOND_US)
        if finding.state is None and now - (delivery.unknown_us or now) > limit_us:
            finding = Finding(State.REVIEW, "unknown_too_long")
        if finding.state is None:
            return
        _say("resolved", delivery, finding.state, finding.reason)
        changes = _resolution(delivery, finding, now)
        note = Note(self._sender.owner.name, now, finding.reason)
        await self.call(
            functools.partial(self._ledger.resolve, delivery, finding.state, note, **changes)
        )

    async def _find(self, delivery: Delivery) -> Finding:
        try:
            operation = self._sender.setup.operation(delivery.operation)
        except BadSetting:
            return reconcile.LATER
        if operation.lookup is None:
            return reconcile.without_lookup(operation, delivery, self._ledger.clock.now_us())
        seen = await self._ask(operation, delivery)
        if seen is None:
            return reconcile.LATER
        siblings = await self.call(self._ledger.siblings, delivery)
        return reconcile.decide(operation, delivery, siblings, seen)

    async def _ask(self, operation: Operation, delivery: Delivery) -> Seen | None:
        if operation.lookup is None:
            return None
        try:
            endpoint = self._sender.setup.endpoint(delivery.biller, operation.endpoint)
        except BadSetting:
            return None
        self.tally.lookups += 1
        body = reconcile.question(operation, operation.lookup, delivery)
        return await asking.put(
            self._sender.posts, self._sender.tokens, endpoint, body, operation.deadline_s
        )

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a ledger transaction in the worker's ledger thread, one at a time."""
        work = functools.partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _span(name: str, delivery: Delivery) -> AbstractContextManager[object]:
    return span(
        name,
        delivery=delivery.delivery_id,
        biller=delivery.biller,
        operation=delivery.operation,
        attempt=delivery.attempts,
    )


def _say(what: str, delivery: Delivery, outcome: str, reason: str) -> None:
    """Log one line: numbers, names of settings and words, never a payer's data or a URL."""
    LOG.info(
        "%s delivery=%d biller=%s operation=%s mapping=%s attempt=%d outcome=%s reason=%s",
        what,
        delivery.delivery_id,
        delivery.biller,
        delivery.operation,
        delivery.mapping,
        delivery.attempts,
        outcome,
        reason,
    )


def _resolution(delivery: Delivery, finding: Finding, now: int) -> dict[str, object]:
    shown = hidden if delivery.kind == Kind.CHANGE else str
    match finding.state:
        case State.POSTED:
            return {"partner_ref": shown(finding.reference or "")}
        case State.READY:
            return {"next_at_us": now}
        case _:
            return {"detail": " ".join(map(shown, finding.detail.split()))[:200]}
