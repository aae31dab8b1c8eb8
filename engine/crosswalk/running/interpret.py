"""The reference interpreter: the law of what a plan means. Short before fast.

It makes target records from source records, and their values as `evaluate` finds them. The
compiled form must give the same bytes; where it cannot, it asks here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from crosswalk.model.cells import Writer, writer
from crosswalk.model.controls import present
from crosswalk.model.layout import Record
from crosswalk.model.records import Cell, Instance, Issue, Rejected
from crosswalk.planning import plan as p
from crosswalk.running.evaluate import MISSING, Evaluator, Place, follow
from crosswalk.running.laws import breach
from crosswalk.running.occurrences import wrong_choice
from crosswalk.values.codecs import Problem, Value, spell


@dataclass(slots=True)
class Interpreter(Evaluator):
    """Applies one plan in one context. Not shared between threads; cheap to make."""

    writers: dict[tuple[str, int], Writer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Evaluator.__post_init__(self)
        target = self.plan.target
        for record in target.records:
            for one in record.fields:
                self.writers[record.name, one.position] = writer(one, target.file.form)

    def make(self, node: p.Node, place: Place, parent: Instance | None = None) -> Instance:
        """Make one occurrence of a target branch. Raises Rejected."""
        line = place.members[0].line if place.members else 0
        made = Instance(node.branch, line, None, [], None, parent)
        if node.branch.record is not None:
            self.fill(made, node, place)
        made.children = [list(self.occurrences(child, place, made)) for child in node.children]
        if node.branch.one_of and sum(map(bool, made.children)) != 1:
            self.reject("CW588", wrong_choice(made) or "", line, node.branch.name)
        return made

    def occurrences(self, node: p.Node, outer: Place, parent: Instance) -> Iterator[Instance]:
        """Make all occurrences of a child branch in its parent's scope."""
        if node.none:
            return
        if node.path is None:
            if self.applies(node.when, outer):
                made = self.make(node, outer, parent)
                if node.branch.least or _mapped(made, node):
                    yield made
            return
        found = False
        for place in self.places(node, outer):
            found = True
            yield self.make(node, place, parent)
        if not found and node.branch.least:
            line = outer.members[0].line if outer.members else 0
            name = node.branch.name
            self.reject("CW570", f"has no {name}, but needs one", line, name)

    def places(self, node: p.Node, outer: Place) -> Iterator[Place]:
        """Give the records that each occurrence of a repeated branch is made of."""
        assert node.path is not None
        found = [one for one in follow(node.path, outer) if self.applies(node.when, Place((one,)))]
        if node.split is not None:
            found = [piece for one in found for piece in self.pieces(node, node.split, one)]
        seen: list[Instance] = []
        for number, members in enumerate(self.groups(node, found), 1):
            seen += members
            yield Place(members, tuple(seen), number)

    def pieces(self, node: p.Node, split: p.Slot, one: Instance) -> Iterator[Instance]:
        """Give a source record again for each piece of a text, which stands in the text's place."""
        whole = self.field(split, one)
        for piece in whole.split(node.at) if isinstance(whole, str) else ():
            if piece.strip():
                cells = list(one.cells or [])
                cells[split.field.position] = piece.strip()
                yield replace(one, cells=cells)

    def groups(self, node: p.Node, found: Sequence[Instance]) -> Iterator[list[Instance]]:
        """Cut records into runs of equal keys; without keys each stands alone."""
        run: list[Instance] = []
        last: list[Value] | None = None
        for one in found:
            key = [self.field(slot, one) for slot in node.keys] if node.keys else None
            if run and (key is None or key != last):
                yield run
                run = []
            run.append(one)
            last = key
        if run:
            yield run

    def fill(self, made: Instance, node: p.Node, place: Place) -> None:
        """Evaluate a record's assignments and write their cells."""
        record = node.branch.record
        assert record is not None
        made.cells, made.values = [], []
        for assignment in node.assignments:
            value: Value = MISSING
            if assignment.term is not None:
                value = self.value(assignment.term, place, assignment)
            made.values.append(value)
            made.cells.append(
                MISSING if assignment.field.control else self.write(record, assignment, value, made)
            )
        for check in self.plan.target_checks.get(record.name, ()):
            self.check(check, made)

    def check(self, check: p.BoundCheck, made: Instance) -> None:
        """Hold a record against a law of its layout."""
        values = made.values or []

        def get(name: str) -> Value:
            return values[check.positions[name]]

        record = made.branch.record
        assert record is not None
        issue = breach(check, record, made.line, get)
        if issue is not None and check.reject:
            raise Rejected(issue)
        if issue is not None:
            self.notes.append(issue)

    def write(self, record: Record, assignment: p.Assignment, value: Value, made: Instance) -> Cell:
        """Write a value as its field's cell. Raises Rejected."""
        one = assignment.field
        notes: list[str] = []
        try:
            cell = self.writers[record.name, one.position](value, notes)
        except Problem as problem:
            span = assignment.span
            self.reject(problem.code, problem.reason, made.line, record.name, one.name, value, span)
        for note in notes:
            issue = Issue("CW572", note, made.line, made.line, record.name, one.name, spell(value))
            self.notes.append(issue)
        if made.values is not None and value is MISSING and one.always is not None:
            made.values[-1] = one.codec.read(one.always)
        return cell


def _mapped(made: Instance, node: p.Node) -> bool:
    """Tell whether an optional record got any value from its source."""
    if node.branch.record is None or made.values is None:
        return True
    given = zip(node.assignments, made.values, strict=True)
    if any(a.term is not None and present(value) for a, value in given):
        return True
    return any(group for group in made.children)
