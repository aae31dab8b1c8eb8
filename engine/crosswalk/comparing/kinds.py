"""What differs between two sides of one document, by its kind."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from crosswalk.comparing.change import ADDITIVE, BREAKING, NONE, Change, Told
from crosswalk.comparing.decisions import decision_changes, rules_changes
from crosswalk.comparing.layouts import BOTH, Role, Sides
from crosswalk.comparing.mappings import mapping_changes
from crosswalk.comparing.operations import operation_changes
from crosswalk.comparing.side import Side, pinned
from crosswalk.comparing.tables import (
    catalogue_changes,
    flow_changes,
    key_changes,
    table_changes,
    value_changes,
)
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import has_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.planning.deciding import needed
from crosswalk.planning.read_layout import read_layout

Pair = tuple[Document | None, Document | None]


def changes(before: Side, after: Side, pair: Pair) -> Iterator[Change]:
    """Give every change between two sides of a document. Raises ConfigError for one with errors."""
    was, now = pair
    if was is None or now is None:
        yield whole_change(was, now)
        return
    if was.kind not in KINDS:
        return
    yield from KINDS[was.kind](before, was, after, now)


def whole_change(was: Document | None, now: Document | None) -> Change:
    """Say that a document is new, or not there any more."""
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
    return after.texts() if before.owner_name == after.owner_name else before.texts()


def _catalogue(_before: Side, was: Document, _after: Side, now: Document) -> Iterator[Change]:
    yield from catalogue_changes(pinned(now), was.node, now.node)


def _owner(before: Side, was: Document, after: Side, now: Document) -> Iterator[Change]:
    nodes = (before.node(was), after.node(now))
    yield from key_changes(pinned(now), *nodes, OWNER)
    yield from flow_changes(pinned(now), *nodes)
    files = {was.file, now.file}
    for one in value_differences(before, after):
        if {place.file for place in (one.was, one.now) if place is not None} & files:
            yield one


def value_differences(
    before: Side, after: Side, only: Collection[str] | None = None
) -> Iterator[Change]:
    """Give the settings in force that differ, under the name of the owner; `only` some ids."""
    owner = after.view.owner
    name = pinned(owner) if owner is not None else ""
    was, now = (
        {key: one for key, one in side.view.settings.values.items() if only is None or key in only}
        for side in (before, after)
    )
    yield from value_changes(name, was, now)


def read_by(side: Side, documents: Iterable[Document]) -> set[str]:
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
