"""Generating what source records must be like besides what a mapping reads of them (`laws`)."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from crosswalk.language.conditions import holds
from crosswalk.model.layout import Branch, Field, Record, branches
from crosswalk.model.records import Cell
from crosswalk.planning import plan as p
from crosswalk.running.code import BASE, Code, Scope
from crosswalk.running.laws import unread
from crosswalk.running.lower import SMALL, Doubt, Memo, is_json_integer, read_cell
from crosswalk.values.codecs import Missing, Problem, Value

_MANY = frozenset({"text", "integer", "decimal", "money"})
"""Types of whose texts few come again."""

_ABSENT: tuple[tuple[Cell, str], ...] = ((Missing.MISSING, "is MISSING"), (None, "is None"))

Readers = dict[str, tuple[int, Callable[[Cell], Value]]]
"""Where the fields of a law stand, and how they are read."""


class SourceLaws:
    """Generates into a unit's function, before anything else."""

    def __init__(self, code: Code, *, text: bool) -> None:
        """Generate for the function's plan; `text` tells that cells are text."""
        self.code, self.text, self.form = code, text, code.plan.source.file.form
        self.unread, self.checks = unread(code.plan), code.plan.source_checks
        self.known: dict[str, str] = {}
        self.exact: dict[str, str] = {}

    def of_rows(self, scope: Scope) -> None:
        """Judge the rows of a group; the columns that they share once."""
        record = scope.branch.record
        assert record is not None
        head = self.code.head if scope.group else len(record.fields)
        shared = [*self.record(record, "r0", 0, range(head))]
        rest = range(head, len(record.fields))
        each = [*self.record(record, "x", head, rest)] if scope.group else []
        whole = "x" if not head else f"[*r0[:{head}], *x]"
        laws = [*self.laws(record, whole if scope.group else "r0")]
        for line in [*shared, *([] if scope.group else laws)]:
            scope.add(line)
        if scope.group and (each or laws):
            scope.add(f"for x in {scope.group}:")
            for line in (*each, *laws):
                scope.add(BASE + line)

    def of_occurrences(self, scope: Scope) -> None:
        """Judge occurrences with all that is below them."""
        members = scope.group or f"({scope.instance},)"
        for line in self.occurrence(scope.branch, members, 0):
            scope.add(line)

    def occurrence(self, branch: Branch, members: str, depth: int) -> Iterator[str]:
        """Give the statements for all occurrences of a branch."""
        if not any(self.lawful(one) for one in (branch, *branches(branch))):
            return
        item, cells = f"x{depth}", f"c{depth}"
        yield f"for {item} in {members}:"
        if branch.record is not None and self.lawful(branch):
            yield f"{BASE}{cells} = {item}.cells"
            yield f"{BASE}if {cells} is not None:"
            everything = range(len(branch.record.fields))
            for line in self.record(branch.record, cells, 0, everything):
                yield BASE + BASE + line
            for line in self.laws(branch.record, cells):
                yield BASE + BASE + line
        for index, child in enumerate(branch.children):
            for line in self.occurrence(child, f"{item}.children[{index}]", depth + 1):
                yield BASE + line

    def lawful(self, branch: Branch) -> bool:
        """Tell whether there is anything to judge in the records of a branch."""
        name = branch.record.name if branch.record is not None else ""
        return bool(self.unread.get(name) or self.checks.get(name))

    def record(self, record: Record, cells: str, away: int, columns: range) -> Iterator[str]:
        """Give the statements that read the fields of some columns."""
        for one in self.unread[record.name]:
            if one.position in columns:
                yield self.field(record, one, f"{cells}[{one.position - away}]")

    def field(self, record: Record, one: Field, cell: str) -> str:
        """Give the statement that judges a field: quick tests, and its reader where none holds."""
        key = f"{record.name} {one.position}"
        read = read_cell(one, self.form)
        if key not in self.known:
            memo = self.text and one.codec.type not in _MANY
            self.known[key] = self.code.const(Memo(read) if memo else read, "U")
            self.exact[key] = "[{}]" if memo else "({})"
        exact = self.known[key] + self.exact[key].format(cell)
        return " or ".join([*self.quick(one, cell), *self.absent(read, cell), exact])

    def quick(self, one: Field, cell: str) -> Iterator[str]:
        """Give the test of a cell that can surely be read, where there is one."""
        kind, plain = one.codec.type, not (one.always or one.values or one.length)
        if is_json_integer(one, self.form):
            yield SMALL.format(cell=cell, again=cell)
        if one.json != "text" or (kind in _MANY and not plain):
            return
        if kind not in _MANY:
            if not self.text:  # there the reader itself remembers
                known = self.code.const(Memo(read_cell(one, self.form)), "U")
                yield f"({cell}.__class__ is str and {known}[{cell}] is not {known})"
            return
        good = f"{cell}.strip()"
        if kind != "text":
            if one.codec.fast is None:
                return
            good = f"{self.code.const(re.compile(one.codec.fast, re.ASCII).fullmatch, 'X')}({cell})"
        sure = self.text and one.on_missing != "empty"
        yield good if sure else f"({cell}.__class__ is str and {good})"

    def absent(self, read: Callable[[Cell], Value], cell: str) -> Iterator[str]:
        """Give the tests of cells without a value that the field's policies let pass."""
        for value, test in (("", "== ''"),) if self.text else _ABSENT:
            try:
                read(value)
            except (Problem, Doubt):
                continue
            yield f"{cell} {test}"

    def laws(self, record: Record, cells: str) -> Iterator[str]:
        """Give the statements that hold a record against the laws of its layout."""
        for check in self.checks.get(record.name, ()):
            keeps = partial(_keeps, check, self.readers(check, record))
            yield f"if not {self.code.const(keeps, 'L')}({cells}): raise Doubt"

    def readers(self, check: p.BoundCheck, record: Record) -> Readers:
        """Give how the fields that a law names are read."""
        return {
            name: (position, read_cell(record.fields[position], self.form))
            for name, position in check.positions.items()
        }


def _keeps(check: p.BoundCheck, readers: Readers, cells: Sequence[Cell]) -> bool:
    """Tell whether a record keeps a law."""

    def get(name: str) -> Value:
        position, read = readers[name]
        return read(cells[position])

    return (check.when is not None and not holds(check.when, get)) or holds(check.expect, get)
