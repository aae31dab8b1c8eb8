"""An explanation as text for people; built from the same dict that programs get."""

from collections.abc import Iterator
from typing import Any

_TITLE = 10


def explain_text(said: dict[str, Any]) -> str:
    """Write what `explain` gives, in blocks: input, result, reason, steps, fields, checks."""
    return "".join(f"{line}\n".replace(" \n", "\n") for line in _lines(said))


def _lines(said: dict[str, Any]) -> Iterator[str]:
    yield _title(said)
    given = said["normalised"] or said["input"]
    yield _row("input", "  ".join(f"{name}={value}" for name, value in given.items()))
    yield from (_row("note", note) for note in said["notes"])
    if said["fields"]:
        shown = (f"{name}={one['value'] or '?'}" for name, one in said["fields"].items())
        yield _row("result", "  ".join(shown))
    yield _row("reason", _reason(said))
    yield from _steps(said)
    yield from _fields(said)
    yield from _block("not used", (_unused(one) for one in said["unused"]))
    yield from _block("tie", [_tie(said)] if said["ties"] else [])
    yield from _block("not matched", (_pair(one) for one in said["not_matched"]))
    yield from _block("checks", _checks(said["checks"]))
    if "why_not" in said:
        yield from _block("why not", [_pair(said["why_not"])])


def _title(said: dict[str, Any]) -> str:
    rules = said["ruleset"]
    name = f"ruleset {rules['id']} (sha {rules['hash'][:12]})" if rules else "no ruleset"
    return f"{said['decision']}  {name}"


def _row(title: str, text: str) -> str:
    return f"{title.ljust(_TITLE)}{text}"


def _reason(said: dict[str, Any]) -> str:
    winner = said["winner"]
    if said["subject"] is not None:
        return f"{said['reason']}({said['subject']})  {said['message']}"
    if winner is None:
        return str(said["reason"])
    via = f"  (via {winner['via']})" if winner["via"] else ""
    return f"{said['reason']}  {winner['id']}{via}"


def _steps(said: dict[str, Any]) -> Iterator[str]:
    winner = said["winner"]
    steps = [f"{'understand'.ljust(14)} {_repairs(len(said['notes']))}"]
    for one in said["tried"]:
        matched = one["matched"]
        text = (
            f"{len(matched)} of {one['candidates']} rules match" if one["candidates"] else "0 rules"
        )
        if matched and winner:
            text += f" -> {winner['id']} ({winner['file']}:{winner['line']})"
        steps.append(f"{(one['value'] or 'rules').ljust(14)} {text}")
    return _block("steps", (f"{number} {step}" for number, step in enumerate(steps, 1)))


def _fields(said: dict[str, Any]) -> Iterator[str]:
    fields = said["fields"]
    wide = max(map(len, fields), default=0)
    values = max((len(one["value"] or "?") for one in fields.values()), default=0)
    return _block(
        "fields",
        (
            f"{name.ljust(wide)}  {(one['value'] or '?').ljust(values)}  {_source(one)}"
            for name, one in fields.items()
        ),
    )


def _source(one: dict[str, Any]) -> str:
    kind, _, rest = one["source"].partition(":")
    if kind != "setting":
        return f"{kind} {rest}".strip()
    name, _, part = rest.partition(".")
    return f'setting {name} part {part} "{one["setting"]}"'


def _unused(one: dict[str, Any]) -> str:
    name, _, part = one["source"].removeprefix("setting:").partition(".")
    return f"setting {name} part {part} = {one['value'] or '(blank)'} ({one['outcome']})"


def _tie(said: dict[str, Any]) -> str:
    return f"{', '.join(said['ties'])}: the partner's precedence chose {said['winner']['id']}"


def _repairs(count: int) -> str:
    return {0: "ok", 1: "1 repair"}.get(count, f"{count} repairs")


def _pair(one: dict[str, Any]) -> str:
    return f"{one['rule']}: {one['because']}"


def _checks(checks: dict[str, list[dict[str, str]]]) -> Iterator[str]:
    wide = max(map(len, checks), default=0)
    for channel, problems in checks.items():
        for problem in problems:
            said = f"{problem['message']}  {problem['code']} {problem['severity']}"
            yield f"{channel.ljust(wide)}  {said}"
        if not problems:
            yield f"{channel.ljust(wide)}  ok"


def _block(title: str, lines: Any) -> Iterator[str]:  # noqa: ANN401 - any iterable of lines
    for number, line in enumerate(lines):
        if number == 0:
            yield title
        yield f"  {line}"
