"""The answer of `crosswalk ready`: for people, as Markdown, and as data for tools."""

from collections.abc import Iterable, Iterator
from typing import Any

from crosswalk.decisions.wording import told
from crosswalk.golive.ready import CONFIRM, MET, MISSING, SETTING, Answer, Item

_WORDS = {MISSING: "missing", CONFIRM: "to confirm", MET: "met"}


def as_text(answer: Answer) -> str:
    """Write what is missing and to confirm with its owners and places, then what is met."""
    lines = [f"{answer.biller} {answer.version}"]
    for state in (MISSING, CONFIRM, MET):
        for one in answer.of(state):
            lines += _item(answer, one) if not _set(one) else []
    count = sum(map(_set, answer.items))
    lines += [f"  {'met':<8} {count} more settings of the flows in use are set"] if count else []
    lines += ["", *_codes(answer), "", *_last(answer)]
    return "\n".join(lines) + "\n"


def _set(one: Item) -> bool:
    return one.kind == SETTING and one.state == MET


def _item(answer: Answer, one: Item) -> Iterator[str]:
    if one.state == MET:
        yield f"  {'met':<8} {one.id}: {one.why}"
        return
    yield f"  {one.state:<8} {one.id}: {one.description or one.why}"
    says = [one.why] if one.description else []
    says += [f"ask {_people(answer, one.owners)}"] if one.owners else []
    says = ["; ".join(says)] if says else []
    says += [f"({', '.join(map(str, one.places[:2]))})"] if one.places else []
    yield f"  {'':<8} {'  '.join(says)}"


def _people(answer: Answer, roles: Iterable[str]) -> str:
    return ", ".join(answer.asked.roles.get(role, role) for role in roles)


def _codes(answer: Answer) -> Iterator[str]:
    for found in answer.needs.tenders.values():
        yield f"{found.outcome} to have at the partner"
        for code, one in found.codes.items():
            told_of = ((name, one.beside[name]) for name in told(found.model) if name in one.beside)
            beside = ", ".join(f"{name} {'/'.join(values)}" for name, values in told_of)
            yield f"  {code:<6} {', '.join(one.cases)}{f'  ({beside})' if beside else ''}"


def _last(answer: Answer) -> Iterator[str]:
    """Sum up, and name the first step of the procedure that is still open."""
    if answer.ready:
        yield "ready"
        return
    open_ = [f"{len(answer.of(s))} {_WORDS[s]}" for s in (MISSING, CONFIRM) if answer.of(s)]
    yield f"not ready: {', '.join(open_)}"
    step = next((one for one in _steps(answer) if one["state"] == "open"), None)
    if step is not None:
        owners = _people(answer, step["owners"])
        yield f"next step: {step['number'] or step['id']} {step['description']} ({owners})"


def _steps(answer: Answer) -> list[dict[str, Any]]:
    states = {one.id: one.state for one in answer.items}
    return [
        {
            "id": one.id,
            "number": one.number,
            "description": one.description,
            "owners": [role.text for role in one.owners],
            "state": "done" if all(states.get(c.text, MET) == MET for c in one.covers) else "open",
        }
        for one in answer.asked.steps.values()
    ]


def as_markdown(answer: Answer) -> str:
    """Write a list to tick off, for a ticket or a mail."""
    lines = [f"# Going live: {answer.biller} {answer.version}", ""]
    for one in answer.items:
        tick = "x" if one.state == MET else " "
        owners = f" — {_people(answer, one.owners)}" if one.owners else ""
        what = f"{one.description} " if one.description else ""
        lines.append(f"- [{tick}] **{one.id}** {what}*{one.why}*{owners}")
    for found in answer.needs.tenders.values():
        lines += ["", f"| {found.outcome} | for |", "| --- | --- |"]
        lines += [f"| {code} | {', '.join(one.cases)} |" for code, one in found.codes.items()]
    return "\n".join([*lines, "", *(f"**{line}**" for line in _last(answer))]) + "\n"


def as_data(answer: Answer) -> dict[str, object]:
    """Give everything under stable keys."""
    return {
        "schema_version": 1,
        "biller": answer.biller,
        "version": answer.version,
        "ready": answer.ready,
        "counts": {state: len(answer.of(state)) for state in (MET, MISSING, CONFIRM)},
        "items": [
            {
                "id": one.id,
                "kind": one.kind,
                "state": one.state,
                "number": one.number,
                "description": one.description,
                "why": one.why,
                "owners": list(one.owners),
                "codes": list(one.codes),
                "places": [str(place) for place in one.places],
            }
            for one in answer.items
        ],
        "steps": _steps(answer),
        "codes": {
            name: {
                code: {"cases": list(one.cases), **{k: list(v) for k, v in one.beside.items()}}
                for code, one in found.codes.items()
            }
            for name, found in answer.needs.tenders.items()
        },
    }
