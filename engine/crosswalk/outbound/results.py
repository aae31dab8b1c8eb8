"""What hosts get to know of a delivery and of a question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crosswalk.model.records import Issue


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of records that were handed over for delivery.

    `totals` gives count and amount in `currency`'s minor unit by state (POSTED, UNKNOWN, REVIEW and
    so on) of these records, `taken` how many requests were `new` or `known` before. `refused` are
    requests that the ledger did not take, as (key, reason); `rejects` the records that the mapping
    or the partner's types refuse. `complete`: all are POSTED, REJECTED or CANCELLED. `stopped`
    says why the run ended early, None when it did not.
    """

    complete: bool
    currency: str
    totals: Mapping[str, tuple[int, int]]
    taken: Mapping[str, int]
    refused: tuple[tuple[str, str], ...]
    rejects: tuple[Issue, ...]
    stopped: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one question: records in the canonical shape, or the reason why there are none.

    `number` is the question's place, from 1; `reason` is a word of the delivery, `nothing_found`,
    or the code and meaning of what the mapping refuses in the answer.
    """

    number: int
    records: tuple[dict[str, Any], ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A partner's list that was read to its end: our records in the canonical shape.

    `pages` were asked for; `rejects` are the questions that could not be asked, and the records
    that the mapping refuses.
    """

    pages: int
    records: tuple[dict[str, Any], ...]
    rejects: tuple[Issue, ...]
