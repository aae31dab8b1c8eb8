"""What a mapping's entries and a layout's fields lay down, in words: for tables that people read.

Code and literals stand between backticks, as Markdown wants them.
"""

from collections.abc import Iterator
from typing import Any

from crosswalk.language.conditions import describe
from crosswalk.model import mapping as m
from crosswalk.model.layout import Field


def law_of(field: Field) -> str:
    """Say what the layout itself lays down for a field."""
    if field.always is not None:
        return f"always `{field.always}`"
    if field.control is None:
        return ""
    counted, summed = ", ".join(field.control.count), ", ".join(field.control.sum)
    return f"control total: number of {counted}" if counted else f"control total: sum of {summed}"


def sources_of(entry: m.Entry) -> Iterator[str]:
    """Give the names of the source fields that an entry reads."""
    match entry.origin:
        case m.Copy(field=field):
            yield field
        case m.Part(field=copy) | m.Remainder(field=copy):
            yield copy.field
        case m.Join(fields=fields) | m.Gather(fields=fields):
            yield from (one.field for one in fields)
        case m.Sum(add=add, less=less, start=start):
            yield from (one.field for one in (*add, *less, *((start,) if start else ())))
        case _:
            for inner in m.entries_of(entry.origin):
                yield from sources_of(inner)


def rule_of(entry: m.Entry) -> str:
    """Say in words what an entry does beyond taking its field."""
    told = [_origin(entry.origin), _which(entry), *map(_step, entry.steps)]
    if entry.when is not None:
        told.append(f"only when {describe(entry.when)}")
    if entry.default is not None:
        told.append(f"`{entry.default.text}` when there is none")
    if entry.distinct:
        told.append("two values that become one are rejected")
    if entry.unique:
        told.append("records with the same value are rejected")
    return "; ".join(filter(None, told))


def _origin(origin: m.Origin) -> str:
    match origin:
        case m.Constant(text=text):
            return f"always `{text}`"
        case m.FromSetting(name=name):
            return f"setting {name}"
        case m.FromRun(name=name):
            return f"{name} of the run"
        case m.Continues(field=field):
            return f"what did not fit into {field}"
        case m.Decide(use=use, outcome=outcome):
            return f"{outcome} decided by {use.name}"
        case _:
            return _compound(origin)


def _compound(origin: m.Origin) -> str:  # noqa: C901, PLR0911 - one phrase for each
    match origin:
        case m.Part(part=part, pattern=pattern) | m.Remainder(part=part, pattern=pattern):
            return f"part {part} of `{pattern.text}`"
        case m.Join(pattern=pattern) | m.Rebuild(pattern=pattern):
            return f"`{pattern.text}`"
        case m.Sum():
            return _sum(origin)
        case m.Choose(options=options):
            return "; ".join(map(_option, options))
        case m.FirstOf(options=options):
            return "; else ".join(_named(one) for one in options)
        case m.Agree(within=within):
            return f"all of them must agree{'' if within is None else f' within {within.text}'}"
        case m.Calculation():
            return _calculation(origin)
        case m.Number():
            return "its number below its record"
        case m.Gather(fields=fields):
            return f"the pieces of {len(fields)} fields in a row"
        case _:
            return "no value" if isinstance(origin, m.Null) else ""


def _sum(origin: m.Sum) -> str:
    added = " + ".join(one.field for one in origin.add)
    less = "".join(f" - {one.field}" for one in origin.less)
    start = f", from {origin.start.field}" if origin.start else ""
    return f"{'running sum of ' if origin.running else ''}{added}{less}{start}"


def _calculation(origin: m.Calculation) -> str:
    joint, other = (" + ", " - ") if origin.word == "add" else (" times ", " divided by ")
    return joint.join(map(_named, origin.of)) + "".join(other + _named(one) for one in origin.by)


def _option(entry: m.Entry) -> str:
    if entry.when is None:
        return f"otherwise {_named(entry)}"
    return f"when {describe(entry.when)}: {_bare(entry)}"


def _named(entry: m.Entry) -> str:
    when = f" when {describe(entry.when)}" if entry.when else ""
    return _bare(entry) + when


def _bare(entry: m.Entry) -> str:
    """Say an option with its source, without its condition."""
    said = _origin(entry.origin) or ", ".join(sources_of(entry))
    return ", ".join(filter(None, (said, _which(entry), *map(_step, entry.steps))))


def _which(entry: m.Entry) -> str:
    """Say which of several records counts."""
    where = f" where {describe(entry.where)}" if entry.where else ""
    if entry.pick in (None, "same"):
        return where.strip()
    many = "line" if entry.pick in ("first", "last") else "over the lines"
    if entry.pick == "join":
        return f"joined over the lines with `{entry.joint}` between{where}"
    return f"{entry.pick} {many}{where}"


def _step(step: m.Clean | m.Lookup) -> str:
    if isinstance(step, m.Lookup):
        return f"code table {step.table.text}{', read back' if step.back else ''}"
    told = ", ".join(_operator(name, node) for name, node, _ in step.steps)
    return f"{told} taken back" if step.undo else told


def _operator(name: str, node: Any) -> str:  # noqa: ANN401
    text = getattr(node, "text", None)
    return f"{name} {text}" if text else name
