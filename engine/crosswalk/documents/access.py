"""Reading a document's nodes whose shape the schema has already vouched for."""

from collections.abc import Iterator

from crosswalk.documents.source import List, Map, Node, Scalar


def child(node: Map, key: str) -> Node | None:
    """Give the value below `key`, or None when the key is absent or null."""
    entry = node.entries.get(key)
    if entry is None or (isinstance(entry.value, Scalar) and entry.value.value is None):
        return None
    return entry.value


def scalar(node: Map, key: str) -> Scalar | None:
    """Give the scalar below `key`."""
    found = child(node, key)
    return found if isinstance(found, Scalar) else None


def text(node: Map, key: str) -> str | None:
    """Give the text below `key` as it is written: 1.10 stays "1.10"."""
    found = scalar(node, key)
    return None if found is None else found.text


def flag(node: Map, key: str, *, default: bool = False) -> bool:
    """Give the true or false below `key`."""
    found = scalar(node, key)
    return default if found is None else found.value is True


def number(node: Map, key: str) -> int | None:
    """Give the whole number below `key`."""
    found = scalar(node, key)
    return found.value if found is not None and isinstance(found.value, int) else None


def mapping(node: Map, key: str) -> Map | None:
    """Give the map below `key`."""
    found = child(node, key)
    return found if isinstance(found, Map) else None


def scalars(node: Map, key: str) -> tuple[Scalar, ...]:
    """Give the scalars of the list below `key`; one scalar counts as a list of one."""
    found = child(node, key)
    if isinstance(found, Scalar):
        return (found,)
    if isinstance(found, List):
        return tuple(item for item in found.items if isinstance(item, Scalar))
    return ()


def maps(node: Map, key: str) -> tuple[Map, ...]:
    """Give the maps of the list below `key`."""
    found = child(node, key)
    if isinstance(found, List):
        return tuple(item for item in found.items if isinstance(item, Map))
    return ()


def scalars_below(node: Node, key: str) -> Iterator[Scalar]:
    """Give the scalars below every `key` of a document."""
    if isinstance(node, Map):
        for name, entry in node.entries.items():
            if name == key and isinstance(entry.value, Scalar):
                yield entry.value
            else:
                yield from scalars_below(entry.value, key)
    elif not isinstance(node, Scalar):
        for item in node.items:
            yield from scalars_below(item, key)
