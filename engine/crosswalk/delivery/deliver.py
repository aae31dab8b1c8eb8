"""Delivering requests: hand over, send, resolve; a summary of what became of them."""

import asyncio
import contextlib
import secrets
import signal
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from crosswalk.delivery import mark, views
from crosswalk.delivery.faults import BadSetting
from crosswalk.delivery.freeze import Frozen, freeze
from crosswalk.delivery.intake import batches
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.request import Kind, Request
from crosswalk.delivery.sender import Sender
from crosswalk.delivery.setup import Setup
from crosswalk.delivery.spans import span
from crosswalk.delivery.states import State
from crosswalk.delivery.tokens import Tokens
from crosswalk.delivery.transport import Transport
from crosswalk.delivery.views import Total
from crosswalk.delivery.worker import Pace, Worker

T = TypeVar("T")
MARK = "ledger.json"


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that did not get into the ledger: its place in the input (from 1), and why."""

    number: int
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a run's requests.

    submitted: counts of `new`, `known`, `frozen`, `invalid`, and of what intake refuses;
    totals: count and amount (minor units) by state and currency, of this run's requests;
    requests, lookups: what this run sent; stopped: why it ended early, or None.
    """

    run_id: str
    submitted: Mapping[str, int]
    refused: tuple[Refused, ...]
    totals: tuple[Total, ...]
    requests: int
    lookups: int
    stopped: str | None = None

    @property
    def complete(self) -> bool:
        """Every request got in and is POSTED, REJECTED or CANCELLED."""
        done = {State.POSTED, State.REJECTED, State.CANCELLED}
        return not self.refused and all(State(total.state) in done for total in self.totals)


@dataclass(slots=True)
class _Intake:
    """The requests of a run as they were taken in."""

    submitted: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    ids: dict[int, None] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)


async def deliver(
    requests: Iterable[Request],
    setup: Setup,
    ledger: Ledger,
    pace: Pace | None = None,
    on_worker: Callable[[Worker], None] | None = None,
) -> Summary:
    """Hand requests over and work until nothing is due; also works off what was left before.

    `on_worker` gets the worker before it starts: `worker.stop()` ends the run cleanly,
    `worker.tally` tells how far it is. Raises LedgerUnavailable, LedgerLost.
    """
    run_id = secrets.token_hex(8)
    mark.check(ledger, setup.state / MARK)
    ledger.start_run(run_id)
    intake = take_in(requests, setup, ledger, run_id)
    mark.keep(ledger, setup.state / MARK)
    owner = ledger.owner()
    transport = Transport(setup.secrets)
    try:
        tokens = Tokens(setup.state / "tokens", setup.secrets, transport, ledger.clock)
        sender = Sender(setup, transport, tokens, owner, ledger.clock)
        worker = Worker(ledger, sender, pace or Pace())
        if on_worker is not None:
            on_worker(worker)
        with span("crosswalk.deliver", run=run_id, requests=len(intake.ids)):
            tally = await worker.run()
        ledger.retire(owner)
    finally:
        await transport.close()
        owner.close()
    mark.keep(ledger, setup.state / MARK)
    ledger.end_run(run_id, len(intake.ids), tally.stopped or "done")
    return Summary(
        run_id=run_id,
        submitted=dict(intake.submitted),
        refused=tuple(intake.refused),
        totals=views.totals(ledger, list(intake.ids)),
        requests=tally.requests,
        lookups=tally.lookups,
        stopped=tally.stopped,
    )


def deliver_sync(
    requests: Iterable[Request],
    setup: Setup,
    url: str,
    pace: Pace | None = None,
    on_worker: Callable[[Worker], None] | None = None,
) -> Summary:
    """Do the same from ordinary code, with a ledger by URL. Ctrl-C stops cleanly, then raises not.

    Works inside a running event loop as well (in a thread of its own).
    """
    ledger = Ledger(url)
    try:
        return in_loop(lambda: _interruptible(requests, setup, ledger, pace, on_worker))
    finally:
        ledger.close()


def take_in(requests: Iterable[Request], setup: Setup, ledger: Ledger, who: str) -> _Intake:
    """Freeze and submit requests in batches; what is refused is counted and named.

    A payment whose key came in this run before is `repeated`: two bills of one payment that look
    alike are one delivery, and the second amount would be lost without a word.
    """
    intake = _Intake()
    for batch in batches(_frozen(requests, setup, intake)):
        for frozen, submitted in zip(batch, ledger.submit(batch, who), strict=True):
            number, known = intake.numbers.pop(id(frozen)), submitted.delivery_id
            twice = known in intake.ids and frozen.request.kind is Kind.PAYMENT
            status = "repeated" if twice else submitted.status
            intake.submitted[status] += 1
            if status in ("new", "known", "frozen") and known:
                intake.ids[known] = None
            else:
                intake.refused.append(Refused(number, frozen.request.key, status))
    return intake


def _frozen(requests: Iterable[Request], setup: Setup, intake: _Intake) -> Iterator[Frozen]:
    for number, request in enumerate(requests, 1):
        try:
            setup.endpoint(request.biller, setup.operation(request.operation).endpoint)
            frozen = freeze(request, setup.operation(request.operation))
        except BadSetting as fault:
            intake.submitted["invalid"] += 1
            intake.refused.append(Refused(number, request.key, str(fault)))
            continue
        intake.numbers[id(frozen)] = number
        yield frozen


async def _interruptible(
    requests: Iterable[Request],
    setup: Setup,
    ledger: Ledger,
    pace: Pace | None,
    on_worker: Callable[[Worker], None] | None,
) -> Summary:
    loop = asyncio.get_running_loop()
    heard: list[signal.Signals] = []

    def listen(worker: Worker) -> None:
        if on_worker is not None:
            on_worker(worker)
        if threading.current_thread() is not threading.main_thread():
            return
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, worker.stop, "interrupted")
            heard.append(name)

    try:
        return await deliver(requests, setup, ledger, pace, listen)
    finally:
        for name in heard:
            with contextlib.suppress(ValueError):
                loop.remove_signal_handler(name)


def in_loop(work: Callable[[], Coroutine[None, None, T]]) -> T:
    """Run a coroutine from ordinary code, in a thread of its own where a loop runs already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work())
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()
