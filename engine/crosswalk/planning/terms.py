"""Binding of entries: from what an author wrote for one field to a term of the plan."""

from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import assert_never

from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.language.codetables import CodeTable
from crosswalk.language.conditions import Condition, references
from crosswalk.language.matchers import bind
from crosswalk.language.operators import BadParameter, bind_chain
from crosswalk.model import mapping as m
from crosswalk.model.layout import Field
from crosswalk.planning.deciding import Judges, as_target, needed, outcome_value
from crosswalk.planning.plan import (
    Agreed,
    BoundOrigin,
    Calculated,
    Choice,
    Decider,
    FieldValue,
    FirstGiven,
    Fixed,
    Gathered,
    Joined,
    NullValue,
    Numbered,
    Path,
    Rebuilt,
    Remains,
    RunValue,
    SettingValue,
    Slot,
    Step,
    Summed,
    Taken,
    Term,
    When,
)
from crosswalk.planning.scopes import Scope, Tree, is_many
from crosswalk.values.codecs import Problem, Value, canonical

RUN = {"date": "date", "time": "time", "datetime": "datetime", "id": "text", "file": "text"}
"""What the host says of a run, and the type of each."""

_NUMBERS = ("integer", "decimal", "money")
_COMPOSITE = (m.Choose, m.FirstOf, m.Agree, m.Rebuild, m.Decide, m.Calculation)
_ADDING = ("sum", "min", "max")


@dataclass(slots=True)
class Terms:
    """Binds entries against one source tree; collects findings and the settings that are used.

    `waits` are findings only where the source is mapped piece by piece: entries of a piece that
    take a value from a record which stands after it.
    """

    tree: Tree
    tables: Table[str, CodeTable]
    catalogue: Table[str, str]
    findings: list[Diagnostic]
    judges: Judges
    settings: set[str] = field(default_factory=set)
    waits: list[Diagnostic] = field(default_factory=list)

    def wrong(self, code: str, message: str, span: Span, remedy: str = "") -> None:
        """Add a finding."""
        self.findings.append(Diagnostic(code, message, span, help=remedy))

    def slot(self, name: str, span: Span, scope: Scope) -> Slot | None:
        """Find a field; None and a finding when there is none."""
        found = self.tree.slot(name, scope, span)
        if isinstance(found, Slot):
            if self.tree.comes_later(scope.branch, found.path):
                message = f"{found.record.name} stands after {scope.branch.name}, which cannot wait"
                remedy = "take it into a record of the whole file, or leave it out"
                self.waits.append(Diagnostic("CW420", message, span, help=remedy))
            return found
        self.findings.append(found)
        return None

    def term(self, entry: m.Entry, scope: Scope, target: Field) -> Term | None:
        """Bind one entry for a target field, whose type gives constants theirs."""
        composite = isinstance(entry.origin, _COMPOSITE)
        over: Path | None = None
        inner = scope
        if not composite or entry.pick or entry.when or entry.where:
            narrowed = self.narrow(entry, scope)
            if narrowed is None:
                return None
            over, inner = narrowed
        made = self.origin(entry, inner, target)
        if made is None:
            return None
        origin, kind = made
        where = self.when(entry.where, inner, entry.span) if entry.where else None
        when = self.when(entry.when, inner, entry.span) if entry.when else None
        term = Term(
            origin,
            kind,
            entry.span,
            pick=(entry.pick or "same") if over is not None else None,
            joint=entry.joint,
            over=over,
            where=where,
            when=when,
        )
        term = self.steps(term, entry)
        if term.pick == "count":
            term = replace(term, type="integer")
        return replace(term, default=self.default(entry, target))

    def narrow(self, entry: m.Entry, scope: Scope) -> tuple[Path | None, Scope] | None:
        """Find among which records the entry picks, and the scope of one of them."""
        slots = []
        for name, span in _references(entry):
            slot = self.slot(name, span, scope)
            if slot is None:
                return None
            slots.append(slot)
        many = [slot for slot in slots if is_many(slot, scope)]
        if not many:
            return self.unneeded_pick(entry, scope)
        deepest = max(many, key=lambda slot: len(slot.path.downs))
        home = self.tree.homes[deepest.record.name]
        inner = Scope(home)
        for slot in many:
            again = self.tree.slot(f"{slot.record.name}.{slot.field.key}", inner, slot.span)
            if isinstance(again, Slot) and again.path.many:
                message = f"{slot.record.name} and {deepest.record.name} repeat independently"
                self.wrong("CW419", message, entry.span, "take both from one record")
                return None
        if not scope.branch.name and entry.pick != "first" and not isinstance(entry.origin, m.Sum):
            message = "a record of the whole file cannot wait for every line"
            remedy = "use pick: first, or a control total (equals:) in the layout"
            self.wrong("CW420", message, entry.span, remedy)
            return None
        return deepest.path, inner

    def unneeded_pick(self, entry: m.Entry, scope: Scope) -> tuple[Path | None, Scope]:
        """Report a pick where there is only one record."""
        if entry.pick is not None or entry.where is not None:
            word = "pick" if entry.pick is not None else "where"
            message = f"'{word}' has nothing to choose from: there is one record here"
            finding = Diagnostic("CW421", message, entry.span, help=f"remove {word}:")
            self.findings.append(finding)
        return None, replace(scope, grouped=False)

    def when(self, condition: Condition, scope: Scope, span: Span) -> When | None:
        """Bind a condition to the fields it names."""
        slots: dict[str, Slot] = {}
        for name in sorted(references(condition)):
            if name.startswith("settings."):
                self.setting(name.removeprefix("settings."), span)
            elif not name.startswith("run."):
                slot = self.slot(name, span, scope)
                if slot is None:
                    return None
                slots[name] = slot
        bound, findings = bind(condition, lambda name: self.type_of(name, slots))
        self.findings += findings
        return None if bound is None else When(bound, tuple(slots.items()))

    def type_of(self, name: str, slots: dict[str, Slot]) -> tuple[str, int | None]:
        """Give the type of a reference and its decimals."""
        if name in slots:
            codec = slots[name].field.codec
            return codec.type, codec.spelling.decimals
        if name.startswith("settings."):
            return self.catalogue.get(name.removeprefix("settings."), "text"), None
        return RUN.get(name.removeprefix("run."), "text"), None

    def setting(self, name: str, span: Span) -> str | None:
        """Note that a setting is read; give its type."""
        if name not in self.catalogue:
            near = closest(name, self.catalogue)
            remedy = f"did you mean '{near}'?" if near else "add it to a settings catalogue"
            self.wrong("CW308", f"no setting is called '{name}'", span, remedy)
            return None
        self.settings.add(name)
        return self.catalogue[name]

    def origin(  # noqa: C901, PLR0911, PLR0912 - one case for each kind of origin
        self, entry: m.Entry, scope: Scope, target: Field
    ) -> tuple[BoundOrigin, str] | None:
        """Bind an entry's origin; give it with the type of its values."""
        origin = entry.origin
        match origin:
            case m.Copy():
                slot = self.slot(origin.field, origin.span, scope)
                return None if slot is None else (FieldValue(slot), slot.field.codec.type)
            case m.Constant():
                value = self.literal(origin.text, origin.span, target)
                return None if value is None else (Fixed(value), target.codec.type)
            case m.FromSetting():
                kind = self.setting(origin.name, origin.span)
                exact = canonical(target.codec.type, target.codec.spelling.decimals)
                return None if kind is None else (SettingValue(origin.name, exact.read), "any")
            case m.FromRun():
                return self.run_value(origin)
            case m.Part():
                slot = self.slot(origin.field.field, origin.field.span, scope)
                return (Taken(slot, origin.pattern, origin.part), "text") if slot else None
            case m.Remainder():
                return self.remains(origin, scope)
            case m.Join():
                slots = self.slots(origin.fields, scope)
                return (Joined(origin.pattern, slots), "text") if slots else None
            case m.Sum():
                return self.summed(origin, scope)
            case m.Calculation():
                return self.calculated(origin, scope, target)
            case m.Gather():
                slots = self.slots(origin.fields, scope)
                return (Gathered(slots, origin.lengths), "text") if slots else None
            case m.Rebuild():
                parts = [(name, self.term(one, scope, target)) for name, one in origin.parts]
                good = tuple((name, one) for name, one in parts if one is not None)
                return (Rebuilt(origin.pattern, good), "text") if len(good) == len(parts) else None
            case m.Choose() | m.FirstOf() | m.Agree():
                return self.options(origin, scope, target)
            case m.Decide():
                return self.decided(entry, origin, scope, target)
            case m.Number():
                return Numbered(), "integer"
            case m.Null():
                return NullValue(), "any"
            case m.Continues():
                return None
            case _:
                assert_never(origin)

    def slots(self, copies: tuple[m.Copy, ...], scope: Scope) -> tuple[Slot, ...] | None:
        """Find several fields; None when one of them is not there."""
        found = [self.slot(copy.field, copy.span, scope) for copy in copies]
        good = tuple(slot for slot in found if slot is not None)
        return good if len(good) == len(found) else None

    def remains(self, origin: m.Remainder, scope: Scope) -> tuple[BoundOrigin, str] | None:
        """Bind a part that is found by the others."""
        copies = (origin.field, *(copy for _, copy, _ in origin.others))
        slots = self.slots(copies, scope)
        if slots is None:
            return None
        others = tuple(
            (name, slot, codec)
            for (name, _, codec), slot in zip(origin.others, slots[1:], strict=True)
        )
        return Remains(slots[0], origin.pattern, origin.part, others), "text"

    def run_value(self, origin: m.FromRun) -> tuple[BoundOrigin, str] | None:
        """Bind a value of the run."""
        if origin.name in RUN:
            return RunValue(origin.name), RUN[origin.name]
        near = closest(origin.name, RUN)
        remedy = f"did you mean '{near}'?" if near else f"one of {', '.join(RUN)}"
        self.wrong("CW309", f"a run has no '{origin.name}'", origin.span, remedy)
        return None

    def summed(self, origin: m.Sum, scope: Scope) -> tuple[BoundOrigin, str] | None:
        """Bind a sum; only numbers can be added."""
        start = (origin.start,) if origin.start else ()
        slots = self.slots((*origin.add, *origin.less, *start), scope)
        if slots is None:
            return None
        kinds = {slot.field.codec.type for slot in slots}
        for slot in slots:
            if slot.field.codec.type not in _NUMBERS:
                message = f"'{slot.field.name}' is {slot.field.codec.type} and cannot be added"
                self.wrong("CW422", message, slot.span, "add only integer, decimal or money fields")
                return None
        add, less = slots[: len(origin.add)], slots[len(origin.add) :][: len(origin.less)]
        kind = kinds.pop() if len(kinds) == 1 else "decimal"
        return Summed(add, less, origin.running, slots[-1] if start else None), kind

    def calculated(
        self, origin: m.Calculation, scope: Scope, target: Field
    ) -> tuple[BoundOrigin, str] | None:
        """Bind a calculation; constants and settings in it are exact decimals."""
        number = replace(target, codec=canonical("decimal"))
        of = [self.term(one, scope, number) for one in origin.of]
        by = [self.term(one, scope, number) for one in origin.by]
        terms = [term for term in (*of, *by) if term is not None]
        if len(terms) < len(of) + len(by):
            return None
        for term in terms:
            if term.type not in (*_NUMBERS, "any"):
                what = {"add": "added", "multiply": "multiplied"}[origin.word]
                message = f"a {term.type} cannot be {what}"
                remedy = "take numbers; text becomes one with via: [{read_as: {type: decimal}}]"
                self.wrong("CW422", message, term.span, remedy)
                return None
        kinds = {"decimal" if term.type == "any" else term.type for term in terms}
        if origin.word == "multiply" and origin.by:
            kinds.discard("integer")
        kind = "money" if "money" in kinds else "integer" if kinds == {"integer"} else "decimal"
        good = tuple(terms)
        size = len(of)
        return Calculated(origin.word, good[:size], good[size:], origin.evenly), kind

    def options(
        self, origin: m.Choose | m.FirstOf | m.Agree, scope: Scope, target: Field
    ) -> tuple[BoundOrigin, str] | None:
        """Bind the options of a choice, which must give one type."""
        made = [self.term(one, scope, target) for one in origin.options]
        terms = tuple(term for term in made if term is not None)
        if len(terms) < len(made):
            return None
        kinds = {term.type for term in terms} - {"any"}
        if kinds == {"code", "text"}:
            kinds = {"text"}
        if isinstance(origin, m.Agree) and kinds <= set(_NUMBERS):
            kinds = {terms[0].type if terms[0].type != "any" else max(kinds)} if kinds else kinds
        if len(kinds) > 1:
            message = f"the options give different types: {', '.join(sorted(kinds))}"
            self.wrong("CW423", message, origin.span, "convert them to one type")
            return None
        kind = kinds.pop() if kinds else "any"
        if isinstance(origin, m.Agree):
            return self.agreed(origin, terms, kind)
        return (Choice if isinstance(origin, m.Choose) else FirstGiven)(terms), kind

    def agreed(
        self, origin: m.Agree, terms: tuple[Term, ...], kind: str
    ) -> tuple[BoundOrigin, str] | None:
        """Bind entries that must agree; only numbers can be a little apart."""
        if origin.within is None:
            return Agreed(terms), kind
        text, span = origin.within.text, origin.within.span
        if kind not in (*_NUMBERS, "any"):
            self.wrong("CW422", f"a {kind} is not near another", span, "leave out within")
            return None
        try:
            within = canonical("decimal").read(text)
        except Problem as problem:
            self.wrong("CW405", f"within '{text}' {problem.reason}", span, "write it as 0.01")
            return None
        assert isinstance(within, Decimal)
        return Agreed(terms, abs(within)), kind

    def decided(
        self, entry: m.Entry, origin: m.Decide, scope: Scope, target: Field
    ) -> tuple[BoundOrigin, str] | None:
        """Bind an outcome of a decision, and the entries of its inputs in this scope."""
        judge, use, before = self.judges.find(origin), origin.use, len(self.findings)
        if judge is None:
            return None
        given: dict[str, Term] = {}
        for key, source in use.inputs:
            one = self.judges.input(judge, key)
            term = self.term(source, scope, as_target(target, one)) if one else None
            if one and term and self.judges.fits(one, term):
                given[one.name] = term
        day = None if use.day is None else self.term(use.day, scope, target)
        limit = self.judges.limit(judge, use)
        self.judges.check(judge, day, use)
        if len(given) < len(use.inputs) or len(self.findings) > before:
            return None
        self.settings |= needed(judge)
        inputs = tuple(given.get(one.name) for one in judge.model.inputs)
        decider = Decider(use.name, judge.model, judge.rules, inputs, day, limit)
        return outcome_value(decider, origin.outcome, target, bare=not entry.steps)

    def literal(self, text: str, span: Span, target: Field) -> Value:
        """Read a value written in the mapping as the target field's type."""
        codec = target.codec
        try:
            return canonical(codec.type, codec.spelling.decimals).read(text)
        except Problem as problem:
            message = f"'{text}' is not a value of field {target.key}: {problem.reason}"
            self.wrong("CW405", message, span, f"write it as {codec.type}")
            return None

    def default(self, entry: m.Entry, target: Field) -> Value:
        """Read an entry's default."""
        literal = entry.default
        return None if literal is None else self.literal(literal.text, literal.span, target)

    def steps(self, term: Term, entry: m.Entry) -> Term:
        """Bind an entry's operators and code table."""
        kind, steps = term.type, []
        if term.pick in _ADDING and kind not in _NUMBERS and term.pick == "sum":
            self.wrong("CW422", f"a {kind} cannot be added up", entry.span, "pick first or last")
        if term.pick == "join" and kind not in ("text", "code", "any"):
            remedy = 'join a text: pattern: "{Field}", or via: write_as in an option of first_of'
            self.wrong("CW422", f"a {kind} cannot be joined as text", entry.span, remedy)
        if term.pick == "join":
            kind = "text"
        for step in entry.steps:
            try:
                more, kind = self.step(step, kind)
            except BadParameter as bad:
                self.wrong("CW424", bad.message, bad.span or step.span, bad.help)
                break
            steps += more
        return replace(term, steps=tuple(steps), type=kind)

    def step(self, step: m.Clean | m.Lookup, kind: str) -> tuple[list[Step], str]:
        """Bind one chain of operators, or one code table."""
        if isinstance(step, m.Clean):
            chain = bind_chain(step.steps, step.takes if step.undo else kind)
            if not step.undo:
                return [Step(name, one, span) for name, one, span in chain.forward], chain.gives
            # What an undone chain gives is of the type it was made from, which is the target's.
            return [Step(name, one, span) for name, one, span in chain.backward or ()], "any"
        table = self.tables.get(step.table.text)
        if table is None:
            return [], kind
        if kind not in ("text", "code", "any"):
            message = f"a code table takes text or a code, not {kind}"
            raise BadParameter(message, "declare the field as code in its layout", step.span)
        look = table.back if step.back else table.forward
        return [Step(f"table {table.name}", look, step.span)], "code"


def _references(  # noqa: C901 - one case for each kind of origin
    entry: m.Entry,
) -> Iterator[tuple[str, Span]]:
    """Give the source fields that an entry and its options name, with their places."""
    for condition in (entry.where, entry.when):
        if condition is not None:
            for name in sorted(references(condition)):
                if not name.startswith(("settings.", "run.")):
                    yield name, entry.span
    match entry.origin:
        case m.Copy(field=name, span=span):
            yield name, span
        case m.Part(field=copy):
            yield copy.field, copy.span
        case m.Remainder(field=copy, others=others):
            yield copy.field, copy.span
            yield from ((other.field, other.span) for _, other, _ in others)
        case m.Join(fields=copies) | m.Gather(fields=copies):
            yield from ((copy.field, copy.span) for copy in copies)
        case m.Sum(add=add, less=less):
            yield from ((copy.field, copy.span) for copy in (*add, *less))
        case _:
            for inner in m.entries_of(entry.origin):
                yield from _references(inner)
