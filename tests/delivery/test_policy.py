"""Retry-After, backoff and the breaker as pure rules (D9)."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswalk.delivery import policy
from crosswalk.delivery.classify import Verdict
from crosswalk.delivery.clock import SECOND_US
from crosswalk.delivery.policy import Breaker, Policy
from crosswalk.delivery.states import Outcome

NOW = 1_800_000_000 * SECOND_US
LIMITS = Policy()


def date(offset_s: int) -> str:
    return format_datetime(datetime.fromtimestamp(NOW / SECOND_US + offset_s, UTC), usegmt=True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("1000000000", 1e9),
        (date(30), 30.0),
        (date(-30), 0.0),
        ("-7", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 60, None),
        ("\u0667", None),
        (None, None),
    ],
)
def test_retry_after_reads_seconds_and_dates_and_nothing_else(
    header: str | None, seconds: float | None
) -> None:
    assert policy.retry_after_s(header, NOW) == seconds


def throttled(header: str | None) -> Verdict:
    return Verdict(Outcome.NOT_EXECUTED, "throttled", retry_after=header, status=429)


def test_a_retry_after_beyond_the_cap_holds_the_delivery() -> None:
    assert policy.settle(throttled("3601"), LIMITS, NOW).outcome is Outcome.HELD
    assert policy.settle(throttled("3600"), LIMITS, NOW).outcome is Outcome.NOT_EXECUTED
    assert policy.settle(throttled("-1"), LIMITS, NOW).outcome is Outcome.NOT_EXECUTED


@given(st.integers(0, 3600))
def test_the_endpoint_and_the_delivery_wait_at_least_as_long_as_asked(seconds: int) -> None:
    verdict = throttled(str(seconds))
    breaker = policy.after(Breaker(), verdict, LIMITS, NOW)
    assert breaker.open_until_us >= NOW + seconds * SECOND_US
    assert policy.wait_s(verdict, LIMITS, 1, NOW) >= seconds


def test_garbage_waits_as_long_as_declared_not_zero() -> None:
    breaker = policy.after(Breaker(), throttled("soon"), LIMITS, NOW)
    assert breaker.open_until_us == NOW + int(LIMITS.throttle_s * SECOND_US)


@given(st.lists(st.booleans(), max_size=40))
def test_the_breaker_opens_after_five_in_a_row_and_only_then(troubles: list[bool]) -> None:
    breaker, row = Breaker(), 0
    for trouble in troubles:
        outcome = Outcome.UNKNOWN if trouble else Outcome.POSTED
        breaker = policy.after(breaker, Verdict(outcome, "x", trouble=trouble), LIMITS, NOW)
        row = row + 1 if trouble else 0
        assert breaker.failures == row
        if row >= LIMITS.breaker_failures:
            assert breaker.open_until_us > NOW
            assert breaker.open_until_us <= NOW + LIMITS.breaker_most_s * SECOND_US


def test_a_hold_stays_until_a_person_frees_it() -> None:
    held = policy.after(Breaker(), Verdict(Outcome.HELD, "http_403"), LIMITS, NOW)
    after = policy.after(held, Verdict(Outcome.POSTED, "answered", "5.1"), LIMITS, NOW)
    assert held.held == after.held == "http_403"
