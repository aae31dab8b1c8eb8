"""A first look at a document's shape, so that a good one is known without loading jsonschema.

It only ever says yes when the schema holds; a keyword it does not know makes it say no, and then
jsonschema decides and words the findings. A law holds the two together (tests/schema).
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from crosswalk.documents.source import List, Map, Node, Scalar, plain

Schema = Mapping[str, Any]


def plainly_fits(node: Node, schema: Schema) -> bool:
    """Tell whether a node certainly fits a schema."""
    return _fits(node, schema, schema)


def _fits(node: Node, schema: Schema | bool, root: Schema) -> bool:  # noqa: FBT001
    if isinstance(schema, bool):
        return schema
    for keyword, wanted in schema.items():
        if keyword in _SILENT:
            continue
        judge = _JUDGES.get(keyword)
        if judge is None or not judge(node, wanted, schema, root):
            return False
    return True


_SILENT = frozenset(
    {"$schema", "$defs", "$id", "title", "description", "examples", "default", "x-hint"}
)


def _type(node: Node, wanted: Any, _schema: Schema, _root: Schema) -> bool:  # noqa: ANN401
    names = (wanted,) if isinstance(wanted, str) else wanted
    return any(_is(node, name) for name in names)


def _is(node: Node, name: str) -> bool:  # noqa: PLR0911
    if isinstance(node, Map):
        return name == "object"
    if isinstance(node, List):
        return name == "array"
    value = node.value
    if name == "string":
        return isinstance(value, str)
    if name == "boolean":
        return isinstance(value, bool)
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    return name == "null" and value is None


def _properties(node: Node, wanted: Any, _schema: Schema, root: Schema) -> bool:  # noqa: ANN401
    return not isinstance(node, Map) or all(
        _fits(entry.value, wanted[key], root)
        for key, entry in node.entries.items()
        if key in wanted
    )


def _others(node: Node, wanted: Any, schema: Schema, root: Schema) -> bool:  # noqa: ANN401
    known = schema.get("properties", {})
    return "patternProperties" not in schema and (
        not isinstance(node, Map)
        or all(_fits(e.value, wanted, root) for key, e in node.entries.items() if key not in known)
    )


def _required(node: Node, wanted: Any, _schema: Schema, _root: Schema) -> bool:  # noqa: ANN401
    return not isinstance(node, Map) or all(key in node.entries for key in wanted)


def _dependent(node: Node, wanted: Any, _schema: Schema, _root: Schema) -> bool:  # noqa: ANN401
    keys = node.entries if isinstance(node, Map) else {}
    return all(other in keys for key in wanted if key in keys for other in wanted[key])


def _enum(node: Node, wanted: Any, _schema: Schema, _root: Schema) -> bool:  # noqa: ANN401
    value = plain(node)
    return (value is None or isinstance(value, str)) and value in wanted


def _const(node: Node, wanted: Any, _schema: Schema, _root: Schema) -> bool:  # noqa: ANN401
    value = plain(node)
    return type(value) is type(wanted) and value == wanted


def _pattern(node: Node, wanted: Any, _schema: Schema, _root: Schema) -> bool:  # noqa: ANN401
    strict = f"{wanted[:-1]}\\Z" if wanted.endswith("$") else wanted
    text = plain(node)
    return not isinstance(text, str) or re.search(strict, text, re.ASCII) is not None


def _names(node: Node, wanted: Any, _schema: Schema, _root: Schema) -> bool:  # noqa: ANN401
    if set(wanted) != {"pattern"}:
        return False
    strict = re.sub(r"\$$", r"\\Z", wanted["pattern"])
    names = node.entries if isinstance(node, Map) else ()
    return all(re.search(strict, name, re.ASCII) for name in names)


def _items(node: Node, wanted: Any, _schema: Schema, root: Schema) -> bool:  # noqa: ANN401
    return not isinstance(node, List) or all(_fits(item, wanted, root) for item in node.items)


def _refers(node: Node, wanted: Any, _schema: Schema, root: Schema) -> bool:  # noqa: ANN401
    if not wanted.startswith("#/$defs/"):
        return False
    target = root.get("$defs", {}).get(wanted.removeprefix("#/$defs/"))
    return target is not None and _fits(node, target, root)


def _bound(low: bool, size: Callable[[Node], Any]) -> Callable[..., bool]:  # noqa: FBT001
    def judge(node: Node, wanted: Any, _schema: Schema, _root: Schema) -> bool:  # noqa: ANN401
        found = size(node)
        return found is None or (found >= wanted if low else found <= wanted)

    return judge


def _length(node: Node) -> int | None:
    return len(node.value) if isinstance(node, Scalar) and isinstance(node.value, str) else None


def _number(node: Node) -> int | Decimal | None:
    if isinstance(node, Scalar) and _is(node, "number"):
        return node.value  # type: ignore[return-value]
    return None


def _count(node: Node) -> int | None:
    return len(node.entries) if isinstance(node, Map) else None


def _size(node: Node) -> int | None:
    return len(node.items) if isinstance(node, List) else None


def _if(node: Node, wanted: Any, schema: Schema, root: Schema) -> bool:  # noqa: ANN401
    if set(wanted) != {"type"} or "else" in schema:
        return False
    return not _fits(node, wanted, root) or _fits(node, schema.get("then", True), root)


def _then(_node: Node, _wanted: Any, schema: Schema, _root: Schema) -> bool:  # noqa: ANN401
    return "if" in schema


_JUDGES: Mapping[str, Callable[[Node, Any, Schema, Schema], bool]] = {
    "type": _type,
    "properties": _properties,
    "additionalProperties": _others,
    "required": _required,
    "dependentRequired": _dependent,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "propertyNames": _names,
    "items": _items,
    "$ref": _refers,
    "if": _if,
    "then": _then,
    "minLength": _bound(True, _length),  # noqa: FBT003
    "maxLength": _bound(False, _length),  # noqa: FBT003
    "minimum": _bound(True, _number),  # noqa: FBT003
    "maximum": _bound(False, _number),  # noqa: FBT003
    "minProperties": _bound(True, _count),  # noqa: FBT003
    "maxProperties": _bound(False, _count),  # noqa: FBT003
    "minItems": _bound(True, _size),  # noqa: FBT003
    "maxItems": _bound(False, _size),  # noqa: FBT003
}
