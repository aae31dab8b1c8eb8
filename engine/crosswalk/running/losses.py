"""What damage costs: the smallest group, what takes values from it, or the file.

1. A damaged line costs the smallest group it can belong to. A record that stands alone in the file
   is a group of its own.
2. A unit is lost as a whole: what is made of several records is never made of some of them.
3. Where records take values from what is lost, they are lost as well, with all that is in their
   group; what the whole file takes values from, and what it must have once, costs the file.
"""

from collections.abc import Iterator

from crosswalk.findings.errors import FormatProblem
from crosswalk.model.layout import Branch, branches, is_line
from crosswalk.model.records import Damage, Instance
from crosswalk.planning import plan as p
from crosswalk.running.unreadable import used_fields

CUT_OFF = "it may be cut off; a record that may be left out has a ? in the structure"

TORN = "the whole file is about this record: ask the partner for the file again"


class Losses:
    """Tells what is lost with what is damaged, for the units and the lookups of a plan."""

    def __init__(self, plan: p.Plan) -> None:
        """Tell it for this plan."""
        self.root = root = plan.source.root
        node = None if plan.unit is None else plan.root.children[plan.unit]
        self.keyed = node is not None and bool(node.keys)
        way = [root]
        for index in node.path.downs if node is not None and node.path is not None else ():
            way.append(way[-1].children[index])
        self.unit = way[-1]
        self.inner = {id(one) for one in (self.unit, *branches(self.unit))}
        self.around = {id(one) for one in way}
        used = used_fields(plan.root)
        self.used = {
            id(one)
            for one in branches(root)
            if any(below.record and below.record.name in used for below in (one, *branches(one)))
        }

    def spread(self, one: Instance) -> dict[str, Damage]:
        """Let the damage in an occurrence spoil all that it costs in it.

        Gives the damages that may be those of a branch, by its name.
        """
        may: dict[str, Damage] = {}
        for child in (child for group in one.children for child in group):
            may |= self.spread(child)
            if child.damages and self.reaches(child.branch, one.branch):
                self.spoil(one, child.damages[0])
        may |= {name: damage for damage in one.damages for name in damage.may}
        for branch in one.branch.children:
            if branch.name in may and self.shared(branch):
                self.spoil(one, may[branch.name])
        return may

    def spoil(self, one: Instance, damage: Damage) -> None:
        """Make an occurrence unusable because of what is wrong in it."""
        if not one.damages:
            one.damages = (damage._replace(records=0),)

    def reaches(self, lost: Branch, around: Branch) -> bool:
        """Tell whether what is lost costs the occurrence around it."""
        alone = is_line(lost) or (self.keyed and lost is self.unit)
        return id(around) in self.inner or alone or self.shared(lost)

    def shared(self, branch: Branch) -> bool:
        """Tell whether units take values from a branch that they do not stand in."""
        beside = id(branch) not in self.around and id(branch) not in self.inner
        return beside and id(branch) in self.used

    def refuse(self, branch: Branch, damage: Damage) -> None:
        """Refuse a file whose own record is lost. Raises FormatProblem."""
        if (branch.least, branch.most) == (1, 1):
            reason = damage.reason
            if damage.records or damage.code not in ("CW630", "CW632"):
                reason = f"{branch.name} cannot be read: {reason}"
            raise FormatProblem("CW631", reason, line=damage.line, help=TORN)
        if self.shared(branch) or (self.unit is self.root and id(branch) in self.used):
            self.share(branch, damage)

    def share(self, branch: Branch, damage: Damage) -> None:
        """Refuse a file in which all records take values from what is lost."""
        reason = f"{branch.name} is not whole, and all records take values from it"
        raise FormatProblem("CW638", f"{reason}: {damage.reason}", line=damage.line, help=TORN)

    def top(self, item: Instance) -> list[Instance]:
        """Give what is lost in a top-level occurrence, which may be itself.

        Raises FormatProblem when that costs the file.
        """
        may = self.spread(item)
        if item.damages:
            self.refuse(item.branch, item.damages[0])
        self.stray(may)
        return [item] if item.damages else list(_lost(item))

    def line(self, damage: Damage) -> None:
        """Judge a line outside of all records. Raises FormatProblem when it costs the file."""
        known = [branch for branch in self.root.children if branch.name in damage.may]
        if len(damage.may) == 1:
            self.refuse(known[0], damage)
        self.stray(dict.fromkeys(damage.may, damage))

    def stray(self, may: dict[str, Damage]) -> None:
        """Refuse a file in which a line may be one that all records need. Raises FormatProblem."""
        for branch in self.root.children:
            if branch.name in may and self.shared(branch):
                self.share(branch, may[branch.name])

    def sound(self, lost: Instance) -> list[Instance]:
        """Give the units that are lost although they are whole."""
        if lost.branch is self.unit:
            return [] if lost.damages else [lost]
        return [unit for group in lost.children for one in group for unit in self.sound(one)]


def _lost(one: Instance) -> Iterator[Instance]:
    """Give the topmost occurrences that are lost in one that is not."""
    for group in one.children:
        for child in group:
            if child.damages:
                yield child
            else:
                yield from _lost(child)


def prune(lost: Instance) -> None:
    """Take what is lost out of the occurrence around it."""
    if lost.parent is not None:
        for group in lost.parent.children:
            group[:] = [one for one in group if one is not lost]


def causes_of(lost: Instance) -> list[Damage]:
    """Give all that is wrong in an occurrence, each thing once, in the order of the lines."""
    found: dict[tuple[int, str, str], Damage] = {}
    for one in _damages(lost):
        key = (one.line, one.code, one.reason)
        if one.records or key not in found:
            found[key] = one
    return sorted(found.values(), key=lambda one: one.line)


def _damages(one: Instance) -> Iterator[Damage]:
    yield from one.damages
    for group in one.children:
        for child in group:
            yield from _damages(child)
