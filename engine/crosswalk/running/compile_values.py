"""Generating values: a term as an expression, with the statements it needs before it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from crosswalk.language.arithmetic import calculate
from crosswalk.language.conditions import All, AnyOf, BoundCompare, BoundCondition, BoundSame, Not
from crosswalk.language.patterns import Pattern
from crosswalk.model.records import Cell, Instance
from crosswalk.planning import plan as p
from crosswalk.planning.term_words import options_of
from crosswalk.running.code import Code, NotCompiled, Scope, escaped
from crosswalk.running.evaluate import Place
from crosswalk.running.interpret import Interpreter
from crosswalk.running.lower import (
    SMALL,
    Doubt,
    Memo,
    finish,
    is_json_integer,
    read_cell,
    single_slot,
    taken_apart,
)
from crosswalk.running.pieces import add
from crosswalk.values.spelling import Problem

TEXT_FORMS = ("delimited", "fixed")
"""Forms whose cells are text."""

_MEMO = frozenset({"date", "time", "datetime", "boolean", "code", "integer"})

_KEYS = frozenset({"text", "code", "integer", "date", "boolean"})
"""Types whose equal values are the same value, so that what was decided of one holds for all."""

Value = Callable[[str], str]


def number_of(scope: Scope) -> str:
    """Give the expression of the number of the record being made; units go on counting."""
    return scope.known.get("number", "N[0] + 1")


class Values:
    """Generates typed values; what it does not know, it asks the reference."""

    def __init__(self, code: Code) -> None:
        """Generate into this function."""
        self.code = code
        self.text = code.plan.source.file.form in TEXT_FORMS

    def value(self, term: p.Term, scope: Scope) -> str:
        """Give the expression of a term's value."""
        made = self.plain(term, scope)
        if made is None:
            return self.asked(term, scope)
        if not term.steps and term.default is None:
            return made
        return f"{self.code.const(finish(term), 'G')}({made})"

    def plain(self, term: p.Term, scope: Scope) -> str | None:
        """Give a term's value before its steps; None when it is not lowered."""
        if term.over is not None and term.pick == "first":
            return self.first(term, scope, lambda inner: self.origin(term.origin, inner))
        if term.over is not None and not self.joins(term, slots_of(term), scope):
            return None
        if term.when is None:
            return self.origin(term.origin, scope)
        made = self.quiet(lambda: self.origin(term.origin, scope), scope)
        if made is None:
            return None
        name = self.code.var()
        scope.add(f"{name} = {made} if {self.condition(term.when, scope)} else None")
        return name

    def quiet(self, make: Callable[[], str | None], scope: Scope) -> str | None:
        """Make an expression that needs no statement before it; None when it does."""
        before, known = list(scope.lines), dict(scope.known)
        made = make()
        if len(scope.lines) == len(before):
            return made
        scope.lines[:] = before
        scope.known.clear()
        scope.known.update(known)
        return None

    def joins(self, term: p.Term, slots: list[p.Slot], scope: Scope) -> bool:
        """Tell whether `pick: same` is taken care of by comparing the group's cells once."""
        if term.over is None:
            return True
        if term.pick != "same" or scope.group is None or term.where is not None:
            return False
        if term.over.ups or term.over.downs or any(s.path.ups or s.path.downs for s in slots):
            return False
        scope.same.update(dict.fromkeys(slot.field.position for slot in slots))
        return True

    def origin(  # noqa: C901, PLR0911, PLR0912 - one case for each kind of origin
        self, origin: p.BoundOrigin, scope: Scope
    ) -> str | None:
        """Give the expression of an origin's value at one place."""
        code = self.code
        match origin:
            case p.FieldValue(slot):
                return self.read(slot, scope)
            case p.Taken() if self.text:
                return self.part(origin, scope)
            case p.Fixed(value):
                return code.const(value)
            case p.SettingValue() | p.RunValue():
                return code.const(code.interpreter.origin(origin, Place(())))
            case p.Joined(pattern, slots) if self.text:
                return self.joined(pattern, slots, scope)
            case p.Chunk():
                return self.chunk(origin, scope)
            case p.Choice(options) if all(option.over is None for option in options):
                return self.choice(options, scope)
            case p.FirstGiven(options):
                return self.first_given(options, scope)
            case p.Summed():
                return self.summed(origin, scope)
            case p.Calculated():
                return self.calculated(origin, scope)
            case p.Decided():
                return self.decided(origin, scope)
            case p.Numbered():
                return f"({number_of(scope)})"
            case p.NullValue():
                return "None"
            case _:
                return None

    def read(self, slot: p.Slot, scope: Scope) -> str:
        """Give the expression of a field's value."""
        one, raw = slot.field, self.code.raw(slot, scope)
        function = read_cell(one, self.code.plan.source.file.form)
        if self.is_text(slot) and one.codec.type in _MEMO:
            return self.remembered(function, raw)
        reader = self.code.const(function, "F")
        if is_json_integer(one, self.code.plan.source.file.form):
            name = self.code.var()
            small = SMALL.format(cell=f"({name} := {raw})", again=name)
            return f"({name} if {small} else {reader}({name}))"
        plain = one.codec.type == "text" and not (one.length or one.values or one.always)
        if self.is_text(slot) and plain:
            name = self.code.var()
            known, text = self.known(name, raw, slot)
            rest = self.unusual(function, reader, name)
            return f"({name} if {known}{text}.strip() else {rest})"
        return f"{reader}({raw})"

    def is_text(self, slot: p.Slot) -> bool:
        """Tell whether a field's cells are text, or in JSON mostly text."""
        form = self.code.plan.source.file.form
        return self.text or (form in ("json", "json-lines") and slot.field.json == "text")

    def known(self, name: str, raw: str, slot: p.Slot) -> tuple[str, str]:
        """Give the test that a cell is text, before `and`, and the expression of the cell.

        Both together give it a name. Columns that must be there need no test.
        """
        if self.text and slot.field.on_missing != "empty":
            return "", f"({name} := {raw})"
        return f"({name} := {raw}).__class__ is str and ", f"{name}"

    def remembered(self, function: Callable[[Cell], object], raw: str) -> str:
        """Give a function's value of a cell; of texts it is remembered."""
        memo = self.code.const(Memo(function), "F")
        if self.text:
            return f"{memo}[{raw}]"
        name = self.code.var()
        exact = self.code.const(function, "F")
        return f"({memo}[{name}] if ({name} := {raw}).__class__ is str else {exact}({name}))"

    def unusual(self, function: Callable[[Cell], object], convert: str, name: str) -> str:
        """Give what becomes of a cell that is not simply copied; empty ones are common."""
        try:
            empty = function("" if self.text else None)
        except (Problem, Doubt):
            return f"{convert}({name})"
        test = f"{name} == ''" if self.text else f"{name} is None"
        return f"({self.code.const(empty)} if {test} else {convert}({name}))"

    def part(self, origin: p.Taken, scope: Scope) -> str:
        """Give one part of a text; the text is taken apart once for all its parts."""
        slot, pattern = origin.slot, origin.pattern
        key = f"part {slot.path} {slot.record.name} {slot.field.position} {pattern.text}"
        if key not in scope.known:
            name = self.code.var()
            quick, apart = taken_apart(slot, pattern, self.code.plan.source)
            raw = self.code.raw(slot, scope)
            exact = f"{self.code.const(apart, 'F')}({raw})"
            if quick is not None:
                scope.add(f"{name} = {self.code.const(quick, 'X')}({raw})")
                scope.add(f"{name} = {name}.groups() if {name} else {exact}")
            else:
                scope.add(f"{name} = {exact}")
            scope.known[key] = name
        return f"{scope.known[key]}[{pattern.names.index(origin.part)}]"

    def joined(self, pattern: Pattern, slots: tuple[p.Slot, ...], scope: Scope) -> str | None:
        """Give text put together from fields, each checked to be readable."""
        if pattern.variants or any(part.kind != "text" or part.count for part in pattern.parts):
            return None
        checks: list[str] = []
        pieces = [escaped(pattern.literals[0])]
        for slot, literal in zip(slots, pattern.literals[1:], strict=True):
            checks.append(f"{self.read(slot, scope)} is not None")
            pieces += ["{" + self.code.raw(slot, scope) + "}", escaped(literal)]
        return f"(f{''.join(pieces)!r} if {' and '.join(checks)} else None)"

    def chunk(self, origin: p.Chunk, scope: Scope) -> str:
        """Give one piece of a chain; the whole is evaluated once per occurrence."""
        key = f"chunk {origin.whole.span}"
        if key not in scope.known:
            name = self.code.var()
            scope.add(f"{name} = {self.value(origin.whole, scope)}")
            scope.known[key] = name
        whole, before = scope.known[key], origin.lengths[: origin.index]
        if None in before:
            return "None"
        start, length = sum(n or 0 for n in before), origin.lengths[origin.index]
        if origin.index == len(origin.lengths) - 1 and length is not None:
            scope.add(f"if {whole} is not None and len({whole}) > {start + length}: raise Doubt")
        end = "" if length is None else start + length
        return f"({whole} and {whole}[{start}:{end}] or None)"

    def choice(self, options: tuple[p.Term, ...], scope: Scope) -> str | None:
        """Give the first option whose condition holds, as nested conditional expressions."""
        pieces: list[str] = []
        for option in options:
            bare = replace(option, when=None)
            made = self.quiet(lambda bare=bare: self.plain(bare, scope), scope)  # type: ignore[misc]
            if made is None:
                return None
            if option.steps or option.default is not None:
                made = f"{self.code.const(finish(option), 'G')}({made})"
            if option.when is None:
                return f"({''.join(pieces)}{made})"
            pieces.append(f"{made} if {self.condition(option.when, scope)} else ")
        return f"({''.join(pieces)}None)"

    def first_given(self, options: tuple[p.Term, ...], scope: Scope) -> str:
        """Give the first option that has a value; later ones are only looked at when needed."""
        name, inner = self.code.var(), scope
        scope.add(f"{name} = {self.value(options[0], scope)}")
        for option in options[1:]:
            inner.add(f"if {name} is None or {name} is MISSING:")
            inner = inner.deeper()
            inner.add(f"{name} = {self.value(option, inner)}")
        return name

    def decided(self, origin: p.Decided, scope: Scope) -> str:
        """Give an outcome of a decision, which is looked up once for all its outcomes."""
        decider = origin.decider
        key = f"decide {decider.name} {[repr(one) for one in (*decider.inputs, decider.day)]}"
        if key not in scope.known:
            given = ["None" if one is None else self.value(one, scope) for one in decider.inputs]
            day = "None" if decider.day is None else self.value(decider.day, scope)
            surely, name = self.code.interpreter.judging.surely(decider), self.code.var()
            case = f"({', '.join(given)},), {day}"
            if all(one is None or one.type in _KEYS for one in (*decider.inputs, decider.day)):
                decide = self.code.const(Memo(lambda case: surely(*case).values), "J")
                scope.add(f"{name} = {decide}[{case}]")
            else:
                scope.add(f"{name} = {self.code.const(surely, 'J')}({case}).values")
            scope.known[key] = name
        text = f"{scope.known[key]}[{self.code.const(origin.outcome)}]"
        if not origin.number:
            return text
        number = self.code.var()
        scope.add(f"{number} = {text}")
        return f"(None if {number} is None else int({number}))"

    def first(
        self, term: p.Term, scope: Scope, make: Callable[[Scope], str | None], absent: str = "None"
    ) -> str | None:
        """Give what `make` generates for the first record of the group where conditions hold.

        The conditions are held against every record: one that cannot be read costs the group.
        """
        if scope.group is None or term.over is None or term.over.ups or term.over.downs:
            return None
        conditions = [one for one in (term.where, term.when) if one is not None]
        if not conditions:
            return make(replace(scope, group=None))
        name, item, found = self.code.var(), self.code.var(), self.code.var()
        inner = Scope(scope.branch, item, None, None, scope.lines, scope.indent + "    ", tail=True)
        scope.add(f"{name}, {found} = {absent}, False")
        scope.add(f"for {item} in {scope.group}:")
        if scope.instance is not None:
            inner.instance, inner.cells, inner.tail = item, self.code.var(), False
            inner.add(f"{inner.cells} = {item}.cells")
        inner.add(f"if {' and '.join(self.condition(one, inner) for one in conditions)}:")
        inner.deeper().add(f"if {found}: continue")
        block = inner.deeper()
        made = make(block)
        if made is None:
            raise NotCompiled("pick: first of something that is not lowered")
        block.add(f"{name}, {found} = {made}, True")
        return name

    def summed(self, origin: p.Summed, scope: Scope) -> str:
        """Give a sum; a running one goes on from line to line of its group."""
        more = ", ".join(self.read(slot, scope) for slot in origin.add)
        less = ", ".join(self.read(slot, scope) for slot in origin.less)
        total = f"({more}{',' if more else ''}), ({less}{',' if less else ''})"
        plus = self.code.const(_plus, "A")
        name = self.code.var()
        if origin.running:
            if "loop" not in scope.known:
                raise NotCompiled("a running sum outside of repeated records")
            state, (at, depth) = self.code.var(), scope.known["loop"].split()
            scope.lines.insert(int(at), f"{' ' * int(depth)}{state} = None")
            scope.add(f"{name} = {state} = {plus}({state}, {total})")
        else:
            scope.add(f"{name} = {plus}(None, {total})")
        if origin.start is not None:
            start = self.read(origin.start, scope)
            scope.add(f"{name} = {plus}({name}, ({start},), ())")
        return name

    def calculated(self, origin: p.Calculated, scope: Scope) -> str:
        """Give what is calculated from other terms."""
        of, by = ("".join(f"{self.value(t, scope)}, " for t in ts) for ts in (origin.of, origin.by))
        made = partial(calculate, origin.word, evenly=origin.evenly)
        return f"{self.code.const(made, 'A')}(({of}), ({by}))"

    def asked(self, term: p.Term, scope: Scope) -> str:
        """Give a question to the reference interpreter."""
        code = self.code
        ask, place = code.const(_asking(code.interpreter), "E"), code.const(Place, "L")
        members = scope.group or f"({scope.instance},)"
        if scope.instance is None:
            if _goes_up(term):
                raise NotCompiled("a way from a row to records around it")
            members = self.instances(scope)
        return f"{ask}({code.const(term)}, {place}({members}, (), {number_of(scope)}))"

    def instances(self, scope: Scope) -> str:
        """Give rows as occurrences, whole again where they are only tails."""
        code = self.code
        make = f"{code.const(Instance, 'I')}({code.const(scope.branch, 'B')}, 0, "
        before = f"*r0[:{code.head}], " if code.head else ""
        if scope.group is not None:
            return f"[{make}[{before}*x]) for x in {scope.group}]"
        return f"({make}[{before if scope.tail else ''}*{scope.cells}]),)"

    # --- conditions ----------------------------------------------------------------------

    def condition(self, when: p.When, scope: Scope) -> str:
        """Give a condition as an expression."""
        slots, context = dict(when.slots), self.code.interpreter.context

        def value(name: str) -> str:
            if name in slots:
                return self.read(slots[name], scope)
            if name.startswith("settings."):
                return self.code.const(self.code.interpreter.setting(name))
            return self.code.const(context.run.value(name.removeprefix("run.")))

        def sure(name: str) -> bool:
            one = slots[name].field if name in slots else None
            return self.text and one is not None and (one.on_missing, one.on_blank) in _QUICK

        return self.bound(when.condition, value, sure=sure)

    def bound(
        self,
        condition: BoundCondition,
        value: Value,
        text: Callable[[str], str | None] = lambda _: None,
        sure: Callable[[str], bool] = lambda _: False,
    ) -> str:
        """Give a bound condition.

        `text` gives canonical cells that can be compared first; `sure` tells which values are None
        whenever they are absent, never MISSING or blank.
        """
        match condition:
            case BoundCompare(reference=name, written=written, test=test):
                cell = text(name)
                if written.word == "present" and (cell is not None or sure(name)):
                    return f"({cell} != '')" if cell is not None else f"({value(name)} is not None)"
                return self.tested(test, value(name))
            case BoundSame(reference=name, other=other, test=test):
                one, two = text(name), text(other)
                quick = f"{one} == {two} != '' or " if one and two else ""
                return f"({quick}{self.code.const(test, 'T')}({value(name)}, {value(other)}))"
            case All(parts=parts):
                return f"({' and '.join(self.bound(part, value, text, sure) for part in parts)})"
            case AnyOf(parts=parts):
                return f"({' or '.join(self.bound(part, value, text, sure) for part in parts)})"
            case Not(part=part):
                return f"(not {self.bound(part, value, text, sure)})"

    def tested(self, test: Callable[[Any], bool], given: str) -> str:
        """Give a test of a value; that of a constant (a setting, the run) is made now."""
        if given in self.code.names:
            return str(bool(test(self.code.names[given])))
        return f"{self.code.const(test, 'T')}({given})"


_QUICK = {("reject", "reject"), ("reject", "empty")}
"""Policies for missing and blank under which an absent value of a text form is always None."""


def _asking(interpreter: Interpreter) -> Callable[[p.Term, Place], object]:
    """Give the reference's evaluation, doubtful where it has something to report."""

    def ask(term: p.Term, place: Place) -> object:
        value = interpreter.term(term, place)
        if interpreter.notes:
            interpreter.notes.clear()
            raise Doubt
        return value

    return ask


def _plus(total: object, more: tuple[object, ...], less: tuple[object, ...]) -> object:
    """Add and subtract what is there; None when nothing is."""
    given = [v for v in (total, *more) if v is not None]
    given += [-v for v in less if v is not None]  # type: ignore[operator]
    return add(given) if given else None  # type: ignore[arg-type]


def _goes_up(term: p.Term) -> bool:
    """Tell whether a term looks among records around its own, which a row does not know."""
    match term.origin:
        case p.Choice() | p.FirstGiven() | p.Agreed() | p.Calculated():
            inner = any(map(_goes_up, options_of(term.origin)))
        case p.Chunk(whole):
            inner = _goes_up(whole)
        case _:
            inner = any(slot.path.ups for slot in slots_of(term))
    return inner or (term.over is not None and term.over.ups > 0)


def slots_of(term: p.Term) -> list[p.Slot]:
    """Give the source fields that a term reads."""
    match term.origin:
        case p.FieldValue(slot) | p.Taken(slot):
            found = [slot]
        case p.Joined(slots=slots) | p.Gathered(slots=slots):
            found = list(slots)
        case p.Summed(add=more, less=less, start=start):
            found = [*more, *less, *([start] if start else [])]
        case _:
            found = [slot for one in options_of(term.origin) for slot in slots_of(one)]
    for when in (term.when, term.where):
        found += [slot for _, slot in when.slots] if when else []
    return found


__all__ = ["TEXT_FORMS", "Values", "single_slot", "slots_of"]
