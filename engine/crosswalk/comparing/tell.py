"""Changes and their impact for people, for reviews (Markdown) and for programs (data)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from crosswalk.comparing.change import Change, Effect
from crosswalk.comparing.compare import Compared
from crosswalk.comparing.impact import Impact, rules_for
from crosswalk.comparing.side import pinned
from crosswalk.findings.diagnostics import Diagnostic, Span

_SAMPLES = 3


def as_text(compared: Sequence[Compared], impact: Impact | None) -> str:
    """Write one line for each change, its reason and places below it, and what it comes to."""
    lines: list[str] = []
    for one in compared:
        lines += [_head(one), *_changes(one), ""]
    lines.append(summary(compared))
    if impact is not None:
        lines += ["", *_impact(compared, impact)]
    return "\n".join(lines)


def summary(compared: Iterable[Compared]) -> str:
    """Count the changes by their effect."""
    groups = list(compared)
    effects = [change.effect for one in groups for change in one.changes]
    if not effects:
        return "no change of meaning"
    counts = ", ".join(f"{effects.count(one)} {one}" for one in Effect if one in effects)
    return f"{_count(len(effects), 'change')} in {_count(len(groups), 'document')}: {counts}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _head(one: Compared) -> str:
    names = [pinned(side).partition("@")[0] if side else "" for side in (one.was, one.now)]
    if all(names) and names[0] != names[1]:
        return f"{names[0]} -> {names[1]}"
    was, now = (side.version if side is not None else "nothing" for side in (one.was, one.now))
    return f"{one.name} {was} -> {now}: {one.effect}"


def _changes(one: Compared) -> Iterator[str]:
    for change in one.changes:
        about = _about(one, change)
        yield f"  {change.effect:<8}  {about}"
        yield f"            {_sides(change)}"
        yield f"            {change.reason}{_places(change)}"


def _about(one: Compared, change: Change) -> str:
    """Say what a change is about; first the document, where it is written in another one."""
    name = change.document.partition("@")[0]
    known = {side.name for side in (one.was, one.now) if side is not None}
    return change.what if name in known else f"{name}: {change.what}"


def _sides(change: Change) -> str:
    if change.before is None:
        return f"new: {change.after}"
    return (
        f"{change.before} -> {change.after}"
        if change.after is not None
        else f"gone: {change.before}"
    )


def _places(change: Change) -> str:
    shown = [_place(one) for one in (change.was, change.now) if one is not None]
    return f"   {' -> '.join(dict.fromkeys(shown))}" if shown else ""


def _place(span: Span) -> str:
    return f"{span.file}:{span.line}"


# --- impact ----------------------------------------------------------------------------------


def _impact(compared: Sequence[Compared], found: Impact) -> Iterator[str]:
    changes = [change for one in compared for change in one.changes]
    told = f"{len(found.changed)} changed, {found.equal} equal"
    yield f"impact on {_count(found.inputs, 'input')}: {told}"
    for key, effects in found.fields.items():
        values = sum(effects.values.values())
        within = _count(len(effects.inputs), "input")
        yield f"  {found.titles[key]}   {_count(values, 'value')} in {within}"
        for (was, now), times in effects.values.most_common(_SAMPLES):
            yield f"      {was} -> {now}" + (f"   {times} times" if times > 1 else "")
        if len(effects.values) > _SAMPLES:
            yield f"      and {len(effects.values) - _SAMPLES} other values"
        for what, place in rules_for(found, key, changes):
            yield f"      by {what}" + (f"   {_place(place)}" if place else "")
    for what, times in found.records.items():
        yield f"  {what}: {times}"
    for (what, which), times in found.rejects.items():
        yield f"  {what}: {which}" + (f"   {times} times" if times > 1 else "")
    for reason, names in found.cannot.items():
        yield f"  {_count(len(names), 'input')} not mapped by both sides: {reason}"


# --- Markdown --------------------------------------------------------------------------------


def as_markdown(
    compared: Sequence[Compared], impact: Impact | None, findings: Iterable[Diagnostic]
) -> str:
    """Write a report for a review: a table for each document."""
    lines = [f"**{summary(compared)}**", ""]
    lines += [f"- {one.severity} {one.code}: {one.message}; {one.help}" for one in findings]
    for one in compared:
        lines += ["", f"### {_cell(_head(one))}", ""]
        lines += [
            "| effect | what | before | after | why | where |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for change in one.changes:
            cells = (
                change.effect, _about(one, change), change.before or "", change.after or "",
                change.reason, _places(change).strip(),
            )  # fmt: skip
            lines.append(f"| {' | '.join(_cell(str(cell)) for cell in cells)} |")
    if impact is not None:
        lines += ["", "### Impact", "", "```text", *_impact(compared, impact), "```"]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


# --- data ------------------------------------------------------------------------------------


def as_data(
    compared: Sequence[Compared], impact: Impact | None, findings: Iterable[Diagnostic]
) -> dict[str, Any]:
    """Give all of it for a program."""
    return {
        "schema_version": 1,
        "documents": [_document(one) for one in compared],
        "findings": [
            {
                "code": one.code,
                "severity": str(one.severity),
                "message": one.message,
                "place": str(one.span),
                "help": one.help,
            }
            for one in findings
        ],
        "impact": None if impact is None else _impact_data(compared, impact),
    }


def _document(one: Compared) -> dict[str, Any]:
    return {
        "name": one.name,
        "before": one.was.version if one.was is not None else None,
        "after": one.now.version if one.now is not None else None,
        "effect": str(one.effect),
        "changes": [
            {
                "document": change.document,
                "what": change.what,
                "before": change.before,
                "after": change.after,
                "effect": str(change.effect),
                "reason": change.reason,
                "was": str(change.was) if change.was else None,
                "now": str(change.now) if change.now else None,
            }
            for change in one.changes
        ],
    }


def _impact_data(compared: Sequence[Compared], found: Impact) -> dict[str, Any]:
    changes = [change for one in compared for change in one.changes]
    return {
        "inputs": found.inputs,
        "changed": sorted(found.changed),
        "fields": [
            {
                "field": found.titles[key],
                "inputs": sorted(effects.inputs),
                "values": [
                    {"before": was, "after": now, "times": times}
                    for (was, now), times in effects.values.most_common()
                ],
                "by": [what for what, _ in rules_for(found, key, changes)],
            }
            for key, effects in found.fields.items()
        ],
        "records": dict(found.records),
        "rejects": [
            {"what": what, "which": which, "times": times}
            for (what, which), times in found.rejects.items()
        ],
        "cannot": found.cannot,
    }
