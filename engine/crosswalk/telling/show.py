"""Documents as YAML again, each line with the layer and place that set it; secrets never."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from json import dumps

from crosswalk.documents.setting_types import check_value
from crosswalk.documents.settings import Declared
from crosswalk.documents.source import List, Map, Node, Scalar, read
from crosswalk.findings.diagnostics import Span
from crosswalk.values.codecs import Problem

HIDDEN = "(hidden)"
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of YAML, and where what it says was written."""

    text: str
    span: Span


def document_lines(node: Map, declared: Mapping[str, Declared]) -> list[Line]:
    """Write a document's node as lines of block YAML that read as the same document.

    `declared` are the known settings: the value of one that is secret, unknown or holds a
    credential is not shown; references to where a secret is kept are.
    """
    return list(_map(node, 0, (), lambda path, value: _shown(path, value, declared)))


def with_origin(lines: list[Line], layer: Callable[[Span], str]) -> Iterator[str]:
    """Give the lines with a comment each: `# layer: file:line`."""
    width = min(max((len(line.text) for line in lines), default=0), 72)
    for line in lines:
        where = f"{layer(line.span)}: {line.span.file}:{line.span.line}"
        yield f"{line.text:<{width}}  # {where}"


Spell = Callable[[Keys, Scalar], str]


def _map(node: Map, depth: int, path: Keys, spell: Spell) -> Iterator[Line]:
    for key, entry in node.entries.items():
        yield from _below(
            _key(entry.key), entry.key.span, entry.value, (depth, (*path, key), spell)
        )


def _below(
    head: str, span: Span, value: Node, at: tuple[int, Keys, Spell], *, item: bool = False
) -> Iterator[Line]:
    """Write `head` (a key with its colon, or a dash) and what stands below it."""
    depth, path, spell = at
    begin = "  " * depth + head
    if isinstance(value, Scalar):
        yield Line(f"{begin} {spell(path, value)}".rstrip(), value.span if not item else span)
    elif isinstance(value, Map) and value.entries:
        yield Line(begin, span)
        yield from _map(value, depth + 1, path, spell)
    elif isinstance(value, List) and value.items:
        yield Line(begin, span)
        for one in value.items:
            yield from _below("-", one.span, one, (depth + 1, (*path, ""), spell), item=True)
    else:
        yield Line(f"{begin} {'{}' if isinstance(value, Map) else '[]'}", span)


def _key(key: Scalar) -> str:
    return f"{_text(key)}:"


def _text(node: Scalar) -> str:
    """Spell a scalar so that it reads as the same value."""
    if node.plain:
        again, findings = read(f"k: {node.text}\n", "")
        value = again.entries.get("k") if isinstance(again, Map) else None
        if not findings and value is not None and isinstance(value.value, Scalar):
            same = value.value.text == node.text and value.value.value == node.value
            if same:
                return node.text
    if node.value is None:
        return "null"
    return dumps(node.text, ensure_ascii=False)


def _shown(path: Keys, value: Scalar, declared: Mapping[str, Declared]) -> str:
    """Spell a value, unless it is the value of a setting that must not be seen."""
    name = _setting(path)
    if name is None or value.value is None:
        return _text(value)
    known = declared.get(name)
    if known is None or known.secret:
        return HIDDEN
    try:
        check_value(known.type, value.text)
    except Problem as problem:
        if problem.code == "CW805":
            return HIDDEN
    return _text(value)


def _setting(path: Keys) -> str | None:
    """Name the setting whose value stands at a path: in a layer, a catalogue or an override."""
    inner = path[2:] if path[:1] == ("override",) else path
    if inner[:1] != ("settings",):
        return None
    if len(inner) == 2:  # noqa: PLR2004 - settings: {name: value}
        return inner[1]
    return inner[1] if len(inner) == 3 and inner[2] == "default" else None  # noqa: PLR2004
