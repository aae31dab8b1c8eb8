"""Canary secrets and personal data: no hit in any log, error or listing (safety C7, C8)."""

import base64
import json
import logging
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.delivery import partner, running

from crosswalk.delivery import views
from crosswalk.delivery.endpoint import Endpoint, TokenSource
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.secrets import Secrets
from crosswalk.sandbox.server import Sandbox

CANARY = "canary"
SECRETS = {
    "NEWTOWN_CLIENT": "canary+client/id",
    "NEWTOWN_SECRET": f"{CANARY}+client/secret",
    "NEWTOWN_HEADER": "canary+header/key",
    "NEWTOWN_QUERY": "canary+query/key",
}
PEOPLE = ["Canary Payerson", "canary-account-77"]
FAULTS = [
    "none",
    "drop_after",
    "500_after",
    "malformed",
    "partial",
    "refused",
    "echo",
    "slow",
    "429",
]
FAULTS += ["redirect", "403", "html"]


def spellings(value: str) -> list[str]:
    return [value, quote(value, safe=""), base64.b64encode(value.encode()).decode()]


@pytest.mark.parametrize("fault", FAULTS)
def test_no_canary_anywhere(
    sandbox: Sandbox,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    fault: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "sqlalchemy", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    sandbox.behaviour.token = (SECRETS["NEWTOWN_CLIENT"], SECRETS["NEWTOWN_SECRET"])
    sandbox.behaviour.faults.add(fault)
    setup = partner.setup(sandbox.url, tmp_path / "state")
    guarded = Endpoint(
        "newtown",
        "cash",
        sandbox.url,
        frozenset({"127.0.0.1"}),
        test=True,
        token=TokenSource(
            url=sandbox.token_url,
            client_id=partner.CLIENT_REF,
            client_secret=partner.SECRET_REF,
        ),
        headers={"x-biller": "env:NEWTOWN_HEADER"},
        query={"BK": "env:NEWTOWN_QUERY"},
    )
    setup = replace(setup, endpoints={("newtown", "cash"): guarded}, secrets=Secrets(env=SECRETS))
    paid = partner.payment("g-1", "inv-1", 1250, account=PEOPLE[1])
    paid = replace(paid, variables=dict(paid.variables) | {"accountName": PEOPLE[0]})
    database = f"sqlite:///{tmp_path}/ledger.db"
    summary = running.deliver(
        sandbox, database, tmp_path, [paid, replace(paid, currency="CAD")], setup=setup
    )
    running.ask(setup, "newtown", "balance", partner.BALANCE, {"customerNumber": 101})
    ledger = Ledger(database)
    shown = [views.shown(ledger, 1), views.review(ledger), views.endpoints(ledger)]
    shown.append(list(views.exported(ledger, views.Filter())))
    ledger.close()
    captured = capfd.readouterr()
    seen = "\n".join(
        [caplog.text, captured.out, captured.err, repr(summary), repr(setup), json.dumps(shown)]
    )
    assert "crosswalk.delivery" in caplog.text
    token = next(iter(sandbox.tokens))
    for value in [*SECRETS.values(), *PEOPLE, token]:
        for spelling in spellings(value):
            assert spelling not in seen
    stored = (tmp_path / "ledger.db").read_bytes().decode("utf-8", "replace")
    for value in [*SECRETS.values(), token]:
        for spelling in spellings(value):
            assert spelling not in stored
