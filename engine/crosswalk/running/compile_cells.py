"""Generating cells: a target field as text, and what control totals want to know of it.

Cells that are copied from a row which fits (`formats.fitting`) stand in its text as they are.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from json.encoder import encode_basestring
from typing import Any

from crosswalk.formats import textform
from crosswalk.formats.fitting import marks_of
from crosswalk.formats.groups import is_grouped
from crosswalk.formats.record_types import taken_for
from crosswalk.model.layout import Field, Record
from crosswalk.planning import plan as p
from crosswalk.running.code import BASE, NotCompiled, Scope
from crosswalk.running.compile_values import Values
from crosswalk.running.evaluate import Place
from crosswalk.running.lower import (
    Doubt,
    Memo,
    cell_of,
    is_copied,
    quick_test,
    single_slot,
    text_chain,
    value_of,
    write_value,
)
from crosswalk.running.uniqueness import unique_pair
from crosswalk.values.spelling import Missing, Problem

ENDS = {"lf": "\n", "crlf": "\r\n"}
TEXTS = {"text", "code"}
NUMERIC = frozenset("0123456789.-+() ")
_JSON_MARKS = '"\\' + "".join(map(chr, range(32)))


class Cells:
    """Generates the cells of a target in json-lines or a text form."""

    def __init__(self, values: Values) -> None:
        """Generate into the same function as `values`. Raises NotCompiled."""
        self.values, self.code, self.plan = values, values.code, values.code.plan
        self.target = self.plan.target
        self.form = self.target.file.form
        self.json = self.form == "json-lines"
        if not self.json and self.form not in textform.FORMS:
            raise NotCompiled(f"writing {self.form}")
        if is_grouped(self.target):
            raise NotCompiled("writing groups of columns in one line")
        fields = [one for record in self.target.records for one in record.fields if one.control]
        self.counted = {name for one in fields if one.control for name in one.control.count}
        self.summed = {name for one in fields if one.control for name in one.control.sum}
        if any(one.control and not _simple(one.control) for one in fields):
            raise NotCompiled("a control total that is not a plain count or sum")
        if self.target.per is not None and (fields or self.json):
            raise NotCompiled("several files with control totals, or in JSON")
        file = self.target.file
        if file.blocks is not None:
            raise NotCompiled("records in blocks")
        self.taken_for = {} if self.json else taken_for(self.target)
        text_marks = file.delimiter + file.quote_char + "\0\r\n"
        self.marks = _JSON_MARKS if self.json else text_marks

    def is_quick(self, record: Record) -> bool:
        """Tell whether a record's lines can be checked as a whole by one expression."""
        file = self.target.file
        return (
            file.form == "delimited"
            and record.ordinal not in self.taken_for
            and file.continuation is None
            and file.quote in ("needed", "all")
            and len(file.delimiter) == 1
            and file.escape == "doubled"
            and file.record_end is None
            and file.encoding in ("utf-8", "utf8")
            and file.comment is None
            and not file.skip_blank
            and file.newline in ENDS
        )

    def copied(self, node: p.Node, record: Record, scope: Scope) -> dict[int, str]:
        """Give the cells that are copied from a row that fits, by position.

        Not those that a check, a control total, `distinct` or the choice of a file wants to know.
        """
        if not self.json and not self.is_quick(record):
            return {}
        checks = self.plan.target_checks.get(record.name, ())
        wanted = {at for check in checks for at in check.positions.values()}
        if self.target.per is not None and self.target.per[0] == record.name:
            wanted.add(self.target.per[1])
        found = {}
        for assignment in node.assignments:
            one = assignment.field
            if (
                (one.position or self.json)  # a line must not begin with a byte order mark
                and one.position not in wanted
                and not self.aliases(record, one)
                and not assignment.distinct
                and not assignment.unique
            ):
                made = self.copy(assignment, scope)
                if made is not None:
                    found[one.position] = made
        return found

    def aliases(self, record: Record, one: Field) -> set[str]:
        """Give the names by which control totals add a field up."""
        return {f"{record.name}.{one.key}", f"{record.name}.{one.name}"} & self.summed

    def copy(self, assignment: p.Assignment, scope: Scope) -> str | None:
        """Give the source of a copied cell, and note what it must look like for that."""
        term, one = assignment.term, assignment.field
        slot = single_slot(term) if term is not None else None
        if term is None or slot is None or slot.path.ups or slot.path.downs:
            return None
        if term.over is not None or not is_copied(term, one):
            return None
        shape, at = self.shape(term, one), slot.field.position
        if shape is None or self.code.copied.setdefault(at, shape) != shape:
            return None
        return self.code.raw(slot, scope)

    def shape(self, term: p.Term, one: Field) -> str | None:
        """Give what a value must look like to be copied."""
        fast, length = quick_test(term, one)
        if fast is None or one.codec.type in TEXTS:
            shut = self.marks + marks_of(self.plan.source.file) + "\0\r\n"
            shut = re.escape(shut) + ("" if fast is None else r"\x00-\x1f\x7f")
            more = "*+" if length is None else f"{{0,{length - 1}}}+"
            shape = rf"[^\s{shut}][^{shut}]{more}"
        elif length is None and not NUMERIC & {*self.marks, *marks_of(self.plan.source.file)}:
            shape = f"(?a:{fast})"
        else:
            return None
        try:
            empty = cell_of(term, one, self.plan)("")
        except (Problem, Doubt):
            empty = None
        return f"(?:{shape})?+" if empty == ('""' if self.json else "") else f"(?:{shape})"

    def cell(self, assignment: p.Assignment, record: Record, scope: Scope) -> str:
        """Give the expression of one target cell, kept in a variable."""
        one, term = assignment.field, assignment.term
        write = write_value(one, self.form)
        if term is None:
            try:
                return self.code.const(write(Missing.MISSING))
            except Doubt:
                return "MISSING"
        if isinstance(term.origin, (p.Fixed, p.SettingValue, p.RunValue)) and term.when is None:
            return self.code.const(write(self.code.interpreter.term(term, Place(()))))
        made = self.direct(term, one, scope) or self.picked(term, one, scope)
        if made is None:
            made = self.written(self.values.value(term, scope), term, one, scope)
        name = self.code.var()
        scope.add(f"{name} = {made}")
        self.note(assignment, record, name, scope)
        return name

    def note(self, assignment: p.Assignment, record: Record, cell: str, scope: Scope) -> None:
        """Generate what control totals and `distinct` want to know of a cell."""
        one = assignment.field
        for alias in sorted(self.aliases(record, one)):
            text = f"{cell}[1:-1]" if self.json and one.json == "text" else cell
            quick = one.codec.fast is not None and places(one) is not None
            plain = (
                f"int({text}.replace('.', ''))"
                if quick
                else f"{self.code.const(_minor(one), 'M')}({text})"
            )
            empty = f"{cell} == 'null'" if self.json else f"not {cell}"
            self.tell(f"S[{self.code.const(alias)}] += ", f"0 if {empty} else {plain}", scope)
        if (assignment.distinct or assignment.unique) and scope.indent != BASE:
            raise NotCompiled("values of repeated records that are told apart")
        text = f"{self.code.const(_spelled)}({cell})" if self.json else cell
        if assignment.unique:
            if self.json and one.json != "text":
                raise NotCompiled("a JSON number that is unique")
            pair = self.code.const(partial(unique_pair, one))
            self.code.late.append(f"if {text}: D({pair}({text}))")
        if assignment.distinct:
            slot = single_slot(assignment.term) if assignment.term is not None else None
            if slot is None:
                raise NotCompiled("distinct of several fields")
            self.code.late.append(f"D(({self.code.raw(slot, scope)}, {text}))")

    def tell(self, what: str, amount: str, scope: Scope) -> None:
        """Generate an addition that counts only when the whole unit is fine."""
        name = self.code.var()
        if scope.indent == BASE:
            scope.add(f"{name} = {amount}")
        elif "loop" in scope.known:
            at, depth = scope.known["loop"].split()
            scope.lines.insert(int(at), f"{' ' * int(depth)}{name} = 0")
            scope.add(f"{name} += {amount}")
            if depth != str(len(BASE)):
                raise NotCompiled("a control total over records that repeat twice")
        else:
            raise NotCompiled("a control total of a conditional record")
        self.code.late.append(what + name)

    def direct(self, term: p.Term, target: Field, scope: Scope) -> str | None:
        """Give a cell that depends on one source cell, without a typed value between."""
        slot = single_slot(term)
        if slot is None or not self.values.is_text(slot) or isinstance(term.origin, p.Taken):
            return None
        if not self.values.joins(term, [slot], scope):
            return None
        raw, function = self.code.raw(slot, scope), cell_of(term, target, self.plan)
        name = self.code.var()
        known, text = self.values.known(name, raw, slot)
        if not is_copied(term, target):
            chain = text_chain(term, target) if not self.json else None
            if chain is None:
                return self.values.remembered(function, raw)
            made, steps = self.code.var(), self.code.const(chain, "A")
            good = f"({made} := {steps}({name})).strip() and {made}.isprintable()"
            other = self.values.unusual(function, self.code.const(function, "F"), name)
            return f"({made} if {known}{text}.strip() and {good} else {other})"
        fast, length = quick_test(term, target)
        test = f"{known}{text}.strip()"
        if fast is not None:
            test = f"{known}{self.code.const(re.compile(fast, re.ASCII).fullmatch, 'X')}({text})"
            test += f" and {name}.strip()" if target.codec.type in TEXTS else ""
        if length is not None:
            test += f" and len({name}) <= {length}"
        cell = name
        if self.json and target.json == "text":
            plain = fast is not None and target.codec.type not in TEXTS
            cell = (
                f"f'\"{{{name}}}\"'"
                if plain
                else f"{self.code.const(encode_basestring, 'Q')}({name})"
            )
        other = self.values.unusual(function, self.code.const(function, "F"), name)
        return f"({cell} if {test} else {other})"

    def picked(self, term: p.Term, target: Field, scope: Scope) -> str | None:
        """Give `pick: first` of one field: the cell of the record that is found."""
        bare = replace(term, pick=None, over=None, where=None, when=None)
        if term.pick != "first" or single_slot(bare) is None or isinstance(term.origin, p.Taken):
            return None
        try:
            cell = write_value(target, self.form)(None)
        except (Problem, Doubt):
            return None
        if term.default is not None:
            return None
        absent = self.code.const(cell)
        return self.values.first(
            term, scope, lambda inner: self.direct(bare, target, inner), absent
        )

    def written(self, value: str, term: p.Term, one: Field, scope: Scope) -> str:
        """Give a typed value's cell: texts without further laws need no call."""
        write = write_value(one, self.form)
        if isinstance(term.origin, p.Decided) and not term.steps:  # few texts, again and again
            return f"{self.code.const(Memo(write), 'W')}[{value}]"
        exact = self.code.const(write, "W")
        laws = one.always or one.values or one.default is not None
        if {term.type, one.codec.type} != {"text"} or laws or one.json != "text":
            return f"{exact}({value})"
        empty = self.code.const("null" if self.json else "")
        if value == "None" and not one.required:
            return empty
        if isinstance(term.origin, p.Chunk) and not (self.json or one.required or term.steps):
            return f"{value} or ''"
        name = self.code.var()
        scope.add(f"{name} = {value}")
        cell = f"{self.code.const(encode_basestring, 'Q')}({name})" if self.json else name
        fits = one.length is None or isinstance(term.origin, p.Chunk)
        limit = "" if fits else f" and len({name}) <= {one.length}"
        if one.required:
            return f"{cell} if {name} and {name}.strip(){limit} else {exact}({name})"
        rest = f" if {limit[5:]} else {exact}({name})" if limit else ""
        absent = f"{name} is None" if self.json else f"{name} is None or {name} is MISSING"
        return f"{empty} if {absent} else {cell}{rest}"


def _simple(control: Any) -> bool:  # noqa: ANN401
    """Tell whether a control total is only a count or a sum."""
    plain = {"count", "sum", "span"}
    return all(not getattr(control, name) for name in control.__slots__ if name not in plain)


def places(one: Field) -> int | None:
    """Give the fixed decimals of a number field; None where they vary."""
    if one.codec.type == "integer":
        return 0
    default = 2 if one.codec.type == "money" else None
    return default if one.codec.spelling.decimals is None else one.codec.spelling.decimals


def _spelled(cell: str) -> str:
    """Give the text of a JSON fragment, as the reference compares it."""
    return "" if cell == "null" else str(json.loads(cell))


def _minor(one: Field) -> Callable[[str], int]:
    """Give an amount in minor units from its written text."""
    read, scale = one.codec.read, places(one) or 0

    def minor(text: str) -> int:
        value: Any = read(text)
        return int(value.scaleb(scale)) if not isinstance(value, int) else value * 10**scale

    return minor


__all__ = ["ENDS", "Cells", "places", "value_of"]
