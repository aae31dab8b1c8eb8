"""Payments, voids and changes against a real partner on a socket that shows every fault."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.delivery import partner, running

from crosswalk.delivery import review, views
from crosswalk.delivery.capability import OnAbsent
from crosswalk.delivery.faults import LedgerLost
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.worker import Pace
from crosswalk.sandbox.server import Sandbox

PAID = partner.payment("g-1", "inv-1", 1250)
WHO = review.Decision("Ada", "looked it up")

# fault, state afterwards, mutations that reached the partner, receipts there
ENDS = [
    ("none", "POSTED", 1, 1),
    ("drop_before", "POSTED", 2, 1),
    ("drop_after", "POSTED", 1, 1),
    ("close_before", "POSTED", 2, 1),
    ("close_after", "POSTED", 1, 1),
    ("500_before", "POSTED", 2, 1),
    ("500_after", "POSTED", 1, 1),
    ("503_after", "POSTED", 1, 1),
    ("slow", "POSTED", 1, 1),
    ("late", "POSTED", 1, 1),
    ("silent", "POSTED", 2, 1),
    ("malformed", "POSTED", 1, 1),
    ("truncated", "POSTED", 1, 1),
    ("html", "POSTED", 1, 1),
    ("partial", "POSTED", 1, 1),
    ("errors_after", "POSTED", 1, 1),
    ("errors_before", "POSTED", 2, 1),
    ("drip_headers", "POSTED", 1, 1),
    ("drip_body", "POSTED", 1, 1),
    ("gzip", "POSTED", 1, 1),
    ("redirect", "POSTED", 2, 1),
    ("429", "POSTED", 2, 1),
    ("refused", "REJECTED", 1, 0),
    ("401", "HELD", 1, 0),
    ("403", "HELD", 1, 0),
    ("echo", "REVIEW", 1, 1),
]


@pytest.mark.parametrize(("fault", "state", "sent", "receipts"), ENDS, ids=[row[0] for row in ENDS])
def test_a_payment_under_a_fault_ends(
    sandbox: Sandbox, tmp_path: Path, fault: str, state: str, sent: int, receipts: int
) -> None:
    database = f"sqlite:///{tmp_path}/ledger.db"
    sandbox.behaviour.faults.add(fault)
    running.deliver(sandbox, database, tmp_path, [PAID])
    row = running.rows(database)[0]
    bodies = running.mutations(sandbox)
    booked = sandbox.store.find({})
    assert (row["state"], len(bodies), len(booked)) == (state, sent, receipts), row["reason"]
    assert len(set(bodies)) == 1
    if state == "POSTED":
        assert row["partner_ref"] == booked[0]["receiptNumber"]


def test_a_payment_over_three_bills_survives_losing_the_second_answer(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    bills = [partner.payment("g-7", f"inv-{n}", 500) for n in (1, 2, 3)]
    sandbox.behaviour.faults.add("none", "drop_after", "none")
    running.deliver(sandbox, database, tmp_path, bills)
    booked = {one["allocateTo"]: one["receiptNumber"] for one in sandbox.store.find({})}
    assert len(sandbox.store.find({})) == 3
    assert {row["idem_key"]: row["partner_ref"] for row in running.rows(database)} == {
        f"g-7/{invoice}": number for invoice, number in booked.items()
    }
    assert [row["reason"] for row in running.rows(database)] == ["answered", "found", "answered"]


def test_running_a_finished_input_again_sends_nothing(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    requests = [PAID, partner.void(PAID), partner.paper(101, "p-1", on=False)]
    first = running.deliver(sandbox, database, tmp_path, requests)
    assert first.complete
    assert first.requests == 3
    arrived = len(sandbox.arrivals)
    for _ in range(2):
        again = running.deliver(sandbox, database, tmp_path, requests)
        assert (again.requests, again.submitted, again.complete) == (0, {"known": 3}, True)
    assert len(sandbox.arrivals) == arrived


def test_a_conflict_is_not_sent_and_the_run_is_not_complete(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    running.deliver(sandbox, database, tmp_path, [PAID])
    other = partner.payment("g-1", "inv-1", 9999)
    again = running.deliver(sandbox, database, tmp_path, [other])
    assert (again.requests, again.submitted, again.complete) == (0, {"conflict": 1}, False)
    assert again.refused[0].reason == "conflict"
    assert len(sandbox.store.find({})) == 1


def test_a_payment_that_comes_twice_in_one_input_is_told_and_never_lost_in_silence(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    second = partner.payment("g-2", "inv-1", 500)
    for count in ("new", "known"):
        run = running.deliver(sandbox, database, tmp_path, [PAID, second, PAID])
        assert (run.submitted, run.complete) == ({count: 2, "repeated": 1}, False)
        assert [(one.number, one.reason) for one in run.refused] == [(3, "repeated")]
        assert [one.amount_minor for one in run.totals] == [1750]
    voided = partner.void(PAID)  # nothing is lost by a void that comes twice
    assert running.deliver(sandbox, database, tmp_path, [voided, voided]).complete
    assert len(sandbox.store.find({})) == 2


def test_a_retry_sends_the_frozen_bytes_although_the_mapping_changed(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    setup = partner.setup(sandbox.url, tmp_path / "state")
    sandbox.behaviour.faults.add("drop_before")
    stop_early = Pace(sends=1, patience_s=0.0, poll_s=0.05)
    running.deliver(sandbox, database, tmp_path, [PAID], setup=setup, pace=stop_early)
    newer = replace(
        PAID, mapping="payment@2", variables=dict(PAID.variables) | {"distributionCode": "555"}
    )
    fresh = replace(newer, key="g-2/inv-1")
    summary = running.deliver(sandbox, database, tmp_path, [newer, fresh], setup=setup)
    sent = running.mutations(sandbox)
    assert summary.submitted == {"frozen": 1, "new": 1}
    assert sum(b'"444"' in body for body in sent) == 2
    assert len({body for body in sent if b'"444"' in body}) == 1
    assert sum(b'"555"' in body for body in sent) == 1
    hashes = {one["request_sha256"] for one in running.history(database)["attempts_made"]}
    assert len(hashes) == 1


def test_a_void_waits_until_its_payment_is_proved(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    sandbox.behaviour.faults.add("late")
    requests = [PAID, partner.void(PAID)]
    early = running.deliver(
        sandbox, database, tmp_path, requests, pace=Pace(patience_s=0.0, poll_s=0.05)
    )
    assert {(one.state, one.count) for one in early.totals} == {("UNKNOWN", 1), ("HELD", 1)}
    assert not any(b"void_receipt" in body for body in running.mutations(sandbox))
    running.deliver(sandbox, database, tmp_path, [])
    paid, voided = running.rows(database)
    assert (paid["state"], voided["state"]) == ("POSTED", "POSTED")
    assert voided["partner_ref"] == paid["partner_ref"]
    assert sandbox.store.voids(paid["partner_ref"]) == 1


def test_a_void_of_a_refused_payment_is_cancelled_and_of_an_unknown_one_refused(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    sandbox.behaviour.faults.add("refused")
    stranger = partner.void(partner.payment("g-9", "inv-1", 100))
    summary = running.deliver(sandbox, database, tmp_path, [PAID, partner.void(PAID), stranger])
    assert [row["state"] for row in running.rows(database)] == ["REJECTED", "CANCELLED"]
    assert [one.reason for one in summary.refused] == ["no_target"]


@pytest.mark.parametrize("fault", ["drop_after", "slow", "500_after", "drop_before"])
def test_a_void_whose_answer_is_lost_is_never_repeated_blindly(
    sandbox: Sandbox, tmp_path: Path, fault: str
) -> None:
    database = f"sqlite:///{tmp_path}/ledger.db"
    sandbox.behaviour.faults.add("none", fault)
    running.deliver(sandbox, database, tmp_path, [PAID, partner.void(PAID)])
    assert [row["state"] for row in running.rows(database)] == ["POSTED", "POSTED"]
    assert sandbox.store.voids(sandbox.store.find({})[0]["receiptNumber"]) == 1


def test_a_receipt_number_of_another_payment_goes_to_review(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    operations = partner.operations()
    blind = replace(
        operations["create_receipt"],
        success=replace(operations["create_receipt"].success, echo=()),
    )
    setup = partner.setup(sandbox.url, tmp_path / "state")
    setup = replace(setup, operations=operations | {"create_receipt": blind})
    sandbox.behaviour.faults.add("none", "taken")
    second = partner.payment("g-2", "inv-1", 1250)
    running.deliver(sandbox, database, tmp_path, [PAID, second], setup=setup)
    assert [(row["state"], row["reason"]) for row in running.rows(database)] == [
        ("POSTED", "answered"),
        ("REVIEW", "reference_taken"),
    ]


def test_absent_goes_to_review_unless_the_partner_may_be_trusted(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    operations = partner.operations()
    careful = replace(operations["create_receipt"], on_absent=OnAbsent.REVIEW)
    setup = partner.setup(sandbox.url, tmp_path / "state")
    setup = replace(setup, operations=operations | {"create_receipt": careful})
    sandbox.behaviour.faults.add("drop_before")
    running.deliver(sandbox, database, tmp_path, [PAID], setup=setup)
    assert (running.rows(database)[0]["state"], len(running.mutations(sandbox))) == ("REVIEW", 1)
    ledger = Ledger(database)
    waiting = views.review(ledger)
    assert [one["reason"] for one in waiting] == ["absent"]
    assert waiting[0]["checklist"]
    review.resend(ledger, 1, WHO)
    ledger.close()
    running.deliver(sandbox, database, tmp_path, [], setup=setup)
    row = running.rows(database)[0]
    assert (row["state"], len(sandbox.store.find({}))) == ("POSTED", 1)
    assert any(one["who"] == "Ada" for one in running.history(database)["events"])


def test_three_requests_of_a_wrong_form_stop_the_run(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    wrong = [
        replace(one, variables=dict(one.variables) | {"paymentCode": "seven"})
        for one in (partner.payment(f"g-{n}", "inv-1", 100) for n in range(6))
    ]
    summary = running.deliver(sandbox, database, tmp_path, wrong)
    states = [row["state"] for row in running.rows(database)]
    assert states == ["REJECTED"] * 3 + ["READY"] * 3
    assert summary.stopped == "request_error"
    assert sandbox.store.find({}) == []


def test_a_held_endpoint_gets_nothing_until_a_person_frees_it(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    payments = [partner.payment(f"g-{n}", "inv-1", 100) for n in range(4)]
    sandbox.behaviour.faults.add("403")
    summary = running.deliver(sandbox, database, tmp_path, payments)
    assert len(running.mutations(sandbox)) == 1
    assert {(one.state, one.count) for one in summary.totals} == {("HELD", 1), ("READY", 3)}
    ledger = Ledger(database)
    assert views.endpoints(ledger)[0]["held"] == "http_403"
    assert review.free(ledger, "newtown", "cash", WHO) == 1
    ledger.close()
    running.deliver(sandbox, database, tmp_path, [])
    assert {row["state"] for row in running.rows(database)} == {"POSTED"}


def test_changes_of_one_customer_keep_their_order_and_may_be_repeated(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    sandbox.behaviour.faults.add("drop_after", "none", "500_after")
    changes = [
        replace(partner.paper(101, f"p-{n}", on=on), key=f"p-{n}")
        for n, on in enumerate((False, True, False))
    ]
    running.deliver(sandbox, database, tmp_path, changes, pace=running.PACE)
    assert [row["state"] for row in running.rows(database)] == ["POSTED"] * 3
    last = json.loads(running.mutations(sandbox)[-1])["variables"]["sendPaperStatement"]
    record = next(one for one in sandbox.partner.does["records"] if one["customerNumber"] == 101)
    assert record["sendPaperStatement"] is last is False


def test_a_question_is_asked_again_until_it_is_answered(sandbox: Sandbox, tmp_path: Path) -> None:
    setup = partner.setup(sandbox.url, tmp_path / "state")
    sandbox.behaviour.faults.add_read("drop_before", "500_before")
    found = running.ask(setup, "newtown", "balance", partner.BALANCE, {"customerNumber": 102})
    assert isinstance(found, dict)
    assert found["balance"] == Decimal("17.35")
    assert len(sandbox.arrivals) == 3


def test_a_failed_lookup_changes_nothing_and_is_repeated(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    sandbox.behaviour.faults.add("drop_after")
    sandbox.behaviour.faults.add_read("drop_before", "500_before")
    running.deliver(sandbox, database, tmp_path, [PAID])
    row = running.rows(database)[0]
    assert (row["state"], row["reason"], len(sandbox.store.find({}))) == ("POSTED", "found", 1)


def test_a_retry_after_is_honoured_by_every_request_to_the_endpoint(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    sandbox.behaviour.faults.add("429")  # it says: one second
    payments = [partner.payment(f"g-{n}", "inv-1", 100) for n in range(3)]
    running.deliver(sandbox, database, tmp_path, payments)
    first, *later = [one.at for one in sandbox.arrivals if b"mutation" in one.body]
    assert len(later) == 3
    assert min(later) - first >= 1.0


def test_an_open_breaker_is_kept_from_one_run_to_the_next(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    setup = partner.setup(sandbox.url, tmp_path / "state")
    setup = replace(
        setup, policy=replace(partner.QUICK, breaker_failures=2, breaker_s=60, breaker_most_s=60)
    )
    sandbox.behaviour.faults.add("drop_before", "drop_before")
    payments = [partner.payment(f"g-{n}", "inv-1", 100) for n in range(5)]
    hurried = replace(running.ONE_BY_ONE, patience_s=0.2)
    for _ in range(3):
        running.deliver(sandbox, database, tmp_path, payments, setup=setup, pace=hurried)
    assert len(running.mutations(sandbox)) == 2
    assert [row["state"] for row in running.rows(database)] == ["UNKNOWN"] * 2 + ["READY"] * 3


def test_a_ledger_that_was_lost_stops_the_run_before_anything_is_sent(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    running.deliver(sandbox, f"sqlite:///{tmp_path}/ledger.db", tmp_path, [PAID])
    with pytest.raises(LedgerLost):
        running.deliver(sandbox, f"sqlite:///{tmp_path}/new.db", tmp_path, [PAID])
    assert len(running.mutations(sandbox)) == 1
