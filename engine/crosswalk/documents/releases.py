"""The record of released content: a version that went out never means anything else again."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from crosswalk.documents.workspace import Document, Workspace
from crosswalk.findings.diagnostics import Diagnostic, Severity, Span
from crosswalk.findings.suggest import quoted

FILE = "releases.json"
"""Stands in `mappings/`, or in the root of a workspace without that folder."""

_KEY = re.compile(r"([a-z0-9/-]+)@([0-9]+)\.([0-9]+)\.([0-9]+)", re.ASCII)
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_Version = tuple[int, int, int]


def releases_file(workspace: Workspace) -> Path:
    """Give the path of the record; the file may be absent while nothing is released."""
    folder = workspace.root / "mappings"
    return (folder if folder.is_dir() else workspace.root) / FILE


def check_releases(workspace: Workspace) -> list[Diagnostic]:
    """Compare the documents with the record.

    Findings: content of a released version was changed (CW330, at the version), the version is
    older than a released one of its major (CW332), no document of a released name and major is
    left (CW331, information), the record cannot be read (CW333).
    """
    recorded, findings = _read(workspace)
    highest = _highest(recorded)
    for document in workspace.documents:
        released = highest.pop((document.name, document.major), None)
        if released is not None:
            findings += _changed(document, recorded, released)
    return findings + [_gone(workspace, name, major) for name, major in sorted(highest)]


def record(workspace: Workspace, names: Iterable[str]) -> str:
    """Give the record's text with the present versions of the named documents added.

    `names` are `name` (every major version of it) or `name@major`. A recorded version keeps its
    hash, whatever the document says now: `check_releases` reports it. Raises ValueError when a
    name is not a document's or the present record cannot be read.
    """
    recorded, findings = _read(workspace)
    if findings:
        raise ValueError(findings[0].message)
    for name in names:
        for document in _named(workspace, name):
            recorded.setdefault(_key(document), document.hash)
    lines = json.dumps(recorded, indent=2, sort_keys=True)
    return f"{lines}\n"


def _named(workspace: Workspace, name: str) -> list[Document]:
    plain, _, pin = name.partition("@")
    found = [one for one in workspace.named(plain) if pin in ("", str(one.major))]
    if not found:
        raise ValueError(f"no document is called {quoted(name)}")
    return found


def _key(document: Document) -> str:
    return f"{document.name}@{document.version}"


def _read(workspace: Workspace) -> tuple[dict[str, str], list[Diagnostic]]:
    """Give hash by name@version; an absent file is an empty record."""
    path = releases_file(workspace)
    if not path.exists():
        return {}, []
    try:
        pairs = json.loads(path.read_text("utf-8"), object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError):
        pairs = None
    if isinstance(pairs, dict) and all(_good(key, value) for key, value in pairs.items()):
        return pairs, []
    file = path.relative_to(workspace.root).as_posix()
    message = f'{file} is not a record of "name@1.0.0": "sha256:..."'
    remedy = "take it from the last commit; it is never written by hand"
    return {}, [Diagnostic("CW333", message, Span(file, 1, 1, 1, 1), help=remedy)]


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _good(key: str, value: object) -> bool:
    return bool(_KEY.fullmatch(key) and isinstance(value, str) and _HASH.fullmatch(value))


def _highest(recorded: dict[str, str]) -> dict[tuple[str, int], _Version]:
    """Give the newest released version of each name and major version."""
    highest: dict[tuple[str, int], _Version] = {}
    for key in recorded:
        name, _, version = key.partition("@")
        numbers = _numbers(version)
        major = (name, numbers[0])
        highest[major] = max(highest.get(major, numbers), numbers)
    return highest


def _numbers(version: str) -> _Version:
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def _changed(document: Document, recorded: dict[str, str], released: _Version) -> list[Diagnostic]:
    was = recorded.get(_key(document))
    if was == document.hash or (was is None and _numbers(document.version) > released):
        return []
    place = document.place("version")
    newest = ".".join(map(str, released))
    if was is None:
        message = f"version {document.version} is older than the released {newest}"
        return [Diagnostic("CW332", message, place, help=_next(released))]
    message = f"{quoted(_key(document))} was released with other content"
    return [Diagnostic("CW330", message, place, label="the same version", help=_next(released))]


def _next(released: _Version) -> str:
    major, minor, patch = released
    return (
        f"write version: {major}.{minor}.{patch + 1}, {major}.{minor + 1}.0 if it can do more, "
        f"{major + 1}.0.0 if what extends it must change"
    )


def _gone(workspace: Workspace, name: str, major: int) -> Diagnostic:
    file = releases_file(workspace).relative_to(workspace.root).as_posix()
    message = f"{quoted(f'{name}@{major}')} was released and is not here any more"
    span = Span(file, 1, 1, 1, 1)
    remedy = "bring it back if a biller still uses it"
    return Diagnostic("CW331", message, span, Severity.INFO, help=remedy)
