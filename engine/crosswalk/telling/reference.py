"""The generated parts of the documentation: tables of keys, words, operators, fields of a file.

Pure text from tables that the engine itself uses; `tests/docs` compares it with the pages.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crosswalk.language.matcher_words import PLAIN, WORDS
from crosswalk.language.operators import OPERATORS, Operator
from crosswalk.model import mapping as m
from crosswalk.model.layout import Field, Layout, Record
from crosswalk.planning.invert import Class, Classified, Inverse
from crosswalk.telling.entry_words import law_of, rule_of, sources_of
from crosswalk.values.characters import CLASSES

__all__ = [
    "classes",
    "fill",
    "keys",
    "operator_list",
    "part_classes",
    "parts_of",
    "side_by_side",
    "words",
]

_BEGIN, _END = "<!-- generated: {} -->", "<!-- end -->"
_MARKED = re.compile(r"<!-- generated: ([^\n]+?) -->\n(.*?)<!-- end -->", re.DOTALL)
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "keys",
    "array": "list",
    "null": "null",
}
_ANY = {"string", "integer", "number", "boolean"}
_HEAD = frozenset({"crosswalk", "kind", "name", "version", "description", "meta"})


def parts_of(page: str) -> tuple[str, ...]:
    """Give the names of the generated parts of a page, in order."""
    return tuple(found[1] for found in _MARKED.finditer(page))


def fill(page: str, make: Callable[[str], str]) -> str:
    """Put into every marked part of a page what `make` gives for the part's name."""

    def replaced(found: re.Match[str]) -> str:
        return f"{_BEGIN.format(found[1])}\n\n{make(found[1]).strip()}\n\n{_END}"

    return _MARKED.sub(replaced, page)


# --- keys of a kind of document, from its JSON Schema -----------------------------------------


@dataclass(frozen=True, slots=True)
class _Level:
    """One map of a document: where it stands, what it is, its keys."""

    path: tuple[str, ...]
    says: str
    keys: Mapping[str, Any]
    required: frozenset[str]


def keys(schema: Mapping[str, Any], *, head: bool = False) -> str:
    """Write the keys of a kind of document as Markdown tables, one for each level of nesting.

    `schema` is a flat JSON Schema of the package. The keys that all documents share are left out
    unless `head` asks for them alone. Levels with the same keys are shown once.
    """
    seen: dict[frozenset[str], str] = {}
    written = []
    for level in _levels(schema, ()):
        chosen = {
            key: one for key, one in level.keys.items() if level.path or (key in _HEAD) == head
        }
        if head and level.path:
            continue
        signature = frozenset(chosen)
        where = " → ".join(level.path)
        if signature in seen:
            written.append(f"`{where}`: the same keys as `{seen[signature]}`.")
            continue
        seen[signature] = where
        title = f"**`{where}`** {level.says}\n\n" if level.path else ""
        written.append(title + _table(chosen, level))
    return "\n\n".join(written)


def _table(chosen: Mapping[str, Any], level: _Level) -> str:
    lines = ["| key | takes | meaning |", "| --- | --- | --- |"]
    for key, one in chosen.items():
        needed = " **Required.**" if key in level.required else ""
        lines.append(f"| `{key}` | {_cell(_takes(one))} | {_cell(_says(one) + needed)} |")
    return "\n".join(lines)


def _levels(schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[_Level]:
    """Walk the maps of a schema from the outside in; `<name>` stands for keys of the author."""
    known = schema.get("properties", {})
    if known:
        required = frozenset(schema.get("required", ()))
        yield _Level(path, _says(schema), known, required)
    for key, one in known.items():
        yield from _levels(one, (*path, key))
    free = schema.get("additionalProperties")
    if isinstance(free, Mapping):
        yield from _levels(free, (*path, "<name>"))


def _says(schema: Mapping[str, Any]) -> str:
    said = str(schema.get("description", ""))
    if "$ref" in schema and not said:
        return "What must hold."
    default = schema.get("default")
    return said if default is None else f"{said} Default: `{default}`."


def _takes(schema: Mapping[str, Any]) -> str:
    """Say what may stand after a key."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return "name or entry" if name == "option" else f"a {name}"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    named = schema.get("type", "object")
    return _of_types({named} if isinstance(named, str) else set(named), schema)


def _of_types(types: set[str], schema: Mapping[str, Any]) -> str:
    if types == {"array"}:
        item = _takes(schema.get("items", {})).removeprefix("a ").replace("name or entry", "option")
        return f"list of {'maps' if item == 'keys' else item + 's'}"
    if types >= {"string", "integer", "array"} and "$ref" in schema["items"]:
        return "name or list of options"
    if types >= _ANY:
        return "value" + (" or keys" if "object" in types else "")
    if types >= {"string", "integer"}:
        return "name or list of names" if "array" in types else "name"
    return " or ".join(word for key, word in _TYPES.items() if key in types)


def _cell(text: str) -> str:
    """Make text fit into a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


# --- words of conditions, operators, patterns -------------------------------------------------


def words() -> str:
    """Write the words of conditions as a Markdown table."""
    lines = ["| word | for | meaning |", "| --- | --- | --- |"]
    for name, word in {**PLAIN, **WORDS}.items():
        kinds = ", ".join(sorted(word.types)) if len(word.types) < _SHOWN_TYPES else "every type"
        if word.types and len(word.types) == len(WORDS["less_than"].types):
            kinds = "numbers, dates and times"
        lines.append(f"| `{name}` | {kinds} | {_cell(word.doc)} |")
    lines.append("| `not` | every type | The opposite; also holds where there is no value. |")
    return "\n".join(lines)


_SHOWN_TYPES = 5


def operator_list() -> str:
    """Write one line for each operator: what it does and what its way back loses."""
    lines = ["| operator | does | way back |", "| --- | --- | --- |"]
    for one in OPERATORS.values():
        link = f"[`{one.name}`](operators.md#{one.name})"
        lines.append(f"| {link} | {_cell(one.doc)} | {_cell(_way_back(one))} |")
    return "\n".join(lines)


def _way_back(one: Operator) -> str:
    return f"loses: {one.loss}" if one.loss else "exact"


def part_classes() -> str:
    """Write the classes of characters that a part of a pattern may have."""
    return ", ".join(f"`{name}`" for name in CLASSES)


# --- a mapping's target, field by field --------------------------------------------------------


def classes(inverse: Inverse) -> str:
    """Write what becomes of every target field on the way back, with the count of each class."""
    counts = {kind: sum(one.verdict is kind for one in inverse.classes) for kind in Class}
    told = ", ".join(f"{count} {kind.value}" for kind, count in counts.items())
    lines = [f"{len(inverse.classes)} fields: {told}.", ""]
    lines += ["| record | id | field | way back | why |", "| --- | --- | --- | --- | --- |"]
    lines += [_class_row(one) for one in inverse.classes]
    return "\n".join(lines)


def _class_row(one: Classified) -> str:
    field = one.field
    cells = (one.record, field.key, field.name, one.verdict.value, _cell(one.reason))
    return f"| {' | '.join(cells)} |"


def side_by_side(mapping: m.Mapping, target: Layout) -> str:
    """Write the target layout beside its sources: id, our field, type, required, source, rule."""
    entries = {(one.record, one.field): one.entry for one in mapping.targets}
    tables = []
    for record in target.records:
        lines = ["| id | our field | type | required | partner field | rule |"]
        lines += ["| --- | --- | --- | --- | --- | --- |"]
        lines += [_side(record, field, entries) for field in record.fields]
        tables.append(f"**{record.name}**\n\n" + "\n".join(lines))
    return "\n\n".join(tables)


def _side(record: Record, field: Field, entries: Mapping[tuple[str, str], m.Entry]) -> str:
    entry = entries.get((record.name, field.key)) or entries.get((record.name, field.name))
    source = ", ".join(dict.fromkeys(sources_of(entry))) if entry else ""
    rule = law_of(field) or (rule_of(entry) if entry else "not mapped")
    length = f", at most {field.length} characters" if field.length else ""
    cells = (
        field.key,
        field.name,
        field.codec.type + length,
        "yes" if field.required or field.always is not None else "",
        _cell(source),
        _cell(rule),
    )
    return f"| {' | '.join(cells)} |"
