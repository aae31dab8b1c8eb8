"""What the partner promises about one operation; every default is the safe one (delivery 3.6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from crosswalk.findings.diagnostics import Diagnostic, Severity


class Effect(StrEnum):
    """What executing the operation once more would do."""

    READ = "read"
    IDEMPOTENT_WRITE = "idempotent_write"
    NON_IDEMPOTENT_WRITE = "non_idempotent_write"


class OnAbsent(StrEnum):
    """What follows when a look-up proves that the partner has no trace of the payment."""

    REVIEW = "review"
    RESEND = "resend"


@dataclass(frozen=True, slots=True)
class Success:
    """Where an answer carries the partner's reference, and what it repeats of our variables.

    `path` leads from the top of the answer to the reference (`data`, `create_receipt`,
    `receiptNumber`). `echo` names variables of ours that the partner repeats; an amount is compared
    as a number, everything else exactly. `theirs` is where each stands beside the reference, when
    that is not under the same name. `expect` are places of the answer and the values that each may
    have when it was done: a receipt can be there for a payment that was declined.
    """

    path: tuple[str, ...]
    echo: tuple[str, ...] = ()
    theirs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expect: Mapping[tuple[str, ...], tuple[object, ...]] = field(default_factory=dict)

    @property
    def field(self) -> str:
        """The root field of the document."""
        return self.path[1]


@dataclass(frozen=True, slots=True)
class Refusal:
    """How an answer's own data say that it was refused, beside GraphQL's errors.

    `path` leads to the faults: a list that is not empty, or one value that is there. `code` and
    `message` are keys of each; without `code` the value itself is the code. `definite`: whatever
    is refused this way was not executed; else only a code of `definite_rejects` proves that. With
    `values` only these codes are refusals, and then also where a reference is there.
    """

    path: tuple[str, ...]
    code: str | None = None
    message: str | None = None
    definite: bool = False
    values: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A key by which the partner knows a request again, for `lasts_s` seconds after the first.

    It travels in the header of that name, the same with every attempt.
    """

    header: str
    lasts_s: float = 86_400.0


@dataclass(frozen=True, slots=True)
class Lookup:
    """A query that finds what an earlier attempt may have left at the partner.

    `key` is the variable of ours that the partner is asked for, `variable` its name in the query
    (the same unless given). `path` leads to the records found, through lists (`edges`, `node`), or
    to a single one; `reference` is where each has the partner's reference, `match` the variables of
    ours that each repeats (at `theirs`, when not under the same name), and `expect` places with
    the value they have once the operation took effect (a void: voided true). `more` leads to what
    tells that the partner has more records than it showed: then nothing is proved.
    """

    document: str
    key: str
    path: tuple[str, ...]
    reference: str
    match: tuple[str, ...] = ()
    theirs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    more: tuple[str, ...] | None = None
    expect: Mapping[str, object] = field(default_factory=dict)
    variable: str | None = None
    read_after_write: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """The capability block of one operation. Times are in seconds.

    `endpoint` names the biller's endpoint it goes to. `deadline_s` bounds one attempt from the
    first look at the host name to the last byte; `max_processing_s` is the longest the partner
    may still be at work after that; `max_attempts` bounds sending again after proof of absence.
    `amounts` names the fields that are compared by value (`12.5` is `12.50`), not letter by letter.
    `places` is where our fields stand among the variables; one that is not listed is a variable.
    `error_code` is where each error has its code; `throttle_codes` are those that say `later`.
    """

    name: str
    endpoint: str
    success: Success
    effect: Effect = Effect.NON_IDEMPOTENT_WRITE
    deadline_s: float = 45.0
    max_processing_s: float = 900.0
    max_attempts: int = 3
    auth_before_execute: bool = True
    throttle_before_execute: bool = True
    amounts: frozenset[str] = frozenset({"amount"})
    definite_rejects: frozenset[str] = frozenset()
    refusal: Refusal | None = None
    lookup: Lookup | None = None
    on_absent: OnAbsent = OnAbsent.REVIEW
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    error_code: tuple[str, ...] = ("extensions", "code")
    throttle_codes: frozenset[str] = frozenset()
    idempotency: Idempotency | None = None

    @property
    def quiet_s(self) -> float:
        """How long an unknown outcome is left alone before the partner is asked about it."""
        return max(self.max_processing_s, 2 * self.deadline_s)


def check_verb(operation: Operation, verb: str, fields: Sequence[str]) -> Iterator[Diagnostic]:
    """Hold a block against its document: `query` or `mutation`, and the root fields' keys."""
    if (verb == "query") != (operation.effect is Effect.READ):
        message = f"a {verb} cannot have the effect {operation.effect}"
        yield Diagnostic("CW704", message, help="read is for queries, and only for them")
    starts = [f"data.{one}" for one in fields]
    if ".".join(operation.success.path[:2]) not in starts:
        yield Diagnostic("CW705", f"success.path must begin with {' or '.join(starts)}")


def check_block(operation: Operation) -> Iterator[Diagnostic]:
    """Check a block by itself: CW706 to CW708."""
    if operation.deadline_s <= 0 or operation.max_processing_s < 0 or operation.max_attempts < 1:
        yield Diagnostic("CW706", "deadline_s and max_attempts must be above zero")
    lookup = operation.lookup
    if operation.on_absent is OnAbsent.RESEND and not (lookup and lookup.read_after_write):
        message = "on_absent: resend needs a lookup with read_after_write"
        yield Diagnostic("CW707", message, help="without it a late one is doubled")
    if any(" " in code for code in operation.definite_rejects):
        message = "definite_rejects takes error codes, this looks like message text"
        yield Diagnostic("CW708", message, severity=Severity.WARNING)
