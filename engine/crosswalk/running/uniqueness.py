"""What a run has met that must be unique: target values that are `distinct`, and groups."""

from array import array
from dataclasses import dataclass, field

from crosswalk.running.accounts import Held

_BUCKETS = 8
"""Collisions are looked for in this many passes, so that few hashes are in a table at once."""


def _hashes() -> "array[int]":
    return array("q")


@dataclass(slots=True)
class Met:
    """Hashes in file order: of target values with those of their sources, and of groups' keys."""

    targets: "array[int]" = field(default_factory=_hashes)
    sources: "array[int]" = field(default_factory=_hashes)
    groups: "array[int]" = field(default_factory=_hashes)

    def extend(self, other: "Met") -> None:
        """Add what another part of the input has met."""
        self.targets.extend(other.targets)
        self.sources.extend(other.sources)
        self.groups.extend(other.groups)

    def collisions(self) -> Held:
        """Find target values that two different source values became, and groups met twice."""
        found: set[int] = set()
        apart: set[int] = set()
        for bucket in range(_BUCKETS):
            values: dict[int, int] = {}
            for target, source in zip(self.targets, self.sources, strict=True):
                if target % _BUCKETS == bucket and values.setdefault(target, source) != source:
                    found.add(target)
            seen: set[int] = set()
            for key in self.groups:
                if key % _BUCKETS == bucket:
                    if key in seen:
                        apart.add(key)
                    seen.add(key)
        return Held(frozenset(found), frozenset(apart))
