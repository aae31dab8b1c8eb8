"""Tokens: one refresh per expiry, one replay after a refusal, then held (D10, safety A24)."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.delivery import partner, running

from crosswalk.delivery.deliver import deliver_sync
from crosswalk.delivery.endpoint import TokenSource
from crosswalk.delivery.worker import Pace
from crosswalk.sandbox.server import Sandbox

PAID = partner.payment("g-1", "inv-1", 1250)


def source(sandbox: Sandbox, skew_s: float = 1.0) -> TokenSource:
    return TokenSource(
        url=sandbox.token_url,
        client_id=partner.CLIENT_REF,
        client_secret=partner.SECRET_REF,
        skew_s=skew_s,
    )


@pytest.fixture
def guarded(sandbox: Sandbox) -> Sandbox:
    sandbox.behaviour.token = ("client-a", "canary-client-secret")
    sandbox.behaviour.token_takes_s = 0.3
    return sandbox


def refreshes(sandbox: Sandbox) -> int:
    return sum(one.path == "/token" for one in sandbox.arrivals)


THREADS = """
import asyncio, sys, threading
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from crosswalk.delivery.clock import SystemClock
from crosswalk.delivery.endpoint import TokenSource
from crosswalk.delivery.tokens import Tokens
from crosswalk.delivery.transport import Transport
from tests.delivery import partner

source = TokenSource(url=sys.argv[1].replace("graphql", "token"), client_id=partner.CLIENT_REF,
                     client_secret=partner.SECRET_REF, skew_s=1.0)
setup = partner.setup(sys.argv[1], Path(sys.argv[2]), source)
found = []

def work():
    async def ask():
        transport = Transport(setup.secrets)
        tokens = Tokens(setup.state / "tokens", setup.secrets, transport, SystemClock())
        found.append(await tokens.get(setup.endpoint("newtown", "cash")))
        await transport.close()
    asyncio.run(ask())

threads = [threading.Thread(target=work) for _ in range(20)]
[one.start() for one in threads]
[one.join() for one in threads]
print(len(found), *sorted(set(found)))
"""


def test_twenty_threads_in_four_processes_make_one_refresh(
    guarded: Sandbox, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    guarded.behaviour.token_lasts_s = 600
    command = [sys.executable, "-c", THREADS, guarded.url, str(state)]
    command += [str(partner.ROOT), str(partner.ROOT / "engine")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    outputs = [one.communicate(timeout=60)[0].split() for one in processes]
    assert outputs == [["20", "token-1"]] * 4
    assert refreshes(guarded) == 1


def test_the_token_file_is_private_and_the_ledger_has_no_token(
    guarded: Sandbox, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path}/ledger.db"
    setup = partner.setup(guarded.url, tmp_path / "state", source(guarded))
    running.deliver(guarded, database, tmp_path, [PAID], setup=setup)
    files = list((tmp_path / "state" / "tokens").iterdir())
    assert files
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in files)
    assert stat.S_IMODE((tmp_path / "state" / "tokens").stat().st_mode) == 0o700
    ledger = (tmp_path / "ledger.db").read_bytes()
    assert b"token-1" not in ledger
    assert b"canary-client-secret" not in ledger


def test_a_refused_token_is_replayed_once_then_held_never_rejected(
    guarded: Sandbox, tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path}/ledger.db"
    setup = partner.setup(guarded.url, tmp_path / "state", source(guarded))
    guarded.behaviour.faults.add("401", "none", "401", "401")
    second = partner.payment("g-2", "inv-1", 100)
    running.deliver(guarded, database, tmp_path, [PAID, second], setup=setup)
    states = [(row["state"], row["reason"]) for row in running.rows(database)]
    assert states == [("POSTED", "answered"), ("HELD", "unauthorized")]
    assert len(running.mutations(guarded)) == 4
    assert refreshes(guarded) == 3


def test_a_token_is_renewed_before_it_expires(guarded: Sandbox, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/ledger.db"
    guarded.behaviour.token_takes_s = 0.0
    guarded.behaviour.token_lasts_s = 60
    setup = partner.setup(guarded.url, tmp_path / "state", source(guarded, skew_s=90))
    payments = [partner.payment(f"g-{n}", "inv-1", 100) for n in range(3)]
    running.deliver(guarded, database, tmp_path, payments, setup=setup)
    assert refreshes(guarded) == 3
    assert {row["state"] for row in running.rows(database)} == {"POSTED"}


def test_a_wrong_credential_holds_and_sends_no_payment(guarded: Sandbox, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/ledger.db"
    guarded.behaviour.token = ("client-a", "another secret")
    setup = partner.setup(guarded.url, tmp_path / "state", source(guarded))
    running.deliver(guarded, database, tmp_path, [PAID], setup=setup)
    assert running.rows(database)[0]["reason"] == "credential"
    assert running.rows(database)[0]["state"] == "HELD"
    assert running.mutations(guarded) == []


@pytest.mark.parametrize("expires", ['"soon"', "null", "-5", "true", "1e400"])
def test_an_expiry_that_cannot_be_read_counts_as_expired(expires: str) -> None:
    from crosswalk.delivery.tokens import _held
    from crosswalk.delivery.wire import Reply

    body = f'{{"access_token": "t", "expires_in": {expires}}}'.encode()
    held = _held(Reply(200, "application/json", body), 1000)
    assert (held.token, held.expires_us) == ("t", 1000)
    assert json.dumps(held.expires_us)


def test_billers_never_share_a_credential_or_a_host(tmp_path: Path) -> None:
    """Eight billers under interleaved load; each partner knows its own token only (safety C9)."""
    from contextlib import ExitStack
    from dataclasses import replace

    from crosswalk.delivery.endpoint import Endpoint
    from crosswalk.delivery.policy import Policy
    from crosswalk.delivery.secrets import Secrets
    from crosswalk.delivery.setup import Setup

    names = [f"town{n}" for n in range(8)]
    env = {
        f"{name.upper()}_{part}": f"{name}-{part}" for name in names for part in ("ID", "SECRET")
    }
    with ExitStack() as stack:
        places = {}
        for name in names:
            (tmp_path / name).mkdir()
            one = stack.enter_context(partner.sandbox(tmp_path / name))
            one.behaviour.token = (f"{name}-ID", f"{name}-SECRET")
            places[name] = one
        endpoints = {
            (name, "cash"): Endpoint(
                name,
                "cash",
                one.url,
                frozenset({"127.0.0.1"}),
                test=True,
                token=TokenSource(
                    url=one.token_url,
                    client_id=f"env:{name.upper()}_ID",
                    client_secret=f"env:{name.upper()}_SECRET",
                ),
            )
            for name, one in places.items()
        }
        setup = Setup(
            partner.operations(2.0), endpoints, tmp_path / "state", Secrets(env=env), Policy()
        )
        payments = [
            replace(partner.payment(f"{name}-{n}", "inv-1", 100), biller=name)
            for n in range(3)
            for name in names
        ]
        url = f"sqlite:///{tmp_path}/ledger.db"
        summary = deliver_sync(payments, setup, url, Pace(sends=8))
        assert summary.complete
        for name, one in places.items():
            guids = {receipt["confirmationNumber"] for receipt in one.store.find({})}
            assert guids == {f"{name}-{n}" for n in range(3)}
            assert not any(arrival.fault == "token" for arrival in one.arrivals)


@pytest.mark.parametrize("kept", ['{"a": 1}', '{"token": 5, "expires_us": "x"}', "[]", "no JSON"])
def test_a_kept_token_of_another_form_is_asked_for_anew(
    guarded: Sandbox, database: str, tmp_path: Path, kept: str
) -> None:
    setup = partner.setup(guarded.url, tmp_path / "state", source(guarded))
    running.deliver(guarded, database, tmp_path, [PAID], setup=setup)
    (token,) = (tmp_path / "state" / "tokens").glob("*.json")
    token.write_text(kept)
    other = partner.payment("g-2", "inv-1", 100)
    assert running.deliver(guarded, database, tmp_path, [other], setup=setup).complete
    assert refreshes(guarded) == 2
