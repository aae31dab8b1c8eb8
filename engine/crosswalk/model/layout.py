"""One side of a mapping: its records, their fields and nesting, and the file they stand in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

from crosswalk.findings.diagnostics import Span
from crosswalk.language.conditions import Condition
from crosswalk.values.spelling import Codec, Value

NOWHERE = Span("", 1, 1, 1, 1)
"""The place of what no document says."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control total: what the field must equal, over the smallest group that holds its record.

    `count` names branches or records to count, `sum` names `Record.Field` amounts to add up,
    `less` those to take away. `where` says which records of each name it is about, `modulo` what
    the total is cut down by, `blocks_of` how many make a block of which the blocks are counted.
    """

    count: tuple[str, ...] = ()
    sum: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    modulo: int | None = None
    blocks_of: int | None = None
    where: Condition | None = None
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Check:
    """A law of one record: where `when` holds, `expect` must hold; else reject or report."""

    name: str
    record: str
    when: Condition | None
    expect: Condition
    reject: bool
    because: str
    span: Span


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: type, text form and the policies for values that are not there.

    `start` (from 1), `width`, `align` and `pad` are the place and padding in a fixed-width
    record; `usage` is how a number of `digits` stands there in bytes (`values.stored`), `counted`
    the encoding in whose bytes `length` counts; `component` is the place (from 1) inside a
    composite element; `rest` takes all that is left of the line; `number` is no column but the
    number of its group in the line. `key` is how the layout names it (a FileSpecID or a name),
    `name` what it is called in JSON, `position` its place among the record's fields (0-based).
    Policies are "reject", "empty", "keep", "cut".
    """

    key: str
    name: str
    position: int
    codec: Codec
    span: Span
    description: str = ""
    required: bool = False
    always: str | None = None
    tag: bool = False
    values: tuple[str, ...] = ()
    length: int | None = None
    on_missing: str = "reject"
    on_null: str = "reject"
    on_blank: str = "empty"
    on_invalid: str = "reject"
    on_long: str = "reject"
    default: Value = None
    control: Control | None = None
    unique: bool = False
    path: str | None = None
    column: str | None = None
    json: str = "text"
    start: int | None = None
    width: int | None = None
    align: str = "left"
    pad: str = " "
    usage: str | None = None
    digits: int | None = None
    counted: str | None = None
    component: int | None = None
    rest: bool = False
    number: bool = False
    markup: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A record type: its fields in file order. `ordinal` is its place among the records.

    `bare`: in JSON, one of them may stand without the list that several stand in.

    A record `within` another is a group of columns in the lines of that one, which come later in
    `records`: it stands there `times` times (None: to the end of the line), after the field
    `after` (None: after the last), and its columns are numbered from `first`.
    """

    name: str
    ordinal: int
    fields: tuple[Field, ...]
    span: Span
    path: str | None = None
    bare: bool = False
    within: str | None = None
    times: int | None = None
    after: str | None = None
    first: int = 1

    @property
    def tags(self) -> tuple[Field, ...]:
        """The fields that tell this record type from the others."""
        return tuple(field for field in self.fields if field.tag)


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the structure: a record, a group of branches, or a record with branches below it.

    `least` is 0 or 1; `most` is 1 or None (no limit). `any_order`: in a file the branches below may
    come in any order. `one_of`: each occurrence holds one of the branches below, and no other.
    """

    name: str
    record: Record | None
    least: int
    most: int | None
    children: tuple["Branch", ...] = ()
    any_order: bool = False
    one_of: bool = False

    @property
    def either(self) -> str:
        """Name the branches of which each occurrence holds exactly one."""
        return " or ".join(child.name for child in self.children)


def branches(branch: Branch) -> Iterator[Branch]:
    """Give all branches below one, in file order."""
    for child in branch.children:
        yield child
        yield from branches(child)


def first_unmarked(root: Branch) -> tuple[Branch, ...]:
    """Give the records at the beginning of a file that no tag marks: its first lines."""
    return tuple(takewhile(_unmarked, root.children))


def last_unmarked(root: Branch) -> tuple[Branch, ...]:
    """Give the records at the end of a file that no tag marks: its last lines, in file order."""
    return tuple(takewhile(_unmarked, reversed(root.children)))[::-1]


def _unmarked(branch: Branch) -> bool:
    once = (branch.least, branch.most) == (1, 1) and is_line(branch)
    return once and branch.record is not None and not branch.record.tags


def titled(layout: "Layout") -> int:
    """Give the ordinal of the record whose columns a header line names, -1 when it is none.

    It is the only record, or the one that repeats at the top of the structure.
    """
    lines = [one for one in layout.records if one.within is None]
    if len(lines) == 1:
        return lines[0].ordinal
    repeating = [one for one in layout.root.children if one.most is None]
    record = repeating[0].record if len(repeating) == 1 and is_line(repeating[0]) else None
    return -1 if record is None else record.ordinal


def is_line(branch: Branch) -> bool:
    """Tell whether an occurrence of a branch is one line of a text form."""
    return branch.record is not None and all(map(in_line, branch.children))


def in_line(branch: Branch) -> bool:
    """Tell whether a branch is a group of columns in the line of the record above it."""
    return branch.record is not None and branch.record.within is not None


@dataclass(frozen=True, slots=True)
class Continuation:
    """Which lines go on with the record before them, and what stands where they are joined.

    A line continues when it begins with one of `starts`, which is taken off; or, when there are
    none, when it begins with none of `unless`.
    """

    starts: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    joint: str = ""


@dataclass(frozen=True, slots=True)
class Separators:
    """Separators that a file brings along when it begins with `starts`.

    `places` are their places (characters from 1) by the key of the file that they stand for;
    `skip` characters at the beginning are no data.
    """

    starts: str
    places: Mapping[str, int]
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Blocks:
    """Records that stand in blocks of so many: the last one is filled up with records of `fill`."""

    records: int
    fill: str


@dataclass(frozen=True, slots=True)
class File:
    """The physical form of a layout.

    `namespaces` are the URIs of each prefix of an XML layout (`default` for none), `indent` how
    many blanks its elements are indented by when written; 0 writes no line breaks.
    """

    form: str = "json-lines"
    name: str | None = None
    per: str | None = None
    delimiter: str = ","
    quote: str = "needed"
    quote_char: str = '"'
    escape: str = "doubled"
    header: bool = False
    encoding: str = "utf-8"
    bom: bool = False
    newline: str = "lf"
    record_end: str | None = None
    record_start: str | None = None
    skip_lines: int = 0
    skip_blank: bool = False
    comment: str | None = None
    extra_columns: str = "reject"
    multiline: bool = False
    record_length: int | None = None
    positions: str = "characters"
    blocks: Blocks | None = None
    trailing_blanks: str = "required"
    component: str | None = None
    continuation: Continuation | None = None
    from_line: str | None = None
    until_line: str | None = None
    separators: Separators | None = None
    sheet: str | None = None
    namespaces: tuple[tuple[str, tuple[str, ...]], ...] = ()
    indent: int = 0
    doctype: str | None = None
    places: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """One side: `root` holds the top-level branches, `records` every record type in order.

    `per` is the field (name of its record, position) each of whose values gets a file of its own.
    """

    name: str
    version: str
    file: File
    root: Branch
    records: tuple[Record, ...]
    span: Span
    checks: tuple[Check, ...] = ()
    per: tuple[str, int] | None = None
