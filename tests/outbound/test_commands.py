"""`crosswalk deliver`, `balance` and `ledger` against a partner that runs on loopback."""

import importlib
import json
import os
import signal
import threading
import time
from base64 import b64encode
from pathlib import Path
from unittest import mock

import pytest
from tests.outbound.kit import (
    BALANCE,
    CANARIES,
    LOGIN,
    PAPERLESS,
    PAYMENT,
    REJECT,
    RIVERTON,
    VOID,
    Opened,
)

cli = importlib.import_module("crosswalk.cli.main")

PAYMENTS, VOIDS = RIVERTON / "payments.jsonl", RIVERTON / "voids.jsonl"
DOUBLES = {"confirmationNumber": "6f1c0a52-0000-4000-8000-0000000d0003"}


def totals(text: str) -> dict[str, tuple[int, int]]:
    summary = json.loads(text)
    return {one["state"]: (one["count"], one["amount_minor"]) for one in summary["totals"]}


def test_committed_payments_are_posted_once_and_a_second_run_sends_nothing(
    opened: Opened, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened(ledger=database)
    assert place.deliver(PAYMENT, PAYMENTS, "--json") == 3  # one account is unknown to the partner
    assert totals(capsys.readouterr().out) == {"POSTED": (11, 68228), "REJECTED": (1, 500)}
    assert place.deliver(PAYMENT, PAYMENTS, "--json") == 3
    again = json.loads(capsys.readouterr().out)
    assert (again["requests"], again["submitted"]) == (0, {"known": 12})
    booked = place.receipts()
    assert len({(one["confirmationNumber"], one["allocateTo"]) for one in booked}) == 11
    assert len(booked) == 11
    login = b64encode(":".join(LOGIN.values()).encode()).decode()
    sent = [one.headers["authorization"] for one in place.sandbox.arrivals]
    assert set(sent) == {f"Basic {login}"}
    capsys.readouterr()
    assert place.crosswalk("ledger", "list", "--state", "POSTED", "--json") == 0
    assert len(capsys.readouterr().out.splitlines()) == 11


def test_a_payment_over_three_bills_whose_second_answer_is_lost_gives_three_receipts(
    opened: Opened, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = opened()
    one = tmp_path / "one.jsonl"
    one.write_bytes(PAYMENTS.read_bytes().splitlines()[2])
    place.sandbox.behaviour.faults.add("none", "drop_after", "none")
    assert place.deliver(PAYMENT, one, "--json", "--sends", 1) == 0
    summary = json.loads(capsys.readouterr().out)
    assert totals(json.dumps(summary)) == {"POSTED": (3, 13275)}
    assert (summary["requests"], summary["lookups"]) == (3, 1)
    assert sorted(str(one["allocateTo"]) for one in place.sandbox.store.find(DOUBLES)) == [
        "28903",
        "28904",
        "28905",
    ]


def test_a_void_takes_back_its_receipt_once(
    opened: Opened, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = opened()
    assert place.deliver(VOID, VOIDS, "--json") == 3  # nothing to take back yet
    assert json.loads(capsys.readouterr().out)["refused"][0]["reason"] == "no_target"
    place.deliver(PAYMENT, PAYMENTS, "-q")
    part = json.loads(VOIDS.read_text("utf-8"))
    part["bill"][0]["Amount"] = "1.00"
    less = tmp_path / "less.jsonl"
    less.write_text(json.dumps(part), "utf-8")
    capsys.readouterr()
    assert place.deliver(VOID, less, "--json") == 3  # the whole receipt would go
    assert json.loads(capsys.readouterr().out)["refused"][0]["reason"] == "other_amount"
    assert place.deliver(VOID, VOIDS, "--json") == 0
    assert totals(capsys.readouterr().out) == {"POSTED": (1, 3333)}
    assert place.deliver(VOID, VOIDS, "--json", "--at", "2026-03-01") == 0  # of another day
    later = json.loads(capsys.readouterr().out)
    assert (later["submitted"], later["requests"]) == ({"frozen": 1}, 0)
    assert place.deliver(REJECT, VOIDS, "--json") == 3  # voided already
    assert json.loads(capsys.readouterr().out)["refused"][0]["reason"] == "other_void"
    voided = [one for one in place.receipts() if one["voided"]]
    assert [(one["allocateTo"], one["_voids"]) for one in voided] == [("28907", 1)]


def test_changes_of_one_customer_arrive_in_their_order(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    place.sandbox.behaviour.faults.add("500_before")
    assert place.deliver(PAPERLESS, RIVERTON / "paperless.jsonl", "--json") == 0
    assert totals(capsys.readouterr().out) == {"POSTED": (2, 0)}
    bodies = [json.loads(one.body) for one in place.sandbox.arrivals]
    wanted = [body["variables"]["sendPaperStatement"] for body in bodies]
    assert wanted == [False, False, True]


def test_a_new_ledger_is_announced_and_one_that_cannot_be_kept_is_refused(
    opened: Opened, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = opened()
    for _ in range(2):
        place.deliver(PAYMENT, PAYMENTS, "-q")
    assert capsys.readouterr().err.count("new ledger") == 1
    for name in ("", ":memory:", "sqlite://", "sqlite:///:memory:"):
        assert place.deliver(PAYMENT, PAYMENTS, "--ledger", name) in (2, 4), name
    damaged = tmp_path / "damaged.db"
    damaged.write_text("no database", "utf-8")
    assert place.deliver(PAYMENT, PAYMENTS, "--ledger", damaged) == 4
    assert place.crosswalk("ledger", "list", "--ledger", damaged) == 4
    assert "file is not a database" in capsys.readouterr().err
    assert len(place.receipts()) == 11


def test_a_flow_of_the_biller_is_delivered_by_its_name(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    assert place.deliver("payment", PAYMENTS, "--json") == 3
    assert totals(capsys.readouterr().out)["POSTED"] == (11, 68228)
    assert place.deliver("no-such-flow", PAYMENTS) == 2
    assert "CW335" in capsys.readouterr().err


def test_balances_are_asked_and_come_back_as_our_records(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    ask = ("balance", BALANCE, "--biller", "riverton", "--state", place.folder / "state")
    assert place.crosswalk(*ask, "102", "101") == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"AccountNumber": "102", "CustomerName": "Ferris Bolt", "Balance": "17.35"},
        {"AccountNumber": "101", "CustomerName": "Marta Quill", "Balance": "100.00"},
    ]
    assert place.crosswalk(*ask, "101", "999", "no-number") == 3
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 1
    assert "question 2  nothing_found" in told.err
    assert "CW522" in told.err
    place.sandbox.behaviour.faults.add_read("500_before")
    assert place.crosswalk(*ask, "101") == 0  # a question is asked again
    assert place.crosswalk(*ask) == 2
    assert place.deliver(BALANCE, PAYMENTS) == 2
    assert place.crosswalk("balance", PAYMENT, "1", "--biller", "riverton") == 2


def test_the_ledger_is_listed_and_a_review_is_decided(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    place.sandbox.behaviour.faults.add("echo")
    assert place.deliver(PAYMENT, PAYMENTS, "-q", "--sends", 1) == 3
    capsys.readouterr()
    assert place.crosswalk("ledger", "review") == 0
    review = capsys.readouterr().out
    assert "echo_differs  receipts: 5.00001" in review
    assert "1 in review" in review
    decide = ("ledger", "resolve", "1")
    assert place.crosswalk(*decide, "posted", "--by", "Ada", "--note", "theirs") == 2
    assert place.crosswalk(*decide, "cancel", "--by", "", "--note", "x") == 2
    by = ("--by", "Ada", "--note", "seen in their list")
    assert place.crosswalk(*decide, "posted", "--receipt", "5.00001", *by) == 0
    assert place.crosswalk(*decide, "resend", *by) == 2  # decided already
    capsys.readouterr()
    assert place.crosswalk("ledger", "show", "1") == 0
    shown = capsys.readouterr().out
    assert "REVIEW -> POSTED  decided  seen in their list" in shown
    assert place.crosswalk("ledger", "export", "--state", "POSTED") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == 11
    assert "payload" not in rows[0]
    assert place.crosswalk("ledger", "list", "--json", "--limit", "2", "--after", "3") == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["delivery_id"] for one in listed] == [4, 5]
    assert place.crosswalk("ledger", "show", "99") == 2
    assert place.crosswalk("ledger", "list", "--ledger", place.folder / "none.db") == 2


def test_a_held_endpoint_is_freed_once_its_cause_is_gone(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    place.sandbox.behaviour.faults.add("403")
    assert place.deliver(PAYMENT, PAYMENTS, "-q", "--sends", 1, "--patience", 0) == 3
    capsys.readouterr()
    place.crosswalk("ledger", "list")
    assert "endpoint  riverton  11  held: http_403" in capsys.readouterr().out
    assert place.receipts() == []
    free = ("ledger", "free", "riverton", "11", "--by", "Ada", "--note", "password renewed")
    assert place.crosswalk(*free) == 0
    assert "1 deliveries are READY" in capsys.readouterr().out
    assert place.deliver(PAYMENT, PAYMENTS, "-q") == 3
    assert len(place.receipts()) == 11


BY_LOGIN = """credentials:
  username: {setting: "12"}
  password: {setting: "13"}
"""
BY_REFRESH = """credentials:
  token:
    source: refresh
    url: {setting: TokenRefreshUrl}
    client_id: {setting: ClientId}
    client_secret: {setting: ClientSecret}
"""
REFRESH = """  126: http://127.0.0.1:8700/token
  127: {env: RIVERTON_PASSWORD}
  128: "2099-12-31"
  ClientId: {env: RIVERTON_USERNAME}
  ClientSecret: {env: RIVERTON_PASSWORD}
  TestEndpoints"""


def test_a_token_is_had_by_the_settings_and_renewed_once(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = "caselle/cash-receipting"
    place = opened(
        (f"{folder}/create-receipt.yaml", BY_LOGIN, BY_REFRESH),
        (f"{folder}/void-receipt.yaml", BY_LOGIN, BY_REFRESH),
        ("billers/riverton.yaml", "  TestEndpoints", REFRESH),
    )
    place.sandbox.behaviour.token = CANARIES
    assert place.deliver(PAYMENT, PAYMENTS, "--json") == 3
    assert totals(capsys.readouterr().out)["POSTED"] == (11, 68228)
    paths = [one.path for one in place.sandbox.arrivals]
    assert paths.count("/token") == 1
    place.sandbox.tokens.clear()  # the partner forgets it: one 401, one new token, one replay
    place.sandbox.arrivals.clear()
    assert place.deliver(VOID, VOIDS, "--json") == 0
    assert [one.path for one in place.sandbox.arrivals] == ["/graphql", "/token", "/graphql"]


def test_three_payments_that_are_our_own_mistake_stop_the_run(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    place.sandbox.partner.schema.mutation_type.fields.pop("create_receipt")  # type: ignore[union-attr]
    assert place.deliver(PAYMENT, PAYMENTS, "--json", "--sends", 1) == 4
    summary = json.loads(capsys.readouterr().out)
    assert summary["stopped"] == "request_error"
    assert totals(json.dumps(summary))["REJECTED"][0] == 3


def test_an_interrupted_run_ends_cleanly_and_the_next_goes_on(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    place.sandbox.behaviour.work_s = 0.2

    def interrupt() -> None:
        while len(place.sandbox.arrivals) < 4:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    watcher = threading.Thread(target=interrupt, daemon=True)
    watcher.start()
    assert place.deliver(PAYMENT, PAYMENTS, "--json", "--sends", 1) == 130
    watcher.join()
    first = json.loads(capsys.readouterr().out)
    assert first["stopped"] == "interrupted"
    assert first["requests"] < 12
    assert "SENDING" not in totals(json.dumps(first))
    place.sandbox.behaviour.work_s = 0.0
    assert place.deliver(PAYMENT, PAYMENTS, "-q") == 3
    assert len(place.receipts()) == 11


def test_a_library_that_is_not_installed_is_named_with_its_extra(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = ModuleNotFoundError("No module named 'psycopg'", name="psycopg")
    monkeypatch.setattr(cli.group, "main", mock.Mock(side_effect=missing))
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    assert "crosswalk[postgresql]" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    place = opened()
    description = place.folder / "mappings" / "caselle" / "cash-receipting.sandbox.json"
    books = ("--receipts", place.folder / "r.jsonl", "--port", place.sandbox.port)
    assert place.crosswalk("partner-sandbox", description, *books) == 2
    assert f"port {place.sandbox.port} cannot be used" in capsys.readouterr().err


def test_a_partner_that_is_described_by_half_is_refused(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    description = place.folder / "half.json"
    description.write_text('{"schema": "a.graphql", "create": {"field": "pay", "number": "id"}}')
    assert place.crosswalk("partner-sandbox", description, "--receipts", place.folder / "r") == 2
    assert "it lacks create.group, create.voided" in capsys.readouterr().err


def test_a_ledger_that_was_lost_is_noticed(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    place = opened()
    place.deliver(PAYMENT, PAYMENTS, "-q")
    Path(place.ledger).unlink()
    assert place.deliver(PAYMENT, PAYMENTS, "-q") == 4
    assert "not the ledger" in capsys.readouterr().err
    assert len(place.receipts()) == 11


@pytest.mark.parametrize(
    ("url", "code"), [("x://", 4), ("mysql://nobody", 4), ("sqlite:////proc/none/ledger.db", 2)]
)
def test_a_ledger_that_cannot_be_used_sends_nothing(
    opened: Opened, capsys: pytest.CaptureFixture[str], url: str, code: int
) -> None:
    place = opened(ledger=url)
    assert place.deliver(PAYMENT, PAYMENTS, "-q") == code
    assert "ledger" in capsys.readouterr().err
    assert place.sandbox.arrivals == []
