"""One side of a mapping: its records, their fields and nesting, and the file they stand in."""

from dataclasses import dataclass

from crosswalk.diagnostics import Span
from crosswalk.values import Codec, Value


@dataclass(frozen=True, slots=True)
class Control:
    """A control total: what the field must equal, over the smallest group that holds its record.

    `count` names branches or records to count, `sum` names `Record.Field` amounts to add up.
    """

    count: tuple[str, ...] = ()
    sum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: type, text form and the policies for values that are not there.

    `key` is how the layout names it (a FileSpecID or a name), `name` what it is called in JSON,
    `position` its place among the record's fields (0-based). Policies are one of "reject",
    "empty", "keep", "cut".
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


@dataclass(frozen=True, slots=True)
class Record:
    """A record type: its fields in file order. `ordinal` is its place among the layout's records."""

    name: str
    ordinal: int
    fields: tuple[Field, ...]
    span: Span
    path: str | None = None

    @property
    def tags(self) -> tuple[Field, ...]:
        """The fields that tell this record type from the others."""
        return tuple(field for field in self.fields if field.tag)


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the structure: a record, a group of branches, or a record with branches below it.

    `least` is 0 or 1; `most` is 1 or None (no limit).
    """

    name: str
    record: Record | None
    least: int
    most: int | None
    children: tuple["Branch", ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """The physical form of a layout."""

    form: str = "json-lines"
    name: str | None = None
    delimiter: str = ","
    quote: str = "needed"
    quote_char: str = '"'
    escape: str = "doubled"
    header: bool = False
    encoding: str = "utf-8"
    bom: bool = False
    newline: str = "lf"
    record_end: str | None = None
    skip_lines: int = 0
    skip_blank: bool = False
    comment: str | None = None
    extra_columns: str = "reject"


@dataclass(frozen=True, slots=True)
class Layout:
    """One side: `root` holds the top-level branches, `records` every record type in document order."""

    name: str
    version: str
    file: File
    root: Branch
    records: tuple[Record, ...]
    span: Span
