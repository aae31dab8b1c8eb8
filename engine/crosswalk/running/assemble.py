"""From physical rows to nested occurrences: the structure of a layout as a reading machine.

What is damaged stays in the tree, at the smallest occurrence it can belong to: a damaged line that
still tells its type as a record without cells, any other line, and what is missing or out of
place, among the `damages` of the occurrence it stands in. What that costs, `losses` tells.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from crosswalk.formats.groups import lines_of
from crosswalk.formats.record_types import recognised
from crosswalk.model.layout import Branch, Layout, branches, in_line, last_unmarked
from crosswalk.model.records import Cell, Damage, Instance, Row
from crosswalk.running.occurrences import wrong_choice


@dataclass(frozen=True, slots=True)
class Torn:
    """A top-level occurrence with damage somewhere in it."""

    instance: Instance


Item = Instance | Torn | Damage
Way = tuple[Branch, ...]
Early = dict[str, tuple[Damage, ...]]
"""What is wrong with occurrences that are about to begin, by the name of their branch."""


def assemble(rows: Iterable[Row | Damage], layout: Layout) -> Iterator[Item]:
    """Give the top-level occurrences of a file in order, and the damaged lines outside of them.

    A layout whose only top-level branch is one repeating record gives one occurrence per row.
    """
    top = layout.root.children
    if len(top) == 1 and top[0].record is not None and not top[0].children:
        for row in rows:
            if isinstance(row, Damage):
                yield row._replace(may=(top[0].name,))
            else:
                yield Instance(top[0], row.line, row.cells)
        return
    yield from _Machine(layout).run(rows)


@dataclass(slots=True)
class _Open:
    """An occurrence that is being read, and the child branch it has come to."""

    instance: Instance
    at: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """A line to be placed: its cells, or the damage of one that only tells its type.

    `below` are the records that stand in it.
    """

    first: int
    last: int
    cells: list[Cell] | None
    damages: tuple[Damage, ...] = ()
    below: tuple[tuple[int, list[Cell]], ...] = ()


class _Machine:
    """Reads rows of several record types by the structure.

    `stack` are the open occurrences from the top-level one down, `unknown` the lines since the last
    row that do not tell their type, `torn` says that something open is damaged, `last` is the line
    that was read last.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.ways = {way[-1].record.ordinal: way for way in _ways(layout.root) if way[-1].record}
        self.groups = lines_of(layout)
        self.root = _Open(Instance(layout.root, 0, None, [[] for _ in layout.root.children]))
        self.stack: list[_Open] = []
        self.unknown: list[Damage] = []
        self.torn = False
        self.last = 0

    def run(self, rows: Iterable[Row | Damage]) -> Iterator[Item]:
        last = [one.record.ordinal for one in last_unmarked(self.layout.root) if one.record]
        for row in rows if not last else _marked(rows, last, self.layout):
            if isinstance(row, Damage):
                yield from self.damage(row)
            else:
                one = self.meant(row)
                yield from self.place(self.ways[one.ordinal], self.line(one))
        torn = self.unknown[-1:]
        yield from self.close(None)
        missing = _missing(self.root)
        if missing:
            reason = f"the file ends without {missing}"
            if torn:
                reason += f"; line {torn[0].line} cannot be read: {torn[0].reason}"
            yield Damage(self.last, self.last, "CW631", reason, "", records=0)

    def damage(self, row: Damage) -> Iterator[Item]:
        """Place a damaged line that tells its type; keep any other until the next row."""
        for ordinal in recognised(row, self.layout):
            way = self.ways[ordinal]
            if self.fits(way):
                yield from self.place(way, _Line(row.line, row.end_line, None, (row,)))
                return
        self.unknown.append(row)
        self.last = row.end_line

    def line(self, row: Row) -> _Line:
        """Take a row with the groups of columns in it, which may be damaged."""
        groups = self.groups.get(row.ordinal)
        found = row if groups is None else groups.cut(row)
        if isinstance(found, Damage):
            return _Line(row.line, row.end_line, None, (found,))
        return _Line(row.line, row.end_line, found.cells, (), found.below)

    def meant(self, row: Row) -> Row:
        """Give a row whose tags are those of several record types as the one that fits here."""
        if not row.others:
            return row
        made = [row, *(row._replace(ordinal=one, cells=cells) for one, cells in row.others)]
        held = (one for one in made if self.holder(self.ways[one.ordinal]) is not None)
        begun = (one for one in made if self.fits(self.ways[one.ordinal]))
        return next(held, None) or next(begun, None) or row

    def fits(self, way: Way) -> bool:
        """Tell whether a record of this way can stand here."""
        return self.holder(way) is not None or (_starts(way) and self.may_begin(way[0]))

    # --- where a row belongs -------------------------------------------------------------

    def place(self, way: Way, line: _Line) -> Iterator[Item]:
        """Place a row in the deepest open occurrence that takes it, or in a new one."""
        depth = self.holder(way) or self.holder(way, complete=False)
        if depth is not None:
            early = self.settle(depth, way)
            self.pop(depth)
            self.open(depth, way, line, early)
        elif _starts(way) and self.may_begin(way[0]):
            early = yield from self.close(way)
            self.open(0, way, line, early)
        else:
            yield from self.misplaced(way, line)
        self.last = line.last

    def holder(self, way: Way, *, complete: bool = True) -> int | None:
        """Find the deepest open occurrence that takes a record of this way; give its depth.

        With `complete`, what is open below it must lack nothing.
        """
        for depth in range(self.common(way), 0, -1):
            below = self.stack[depth:] if complete else ()
            lacking = any(_missing(one) and not one.instance.damages for one in below)
            if not lacking and self.takes(self.stack[depth - 1], way[depth:]):
                return depth
        return None

    def common(self, way: Way) -> int:
        """Give how many of the open occurrences a record of this way can stand in."""
        depth = 0
        for one, branch in zip(self.stack, way[:-1], strict=False):
            if one.instance.branch is not branch:
                break
            depth += 1
        return depth

    def takes(self, holder: _Open, way: Way) -> bool:
        """Tell whether the order allows the branches of a way below an open occurrence now.

        In one that is damaged anything may have got lost; what can begin another one, does so.
        """
        branch, found = holder.instance.branch, holder.instance.children
        index = branch.children.index(way[0])
        if (found[index] and way[0].most == 1) or not _starts(way):
            return False
        if branch.one_of and any(found):
            return False
        if branch.any_order or (holder.instance.damages and not _first(branch, way[0])):
            return True
        skipped = range(holder.at, index)
        return index >= holder.at and all(found[i] or not branch.children[i].least for i in skipped)

    def may_begin(self, top: Branch) -> bool:
        """Tell whether the file's order allows a new occurrence of a top-level branch now.

        A missing header is told once, at the end.
        """
        index = self.layout.root.children.index(top)
        in_turn = index >= self.root.at or self.layout.root.any_order
        return in_turn and not (self.root.instance.children[index] and top.most == 1)

    def misplaced(self, way: Way, line: _Line) -> Iterator[Item]:
        """Place a row that the order does not allow where it costs least.

        It spoils an open occurrence that could go on. One that could not loses nothing: then the
        row belongs to another one, the first lines of which are lost, or are the unknown ones.
        """
        common = self.common(way)
        for depth in range(common, 0, -1):
            one = self.stack[depth - 1].instance
            lost = depth < common and self.may_go_on(depth, way[depth])
            if lost or self.room(depth):
                causes = self.causes(way[depth] if lost else one.branch, way, line)
                self.pop(depth)
                if not lost:
                    self.spoil(one, causes)
                self.open(depth, way, line, {way[depth].name: causes} if lost else {})
                return
        counted = self.may_begin(way[0])
        causes = (_unexpected(way, line),)
        if counted:
            causes = self.causes(way[0], way, line)
        yield from self.close(None)
        self.open(0, way, line, {way[0].name: causes}, counted=counted)

    def may_go_on(self, depth: int, branch: Branch) -> bool:
        """Tell whether an open occurrence may have a new one of a branch below it now."""
        one = self.stack[depth - 1]
        index = one.instance.branch.children.index(branch)
        in_turn = index >= one.at or one.instance.branch.any_order
        chosen = one.instance.branch.one_of and any(one.instance.children)
        return in_turn and not chosen and not (one.instance.children[index] and branch.most == 1)

    def causes(self, spoiled: Branch, way: Way, line: _Line) -> tuple[Damage, ...]:
        """Give what spoils an occurrence with a row out of order: the unknown lines before it."""
        if not self.unknown:
            return (_unexpected(way, line),)
        names = tuple(child.name for child in spoiled.children)
        found = tuple(one._replace(may=names) for one in self.unknown)
        self.unknown = []
        return found

    def room(self, depth: int) -> bool:
        """Tell whether an open occurrence, or one below it, could go on."""
        return any(self.could_be(one, None) for one in self.stack[depth - 1 :])

    # --- what an unknown line can be ------------------------------------------------------

    def could_be(self, one: _Open, until: Branch | None) -> list[str]:
        """Name the branches that the unknown lines could be in an open occurrence.

        `until` is the branch of the row that follows, None when none follows in it.
        """
        branch, found = one.instance.branch, one.instance.children
        last = len(branch.children) - 1 if until is None else branch.children.index(until)
        names: list[str] = []
        if branch.one_of and (until is not None or any(found)):
            return names
        for at, child in enumerate(branch.children):
            in_turn = branch.any_order or one.at <= at <= last
            full = in_line(child) or (child.most == 1 and (found[at] or child is until))
            if in_turn and not full and _smallest(child) <= max(len(self.unknown), 1):
                names.append(child.name)
        return names

    def settle(self, depth: int, way: Way) -> Early:
        """Give the unknown lines to the deepest occurrence that they can belong to.

        `depth` is that of the occurrence in which the next row stands, 0 for a new one. Lines that
        can only belong to the file stay unknown; those that can begin what begins are given back.
        """
        if not self.unknown:
            return {}
        target, names = None, []
        for level in range(len(self.stack), max(depth, 1) - 1, -1):
            until = way[depth] if level == depth else None
            found = self.could_be(self.stack[level - 1], until)
            names += found
            target = target or (self.stack[level - 1].instance if found else None)
        if depth and target is None:
            target = self.stack[depth - 1].instance
        if not depth:
            names += self.could_be(self.root, way[0] if way else None)
        new = {above.name: _before(above, below) for above, below in pairwise(way[depth:])}
        names += [name for before in new.values() for name in before]
        told = tuple(one._replace(may=tuple(dict.fromkeys(names))) for one in self.unknown)
        self.unknown = [] if target is not None or any(new.values()) else [*told]
        if target is not None:
            self.spoil(target, told)
            told = tuple(one._replace(records=0) for one in told)
        return {name: told for name, before in new.items() if before}

    # --- opening and closing --------------------------------------------------------------

    def open(
        self, depth: int, way: Way, line: _Line, early: Early, *, counted: bool = True
    ) -> None:
        """Open what is new on a way, down to the row itself."""
        above = self.stack[depth - 1] if depth else self.root
        index = above.instance.branch.children.index(way[depth])
        parent = above.instance if depth else None
        if counted:
            above.at = max(above.at, index)
        for branch in way[depth:]:
            leaf = branch is way[-1]
            damages = (*early.get(branch.name, ()), *(line.damages if leaf else ()))
            if branch.record is not None and not leaf and not damages:  # its own line is lost
                damages = tuple(d._replace(records=0) for of in early.values() for d in of)
            cells = line.cells if leaf else None
            inner: list[list[Instance]] = [[] for _ in branch.children]
            made = Instance(branch, line.first, cells, inner, None, parent, 0, damages)
            if parent is not None:
                parent.children[parent.branch.children.index(branch)].append(made)
            elif counted:
                self.root.instance.children[index] = [made]
            self.torn = self.torn or bool(damages)
            self.stack.append(_Open(made))
            parent = made
        self.fill(self.stack[-1].instance, line)
        for one, below in zip(self.stack[depth:], way[depth + 1 :], strict=False):
            one.at = one.instance.branch.children.index(below)

    def fill(self, made: Instance, line: _Line) -> None:
        """Put the records that stand in a line below its own record."""
        for ordinal, cells in line.below:
            branch = self.ways[ordinal][-1]
            one = Instance(branch, line.first, cells, [], None, made, line.last)
            made.children[made.branch.children.index(branch)].append(one)

    def pop(self, depth: int) -> None:
        """Close the occurrences below a depth; one that lacks something is damaged."""
        lack: Damage | None = None
        while len(self.stack) > depth:
            one = self.stack.pop()
            missing = _missing(one)
            if missing and not one.instance.damages:
                reason = f"ends without {missing}"
                lack = lack or Damage(self.last, self.last, "CW632", reason, "", records=0)
                self.spoil(one.instance, (lack,))

    def spoil(self, one: Instance, damages: tuple[Damage, ...]) -> None:
        """Add to what is wrong with an open occurrence."""
        one.damages += damages
        self.torn = True

    def close(self, way: Way | None) -> Generator[Item, None, Early]:
        """Hand out the open top-level occurrence, and the unknown lines that are not its own."""
        early = self.settle(0, way or ())
        if self.stack:
            top = self.stack[0].instance
            self.pop(0)
            yield Torn(top) if self.torn else top
            self.torn = False
        yield from self.unknown
        self.unknown = []
        return early


def _marked(
    rows: Iterable[Row | Damage], last: list[int], layout: Layout
) -> Iterator[Row | Damage]:
    """Take the last rows of a file for the records that stand there and have no tag."""
    held: deque[Row | Damage] = deque()
    for row in rows:
        held.append(row)
        if len(held) > len(last):
            yield held.popleft()
    for row, ordinal in zip(held, last[len(last) - len(held) :], strict=True):
        yield row if isinstance(row, Damage) else _as(row, ordinal, layout)


def _as(row: Row, ordinal: int, layout: Layout) -> Row | Damage:
    cells = dict([(row.ordinal, row.cells), *row.others]).get(ordinal)
    if cells is not None:
        return row._replace(ordinal=ordinal, cells=cells, others=())
    reason = f"the file does not end with a line that is a {layout.records[ordinal].name}"
    return Damage(row.line, row.end_line, "CW630", reason, "")


def _unexpected(way: Way, line: _Line) -> Damage:
    reason = f"record {way[-1].name} is not expected here"
    return Damage(line.first, line.last, "CW630", reason, "", records=0)


def _ways(branch: Branch, above: Way = ()) -> Iterator[Way]:
    for child in branch.children:
        yield (*above, child)
        yield from _ways(child, (*above, child))


def _starts(way: Way) -> bool:
    """Tell whether a record of this way can be the first thing read of all that is new on it."""
    return all(_first(above, below) for above, below in pairwise(way))


def _first(above: Branch, below: Branch) -> bool:
    """Tell whether a branch may be the first thing read of the group that holds it."""
    if above.record is not None:
        return False
    before = [] if above.any_order else above.children[: above.children.index(below)]
    return not any(child.least for child in before)


def _before(above: Branch, below: Branch) -> list[str]:
    """Name what may stand before a branch in a new group."""
    if above.one_of:
        return []
    found = above.children if above.any_order else above.children[: above.children.index(below)]
    return [child.name for child in found if child is not below and _smallest(child) == 1]


def _smallest(branch: Branch) -> int:
    """Give how many records an occurrence has at least."""
    inner = sum(_smallest(child) for child in branch.children if child.least and not in_line(child))
    return inner + (branch.record is not None) or 1


def _missing(one: _Open) -> str:
    """Name a required child that an occurrence does not have."""
    branch = one.instance.branch
    if branch.one_of:
        return "" if any(one.instance.children) else branch.either
    pairs = zip(branch.children, one.instance.children, strict=True)
    return next((child.name for child, found in pairs if child.least and not found), "")


def told_apart(items: Iterable[Instance | Damage], layout: Layout) -> Iterable[Item]:
    """Damage occurrences of a form without lines that hold several records where one stands."""
    if not any(one.one_of for one in branches(layout.root)):
        return items
    return (_one_each(item) for item in items)


def _one_each(item: Instance | Damage) -> Item:
    reason = wrong_choice(item) if isinstance(item, Instance) else None
    if not isinstance(item, Instance) or reason is None:
        return item
    item.damages += (Damage(item.line, item.line, "CW588", reason, "", records=0),)
    return Torn(item)
