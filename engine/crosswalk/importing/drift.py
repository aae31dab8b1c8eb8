"""How a spec table and the document made of it have drifted apart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crosswalk.findings.diagnostics import Span
from crosswalk.importing.propose_layout import continued, partner_rows, record_names
from crosswalk.importing.spec import Row, Spec
from crosswalk.importing.spec_types import TYPES
from crosswalk.model import mapping as m
from crosswalk.model.layout import Field, Layout
from crosswalk.telling.spec_table import format_words, how_words, source_words

Key = tuple[str, str]
Differs = Callable[[Row, Field], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference. `kind` is added (only in the table), removed (only in the document), changed.

    `line` is the row of the table, `span` the place in the document; `what` says how they differ.
    """

    kind: str
    record: str
    key: str
    name: str
    what: str
    line: int | None = None
    span: Span | None = None

    def __str__(self) -> str:
        """Tell it on one line."""
        place = f"   {self.span}" if self.span else ""
        row = f"   row {self.line}" if self.line is not None else ""
        named = f" {self.name}" if self.name != self.key else ""
        said = f"  {self.what}" if self.what else ""
        return f"{self.kind:<8} {self.record}.{self.key}{named}{said}{row}{place}"


def layout_drift(spec: Spec, layout: Layout, *, partners: bool) -> list[Drift]:
    """Compare the rows of a table with the fields of a layout: ours, or the partner's."""
    rows = partner_rows(spec) if partners else spec.rows
    pairs = _Pairs(rows, [] if partners else list(record_names(spec).items()), layout)
    said = frozenset(spec.columns.places) if spec.columns else frozenset()

    def differs(row: Row, field: Field) -> Iterator[str]:
        if not partners and row.name and row.name != field.name and row.id:
            yield f"name: table {row.name!r}, layout {field.name!r}"
        yield from _type(row, field, layout)
        yield from _sizes(row, field, layout)
        if not partners:
            yield from _laws(row, field, said)

    return list(pairs.drift(differs, everywhere=True))


def mapping_drift(spec: Spec, mapping: m.Mapping, target: Layout) -> list[Drift]:
    """Compare the rows of a table with the entries of a mapping: which source, and how."""
    entries: dict[Key, m.Target] = {}
    names = {(one.name, field.name): field.key for one in target.records for field in one.fields}
    for one in mapping.targets:
        entries[one.record, names.get((one.record, one.field), one.field)] = one
    pairs = _Pairs(spec.rows, list(record_names(spec).items()), target)
    pairs.places = {key: one.key_span for key, one in entries.items()}
    pairs.filled = set(entries)

    def differs(row: Row, field: Field) -> Iterator[str]:
        given = entries.get((pairs.record_of(field), field.key))
        entry = given.entry if given else None
        partner = row.partner if row.in_file is not False else ""
        if not _same_source(partner, entry):
            yield f"partner field: table {partner!r}, mapping {source_words(entry)!r}"
        if row.how and row.how != how_words(field, entry):
            yield f"how: table {row.how!r}, mapping {how_words(field, entry)!r}"

    return list(pairs.drift(differs, everywhere=False))


def codes_drift(left: Sequence[tuple[str, str]], right: Mapping[str, str]) -> list[Drift]:
    """Compare the rows of a table of codes with a code table."""
    table = dict(left)
    made = []
    for code, other in table.items():
        own = right.get(code)
        if own is None:
            made.append(Drift("added", "codes", code, code, ""))
        elif own != other:
            made.append(Drift("changed", "codes", code, code, f"table {other!r}, document {own!r}"))
    gone = [Drift("removed", "codes", one, one, "") for one in right if one not in table]
    return made + gone


@dataclass(slots=True)
class _Pairs:
    """Rows and fields that belong together, by record and key, or by a key that is alone."""

    rows: Sequence[Row]
    names: Sequence[tuple[str, str]]
    layout: Layout
    places: Mapping[Key, Span] | None = None
    filled: set[Key] | None = None

    def record_of(self, field: Field) -> str:
        return next(one.name for one in self.layout.records if field in one.fields)

    def drift(self, differs: Differs, *, everywhere: bool) -> Iterator[Drift]:
        """Give the differences in the order of the table, then what the table lacks.

        `everywhere`: a field that only the document has counts although nothing fills it.
        """
        fields = {(r.name, one.key): one for r in self.layout.records for one in r.fields}
        seen: set[Key] = set()
        for row in self.rows:
            key = self.find(row, fields)
            if key is None:
                if everywhere or row.partner:
                    record = dict(self.names).get(row.record, row.record or "row")
                    yield Drift("added", record, row.key, row.name, "", row.line)
                continue
            seen.add(key)
            field = fields[key]
            for what in differs(row, field):
                yield Drift("changed", *key, field.name, what, row.line, self.place(key, field))
        for key, field in fields.items():
            if key not in seen and (self.filled is None or key in self.filled):
                yield Drift("removed", *key, field.name, "", None, self.place(key, field))

    def place(self, key: Key, field: Field) -> Span:
        return (self.places or {}).get(key, field.span)

    def find(self, row: Row, fields: Mapping[Key, Field]) -> Key | None:
        """Find the field of a row: in its record, or the only one with this key anywhere."""
        record = dict(self.names).get(row.record, row.record)
        if (record, row.key) in fields:
            return record, row.key
        found = [key for key in fields if key[1] == row.key]
        return found[0] if len(found) == 1 else None


def _same_source(partner: str, entry: m.Entry | None) -> bool:
    """Tell whether an entry reads the partner's field that the table names, or continues it."""
    told = source_words(entry)
    if partner == told or (partner and partner in told.split("; ")):
        return True
    continues = entry is not None and isinstance(entry.origin, m.Continues)
    return continues and (not partner or continued(partner) is not None)


def _type(row: Row, field: Field, layout: Layout) -> Iterator[str]:
    said, kind = row.declared.said, field.codec.type
    if row.always is not None or said not in TYPES:
        return
    if said != kind and not (said == "text" and kind == "code"):
        yield f"type: table {said}, layout {kind}"
        return
    spelling = field.codec.spelling
    for key, value in row.declared.keys.items():
        own = getattr(field if key in ("usage", "digits") else spelling, key)
        if key == "format":
            own = format_words(field, layout)
        if str(own) != value:
            yield f"{key}: table {value}, layout {own}"


def _sizes(row: Row, field: Field, layout: Layout) -> Iterator[str]:
    if layout.file.form == "fixed":
        if row.start is not None and row.start != field.start:
            yield f"start: table {row.start}, layout {field.start}"
        if row.width is not None and row.width != field.width:
            yield f"width: table {row.width}, layout {field.width}"
        return
    length = row.length or row.declared.length
    if length is not None and length != field.length:
        yield f"length: table {length}, layout {field.length or 'none'}"


def _laws(row: Row, field: Field, said: frozenset[str]) -> Iterator[str]:
    if row.always != field.always and (row.always is not None or "always" in said):
        yield f"always: table {row.always!r}, layout {field.always!r}"
    elif field.always is None and row.required is not None and row.required != field.required:
        table, layout = (("yes" if one else "no") for one in (row.required, field.required))
        yield f"required: table {table}, layout {layout}"
