"""What changes between two mappings: entries, how records arise, and the way back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from crosswalk.comparing.change import ADDITIVE, BREAKING, NONE, Change, Texts, Told, both, meaning
from crosswalk.comparing.layouts import titled
from crosswalk.documents.source import Map
from crosswalk.findings.diagnostics import Span
from crosswalk.language.conditions import describe
from crosswalk.model import mapping as m
from crosswalk.model.layout import Field, Layout
from crosswalk.planning.invert import Class, Classified, Inverse
from crosswalk.planning.read_mapping import read_backward, read_mapping
from crosswalk.telling.entry_words import rule_of, sources_of

Key = tuple[str, str]


@dataclass
class Side:
    """One side: the mapping's node with its layouts and its way back."""

    node: Map
    source: Layout
    target: Layout
    inverse: Inverse

    @cached_property
    def mapping(self) -> m.Mapping:
        """The mapping as written."""
        return read_mapping(self.node)[0]

    @cached_property
    def targets(self) -> dict[Key, m.Target]:
        """Entries by record and key, however they name the field."""
        return _keyed(self.mapping, self.target)

    @cached_property
    def backs(self) -> dict[Key, m.Target]:
        """What the mapping says itself of the way back."""
        written, _ = read_backward(self.node)
        return _keyed(written, self.source) if written is not None else {}

    @cached_property
    def classes(self) -> dict[Key, Classified]:
        """What becomes of each target field on the way back."""
        return {(one.record, one.field.key): one for one in self.inverse.classes}

    def named(self, layout: Layout) -> Callable[[str], str]:
        """Give a layout's fields one name each: a short name, where only one field has it."""
        homes: dict[str, set[str]] = {}
        for record in layout.records:
            for one in record.fields:
                full = f"{record.name}.{one.key}"
                for name in (one.key, one.name):
                    homes.setdefault(name, set()).add(full)
                    homes.setdefault(f"{record.name}.{name}", set()).add(full)
        only = {name: next(iter(full)) for name, full in homes.items() if len(full) == 1}
        return lambda name: only.get(name, name)

    def means(self, entry: m.Entry) -> object:
        """Give what an entry means."""
        return meaning(entry, self.named_source)

    @cached_property
    def named_source(self) -> Callable[[str], str]:
        """The one name of each source field."""
        return self.named(self.source)

    def title(self, key: Key) -> str:
        """Call a target field."""
        fields = {(r.name, one.key): one for r in self.target.records for one in r.fields}
        return f"{key[0]}.{titled(fields[key])}" if key in fields else ".".join(key)


def _keyed(mapping: m.Mapping, layout: Layout) -> dict[Key, m.Target]:
    keys = {(r.name, name): f.key for r in layout.records for f in r.fields for name in _names(f)}
    return {(t.record, keys.get((t.record, t.field), t.field)): t for t in mapping.targets}


def _names(field: Field) -> tuple[str, str]:
    return field.name, field.key


def mapping_changes(document: str, was: Side, now: Side) -> Iterator[Change]:
    """Give every change between two sides of a mapping (named name@major)."""
    for key, one, other in both(was.targets, now.targets):
        yield from _entry(document, key, (was, one), (now, other))
    yield from _nests(document, was, now)
    yield from _backs(document, was, now)


# --- entries ---------------------------------------------------------------------------------


def _entry(
    document: str,
    key: Key,
    before: tuple[Side, m.Target | None],
    after: tuple[Side, m.Target | None],
) -> Iterator[Change]:
    (was, old), (now, new) = before, after
    one, other = (old.entry if old else None), (new.entry if new else None)
    if one is not None and other is not None and was.means(one) == now.means(other):
        if one.note != other.note:
            told: Told = (NONE, "only what is said of it")
            yield _change(document, now, key, (old, new), (one.note, other.note), told)
        return
    told = _judged(was, now, one, other)
    yield _change(document, now if new else was, key, (old, new), (said(one), said(other)), told)


def _change(  # noqa: PLR0913 - what a change is made of
    document: str,
    side: Side,
    key: Key,
    targets: tuple[m.Target | None, m.Target | None],
    text: Texts,
    told: Told,
) -> Change:
    old, new = targets
    spans = (old.key_span if old else None, new.key_span if new else None)
    return Change(document, f"entry {side.title(key)}", *text, *told, *spans, key)


def _judged(was: Side, now: Side, one: m.Entry | None, other: m.Entry | None) -> Told:
    if other is None:
        return BREAKING, "is not filled any more"
    if one is None:
        return ADDITIVE, "is filled now"
    if was.means(_lenient(one)) == now.means(_lenient(other)):
        return _eased(one, other)
    if _prolonged(was, now, one, other):
        return ADDITIVE, "has more options, after those of before"
    return BREAKING, "another value comes out"


def _lenient(entry: m.Entry) -> m.Entry:
    """Give an entry without what only keeps values away, or fills in for none."""
    return replace(entry, when=None, default=None, distinct=False, unique=False, one_way=False)


def _eased(one: m.Entry, other: m.Entry) -> Told:
    """Judge a change of those parts alone."""
    if other.when is not None and one.when != other.when and _conditions(one, other):
        return BREAKING, "has a value under another condition"
    if one.default is not None and _default(one) != _default(other):
        return BREAKING, "another value where there is none"
    if other.distinct and not one.distinct:
        return BREAKING, "values that become one are rejected"
    if other.unique and not one.unique:
        return BREAKING, "records with the same value are rejected"
    if one.one_way != other.one_way:
        back = "is not used on the way back" if other.one_way else "is used on the way back"
        return BREAKING, back
    return ADDITIVE, "has a value where there was none, or is accepted where it was rejected"


def _conditions(one: m.Entry, other: m.Entry) -> bool:
    return one.when is None or meaning(one.when, str) != meaning(other.when, str)


def _default(entry: m.Entry) -> str | None:
    return entry.default.text if entry.default is not None else None


def _prolonged(was: Side, now: Side, one: m.Entry, other: m.Entry) -> bool:
    """Tell whether an entry only got options after those it had."""
    kinds = (m.FirstOf, m.Choose)
    if not isinstance(one.origin, kinds) or type(one.origin) is not type(other.origin):
        return False
    old, new = one.origin.options, other.origin.options
    rest = (replace(one, origin=m.Null(one.span)), replace(other, origin=m.Null(other.span)))
    same = was.means(rest[0]) == now.means(rest[1])
    pairs = zip(old, new[: len(old)], strict=False)
    return same and len(new) > len(old) and all(was.means(a) == now.means(b) for a, b in pairs)


def said(entry: m.Entry | None) -> str | None:
    """Say an entry in a few words."""
    if entry is None:
        return None
    names, rule = ", ".join(dict.fromkeys(sources_of(entry))), rule_of(entry).replace("`", "'")
    return "; ".join(filter(None, (names, rule))) or "no value"


# --- records, and the way back ---------------------------------------------------------------


def _nests(document: str, was: Side, now: Side) -> Iterator[Change]:
    old, new = ({one.branch: one for one in side.mapping.nest} for side in (was, now))
    for branch, one, other in both(old, new):
        same = one and other and meaning(one, was.named_source) == meaning(other, now.named_source)
        if not same:
            spans = (one.span if one else None, other.span if other else None)
            told = (BREAKING, "records arise otherwise")
            yield Change(document, f"nest {branch}", _nest(one), _nest(other), *told, *spans)


def _nest(one: m.Nest | None) -> str | None:
    if one is None:
        return None
    if one.none:
        return "none"
    by = f" by {', '.join(key.text for key in one.by)}" if one.by else ""
    when = f" when {describe(one.when)}" if one.when else ""
    split = f" split {one.split.text} at '{one.at}'" if one.split else ""
    return f"of {one.of}{by}{split}{when}"


def _backs(document: str, was: Side, now: Side) -> Iterator[Change]:
    """Give what becomes otherwise of fields on the way back, and what is written of it."""
    for key, one, other in both(was.classes, now.classes):
        entries = (key in was.targets, key in now.targets)
        if one and other and one.verdict is not other.verdict and entries[0] is entries[1]:
            better = _RANK[other.verdict] > _RANK[one.verdict]
            told = (ADDITIVE, "comes back better") if better else (BREAKING, "comes back worse")
            text = (_class(one), _class(other))
            spans = (_span(was, key), _span(now, key))
            yield Change(document, f"way back of {now.title(key)}", *text, *told, *spans)
    yield from _gaps(document, was, now)
    for key, old, new in both(was.backs, now.backs):
        pair = (old.entry if old else None, new.entry if new else None)
        means = [meaning(entry, str) for entry in pair]
        if means[0] != means[1]:
            told = (BREAKING, "another value goes back")
            spans = (old.key_span if old else None, new.key_span if new else None)
            texts = (said(pair[0]), said(pair[1]))
            yield Change(document, f"backward {'.'.join(key)}", *texts, *told, *spans)


def _gaps(document: str, was: Side, now: Side) -> Iterator[Change]:
    """Give what newly stands in the way of the way back, or does so no more."""
    old, new = (
        {gap.text.partition(": ")[0]: gap for gap in side.inverse.gaps} for side in (was, now)
    )
    for text, one, other in both(old, new):
        if one is None or other is None:
            told: Told = (ADDITIVE, "stands no more in the way of the way back")
            if other is not None:
                told = (BREAKING, "the way back cannot be derived")
            texts: Texts = (None, text) if one is None else (text, None)
            spans = (one.span if one else None, other.span if other else None)
            yield Change(document, "way back", *texts, *told, *spans)


_RANK = {Class.ONE_WAY: 0, Class.LOSES: 1, Class.EXACT: 2}


def _class(one: Classified) -> str:
    return f"{one.verdict}: {one.reason}" if one.reason else str(one.verdict)


def _span(side: Side, key: Key) -> Span | None:
    return side.targets[key].key_span if key in side.targets else None
