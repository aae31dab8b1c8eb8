"""What changes between two layouts: records, fields, laws and the form of the file.

The effect depends on whether the layout is read, written, or both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from enum import Flag, auto

from crosswalk.comparing.change import (
    ADDITIVE,
    BREAKING,
    NONE,
    Change,
    Texts,
    Told,
    both,
    meaning,
    place_in,
)
from crosswalk.documents.source import Map
from crosswalk.findings.diagnostics import Span
from crosswalk.language.conditions import describe
from crosswalk.model.layout import Branch, Check, Field, File, Layout, Record


class Role(Flag):
    """What a layout is used for."""

    READ = auto()
    WRITTEN = auto()


READ, WRITTEN = Role
BOTH = READ | WRITTEN


@dataclass(frozen=True, slots=True)
class Sides:
    """Two layouts of one document (named name@major) and what they are used for.

    `nodes` are the documents, `way` the keys to the fields of a record in them.
    """

    document: str
    before: Layout
    after: Layout
    role: Role
    nodes: tuple[Map, Map]
    way: Callable[[str], tuple[str, ...]] = lambda record: ("records", record, "fields")

    def places(self, *path: str) -> tuple[Span, Span]:
        """Give the places of a path on both sides."""
        return place_in(self.nodes[0], *path), place_in(self.nodes[1], *path)

    @property
    def positional(self) -> bool:
        """Tell whether columns are found by their place."""
        file = self.before.file
        return file.form == "fixed" or (file.form == "delimited" and not file.header)

    def changes(self) -> Iterator[Change]:
        """Give every change."""
        yield from self._file()
        yield from self._structure()
        was, now = ({one.name: one for one in side.records} for side in (self.before, self.after))
        for name, one, other in both(was, now):
            yield from self._record(name, one, other)
        laws = ({one.name: one for one in side.checks} for side in (self.before, self.after))
        for name, law, other_law in both(*laws):
            yield from self._check(name, law, other_law)

    # --- the file --------------------------------------------------------------------------

    def _file(self) -> Iterator[Change]:
        was, now = self.before.file, self.after.file
        for one in fields(File):
            old, new = getattr(was, one.name), getattr(now, one.name)
            if old != new:
                effect, reason = self._form(one.name, new)
                told = (_text(old), _text(new), effect, reason)
                spans = self.places("file", one.name)
                yield Change(self.document, f"file {one.name}", *told, *spans)

    def _form(self, key: str, new: object) -> Told:
        if key == "name" and self.role is READ:
            return NONE, "a file is read whatever it is called"
        if (key, new) in _ACCEPTS_MORE:
            return ADDITIVE, "files are accepted that were refused"
        if key == "bom" and self.role is READ:
            return NONE, "one is accepted at any time"
        return BREAKING, "the file is called otherwise" if key == "name" else "files look otherwise"

    def _structure(self) -> Iterator[Change]:
        was, now = shape(self.before.root), shape(self.after.root)
        if was != now:
            told = (was, now, BREAKING, "records stand otherwise")
            yield Change(self.document, "structure", *told, *self.places("structure"))

    # --- records and fields ----------------------------------------------------------------

    def _record(self, name: str, was: Record | None, now: Record | None) -> Iterator[Change]:
        if was is None or now is None:
            gone = now is None
            told: Told = (
                (BREAKING, "its lines are refused, or missing") if gone else (ADDITIVE, "is new")
            )
            text: Texts = (name, None) if gone else (None, name)
            spans = (was.span if was else None, now.span if now else None)
            yield Change(self.document, f"record {name}", *text, *told, *spans)
            return
        old, new = ({one.key: one for one in side.fields} for side in (was, now))
        for key, one, other in both(old, new):
            yield from self._field(name, key, one, other)
        yield from self._order(was, now)
        for key, reason in PLACED.items():
            before, after = (getattr(one, key) for one in (was, now))
            if before != after:
                what = f"record {name} {'in' if key == 'within' else key}"
                text = (_text(before), _text(after))
                yield Change(self.document, what, *text, BREAKING, reason, was.span, now.span)

    def _order(self, was: Record, now: Record) -> Iterator[Change]:
        keys = {one.key for one in was.fields} & {one.key for one in now.fields}
        old, new = ([one.key for one in side.fields if one.key in keys] for side in (was, now))
        if old != new:
            told: Told = (NONE, "columns are found by their names")
            if self.positional:
                told = (BREAKING, "columns are found by their places")
            text = (", ".join(old), ", ".join(new))
            yield Change(
                self.document, f"order of fields in {was.name}", *text, *told, was.span, now.span
            )

    def _field(
        self, record: str, key: str, was: Field | None, now: Field | None
    ) -> Iterator[Change]:
        one = now or was
        assert one is not None
        what = f"field {record}.{titled(one)}"
        if was is None or now is None:
            told = self._gone() if now is None else self._new(one)
            text: Texts = (None, one.codec.type) if was is None else (one.codec.type, None)
            spans = (was.span if was else None, now.span if now else None)
            yield Change(self.document, what, *text, *told, *spans, (record, key))
            return
        for name, read, judge in FACETS:
            old, new = read(was), read(now)
            if old != new and not _follows(name, old, new, was, now):
                told = judge(old, new, self.role)
                text = _text(old), _text(new)
                spans = self.places(*self.way(record), key, name)
                yield Change(self.document, f"{what} {name}", *text, *told, *spans, (record, key))

    def _gone(self) -> Told:
        if self.role is READ and self.after.file.extra_columns == "ignore":
            return NONE, "the column is ignored"
        return (
            BREAKING,
            "is not written any more" if self.role is WRITTEN else "is refused, or lost",
        )

    def _new(self, one: Field) -> Told:
        if self.positional:
            return BREAKING, "a column that files of before do not have"
        if READ in self.role and (one.required or one.on_missing == "reject"):
            return BREAKING, "is needed: what does not have it is refused"
        return ADDITIVE, "is new"

    # --- laws ------------------------------------------------------------------------------

    def _check(self, name: str, was: Check | None, now: Check | None) -> Iterator[Change]:
        said = (_law(was), _law(now))
        same = (meaning(one, str) for one in (was, now))
        before, after = (_without_because(one) for one in same)
        if before == after:
            return
        told = (ADDITIVE, "nothing is refused that was accepted")
        if now is not None and now.reject:
            told = (BREAKING, "records that break it are rejected")
        spans = (was.span if was else None, now.span if now else None)
        yield Change(self.document, f"law {name}", *said, *told, *spans)


PLACED = {
    "path": "the records stand elsewhere in the document",
    "bare": "one record stands without its list, or in it",
    "within": "the records stand in another line",
    "times": "lines have another number of columns",
    "after": "the records stand elsewhere in their line",
    "first": "the records are numbered otherwise",
}
"""What else a record has, and what a change of it does."""


def _follows(name: str, old: object, new: object, was: Field, now: Field) -> bool:
    """Tell whether a part differs only because another does: the type, or that a value must be."""
    if name == "json":
        return was.codec.type != now.codec.type
    strict = new if now.required else old
    return name in _BY_REQUIRED and was.required != now.required and strict == "reject"


_BY_REQUIRED = ("missing", "null", "blank")


def titled(field: Field) -> str:
    """Call a field by its key, and by its name where that says more."""
    return field.key if field.key == field.name else f"{field.key} {field.name}"


def shape(branch: Branch) -> str:
    """Write the structure below a branch in one way, however it was written."""
    signs = {(0, None): "*", (1, None): "+", (0, 1): "?", (1, 1): ""}
    parts = []
    for one in branch.children:
        below = shape(one)
        parts.append(one.name + signs[one.least, one.most] + (f"({below})" if below else ""))
    if branch.one_of:
        return " | ".join(part.replace("?", "", 1) for part in parts)
    return ", ".join(parts) + (", in any order" if branch.any_order else "")


def _law(one: Check | None) -> str | None:
    if one is None:
        return None
    when = f"when {describe(one.when)}, " if one.when else ""
    return f"{when}{describe(one.expect)}, else {'reject' if one.reject else 'report'}"


def _without_because(said: object) -> object:
    if not isinstance(said, tuple):
        return said
    return tuple(one for one in said if not (isinstance(one, tuple) and one[0] == "because"))


def _text(value: object) -> str | None:
    match value:
        case None | "" | ():
            return None
        case bool():
            return "true" if value else "false"
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)


_ACCEPTS_MORE = {
    ("extra_columns", "ignore"),
    ("skip_blank", True),
    ("multiline", True),
    ("trailing_blanks", "optional"),
}


# --- what each part of a field does ---------------------------------------------------------

Judge = Callable[[object, object, Role], Told]


def _otherwise(reason: str) -> Judge:
    return lambda _old, _new, _role: (BREAKING, reason)


def _required(_old: object, new: object, role: Role) -> Told:
    if new:
        return BREAKING, "records without a value are rejected"
    if WRITTEN in role:
        return BREAKING, "may come out without a value"
    return ADDITIVE, "records without a value are accepted"


def _length(old: object, new: object, role: Role) -> Told:
    if isinstance(new, int) and (not isinstance(old, int) or new < old):
        return BREAKING, "longer values are rejected, or cut"
    if WRITTEN in role:
        return BREAKING, "longer values may come out"
    return ADDITIVE, "longer values are accepted"


def _values(old: object, new: object, role: Role) -> Told:
    listed, now = (set(one) if isinstance(one, tuple) else set() for one in (old, new))
    if now and (not listed or listed - now):
        return BREAKING, "values are rejected that were accepted"
    if WRITTEN in role:
        return BREAKING, "other values may come out"
    return ADDITIVE, "more values are accepted"


def _policy(old: object, new: object, _role: Role) -> Told:
    if old == "reject":
        return ADDITIVE, "what was rejected is accepted"
    return BREAKING, "is rejected" if new == "reject" else "another value comes out"


def _default(old: object, _new: object, _role: Role) -> Told:
    if old is None:
        return ADDITIVE, "has a value where there was none"
    return BREAKING, "another value where there is none"


def _described(_old: object, _new: object, _role: Role) -> Told:
    return NONE, "only what is said of it"


def _control(field: Field) -> object:
    control = field.control
    if control is None:
        return None
    parts = {"count": control.count, "sum": control.sum, "less": control.less}
    told = [f"{name} {', '.join(names)}" for name, names in parts.items() if names]
    told += [f"modulo {control.modulo}"] if control.modulo is not None else []
    told += [f"blocks of {control.blocks_of}"] if control.blocks_of is not None else []
    told += [f"where {describe(control.where)}"] if control.where is not None else []
    return ", ".join(told)


def _spelt(name: str) -> Callable[[Field], object]:
    return lambda one: getattr(one.codec.spelling, name)


def _own(name: str) -> Callable[[Field], object]:
    return lambda one: getattr(one, name)


FACETS: tuple[tuple[str, Callable[[Field], object], Judge], ...] = (
    ("type", lambda one: one.codec.type, _otherwise("values are of another type")),
    ("name", _own("name"), _otherwise("is called otherwise")),
    *(
        (name, _spelt(name), _otherwise("is spelt otherwise"))
        for name in ("format", "decimals", "point", "group", "sign", "symbol", "unit")
    ),
    ("required", _own("required"), _required),
    ("length", _own("length"), _length),
    ("values", _own("values"), _values),
    ("default", _own("default"), _default),
    ("always", _own("always"), _otherwise("another value")),
    ("tag", _own("tag"), _otherwise("lines are told apart otherwise")),
    ("equals", _control, _otherwise("the total is another one")),
    *(
        (name, _own(own), _policy)
        for name, own in (
            ("missing", "on_missing"),
            ("null", "on_null"),
            ("blank", "on_blank"),
            ("invalid", "on_invalid"),
            ("too_long", "on_long"),
        )
    ),
    *(
        (name, _own(name), _otherwise("stands elsewhere, or is written otherwise"))
        for name in (
            "path", "column", "json", "start", "width", "align", "pad", "usage", "digits",
            "component", "rest", "markup", "number",
        )
    ),
    ("description", _own("description"), _described),
)  # fmt: skip
"""The parts of a field: what each is called, how it is had, what a change of it does."""
