"""A layout, a mapping with its layouts, or a code table as the table that analysts keep.

`importing.headers` knows the headers, so that what is written here can be read as a spec again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json import dumps

from crosswalk.documents.access import mapping as map_at
from crosswalk.documents.source import Map, Scalar
from crosswalk.findings.diagnostics import Span
from crosswalk.model import mapping as m
from crosswalk.model.layout import Field, Layout, Record
from crosswalk.planning.invert import Classified, Inverse
from crosswalk.telling.entry_words import law_of, rule_of, sources_of

_MOMENTS = {
    "date": "yyyy-MM-dd",
    "time": "HH:mm:ss",
    "datetime": "yyyy-MM-dd'T'HH:mm:ss",
    "boolean": "true/false",
}
"""How a type is written when its layout says nothing of it."""

_ALWAYS_SHOWN = frozenset({"FileSpecID", "Field", "Record", "Type", "Required"})


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts with its title and header."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def layout_table(layout: Layout, *, origin: bool = False) -> Table:
    """Give one row for each field of a layout, in file order."""
    rows = [
        _field(record, field, layout) | (_origin(field.span) if origin else {})
        for record in layout.records
        for field in record.fields
    ]
    return _table(layout.name, rows)


def mapping_table(
    mapping: m.Mapping, target: Layout, inverse: Inverse, *, origin: bool = False
) -> Table:
    """Give one row for each field of a mapping's target: where it comes from, and what comes back.

    `Origin` is the place of the entry, or of the field where the mapping has none.
    """
    entries = {(one.record, one.field): one for one in mapping.targets}
    classes = {(one.record, one.field.key): one for one in inverse.classes}
    rows = []
    for record in target.records:
        for field in record.fields:
            given = entries.get((record.name, field.key)) or entries.get((record.name, field.name))
            row = _field(record, field, target)
            row |= _source(field, given.entry if given else None)
            row |= _back(classes.get((record.name, field.key)))
            if origin:
                row |= _origin(given.key_span if given else field.span)
            rows.append(row)
    return _table(mapping.name, rows)


def code_table(name: str, codes: Iterable[tuple[str, str]]) -> Table:
    """Give one row for each code of the partner's, with ours."""
    return Table(name, ("Partner Code", "Our Code"), tuple(codes))


def codes_of(node: Map) -> dict[str, str]:
    """Give the codes of an effective code table as they are written."""
    body = map_at(node, "codes")
    entries = body.entries.values() if body is not None else ()
    return {one.key.text: one.value.text for one in entries if isinstance(one.value, Scalar)}


def source_words(entry: m.Entry | None) -> str:
    """Name the source fields of an entry, each once."""
    return "; ".join(dict.fromkeys(sources_of(entry))) if entry is not None else ""


def how_words(field: Field, entry: m.Entry | None) -> str:
    """Say what becomes of the source, in words."""
    said = law_of(field) or (rule_of(entry) if entry is not None else "not mapped")
    return said.replace("`", "")


def format_words(field: Field, layout: Layout) -> str:
    """Say how a field's values are written: a pattern, or the keys of a number."""
    one = field.codec.spelling
    if field.codec.type in _MOMENTS:
        forms = (one.format,) if isinstance(one.format, str) else one.format or ()
        return " or ".join(forms) or _MOMENTS[field.codec.type]
    keys = {"decimals": one.decimals, "group": one.group, "symbol": one.symbol, "unit": one.unit}
    keys["point"] = one.point if one.point != "." or _needs_point(field, layout) else None
    keys["sign"] = one.sign if one.sign != "leading" else None
    keys |= {"usage": field.usage, "digits": field.digits}
    told = (f"{key}: {_quoted(str(value))}" for key, value in keys.items() if value is not None)
    return ", ".join(told)


def _needs_point(field: Field, layout: Layout) -> bool:
    numbers = field.codec.type in ("money", "decimal") and field.usage is None
    return numbers and layout.file.form == "fixed"


def _quoted(value: str) -> str:
    return value if value.isalnum() or value == "." else dumps(value, ensure_ascii=False)


def _field(record: Record, field: Field, layout: Layout) -> dict[str, str]:
    fixed = layout.file.form == "fixed"
    return {
        "FileSpecID": field.key if field.key != field.name else "",
        "Field": field.name,
        "Record": record.name,
        "Type": field.codec.type,
        "Format": format_words(field, layout),
        "Length": str(field.length or ""),
        "Start": str(field.start or "") if fixed else "",
        "Width": str(field.width or "") if fixed else "",
        "Required": "yes" if field.required or field.always is not None else "no",
        "Always": field.always or "",
        "Values": ", ".join(field.values),
        "Description": field.description,
    }


def _source(field: Field, entry: m.Entry | None) -> dict[str, str]:
    note = {"Note": entry.note} if entry is not None and entry.note else {}
    return {"Partner Field": source_words(entry), "How": how_words(field, entry)} | note


def _back(one: Classified | None) -> dict[str, str]:
    return {"Way Back": one.verdict.value, "Why": one.reason} if one is not None else {}


def _origin(span: Span) -> dict[str, str]:
    return {"Origin": f"{span.file}:{span.line}"}


def _table(title: str, rows: Sequence[Mapping[str, str]]) -> Table:
    """Make a table of the columns that any row fills."""
    names = dict.fromkeys(name for row in rows for name in row)
    header = tuple(
        name for name in names if name in _ALWAYS_SHOWN or any(row.get(name) for row in rows)
    )
    return Table(title, header, tuple(tuple(row.get(name, "") for name in header) for row in rows))


def cells(table: Table) -> Iterable[Sequence[str]]:
    """Give the header and the rows."""
    yield table.header
    yield from table.rows
