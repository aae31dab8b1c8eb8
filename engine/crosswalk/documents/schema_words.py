"""Says in an author's words what a JSON Schema wants and what a node is instead."""

from collections.abc import Collection, Sequence

from crosswalk.documents.source import List, Map, Node, Scalar
from crosswalk.documents.yaml_rules import meaning
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest, quoted

_SHOWN = 12
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "no value",
    "object": "a map",
    "array": "a list",
}


def misfit(node: Node, span: Span, types: Sequence[str], hint: str = "") -> Diagnostic:
    """Say that a node has none of the expected JSON Schema types (CW202)."""
    message = f"expected {_any_of(types)}, got {got(node)}"
    return Diagnostic("CW202", message, span, help=hint or _type_remedy(node, types))


def missing_key(owner: Map, key: str, span: Span, known: Collection[str] = ()) -> Diagnostic:
    """Say that a map lacks a key (CW203); an unknown key of the map may be it, misspelt."""
    near = closest(key, [name for name in owner.entries if name not in known])
    remedy = f"is '{near}' meant to be '{key}'?" if near else f"add '{key}: ...'"
    return Diagnostic("CW203", f"key {quoted(key)} is missing", span, help=remedy)


def first_span(node: Node) -> Span:
    """Give the span of a map's first key, of other nodes their own."""
    if isinstance(node, Map) and node.entries:
        return next(iter(node.entries.values())).key.span
    return node.span


def got(node: Node) -> str:
    """Name a node as a message does: "the text 'x'", "the number 7", "a map"."""
    if isinstance(node, Map):
        return "a map"
    if isinstance(node, List):
        return "a list"
    if isinstance(node.value, str):
        return f"the text {quoted(node.text)}"
    if node.value is None:
        return "no value"
    return node.text if isinstance(node.value, bool) else f"the number {node.text}"


def _any_of(types: Sequence[str]) -> str:
    *others, last = dict.fromkeys(_TYPES.get(name, name) for name in types)
    return f"{', '.join(others)} or {last}" if others else last


def _type_remedy(node: Node, types: Sequence[str]) -> str:
    if not isinstance(node, Scalar):
        return f"write {_any_of(types)}"
    if "string" in types:
        return f'quote it: "{node.text}"' if node.text else "write a value after the ':'"
    if not node.plain and not isinstance(meaning(node.text)[0], str):
        return f"remove the quotes: {node.text}"
    if "array" in types:
        return f"write a list: [{node.text[:_SHOWN]}]" if node.text else "write a list: [...]"
    return "write 'key: value' entries" if "object" in types else f"write {_any_of(types)}"


def allowed(what: str, names: Sequence[object]) -> str:
    """List at most twelve allowed words."""
    if not names:
        return f"no {what} are allowed here"
    shown = ", ".join(str(name) for name in names[:_SHOWN])
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{what} allowed here: {shown}{more}"


def spelled(value: object) -> str:
    """Spell a JSON value as YAML does."""
    words = {True: "true", False: "false", None: "null"}
    return words[value] if value is None or isinstance(value, bool) else str(value)
