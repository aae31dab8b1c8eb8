"""Invented records of a layout: typed, told apart by their number, and the same every time.

What a mapping does with a field shapes its value: text that is taken apart by a pattern has the
pattern's parts, a code is one of its table, an input of a decision is one of its values.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosswalk.decisions.model import Input, Model
from crosswalk.importing.yaml_lines import text as yaml_text
from crosswalk.language.pattern_texts import join
from crosswalk.language.patterns import Pattern
from crosswalk.model import mapping as m
from crosswalk.model.layout import Branch, Field, Layout
from crosswalk.planning.bind import Names

Made = dict[str, "str | list[Made]"]
"""One record in the canonical form: values as YAML writes them by field, lists by branch."""

_MOST = 6
_WORDS = (
    ("email", "ada{n}@mail.example"),
    ("mail", "ada{n}@mail.example"),
    ("telephone", "(555) 010-000{n}"),
    ("phone", "(555) 010-000{n}"),
    ("city", "Springdale"),
    ("state", "UT"),
    ("zip", "8400{n}"),
    ("guid", "00000000-0000-4000-8000-00000000000{n}"),
    ("number", "100{n}"),
    ("no", "100{n}"),
    ("id", "100{n}"),
)
_TYPES = {
    "code": "{n}",
    "integer": "{n}",
    "decimal": "{n}",
    "money": "{n}0.25",
    "date": "2026-01-1{n}",
    "datetime": "2026-01-1{n}T08:00:00",
    "time": "08:0{n}:00",
    "boolean": "true",
}
_CLASSES = {"letters": "UT", "digits": "8400{n}", "alphanumeric": "A{n}"}


@dataclass(frozen=True, slots=True)
class _Hint:
    """What a mapping does with a field: one of these, or a number is wanted."""

    pattern: Pattern | None = None
    table: str | None = None
    input: Input | None = None
    number: bool = False


def invented(layout: Layout, written: m.Mapping, names: Names) -> list[Made]:
    """Give a few records of a source layout that a mapping of it can use.

    One for each value of the input that leads its decision, at most six; else two. A field whose
    code table is empty is left out.
    """
    hints: dict[str, _Hint] = {}
    for target in written.targets:
        _look(target.entry, names, hints)
    leading = [one.input for one in hints.values() if one.input and one.input.position == 0]
    count = min(len(leading[0].values or ()), _MOST) if leading else 2
    top = layout.root.children[0]
    return [_record(top, n, hints, names) for n in range(1, max(count, 1) + 1)]


def _look(entry: m.Entry, names: Names, hints: dict[str, _Hint]) -> None:
    """Note what an entry does with the fields that it reads."""
    match entry.origin:
        case m.Part():
            hints[entry.origin.field.field] = _Hint(pattern=entry.origin.pattern)
        case m.Copy():
            hint = _steps(entry)
            if hint is not None:
                hints[entry.origin.field] = hint
        case m.Decide():
            judge = names.decisions.get(entry.origin.use.name)
            if judge is not None:
                hints |= dict(_inputs(entry.origin.use, judge.model))
        case _:
            for one in m.entries_of(entry.origin):
                _look(one, names, hints)


def _steps(entry: m.Entry) -> _Hint | None:
    for step in entry.steps:
        if isinstance(step, m.Lookup):
            return _Hint(table=step.table.text)
        if any(name == "read_as" for name, _, _ in step.steps):
            return _Hint(number=True)
    return None


def _inputs(use: m.DecisionUse, model: Model) -> Iterator[tuple[str, _Hint]]:
    known = {one.name: one for one in model.inputs}
    for key, entry in use.inputs:
        if isinstance(entry.origin, m.Copy) and key.text in known:
            yield entry.origin.field, _Hint(input=known[key.text])


def _record(branch: Branch, n: int, hints: Mapping[str, _Hint], names: Names) -> Made:
    made: Made = {}
    for one in branch.record.fields if branch.record is not None else ():
        hint = hints.get(one.name) or hints.get(f"{branch.name}.{one.name}") or _Hint()
        value = None if one.control is not None else _value(one, hint, n, names)
        if value is not None:
            value = value[: one.length] if one.length else value
            made[one.key] = value if one.json != "text" else yaml_text(value)
    children = branch.children
    for child in children if not branch.one_of else (children[n % len(children)],):
        made[child.name] = [_record(child, n, hints, names)]
    return made


def _value(one: Field, hint: _Hint, n: int, names: Names) -> str | None:
    if one.always is not None or one.values:
        return one.always or one.values[(n - 1) % len(one.values)]
    if hint.pattern is not None:
        parts = {part: _part(hint.pattern, part, n) for part in hint.pattern.names}
        return join(hint.pattern, parts)
    if hint.table is not None:
        codes = list(names.tables[hint.table].codes) if hint.table in names.tables else []
        return codes[(n - 1) % len(codes)] if codes else None
    if hint.input is not None:
        return _of_input(hint.input, n)
    if hint.number:
        return f"100{n}"
    kind = _TYPES.get(one.codec.type)
    return (kind or _text(one.name)).format(n=n)


def _of_input(one: Input, n: int) -> str | None:
    """Give the n-th value of an input; one that has a meaning for few cases only in the first."""
    values = list((one.values or {"1": "1"}).values())
    if one.gates and n > 1:
        return None
    return values[(n - 1) % len(values)]


def _part(pattern: Pattern, name: str, n: int) -> str:
    part = next(one for one in pattern.parts if one.name == name)
    if part.words:
        return part.words[(n - 1) % len(part.words)]
    return _CLASSES.get(part.kind, _text(name)).format(n=n)


def _text(name: str) -> str:
    """Give a text for a field by the words of its name; else its name and number."""
    words = re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
    found = next((made for word, made in _WORDS if word in words), None)
    return found or re.sub(r"[{}]", "", name) + " {n}"
