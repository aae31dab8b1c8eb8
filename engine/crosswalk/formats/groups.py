"""Groups of columns that repeat in one line: records that stand in the line of another.

A text form reads and writes whole lines, by a `physical` layout in which the columns of all
groups are fields of the line's own record. Here they are cut out of it and put into it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from crosswalk.model.layout import Branch, Field, Layout, Record, in_line
from crosswalk.model.records import Cell, Damage, Instance, Row
from crosswalk.values.codecs import Missing, Problem

_BLANK_BYTES = re.compile(r" *|X'(?:(?:40)+|(?:20)+)'.*").fullmatch

KEPT = 64
"""Of how many lengths of lines the columns are kept, where groups go on to the end."""


def is_grouped(layout: Layout) -> bool:
    """Tell whether lines of a layout hold groups of columns."""
    return any(record.within is not None for record in layout.records)


def lines_of(layout: Layout) -> dict[int, "Line"]:
    """Give what the lines of each record type hold that has groups, by its ordinal."""
    found = {}
    for record in layout.records:
        groups = tuple(one for one in layout.records if one.within == record.name)
        if groups:
            found[record.ordinal] = Line(record, groups)
    return found


def physical(layout: Layout) -> Layout:
    """Give the layout of whole lines: the columns of groups are fields of the line's record.

    Of a group that goes on to the end of the line there are none; `Line.whole` adds them.
    """
    if not is_grouped(layout):
        return layout
    lines = lines_of(layout)
    records = {
        one.name: lines[one.ordinal].whole(0) if one.ordinal in lines else one
        for one in layout.records
        if one.within is None
    }

    def pruned(branch: Branch) -> Branch:
        record = records[branch.record.name] if branch.record is not None else None
        children = tuple(pruned(one) for one in branch.children if not in_line(one))
        return replace(branch, record=record, children=children)

    return replace(layout, records=tuple(records.values()), root=pruned(layout.root))


@dataclass(frozen=True)
class Line:
    """The lines of one record type: its own fields, and the groups that stand among them."""

    record: Record
    groups: tuple[Record, ...]
    wholes: dict[int, Record] = field(default_factory=dict)

    @cached_property
    def open(self) -> Record | None:
        """The group that goes on to the end of the line."""
        return next((one for one in self.groups if one.times is None), None)

    @cached_property
    def least(self) -> Record:
        """The record of a line without the group that goes on to its end."""
        return self.whole(0)

    def parts(self, more: int) -> Iterator[Field | tuple[Record, int]]:
        """Give what stands in a line in order: fields, and groups with how often they are there.

        `more` is how often the group is there that goes on to the end of the line.
        """
        own = self.record.fields
        for one in own:
            yield one
            for group in self.groups:
                after = own[-1].key if group.after is None else group.after
                if after in (one.key, one.name):
                    yield group, more if group.times is None else group.times

    def whole(self, more: int) -> Record:
        """Give the record of the whole line; those of the usual lengths are kept."""
        made = self.wholes.get(more)
        if made is None:
            made = self._whole(more)
            if len(self.wholes) < KEPT:
                self.wholes[more] = made
        return made

    def _whole(self, more: int) -> Record:
        fields: list[Field] = []
        for part in self.parts(more):
            if isinstance(part, Field):
                fields.append(part)
                continue
            group, times = part
            for number in range(group.first, group.first + times):
                fields += columns(group, number)
        placed = tuple(replace(one, position=at) for at, one in enumerate(fields))
        return replace(self.record, fields=placed)

    def more(self, count: int) -> int:
        """Tell how often the last group stands in a line of so many elements."""
        assert self.open is not None
        rest = count - elements(self.least.fields)
        return max(-(-rest // elements(_shown(self.open))), 0)

    def more_of(self, made: Instance) -> int:
        """Tell how often the last group stands in the line of a record."""
        return 0 if self.open is None else len(_below(made)[self.open.ordinal])

    def cut(self, row: Row) -> Row | Damage:
        """Take the groups out of a line. A group of which nothing is given is not there.

        One that is not there before one that is damages the line, unless the groups are numbered.
        """
        own: list[Cell] = []
        found: list[tuple[int, list[Cell]]] = []
        at = 0
        spare = len(row.cells) - len(self.least.fields)
        for part in self.parts(spare // len(_shown(self.open)) if self.open is not None else 0):
            if isinstance(part, Field):
                own.append(row.cells[at])
                at += 1
                continue
            group, times = part
            width = len(_shown(group))
            cells = [row.cells[at + n * width : at + (n + 1) * width] for n in range(times)]
            gap = _gap(group, cells)
            if gap is not None:
                return Damage(row.line, row.end_line, "CW636", gap, "", group.name)
            at += times * width
            found += [
                (group.ordinal, _numbered(group, one, group.first + n))
                for n, one in enumerate(cells)
                if is_there(group, one)
            ]
        return row._replace(cells=own, below=tuple(found))

    def put(self, made: Instance) -> tuple[Record, list[str]]:
        """Give the record of a whole line and its texts, from a record and those of its groups.

        Raises Problem CW637 for records that have no place in the line.
        """
        below, more = _below(made), self.more_of(made)
        own = iter(made.cells or ())
        texts: list[str] = []
        for part in self.parts(more):
            if isinstance(part, Field):
                texts.append(as_text(next(own)))
                continue
            group, times = part
            places = _placed(group, times, below[group.ordinal])
            blank = [""] * len(_shown(group))
            for number in range(group.first, group.first + times):
                texts += places.get(number, blank)
        return self.whole(more), texts


def _below(made: Instance) -> dict[int, list[Instance]]:
    """Give the records below another by the ordinal of their type."""
    found = zip(made.branch.children, made.children, strict=True)
    return {one.record.ordinal: group for one, group in found if one.record is not None}


def columns(group: Record, number: int) -> Iterator[Field]:
    """Give the fields of one group as columns of the line."""
    shown = _shown(group)
    begin = min((one.start or 1 for one in shown), default=1)
    size = max((one.start or 1) + (one.width or 1) for one in shown) - begin
    for one in shown:
        start = None if one.start is None else one.start + size * (number - group.first)
        yield replace(
            one,
            key=f"{group.name} {number} {one.key}",
            name=f"{group.name} {number} {one.name}",
            column=_titled(one.name if one.column is None else one.column, number),
            start=start,
        )


def elements(fields: Sequence[Field]) -> int:
    """Count the elements of a line that fields take; the components of one count once."""
    count, last = 0, 0
    for one in fields:
        count += one.component is None or not last or one.component <= last
        last = one.component or 0
    return count


def is_numbered(column: str) -> bool:
    """Tell whether the name of a column holds the number of its group."""
    return "{n}" in column or "{nn}" in column


def _titled(column: str, number: int) -> str:
    return column.replace("{nn}", f"{number:02}").replace("{n}", str(number))


def _shown(group: Record) -> tuple[Field, ...]:
    """Give the fields of a group that are columns."""
    return tuple(one for one in group.fields if not one.number)


def number_of(group: Record) -> Field | None:
    """Give the field that holds the number of a group."""
    return next((one for one in group.fields if one.number), None)


def as_text(cell: Cell) -> str:
    """Give a cell as it stands in a text form."""
    return "" if cell is Missing.MISSING or cell is None else str(cell)


def is_there(group: Record, cells: Sequence[Cell]) -> bool:
    """Tell whether anything is given in a group besides what is always the same."""
    shown = list(zip(_shown(group), cells, strict=True))
    told = [one for one in shown if one[0].always is None] or shown
    return any(_given(field, as_text(cell)) for field, cell in told)


def _given(field: Field, text: str) -> bool:
    """Tell whether a column is not blank; the bytes of a number may be blanks as well."""
    return bool(text.strip()) if field.usage is None else _BLANK_BYTES(text) is None


def _gap(group: Record, cells: Sequence[Sequence[Cell]]) -> str | None:
    """Name an empty group before one that is not; None where they are numbered."""
    there = [is_there(group, one) for one in cells]
    count = sum(there)
    if number_of(group) is not None or all(there[:count]):
        return None
    name, empty = group.name, there.index(False)
    after = there.index(True, empty)
    first = group.first
    return f"{name} {first + empty} is empty, but {name} {first + after} is not"


def _numbered(group: Record, cells: Sequence[Cell], number: int) -> list[Cell]:
    """Give the cells of a group's record. A column that the line ends before counts as blank."""
    made: list[Cell] = ["" if cell is Missing.MISSING else cell for cell in cells]
    one = number_of(group)
    if one is not None:
        made.insert(one.position, one.codec.write(number))
    return made


def _placed(group: Record, times: int, records: Sequence[Instance]) -> dict[int, list[str]]:
    """Give the texts of a group's records by their number. Raises Problem CW637."""
    if len(records) > times:
        reason = f"has {len(records)} {group.name}, its line has places for {times}"
        raise Problem("CW637", reason)
    numbered = number_of(group)
    places: dict[int, list[str]] = {}
    for at, one in enumerate(records, group.first):
        texts = [as_text(cell) for cell in one.cells or ()]
        number = at
        if numbered is not None and texts[numbered.position]:
            value = numbered.codec.read(texts[numbered.position])
            number = value if isinstance(value, int) else at
        if not group.first <= number < group.first + times or number in places:
            raise Problem("CW637", f"has no free place for a {group.name} of number {number}")
        shown = [text for field, text in zip(group.fields, texts, strict=True) if not field.number]
        if not is_there(group, shown):
            raise Problem("CW637", f"has a {group.name} without any value: it would not be read")
        places[number] = shown
    return places
