"""Running a delivery in a test, and what came of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.delivery import partner

from crosswalk.delivery import asking, views
from crosswalk.delivery.clock import SystemClock
from crosswalk.delivery.deliver import Summary, deliver_sync, in_loop
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.request import Json, Request
from crosswalk.delivery.setup import Setup
from crosswalk.delivery.tokens import Tokens
from crosswalk.delivery.transport import Transport
from crosswalk.delivery.worker import Pace
from crosswalk.sandbox.server import Sandbox

PACE = Pace(patience_s=3.0, poll_s=0.05, recover_s=0.1)
ONE_BY_ONE = Pace(sends=1, patience_s=3.0, poll_s=0.05, recover_s=0.1)


def deliver(
    sandbox: Sandbox, database: str, folder: Path, requests: Sequence[Request], **more: Any
) -> Summary:
    """Deliver with short times; `setup` and `pace` can be given."""
    setup = more.get("setup") or partner.setup(sandbox.url, folder / "state")
    return deliver_sync(requests, setup, database, more.get("pace", ONE_BY_ONE))


def rows(database: str) -> list[dict[str, Any]]:
    ledger = Ledger(database)
    try:
        return list(views.exported(ledger, views.Filter()))
    finally:
        ledger.close()


def history(database: str, delivery_id: int = 1) -> dict[str, Any]:
    ledger = Ledger(database)
    try:
        found = views.shown(ledger, delivery_id)
    finally:
        ledger.close()
    assert found is not None
    return found


def mutations(sandbox: Sandbox) -> list[bytes]:
    return [one.body for one in sandbox.arrivals if b"mutation" in one.body]


def ask(
    setup: Setup, biller: str, operation: str, document: str, variables: Mapping[str, Json]
) -> object:
    """Ask a question (a balance). Raises NoAnswer, BadSetting."""

    async def work() -> object:
        transport = Transport(setup.secrets)
        clock = SystemClock()
        tokens = Tokens(setup.state / "tokens", setup.secrets, transport, clock)
        try:
            asker = asking.Asker(setup, transport, tokens, clock)
            return await asker.ask(biller, operation, document, variables)
        finally:
            await transport.close()

    return in_loop(work)
