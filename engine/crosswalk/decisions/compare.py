"""What changes between two rule sets: decisions, not text."""

from dataclasses import dataclass

from crosswalk.decisions.base import Bound
from crosswalk.decisions.cells import CAP, cells, domain
from crosswalk.decisions.decide import decide_cell
from crosswalk.decisions.matrix import outcome_text
from crosswalk.decisions.model import Cell, Decision, Model
from crosswalk.decisions.wording import case_text


@dataclass(frozen=True, slots=True)
class Change:
    """A case that is decided differently, or alike in another way."""

    cell: Cell
    before: Decision
    after: Decision


@dataclass(frozen=True, slots=True)
class Difference:
    """The changed cases among all cases of both rule sets."""

    model: Model
    total: int
    changes: tuple[Change, ...]


def compare(before: Bound, after: Bound, *, reasons: bool = False, cap: int = CAP) -> Difference:
    """Decide every case of both rule sets twice (same model) and keep what changes.

    With `reasons` also cases whose outcome is the same but comes from another rule or setting.
    Raises ValueError for more than `cap` cases.
    """
    model = before.model
    everything = domain(model, [before.rules, after.rules])
    if everything.size > cap:
        raise ValueError(f"there are more than {cap} cases to compare")
    total, changes = 0, []
    for cell in cells(everything):
        total += 1
        one, other = decide_cell(before, cell)[0], decide_cell(after, cell)[0]
        if one.values != other.values or (reasons and _way(one) != _way(other)):
            changes.append(Change(cell, one, other))
    return Difference(model, total, tuple(changes))


def _way(decision: Decision) -> tuple[object, ...]:
    return decision.rule, decision.via, decision.reason, tuple(decision.sources.items())


def as_text(found: Difference) -> str:
    """Write one line per changed case, and how many cases there are."""
    rows = [
        (
            case_text(found.model, change.cell),
            outcome_text(found.model, change.before),
            outcome_text(found.model, change.after),
        )
        for change in found.changes
    ]
    wide = [max((len(row[at]) for row in rows), default=0) for at in (0, 1)]
    lines = [f"{c.ljust(wide[0])}  {b.ljust(wide[1])}  ->  {a}\n" for c, b, a in rows]
    return "".join(lines) + f"{len(rows)} of {found.total} cases change\n"


def as_data(found: Difference) -> dict[str, object]:
    """Give the changed cases for a program."""
    names = [one.name for one in found.model.inputs]
    return {
        "cases": found.total,
        "changes": [
            {
                "inputs": dict(zip(names, change.cell, strict=True)),
                "before": _side(change.before),
                "after": _side(change.after),
            }
            for change in found.changes
        ],
    }


def _side(decision: Decision) -> dict[str, object]:
    return {
        "outcomes": dict(decision.values),
        "rule": decision.rule,
        "reason": decision.reason.value,
    }
