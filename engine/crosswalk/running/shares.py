"""What each output file of a run holds: one file, or one for each value of a field (`file: per`).

A unit goes to the share whose key is the text of that field as it stands in the unit. Head, tail
and control totals are each file's own. Source: facts 2.2.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from crosswalk.model.controls import Tally
from crosswalk.model.layout import Layout
from crosswalk.model.records import Instance
from crosswalk.running.emit import Emitter
from crosswalk.running.occurrences import below

Sink = Callable[[bytes], None]


class Places(Protocol):
    """Where the files of a target that has several are to go."""

    def name(self, key: str) -> str:
        """Give the name of the file for a key. Raises Problem when it cannot be one."""

    def open(self, key: str) -> Sink:
        """Begin the body of that file. Raises FormatProblem."""


@dataclass(slots=True)
class Share:
    """One output file: its units' text as far as it is not written out yet, and its totals.

    `root` holds the records of the file besides the units, once the run is settled.
    """

    key: str
    emitter: Emitter
    tally: Tally
    root: Instance
    pieces: list[str] = field(default_factory=list)
    units: int = 0
    sink: Sink | None = None


class Shares:
    """The shares of one run, by their keys."""

    def __init__(self, target: Layout, places: Places | None) -> None:
        """Begin; without `places` the bodies of all files go to one sink."""
        self.target, self.places = target, places
        self.several = target.per is not None
        self._made: dict[str, Share] = {}

    def __iter__(self) -> Iterator[Share]:
        """Give the shares in the order in which they were met."""
        return iter(self._made.values())

    def of(self, key: str) -> Share:
        """Give the share of a key. Raises Problem when its file cannot have a name."""
        found = self._made.get(key)
        if found is None:
            if self.places is not None:
                self.places.name(key)
            root = Instance(self.target.root, 0, None)
            found = self._made[key] = Share(key, Emitter(self.target), Tally(), root)
        return found

    def of_made(self, made: Instance) -> Share:
        """Give the share that a made unit belongs to."""
        per = self.target.per
        if per is None:
            return self.of("")
        one = next(below(made, per[0]))
        return self.of(str((one.cells or [])[per[1]]))

    def write_out(self, body: Sink) -> int:
        """Write out the text that is waiting; give of how many units it was."""
        count = 0
        for share in self:
            if share.pieces or not self.several:
                if share.sink is None:
                    share.sink = self.places.open(share.key) if self.places else body
                share.sink(share.emitter.encode("".join(share.pieces)))
                count += len(share.pieces)
                share.units += len(share.pieces)
                share.pieces.clear()
        return count

    def written(self) -> list[Share]:
        """Give the shares that have a file: in a target with several, those that have units."""
        return [share for share in self if share.units or not self.several]
