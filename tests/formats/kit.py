"""Layouts built directly, without YAML."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from crosswalk.findings.diagnostics import Span
from crosswalk.formats.delimited import read, writer
from crosswalk.model.layout import Branch, Field, File, Layout, Record
from crosswalk.model.records import Cell, Damage, Instance, Row
from crosswalk.values.codecs import Codec, Spelling, Value

NOWHERE = Span("layout.yaml", 1, 1, 1, 1)


def _as_text(value: Value) -> str:
    return str(value)


TEXT = Codec("text", Spelling(), str, _as_text, None)


def make_record(name: str, keys: Sequence[str], ordinal: int = 0, **policies: Any) -> Record:
    fields = [Field(key, key, at, TEXT, NOWHERE, **policies) for at, key in enumerate(keys)]
    return Record(name, ordinal, tuple(fields), NOWHERE)


def change(record: Record, key: str, **changes: Any) -> Record:
    fields = [replace(field, **changes) if field.key == key else field for field in record.fields]
    return replace(record, fields=tuple(fields))


def make_layout(records: Sequence[Record], root: Branch | None = None, **file: Any) -> Layout:
    branches = tuple(Branch(record.name, record, 0, None) for record in records)
    top = root or Branch("", None, 1, 1, branches)
    return Layout("demo/layout", "1.0.0", File(**file), top, tuple(records), NOWHERE)


def delimited(count: int = 3, **file: Any) -> Layout:
    keys = [f"F{at}" for at in range(count)]
    return make_layout([make_record("row", keys)], **{"form": "delimited", **file})


def read_bytes(data: bytes, layout: Layout) -> list[Row | Damage]:
    return list(read(BytesIO(data), layout))


def write_rows(rows: Sequence[Sequence[str]], layout: Layout) -> str:
    write = writer(layout)
    return "".join(write(layout.records[0], row) for row in rows)


def cells(row: Row | Damage) -> list[Cell]:
    """The cells of a row; a damage fails the test that asks."""
    assert isinstance(row, Row), row
    return row.cells


def damage(row: Row | Damage | Instance) -> Damage:
    assert isinstance(row, Damage), row
    return row
