"""Layouts, operations and code tables as tables, with the physical form of files."""

from collections.abc import Iterator

from crosswalk.documents.access import mapping, text
from crosswalk.documents.content import flow_text, leaves
from crosswalk.documents.schema import schema_of
from crosswalk.documents.source import Map
from crosswalk.documents.workspace import Document
from crosswalk.language.codetables import read_code_table
from crosswalk.language.conditions import describe
from crosswalk.model.layout import Field, Layout, Record
from crosswalk.operations.operation import Operation
from crosswalk.planning.read_layout import read_layout
from crosswalk.site.fields import head_of, names_of, told_of, type_of
from crosswalk.site.parts import (
    Block,
    Cell,
    Facts,
    Listing,
    Piece,
    Row,
    Section,
    Table,
    anchor,
    code,
    listed,
    plain,
)
from crosswalk.site.seen import Seen, pinned, says

_TOLD = frozenset({"name", "description", "type", "required", "length", "after", "before"})
"""Keys of a field that have a column of their own, or none."""


def layout_section(seen: Seen, document: Document) -> Section:
    """Show a layout: the form of its file, its structure, records, fields and laws."""
    node = seen.node(document)
    layout, _ = read_layout(node)
    name = pinned(document)
    seen.find("layout", document.name, says(node), anchor(name))
    blocks: list[Block] = [says(node), _form(seen, node), _structure(node, document)]
    if layout is not None:
        blocks += _fields(seen, layout, node, name)
        blocks.append(_checks(seen, layout))
    return Section(anchor(name), document.name, tuple(blocks))


def _structure(node: Map, document: Document) -> Facts:
    structure = code(text(node, "structure") or "")
    return Facts(
        (
            ("structure", structure),
            ("version", plain(document.version)),
            ("document", plain(document.file)),
        )
    )


def _form(seen: Seen, node: Map) -> Table:
    """Give the keys of the physical form with what each means; what is not written is usual."""
    file = mapping(node, "file")
    known = schema_of("layout")["properties"]["file"]["properties"]
    rows = tuple(
        Row(
            (
                plain(key),
                code(flow_text(entry.value)),
                plain(known.get(key, {}).get("description", "")),
                seen.origin(entry.value.span),
            )
        )
        for key, entry in (file.entries if file else {}).items()
    )
    return Table("Physical form of the file", ("key", "value", "meaning", "set in"), rows)


def _fields(seen: Seen, layout: Layout, node: Map, name: str) -> Iterator[Block]:
    heads = (*head_of(layout), "type", "written", "meaning", "set in")
    records = mapping(node, "records") or node
    for record in layout.records:
        body = mapping(records, record.name) or node
        written = mapping(body, "fields") or body
        rows = tuple(_field(seen, layout, (record, one), written, name) for one in record.fields)
        said = text(body, "description")
        title = f"Record {record.name}{_within(record)}"
        yield Table(title + (f": {said}" if said else ""), heads, rows)


def _within(record: Record) -> str:
    """Say where a record stands that is a group of columns."""
    if record.within is None:
        return ""
    often = f"{record.times} times" if record.times is not None else "to the end"
    return f", {often} in the line of {record.within}"


def _field(seen: Seen, layout: Layout, place: tuple[Record, Field], written: Map, name: str) -> Row:
    record, field = place
    body = mapping(written, field.key) or Map(field.span, {})
    keys = [
        Piece(f"{key}: {flow_text(entry.value)}", "code")
        for key, entry in body.entries.items()
        if key not in _TOLD
    ]
    at = anchor("field", name, record.name, field.key)
    title = f"{record.name}.{field.name}"
    seen.find("field", title, told_of(f"{layout.name} {field.key}", field), at)
    cells = (
        *names_of(layout, field),
        type_of(field),
        listed(keys),
        plain(field.description),
        seen.origin(field.span),
    )
    return Row(cells, at, title)


def _checks(seen: Seen, layout: Layout) -> Table:
    rows = tuple(
        Row(
            (
                plain(one.name),
                plain(one.record),
                plain(describe(one.when) if one.when else "always"),
                plain(describe(one.expect)),
                plain("reject" if one.reject else "report"),
                plain(one.because),
                seen.origin(one.span),
            )
        )
        for one in layout.checks
    )
    heads = ("law", "record", "when", "must hold", "otherwise", "because", "set in")
    return Table("Laws of records", heads, rows)


# --- operations ---------------------------------------------------------------------------


def operation_section(seen: Seen, document: Document) -> Section:
    """Show an operation: its document, variables, answer and what the partner promises."""
    name = pinned(document)
    made = seen.project.operation(name, seen.view)
    seen.find("operation", document.name, says(made.node), anchor(name))
    listings = [Listing("GraphQL document", made.document.text.rstrip())]
    if made.lookup_document is not None:
        listings.append(
            Listing("Look-up after an unclear outcome", made.lookup_document.text.rstrip())
        )
    blocks: list[Block] = [says(made.node), _needs(seen, document, made), *listings]
    for title, layout, key in (
        ("Variables", made.variables, "variables"),
        ("Answer", made.response, "response"),
    ):
        if layout is not None:
            blocks += _sides(seen, title, layout, mapping(made.node, key), name)
            blocks.append(_checks(seen, layout))
    blocks.append(_promises(seen, made))
    return Section(anchor(name), document.name, tuple(blocks))


def _needs(seen: Seen, document: Document, made: Operation) -> Facts:
    reader = pinned(document)
    pairs: list[tuple[str, Cell]] = [("endpoint", (seen.setting(made.endpoint.text, reader),))]
    settings = [*made.credentials.items(), *made.headers.items()]
    settings += [(f"installed {what}", one) for what, one in made.installed.items()]
    pairs += [(what, (seen.setting(one.text, reader),)) for what, one in settings]
    pairs += [
        ("minimum version", plain(made.minimum_version.text if made.minimum_version else "")),
        ("licences", plain(", ".join(made.licences))),
        ("partner's types", plain(made.schema.text)),
        ("version", plain(document.version)),
        ("document", plain(document.file)),
    ]
    return Facts(tuple((key, cell) for key, cell in pairs if cell))


def _sides(seen: Seen, title: str, layout: Layout, body: Map | None, name: str) -> Iterator[Block]:
    """Give one record of an operation (and the partner's errors beside an answer)."""
    written = (mapping(body, "fields") if body else None) or layout_node(layout)
    for record in layout.records:
        heads = (*head_of(layout), "type", "written", "meaning", "set in")
        rows = tuple(_field(seen, layout, (record, one), written, name) for one in record.fields)
        yield Table(f"{title}: {record.name}", heads, rows)


def layout_node(layout: Layout) -> Map:
    """Give an empty map at a layout's place."""
    return Map(layout.span, {})


def _promises(seen: Seen, made: Operation) -> Table:
    """Give the keys of the capability block with what each means."""
    body = mapping(made.node, "capability")
    known = schema_of("operation")["properties"]["capability"]["properties"]
    rows = tuple(
        Row(
            (
                plain(".".join(path)),
                code(flow_text(value)),
                plain(_meaning(known, path)),
                seen.origin(value.span),
            )
        )
        for path, value in (leaves(body) if body else ())
        if path[-1] != "document"
    )
    return Table("What the partner promises", ("key", "value", "meaning", "set in"), rows)


def _meaning(known: dict[str, dict[str, dict[str, str]]], path: tuple[str, ...]) -> str:
    here = known.get(path[0], {})
    for key in path[1:]:
        here = here.get("properties", {}).get(key, {})  # type: ignore[assignment]
    return str(here.get("description", ""))


# --- code tables --------------------------------------------------------------------------


def table_section(seen: Seen, document: Document) -> Section:
    """Show a code table, both ways."""
    node = seen.node(document)
    table, _ = read_code_table(node)
    at = anchor(pinned(document))
    seen.find("code table", document.name, says(node), at)
    codes = mapping(node, "codes")
    rows = []
    for left, right in table.codes.items():
        entry = codes.entries.get(left) if codes else None
        row_at = anchor("code", pinned(document), left)
        back = table.backs.get(right)
        seen.find("code", f"{left} = {right}", document.name, row_at)
        cells = (
            code(left),
            code(right),
            code(back) if back else (Piece("does not come back", "warn"),),
            seen.origin(entry.value.span) if entry else (),
        )
        rows.append(Row(cells, row_at))
    other = table.otherwise
    facts = Facts(
        (
            ("codes that are not listed", plain("are rejected") if other is None else code(other)),
            ("read by", seen.readers_of(pinned(document)) or plain("no mapping here")),
            ("document", plain(document.file)),
        )
    )
    blocks = (says(node), facts, Table("Codes", ("from", "to", "way back", "set in"), tuple(rows)))
    return Section(at, document.name, blocks)
