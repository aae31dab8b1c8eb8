"""Which value of a line belongs to which field: by the header line, or by position."""

from collections.abc import Callable
from dataclasses import dataclass

from crosswalk.findings.errors import FormatProblem
from crosswalk.findings.suggest import closest
from crosswalk.model.layout import Field, Layout, Record
from crosswalk.model.records import Cell
from crosswalk.values.codecs import Missing


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one record type.

    `places` has, for each field, the place of its value in the line, or None when the file does
    not have the column. A line must hold `least` to `most` values (`most` None: any number).
    """

    record: Record
    places: tuple[int | None, ...]
    least: int
    most: int | None

    @property
    def count(self) -> int | None:
        """How many values every line holds, if that is one number and each is a field in order."""
        straight = self.places == tuple(range(self.least))
        return self.least if straight and self.most == self.least else None

    def fits(self, count: int) -> bool:
        """Tell whether a line may hold so many values."""
        return self.least <= count and (self.most is None or count <= self.most)

    def expected(self) -> str:
        """Say how many values are expected: `36`, `3 to 5` or `at least 3`."""
        if self.most is None:
            return f"at least {self.least}"
        return str(self.least) if self.most == self.least else f"{self.least} to {self.most}"

    def field_at(self, place: int) -> str | None:
        """Name the field whose value has this place in the line."""
        return next(
            (
                field.key
                for field, at in zip(self.record.fields, self.places, strict=True)
                if at == place
            ),
            None,
        )


def column_name(field: Field) -> str:
    """Give the name a field's column has in a header line that we write."""
    return field.name if field.column is None else field.column


def by_position(record: Record, layout: Layout) -> Columns:
    """Give the columns of a record in a file without header.

    Fields at the end whose missing value is allowed (`missing: empty`) may be left out.
    """
    fields = record.fields
    must = [field.position for field in fields if field.on_missing != "empty"]
    least = max(must, default=0) + 1
    most = None if layout.file.extra_columns == "ignore" else len(fields)
    return Columns(record, tuple(range(len(fields))), least, most)


def by_header(names: list[str], line: int, layout: Layout, record: Record) -> Columns:
    """Give the columns of a record that a header line names.

    Raises FormatProblem: a name twice (CW612), a name the layout does not have (CW610), a column
    the file does not have although its value may not be missing (CW611). A message shows a name
    of the file only next to the name it was probably meant to be: a file without header has a
    customer's data there.
    """
    known = _names(record)
    trimmed = [name.strip() for name in names]
    places: dict[int, int] = {}
    unknown = [name for name in trimmed if name not in known]
    for at, name in enumerate(trimmed):
        position = known.get(name)
        if position is not None and places.setdefault(position, at) != at:
            raise FormatProblem("CW612", f"the header names column '{name}' twice", line=line)
    if unknown and (layout.file.extra_columns != "ignore" or not places):
        raise _unknown(unknown, known, line, header=bool(places))
    _refuse_missing(record, places, line)
    found = tuple(places.get(field.position) for field in record.fields)
    return Columns(record, found, len(names), len(names))


def _names(record: Record) -> dict[str, int]:
    """Give the position of the field each header name stands for; a key yields to a name.

    Blanks around a name do not count, so that a column without a name is `column: ""`.
    """
    names = {field.key: field.position for field in record.fields if field.column is None}
    names |= {column_name(field).strip(): field.position for field in record.fields}
    return names


def _unknown(names: list[str], known: dict[str, int], line: int, *, header: bool) -> FormatProblem:
    if not header:
        return FormatProblem(
            "CW609",
            "the header line names no column of the layout",
            line=line,
            help="is the header missing? then say header: false; or check the delimiter",
        )
    for name in names:
        near = closest(name, known)
        if near:
            message = f"the header has an unknown column '{name}'"
            return FormatProblem("CW610", message, line=line, help=f"did you mean '{near}'?")
    return FormatProblem(
        "CW610",
        f"the header has {_columns(len(names))} that the layout does not know: {_shown(names)}",
        line=line,
        help="add them to the layout, or say extra_columns: ignore",
    )


def _columns(count: int) -> str:
    return "a column" if count == 1 else f"{count} columns"


def _shown(names: list[str]) -> str:
    shown = [f"'{name[:40]}'" if name else 'one without a name (column: "")' for name in names[:5]]
    return ", ".join(shown)


def _refuse_missing(record: Record, places: dict[int, int], line: int) -> None:
    for field in record.fields:
        if field.position not in places and field.on_missing != "empty":
            raise FormatProblem(
                "CW611",
                f"the header lacks column '{column_name(field)}' of field {field.key}",
                line=line,
                help="add it to the file, or say missing: empty for this field",
            )


def arranger(columns: Columns) -> Callable[[list[str]], list[Cell]]:
    """Build the function that puts the values of a line in field order; MISSING where absent.

    The list may be the one it was given. The number of values was checked before.
    """
    places, fields = columns.places, len(columns.places)
    missing: list[Cell] = [Missing.MISSING] * fields

    def straight(values: list[str]) -> list[Cell]:
        cells: list[Cell] = values[:fields]  # type: ignore[assignment]
        return cells if len(values) >= fields else cells + missing[len(values) :]

    def picked(values: list[str]) -> list[Cell]:
        return [Missing.MISSING if at is None else values[at] for at in places]

    return straight if places == tuple(range(fields)) else picked
