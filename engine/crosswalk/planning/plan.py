"""The plan: a mapping bound to its two layouts. Immutable; everything is looked up already.

Every reference has become a way through the source tree (`Path`), every name an object, every
literal a typed value. Both executions, the reference and the compiled one, work from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.language.conditions import BoundCondition
from crosswalk.language.patterns import Pattern
from crosswalk.model.layout import Branch, Field, Layout, Record
from crosswalk.values.codecs import Value
from crosswalk.values.spelling import Codec

if TYPE_CHECKING:
    from crosswalk.decisions.model import Limit, Model, RuleSet


@dataclass(frozen=True, slots=True)
class Path:
    """The way from one source branch to another: so many levels up, then down by child index.

    `many` tells whether the way down can meet several records.
    """

    ups: int
    downs: tuple[int, ...]
    many: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """A source field as seen from a scope."""

    path: Path
    record: Record
    field: Field
    span: Span


@dataclass(frozen=True, slots=True)
class FieldValue:
    """The value of a source field."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class Fixed:
    """A constant."""

    value: Value


@dataclass(frozen=True, slots=True)
class SettingValue:
    """A setting of the context, by the id of the catalogue; `read` makes its text a value."""

    name: str
    read: Callable[[str], Value]


@dataclass(frozen=True, slots=True)
class RunValue:
    """One of the run's values: date, time, datetime, id, file."""

    name: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Source fields' texts put into a pattern."""

    pattern: Pattern
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A part of a source field's text."""

    slot: Slot
    pattern: Pattern
    part: str


@dataclass(frozen=True, slots=True)
class Remains:
    """A part of a source field's text, found by the other parts, whose values are known."""

    slot: Slot
    pattern: Pattern
    part: str
    others: tuple[tuple[str, Slot, Codec], ...]


@dataclass(frozen=True, slots=True)
class Summed:
    """Amounts added and subtracted, perhaps running over the lines before this one."""

    add: tuple[Slot, ...]
    less: tuple[Slot, ...]
    running: bool
    start: Slot | None


@dataclass(frozen=True, slots=True)
class Calculated:
    """Values added or multiplied; those in `by` are taken away, or divide.

    `evenly`: a quotient must come out even; else it is given with so many digits that rounding
    it gives the same as rounding the quotient itself.
    """

    word: str
    of: tuple["Term", ...]
    by: tuple["Term", ...]
    evenly: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """Piece number `index` of a long text, cut at the lengths of the fields it is spread over."""

    whole: "Term"
    index: int
    lengths: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The pieces of a chain of fields put together; other gaps than cutting gives are refused."""

    slots: tuple[Slot, ...]
    lengths: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Several values put into a pattern."""

    pattern: Pattern
    parts: tuple[tuple[str, "Term"], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first option whose condition holds."""

    options: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class FirstGiven:
    """The first option that gives a value."""

    options: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Agreed:
    """Options that must not contradict each other; numbers may be `within` apart."""

    options: tuple["Term", ...]
    within: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Decider:
    """A decision as taken from one place of the source.

    `rules` are the sets that may apply (none: base settings decide), `inputs` what each input of
    the model comes from, `day` what chooses among the sets, `limit` what is too long for
    the channel.
    """

    name: str
    model: "Model"
    rules: tuple["RuleSet", ...]
    inputs: tuple["Term | None", ...]
    day: "Term | None"
    limit: "Limit | None"


@dataclass(frozen=True, slots=True)
class Decided:
    """An outcome of a decision, as text or as a whole `number`."""

    decider: Decider
    outcome: str
    number: bool


@dataclass(frozen=True, slots=True)
class Numbered:
    """The number of the target record among its like below one record, from 1."""


@dataclass(frozen=True, slots=True)
class NullValue:
    """An explicit null."""


BoundOrigin = (
    FieldValue
    | Fixed
    | SettingValue
    | RunValue
    | Joined
    | Taken
    | Remains
    | Summed
    | Calculated
    | Chunk
    | Gathered
    | Rebuilt
    | Choice
    | FirstGiven
    | Agreed
    | Decided
    | Numbered
    | NullValue
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to a value: an operator or a code table."""

    name: str
    apply: Callable[[Value], Value]
    span: Span


@dataclass(frozen=True, slots=True)
class When:
    """A condition and the slots its references mean in this scope."""

    condition: BoundCondition
    slots: tuple[tuple[str, Slot], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """Where one value comes from and what happens to it.

    `over` is the way to the records among which `pick` chooses; None when there is only one.
    `joint` stands between texts that are joined.
    """

    origin: BoundOrigin
    type: str
    span: Span
    pick: str | None = None
    over: Path | None = None
    where: When | None = None
    when: When | None = None
    steps: tuple[Step, ...] = ()
    default: Value = None
    joint: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A target field and its term; None when only the layout fills it (always, equals)."""

    field: Field
    term: Term | None
    distinct: bool
    span: Span
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A target branch: its scope in the source, its record's assignments, its children.

    `path` leads from the parent's scope to the source records it is made of; None means it is
    made once in its parent's scope. `keys` group consecutive records into one occurrence. `none`:
    there are none of it. `split` is a field whose text, cut at `at`, makes one of each piece.
    """

    branch: Branch
    source: Branch
    path: Path | None
    keys: tuple[Slot, ...]
    when: When | None
    assignments: tuple[Assignment, ...]
    children: tuple["Node", ...]
    none: bool = False
    split: Slot | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class BoundCheck:
    """A law of a record, with the positions of the fields it names."""

    name: str
    when: BoundCondition | None
    expect: BoundCondition
    positions: Mapping[str, int]
    reject: bool
    because: str
    span: Span


@dataclass(frozen=True, slots=True)
class Plan:
    """One direction of a mapping, ready to run.

    `unit` is the index of the repeating top branch of the target, or None when the whole file is
    one unit; `numbered` tells that units take their number in the file. `settings` are those that
    are read, with their types, `warnings` findings with which the plan still runs: rules that a
    setting holds and that cannot be used.
    """

    name: str
    version: str
    direction: str
    source: Layout
    target: Layout
    root: Node
    unit: int | None
    numbered: bool
    settings: Mapping[str, str]
    source_checks: Mapping[str, tuple[BoundCheck, ...]]
    target_checks: Mapping[str, tuple[BoundCheck, ...]]
    warnings: tuple[Diagnostic, ...] = ()
