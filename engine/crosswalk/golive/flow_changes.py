"""What comes out of a biller's cases before and after a move, flow by flow of the same name."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from crosswalk.comparing.outputs import differences
from crosswalk.documents.access import mapping, text
from crosswalk.documents.source import Map
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import has_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.planning.flows import Flow
from crosswalk.planning.plan import Plan
from crosswalk.project import BACKWARD, CANONICAL, FORWARD, Project, View
from crosswalk.running.in_memory import Outcome, run_in_memory
from crosswalk.testing.case_input import input_bytes, the_input
from crosswalk.testing.cases import context_of

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FlowChange:
    """One flow: its mapping on both sides (None: not there, or not supported).

    `why` says why it is not supported now, or why its cases cannot be held together. `cases` were
    run by both sides, `changed` of them gave something else; `shown` are examples, in words.
    """

    name: str
    before: str | None
    after: str | None
    why: str = ""
    cases: int = 0
    changed: int = 0
    shown: tuple[str, ...] = ()


def flow_changes(was: Project, now: Project, biller: str) -> Iterator[FlowChange]:
    """Hold the flows of a biller in two states of a project together, by its cases."""
    views = was.view(biller), now.view(biller)
    old, new = was.flows(views[0]), now.flows(views[1])
    for name in dict.fromkeys([*old, *new]):
        before, after = _mapping(old.get(name)), _mapping(new.get(name))
        if before is None or after is None:
            if before != after:
                why = new[name].reason if name in new and after is None else ""
                yield FlowChange(name, before, after, why)
            continue
        pair = _Pair((was, now), views, (old[name], new[name]))
        try:
            yield pair.change(name, biller)
        except ConfigError as wrong:
            yield FlowChange(name, before, after, str(wrong))


def _mapping(flow: Flow | None) -> str | None:
    return flow.mapping.text if flow is not None and flow.mapping is not None else None


@dataclass(frozen=True, slots=True)
class _Pair:
    """One flow on both sides."""

    projects: tuple[Project, Project]
    views: tuple[View, View]
    flows: tuple[Flow, Flow]

    def change(self, name: str, biller: str) -> FlowChange:
        before, after = (_mapping(flow) for flow in self.flows)
        cases = list(self.cases(biller))
        shown: list[str] = []
        changed = 0
        for document, case, node in cases:
            told = list(self.told(document, node))
            changed += bool(told)
            shown += [f"{case}: {one}" for one in told]
        left = len(shown) - _SHOWN
        shown = [*shown[:_SHOWN], *([f"... and {left} more"] if left > 0 else [])]
        return FlowChange(name, before, after, "", len(cases), changed, tuple(shown))

    def cases(self, biller: str) -> Iterator[tuple[Document, str, Map]]:
        """Give the biller's cases of the flow as it was, in its direction."""
        flow = self.flows[0]
        for document in self.projects[0].documents("case"):
            node = document.node
            backward = text(node, "direction") == BACKWARD
            mine = text(node, "biller") == biller and text(node, "mapping") == _mapping(flow)
            body = mapping(node, "cases")
            if mine and backward == flow.backward and body is not None:
                for name, entry in body.entries.items():
                    if isinstance(entry.value, Map):
                        yield document, name, entry.value

    def told(self, document: Document, case: Map) -> Iterator[str]:
        """Run a case on both sides, and say in words what comes out otherwise."""
        form = CANONICAL if the_input(case) == "records" else None
        plans = [self.plan(side, form) for side in (0, 1)]
        if plans[0].source.name != plans[1].source.name:
            yield f"{plans[0].source.name} is no longer read, {plans[1].source.name} is"
            return
        root = self.projects[0].root
        data = input_bytes(case, mapping(document.node, "base"), plans[0].source, root)
        old, new = (
            run_in_memory(plan, context_of(document, case, view), data)
            for plan, view in zip(plans, self.views, strict=True)
        )
        if plans[0].target.name == plans[1].target.name:
            yield from _fields(old, new)
        else:
            ends = [plan.target.name for plan in plans]
            yield f"{_told(old)} of {ends[0]} became {_told(new)} of {ends[1]}"

    def plan(self, side: int, form: str | None) -> Plan:
        flow, view = self.flows[side], self.views[side]
        if has_errors(view.findings):
            raise ConfigError(view.findings)
        way = BACKWARD if flow.backward else FORWARD
        return self.projects[side].plan(
            _mapping(flow) or "", view, way, source_form=form, target_form=CANONICAL
        )


def _told(outcome: Outcome) -> str:
    count = outcome.body.count(b"\n")
    rejected = f", {len(outcome.rejects)} rejected" if outcome.rejects else ""
    return "nothing" if outcome.stopped else f"{count} records{rejected}"


def _fields(old: Outcome, new: Outcome) -> Iterator[str]:
    """Say which fields and rejects differ, for outputs of one layout."""
    for one in differences(_lines(old), _lines(new), ""):
        place = ".".join(filter(None, (one.record, one.field)))
        yield f"{place} {one.before} became {one.after}"
    codes = [sorted(issue.code for issue, _ in one.rejects) for one in (old, new)]
    if codes[0] != codes[1] or bool(old.stopped) != bool(new.stopped):
        yield f"{_told(old)} became {_told(new)}"


def _lines(outcome: Outcome) -> list[object]:
    return [json.loads(line, parse_float=str) for line in outcome.body.decode().splitlines()]
