"""Where a mapping stands in the source tree, and how it finds a field from there."""

from dataclasses import dataclass, field

from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.model.layout import Branch, Field, Layout, Record
from crosswalk.planning.plan import Path, Slot


@dataclass(frozen=True, slots=True)
class Scope:
    """A source branch in whose occurrences values are looked up; `grouped`: several at once."""

    branch: Branch
    grouped: bool = False


@dataclass(slots=True)
class Tree:
    """The source layout, indexed for finding ways and fields."""

    layout: Layout
    parents: dict[str, Branch] = field(default_factory=dict)
    branches: dict[str, Branch] = field(default_factory=dict)
    homes: dict[str, Branch] = field(default_factory=dict)
    fields: dict[str, list[tuple[Record, Field]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index(self.layout.root)
        for record in self.layout.records:
            for one in record.fields:
                for alias in dict.fromkeys((one.key, one.name)):
                    self.fields.setdefault(alias, []).append((record, one))
                    self.fields.setdefault(f"{record.name}.{alias}", []).append((record, one))

    def _index(self, branch: Branch) -> None:
        self.branches[branch.name] = branch
        if branch.record is not None:
            self.homes[branch.record.name] = branch
        for child in branch.children:
            self.parents[child.name] = branch
            self._index(child)

    def lineage(self, branch: Branch) -> list[Branch]:
        """Give the branch and all above it, up to the root."""
        line = [branch]
        while line[-1].name in self.parents:
            line.append(self.parents[line[-1].name])
        return line

    def path(self, start: Branch, goal: Branch) -> Path:
        """Give the way from one branch to another."""
        up, down = self.lineage(start), self.lineage(goal)
        ups = next(i for i, branch in enumerate(up) if branch in down)
        steps = down[: down.index(up[ups])]
        downs = tuple(
            self.parents[branch.name].children.index(branch) for branch in reversed(steps)
        )
        return Path(ups, downs, any(branch.most is None for branch in steps))

    def comes_later(self, branch: Branch, path: Path) -> bool:
        """Tell whether a way leads to a record of the file that stands after a branch."""
        line = self.lineage(branch)
        whole = path.ups == len(line) - 1 and path.downs and len(line) > 1
        if not whole:
            return False
        own, other = self.layout.root.children.index(line[-2]), path.downs[0]
        return other != own if self.layout.root.any_order else other > own

    def slot(self, name: str, scope: Scope, span: Span) -> Slot | Diagnostic:
        """Find a field by `Field`, `Record.Field`, id or name; several candidates are an error.

        Where one of the records that have the field is nearest (on the way from the scope to
        the root), that one is meant.
        """
        found = self.fields.get(name, [])
        if not found:
            return self._unknown(name, span)
        ways = [
            (self.path(scope.branch, self.homes[record.name]), record, one) for record, one in found
        ]
        if len(ways) > 1:
            ways = [way for way in ways if not way[0].downs] or ways
            nearest = min(way[0].ups for way in ways)
            ways = [way for way in ways if way[0].ups == nearest]
        if len(ways) > 1:
            where = " and ".join(f"{record.name}.{name}" for _, record, _ in ways)
            message = f"'{name}' is a field of several records"
            return Diagnostic("CW303", message, span, help=f"say which: {where}")
        path, record, one = ways[0]
        return Slot(path, record, one, span)

    def _unknown(self, name: str, span: Span) -> Diagnostic:
        near = closest(name, self.fields)
        remedy = f"did you mean '{near}'?" if near else f"see the fields of {self.layout.name}"
        if name.removeprefix("-").replace(".", "", 1).isdigit():
            remedy = f"a constant is written {{value: {name}}}"
        message = f"no field of {self.layout.name} is called '{name}'"
        return Diagnostic("CW304", message, span, help=remedy)


def is_many(slot: Slot, scope: Scope) -> bool:
    """Tell whether the slot can mean several records in this scope."""
    return slot.path.many or (scope.grouped and slot.path.ups == 0)
