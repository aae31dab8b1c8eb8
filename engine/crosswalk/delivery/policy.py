"""When to try again: backoff, Retry-After and the circuit breaker, as pure functions."""

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from crosswalk.delivery.classify import Verdict
from crosswalk.delivery.clock import SECOND_US
from crosswalk.delivery.states import Outcome

DAY_S = 86_400.0
EXPONENT = 16


@dataclass(frozen=True, slots=True)
class Policy:
    """Waiting times in seconds.

    first_s doubles up to most_s between attempts that were not executed; breaker_failures in a
    row open an endpoint's breaker for breaker_s, doubling up to breaker_most_s; a Retry-After
    above retry_after_most_s holds the delivery; lookup_s are the waits between look-ups that
    failed; an outcome unknown for review_after_s goes to review.
    """

    first_s: float = 1.0
    most_s: float = 60.0
    breaker_failures: int = 5
    breaker_s: float = 30.0
    breaker_most_s: float = 900.0
    throttle_s: float = 30.0
    retry_after_most_s: float = 3600.0
    lookup_s: tuple[float, ...] = (60.0, 300.0, 900.0, 3600.0)
    review_after_s: float = DAY_S


@dataclass(frozen=True, slots=True)
class Breaker:
    """An endpoint's breaker: failures in a row, closed again at open_until_us, or held."""

    failures: int = 0
    open_until_us: int = 0
    held: str | None = None


def doubled(first_s: float, times: int, most_s: float) -> float:
    """Return first_s doubled that many times, at most most_s."""
    return min(first_s * (1 << min(max(times, 0), EXPONENT)), most_s)


def retry_after_s(header: str | None, now_us: int) -> float | None:
    """Read a Retry-After header (seconds or an HTTP date); None when it says nothing usable.

    >>> retry_after_s("7", 0), retry_after_s("-7", 0), retry_after_s("soon", 0)
    (7.0, None, None)
    """
    if header is None or len(header) > 40:  # noqa: PLR2004 - longer is neither form
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    seconds = at.replace(tzinfo=at.tzinfo or UTC).timestamp() - now_us / SECOND_US
    return max(seconds, 0.0)


def settle(verdict: Verdict, policy: Policy, now_us: int) -> Verdict:
    """Turn a Retry-After beyond the cap into a hold; every other verdict stays."""
    wait = retry_after_s(verdict.retry_after, now_us)
    too_long = wait is not None and wait > policy.retry_after_most_s
    if too_long and verdict.outcome is Outcome.NOT_EXECUTED:
        return Verdict(Outcome.HELD, "retry_after", codes=verdict.codes, status=verdict.status)
    return verdict


def wait_s(verdict: Verdict, policy: Policy, attempts: int, now_us: int) -> float:
    """Return how long a delivery that was not executed waits before it is sent again."""
    if verdict.reason == "throttled":
        wait = retry_after_s(verdict.retry_after, now_us)
        return policy.throttle_s if wait is None else wait
    return doubled(policy.first_s, attempts - 1, policy.most_s)


def after(breaker: Breaker, verdict: Verdict, policy: Policy, now_us: int) -> Breaker:
    """Return the endpoint's breaker after an attempt: closed, counting, open, or held."""
    if verdict.outcome is Outcome.HELD:
        return Breaker(breaker.failures, breaker.open_until_us, verdict.reason)
    wait = retry_after_s(verdict.retry_after, now_us)
    if verdict.reason == "throttled" or wait is not None:
        wait = min(policy.throttle_s if wait is None else wait, policy.retry_after_most_s)
        until = max(breaker.open_until_us, now_us + int(wait * SECOND_US))
        return Breaker(breaker.failures, until, breaker.held)
    if not verdict.trouble:
        return Breaker(0, breaker.open_until_us, breaker.held)
    failures = breaker.failures + 1
    if failures < policy.breaker_failures:
        return Breaker(failures, breaker.open_until_us, breaker.held)
    times = failures - policy.breaker_failures
    wait = doubled(policy.breaker_s, times, policy.breaker_most_s)
    return Breaker(failures, now_us + int(wait * SECOND_US), breaker.held)
