"""Settings with their value in force and who set it; what an owner changes in other documents."""

from collections.abc import Iterator

from crosswalk.documents.content import flow_text, leaves
from crosswalk.documents.layers import Layer
from crosswalk.documents.resolve import Effective
from crosswalk.documents.settings import Declared, Secret, Setting
from crosswalk.documents.source import Map, Node, Scalar
from crosswalk.site.parts import Cell, Piece, Row, Section, Table, anchor, code, plain
from crosswalk.site.seen import Seen, pinned


def settings_section(seen: Seen) -> Section:
    """Show every declared setting; of a secret only where it is kept.

    Comes after the sections that read settings, so that it can name them.
    """
    declared = {one.id: one for one in seen.view.settings.declared.values()}
    rows = tuple(_setting(seen, one) for one in declared.values())
    heads = ("setting", "type", "meaning", "value in force", "set by", "read by")
    return Section("settings", "Settings", (Table("Settings and their origin", heads, rows),))


def _setting(seen: Seen, one: Declared) -> Row:
    at = anchor("setting", one.id)
    seen.find("setting", one.title, one.description, at)
    found = seen.view.settings.values.get(one.id)
    read = seen.readers_of(one.id)
    value, origin = _value(one, found), seen.origin(found.span) if found else ()
    cells = (
        (Piece(one.title, "name"),),
        plain(one.type),
        plain(one.description),
        value,
        origin,
        read,
    )
    return Row(cells, at, f"setting {one.title}")


def _value(one: Declared, found: Setting | None) -> Cell:
    """Give a value, or where it is kept; no secret was ever read."""
    if found is None:
        return (Piece("missing", "bad"),) if one.required else (Piece("not set", "note"),)
    if isinstance(found.value, Secret):
        return (Piece("kept in", "plain"), Piece(" "), Piece(str(found.value), "code"))
    return code(found.value)


def changes_section(seen: Seen) -> Section | None:
    """Show what the owner itself changes in documents that it shares; None when nothing."""
    own = seen.view.layers[-1] if seen.view.layers else None
    if own is None:
        return None
    rows = tuple(row for document in seen.documents for row in _changes(seen, own, document.name))
    if not rows:
        return None
    heads = ("document", "key", "here", "instead of", "set in")
    blocks = (
        "What differs from the integration. All else is shared.",
        Table(f"Changed by {own.name}", heads, rows),
    )
    return Section("changes", "What is its own", blocks)


def _changes(seen: Seen, own: Layer, name: str) -> Iterator[Row]:
    for document in seen.project.workspace.named(name):
        change = own.override_of(document)
        if change is None or document not in seen.documents:
            continue
        effective = seen.project.effective(document, seen.view)
        for path, value in leaves(change):
            yield _change(seen, effective, path, value, pinned(document))


def _change(seen: Seen, effective: Effective, path: tuple[str, ...], value: Node, name: str) -> Row:
    """Say a changed key, and what stood there before (or that it is new)."""
    gone = isinstance(value, Scalar) and value.value is None
    shown: Cell = (Piece("removed", "warn"),) if gone else code(flow_text(value))
    before = _before(effective, path)
    cells = (
        (seen.reference(name),),
        plain(" → ".join(path)),
        shown,
        code(before) if before is not None else (Piece("new", "plain"),),
        seen.origin(value.span),
    )
    return Row(cells)


def _before(effective: Effective, path: tuple[str, ...]) -> str | None:
    """Give what the layers below the last one say at a path."""
    for _, node in reversed(effective.history(path)[:-1]):
        if node is not None:
            return "nothing" if isinstance(node, Map) and not node.entries else flow_text(node)
    return None
