"""What a change does to known inputs: cases and files, mapped in memory by both sides."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from crosswalk.comparing.change import Change
from crosswalk.comparing.layouts import titled
from crosswalk.comparing.outputs import differences
from crosswalk.comparing.side import Side, pinned
from crosswalk.documents.access import mapping, text
from crosswalk.documents.source import Map
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Severity, Span
from crosswalk.findings.errors import ConfigError
from crosswalk.model.layout import Layout
from crosswalk.planning.plan import Node, Plan
from crosswalk.project import CANONICAL, FORWARD, View
from crosswalk.running.context import Context, Run
from crosswalk.running.in_memory import Outcome, run_in_memory
from crosswalk.testing.case_compare import is_bare
from crosswalk.testing.case_input import input_bytes, the_input
from crosswalk.testing.cases import DEFAULT_AT, context_of

Key = tuple[str, str]
Pair = tuple[Document, Document]


@dataclass(slots=True)
class Effects:
    """The values of one field that come out otherwise: how often, from what to what."""

    inputs: set[str] = field(default_factory=set)
    values: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(slots=True)
class Impact:
    """What became of all inputs. `fields` by record and field's key, `rejects` by code and field.

    `places` has the new side's entries of the fields; `cannot` names inputs that one side cannot
    map at all, by the reason.
    """

    inputs: int = 0
    changed: set[str] = field(default_factory=set)
    fields: dict[Key, Effects] = field(default_factory=dict)
    titles: dict[Key, str] = field(default_factory=dict)
    places: dict[Key, Span] = field(default_factory=dict)
    records: Counter[str] = field(default_factory=Counter)
    rejects: Counter[tuple[str, str]] = field(default_factory=Counter)
    cannot: dict[str, list[str]] = field(default_factory=dict)

    @property
    def equal(self) -> int:
        """How many inputs give what they gave."""
        return self.inputs - len(self.changed) - sum(map(len, self.cannot.values()))


def impact(
    before: Side, after: Side, mappings: Iterable[Pair], files: Iterable[Path] = ()
) -> Impact:
    """Map the cases of mappings, and files, by both sides.

    Cases are those of the new side. Where the sides are two billers, only cases of the first.
    """
    made = Impact()
    for pair in mappings:
        for document in after.project.documents("case"):
            if _tests(document, pair, before.view):
                for name, node in _cases(document):
                    _attempt(made, _Case(before, after, pair, document, node), name)
        for path in files:
            _attempt(made, _File(before, after, pair, path), path.name)
    return made


def _tests(document: Document, pair: Pair, view: View) -> bool:
    names = {pinned(one) for one in pair}
    biller = text(document.node, "biller")
    owner = view.owner.name if view.owner is not None else None
    return text(document.node, "mapping") in names and (owner is None or biller in (None, owner))


def _cases(document: Document) -> Iterator[tuple[str, Map]]:
    listed = mapping(document.node, "cases")
    for name, entry in (listed.entries if listed else {}).items():
        if isinstance(entry.value, Map):
            yield f"{document.name} > {name}", entry.value


@dataclass(frozen=True, slots=True)
class _Case:
    """One case, for both sides."""

    before: Side
    after: Side
    pair: Pair
    document: Document
    node: Map

    def run(self, side: Side, document: Document) -> tuple[Plan, Outcome]:
        view = side.view
        if view.owner is None:
            view = side.project.view(text(self.document.node, "biller"))
        canonical = CANONICAL if the_input(self.node) == "records" else None
        direction = text(self.document.node, "direction") or FORWARD
        plan = side.project.plan(
            pinned(document), view, direction, source_form=canonical, target_form=CANONICAL
        )
        base = mapping(self.document.node, "base")
        data = input_bytes(self.node, base, plan.source, self.after.project.root)
        return plan, run_in_memory(plan, context_of(self.document, self.node, view), data)


@dataclass(frozen=True, slots=True)
class _File:
    """One input file, for both sides; the moment of the run is the one of cases."""

    before: Side
    after: Side
    pair: Pair
    path: Path

    def run(self, side: Side, document: Document) -> tuple[Plan, Outcome]:
        plan = side.project.plan(pinned(document), side.view, target_form=CANONICAL)
        context = Context(side.view.settings.texts(), Run(DEFAULT_AT, "", self.path.name))
        return plan, run_in_memory(plan, context, self.path.read_bytes())


def _attempt(made: Impact, one: _Case | _File, name: str) -> None:
    made.inputs += 1
    try:
        _, was = one.run(one.before, one.pair[0])
        plan, now = one.run(one.after, one.pair[1])
    except ConfigError as wrong:
        reason = next(one.message for one in wrong.findings if one.severity is Severity.ERROR)
        made.cannot.setdefault(reason, []).append(name)
        return
    _hold(made, plan.target, name, (was, now))
    made.places |= {key: place for key, place in _entries(plan.root) if key in made.fields}


def _entries(node: Node) -> Iterator[tuple[Key, Span]]:
    record = node.branch.record
    if record is not None:
        yield from (((record.name, one.field.key), one.span) for one in node.assignments)
    for child in node.children:
        yield from _entries(child)


# --- outcomes held together ------------------------------------------------------------------


def _hold(made: Impact, target: Layout, name: str, outcomes: tuple[Outcome, Outcome]) -> None:
    was, now = outcomes
    rejected = [Counter((i.code, i.target or i.field) for i, _ in one.rejects) for one in outcomes]
    stops = [str(one.stopped) if one.stopped else "" for one in outcomes]
    gone, new = rejected[0] - rejected[1], rejected[1] - rejected[0]
    for sign, counted in (("rejected now", new), ("rejected no more", gone)):
        made.rejects.update(
            {(sign, f"{code} {at}".strip()): n for (code, at), n in counted.items()}
        )
    if stops[0] != stops[1]:
        made.rejects[("stopped" if stops[1] else "not stopped any more", stops[1] or stops[0])] += 1
    names = {(r.name, one.name): one for r in target.records for one in r.fields}
    top = target.root.children[0].name if is_bare(target) else ""
    for one in differences(_units(was.body), _units(now.body), top):
        if one.field is None:
            made.records[f"records of {one.record or 'the output'} that are {one.after}"] += 1
            continue
        known = names.get((one.record, one.field))
        key = (one.record, known.key if known else one.field)
        made.titles[key] = f"{one.record}.{titled(known) if known else one.field}"
        effects = made.fields.setdefault(key, Effects())
        effects.inputs.add(name)
        effects.values[one.before, one.after] += 1
    if was.body != now.body or gone or new or stops[0] != stops[1]:
        made.changed.add(name)


def _units(body: bytes) -> list[object]:
    return [json.loads(line, parse_float=Decimal) for line in body.decode().split("\n") if line]


def rules_for(found: Impact, key: Key, changes: Iterable[Change]) -> list[tuple[str, Span | None]]:
    """Give what made a field another one: the changes that are about it, or else its entry."""
    named = [(one.what, one.place) for one in changes if one.target == key]
    return named or [("entry", found.places[key])] if key in found.places else named
