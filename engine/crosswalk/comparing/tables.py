"""What changes between two code tables, settings catalogues, flows and values of settings."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from crosswalk.comparing.change import (
    ADDITIVE,
    BREAKING,
    NONE,
    Change,
    Effect,
    Told,
    both,
    place_in,
)
from crosswalk.documents.access import mapping, text
from crosswalk.documents.content import content, flow_text
from crosswalk.documents.settings import Secret, Setting
from crosswalk.documents.source import Entry, Map
from crosswalk.findings.diagnostics import Span
from crosswalk.language.codetables import CodeTable, read_code_table
from crosswalk.planning.flows import SUPPORTED
from crosswalk.values.versions import is_older

T = TypeVar("T")


def table_changes(document: str, was: Map, now: Map) -> Iterator[Change]:
    """Give every change between two code tables (named name@major)."""
    old, new = read_code_table(was)[0], read_code_table(now)[0]
    for code, one, other in both(old.codes, new.codes):
        if one != other:
            spans = _spans(was, now, ("codes", code), one, other)
            yield Change(document, f"code {code}", one, other, *_code(old, one, other), *spans)
    if old.otherwise != new.otherwise:
        told: Told = (BREAKING, "codes that are not listed become another one, or are rejected")
        if old.otherwise is None:
            told = (ADDITIVE, "codes that are not listed are accepted")
        spans = _spans(was, now, ("otherwise",), old.otherwise, new.otherwise)
        yield Change(document, "otherwise", old.otherwise, new.otherwise, *told, *spans)
    for code, one, other in both(old.backs, new.backs):
        if one != other and code in _reached(old) & _reached(new):
            spans = _spans(was, now, ("back", code), one, other)
            told = (BREAKING, "another code goes back") if one else (ADDITIVE, "goes back now")
            yield Change(document, f"way back of code {code}", one, other, *told, *spans)


def _reached(table: CodeTable) -> set[str]:
    return set(table.codes.values())


def _code(table: CodeTable, one: str | None, other: str | None) -> Told:
    if one is None and table.otherwise is None:
        return ADDITIVE, "is accepted now"
    if other is None:
        return BREAKING, "is rejected, or becomes what unlisted codes become"
    return BREAKING, "becomes another code"


def _spans(
    was: Map, now: Map, path: tuple[str, ...], one: object, other: object
) -> tuple[Span | None, Span | None]:
    """Give the places where something stands; none where it does not."""
    return (
        place_in(was, *path) if one is not None else None,
        place_in(now, *path) if other is not None else None,
    )


# --- settings --------------------------------------------------------------------------------


def catalogue_changes(document: str, was: Map, now: Map) -> Iterator[Change]:
    """Give every change between two settings catalogues."""
    for name, one, other in both(_below(was, "settings"), _below(now, "settings")):
        what = f"setting {name}"
        if one is None or other is None:
            told: Told = (BREAKING, "nobody can set it any more")
            if other is not None:
                told = _new_setting(other)
            yield Change(document, what, _said(one), _said(other), *told, _at(one), _at(other))
            continue
        for key, old, new in both(_keys(one), _keys(other)):
            if _content(old) != _content(new):
                told = _setting(key, new)
                spans = (_at(old) or _at(one), _at(new) or _at(other))
                yield Change(document, f"{what} {key}", _text(old), _text(new), *told, *spans)


def _new_setting(entry: Entry) -> Told:
    keys = _keys(entry)
    if _text(keys.get("required")) == "true" and "default" not in keys:
        return BREAKING, "every biller needs a value"
    return ADDITIVE, "can be set"


_LOOSE = {"required": "false", "per_biller": "true"}


def _setting(key: str, new: Entry | None) -> Told:
    if key in ("description", "name"):
        effect = NONE if key == "description" else BREAKING
        return effect, "only what is said of it" if effect is NONE else "is called otherwise"
    if key in _LOOSE and (_text(new) or _LOOSE[key]) == _LOOSE[key]:
        return ADDITIVE, "more is allowed"
    reasons = {
        "type": "values of before may be refused",
        "default": "billers without a value of their own have another one",
        "required": "every biller needs a value",
        "per_biller": "billers cannot set it any more",
        "secret": "its value is kept otherwise",
    }
    return BREAKING, reasons.get(key, "means something else")


def value_changes(
    document: str, was: Mapping[str, Setting], now: Mapping[str, Setting]
) -> Iterator[Change]:
    """Give the settings whose value in force differs; of a secret only where it is kept."""
    for name, one, other in both(was, now):
        old, new = (_value(side) if side else None for side in (one, other))
        if old != new:
            told: Told = (BREAKING, "has another value")
            if any(side and isinstance(side.value, Secret) for side in (one, other)):
                told = (BREAKING, "is kept elsewhere")
            if one is None:
                told = (ADDITIVE, "has a value")
            elif other is None:
                told = (BREAKING, "has no value any more")
            spans = (one.span if one else None, other.span if other else None)
            title = (other or one).declared.title if (other or one) else name  # type: ignore[union-attr]
            yield Change(document, f"setting {title}", old, new, *told, *spans)


def _value(setting: Setting) -> str:
    return str(setting.value) if isinstance(setting.value, Secret) else setting.value


# --- flows -----------------------------------------------------------------------------------

FLOW = {
    "direction": "goes the other way",
    "mapping": "is another mapping",
    "backward": "runs the other way round",
    "transmission": "travels otherwise",
    "minimum_version": "older systems of the partner cannot do it",
    "licences": "other licences are needed",
    "status": "cannot be done",
}


def flow_changes(document: str, was: Map, now: Map) -> Iterator[Change]:
    """Give every change between the flows of two integrations."""
    for name, one, other in both(_below(was, "flows"), _below(now, "flows")):
        what = f"flow {name}"
        if one is None or other is None:
            told: Told = (
                (ADDITIVE, "is new") if one is None else (BREAKING, "is not there any more")
            )
            yield Change(document, what, _said(one), _said(other), *told, _at(one), _at(other))
            continue
        for key, old, new in both(_keys(one), _keys(other)):
            if _content(old) != _content(new):
                told = _flow(key, _text(old), _text(new))
                spans = (_at(old) or _at(one), _at(new) or _at(other))
                yield Change(document, f"{what} {key}", _text(old), _text(new), *told, *spans)


def _flow(key: str, old: str | None, new: str | None) -> Told:
    if key not in FLOW:
        return NONE, "only what is said of it"
    if key == "minimum_version" and (new is None or (old is not None and is_older(new, old))):
        return ADDITIVE, "older systems of the partner can do it too"
    if key == "status" and new in (None, SUPPORTED):
        return ADDITIVE, "can be done now"
    return BREAKING, FLOW[key]


# --- nodes -----------------------------------------------------------------------------------


def key_changes(
    document: str, was: Map, now: Map, effects: Mapping[str, tuple[Effect, str]]
) -> Iterator[Change]:
    """Give the top-level keys of two documents whose content differs, of those in `effects`."""
    for key, told in effects.items():
        pair = (was.entries.get(key), now.entries.get(key))
        for path, old, new in _differing((key,), *pair):
            what = " ".join(path)
            yield Change(document, what, _text(old), _text(new), *told, _at(old), _at(new))


def _differing(
    path: tuple[str, ...], old: Entry | None, new: Entry | None
) -> Iterator[tuple[tuple[str, ...], Entry | None, Entry | None]]:
    """Give the entries that differ, as deep as both sides have keys."""
    if _content(old) == _content(new):
        return
    inner = (_keys(old) if old else {}, _keys(new) if new else {})
    if all(inner):
        for key, one, other in both(*inner):
            yield from _differing((*path, key), one, other)
    else:
        yield path, old, new


def _below(node: Map, key: str) -> dict[str, Entry]:
    found = mapping(node, key)
    return found.entries if found is not None else {}


def _keys(entry: Entry) -> dict[str, Entry]:
    return entry.value.entries if isinstance(entry.value, Map) else {}


def _content(entry: Entry | None) -> str | None:
    return None if entry is None else content(entry.value)


def _at(entry: Entry | None) -> Span | None:
    return None if entry is None else entry.key.span


def _text(entry: Entry | None) -> str | None:
    """Give a value on one line; the beginning of a long one."""
    if entry is None:
        return None
    told = flow_text(entry.value).strip()
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}..."


_SHOWN = 60


def _said(entry: Entry | None) -> str | None:
    if entry is None or not isinstance(entry.value, Map):
        return None
    return text(entry.value, "type") or text(entry.value, "mapping") or "..."
