"""What a document says, apart from how it is written: for hashes and for comparing values."""

import json
from collections.abc import Iterable, Iterator

from crosswalk.documents.source import List, Map, Node, Scalar

Keys = tuple[str, ...]
"""A path of keys through maps."""


def content(node: Node, ordered: Iterable[Keys] = ()) -> str:
    """Give what a node says as one text, the same for every way to write it.

    Comments, formatting and the order of keys do not count, except that the keys of maps at the
    `ordered` paths ("*" stands for any key) keep their order. `1`, `1.0` and "1" differ.
    """
    return json.dumps(_canonical(node, (), tuple(ordered)), separators=(",", ":"))


def fits(path: Keys, pattern: Keys) -> bool:
    """Tell whether a path is one of a pattern, in which "*" stands for any key."""
    return len(path) == len(pattern) and all(
        wanted in ("*", key) for key, wanted in zip(path, pattern, strict=True)
    )


def _canonical(node: Node, path: Keys, ordered: tuple[Keys, ...]) -> object:
    if isinstance(node, List):
        return ["list", *(_canonical(item, (*path, ""), ordered) for item in node.items)]
    if isinstance(node, Scalar):
        return None if node.value is None else [type(node.value).__name__, node.text]
    keys = list(node.entries)
    if not any(fits(path, pattern) for pattern in ordered):
        keys.sort()
    values = ((key, node.entries[key].value) for key in keys)
    return ["map", *([key, _canonical(value, (*path, key), ordered)] for key, value in values)]


def leaves(node: Map, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Give every value below a map that is no map itself, with its keys."""
    for key, entry in node.entries.items():
        if isinstance(entry.value, Map) and entry.value.entries:
            yield from leaves(entry.value, (*path, key))
        else:
            yield (*path, key), entry.value


def flow_text(node: Node) -> str:
    """Write a node on one line, as flow YAML; texts as they stand."""
    match node:
        case Scalar():
            return node.text if node.value is not None else "null"
        case List(items=items):
            return f"[{', '.join(map(flow_text, items))}]"
        case Map(entries=entries):
            inner = ", ".join(f"{key}: {flow_text(one.value)}" for key, one in entries.items())
            return f"{{{inner}}}"
