"""A mapping as its author wrote it: which value goes to which field, nothing looked up yet."""

from collections.abc import Mapping as Table
from dataclasses import dataclass, field

from crosswalk.documents.source import Node, Scalar
from crosswalk.findings.diagnostics import Span
from crosswalk.language.conditions import Condition
from crosswalk.language.patterns import Pattern
from crosswalk.values.spelling import Codec


@dataclass(frozen=True, slots=True)
class Copy:
    """The value of a source field, as `Field` or `Record.Field`."""

    field: str
    span: Span


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the mapping."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class FromSetting:
    """The biller's value of a setting, by id or name."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class FromRun:
    """What the host says of this run: date, time, datetime, id, file."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Join:
    """Text put together from source fields by a pattern; each part is a field's text as read."""

    pattern: Pattern
    fields: tuple[Copy, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a source field's text, taken apart by a pattern."""

    field: Copy
    pattern: Pattern
    part: str
    span: Span


@dataclass(frozen=True, slots=True)
class Remainder:
    """One part of a field's text whose other parts are known (the way back of a joined text).

    `others` gives each other part's name, the field that holds its value, and how it is spelt.
    """

    field: Copy
    pattern: Pattern
    part: str
    others: tuple[tuple[str, Copy, Codec], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Sum:
    """Amounts added and subtracted; `running` goes on over the lines of a group from `start`."""

    add: tuple[Copy, ...]
    less: tuple[Copy, ...]
    running: bool
    start: Copy | None
    span: Span


@dataclass(frozen=True, slots=True)
class Calculation:
    """Values of entries added (`by` taken away) or multiplied (`by` divides), exactly.

    `word` is add or multiply. `evenly`: a quotient must come out even, because nothing rounds it.
    """

    word: str
    of: tuple["Entry", ...]
    by: tuple["Entry", ...]
    evenly: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Continues:
    """What did not fit into another target field of the same record."""

    field: str
    span: Span


@dataclass(frozen=True, slots=True)
class Gather:
    """The text of a chain of fields put together again (the way back of `continues`)."""

    fields: tuple[Copy, ...]
    lengths: tuple[int | None, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Text put together from several entries' values by a pattern (the way back of `part`)."""

    pattern: Pattern
    parts: tuple[tuple[str, "Entry"], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Choose:
    """The first option whose condition holds."""

    options: tuple["Entry", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class FirstOf:
    """The first option that gives a value."""

    options: tuple["Entry", ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Agree:
    """Several entries that must hold one value; the first that has one is taken.

    `within` is how far numbers may be apart. The way back of a field that is used twice, too.
    """

    options: tuple["Entry", ...]
    span: Span
    within: Scalar | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """The number of the record among its like below one record, from 1."""

    span: Span


@dataclass(frozen=True, slots=True)
class Null:
    """An explicit null."""

    span: Span


@dataclass(frozen=True, slots=True)
class DecisionUse:
    """How a mapping takes decisions: whose rules, from which inputs, on which day, for what.

    `rules` name rules documents, or a decision document (no rules: its base settings decide);
    `inputs` are entries by the decision's input, `day` gives the day that chooses among rule sets,
    `channel` one of the decision's limits.
    """

    name: str
    rules: tuple[Scalar, ...]
    inputs: tuple[tuple[Scalar, "Entry"], ...]
    day: "Entry | None"
    channel: Scalar | None
    span: Span


@dataclass(frozen=True, slots=True)
class Decide:
    """One outcome of a decision, named `decision.outcome`."""

    use: DecisionUse
    outcome: str
    span: Span


Origin = (
    Copy
    | Constant
    | FromSetting
    | FromRun
    | Join
    | Part
    | Remainder
    | Sum
    | Calculation
    | Continues
    | Gather
    | Rebuild
    | Choose
    | FirstOf
    | Agree
    | Decide
    | Number
    | Null
)


def entries_of(origin: Origin) -> tuple["Entry", ...]:
    """Give the entries inside an origin: options, parts, inputs, or what is calculated with."""
    match origin:
        case Choose(options=options) | FirstOf(options=options) | Agree(options=options):
            return options
        case Calculation(of=of, by=by):
            return (*of, *by)
        case Rebuild(parts=parts) | Decide(use=DecisionUse(inputs=parts)):
            return tuple(entry for _, entry in parts)
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Clean:
    """Operators applied one after another; `undo` runs their inverses from last to first.

    `takes` is the type that they were applied to, needed to undo them.
    """

    steps: tuple[tuple[str, Node | None, Span], ...]
    undo: bool
    span: Span
    takes: str = "any"


@dataclass(frozen=True, slots=True)
class Lookup:
    """A code table, pinned by version; `back` reads it from right to left."""

    table: Scalar
    back: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one value comes from, and what happens to it on the way.

    `pick` says which of several source records counts: same (all must agree), first, last, sum,
    count, min, max or join (with `joint` between); `where` narrows them first. `when` makes the
    entry conditional.
    """

    origin: Origin
    span: Span
    pick: str | None = None
    joint: str = ""
    where: Condition | None = None
    when: Condition | None = None
    steps: tuple[Clean | Lookup, ...] = ()
    default: Scalar | None = None
    distinct: bool = False
    unique: bool = False
    one_way: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Nest:
    """How occurrences of a target branch arise: one of each `of`, or of each run of equal `by`.

    `none`: there are none, which the author says explicitly. `split` is a field of `of` whose text
    is cut at `at`: there is one occurrence for each piece.
    """

    branch: str
    of: str
    by: tuple[Scalar, ...]
    when: Condition | None
    span: Span
    none: bool = False
    split: Scalar | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A field of a target record and the entry that fills it. `key_span` is the field's key."""

    record: str
    field: str
    entry: Entry
    key_span: Span


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a request that the mapping makes is delivered (delivery 3.6; facts 2.34 for the key).

    `kind` is payment, void, change or question. `key` are the entries that together tell one
    delivery from every other. `voids` names the operation whose receipt a void takes back,
    `receipt` the variable that takes its number, `subject` whose data a change is about, `answer`
    the mapping that reads the answer to a question.
    """

    kind: str
    key: tuple[Entry, ...]
    amount: Entry | None
    currency: str
    voids: Scalar | None
    receipt: Scalar | None
    subject: Entry | None
    answer: Scalar | None
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """The correspondence of two layouts, in one direction.

    `places` are the keys below `fields` by record, and "" for `fields` itself; `broken` the
    record and field of entries that cannot be read.
    """

    name: str
    version: str
    nest: tuple[Nest, ...]
    targets: tuple[Target, ...]
    span: Span
    places: Table[str, Span] = field(default_factory=dict)
    broken: frozenset[tuple[str, str]] = frozenset()
    decisions: Table[str, DecisionUse] = field(default_factory=dict)
    delivery: Delivery | None = None
