"""What flows at run time: physical rows, nested record instances, and what could not be read."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from crosswalk.layout import Branch
from crosswalk.values import Missing

Cell = str | int | Decimal | bool | date | time | datetime | Missing | None
"""One field as the format read it: text in text forms, the scalar in JSON forms."""


class Row(NamedTuple):
    """One physical record of a text form: its lines (from 1), its record's ordinal, its cells."""

    line: int
    end_line: int
    ordinal: int
    cells: list[Cell]


class Damage(NamedTuple):
    """One physical record that cannot be read; it costs itself and no neighbour."""

    line: int
    end_line: int
    code: str
    reason: str
    text: str
    field: str | None = None


@dataclass(slots=True)
class Instance:
    """One occurrence of a branch: its own cells (None for a group) and its children by branch."""

    branch: Branch
    line: int
    cells: list[Cell] | None
    children: list[list["Instance"]] = field(default_factory=list)
