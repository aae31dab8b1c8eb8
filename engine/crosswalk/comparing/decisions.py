"""What changes between two decisions or two rule sets: the cases that are decided otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from crosswalk.comparing.change import ADDITIVE, BREAKING, NONE, Change, Effect, Told, meaning
from crosswalk.comparing.tables import key_changes
from crosswalk.decisions import compare as cells
from crosswalk.decisions.base import Bound, bind
from crosswalk.decisions.matrix import outcome_text
from crosswalk.decisions.model import Decision, Model
from crosswalk.decisions.wording import case_text
from crosswalk.documents.source import Map
from crosswalk.findings.diagnostics import Span
from crosswalk.planning.deciding import Judge

DECISION: dict[str, tuple[Effect, str]] = {
    "inputs": (BREAKING, "cases are told apart otherwise"),
    "outcomes": (BREAKING, "outcomes are others, or have another form"),
    "substitute": (BREAKING, "values without rules are decided otherwise"),
    "base": (BREAKING, "settings decide otherwise"),
    "alias": (BREAKING, "settings change values otherwise"),
    "limits": (BREAKING, "channels carry something else"),
    "legacy": (BREAKING, "the partner's JSON is read and written otherwise"),
    "families": (NONE, "only findings about the rules differ"),
    "description": (NONE, "only what is said of it"),
}
RULES: dict[str, tuple[Effect, str]] = {
    "use": (BREAKING, "are rules for another decision"),
    "from": (BREAKING, "apply from another day"),
    "setting": (BREAKING, "are kept in another setting"),
    "legacy": (BREAKING, "the partner's JSON is written otherwise"),
    "allow": (NONE, "only findings about the rules differ"),
    "complete": (NONE, "only findings about the rules differ"),
    "distinct": (NONE, "only findings about the rules differ"),
    "description": (NONE, "only what is said of it"),
}


def decision_changes(document: str, was: Map, now: Map) -> Iterator[Change]:
    """Give the parts of a decision document that differ."""
    yield from key_changes(document, was, now, DECISION)


def rules_changes(
    document: str,
    nodes: tuple[Map, Map],
    judges: tuple[Judge, Judge],
    settings: tuple[Mapping[str, str], Mapping[str, str]],
) -> Iterator[Change]:
    """Decide every case by both sides of a rules document, each with its settings.

    Cases that go from one outcome to another together are one change. Where the decision has other
    inputs, which is a change of its own, there are no cases to hold together.
    """
    yield from key_changes(document, *nodes, RULES)
    was, now = (
        bind(judge.model, next(iter(judge.rules), None), texts, strict=False)[0]
        for judge, texts in zip(judges, settings, strict=True)
    )
    if _inputs(was.model) == _inputs(now.model):
        yield from _cases(document, was, now)


def _inputs(model: Model) -> object:
    return meaning(tuple(replace(one, description="") for one in model.inputs), str)


def _cases(document: str, was: Bound, now: Bound) -> Iterator[Change]:
    found = cells.compare(was, now)
    groups: dict[tuple[str, str], list[cells.Change]] = {}
    for one in found.changes:
        text = (outcome_text(was.model, one.before), outcome_text(now.model, one.after))
        groups.setdefault(text, []).append(one)
    for (before, after), group in groups.items():
        first = group[0]
        more = f" and {len(group) - 1} more" if len(group) > 1 else ""
        what = f"case {case_text(found.model, first.cell)}{more}"
        spans = (_place(was, first.before), _place(now, first.after))
        yield Change(document, what, before, after, *_told(first), *spans)


def _told(one: cells.Change) -> Told:
    if not one.before.ok and one.after.ok:
        return ADDITIVE, "is decided now"
    if one.before.ok and not one.after.ok:
        return BREAKING, "is not decided any more, so such records are rejected"
    return BREAKING, "is decided otherwise"


def _place(bound: Bound, decision: Decision) -> Span | None:
    if bound.rules is None:
        return bound.model.span
    rule = bound.rules.by_id.get(decision.rule or "")
    return rule.span if rule is not None else bound.rules.span
