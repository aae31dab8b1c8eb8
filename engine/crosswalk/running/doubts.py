"""What damage may hide from control totals: lines that may be records, values nobody can read."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import chain

from crosswalk.model.layout import Branch, Control, branches
from crosswalk.model.records import Damage, Instance

MANY = 1 << 60
"""More records than a file can lack."""

Unread = Mapping[int, Damage]
"""Records in which a value that totals need cannot be read, by their identity."""


class Doubts:
    """What may be missing in counts and sums, and why.

    `lines` says how many occurrences of a branch may not be counted, `values` of which record a
    counted one has values that cannot be read.
    """

    def __init__(self, named: Mapping[str, Branch]) -> None:
        """Doubt nothing yet; `named` are the branches of the source."""
        self.named = named
        self.lines: dict[str, tuple[int, Damage]] = {}
        self.values: dict[str, Damage] = {}

    def line(self, damage: Damage) -> None:
        """Doubt the counts of all that an unknown line (or element) may be, or hold."""
        for name in damage.may:
            self.hide(self.named[name], 1, damage)

    def hide(self, top: Branch, count: int, damage: Damage) -> None:
        """Doubt the count of a branch, and those of all below it."""
        for one, least in ((top, count), *((below, MANY) for below in branches(top))):
            before, first = self.lines.get(one.name, (0, damage))
            self.lines[one.name] = (before + least, first)

    def add(self, item: Instance, unread: Unread) -> None:
        """Doubt what the damage in an occurrence may hide."""
        if id(item) in unread:
            self.values[item.branch.name] = unread[id(item)]
        elif item.cells is None and item.branch.record is not None:
            self.values[item.branch.name] = item.damages[-1]
        for damage in item.damages:
            if damage.records:
                self.line(damage)
            elif damage.code in ("CW630", "CW632"):
                for branch in item.branch.children:
                    self.hide(branch, MANY, damage)
        for child in chain.from_iterable(item.children):
            self.add(child, unread)

    def settle(self, control: Control) -> None:
        """Doubt no longer what an agreed count has counted."""
        if control.count and not control.sum and not control.less and control.where is None:
            for name in control.count:
                self.lines.pop(name, None)

    def explain(self, control: Control, missing: Decimal | int) -> Damage | None:
        """Give the damage that explains why a total is `missing` more than what was counted."""
        sums = {name.partition(".")[0] for name in (*control.sum, *control.less)}
        read = sums | set(control.count if control.where is not None else ())
        unread = [self.values[name] for name in sorted(read) if name in self.values]
        found = [self.lines[name] for name in (*control.count, *sorted(sums)) if name in self.lines]
        if unread or not found:
            return unread[0] if unread else None
        most = sum(count for count, _ in found)
        fits = sums or control.modulo is not None or 0 <= missing <= most
        return found[0][1] if fits else None
