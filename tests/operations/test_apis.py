"""A payment gate of another company: what its answers prove, its headers, its keys, its types.

The gate in `apis/` is invented; everything about it is YAML and a file of types.
"""

import asyncio
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, introspection_from_schema
from tests.operations.kit import HERE, told

from crosswalk.checking import check
from crosswalk.delivery import reconcile
from crosswalk.delivery.capability import Operation
from crosswalk.delivery.classify import classify
from crosswalk.delivery.clock import SECOND_US
from crosswalk.delivery.endpoint import Endpoint, TokenSource
from crosswalk.delivery.request import sent_key
from crosswalk.delivery.secrets import Secrets
from crosswalk.delivery.states import State
from crosswalk.delivery.tokens import Tokens
from crosswalk.delivery.transport import Message, Transport
from crosswalk.delivery.wire import Reply, Seen
from crosswalk.operations.sending import as_curl, as_http, as_json, prepare
from crosswalk.outbound.biller import endpoint_of
from crosswalk.project import Project

GATE = HERE / "apis"
ORDER: dict[str, Any] = {"orderId": "o-1", "amount": {"value": "5.00", "currencyCode": "USD"}}
PAID = {"id": "t-1", "status": "SETTLING", "orderId": "o-1", "amount": {"value": "5.0"}}


def project(folder: Path, *changes: tuple[str, str, str]) -> Project:
    shutil.copytree(GATE, folder, dirs_exist_ok=True)
    for file, old, new in changes:
        text = (folder / file).read_text("utf-8")
        assert text.count(old) == 1
        (folder / file).write_text(text.replace(old, new), "utf-8")
    return Project(folder)


def block(made: Project) -> Operation:
    found = made.operation("gate/charge", made.view("corner")).capability
    assert found is not None
    return found


def test_the_gate_as_it_stands_has_no_finding() -> None:
    assert [one for one in told(check(Project(GATE))) if not one.startswith("CW8")] == []


@pytest.mark.parametrize(
    ("changes", "ok", "outcome", "reason"),
    [
        ({}, True, "posted", "answered"),
        ({"status": "AUTHORIZED"}, True, "posted", "answered"),
        ({"status": "DECLINED"}, True, "rejected", "refused"),
        ({"status": "FAILED"}, True, "review", "not_as_expected"),
        ({"status": None}, True, "review", "not_as_expected"),
        ({}, False, "review", "not_as_expected"),
        ({}, None, "review", "not_as_expected"),
        ({"amount": {"value": "6.00"}}, True, "review", "echo_differs"),
        ({"orderId": "o-2"}, True, "review", "echo_differs"),
    ],
)
def test_a_reference_counts_only_with_what_the_partner_says_of_it(
    changes: dict[str, Any], ok: object, outcome: str, reason: str
) -> None:
    body = {"data": {"charge": {"ok": ok, "transaction": {**PAID, **changes}}}}
    seen = Reply(200, "application/json", json.dumps(body).encode())
    verdict = classify(block(Project(GATE)), {"input": ORDER}, seen)
    assert (verdict.outcome.value, verdict.reason) == (outcome, reason)


LATER = {"message": "slowly", "errorType": "Throttled"}


@pytest.mark.parametrize(
    ("status", "body", "outcome", "reason"),
    [
        (200, {"errors": [LATER], "data": {"charge": None}}, "not_executed", "throttled"),
        (200, {"errors": [LATER]}, "not_executed", "throttled"),
        (400, {"errors": [LATER]}, "not_executed", "throttled"),
        (200, {"errors": [LATER, {"message": "x"}]}, "unknown", "errors"),
        (200, {"errors": [{"extensions": {"code": "Throttled"}}]}, "unknown", "errors"),
        (200, {"errors": []}, "unknown", "no_data"),
    ],
)
def test_a_code_that_means_later_is_declared_where_it_stands(
    status: int, body: object, outcome: str, reason: str
) -> None:
    seen = Reply(status, "application/json", json.dumps(body).encode())
    verdict = classify(block(Project(GATE)), {"input": ORDER}, seen)
    assert (verdict.outcome.value, verdict.reason) == (outcome, reason)


@pytest.mark.parametrize(
    ("attempts", "hours", "state", "reason"),
    [
        (1, 1, State.READY, "idempotent"),
        (1, 25, State.REVIEW, "key_forgotten"),
        (2, 23, State.READY, "idempotent"),
        (2, 25, State.REVIEW, "key_forgotten"),
    ],
)
def test_a_key_protects_only_as_long_as_the_partner_remembers_it(
    attempts: int, hours: float, state: State, reason: str
) -> None:
    from tests.delivery.test_reconcile import MINE

    moment = 10**15
    sent = replace(MINE, attempts=attempts, created_us=moment, sent_at_us=moment)
    later = moment + int(hours * 3600 * SECOND_US)
    found = reconcile.without_lookup(block(Project(GATE)), sent, later)
    assert (found.state, found.reason) == (state, reason)


def test_the_key_of_a_request_is_one_for_all_attempts_and_shows_nothing() -> None:
    key = sent_key("corner", "gate/charge", "o-1")
    assert key == sent_key("corner", "gate/charge", "o-1")
    others = [("corner", "gate/charge", "o-2"), ("corner", "gate/void", "o-1"), ("b", "c", "d")]
    assert key not in {sent_key(*one) for one in others}
    assert "o-1" not in key


def test_headers_that_carry_no_secret_are_shown_and_sent() -> None:
    made = Project(GATE)
    view = made.view("corner")
    operation = made.operation("gate/charge", view)
    line = json.dumps({"input": ORDER | {"by": {"card": "c", "account": None}, "memo": None}})
    request = prepare(operation, made.types_of(operation) or "", view.settings, line)
    assert request.problems == ()
    assert request.variables == {"input": ORDER | {"by": {"card": "c"}}}  # @oneOf: one key
    shown = json.loads(as_json(request))["credentials"]["headers"]
    assert shown == {"Gate-Version": "2026-01-01", "X-Region": "eu"}
    assert "--header 'Gate-Version: 2026-01-01'" in as_curl(request)
    assert "\nX-Region: eu\n" in as_http(request)
    endpoint, problems = endpoint_of(operation, view)
    assert (problems, endpoint and dict(endpoint.constants)) == ([], shown)
    assert endpoint is not None
    assert endpoint.token == TokenSource(
        url="https://gate.example/token",
        client_id="env:CORNER_CLIENT",
        client_secret="env:CORNER_SECRET",  # noqa: S106 - a reference
        scope="payments",
        basic=True,
    )


def test_one_of_takes_one_and_no_other() -> None:
    made = Project(GATE)
    view = made.view("corner")
    operation = made.operation("gate/charge", view)
    for by in ({"card": "c", "account": "a"}, {}):
        line = json.dumps({"input": ORDER | {"by": by}})
        request = prepare(operation, made.types_of(operation) or "", view.settings, line)
        assert request.problems != ()


class _Notes:
    """Takes what is posted, and gives a token."""

    def __init__(self) -> None:
        self.seen: list[tuple[Endpoint, Message]] = []

    async def post(
        self, endpoint: Endpoint, message: Message, deadline_s: float, url: str | None = None
    ) -> Seen:
        assert deadline_s > 0
        assert url == "https://gate.example/token"
        self.seen.append((endpoint, message))
        return Reply(200, "application/json", b'{"access_token": "t", "expires_in": 600}')


def test_a_token_may_be_asked_for_with_a_login_and_a_scope(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crosswalk.delivery.clock import SystemClock

    for name in ("CORNER_CLIENT", "CORNER_SECRET"):
        monkeypatch.setenv(name, name.lower())
    made = Project(GATE)
    view = made.view("corner")
    endpoint, _ = endpoint_of(made.operation("gate/charge", view), view)
    assert endpoint is not None
    notes, secrets = _Notes(), Secrets()
    tokens = Tokens(tmp_path, secrets, notes, SystemClock())
    assert asyncio.run(tokens.get(endpoint)) == "t"
    ((bare, message),) = notes.seen
    assert bare.login == ("env:CORNER_CLIENT", "env:CORNER_SECRET")
    assert message.body == b"grant_type=client_credentials&scope=payments"


def test_the_answer_to_an_introspection_is_as_good_as_the_schema(tmp_path: Path) -> None:
    schema = introspection_from_schema(build_schema((GATE / "pay.graphql").read_text("utf-8")))
    named = ("charge.yaml", "schema: pay.graphql", "schema: pay.json")
    for body in ({"data": schema}, schema):
        made = project(tmp_path, named)
        (tmp_path / "pay.json").write_text(json.dumps(body), "utf-8")
        assert [one for one in told(check(made)) if not one.startswith("CW8")] == []
    (tmp_path / "pay.json").write_text('{"data": null}', "utf-8")
    (found,) = (one for one in told(check(Project(tmp_path))) if not one.startswith("CW8"))
    assert "the partner's types 'pay.json' cannot be used" in found


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Gate-Version: {value", "Content-Type: {value", "CW470"),
        ("X-Region: {setting: Region}", "gate-version: {setting: Region}", "is named twice"),
        ("header: Idempotency-Key", "header: Authorization", "CW470"),
        ("setting: Region", "setting: Secret", "CW470"),
        ("    client_id: {setting: Client}\n", "", "login: basic needs the name of who asks"),
        ("data.charge.ok: true", "data.charge.okay: true", "CW473"),
    ],
)
def test_what_cannot_be_sent_or_seen_is_found(
    old: str, new: str, says: str, tmp_path: Path
) -> None:
    findings = told(check(project(tmp_path, ("charge.yaml", old, new))))
    assert any(says in one for one in findings)


def test_every_attempt_carries_the_key() -> None:
    endpoint = Endpoint("b", "e", "https://a.example/", frozenset({"a.example"}))
    message = Message(b"", headers={"Idempotency-Key": "k"})
    from crosswalk.delivery.endpoint import place

    made = Transport(Secrets())._request(  # noqa: SLF001 - what goes on the wire
        endpoint, message, place(endpoint, endpoint.url), "203.0.113.1"
    )
    assert made.headers["Idempotency-Key"] == "k"
