"""What the cases leave out: target fields that none asserts, rules by which none is decided."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crosswalk.decisions.coverage import never_asserted
from crosswalk.decisions.model import RuleSet
from crosswalk.documents.access import text
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.model.layout import Field
from crosswalk.planning import plan as p
from crosswalk.planning.term_words import options_of
from crosswalk.project import FORWARD, Project
from crosswalk.testing.cases import CaseResult


@dataclass(frozen=True, slots=True)
class Coverage:
    """The target fields and rules of a mapping in one direction, and those that no case asserts.

    `missing` are fields as (record, field) out of `total`, `unasserted` rules (RUL501) out of
    `rules`.
    """

    mapping: str
    total: int
    missing: tuple[tuple[str, Field], ...]
    rules: int
    unasserted: tuple[Diagnostic, ...]

    @property
    def gaps(self) -> bool:
        """Tell whether anything is not asserted."""
        return bool(self.missing or self.unasserted)


@dataclass(slots=True)
class _Wanted:
    """What there is to assert in a mapping, over all billers that have cases of it."""

    fields: dict[tuple[str, str], Field] = field(default_factory=dict)
    rules: dict[tuple[str, str], RuleSet] = field(default_factory=dict)

    def add(self, plan: p.Plan) -> None:
        for node in _nodes(plan.root):
            for one in node.assignments:
                filled = one.term is not None or one.field.always is not None or one.field.control
                if filled and node.branch.record is not None:
                    self.fields[node.branch.record.name, one.field.key] = one.field
                for rules in _rules(one.term):
                    self.rules[rules.name, rules.version] = rules


def coverage_of(
    project: Project, documents: Iterable[Document], results: Iterable[CaseResult]
) -> Iterator[Coverage]:
    """Hold what cases assert against all that their mappings fill and decide by."""
    done: dict[str, list[CaseResult]] = {}
    for one in results:
        done.setdefault(one.document, []).append(one)
    grouped: dict[tuple[str, str], list[Document]] = {}
    for document in documents:
        node = document.node
        tested = (text(node, "mapping") or "", text(node, "direction") or FORWARD)
        grouped.setdefault(tested, []).append(document)
    for (mapping, direction), group in grouped.items():
        wanted = _Wanted()
        for document in group:
            view = project.view(text(document.node, "biller"))
            wanted.add(project.plan(mapping, view, direction))
        ran = [one for document in group for one in done.get(document.name, ())]
        yield _held(mapping if direction == FORWARD else f"{mapping} {direction}", wanted, ran)


def _held(mapping: str, wanted: _Wanted, ran: list[CaseResult]) -> Coverage:
    covered = {key for one in ran for key in one.asserted}
    missing = tuple((key[0], one) for key, one in wanted.fields.items() if key not in covered)
    won: set[Span | None] = {place for one in ran if one.asserted for place in one.winners}
    unasserted = [
        finding
        for rules in wanted.rules.values()
        for finding in never_asserted(rules, [one.id for one in rules.rules if one.span in won])
    ]
    total = sum(len(rules.rules) for rules in wanted.rules.values())
    return Coverage(mapping, len(wanted.fields), missing, total, tuple(unasserted))


def _nodes(node: p.Node) -> Iterator[p.Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _rules(term: p.Term | None) -> Iterator[RuleSet]:
    """Give the rule sets by which a term is decided."""
    if term is None:
        return
    if isinstance(term.origin, p.Decided):
        yield from term.origin.decider.rules
    for option in options_of(term.origin):
        yield from _rules(option)
