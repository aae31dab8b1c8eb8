"""What flows at run time: physical rows, nested record instances, and what could not be read."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from crosswalk.findings.diagnostics import Span
from crosswalk.model.layout import Branch
from crosswalk.values.codecs import Missing, Value

Cell = str | int | Decimal | bool | date | time | datetime | Missing | None
"""One field as the format read it: text in text forms, the scalar in JSON forms."""


class Row(NamedTuple):
    """One physical record of a text form: its lines (from 1), its record's ordinal, its cells.

    `others` are the other record types it can be by its tags, each with its cells; the structure
    decides. `below` are the records that stand in its line: their ordinals and cells.
    """

    line: int
    end_line: int
    ordinal: int
    cells: list[Cell]
    others: tuple[tuple[int, list[Cell]], ...] = ()
    below: tuple[tuple[int, list[Cell]], ...] = ()


class Damage(NamedTuple):
    """What is wrong at a place of a file; what it costs, `running.losses` tells.

    `may` names the branches that a line can be a part of; `records` is how many records it is
    itself: 0 for what is told of a record that was read, or of one that is not there. `issue` says
    more about a record that was read and is not what its layout says.
    """

    line: int
    end_line: int
    code: str
    reason: str
    text: str
    field: str | None = None
    may: tuple[str, ...] = ()
    records: int = 1
    issue: "Issue | None" = None


@dataclass(slots=True, eq=False)
class Instance:
    """One occurrence of a branch: its own cells (None for a group) and its children by branch.

    `line` is the first physical line (0 when it is being made, not read), `end` the last one where
    the form knows it, `values` the typed values of an occurrence that is being made, `parent` the
    occurrence that holds this one. `damages` say why it cannot be used; one of a record without
    cells is the damaged line itself.
    """

    branch: Branch
    line: int
    cells: list[Cell] | None
    children: list[list["Instance"]] = field(default_factory=list)
    values: list[Value] | None = None
    parent: "Instance | None" = None
    end: int = 0
    damages: tuple[Damage, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong with one record: enough to find it, understand it and correct it.

    `record`, `field` and `value` are the source's (or the target's when `line` has no one field
    to blame), `target` the field that was to be filled, `rule` the place in the YAML.
    """

    code: str
    reason: str
    line: int
    end_line: int
    record: str = ""
    field: str = ""
    value: str = ""
    target: str = ""
    rule: Span | None = None


class Rejected(Exception):  # noqa: N818
    """A record that cannot be mapped; carries the issue."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.reason)
        self.issue = issue
