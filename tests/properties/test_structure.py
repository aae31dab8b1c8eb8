"""Nested records written flat and read back give the same tree; damage spoils one occurrence."""

from dataclasses import dataclass, field
from io import BytesIO

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.properties.kit import layout

from crosswalk.formats.delimited import read
from crosswalk.model.layout import Branch, Layout
from crosswalk.model.records import Damage, Instance
from crosswalk.running.assemble import Item, Torn, assemble

FAST = (Phase.explicit, Phase.reuse, Phase.generate)
MARKS = {(1, 1): "", (0, 1): "?", (0, None): "*", (1, None): "+"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A branch to be: its name, cardinality, and what it holds; a group has no record."""

    name: str
    least: int
    most: int | None
    group: bool
    children: tuple["Shape", ...] = ()

    def text(self) -> str:
        inner = ", ".join(child.text() for child in self.children)
        return self.name + MARKS[self.least, self.most] + (f"({inner})" if inner else "")

    def records(self) -> list[str]:
        own = [] if self.group else [self.name]
        return own + [name for child in self.children for name in child.records()]


@st.composite
def shapes(draw: st.DrawFn, names: list[str], depth: int = 0, *, first: bool = False) -> Shape:
    name = f"R{len(names)}"
    names.append(name)
    group = depth < 2 and draw(st.integers(0, 3)) == 0
    least, most = draw(st.sampled_from(sorted(MARKS, key=str)))
    count = draw(st.integers(1 if group else 0, 3)) if depth < 2 else 0
    children = [draw(shapes(names, depth + 1, first=group and at == 0)) for at in range(count)]
    if first:  # what a group begins with is a record that is always there, once
        least, most = 1, 1
        if group:
            group = False
    return Shape(name, least, most, group, tuple(children))


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    names: list[str] = []
    tops = draw(st.integers(1, 3))
    shape = [draw(shapes(names)) for _ in range(tops)]
    structure = ", ".join(one.text() for one in shape)
    tag = "{{fields: {{Tag: {{type: text, always: {0}, tag: true}}, V: {{type: text}}}}}}"
    records = "".join(f"  {name}: {tag.format(name)}\n" for one in shape for name in one.records())
    file = 'file: {form: delimited, delimiter: "|"}\n'
    return layout(f"{file}structure: {structure}\nrecords:\n{records}")


Tree = tuple[str, tuple["Tree", ...]]


@st.composite
def trees(draw: st.DrawFn, branch: Branch) -> tuple[Tree, ...]:
    """Draw the occurrences of a branch."""
    most = 3 if branch.most is None else 1
    count = draw(st.integers(branch.least, most))
    return tuple(draw(occurrence(branch)) for _ in range(count))


@st.composite
def occurrence(draw: st.DrawFn, branch: Branch) -> Tree:
    inner = tuple(one for child in branch.children for one in draw(trees(child)))
    return (branch.name, inner)


@dataclass(slots=True)
class File:
    """Rows of a file, each with the index of the top-level occurrence it belongs to."""

    rows: list[str] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)

    def add(self, tree: Tree, owner: int, groups: set[str]) -> None:
        name, inner = tree
        if name not in groups:
            self.rows.append(f"{name}|{len(self.rows)}")
            self.owner.append(owner)
        for one in inner:
            self.add(one, owner, groups)


@st.composite
def files(draw: st.DrawFn) -> tuple[Layout, tuple[Tree, ...], File]:
    made = draw(layouts())
    tops = tuple(one for branch in made.root.children for one in draw(trees(branch)))
    groups = {branch.name for branch in below(made.root) if branch.record is None}
    file = File()
    for number, tree in enumerate(tops):
        file.add(tree, number, groups)
    return made, tops, file


def below(branch: Branch) -> list[Branch]:
    return [one for child in branch.children for one in (child, *below(child))]


def items(made: Layout, rows: list[str]) -> list[Item]:
    data = "".join(f"{row}\n" for row in rows).encode()
    return list(assemble(read(BytesIO(data), made), made))


def tree_of(one: Instance) -> Tree:
    return (one.branch.name, tuple(tree_of(child) for group in one.children for child in group))


def values(one: Instance) -> tuple[str, ...]:
    own = (str(one.cells[1]),) if one.cells is not None else ()
    return own + tuple(text for group in one.children for child in group for text in values(child))


@settings(max_examples=60, deadline=None, phases=FAST)
@given(files())
def test_a_valid_file_is_read_back_as_the_tree_it_was(
    case: tuple[Layout, tuple[Tree, ...], File],
) -> None:
    made, tops, file = case
    found = items(made, file.rows)
    assert [tree_of(one) for one in found if isinstance(one, Instance)] == list(tops)
    assert len(found) == len(tops)
    read_back = [text for one in found if isinstance(one, Instance) for text in values(one)]
    assert read_back == [row.partition("|")[2] for row in file.rows]


@settings(max_examples=90, deadline=None, phases=FAST)
@given(files(), st.data())
def test_a_removed_repeated_or_damaged_row_costs_only_what_it_touches(
    case: tuple[Layout, tuple[Tree, ...], File], data: st.DataObject
) -> None:
    made, _, file = case
    if not file.rows:
        return
    at = data.draw(st.integers(0, len(file.rows) - 1))
    how = data.draw(st.sampled_from(("remove", "repeat", "damage")))
    rows = list(file.rows)
    if how == "remove":
        del rows[at]
    elif how == "repeat":
        rows.insert(at, rows[at])
    else:
        rows[at] += "|too|many"
    check_neighbours(made, file, rows, {file.owner[at]})


@settings(max_examples=60, deadline=None, phases=FAST)
@given(files(), st.data())
def test_no_row_is_lost_whatever_the_order(
    case: tuple[Layout, tuple[Tree, ...], File], data: st.DataObject
) -> None:
    """Every row is in an occurrence, in a spoiled one or damaged by itself."""
    made, _, file = case
    rows = data.draw(st.permutations(file.rows))
    assert counted(items(made, rows)) == len(rows)


def counted(found: list[Item]) -> int:
    total = 0
    for one in found:
        if isinstance(one, Damage):
            total += one.records
        else:
            top = one.instance if isinstance(one, Torn) else one
            total += len(values(top)) + sum(damage.records for damage in damages(top))
    return total


def damages(one: Instance) -> list[Damage]:
    inner = [found for group in one.children for child in group for found in damages(child)]
    return [*one.damages, *inner]


def check_neighbours(made: Layout, file: File, rows: list[str], touched: set[int]) -> None:
    """All occurrences but the touched ones, and the one after them, are as they were."""
    before = items(made, file.rows)
    after = [values(one) for one in items(made, rows) if isinstance(one, Instance)]
    assert counted(items(made, rows)) == len(rows)
    single = {b.name for b in made.root.children if b.most == 1}
    for number, one in enumerate(before):
        assert isinstance(one, Instance)
        near = number in touched or number - 1 in touched or number + 1 in touched
        if not near and one.branch.name not in single:
            assert values(one) in after
