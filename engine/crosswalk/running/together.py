"""Runs of records with equal keys in a nested source, and damage at their edges.

A line that cannot be read may be one of the run before it or of the one after it, so it costs both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from crosswalk.model.records import Damage, Instance, Issue, Rejected
from crosswalk.running.occurrences import damage_of
from crosswalk.values.codecs import Value

Key = Callable[[Instance], list[Value]]
"""From a record to the values that tell which records belong together. Raises Rejected."""


@dataclass(slots=True)
class Together:
    """Records that make one unit, and why they cannot be written, if they cannot."""

    members: list[Instance] = field(default_factory=list)
    cause: Damage | Issue | None = None


class Runs:
    """Cuts the records of a file into runs of equal keys."""

    def __init__(self, key: Key) -> None:
        """Cut where this key changes."""
        self.key = key
        self.open = Together()
        self.last: list[Value] = []
        self.edge: Damage | None = None

    def add(self, item: Instance) -> Iterator[Together]:
        """Take the next record; gives the run before it when that is complete."""
        try:
            key = self.key(item)
        except Rejected as rejected:
            self.hurt(damage_of(rejected.issue))
            yield from self.end()
            yield Together([item], rejected.issue)
            return
        if not self.open.members or key != self.last:
            yield from self.end()
            self.open = Together([], self.edge)
        self.open.members.append(item)
        self.last, self.edge = key, None

    def hurt(self, damage: Damage) -> None:
        """Take note of a damaged line: the run before it and the one after it are not whole."""
        self.edge = damage
        self.open.cause = self.open.cause or damage

    def end(self) -> Iterator[Together]:
        """Give the run that is open."""
        if self.open.members:
            yield self.open
        self.open = Together()
