"""The rows of a spec table: one field each, with what the table leaves open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from crosswalk.importing.grid import Grid
from crosswalk.importing.headers import Columns
from crosswalk.importing.spec_types import Declared, declared

NOTHING = frozenset(
    ("", "-", "--", "n/a", "na", "none", "n.a.", "\u2013", "\u2014", "tbd", "?", "*")
)
"""Cells that say nothing."""

_YES = frozenset({"y", "yes", "true", "x", "1", "m", "r", "required", "mandatory", "must", "✓"})
_NO = frozenset({"n", "no", "false", "0", "o", "optional", "", "-", "not required"})
_ALWAYS = re.compile(
    r"(?:n/?a\b)?[\s\-\u2013:.]*"
    r"(?:always|constant|fixed value|hard ?coded(?: as| to)?|map to)[\s:=]*"
    r"[\"'\u201c\u2018]([^\"'\u201d\u2019]*)[\"'\u201d\u2019][\s.]*",
    re.IGNORECASE,
)
_SPAN = re.compile(r"(\d+)\s*(?:-|\u2013|\u2014|to|\.\.|:)\s*(\d+)", re.IGNORECASE)
_CHARACTERS = re.compile(r"(?:max\.?|up to)?\s*(\d+)\s*(?:char\w*|digits|bytes)?\.?", re.IGNORECASE)
_RULE = re.compile(
    r"\b(?:strip|remove|append|add|concat\w*|join|combine|split|if|when|only|unless|blank for"
    r"|skip\w*|map to|convert|default|hyphen|follow\w*|must|calculated?|sum|total of|otherwise"
    r"|except|first|last|always|for payments?|round\w*|truncat\w*|pad\w*|replace\w*|invert\w*"
    r"|extra space|limit|n/a)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table. `line` counts from 1; None says that the table does not tell.

    `start` counts from 1. `rule` is the description where it seems to say more than what the
    field means, so that a person must read it; `how` are the words of an exported table. `doubts`
    are about the row itself.
    """

    line: int
    id: str
    name: str
    record: str
    partner: str
    required: bool | None
    in_file: bool | None
    declared: Declared
    length: int | None
    start: int | None
    width: int | None
    always: str | None
    values: str
    description: str
    how: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """How a layout calls the field: its id, or its name."""
        return self.id or self.name

    @property
    def rule(self) -> str:
        """Give the description when it reads like a rule."""
        return self.description if _RULE.search(self.description) else ""


@dataclass(slots=True)
class Spec:
    """The rows of a table in order, and the lines that could not be used, with the reason."""

    rows: list[Row]
    odd: list[str] = field(default_factory=list)
    columns: Columns | None = None

    def records(self) -> dict[str, list[Row]]:
        """Give the rows by record, in the order in which the records first stand."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.record, []).append(row)
        return found


def read_spec(table: Grid, columns: Columns) -> Spec:
    """Read the rows below the header. Titles over several columns name the record below them."""
    spec = Spec([], list(table.odd), columns)
    section = ""
    header = table.rows[columns.first]
    for line, cells in list(zip(table.lines, table.rows, strict=True))[columns.first + 1 :]:
        filled = {cell for cell in cells if cell}
        if not filled or cells == header:
            continue
        if _is_title(cells, columns):
            section = next(iter(filled))
            continue
        row = _row(line, cells, columns, section)
        if row.key or row.partner:
            spec.rows.append(row)
        else:
            spec.odd.append(f"row {line} names no field: {' | '.join(filter(None, cells))}")
    _shift_to_one(spec)
    return spec


def _is_title(cells: Sequence[str], columns: Columns) -> bool:
    """Tell a heading inside the table: one text alone in its row, or over all its columns."""
    filled = [cell for cell in cells if cell]
    if len(set(filled)) > 1:
        return False
    if len(filled) > 1:
        return True
    return cells[0] != "" and not (columns.cell(cells, "field") or columns.cell(cells, "partner"))


def _row(line: int, cells: Sequence[str], columns: Columns, section: str) -> Row:
    def cell(role: str) -> str:
        text = columns.cell(cells, role)
        return "" if text.casefold() in NOTHING else text

    doubts: list[str] = []
    notes = [cells[at] for at in columns.places.get("description", ())]
    length, decimals = _size(cell("length"), cell("decimals"), doubts)
    start, width = _place(cell("start"), cell("end"), cell("position"), length, doubts)
    always = cell("always") or None
    if always is None:
        always = next((found[1] for one in notes if (found := _ALWAYS.fullmatch(one))), None)
    return Row(
        line=line,
        id=cell("id"),
        name=cell("field"),
        record=cell("record") or section,
        partner=cell("partner"),
        required=_required(columns, cells, doubts),
        in_file=_yes_or_no(columns, cells, "in file", doubts),
        declared=declared(cell("type"), cell("format"), decimals),
        length=length,
        start=start,
        width=width,
        always=always,
        values=cell("values"),
        description="; ".join(dict.fromkeys(one for one in notes if one.casefold() not in NOTHING)),
        how=cell("how"),
        doubts=tuple(doubts),
    )


def _required(columns: Columns, cells: Sequence[str], doubts: list[str]) -> bool | None:
    if "required" in columns.places:
        return _yes_or_no(columns, cells, "required", doubts)
    optional = _yes_or_no(columns, cells, "optional", doubts)
    return None if optional is None else not optional


def _yes_or_no(columns: Columns, cells: Sequence[str], role: str, doubts: list[str]) -> bool | None:
    if role not in columns.places:
        return None
    said = columns.cell(cells, role)
    plain = said.casefold().rstrip(".")
    if role != "required" and plain in ("", "-"):
        return None
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    doubts.append(f"the table says '{said}' of {role}")
    return None


def _size(length: str, decimals: str, doubts: list[str]) -> tuple[int | None, str]:
    """Read a length, also one with decimals: `8,2`."""
    if not length:
        return None, decimals
    if length.isdecimal():
        return int(length) or None, decimals
    found = re.fullmatch(r"(\d+)\s*[,.v]\s*(\d+)", length, re.IGNORECASE)
    if found:
        return int(found[1]), found[2]
    words = _CHARACTERS.fullmatch(length)
    if words:
        return int(words[1]), decimals
    doubts.append(f"the table says '{length}' of the length")
    return None, decimals


def _place(
    start: str, end: str, position: str, length: int | None, doubts: list[str]
) -> tuple[int | None, int | None]:
    """Read where a field stands in a line: start and width."""
    if found := _SPAN.fullmatch(position or start):
        start, end = found[1], found[2]
    elif position.isdecimal() and not start:
        start = position
    if not start.isdecimal():
        return None, length
    first = int(start)
    if not end.isdecimal():
        return first, length
    width = int(end) - first + 1
    if length is not None and width != length:
        doubts.append(f"from {first} to {end} are {width} characters, the length says {length}")
    return first, width


def _shift_to_one(spec: Spec) -> None:
    """Count positions from 1 where the table counts from 0."""
    if any(row.start == 0 for row in spec.rows):
        spec.rows = [
            replace(row, start=row.start + 1) if row.start is not None else row for row in spec.rows
        ]
        spec.odd.append("positions begin at 0 in the table; they are written from 1")
