"""The effective form of a document: what it says itself, and what each layer changes in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from crosswalk.documents.content import Keys, content, fits
from crosswalk.documents.layers import Layer, layers
from crosswalk.documents.placing import ANCHORS, place
from crosswalk.documents.settings import (
    Secret,
    Setting,
    Settings,
    SettingsError,
    effective_settings,
)
from crosswalk.documents.source import Entry, List, Map, Node, Scalar
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Diagnostic, Label, Severity, Span
from crosswalk.findings.suggest import closest, quoted

__all__ = [
    "Effective",
    "Layer",
    "Secret",
    "Setting",
    "Settings",
    "SettingsError",
    "effective_settings",
    "layers",
    "resolve",
]

_IDENTITY = ("crosswalk", "kind", "name", "version")
_FIELDS = ("records", "*", "fields")
_FIELD = (*_FIELDS, "*")
# What is replaced whole: a new value never mixes with the inherited one below these paths.
_ATOMIC: dict[str, tuple[Keys, ...]] = {
    "layout": ((*_FIELD, "*"), ("checks", "*")),
    "mapping": (
        ("fields", "*", "*"),
        ("nest", "*", "*"),
        ("decisions", "*", "inputs", "*"),
        ("decisions", "*", "day"),
        ("backward", "fields", "*", "*"),
        ("backward", "nest", "*", "*"),
    ),
    "settings": (("settings", "*", "*"),),
    "rules": (("rules", "*"),),
    "case": (("cases", "*"),),
}
# Where a key that is not inherited cannot mean anything, with the word for what stands there.
_CLOSED: dict[str, tuple[tuple[Keys, str], ...]] = {
    "layout": ((("records",), "record"),),
    "settings": ((("settings",), "setting"),),
    "integration": ((("flows",), "flow"),),
}


@dataclass(frozen=True, slots=True)
class Effective:
    """A document with its layers merged in; every node keeps the place where it was written.

    `sources` are the document's own text, then each layer's part, base first, by layer name.
    """

    document: Document
    node: Map = field(repr=False)
    sources: tuple[tuple[str, Map], ...] = field(repr=False)

    def origin(self, path: Iterable[str]) -> tuple[str, Span] | None:
        """Say which layer set the value at a path of keys, and where; None when it is not set."""
        found = _at(self.node, path)
        if found is None:
            return None
        names = {node.span.file: name for name, node in self.sources}
        return names.get(found.span.file, self.document.name), found.span

    def history(self, path: Iterable[str]) -> tuple[tuple[str, Node | None], ...]:
        """Give what each source says at a path, base first: a node, a null that removes, None."""
        keys = tuple(path)
        return tuple((name, _at(node, keys)) for name, node in self.sources)


def resolve(document: Document, found: tuple[Layer, ...]) -> tuple[Effective, list[Diagnostic]]:
    """Merge what the layers (base first) change into a document.

    Maps merge key by key; scalars, lists, entries of mappings, rules, checks and cases are
    replaced whole; null removes; `after` and `before` place a field of a layout. Findings
    CW322-CW328; what is refused leaves the inherited value. Source: facts, payment codes, 10.
    """
    findings: list[Diagnostic] = []
    node = document.node
    sources = [(document.name, node)]
    for layer in found:
        change = layer.override_of(document)
        if change is not None:
            node = _Merge(document, layer.name, change, findings).map(node, change, ())
            sources.append((layer.name, change))
    return Effective(document, node, tuple(sources)), findings


def _at(node: Node | None, path: Iterable[str]) -> Node | None:
    """Follow keys of maps, and numbers of list items from 0."""
    for key in path:
        if isinstance(node, Map):
            node = node.entries[key].value if key in node.entries else None
        elif isinstance(node, List) and key.isdecimal() and int(key) < len(node.items):
            node = node.items[int(key)]
        else:
            return None
    return node


def _shown(path: Keys) -> str:
    return quoted(".".join(path))


def _removes(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


@dataclass(frozen=True, slots=True)
class _Merge:
    """Merges one layer's part into one document."""

    document: Document
    layer: str
    change: Map
    findings: list[Diagnostic]

    def map(self, base: Map, over: Map, path: Keys) -> Map:
        """Merge two maps that stand at the same path."""
        entries = dict(base.entries)
        for key, entry in over.entries.items():
            if path or not self._identity(entry):
                self._entry(entries, entry, (*path, key))
        if self._is(path, _FIELDS):
            entries = place(entries, over, self.findings)
        return replace(base, entries=entries)

    def _is(self, path: Keys, pattern: Keys) -> bool:
        return self.document.kind == "layout" and fits(path, pattern)

    def _wrong(self, code: str, message: str, at: Scalar, remedy: str, *related: Label) -> None:
        self.findings.append(Diagnostic(code, message, at.span, help=remedy, related=related))

    def _identity(self, entry: Entry) -> bool:
        if entry.key.text not in _IDENTITY:
            return False
        message = f"{quoted(entry.key.text)} says which document it is and cannot be overridden"
        self._wrong("CW325", message, entry.key, "remove it, or write a document of your own")
        return True

    def _entry(self, entries: dict[str, Entry], entry: Entry, path: Keys) -> None:
        if self._is(path[:-1], _FIELD) and path[-1] in ANCHORS:
            return
        inherited = entries.get(path[-1])
        if _removes(entry.value):
            self._remove(entries, entry, path)
        elif inherited is None:
            self._add(entries, entry, path)
        else:
            entries[path[-1]] = self._changed(inherited, entry, path)

    def _remove(self, entries: dict[str, Entry], entry: Entry, path: Keys) -> None:
        if entries.pop(path[-1], None) is None:
            near = closest(path[-1], entries)
            remedy = f"did you mean '{near}'?" if near else "remove this line"
            message = f"there is no {_shown(path)} to remove"
            self._wrong("CW323", message, entry.key, remedy)

    def _add(self, entries: dict[str, Entry], entry: Entry, path: Keys) -> None:
        what = self._closed(entry, path)
        if what is None:
            entries[path[-1]] = replace(entry, value=self._fresh(entry.value, path))
            return
        near = closest(path[-1], entries)
        known = ", ".join(list(entries)[:8])
        remedy = f"did you mean '{near}'?" if near else what[1] or f"there is {known or 'none'}"
        message = f"there is no {what[0]} {_shown(path)} to change"
        self._wrong("CW322", message, entry.key, remedy)

    def _closed(self, entry: Entry, path: Keys) -> tuple[str, str] | None:
        """Say what is missing, and how to add one, where a new key cannot stand."""
        if self._is(path, _FIELD):
            typed = isinstance(entry.value, Map) and "type" in entry.value.entries
            return None if typed else ("field", "to add a field, give its type")
        if self._is(path[:-1], ("records",)) and "structure" in self.change.entries:
            return None
        for pattern, what in _CLOSED.get(self.document.kind, ()):
            if fits(path[:-1], pattern):
                return what, ""
        return None

    def _fresh(self, value: Node, path: Keys) -> Node:
        """Give a new value without what only an override says (nulls, places of fields)."""
        if not isinstance(value, Map) or self._atomic(path):
            return value
        return self.map(replace(value, entries={}), value, path)

    def _atomic(self, path: Keys) -> bool:
        patterns = _ATOMIC.get(self.document.kind, ())
        return path == ("meta",) or any(fits(path, pattern) for pattern in patterns)

    def _changed(self, inherited: Entry, entry: Entry, path: Keys) -> Entry:
        """Give the entry that takes the place of an inherited one."""
        old, new = inherited.value, entry.value
        if not self._atomic(path) and isinstance(old, Map):
            if not isinstance(new, Map):
                remedy = "write the keys to change below it, or null to remove all of it"
                message = f"{_shown(path)} is a map and cannot be replaced whole"
                self._wrong("CW326", message, entry.key, remedy, self._before(inherited))
                return inherited
            if new.entries:
                return replace(inherited, value=self.map(old, new, path))
        elif content(old) != content(new):
            return replace(entry, value=self._fresh(new, path))
        self._idle(inherited, entry, path)
        return inherited

    def _idle(self, inherited: Entry, entry: Entry, path: Keys) -> None:
        message = f"the override of {_shown(path)} changes nothing"
        self.findings.append(
            Diagnostic(
                "CW324",
                message,
                entry.key.span,
                Severity.WARNING,
                help="remove it",
                related=(self._before(inherited),),
            )
        )

    def _before(self, inherited: Entry) -> Label:
        return Label(inherited.key.span, "inherited from here")
