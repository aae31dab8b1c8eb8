"""What changes between two operations: what is sent, what is read, what the partner promises."""

import re
from collections.abc import Iterator

from crosswalk.comparing.change import (
    ADDITIVE,
    BREAKING,
    NONE,
    Change,
    Effect,
    Texts,
    Told,
    place_in,
)
from crosswalk.comparing.layouts import READ, WRITTEN, Role, Sides
from crosswalk.comparing.tables import key_changes
from crosswalk.model.layout import Layout
from crosswalk.operations.operation import Operation
from crosswalk.values.versions import is_older

_BLANKS = re.compile(r"(?:#[^\n]*|[\s,])+")

KEYS: dict[str, tuple[Effect, str]] = {
    "endpoint": (BREAKING, "goes elsewhere"),
    "credentials": (BREAKING, "other secrets are needed"),
    "installed": (BREAKING, "another setting says what the partner's system is"),
    "licences": (BREAKING, "other licences are needed"),
    "description": (NONE, "only what is said of it"),
    "schema": (BREAKING, "is checked against other types"),
    "capability": (BREAKING, "deliveries are judged, repeated or looked up otherwise"),
    "paging": (BREAKING, "a list is read to its end in another way"),
}


def operation_changes(document: str, was: Operation, now: Operation) -> Iterator[Change]:
    """Give every change between two operations (named name@major)."""
    yield from _document(document, was, now)
    yield from key_changes(document, was.node, now.node, KEYS)
    yield from _version(document, was, now)
    yield from _record(document, was, now, "variables", WRITTEN)
    yield from _record(document, was, now, "response", READ)
    yield from _as_text(document, was, now)
    for place in was.none.keys() & now.none.keys():
        old, new = was.none[place], now.none[place]
        if old != new:
            spans = [place_in(one.node, "variables") for one in (was, now)]
            told = (BREAKING, "a variable without a value travels otherwise")
            what = f"variables {'.'.join(place)} none"
            yield Change(document, what, old, new, *told, spans[0], spans[1])


def _as_text(document: str, was: Operation, now: Operation) -> Iterator[Change]:
    """Give what travels as JSON text in one of two states and as an object in the other."""
    for key, old, new in (
        ("variables", was.texts, now.texts),
        ("response", was.answer_texts, now.answer_texts),
    ):
        if old != new:
            told = (BREAKING, "other values travel as JSON text")
            shown = [" ".join(".".join(path) for path in paths) or None for paths in (old, new)]
            spans = [place_in(one.node, key) for one in (was, now)]
            what = f"{key} as_text"
            yield Change(document, what, shown[0], shown[1], *told, spans[0], spans[1])


def _document(document: str, was: Operation, now: Operation) -> Iterator[Change]:
    old, new = (_BLANKS.sub(" ", one.document.text).strip() for one in (was, now))
    if old != new:
        told = (BREAKING, "the partner is asked otherwise")
        spans = (was.document.span, now.document.span)
        yield Change(document, "document", *_apart(old, new), *told, *spans)


def _apart(old: str, new: str) -> tuple[str, str]:
    """Give where two texts part, with a little before it."""
    same = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    start = max(same - _BEFORE, 0)
    dots = "..." if start else ""
    return dots + old[start : start + _SHOWN], dots + new[start : start + _SHOWN]


_BEFORE, _SHOWN = 20, 60


def _version(document: str, was: Operation, now: Operation) -> Iterator[Change]:
    old, new = (one.minimum_version.text if one.minimum_version else None for one in (was, now))
    if old == new:
        return
    lower = new is None or (old is not None and is_older(new, old))
    told: Told = (BREAKING, "older systems of the partner cannot do it")
    if lower:
        told = (ADDITIVE, "older systems of the partner can do it too")
    spans = [place_in(one.node, "minimum_version") for one in (was, now)]
    yield Change(document, "minimum_version", old, new, *told, spans[0], spans[1])


def _record(
    document: str, was: Operation, now: Operation, key: str, role: Role
) -> Iterator[Change]:
    old: Layout | None = getattr(was, key)
    new: Layout | None = getattr(now, key)
    if old is not None and new is not None:
        sides = Sides(
            document, old, new, role, (was.node, now.node), lambda _record: (key, "fields")
        )
        yield from sides.changes()
    elif old is not None or new is not None:
        told: Told = (
            (ADDITIVE, "is read now") if old is None else (BREAKING, "is not read any more")
        )
        texts: Texts = (None, "...") if old is None else ("...", None)
        spans = [place_in(one.node, key) for one in (was, now)]
        yield Change(document, key, *texts, *told, spans[0], spans[1])
