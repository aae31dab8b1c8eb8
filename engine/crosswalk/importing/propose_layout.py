"""A layout proposed from a spec table: of our file, of the partner's, or of a fixed-width one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from crosswalk.importing.spec import Row, Spec
from crosswalk.importing.spec_types import Declared
from crosswalk.importing.yaml_lines import comment, flow, key, line, slug, text

OURS, PARTNERS, FIXED = "layout", "partner-layout", "fixed"
_FILE = (
    "the table does not say how the file is written: "
    "file: {form: delimited, delimiter: ..., header: ..., quote: ..., encoding: ...}"
)
_NEST = "the table does not say how the records nest and repeat: name, name*(name, name+), name?"
_TAG = "the table does not say what tells the records apart: mark a field with tag and always"
_POINT = "is a decimal point written, or implied?"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The text of a document, with how many rows it holds and what they were made to."""

    text: str
    rows: int
    doubts: int


@dataclass(frozen=True, slots=True)
class Head:
    """What every proposed document begins with: its kind, its name, and where it comes from."""

    kind: str
    name: str
    source: str

    def lines(self) -> Iterator[str]:
        """Give the first lines."""
        yield comment(f"Proposed from {self.source}. Decide each TODO, then take its comment away.")
        yield "crosswalk: 1"
        yield f"kind: {self.kind}"
        yield f"name: {self.name}"
        yield "version: 1.0.0"


def finished(lines: Sequence[str], rows: int) -> Proposal:
    """Put lines together to a document's text."""
    return Proposal(
        "".join(f"{one}\n" for one in lines), rows, sum("# TODO" in one for one in lines)
    )


def propose_layout(spec: Spec, head: Head, side: str) -> Proposal:
    """Propose a layout with one line for each row.

    `side` is OURS (keyed by id), PARTNERS (the partner's fields, each once) or FIXED (ours or
    theirs, with a place in the line).
    """
    records = {"row": partner_rows(spec)} if side == PARTNERS else _ours(spec)
    fixed = side == FIXED
    told = side == PARTNERS or "type" in _said(spec) or not _theirs(spec)
    work = _Work(records, fixed=fixed, types=told)
    lines = [*head.lines(), "", *work.lines(), *odd_lines(spec)]
    return finished(lines, sum(map(len, records.values())))


def record_names(spec: Spec) -> dict[str, str]:
    """Give the name that each record of the table has in a layout, by its title."""
    made: dict[str, str] = {}
    for title in spec.records():
        name = slug(title, otherwise="row")
        made[title] = name if name not in made.values() else f"{name}-{len(made) + 1}"
    return made


def odd_lines(spec: Spec) -> Iterator[str]:
    """Give a marked comment for each line of the table that could not be used."""
    for one in spec.odd:
        yield line(0, "", [one]).strip()


def _said(spec: Spec) -> frozenset[str]:
    return frozenset(spec.columns.places) if spec.columns else frozenset()


def _theirs(spec: Spec) -> bool:
    """Tell whether the types of the table are about the partner's fields only."""
    return (
        spec.columns is not None
        and "partner" in spec.columns.places
        and bool({"type", "format"} & spec.columns.theirs)
    )


def _ours(spec: Spec) -> dict[str, list[Row]]:
    names = record_names(spec)
    return {names[title]: rows for title, rows in spec.records().items()}


def partner_rows(spec: Spec) -> list[Row]:
    """Give the partner's fields, each once, in the order of the table."""
    seen: dict[str, Row] = {}
    for row in spec.rows:
        if row.partner and row.in_file is not False and continued(row.partner) is None:
            theirs = replace(row, id="", name=row.partner, record="", required=None, always=None)
            seen.setdefault(row.partner, theirs)
    return list(seen.values())


def continued(partner: str) -> str | None:
    """Give the name that a partner's field goes on with: `Message (continued)` with `Message`."""
    base, bracket, rest = partner.partition("(")
    return base.strip() if bracket and rest.casefold().startswith("cont") else None


@dataclass(slots=True)
class _Work:
    """Writes the body of a layout."""

    records: dict[str, list[Row]]
    fixed: bool
    types: bool

    def lines(self) -> Iterator[str]:
        rows = [one for rows in self.records.values() for one in rows]
        if self.fixed and any("usage" in one.declared.keys for one in rows):
            yield line(0, "file: {form: fixed, newline: none, encoding: cp037}", [_BYTES]).strip()
        elif self.fixed:
            yield "file: {form: fixed}"
        else:
            yield line(0, "", [_FILE]).strip()
        yield from ("", *self.structure(), "", "records:")
        tagged = self.tagged()
        for name, rows in self.records.items():
            yield f"  {key(name)}:"
            title = rows[0].record if rows else ""
            if title and title != name and not self.single():
                yield f"    description: {text(title)}"
            yield "    fields:" if rows else "    fields: {}"
            yield from self.fields(rows, tag=tagged)

    def single(self) -> bool:
        return len(self.records) == 1

    def structure(self) -> Iterator[str]:
        if self.single():
            yield f"structure: {next(iter(self.records))}*"
            return
        doubts = [_NEST] if self.tagged() else [_NEST, _TAG]
        yield line(0, f"structure: {', '.join(f'{one}*' for one in self.records)}", doubts)

    def tagged(self) -> bool:
        """Tell whether the first field of every record always holds a text of its own."""
        firsts = [rows[0].always for rows in self.records.values()]
        return not self.single() and None not in firsts and len(set(firsts)) == len(firsts)

    def fields(self, rows: Sequence[Row], *, tag: bool) -> Iterator[str]:
        names = _names(rows)
        used: set[str] = set()
        for at, row in enumerate(rows):
            name, doubts = row.key or row.partner, list(row.doubts)
            if name in used:
                doubts.append(f"the table has the field '{name}' twice")
                name = f"{name} ({row.line})"
            used.add(name)
            pairs = {"name": text(names[row.line])} if row.line in names else {}
            pairs |= self.typed(row, doubts) | _laws(row, doubts, tag=tag and at == 0)
            yield line(6, f"{key(name)}: {flow(pairs)}", doubts)

    def typed(self, row: Row, doubts: list[str]) -> dict[str, str]:
        """Give type, spelling and size of a field; what is open goes to the doubts."""
        made = row.declared if self.types else Declared(doubt=_hint(row.declared))
        if row.always is None:
            doubts.append(made.doubt)
        pairs = {"type": made.type} | {
            one: value if one in _WHOLE else text(value) for one, value in made.keys.items()
        }
        if self.fixed:
            return pairs | self.place(row, made, doubts)
        length = row.length or made.length
        return pairs | ({"length": str(length)} if length and made.type in _SIZED else {})

    def place(self, row: Row, made: Declared, doubts: list[str]) -> dict[str, str]:
        stored = "usage" in made.keys
        width = (made.length if stored else None) or row.width or row.length or made.length
        if width is None:
            doubts.append("the table does not say how wide the field is")
        if stored and (row.width or row.length or width) != width:
            doubts.append(f"its bytes are {width}, the table says {row.width or row.length}")
        if made.type in ("money", "decimal") and "point" not in made.keys and not stored:
            doubts.append(_POINT)
        start = {"start": str(row.start)} if row.start is not None else {}
        return start | {"width": str(width or 1)}


def _hint(made: Declared) -> str:
    if not made.said:
        return "the table gives no type"
    return f"the table gives no type of ours; of the partner's it says '{made.said}'"


_SIZED = ("text", "code")
_WHOLE = ("decimals", "digits")
_BYTES = "numbers in bytes: is the text EBCDIC, and do lengths stand before records (newline: rdw)?"


def _laws(row: Row, doubts: list[str], *, tag: bool) -> dict[str, str]:
    """Give what a field must hold, and what it means."""
    if row.values:
        doubts.append(f"the table lists values: {row.values}")
    pairs = {}
    if row.always is not None:
        pairs = {"always": text(row.always)} | ({"tag": "true"} if tag else {})
    elif row.required:
        pairs = {"required": "true"}
    if row.description and row.always is None:
        pairs["description"] = text(row.description)
    return pairs


def _names(rows: Sequence[Row]) -> dict[int, str]:
    """Give each row's name where the key is an id; a name that stands twice gets its id."""
    made: dict[int, str] = {}
    for row in rows:
        if row.id and row.name:
            made[row.line] = f"{row.name} {row.id}" if row.name in made.values() else row.name
    return made
