"""From physical rows to nested occurrences: the structure of a layout as a reading machine.

A record that is not expected where it stands, and a damaged row inside a group, spoil the
top-level occurrence they belong to and no other.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from crosswalk.formats.groups import lines_of
from crosswalk.model.layout import Branch, Layout, is_line, last_unmarked
from crosswalk.model.records import Damage, Instance, Row


@dataclass(slots=True)
class Spoiled:
    """A top-level occurrence that cannot be used: its lines, and what is wrong with which."""

    first: int
    last: int
    rows: int
    damages: list[Damage] = field(default_factory=list)


Item = Instance | Spoiled | Damage


def assemble(rows: Iterable[Row | Damage], layout: Layout) -> Iterator[Item]:
    """Give the top-level occurrences of a file in order, whole or spoiled.

    A layout whose only top-level branch is one repeating record gives one occurrence per row,
    and a damaged row stands for itself.
    """
    top = layout.root.children
    if len(top) == 1 and top[0].record is not None and not top[0].children:
        for row in rows:
            yield row if isinstance(row, Damage) else Instance(top[0], row.line, row.cells)
        return
    yield from _Machine(layout).run(rows)


@dataclass(slots=True)
class _Open:
    """An occurrence that is being read, and the child branch it has come to."""

    instance: Instance
    at: int = 0


class _Machine:
    """Reads rows of several record types by the structure."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.ways = {way[-1].record.ordinal: way for way in _ways(layout.root) if way[-1].record}
        self.groups = lines_of(layout)
        self.root = _Open(Instance(layout.root, 0, None, [[] for _ in layout.root.children]))
        self.stack: list[_Open] = []
        self.spoiled: Spoiled | None = None
        self.lines: tuple[int, int, int] = (0, 0, 0)

    def run(self, rows: Iterable[Row | Damage]) -> Iterator[Item]:
        last = [one.record.ordinal for one in last_unmarked(self.layout.root) if one.record]
        for row in rows if not last else _marked(rows, last, self.layout):
            if isinstance(row, Damage):
                yield from self.damage(row)
            else:
                yield from self.line(row)
        yield from self.close()
        missing = _missing(self.root)
        if missing:
            reason = f"the file ends without {missing}"
            yield Damage(self.lines[1], self.lines[1], "CW631", reason, "")

    def damage(self, row: Damage) -> Iterator[Item]:
        """Let a damaged row spoil the occurrence it stands in, or the one it begins."""
        yield from self.damaged(row, self.ways.get(_ordinal(row, self.layout)))

    def damaged(self, row: Damage, way: tuple[Branch, ...] | None) -> Iterator[Item]:
        """Let a damaged row that is known for a record of this way spoil what it belongs to."""
        if way is not None and self._starts(way):
            yield from self.close()
        if not self.stack and self.spoiled is None and way is None:
            yield row
            return
        self.spoil(row)
        self.count(row.line, row.end_line)

    def _starts(self, way: tuple[Branch, ...]) -> bool:
        """Tell whether a record of this way begins a new top-level occurrence."""
        return all(_first(above, below) for above, below in pairwise(way))

    def line(self, row: Row) -> Iterator[Item]:
        """Take a row, and the groups of columns in it, for what fits here."""
        row = self.meant(row)
        groups = self.groups.get(row.ordinal)
        found = row if groups is None else groups.cut(row)
        if isinstance(found, Damage):
            yield from self.damaged(found, self.ways[row.ordinal])
        else:
            yield from self.row(found)

    def row(self, row: Row) -> Iterator[Item]:
        way = self.ways[row.ordinal]
        top = way[0]
        if self.spoiled is not None and not self._starts(way):
            self.count(row.line, row.end_line)
            return
        if self.spoiled is not None or not self._continue(way, row):
            if self._starts(way):
                yield from self.close()
                if self._begin(way, row):
                    if is_line(top):
                        yield from self.close()
                    return
            self.count(row.line, row.end_line)
            after = self.layout.records[row.ordinal].name
            reason = f"record {after} is not expected here"
            self.spoil(Damage(row.line, row.end_line, "CW630", reason, ""))
            if is_line(top):
                yield from self.close()

    def meant(self, row: Row) -> Row:
        """Give a row whose tags are those of several record types as the one that fits here."""
        if not row.others:
            return row
        made = [row, *(row._replace(ordinal=one, cells=cells) for one, cells in row.others)]
        for one in made:
            if self._holder(self.ways[one.ordinal]) is not None:
                return one
        for one in made:
            way = self.ways[one.ordinal]
            if self._starts(way) and self._may_begin(way[0]):
                return one
        return row

    def _continue(self, way: tuple[Branch, ...], row: Row) -> bool:
        """Place a row in the deepest open occurrence that takes it, if there is one."""
        depth = self._holder(way)
        if depth is None:
            return False
        holder = self.stack[depth - 1]
        del self.stack[depth:]
        holder.at = holder.instance.branch.children.index(way[depth])
        self._open(holder.instance, holder.at, way[depth:], row)
        return True

    def _holder(self, way: tuple[Branch, ...]) -> int | None:
        """Find the deepest open occurrence that takes a record of this way; give its depth."""
        for depth in range(len(self.stack), 0, -1):
            found = [one.instance.branch for one in self.stack[:depth]]
            if found == list(way[:depth]) and depth < len(way) and self._takes(depth, way[depth:]):
                return depth
        return None

    def _takes(self, depth: int, way: tuple[Branch, ...]) -> bool:
        """Tell whether the order allows the branches of a way below an open occurrence now."""
        holder = self.stack[depth - 1]
        children = holder.instance.branch.children
        index = children.index(way[0])
        full = holder.instance.children[index] and way[0].most == 1
        skipped = children[holder.at : index]
        gap = any(
            child.least and not holder.instance.children[children.index(child)] for child in skipped
        )
        out_of_turn = (index < holder.at or gap) and not holder.instance.branch.any_order
        if out_of_turn or full or not self._starts(way):
            return False
        return not any(_missing(one) for one in self.stack[depth:])

    def _open(self, parent: Instance, index: int, way: tuple[Branch, ...], row: Row) -> None:
        for place, branch in enumerate(way):
            last = place == len(way) - 1
            cells = row.cells if last else None
            made = Instance(branch, row.line, cells, [[] for _ in branch.children], None, parent)
            parent.children[index].append(made)
            self.stack.append(_Open(made))
            if not last:
                index = branch.children.index(way[place + 1])
                self.stack[-1].at = index
            parent = made
        self._fill(parent, row)
        self.count(row.line, row.end_line)

    def _fill(self, made: Instance, row: Row) -> None:
        """Put the groups of a line below its own record."""
        for ordinal, cells in row.below:
            branch = self.ways[ordinal][-1]
            one = Instance(branch, row.line, cells, [], None, made, row.end_line)
            made.children[made.branch.children.index(branch)].append(one)

    def _begin(self, way: tuple[Branch, ...], row: Row) -> bool:
        """Begin a top-level occurrence, if the file's order allows it."""
        if not self._may_begin(way[0]):
            return False
        children = self.layout.root.children
        index = children.index(way[0])
        root = self.root
        seen = root.instance.children[index]
        root.at = index
        holder = Instance(root.instance.branch, 0, None, [[] for _ in children])
        self._open(holder, index, way, row)
        seen[:] = [self.stack[0].instance]
        self.stack[0].instance.parent = None
        return True

    def _may_begin(self, top: Branch) -> bool:
        """Tell whether the file's order allows a new occurrence of a top-level branch now.

        A damaged or missing header is told once, and costs nothing that stands after it.
        """
        index = self.layout.root.children.index(top)
        seen = self.root.instance.children[index]
        in_turn = index >= self.root.at or self.layout.root.any_order
        return in_turn and not (seen and top.most == 1)

    def spoil(self, damage: Damage) -> None:
        if self.spoiled is None:
            self.spoiled = Spoiled(0, 0, 0)
        self.spoiled.damages.append(damage)

    def count(self, first: int, last: int) -> None:
        begin, _, rows = self.lines
        self.lines = (begin or first, last, rows + 1)

    def close(self) -> Iterator[Item]:
        """Hand out the open top-level occurrence; it is spoiled when something is missing."""
        missing = next(filter(None, map(_missing, reversed(self.stack))), "")
        if missing and self.spoiled is None:
            line = self.lines[1]
            self.spoil(Damage(line, line, "CW632", f"ends without {missing}", ""))
        if self.spoiled is not None:
            spoiled = self.spoiled
            spoiled.first, spoiled.last, spoiled.rows = self.lines
            yield spoiled
        elif self.stack:
            yield self.stack[0].instance
        self.stack, self.spoiled = [], None
        self.lines = (0, self.lines[1], 0)


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


def _ways(branch: Branch, above: tuple[Branch, ...] = ()) -> Iterator[tuple[Branch, ...]]:
    for child in branch.children:
        yield (*above, child)
        yield from _ways(child, (*above, child))


def _first(above: Branch, below: Branch) -> bool:
    """Tell whether a branch may be the first thing read of the group that holds it."""
    if above.record is not None:
        return False
    before = [] if above.any_order else above.children[: above.children.index(below)]
    return not any(child.least for child in before)


def _missing(one: _Open) -> str:
    """Name a required child that an occurrence does not have."""
    pairs = zip(one.instance.branch.children, one.instance.children, strict=True)
    return next((child.name for child, found in pairs if child.least and not found), "")


def _ordinal(row: Damage, layout: Layout) -> int:
    """Recognise a damaged row by the tag it begins with; -1 when it begins with none."""
    begin = row.text.lstrip(layout.file.quote_char)
    for record in layout.records:
        for tag in record.tags:
            values = (*tag.values, *([tag.always] if tag.always else []))
            if tag.start is not None and row.text.startswith(values, tag.start - 1):
                return record.ordinal
            if tag.start is None and tag.position == 0 and begin.startswith(values) and values:
                return record.ordinal
    return -1
