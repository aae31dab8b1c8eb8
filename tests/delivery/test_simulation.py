"""Laws over random schedules of faults, deaths and waits (D16); the long run by a setting.

CROSSWALK_SCHEDULES=10000 python -m pytest tests/delivery/test_simulation.py
"""

import os
from collections import Counter
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.delivery import partner, planted
from tests.delivery.simulation import FAULTS, World

from crosswalk.delivery import sender, takeover, views
from crosswalk.delivery.request import Kind
from crosswalk.delivery.setup import Setup

SCHEDULES = int(os.environ.get("CROSSWALK_SCHEDULES", "150"))
PAYMENTS = [partner.payment(f"g-{n // 2}", f"inv-{n % 2}", 100 + n % 3) for n in range(4)]

STEP = (
    st.tuples(st.just("submit"), st.integers(0, 3))
    | st.tuples(st.just("void"), st.integers(0, 3))
    | st.tuples(st.just("send"), st.sampled_from(FAULTS))
    | st.tuples(st.just("send"), st.sampled_from(FAULTS))
    | st.tuples(st.just("ask"), st.sampled_from(("none", "none", "fails")))
    | st.tuples(st.just("wait"), st.sampled_from((1, 5, 30, 61, 100)))
)


def take(world: World, step: tuple[str, str | int]) -> None:
    name, value = step
    match name:
        case "submit":
            world.submit(PAYMENTS[int(value)])
        case "void":
            if PAYMENTS[int(value)] in world.requests:
                world.submit(partner.void(PAYMENTS[int(value)]))
        case "send":
            world.send(str(value))
        case "ask":
            world.ask(str(value))
        case _:
            world.wait(float(value))


def check_never_doubled(world: World) -> None:
    names = ("confirmationNumber", "allocateTo")
    counts = Counter(tuple(one[name] for name in names) for one in world.partner.receipts)
    assert not [key for key, count in counts.items() if count > 1]
    assert all(one["voids"] <= 1 for one in world.partner.receipts)


def check_agreement(world: World) -> None:
    rows = {row["idem_key"]: row for row in views.exported(world.ledger, views.Filter())}
    receipts = {one["receiptNumber"]: one for one in world.partner.receipts}
    booked = {(one["confirmationNumber"], one["allocateTo"]): one for one in receipts.values()}
    for request in world.requests:
        row = rows[request.key]
        assert row["state"] in ("POSTED", "REJECTED", "REVIEW", "CANCELLED", "HELD"), row
        if request.kind is Kind.VOID:
            assert row["state"] != "POSTED" or receipts[row["partner_ref"]]["voided"]
            continue
        mine = booked.get(
            (request.variables["confirmationNumber"], request.variables["allocateTo"])
        )
        if row["state"] == "POSTED":
            assert mine is not None
            assert mine["receiptNumber"] == row["partner_ref"]
        elif row["state"] in ("REJECTED", "CANCELLED"):
            assert mine is None


@settings(
    max_examples=SCHEDULES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(STEP, min_size=4, max_size=20))
def test_no_schedule_doubles_or_loses_a_payment(steps: list[tuple[str, str | int]]) -> None:
    with closing(World()) as world:
        world.submit(PAYMENTS[0])
        for step in steps:
            take(world, step)
            check_never_doubled(world)
        world.drain()
        check_never_doubled(world)
        check_agreement(world)


# A planted bug and the shortest schedule that shows it; without the bug the same is harmless.
SHOWN: list[tuple[str, list[tuple[str, str | int]]]] = [
    ("recovery_makes_ready", [("send", "die_after"), ("send", "none")]),
    ("read_error_not_sent", [("send", "drop_after"), ("wait", 5), ("send", "none")]),
    ("status_5xx_not_sent", [("send", "500_after"), ("wait", 5), ("send", "none")]),
    ("errors_rejected", [("send", "errors_after")]),
    ("timeout_not_sent", [("send", "late"), ("wait", 5), ("send", "none"), ("wait", 61)]),
    ("malformed_retried", [("send", "malformed"), ("wait", 5), ("send", "none")]),
    (
        "resend_at_once",
        [("send", "late"), ("ask", "none"), ("send", "none"), ("wait", 61)],
    ),
]


def run(steps: list[tuple[str, str | int]]) -> None:
    with closing(World()) as world:
        world.submit(PAYMENTS[0])
        for step in steps:
            take(world, step)
        world.drain()
        check_never_doubled(world)
        check_agreement(world)


@pytest.mark.parametrize(("bug", "steps"), SHOWN, ids=[row[0] for row in SHOWN])
def test_a_planted_bug_is_found(
    monkeypatch: pytest.MonkeyPatch, bug: str, steps: list[tuple[str, str | int]]
) -> None:
    run(steps)
    for place, name in ((takeover, "_take"), (sender, "classify"), (Setup, "quiet_s")):
        monkeypatch.setattr(place, name, getattr(place, name))  # put back afterwards
    planted.BUGS[bug]()
    with pytest.raises(AssertionError):
        run(steps)
