"""What a run accounts for: what was read, written, rejected, left out, and held back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from crosswalk.model.controls import Tally
from crosswalk.model.records import Issue


@dataclass(frozen=True, slots=True)
class Reject:
    """Source records that were not written, and why: an issue, and how many records it cost.

    `lines` are the physical lines of the records; `amounts` the control amounts of the unit by
    `Record.Field`, None where one cannot be read.
    """

    issue: Issue
    lines: tuple[int, ...]
    amounts: dict[str, Decimal | None] = field(default_factory=dict)


@dataclass(slots=True)
class Summary:
    """What a run did. Counts are of source records and of target units; amounts are exact.

    `unmapped` are those of the records left out that no entry uses, by the name of their type.
    """

    read: int = 0
    written: int = 0
    rejected: int = 0
    left_out: int = 0
    unmapped: dict[str, int] = field(default_factory=dict)
    units: int = 0
    emitted: int = 0
    rejects: int = 0
    notices: int = 0
    replayed: int = 0
    tally: Tally = field(default_factory=Tally)
    rejected_amounts: dict[str, Decimal] = field(default_factory=dict)
    unreadable_amounts: dict[str, int] = field(default_factory=dict)
    control_problems: list[str] = field(default_factory=list)
    unverified_totals: list[str] = field(default_factory=list)
    compiled: str = ""

    def wrote(self, count: int, idle: Mapping[str, int]) -> None:
        """Count records as written, and the idle among them, which no entry uses, as left out."""
        for name, number in idle.items():
            self.unmapped[name] = self.unmapped.get(name, 0) + number
            self.left_out += number
            count -= number
        self.written += count

    def adds_up(self) -> bool:
        """Tell whether read = written + rejected + left out, and all units' text went out."""
        records = self.written + self.rejected + self.left_out
        return self.read == records and self.units == self.emitted


@dataclass(frozen=True, slots=True)
class Held:
    """What a run holds back: hashes of target values, and of group keys, that are not unique."""

    values: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()

    def within(self, other: "Held") -> bool:
        """Tell whether all of it is held by the other already."""
        return self.values <= other.values and self.groups <= other.groups
