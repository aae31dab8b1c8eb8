"""What a decision is about (model), what its rules are (rule set), and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from crosswalk.findings.diagnostics import Severity, Span

Cell = tuple[str | None, ...]
"""One value name per input, in the model's order; None is absent or not listed."""

Accepts = tuple[frozenset[str] | None, ...]
"""What a rule accepts per input, in the model's order; None is everything, absent included."""


class Reason(StrEnum):
    """Why a decision is what it is; a closed set (payment codes 2.7)."""

    RULE = "RULE"
    RULE_VIA_SUBSTITUTE = "RULE_VIA_SUBSTITUTE"
    BASE_NO_MATCH = "BASE_NO_MATCH"
    BASE_NO_RULESET = "BASE_NO_RULESET"
    BASE_RULESET_INVALID = "BASE_RULESET_INVALID"
    UNRESOLVED = "UNRESOLVED"
    INPUT_ERROR = "INPUT_ERROR"
    UNKNOWN_VALUE = "UNKNOWN_VALUE"


FAILURES = frozenset({Reason.UNRESOLVED, Reason.INPUT_ERROR, Reason.UNKNOWN_VALUE})
"""Reasons with which nothing may be posted."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input. `values` gives the record's text of each value by its name; None is open.

    `kind` is "integer" or "text". `refuses` says that an unlisted value leaves the case
    undecided; otherwise it is one class with the absent value. `single` says that every rule
    names exactly one value. `gates` are (position of an earlier input, its values) outside of
    which this input has no meaning.
    """

    name: str
    position: int
    kind: str
    values: Mapping[str, str] | None
    span: Span
    required: bool = False
    refuses: bool = True
    ignore_case: bool = False
    single: bool = False
    gates: tuple[tuple[int, frozenset[str]], ...] = ()
    description: str = ""

    @property
    def rest(self) -> bool:
        """Tell whether "absent or not listed" is a value this input can have."""
        return not self.required or self.values is None or not self.refuses


@dataclass(frozen=True, slots=True)
class Outcome:
    """One field of the outcome: digits or text.

    With `not_zero` zeros alone are no value: nothing is posted with code 0 (payment codes 2.6).
    `usual` is the value that causes no remark, `goes_with` an outcome it normally comes with.
    """

    name: str
    span: Span
    digits: bool = False
    longest: int | None = None
    not_zero: bool = False
    values: tuple[str, ...] = ()
    default: str | None = None
    usual: str | None = None
    goes_with: str | None = None
    optional: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Base:
    """Outcomes that a setting gives where no rule does: its text is cut into parts."""

    name: str
    accepts: Accepts
    setting: str
    parts: tuple[str, ...]
    separator: str
    at_least: int
    span: Span


@dataclass(frozen=True, slots=True)
class Alias:
    """Values that become another value while a setting has a certain text."""

    name: str
    setting: str
    equals: str
    position: int
    values: frozenset[str]
    becomes: str


@dataclass(frozen=True, slots=True)
class Limit:
    """What one channel can carry: the most digits (or characters) per outcome."""

    channel: str
    longest: Mapping[str, int]
    severity: Severity


@dataclass(frozen=True, slots=True)
class Families:
    """Values of one input that belong together, and the outcome that tells the groups apart."""

    position: int
    outcome: str
    of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LegacyKey:
    """One key of an entry in the partner's JSON. `kind` is number, text or list.

    Exactly one of `input` and `outcome` is given, or neither: kept, without effect.
    """

    key: str
    kind: str
    input: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Legacy:
    """The partner's own JSON form of a rule set; `precedence` settles what that form leaves open.

    A tie goes to the rule with a condition on the first input named, then on the second, ...
    """

    container: str
    keys: tuple[LegacyKey, ...]
    precedence: tuple[int, ...] = ()


@dataclass(frozen=True)
class Model:
    """A decision: its inputs, outcomes and everything that is not a rule."""

    name: str
    version: str
    inputs: tuple[Input, ...]
    outcomes: tuple[Outcome, ...]
    span: Span
    substitute_at: int | None = None
    substitutes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bases: tuple[Base, ...] = ()
    aliases: tuple[Alias, ...] = ()
    limits: Mapping[str, Limit] = field(default_factory=dict)
    families: Families | None = None
    legacy: Legacy | None = None

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Place of each input by its name."""
        return {one.name: one.position for one in self.inputs}

    @cached_property
    def by_name(self) -> Mapping[str, Outcome]:
        """Each outcome by its name, in order."""
        return {one.name: one for one in self.outcomes}

    @property
    def leading(self) -> int:
        """Place of the input that findings are grouped by."""
        return self.substitute_at or 0

    def tried(self, value: str | None) -> tuple[str | None, ...]:
        """Give a value of the substituted input and the values looked at after it."""
        return (value, *self.substitutes.get(value, ())) if value is not None else (None,)


@dataclass(frozen=True, slots=True)
class Hints:
    """How an entry of the partner's JSON deviated from the canonical form: kinds, never values.

    `kinds`, `empty` and `spelling` are by key of the JSON; `extra` holds JSON texts.
    """

    keys: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    empty: Mapping[str, str] = field(default_factory=dict)
    spelling: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A finding that the author accepts, with the reason."""

    code: str
    why: str
    span: Span


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `when` keeps the conditions as written, `accepts` what they come to.

    `spans` has the place of each condition and outcome under "when.x" and "then.y".
    """

    id: str
    order: int
    when: Mapping[str, tuple[str, ...]]
    then: Mapping[str, str]
    accepts: Accepts
    span: Span
    spans: Mapping[str, Span] = field(default_factory=dict)
    allow: tuple[Allowed, ...] = ()
    hints: Hints = field(default_factory=Hints)

    def place(self, what: str) -> Span:
        """Give the place of a part ("when.x", "then.y"), or the rule's."""
        return self.spans.get(what, self.span)


@dataclass(frozen=True)
class RuleSet:
    """The rules for one decision, in document order (which never matters).

    `complete`: every case is to be decided by a rule. `distinct`: families are never to share a
    value. `starts`: the first day on which the set applies. `setting` is the one that holds the
    rules in the partner's form, `written` the text that was read of it, `fallen` why there are
    none when it could not be used.
    """

    name: str
    version: str
    use: str
    rules: tuple[Rule, ...]
    span: Span
    complete: bool = False
    distinct: bool = False
    starts: date | None = None
    allow: tuple[Allowed, ...] = ()
    hints: Hints = field(default_factory=Hints)
    legacy_order: tuple[str, ...] = ()
    digest: str = ""
    setting: str | None = None
    written: str | None = field(default=None, repr=False)
    fallen: Reason | None = None

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """Each rule by its id."""
        return {rule.id: rule for rule in self.rules}


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why; equal for equal cases.

    `sources` says per outcome "rule:ID", "setting:NAME.PART", "default" or "none"; `unused` are
    parts of the setting that were not needed, `ties` the rules among which precedence chose,
    `subject` the outcome or input that a failure is about.
    """

    reason: Reason
    values: Mapping[str, str | None]
    sources: Mapping[str, str]
    rule: str | None = None
    via: str | None = None
    unused: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()
    subject: str | None = None
    message: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether every outcome has its value."""
        return self.reason not in FAILURES


def narrower(one: Accepts, other: Accepts) -> bool:
    """Tell whether everything that `one` accepts is accepted by `other`, and not the reverse."""
    return one != other and all(map(_within, one, other))


def _within(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    return other is None or (one is not None and one <= other)


def meet(one: Accepts, other: Accepts) -> Accepts | None:
    """Give what both accept, or None when there is nothing."""
    both: list[frozenset[str] | None] = []
    for left, right in zip(one, other, strict=True):
        shared = right if left is None else left if right is None else left & right
        if shared is not None and not shared:
            return None
        both.append(shared)
    return tuple(both)
