"""Generating records: cells put together as a line or as members of a JSON object.

Cells that are copied from a row which fits (`formats.fitting`) are put together as they stand;
only where a row does not fit is each of its cells looked at.
"""

import re
from collections.abc import Callable, Mapping
from itertools import groupby
from json.encoder import encode_basestring

from crosswalk.formats import textform
from crosswalk.model.layout import Record
from crosswalk.planning import plan as p
from crosswalk.running.code import NotCompiled, Scope, escaped
from crosswalk.running.compile_cells import ENDS, NUMERIC, TEXTS, Cells
from crosswalk.running.compile_checks import Checks
from crosswalk.running.lower import may_miss
from crosswalk.values.spelling import Spelling

NOTHING: Mapping[int, str] = {}


class Records:
    """Generates the records of a target from the cells of their fields."""

    def __init__(self, cells: Cells) -> None:
        """Generate into the same function as `cells`."""
        self.cells, self.code, self.plan = cells, cells.code, cells.plan
        self.target, self.json, self.marks = cells.target, cells.json, cells.marks
        self.checks = Checks(cells.values, json=cells.json)

    def record(self, node: p.Node, scope: Scope) -> str:
        """Give the expression of a record: its line, or its JSON members."""
        record = node.branch.record
        assert record is not None
        copied = self.cells.copied(node, record, scope) if scope.tail else {}
        made, cells = self.code.var(), {}
        for one in node.assignments:
            if one.field.position not in copied:
                cells[one.field.position] = self.cells.cell(one, record, scope)
        for check in self.plan.target_checks.get(record.name, ()):
            self.checks.check(check, record, cells, scope)
        if self.target.per is not None and self.target.per[0] == record.name:
            scope.add(f"K({cells[self.target.per[1]]})")
        if not copied:
            self.text(node, cells, made, scope)
            return made
        known = self.unmarked(node, cells)
        scope.add(f"if {scope.cells}.__class__ is tuple{known}:")
        scope.deeper().add(f"{made} = {self.template(node, cells, copied)}")
        scope.add("else:")
        careful = scope.deeper()
        for one in node.assignments:
            if one.field.position in copied:
                cells[one.field.position] = self.cells.cell(one, record, careful)
        self.text(node, cells, made, careful)
        return made

    def text(self, node: p.Node, cells: dict[int, str], made: str, scope: Scope) -> None:
        """Generate a record's text from its cells; a line is looked at for marks in its values."""
        record = node.branch.record
        assert record is not None
        if self.json:
            scope.add(f"{made} = {self.template(node, cells)}")
        elif not self.cells.is_quick(record):
            scope.add(f"{made} = {self.line(record, cells)}")
        else:
            scope.add(f"{made} = {self.template(node, cells)}")
            value = f"[^{re.escape(self.marks)}]*+"
            shape = self.framed([value] * len(record.fields), re.escape)
            match = self.code.const(re.compile(f"(?!\ufeff){shape}").fullmatch, "X")
            sure = ""
            if scope.instance is None and not scope.tail:
                sure = f"{scope.cells}.__class__ is tuple{self.unmarked(node, cells)}"
                sure = f"not ({sure}) and "
            scope.add(f"if {sure}not {match}({made}): {made} = {self.line(record, cells)}")

    def template(
        self, node: p.Node, cells: dict[int, str], copied: Mapping[int, str] = NOTHING
    ) -> str:
        """Put cells together as they stand; copied ones are values from the source."""
        record = node.branch.record
        assert record is not None
        maybe = {one.field.position for one in node.assignments if one.term and may_miss(one.term)}
        marks = ['"' if self.json and one.json == "text" else "" for one in record.fields]
        texts = {
            **{at: "{" + cell + "}" for at, cell in cells.items() if cell != "MISSING"},
            **{at: f"{marks[at]}{{{raw}}}{marks[at]}" for at, raw in copied.items()},
        }
        if not self.json:
            line = self.framed([texts.get(one.position, "") for one in record.fields], escaped)
            return f"f{line!r}"
        pieces = []
        for one in record.fields:
            if one.path is not None or one.json == "key":
                raise NotCompiled("a JSON path")
            if one.position in texts:
                piece = f",{escaped(encode_basestring(one.name))}:{texts[one.position]}"
                pieces.append((piece, cells.get(one.position, "") if one.position in maybe else ""))
        if not any(cell for _, cell in pieces):
            return f"f{''.join(piece for piece, _ in pieces)[1:]!r}"
        runs = groupby(pieces, lambda one: one[1])
        joined = [("".join(piece for piece, _ in run), cell) for cell, run in runs]
        parts = [
            f"(f{text!r}{f' if {cell} is not MISSING else {str()!r}' if cell else ''})"
            for text, cell in joined
        ]
        return f"({' + '.join(parts)})[1:]"

    def framed(self, texts: list[str], literal: Callable[[str], str]) -> str:
        """Put the texts of a line between the marks of the form; `literal` spells the marks."""
        file = self.target.file
        quote = file.quote_char if file.quote == "all" else ""
        joint = literal(quote + file.delimiter + quote)
        return literal(quote) + joint.join(texts) + literal(quote + ENDS[file.newline])

    def unmarked(self, node: p.Node, cells: dict[int, str]) -> str:
        """Give the test, after `and`, of cells that may hold marks though the row has none."""
        doubtful = [
            cells[one.field.position]
            for one in sorted(node.assignments, key=lambda one: one.field.position)
            if one.field.position in cells and self.may_be_marked(one, cells[one.field.position])
        ]
        if self.json or not doubtful:
            return ""
        match = self.code.const(
            re.compile(f"(?!\ufeff)[^{re.escape(self.marks)}]*+").fullmatch, "X"
        )
        return f" and {match}(f'{''.join('{' + cell + '}' for cell in doubtful)}')"

    def may_be_marked(self, assignment: p.Assignment, cell: str) -> bool:
        """Tell whether a cell may hold a mark that the row it comes from does not hold."""
        known = self.code.names.get(cell)
        if assignment.field.position == 0 and not isinstance(known, str):
            return True  # a byte order mark
        if cell == "MISSING" or isinstance(known, str):
            return isinstance(known, str) and any(mark in known for mark in self.marks)
        codec = assignment.field.codec
        if codec.type in TEXTS:
            return assignment.term is None or not self.is_part(assignment.term)
        spelt = f"{codec.spelling}" if codec.spelling != Spelling() else ""
        return any(mark in NUMERIC or mark in spelt for mark in self.marks)

    def is_part(self, term: p.Term) -> bool:
        """Tell whether a text is a part of the row's values, and of nothing else."""
        if (
            term.steps
            or term.default is not None
            or (term.over is not None and term.pick != "same")
        ):
            return False
        match term.origin:
            case p.FieldValue() | p.Taken() | p.NullValue():
                return True
            case p.Chunk(whole):
                return self.is_part(whole)
            case p.Joined(pattern):
                return not any(mark in text for text in pattern.literals for mark in self.marks)
            case p.Choice(options) | p.FirstGiven(options):
                return all(map(self.is_part, options))
            case _:
                return False

    def line(self, record: Record, cells: dict[int, str]) -> str:
        """Give a line of a text form, written by the form's own writer."""
        write = self.code.const(textform.writer(self.target), "W")
        texts = [cells[at] for at in range(len(record.fields))]
        given = ", ".join('""' if cell == "MISSING" else cell for cell in texts)
        return f"{write}({self.code.const(record, 'R')}, ({given},))"
