"""A biller moves to another integration: its new text, what that lacks, and what comes out then.

What both know is kept; what no flow of the new integration reads is taken out; what is missing
becomes a marked gap. Nothing is written here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from crosswalk.checking import check
from crosswalk.documents.access import mapping, scalar
from crosswalk.documents.source import Entry, Map
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.errors import ConfigError
from crosswalk.golive.flow_changes import FlowChange, flow_changes
from crosswalk.golive.new_biller import asked_settings
from crosswalk.golive.patch import Key, after, replaced, without
from crosswalk.golive.ready import MISSING, Item, ready
from crosswalk.project import Project

_GONE = {"CW814": "settings", "CW321": "override", "CW821": "confirmations"}
"""Findings of what means nothing in the new integration, by the key that it stands below."""


@dataclass(frozen=True, slots=True)
class Move:
    """A proposal: the biller's `text` for the new integration, and what changes by it.

    `kept` and `gone` are settings, overrides and confirmations as (top key, key); `by_hand` are
    those that share a line with others and stay until a person takes them out. `missing` is what
    `ready` says of the proposal.
    """

    biller: str
    before: str
    after: str
    text: str
    kept: tuple[Key, ...]
    gone: tuple[Key, ...]
    by_hand: tuple[Key, ...]
    missing: tuple[Item, ...]
    flows: tuple[FlowChange, ...]


def move(project: Project, biller: Document, to: Document, day: date) -> Move:
    """Propose a biller for another integration. Raises ConfigError, ValueError for its own one.

    A secret that is written out is refused: the proposal would print it.
    """
    secrets = [one for one in check(project) if one.code == "CW805"]
    if secrets:
        raise ConfigError(secrets)
    extends = scalar(biller.node, "extends")
    assert extends is not None
    target = f"{to.name}@{to.major}"
    if extends.text == target:
        raise ValueError(f"{biller.name} extends {target} already")
    text = replaced(project.text(biller.file) or "", extends.span, target)
    found = set(_gone(_with(project, biller, text), biller))
    gone = [one for one in _named(biller.node) if one in found]
    text, by_hand = without(text, biller.node, gone)
    slim = _with(project, biller, text)
    full = _gaps(slim, biller, text, day)
    return Move(
        biller=biller.name,
        before=extends.text,
        after=target,
        text=full,
        kept=tuple(one for one in _named(biller.node) if one not in gone),
        gone=tuple(one for one in gone if one not in by_hand),
        by_hand=tuple(by_hand),
        missing=ready(_with(project, biller, full), biller.name, day).of(MISSING),
        flows=tuple(flow_changes(project, slim, biller.name)),
    )


def _with(project: Project, biller: Document, text: str) -> Project:
    return Project(project.root, {biller.file: text})


def _named(node: Map) -> Iterator[Key]:
    for top in _GONE.values():
        body = mapping(node, top)
        yield from ((top, key) for key in (body.entries if body else ()))


def _gone(project: Project, biller: Document) -> Iterator[Key]:
    """Give what means nothing in the new integration, as (top key, key)."""
    moved = project.find(biller.name, "biller").node
    for one in check(project, (biller.file,), owner=biller.name):
        body = mapping(moved, _GONE[one.code]) if one.code in _GONE else None
        for key, entry in (body.entries if body else {}).items():
            if _about(one, entry):
                yield _GONE[one.code], key


def _about(finding: Diagnostic, entry: Entry) -> bool:
    return finding.span in (entry.key.span, entry.value.span)


def _gaps(project: Project, biller: Document, text: str, day: date) -> str:
    """Put what the new integration asks for below the settings that are there."""
    lines = asked_settings(project, biller.name, day)
    node = project.find(biller.name, "biller").node
    holder = node.entries.get("settings")
    end = "\r\n" if "\r\n" in text else "\n"
    if not lines:
        return text
    block = "".join(line + end for line in lines)
    if holder is None or holder.key.span.line == holder.value.span.line:
        return f"{text if text.endswith(end) else text + end}settings:{end}{block}"
    return replaced(text, after(holder), block)
