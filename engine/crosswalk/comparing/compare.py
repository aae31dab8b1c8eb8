"""Two states of a project (or two billers of one) held together, document by document."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crosswalk.comparing.change import Change, Effect
from crosswalk.comparing.kinds import Pair, changes, read_by, value_differences, whole_change
from crosswalk.comparing.side import Side, pinned
from crosswalk.documents.layers import reached, used_documents
from crosswalk.documents.workspace import Document
from crosswalk.findings.errors import ConfigError

OWNERS = ("integration", "biller")


@dataclass(frozen=True, slots=True)
class Compared:
    """A document that says something else, on both sides (None: it is not there)."""

    was: Document | None
    now: Document | None
    changes: tuple[Change, ...]

    @property
    def name(self) -> str:
        """The document's name."""
        one = self.now or self.was
        return one.name if one is not None else ""

    @property
    def effect(self) -> Effect:
        """The worst effect among the changes."""
        order = list(Effect)
        return min((one.effect for one in self.changes), key=order.index)


# --- which documents belong together ---------------------------------------------------------


def pairs(was: Iterable[Document], now: Iterable[Document]) -> Iterator[Pair]:
    """Pair documents of one kind and name: the same major versions, then the newest left over."""
    groups: dict[tuple[str, str], tuple[dict[int, Document], dict[int, Document]]] = {}
    for at, side in enumerate((was, now)):
        for one in side:
            groups.setdefault((one.kind, one.name), ({}, {}))[at][one.major] = one
    for old, new in groups.values():
        same = sorted(old.keys() & new.keys())
        yield from ((old.pop(major), new.pop(major)) for major in same)
        if old and new:
            yield old.pop(max(old)), new.pop(max(new))
        yield from ((one, None) for one in old.values())
        yield from ((None, one) for one in new.values())


# --- whole states ----------------------------------------------------------------------------


def compare_all(before: Side, after: Side) -> list[Compared]:
    """Compare every document, and what billers and integrations change in others."""
    was, now = before.project, after.project
    kinds = {one.kind for one in (*was.workspace.documents, *now.workspace.documents)}
    made = []
    for kind in (*sorted(kinds - {"case", *OWNERS}), *OWNERS):
        differ = _owner_changes if kind in OWNERS else changes
        found = pairs(was.documents(kind), now.documents(kind))
        made += [Compared(*pair, tuple(differ(before, after, pair))) for pair in found]
    return [one for one in made if one.changes]


def _owner_changes(before: Side, after: Side, pair: Pair) -> Iterator[Change]:
    """Give what is otherwise because of an owner's own document."""
    was, now = pair
    if was is None or now is None:
        yield from changes(before, after, pair)
        return
    sides = (as_seen(before, was), as_seen(after, now))
    files = {was.file, now.file}
    yield from changes(*sides, pair)
    touched = [
        [one for one in side.project.workspace.documents if _touches(side, one)] for side in sides
    ]
    both_touched = {pinned(one) for one in (*touched[0], *touched[1])}
    documents = [
        [one for one in side.project.workspace.documents if pinned(one) in both_touched]
        for side in sides
    ]
    for inner in pairs(*documents):
        for one in changes(*sides, inner):
            if {place.file for place in (one.was, one.now) if place is not None} & files:
                yield one


def _touches(side: Side, document: Document) -> bool:
    return bool(side.view.layers) and side.view.layers[-1].override_of(document) is not None


def as_seen(side: Side, owner: Document) -> Side:
    """Give the same project as a biller or integration sees it."""
    return Side(side.project, side.project.view(pinned(owner)), side.label)


# --- one document, or all that two billers use ----------------------------------------------


def compare_named(before: Side, after: Side, names: tuple[str, str]) -> list[Compared]:
    """Compare a document (by its name on each side) and all that it leads to, with settings.

    A biller or integration stands for all that its flows lead to. Raises ConfigError for a name
    that neither side has.
    """
    was, now = (_find(side, name) for side, name in zip((before, after), names, strict=True))
    if was is None or now is None:
        if was is now:
            raise ConfigError(after.project.workspace.find(names[1])[1])
        return [Compared(was, now, (whole_change(was, now),))]
    if was.kind in OWNERS:
        before, after = as_seen(before, was), as_seen(after, now)
    led = (_led(before, was), _led(after, now))
    rest = (
        [one for one in side if one != top and one.kind != "case"]
        for side, top in zip(led, (was, now), strict=True)
    )
    found: list[Pair] = [(was, now), *pairs(*rest)]
    made = [change for pair in found for change in changes(before, after, pair)]
    if before.view.owner is not None and was.kind not in OWNERS:
        made += value_differences(before, after, read_by(before, led[0]) | read_by(after, led[1]))
    if before.owner_name != after.owner_name:
        return [Compared(before.view.owner, after.view.owner, tuple(made))] if made else []
    return _by_file(before, after, (was, now), made)


def mappings_about(
    before: Side, after: Side, names: tuple[str, str] | None
) -> list[tuple[Document, Document]]:
    """Give the mappings of both sides that lead to a named document, or that it leads to."""
    found = []
    for was, now in pairs(before.project.documents("mapping"), after.project.documents("mapping")):
        if was is not None and now is not None and _about(after, names, now):
            found.append((was, now))
    return found


def _about(side: Side, names: tuple[str, str] | None, document: Document) -> bool:
    top = _find(side, names[1]) if names is not None else None
    if top is None:
        return True
    if top.kind in OWNERS:
        return document in _led(as_seen(side, top), top)
    return document in _led(side, top) or top in _led(side, document)


def _find(side: Side, name: str) -> Document | None:
    return side.project.workspace.find(name)[0]


def _led(side: Side, top: Document) -> frozenset[Document]:
    """Give a document and what it leads to; of an owner what its flows lead to."""
    if top.kind in OWNERS:
        return used_documents(side.project.workspace, side.view.layers) or frozenset({top})
    layers = side.view.layers
    nodes = [top.node, *(body for one in layers if (body := one.override_of(top)) is not None)]
    return frozenset({top}) | reached(side.project.workspace, layers, nodes)


def _by_file(before: Side, after: Side, top: Pair, made: list[Change]) -> list[Compared]:
    """Group changes by the document in whose file they are written; `top` are one document."""
    was, now = (
        {one.file: one for one in side.project.workspace.documents} for side in (before, after)
    )
    groups: dict[str, list[Change]] = {}
    for one in made:
        groups.setdefault(one.place.file if one.place else "", []).append(one)
    grouped = []
    for file, group in groups.items():
        old, new = was.get(file), now.get(file)
        if file in {one.file for one in top if one is not None}:
            old, new = top
        grouped.append(Compared(old, new, tuple(group)))
    return grouped
