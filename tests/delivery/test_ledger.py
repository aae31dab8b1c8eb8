"""Rules that the database itself enforces, the same on every engine (delivery 3.5, D7, D14)."""

import itertools
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.delivery import partner

from crosswalk.delivery import mark, review, views
from crosswalk.delivery.due import Scope
from crosswalk.delivery.faults import ForkedLedger, IllegalStep, LedgerLost, LedgerUnavailable
from crosswalk.delivery.freeze import freeze
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.request import Request
from crosswalk.delivery.states import TRANSITIONS, State

OPERATIONS = partner.operations()
SCOPE = Scope(("newtown",), 5)
PAID = partner.payment("g-1", "inv-1", 1250)
WHO = review.Decision("Ada", "looked it up")


def submit(ledger: Ledger, *requests: Request) -> list[str]:
    frozen = [freeze(one, OPERATIONS[one.operation]) for one in requests]
    return [one.status for one in ledger.submit(frozen, "test")]


def refuses(ledger: Ledger, statement: str) -> bool:
    try:
        with ledger.database.write() as connection:
            connection.exec_driver_sql(statement)
    except (sa.exc.DBAPIError, LedgerUnavailable):
        return True
    return False


def put(ledger: Ledger, state: State) -> None:
    """Bring delivery 1 into a state by legal steps only."""
    roads: dict[State, list[tuple[str, str]]] = {
        State.READY: [],
        State.HELD: [("HELD", "")],
        State.CANCELLED: [("CANCELLED", "")],
        State.SENDING: [("SENDING", "")],
        State.POSTED: [("SENDING", ""), ("POSTED", "")],
        State.REJECTED: [("SENDING", ""), ("REJECTED", "")],
        State.UNKNOWN: [("SENDING", ""), ("UNKNOWN", "")],
        State.REVIEW: [("SENDING", ""), ("UNKNOWN", ""), ("REVIEW", "")],
    }
    for name, _ in roads[state]:
        assert not refuses(ledger, step(name)), name


UNDECIDED = ", decided_by = NULL, decision_note = NULL"


def step(state: str) -> str:
    more = {"SENDING": ", owner = 'w', sent_at_us = 1", "POSTED": ", partner_ref = '5.1'"}
    named = ", decided_by = 'Ada', decision_note = 'seen'" if state != "REVIEW" else UNDECIDED
    return (
        f"UPDATE delivery SET version = version + 1, state = '{state}'{more.get(state, '')}{named}"
        " WHERE delivery_id = 1"
    )


@pytest.mark.parametrize("src", State)
def test_only_the_fifteen_steps_are_possible(ledger: Ledger, src: State) -> None:
    submit(ledger, PAID)
    put(ledger, src)
    for dst in State:
        if dst is not src and (src, dst) not in TRANSITIONS:
            assert refuses(ledger, step(dst)), f"{src} to {dst}"
    assert len(TRANSITIONS) == 15


FROZEN = {
    "amount_minor": "1",
    "payload": "'{}'",
    "payload_sha256": "'0'",
    "idem_key": "'other'",
    "biller": "'other'",
    "operation": "'other'",
    "currency": "'EUR'",
    "match_key": "'other'",
    "endpoint": "'other'",
    "content_sha256": "'0'",
}
REFUSED = [
    *(
        f"UPDATE delivery SET version = version + 1, {name} = {value}"
        for name, value in FROZEN.items()
    ),
    "UPDATE delivery SET reason = 'no new version'",
    "UPDATE delivery SET version = version + 2",
    "DELETE FROM delivery",
    "DELETE FROM event",
    "UPDATE event SET note = 'nothing happened'",
    "DELETE FROM transition",
    "INSERT INTO transition VALUES ('UNKNOWN', 'SENDING')",
    "UPDATE meta SET value = 'another'",
    "UPDATE delivery SET version = version + 1, state = 'SENDING'",  # nobody owns it
    "UPDATE delivery SET version = version + 1, partner_ref = '5.1'",  # not posted
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_refuses(ledger: Ledger, statement: str) -> None:
    submit(ledger, PAID)
    assert refuses(ledger, statement)


def test_a_posted_delivery_cannot_be_touched_at_all(ledger: Ledger) -> None:
    submit(ledger, PAID)
    put(ledger, State.POSTED)
    assert refuses(ledger, "UPDATE delivery SET version = version + 1, reason = 'edited'")


def test_posted_needs_a_receipt_and_review_needs_a_name(ledger: Ledger) -> None:
    submit(ledger, PAID)
    put(ledger, State.REVIEW)
    bare = "UPDATE delivery SET version = version + 1, state = "
    assert refuses(ledger, bare + "'POSTED', decided_by = 'Ada', decision_note = 'x'")
    assert refuses(ledger, bare + "'CANCELLED'")
    assert refuses(ledger, bare + "'CANCELLED', decided_by = 'Ada', decision_note = ''")
    assert not refuses(
        ledger, bare + "'CANCELLED', decided_by = 'Ada', decision_note = 'none there'"
    )


def test_one_key_is_one_delivery_per_biller(ledger: Ledger) -> None:
    assert submit(ledger, PAID, PAID) == ["new", "known"]
    assert submit(ledger, replace(PAID, biller="elsewhere")) == ["new"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount_minor": 1251}, "conflict"),
        ({"currency": "CAD"}, "conflict"),
        ({"variables": dict(PAID.variables) | {"amount": "12.51"}}, "conflict"),
        ({"variables": dict(PAID.variables) | {"accountNumber": "11-1"}}, "conflict"),
        ({"variables": dict(PAID.variables) | {"paymentCode": 8}, "mapping": "m@2"}, "frozen"),
        ({"source": "another file"}, "known"),
    ],
)
def test_the_same_key_with_other_content_is_refused_and_recorded(
    ledger: Ledger, change: dict[str, Any], status: str
) -> None:
    submit(ledger, PAID)
    before = views.shown(ledger, 1)
    assert submit(ledger, replace(PAID, **change)) == [status]
    after = views.shown(ledger, 1)
    assert before is not None
    assert after is not None
    assert after["payload_sha256"] == before["payload_sha256"]
    assert [one["what"] for one in after["events"]].count("conflict") == (status == "conflict")


def test_two_receipts_with_one_number_cannot_both_be_posted(ledger: Ledger) -> None:
    submit(ledger, PAID, partner.payment("g-2", "inv-1", 10))
    put(ledger, State.POSTED)
    first = step("SENDING").replace("delivery_id = 1", "delivery_id = 2")
    second = step("POSTED").replace("delivery_id = 1", "delivery_id = 2")
    assert not refuses(ledger, first)
    assert refuses(ledger, second)


def test_an_edited_event_is_noticed(ledger: Ledger) -> None:
    submit(ledger, PAID)
    review.cancel(ledger, 1, WHO)
    assert views.broken_chains(ledger) == []
    trigger = "no_update_event" if ledger.database.is_sqlite else "same_event ON event"
    with ledger.database.write() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.exec_driver_sql("UPDATE event SET note = 'somebody else' WHERE seq = 2")
    assert views.broken_chains(ledger) == [1]


def test_a_decision_needs_a_name_a_note_and_something_to_decide(ledger: Ledger) -> None:
    submit(ledger, PAID)
    put(ledger, State.UNKNOWN)
    decisions: list[Any] = [
        lambda: review.cancel(ledger, 1, review.Decision("", "x")),
        lambda: review.cancel(ledger, 1, review.Decision("Ada", " ")),
        lambda: review.resend(ledger, 1, WHO),
        lambda: review.posted(ledger, 1, "5.1", WHO),
        lambda: review.cancel(ledger, 99, WHO),
    ]
    for decide in decisions:
        with pytest.raises(IllegalStep):
            decide()


def test_a_receipt_that_is_taken_or_has_blanks_around_it_is_refused(ledger: Ledger) -> None:
    submit(ledger, PAID, partner.payment("g-2", "inv-1", 10))
    put(ledger, State.POSTED)
    second = "delivery_id = 2"
    for state in ("SENDING", "UNKNOWN", "REVIEW"):
        assert not refuses(ledger, step(state).replace("delivery_id = 1", second))
    for receipt, why in (("5.1", "another delivery"), (" 5.2", "blanks"), (" ", "needs")):
        with pytest.raises(IllegalStep, match=why):
            review.posted(ledger, 2, receipt, WHO)
    assert review.posted(ledger, 2, "5.2", WHO) is State.POSTED


def test_what_a_lost_worker_was_sending_goes_to_review_by_a_person_only(ledger: Ledger) -> None:
    submit(ledger, PAID)
    with pytest.raises(IllegalStep, match="no worker has it"):
        review.lost(ledger, 1, WHO)
    owner = ledger.owner()
    assert ledger.claim(owner, Scope(("newtown",), 5)) is not None
    with pytest.raises(IllegalStep, match="is alive"):
        review.lost(ledger, 1, WHO)
    owner.close()
    owner.remove()  # as in a ledger that was restored without its folder of locks
    assert review.lost(ledger, 1, WHO) is State.REVIEW
    assert review.cancel(ledger, 1, WHO) is State.CANCELLED
    assert views.broken_chains(ledger) == []


def test_an_endpoint_that_was_never_used_is_not_called_free(ledger: Ledger) -> None:
    with pytest.raises(IllegalStep, match="nothing was ever sent"):
        review.free(ledger, "newtown", "cahs", WHO)


@pytest.mark.parametrize("damage", ["garbage", "cut"])
def test_a_file_that_is_no_ledger_or_a_damaged_one_is_told(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "ledger.db"
    if damage == "cut":
        Ledger(f"sqlite:///{path}").close()
        path.write_bytes(path.read_bytes()[:20_000])
    else:
        path.write_bytes(b"no database" * 500)
    with pytest.raises(LedgerUnavailable):
        Ledger(f"sqlite:///{path}").ledger_id()


def test_nobody_delivers_from_a_ledger_in_memory() -> None:
    ledger = Ledger("sqlite://")
    with pytest.raises(LedgerUnavailable, match="on disk"):
        ledger.owner()
    ledger.close()


def test_a_ledger_opened_before_a_fork_is_refused_after_it(
    ledger: Ledger, monkeypatch: Any
) -> None:
    monkeypatch.setattr("crosswalk.delivery.database.os.getpid", lambda: -1)
    with pytest.raises(ForkedLedger):
        ledger.ledger_id()


def test_a_fresh_or_older_ledger_is_refused_where_another_was_used(
    ledger: Ledger, tmp_path: Path
) -> None:
    submit(ledger, PAID)
    place = tmp_path / "out" / "ledger.json"
    mark.check(ledger, place)
    mark.keep(ledger, place)
    mark.check(ledger, place)
    fresh = Ledger(f"sqlite:///{tmp_path}/fresh.db")
    with pytest.raises(LedgerLost, match="not the ledger"):
        mark.check(fresh, place)
    fresh.close()
    unread = tmp_path / "folder"
    unread.mkdir()
    with pytest.raises(LedgerLost, match="cannot be read"):
        mark.check(ledger, unread)
    place.write_text(
        place.read_text().replace(f'"highest": {mark.high_water(ledger)}', '"highest": 99')
    )
    with pytest.raises(LedgerLost, match="older copy"):
        mark.check(ledger, place)


CLAIMER = """
import sys
from crosswalk.delivery.due import Scope
from crosswalk.delivery.ledger import Ledger
ledger = Ledger(sys.argv[1])
owner = ledger.owner()
while (claimed := ledger.claim(owner, Scope(("newtown",), 5))) is not None:
    print(claimed.delivery_id)
ledger.close()
"""


def test_four_processes_never_claim_the_same_delivery(ledger: Ledger, database: str) -> None:
    count = int(os.environ.get("CROSSWALK_CLAIMS", "200"))
    for start in range(0, count, 100):
        submit(ledger, *(partner.payment(f"g-{n}", "i", 100) for n in range(start, start + 100)))
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMER, database], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    outputs = [worker.communicate(timeout=300)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 4
    claimed = Counter(itertools.chain.from_iterable(text.split() for text in outputs))
    assert len(claimed) == count
    assert set(claimed.values()) == {1}
    with ledger.database.read() as connection:
        query = "SELECT count(*), count(DISTINCT delivery_id) FROM attempt"
        assert tuple(connection.exec_driver_sql(query).one()) == (count, count)


SUBMITTER = """
import sys
sys.path[:0] = sys.argv[2:]
from crosswalk.delivery.freeze import freeze
from crosswalk.delivery.ledger import Ledger
from tests.delivery import partner
ledger = Ledger(sys.argv[1])
operation = partner.operations()["create_receipt"]
statuses = []
for start in range(0, 100, 10):
    batch = [freeze(partner.payment(f"g-{n}", "i", 1), operation) for n in range(start, start + 10)]
    statuses += [one.status for one in ledger.submit(batch, "test")]
print(statuses.count("new"), statuses.count("known"))
ledger.close()
"""


def test_the_same_input_handed_over_by_two_processes_at_once_is_taken_in_once(
    ledger: Ledger, database: str
) -> None:
    command = [sys.executable, "-c", SUBMITTER, database]
    command += [str(partner.ROOT), str(partner.ROOT / "engine")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    counts = [[int(word) for word in one.communicate(timeout=60)[0].split()] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sum(new for new, _ in counts) == sum(known for _, known in counts) == 100
    assert sum(one.count for one in views.totals(ledger)) == 100
