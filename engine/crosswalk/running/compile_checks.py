"""Generating the checks of a layout's laws on the records that are made."""

from crosswalk.model.layout import Record
from crosswalk.planning import plan as p
from crosswalk.running.code import NotCompiled, Scope
from crosswalk.running.compile_cells import TEXTS
from crosswalk.running.compile_values import Values
from crosswalk.running.lower import Memo
from crosswalk.values.spelling import Spelling


class Checks:
    """Generates checks into the function of `values`; JSON cells are told by their values."""

    def __init__(self, values: Values, *, json: bool) -> None:
        """Generate for the values' plan."""
        self.values, self.code, self.plan, self.json = values, values.code, values.code.plan, json

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
            if one.codec.type in TEXTS:
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
