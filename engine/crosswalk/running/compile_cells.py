"""Generating cells and records: a target field as text, a record as a line or as JSON.

Cells that are copied from a row which fits (`formats.fitting`) are put together as they stand;
only where a row does not fit is each of its cells looked at.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from json.encoder import encode_basestring
from typing import Any

from crosswalk.formats import textform
from crosswalk.formats.fitting import marks_of
from crosswalk.formats.groups import is_grouped
from crosswalk.model.layout import Field, Record
from crosswalk.planning import plan as p
from crosswalk.running.code import BASE, NotCompiled, Scope, escaped
from crosswalk.running.compile_values import Values
from crosswalk.running.interpret import Place
from crosswalk.running.lower import (
    Doubt,
    Memo,
    cell_of,
    is_copied,
    may_miss,
    quick_test,
    single_slot,
    text_chain,
    value_of,
    write_value,
)
from crosswalk.values.spelling import Missing, Problem, Spelling

ENDS = {"lf": "\n", "crlf": "\r\n"}
_TEXTS = {"text", "code"}
_NUMERIC = frozenset("0123456789.-+() ")
NOTHING: Mapping[int, str] = {}
_JSON_MARKS = '"\\' + "".join(map(chr, range(32)))


class Cells:
    """Generates the records of a target in json-lines or a text form."""

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
        text_marks = file.delimiter + file.quote_char + "\0\r\n"
        self.marks = _JSON_MARKS if self.json else text_marks

    def record(self, node: p.Node, scope: Scope) -> str:
        """Give the expression of a record: its line, or its JSON members."""
        record = node.branch.record
        assert record is not None
        copied = self.copied(node, record, scope) if scope.tail else {}
        made, cells = self.code.var(), {}
        for one in node.assignments:
            if one.field.position not in copied:
                cells[one.field.position] = self.cell(one, record, scope)
        for check in self.plan.target_checks.get(record.name, ()):
            self.check(check, record, cells, scope)
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
                cells[one.field.position] = self.cell(one, record, careful)
        self.text(node, cells, made, careful)
        return made

    def text(self, node: p.Node, cells: dict[int, str], made: str, scope: Scope) -> None:
        """Generate a record's text from its cells; a line is looked at for marks in its values."""
        record = node.branch.record
        assert record is not None
        if self.json:
            scope.add(f"{made} = {self.template(node, cells)}")
        elif not self.is_quick():
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
        mark = '"' if self.json else ""
        texts = {
            **{at: "{" + cell + "}" for at, cell in cells.items() if cell != "MISSING"},
            **{at: f"{mark}{{{raw}}}{mark}" for at, raw in copied.items()},
        }
        if not self.json:
            line = self.framed([texts.get(one.position, "") for one in record.fields], escaped)
            return f"f{line!r}"
        pieces = []
        for one in record.fields:
            if one.path is not None:
                raise NotCompiled("a JSON path")
            if one.position in texts:
                piece = f",{escaped(encode_basestring(one.name))}:{texts[one.position]}"
                pieces.append((piece, cells.get(one.position, "") if one.position in maybe else ""))
        if not any(cell for _, cell in pieces):
            return f"f{''.join(piece for piece, _ in pieces)[1:]!r}"
        given = {cell: f" if {cell} is not MISSING else ''" if cell else "" for _, cell in pieces}
        parts = [f"(f{piece!r}{given[cell]})" for piece, cell in pieces]
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
        if codec.type in _TEXTS:
            return assignment.term is None or not self.is_part(assignment.term)
        spelt = f"{codec.spelling}" if codec.spelling != Spelling() else ""
        return any(mark in _NUMERIC or mark in spelt for mark in self.marks)

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

    # --- lines ---------------------------------------------------------------------------

    def is_quick(self) -> bool:
        """Tell whether the target's lines can be checked as a whole by one expression."""
        file = self.target.file
        return (
            file.form == "delimited"
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
        if not self.json and not self.is_quick():
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
        if fast is None or one.codec.type in _TEXTS:
            shut = self.marks + marks_of(self.plan.source.file) + "\0\r\n"
            shut = re.escape(shut) + ("" if fast is None else r"\x00-\x1f\x7f")
            more = "*+" if length is None else f"{{0,{length - 1}}}+"
            shape = rf"[^\s{shut}][^{shut}]{more}"
        elif length is None and not _NUMERIC & {*self.marks, *marks_of(self.plan.source.file)}:
            shape = f"(?a:{fast})"
        else:
            return None
        try:
            empty = cell_of(term, one, self.plan)("")
        except (Problem, Doubt):
            empty = None
        return f"(?:{shape})?+" if empty == ('""' if self.json else "") else f"(?:{shape})"

    def line(self, record: Record, cells: dict[int, str]) -> str:
        """Give a line of a text form, written by the form's own writer."""
        write = self.code.const(textform.writer(self.target), "W")
        texts = [cells[at] for at in range(len(record.fields))]
        given = ", ".join('""' if cell == "MISSING" else cell for cell in texts)
        return f"{write}({self.code.const(record, 'R')}, ({given},))"

    def check(
        self, check: p.BoundCheck, record: Record, cells: dict[int, str], scope: Scope
    ) -> None:
        """Let a record be doubted that does not keep a law of its layout."""

        def value(name: str) -> str:
            one, cell = record.fields[check.positions[name]], cells[check.positions[name]]
            if cell == "MISSING":
                return "None"
            if self.json and one.json == "text":
                raise NotCompiled("a check on JSON text")
            if one.codec.type in _TEXTS:
                return f"({cell} or None)"
            read = one.codec.read
            return f"{self.code.const(Memo(lambda t: read(t) if t else None), 'P')}[{cell}]"

        def text(name: str) -> str | None:
            one, cell = record.fields[check.positions[name]], cells[check.positions[name]]
            plain = one.codec.spelling == Spelling(decimals=one.codec.spelling.decimals)
            return cell if plain and not self.json and cell != "MISSING" else None

        if self.json:
            self.values_check(check, scope)
            return
        expect = self.values.bound(check.expect, value, text)
        when = "" if check.when is None else f"{self.values.bound(check.when, value, text)} and "
        scope.add(f"if {when}not ({expect}): raise Doubt")

    def values_check(self, check: p.BoundCheck, scope: Scope) -> None:
        """Check a law by typed values, which JSON cells do not show."""
        terms = scope.known
        names = {}
        for name, position in check.positions.items():
            made = terms.get(f"value {check.span} {position}") or self.typed(check, position, scope)
            names[name] = made
        expect = self.values.bound(check.expect, names.__getitem__)
        when = (
            "" if check.when is None else f"{self.values.bound(check.when, names.__getitem__)} and "
        )
        scope.add(f"if {when}not ({expect}): raise Doubt")

    def typed(self, check: p.BoundCheck, position: int, scope: Scope) -> str:
        """Evaluate once more the value of a field that a check wants to know."""
        assignment = self.assignments[check.name][position]
        if assignment.term is None:
            return "None"
        name = self.code.var()
        scope.add(f"{name} = {self.values.value(assignment.term, scope)}")
        return name

    @property
    def assignments(self) -> dict[str, dict[int, p.Assignment]]:
        """Give the assignments of the record that each check is on, by position."""
        found: dict[str, dict[int, p.Assignment]] = {}

        def walk(node: p.Node) -> None:
            record = None if node.none else node.branch.record
            for check in self.plan.target_checks.get(record.name, ()) if record else ():
                found[check.name] = {one.field.position: one for one in node.assignments}
            for child in node.children:
                walk(child)

        walk(self.plan.root)
        return found

    # --- cells ---------------------------------------------------------------------------

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
        if assignment.distinct:
            slot = single_slot(assignment.term) if assignment.term is not None else None
            if slot is None or scope.indent != BASE:
                raise NotCompiled("distinct of several fields")
            text = f"{self.code.const(_spelled)}({cell})" if self.json else cell
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
            test += f" and {name}.strip()" if target.codec.type in _TEXTS else ""
        if length is not None:
            test += f" and len({name}) <= {length}"
        cell = name
        if self.json:
            plain = fast is not None and target.codec.type not in _TEXTS
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
        exact = self.code.const(write_value(one, self.form), "W")
        laws = one.always or one.values or one.default is not None
        if {term.type, one.codec.type} != {"text"} or laws or one.json != "text":
            return f"{exact}({value})"
        empty = self.code.const("null" if self.json else "")
        if value == "None" and not one.required:
            return empty
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
