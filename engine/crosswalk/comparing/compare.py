"""Two states of a project (or two billers of one) held together, document by document."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from crosswalk.comparing.change import ADDITIVE, BREAKING, NONE, Change, Effect, Told
from crosswalk.comparing.decisions import decision_changes, rules_changes
from crosswalk.comparing.layouts import BOTH, READ, WRITTEN, Role, Sides
from crosswalk.comparing.mappings import Side as MappingSide
from crosswalk.comparing.mappings import mapping_changes
from crosswalk.comparing.operations import operation_changes
from crosswalk.comparing.tables import (
    catalogue_changes,
    flow_changes,
    key_changes,
    table_changes,
    value_changes,
)
from crosswalk.documents.access import flag, mapping, text
from crosswalk.documents.layers import reached, used_documents
from crosswalk.documents.source import Map
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import has_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.planning.deciding import Judge, needed
from crosswalk.planning.read_layout import read_layout
from crosswalk.project import Project, View

OWNERS = ("integration", "biller")
Pair = tuple[Document | None, Document | None]


@dataclass(frozen=True, slots=True)
class Side:
    """A project as one owner, or nobody, sees it. `label` says in words which state it is."""

    project: Project
    view: View
    label: str

    def node(self, document: Document) -> Map:
        """Give a document with the owner's layers. Raises ConfigError."""
        node = self.project.effective(document, self.view).node
        if has_errors(self.view.findings):
            raise ConfigError(self.view.findings)
        return node

    def texts(self) -> Mapping[str, str]:
        """Give the settings in force that are written in documents."""
        return self.view.settings.texts()

    def mapping(self, document: Document) -> MappingSide:
        """Give a mapping with its layouts. Raises ConfigError, also where it cannot be bound."""
        parts = self.project.parts(pinned(document), self.view)
        findings = [*self.view.findings, *parts.findings]
        if parts.source is None or parts.target is None or has_errors(findings):
            raise ConfigError(findings)
        self.project.plan(pinned(document), self.view)
        inverse = self.project.inverse(parts)
        return MappingSide(parts.document.node, parts.source, parts.target, inverse)

    def judge(self, document: Document) -> Judge:
        """Give rules with their decision. Raises ConfigError."""
        judge, findings = self.project.judge((pinned(document),), self.view)
        if judge is None or has_errors(self.view.findings):
            raise ConfigError([*self.view.findings, *findings])
        return judge

    def roles(self) -> dict[str, Role]:
        """Say by name@major what layouts are used for, by mappings and flows."""
        found: dict[str, Role] = {}
        back = {name for name, backward in _flows(self.project) if backward}
        for one in self.project.documents("mapping"):
            ends = [text(one.node, key) or "" for key in ("from", "to")]
            for name, role in zip(ends, (READ, WRITTEN), strict=True):
                other = WRITTEN if role is READ else READ
                found[name] = found.get(name, role) | (other if pinned(one) in back else role)
        return found


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


def pinned(document: Document) -> str:
    """Give a document's name as others refer to it."""
    return f"{document.name}@{document.major}"


def _flows(project: Project) -> Iterator[tuple[str, bool]]:
    for one in project.documents("integration"):
        body = mapping(one.node, "flows")
        for entry in (body.entries if body else {}).values():
            if isinstance(entry.value, Map):
                yield text(entry.value, "mapping") or "", flag(entry.value, "backward")


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
        return [Compared(was, now, (_whole(was, now),))]
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
        made += _values(before, after, _read_by(before, led[0]) | _read_by(after, led[1]))
    if _owner_name(before) != _owner_name(after):
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


# --- one pair --------------------------------------------------------------------------------


def changes(before: Side, after: Side, pair: Pair) -> Iterator[Change]:
    """Give every change between two sides of a document. Raises ConfigError for one with errors."""
    was, now = pair
    if was is None or now is None:
        yield _whole(was, now)
        return
    if was.kind not in KINDS:
        return
    yield from KINDS[was.kind](before, was, after, now)


def _whole(was: Document | None, now: Document | None) -> Change:
    told: Told = (ADDITIVE, "is new") if was is None else (BREAKING, "is not there any more")
    one = now or was
    assert one is not None
    texts = (was.version if was else None, now.version if now else None)
    spans = (was.place("name") if was else None, now.place("name") if now else None)
    return Change(pinned(one), f"{one.kind} {one.name}", *texts, *told, *spans)


def _mapping(before: Side, was: Document, after: Side, now: Document) -> Iterator[Change]:
    old, new = before.mapping(was), after.mapping(now)
    yield from key_changes(pinned(now), old.node, new.node, MAPPING)
    yield from mapping_changes(pinned(now), old, new)


def _layout(before: Side, was: Document, after: Side, now: Document) -> Iterator[Change]:
    nodes = (before.node(was), after.node(now))
    (old, wrong), (new, more) = (read_layout(node) for node in nodes)
    if old is None or new is None or has_errors([*wrong, *more]):
        raise ConfigError([*wrong, *more])
    role = _role(before, was) | _role(after, now) or BOTH
    yield from Sides(pinned(now), old, new, role, nodes).changes()


def _role(side: Side, document: Document) -> Role:
    return side.roles().get(pinned(document), Role(0))


def _table(before: Side, was: Document, after: Side, now: Document) -> Iterator[Change]:
    yield from table_changes(pinned(now), before.node(was), after.node(now))


def _operation(before: Side, was: Document, after: Side, now: Document) -> Iterator[Change]:
    old = before.project.operation(pinned(was), before.view)
    new = after.project.operation(pinned(now), after.view)
    yield from operation_changes(pinned(now), old, new)


def _decision(before: Side, was: Document, after: Side, now: Document) -> Iterator[Change]:
    yield from decision_changes(pinned(now), before.node(was), after.node(now))


def _rules(before: Side, was: Document, after: Side, now: Document) -> Iterator[Change]:
    nodes = (before.node(was), after.node(now))
    judges = (before.judge(was), after.judge(now))
    yield from rules_changes(
        pinned(now), nodes, judges, (_decided_by(before, after), after.texts())
    )


def _decided_by(before: Side, after: Side) -> Mapping[str, str]:
    """Give the settings that the old rules decide by.

    Of two billers each has its own. Of two states both have the new ones, so that what a setting
    changes is told of the setting, and what rules change of the rules.
    """
    return after.texts() if _owner_name(before) == _owner_name(after) else before.texts()


def _owner_name(side: Side) -> str | None:
    return side.view.owner.name if side.view.owner is not None else None


def _catalogue(_before: Side, was: Document, _after: Side, now: Document) -> Iterator[Change]:
    yield from catalogue_changes(pinned(now), was.node, now.node)


def _owner(before: Side, was: Document, after: Side, now: Document) -> Iterator[Change]:
    nodes = (before.node(was), after.node(now))
    yield from key_changes(pinned(now), *nodes, OWNER)
    yield from flow_changes(pinned(now), *nodes)
    files = {was.file, now.file}
    for one in _values(before, after):
        if {place.file for place in (one.was, one.now) if place is not None} & files:
            yield one


def _values(before: Side, after: Side, only: Collection[str] | None = None) -> Iterator[Change]:
    """Give the settings in force that differ, under the name of the owner; `only` some ids."""
    owner = after.view.owner
    name = pinned(owner) if owner is not None else ""
    was, now = (
        {key: one for key, one in side.view.settings.values.items() if only is None or key in only}
        for side in (before, after)
    )
    yield from value_changes(name, was, now)


def _read_by(side: Side, documents: Iterable[Document]) -> set[str]:
    """Give the ids of the settings that documents read."""
    names: set[str] = set()
    for one in documents:
        if one.kind == "mapping":
            names |= side.project.plan(pinned(one), side.view).settings.keys()
        elif one.kind == "operation":
            made = side.project.operation(pinned(one), side.view)
            uses = (
                made.endpoint,
                *made.credentials.values(),
                *made.headers.values(),
                *made.installed.values(),
            )
            names |= {setting.text for setting in uses}
        elif one.kind in ("rules", "decision"):
            names |= needed(side.judge(one))
    declared = side.view.settings.declared
    return {declared[name].id for name in names if name in declared}


MAPPING: dict[str, Told] = {
    "from": (BREAKING, "reads something else"),
    "to": (BREAKING, "makes something else"),
    "delivery": (BREAKING, "is delivered, or told from other deliveries, otherwise"),
    "description": (NONE, "only what is said of it"),
}
_BESIDE: Told = (NONE, "what is said before going live; nothing comes out otherwise")
OWNER: dict[str, Told] = {
    "extends": (BREAKING, "builds on something else"),
    "installed": (BREAKING, "other settings say what the partner's system is"),
    **dict.fromkeys(
        (
            "id", "support", "support_like", "roles", "readiness", "parameters", "procedure",
            "confirmations", "description",
        ),
        _BESIDE,
    ),
}  # fmt: skip

Differ = Callable[[Side, Document, Side, Document], Iterator[Change]]

KINDS: dict[str, Differ] = {
    "mapping": _mapping,
    "layout": _layout,
    "code-table": _table,
    "operation": _operation,
    "decision": _decision,
    "rules": _rules,
    "settings": _catalogue,
    "integration": _owner,
    "biller": _owner,
}
"""Kinds of documents whose meaning is compared; a case says nothing that comes out."""
