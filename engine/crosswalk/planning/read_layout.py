"""From a layout document to the layout it describes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from crosswalk.documents.access import child, flag, mapping, number, scalar, scalars, text
from crosswalk.documents.source import List, Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Label, Span
from crosswalk.findings.suggest import closest
from crosswalk.formats.fixed_bytes import is_endless
from crosswalk.formats.fixed_places import NUMBERS, record_length
from crosswalk.formats.recoded import is_wide
from crosswalk.language.matchers import parse_condition
from crosswalk.model.controls import bind_where
from crosswalk.model.layout import (
    Blocks,
    Branch,
    Check,
    Continuation,
    Control,
    Field,
    File,
    Layout,
    Record,
    Separators,
    first_unmarked,
    last_unmarked,
    titled,
)
from crosswalk.planning.read_groups import in_lines, structured, whole_lines
from crosswalk.planning.split import read_per
from crosswalk.planning.structure import read_structure
from crosswalk.values.codecs import BadSpelling, Codec, Problem, Spelling, Value, canonical, codec
from crosswalk.values.dates import EPOCHS

_JSON_KIND = {"integer": "number", "boolean": "boolean"}
_SPELLING_KEYS = ("point", "group", "sign", "symbol", "unit")


def read_layout(node: Map) -> tuple[Layout | None, list[Diagnostic]]:
    """Build the layout of an effective document whose shape was checked.

    Returns the layout, or None when errors stand in its way, and the findings.
    """
    findings: list[Diagnostic] = []
    file = _file(mapping(node, "file"))
    records = _records(node, file, findings)
    structure = scalar(node, "structure")
    if structure is None or records is None:
        return None, findings
    root, wrong = read_structure(structure, records)
    findings += wrong
    if root is None:
        return None, findings
    findings += structured(root)
    findings += _header(Layout("", "", file, root, tuple(records.values()), node.span))
    findings += _form(records, file)
    findings += _keys(mapping(node, "file"), records, file)
    findings += _kept_apart(records, file)
    findings += _tags(root, records, file)
    findings += _controls(root, records)
    checks, wrong = _checks(node, records)
    findings += wrong
    per, wrong = read_per(mapping(node, "file"), root)
    findings += wrong
    name, version = text(node, "name") or "", text(node, "version") or ""
    layout = Layout(name, version, file, root, tuple(records.values()), node.span, checks, per)
    if file.form == "xml":
        from crosswalk.formats.xmlshape import tree

        places_key = scalar(mapping(node, "file") or _EMPTY, "places")
        findings += tree(layout, places_key.span if places_key else None)[1]
    elif file.form.startswith("json") and _has_places(records):
        from crosswalk.formats.jsonplaces import places

        findings += places(layout).findings
    return layout, findings


def _has_places(records: dict[str, Record]) -> bool:
    """Tell whether something in JSON stands elsewhere than under its own name."""
    fields = [one for record in records.values() for one in record.fields]
    placed = any(one.path is not None or one.json == "key" for one in fields)
    return placed or any(record.path is not None or record.bare for record in records.values())


def _records(node: Map, file: File, findings: list[Diagnostic]) -> dict[str, Record] | None:
    """Read the record types by name; None when one cannot stand in the line of another."""
    found: dict[str, Record] = {}
    for name, entry in (mapping(node, "records") or _EMPTY).entries.items():
        if isinstance(entry.value, Map):
            found[name] = _record(name, len(found), entry.value, file, findings)
    records, wrong = in_lines(found, file)
    findings += wrong
    return records


def canonical_layout(layout: Layout) -> Layout:
    """Give the same records in the canonical JSON-lines form.

    Dates are ISO, money and decimals are text with a point, integers and booleans are JSON's.
    Every layout can be read and written in this form; cases, pipes and hosts use it.
    """
    records = {record.name: _canonical_record(record) for record in layout.records}

    def branch(old: Branch) -> Branch:
        record = records[old.record.name] if old.record else None
        return replace(old, record=record, children=tuple(branch(c) for c in old.children))

    file = File(form="json-lines", name=None if layout.per else layout.file.name)
    made = tuple(records.values())
    return replace(layout, file=file, root=branch(layout.root), records=made, per=None)


def _canonical_record(record: Record) -> Record:
    fields = tuple(
        replace(
            field,
            codec=canonical(field.codec.type, field.codec.spelling.decimals),
            json=_JSON_KIND.get(field.codec.type, "text"),
            path=None,
            on_missing="reject" if field.required else "empty",
        )
        for field in record.fields
    )
    return replace(record, fields=fields, path=None, bare=False, within=None)


_OF_FORM = {
    **dict.fromkeys(("namespaces", "indent", "doctype", "places"), "xml"),
    **dict.fromkeys(("positions", "blocks"), "fixed"),
    "record_start": "delimited",
}
_FORMS = {"xml": "XML", "fixed": "fixed width", "delimited": "delimited files"}
_NOWHERE = Span("", 1, 1, 1, 1)
_EMPTY = Map(_NOWHERE, {})


_FILE_TEXTS = (
    *("name", "per", "delimiter", "quote", "quote_char", "escape", "encoding", "newline"),
    *("record_end", "record_start", "comment", "extra_columns", "trailing_blanks"),
    *("component", "positions", "from_line", "until_line", "sheet", "doctype", "places"),
)


def _file(node: Map | None) -> File:
    """Read the physical form; a layout without one is only used in the canonical form."""
    if node is None:
        return File()
    default = File()
    words = {key: text(node, key) for key in _FILE_TEXTS if text(node, key) is not None}
    return replace(
        default,
        form=text(node, "form") or default.form,
        header=flag(node, "header"),
        bom=flag(node, "bom"),
        skip_lines=number(node, "skip_lines") or 0,
        skip_blank=flag(node, "skip_blank"),
        multiline=flag(node, "multiline"),
        record_length=number(node, "record_length"),
        namespaces=_namespaces(mapping(node, "namespaces")),
        indent=number(node, "indent") or 0,
        continuation=_continuation(mapping(node, "continuation")),
        separators=_separators(mapping(node, "separators")),
        blocks=_blocks(mapping(node, "blocks")),
        **words,  # type: ignore[arg-type]
    )


def _namespaces(node: Map | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read the URIs of each prefix; one that has none is in no namespace."""
    return tuple(
        (prefix, tuple(one.text for one in scalars(node, prefix)))
        for prefix in (node.entries if node is not None else ())
        if node is not None
    )


def _continuation(node: Map | None) -> Continuation | None:
    if node is None:
        return None
    starts, unless = (tuple(one.text for one in scalars(node, key)) for key in ("starts", "unless"))
    return Continuation(starts, unless, text(node, "joint") or "")


def _blocks(node: Map | None) -> Blocks | None:
    if node is None:
        return None
    return Blocks(number(node, "records") or 1, text(node, "fill") or " ")


def _separators(node: Map | None) -> Separators | None:
    if node is None:
        return None
    keys = ("delimiter", "component", "escape", "record_end", "point")
    places = {key: place for key in keys if (place := number(node, key)) is not None}
    return Separators(text(node, "starts") or "", places, number(node, "skip") or 0)


def _record(name: str, ordinal: int, node: Map, file: File, findings: list[Diagnostic]) -> Record:
    fields: list[Field] = []
    for key, entry in (mapping(node, "fields") or _EMPTY).entries.items():
        if not isinstance(entry.value, Map):
            continue
        field = _field(key, entry.key.span, len(fields), entry.value, file, findings)
        if field is not None:
            fields.append(field)
    findings += _twice(fields)
    return Record(
        name,
        ordinal,
        tuple(fields),
        node.span,
        path=text(node, "path"),
        bare=flag(node, "bare"),
        within=text(node, "in"),
        times=number(node, "times"),
        after=text(node, "after"),
        first=1 if (first := number(node, "first")) is None else first,
    )


def _header(layout: Layout) -> Iterator[Diagnostic]:
    """Find a header line of several record types, none of which is known to be the one it names."""
    lines = [one for one in layout.records if one.within is None]
    if not layout.file.header or len(lines) == 1:
        return
    if layout.file.form == "sheet":
        message = "the sheet has a header row and several record types"
        help_ = "describe the header row as a record that is always the same, or leave rows out"
        yield Diagnostic("CW456", message, lines[1].span, help=help_)
    elif layout.file.form == "delimited" and titled(layout) < 0:
        message = "the header line could name the columns of several record types"
        help_ = "one record repeats at the top of the structure, the others beside it: head, row*"
        yield Diagnostic("CW456", message, lines[1].span, help=help_)


def _form(records: dict[str, Record], file: File) -> list[Diagnostic]:
    """Find what a text form declares that does not go together."""
    findings: list[Diagnostic] = []
    endless = is_endless(file)
    if file.form == "fixed" and (endless or file.blocks is not None):
        lengths = {record_length(record, file) for record in whole_lines(records)}
        shorter = endless and file.trailing_blanks != "required"
        if len(lengths) > 1 or file.newline == "rdw" or shorter:
            first = next(iter(records.values()))
            what = "without line ends" if endless else "in blocks"
            message = f"records {what} must all have one length"
            help_ = "remove trailing_blanks" if shorter else "say record_length: under file"
            findings.append(Diagnostic("CW427", message, first.span, help=help_))
    bare = file.quote == "none" and not file.header
    if (file.record_start is not None and not bare) or (file.newline == "cr" and file.multiline):
        first = next(iter(records.values()))
        cut = "begin anywhere" if file.record_start is not None else "end in CR"
        help_ = "say quote: none, and neither header nor multiline"
        message = f"records that {cut} cannot be told from quoted text or a header"
        findings.append(Diagnostic("CW445", message, first.span, help=help_))
    for record in records.values():
        for one in record.fields:
            if one.component is not None and (file.component is None or not bare):
                message = f"field {one.key} is a component, but the file has none"
                help_ = 'say component: ":", quote: none and no header under file'
                findings.append(Diagnostic("CW410", message, one.span, help=help_))
            if one.rest and (one is not record.fields[-1] or not bare or len(file.escape) == 1):
                message = f"field {one.key} cannot take the rest of the line"
                help_ = "only the last field of a line without quotes, escapes and header can"
                findings.append(Diagnostic("CW410", message, one.span, help=help_))
    return findings


def _keys(node: Map | None, records: dict[str, Record], file: File) -> Iterator[Diagnostic]:
    """Find keys that say something the form does not have."""
    yield from _of_other_forms(node, file)
    yield from _bytes(node, records, file)
    if file.form.startswith(("json", "xml")):
        return
    for record in records.values():
        placed: list[Record | Field] = [record, *record.fields]
        for one in placed:
            if one.path is not None:
                message = f"'{one.name}' has a path, but the file is {file.form}"
                help_ = "remove path; text files are described by columns or places"
                yield Diagnostic("CW445", message, one.span, help=help_)


def _kept_apart(records: dict[str, Record], file: File) -> Iterator[Diagnostic]:
    """Find keys of JSON and XML in files of another form."""
    for record in records.values():
        if record.bare and not file.form.startswith("json"):
            message = f"'{record.name}' is bare, but the file is {file.form}"
            yield Diagnostic("CW445", message, record.span, help="remove bare: only JSON has lists")
    for one in (one for record in records.values() for one in record.fields):
        if one.json == "key" and not file.form.startswith("json"):
            message = f"'{one.name}' is a key of JSON, but the file is {file.form}"
            yield Diagnostic("CW445", message, one.span, help="remove json: key")
        if one.markup is not None and file.form != "xml":
            message = f"'{one.name}' has markup, but the file is {file.form}"
            yield Diagnostic("CW445", message, one.span, help="remove markup")


def _of_other_forms(node: Map | None, file: File) -> Iterator[Diagnostic]:
    for key, form in _OF_FORM.items():
        found = node.entries.get(key) if node is not None else None
        if found is not None and file.form != form:
            message = f"'{key}' is for {_FORMS[form]}, this file is {file.form}"
            yield Diagnostic("CW445", message, found.key.span, help=f"remove {key}")


def _lines_of_none(node: Map | None, file: File) -> Iterator[Diagnostic]:
    """Find keys about lines where records have no line ends."""
    for key in ("from_line", "until_line", "continuation"):
        found = node.entries.get(key) if node is not None else None
        if found is not None and (file.newline == "rdw" or is_endless(file)):
            message = f"'{key}' is for lines, and the records of this file have no line ends"
            yield Diagnostic("CW445", message, found.key.span, help=f"remove {key}")


def _bytes(node: Map | None, records: dict[str, Record], file: File) -> Iterator[Diagnostic]:
    """Find bytes in a form that has only text, and lines in a file that has none."""
    if file.form == "fixed":
        yield from _lines_of_none(node, file)
        positions = scalar(node, "positions") if node is not None else None
        if positions is not None and file.positions == "bytes" and is_wide(file):
            message = f"positions are counted in characters in {file.encoding}"
            yield Diagnostic("CW448", message, positions.span, help="remove positions")
        return
    newline = scalar(node, "newline") if node is not None else None
    if newline is not None and newline.text == "rdw":
        message = f"'newline: rdw' is for fixed width, this file is {file.form}"
        yield Diagnostic("CW445", message, newline.span, help="say lf or crlf")
    for record in records.values():
        for one in record.fields:
            key = "usage" if one.usage else "digits"
            if one.usage or one.digits:
                message = f"'{one.name}' has {key}, but the file is {file.form}"
                help_ = f"remove {key}, or say form: fixed"
                yield Diagnostic("CW445", message, one.span, help=help_)


def _twice(fields: list[Field]) -> list[Diagnostic]:
    """Find two fields of one record that share a name."""
    seen: dict[str, Field] = {}
    findings = []
    for field in fields:
        first = seen.setdefault(field.name, field)
        if first is not field:
            message = f"fields {first.key} and {field.key} are both called '{field.name}'"
            findings.append(Diagnostic("CW403", message, field.span, help="rename one of them"))
    return findings


def _field(  # noqa: PLR0913
    key: str, span: Span, position: int, node: Map, file: File, findings: list[Diagnostic]
) -> Field | None:
    made = _codec(node, span, findings)
    if made is None:
        return None
    always, values = scalar(node, "always"), scalars(node, "values")
    findings += _literals(node, made, key)
    findings += _bare_number(node, key)
    required = flag(node, "required") or text(node, "json") == "key"
    control = mapping(node, "equals")
    absent = "reject" if required or control is not None else "empty"
    keyed = file.form.startswith(("json", "xml"))
    return Field(
        key=key,
        name=text(node, "name") or key,
        position=position,
        codec=made,
        span=span,
        description=text(node, "description") or "",
        required=required,
        always=None if always is None else always.text,
        tag=flag(node, "tag"),
        values=tuple(value.text for value in values),
        length=number(node, "length"),
        on_missing=text(node, "missing") or ("empty" if keyed and not required else "reject"),
        on_null=text(node, "null") or absent,
        on_blank=text(node, "blank") or absent,
        on_invalid=text(node, "invalid") or "reject",
        on_long=text(node, "too_long") or "reject",
        default=_default(node, made, key, findings),
        control=None if control is None else _control(control, findings),
        path=text(node, "path"),
        column=text(node, "column"),
        json=_json_kind(node, made, key, findings),
        start=number(node, "start"),
        width=number(node, "width"),
        align=text(node, "align") or ("right" if made.type in NUMBERS else "left"),
        pad=text(node, "pad") or " ",
        usage=text(node, "usage"),
        digits=number(node, "digits"),
        component=number(node, "component"),
        rest=flag(node, "rest"),
        number=flag(node, "number"),
        markup=text(node, "markup"),
    )


def _json_kind(node: Map, made: Codec, key: str, findings: list[Diagnostic]) -> str:
    """Give the JSON scalar of a field; what is spelt in a way of its own can only be text."""
    own = made.spelling != Spelling(decimals=made.spelling.decimals)
    declared = scalar(node, "json")
    if declared is None:
        return "text" if own else _JSON_KIND.get(made.type, "text")
    digits = Spelling(
        made.spelling.format if made.spelling.format in EPOCHS else None,
        made.spelling.decimals,
        "implied" if made.spelling.point == "implied" else ".",
    )
    numeric = declared.text == "number" and made.spelling == digits
    if own and declared.text not in ("text", "key") and not numeric:
        message = f"field {key} is spelt in its own way and cannot be a JSON {declared.text}"
        remedy = "write json: text, or remove format, point, group, sign, symbol and unit"
        findings.append(Diagnostic("CW408", message, declared.span, help=remedy))
    return declared.text


def _codec(node: Map, span: Span, findings: list[Diagnostic]) -> Codec | None:
    spelling: dict[str, Any] = {
        key: text(node, key) for key in _SPELLING_KEYS if text(node, key) is not None
    }
    forms = tuple(one.text for one in scalars(node, "format"))
    several = isinstance(child(node, "format"), List)
    spelling["format"] = forms if several else text(node, "format")
    decimals = number(node, "decimals")
    try:
        return codec(
            text(node, "type") or "text",
            Spelling(**{**spelling, "decimals": decimals}),
        )
    except BadSpelling as wrong:
        at = child(node, wrong.key)
        place = at.span if at is not None else span
        findings.append(Diagnostic("CW404", wrong.message, place, help=wrong.help))
        return None


def _bare_number(node: Map, key: str) -> Iterator[Diagnostic]:
    """Find what a number in bytes does not have: a spelling, and padding."""
    if text(node, "usage") is None:
        return
    for name in ("point", "group", "sign", "symbol", "unit", "align", "pad", "length"):
        found = node.entries.get(name)
        if found is not None:
            message = f"field {key} is a number in bytes and has no {name}"
            remedy = f"leave {name} out; decimals: says where a point would be"
            yield Diagnostic("CW404", message, found.key.span, help=remedy)


def _literals(node: Map, made: Codec, key: str) -> list[Diagnostic]:
    """Check that the values written for a field are values of its type."""
    findings = []
    for literal in (*scalars(node, "always"), *scalars(node, "values")):
        try:
            made.read(literal.text)
        except Problem as wrong:
            message = f"'{literal.text}' is not a value of field {key}: {wrong.reason}"
            remedy = f"write it as the field's {made.type} stands in the file"
            findings.append(Diagnostic("CW405", message, literal.span, help=remedy))
    return findings


def _default(node: Map, made: Codec, key: str, findings: list[Diagnostic]) -> Value:
    literal = scalar(node, "default")
    if literal is None:
        return None
    try:
        return canonical(made.type, made.spelling.decimals).read(literal.text)
    except Problem as wrong:
        message = f"default '{literal.text}' is not a value of field {key}: {wrong.reason}"
        remedy = f"write it as {made.type} in plain form, without the file's own format"
        findings.append(Diagnostic("CW405", message, literal.span, help=remedy))
        return None


def _control(node: Map, findings: list[Diagnostic]) -> Control:
    body, where = child(node, "where"), None
    if body is not None:
        where, wrong = parse_condition(body)
        findings += wrong
    return Control(
        count=tuple(item.text for item in scalars(node, "count")),
        sum=tuple(item.text for item in scalars(node, "sum")),
        less=tuple(item.text for item in scalars(node, "less")),
        modulo=number(node, "modulo"),
        blocks_of=number(node, "blocks_of"),
        where=where,
        span=node.span,
    )


def _tags(root: Branch, records: dict[str, Record], file: File) -> list[Diagnostic]:
    """Find record types of a text file that nothing tells apart.

    One may be all the others; the first and the last lines of a file are known by their place,
    where something in them can be verified.
    """
    lines = {name: record for name, record in records.items() if record.within is None}
    bare = {name: record for name, record in lines.items() if not record.tags}
    if bare and file.blocks is not None:
        first = next(iter(bare.values()))
        message = f"nothing tells record '{first.name}' from those that fill up a block"
        return [Diagnostic("CW406", message, first.span, help="give it a field with `tag: true`")]
    if len(bare) < 2 or file.form.startswith(("json", "xml")):  # noqa: PLR2004
        return []
    ends = {one.name for one in (*first_unmarked(root), *last_unmarked(root)) if one.name in bare}
    among = [record for name, record in bare.items() if name not in ends]
    unsure = [bare[name] for name in sorted(ends) if not _verified(bare[name])]
    if len(among) <= 1 and not unsure:
        return []
    second = (unsure or among[1:])[0]
    first = next(record for record in bare.values() if record is not second)
    message = f"nothing tells record '{second.name}' from '{first.name}'"
    remedy = "give each record type a field with `tag: true` and `always:` or `values:`"
    if unsure:
        remedy += "; a first or last line needs a field with `always:`, `values:` or `equals:`"
    related = (Label(first.span, f"record '{first.name}'"),)
    return [Diagnostic("CW406", message, second.span, help=remedy, related=related)]


def _verified(record: Record) -> bool:
    """Tell whether a record holds a value that can be known to be wrong."""
    return any(one.always is not None or one.values or one.control for one in record.fields)


def _controls(root: Branch, records: dict[str, Record]) -> list[Diagnostic]:
    """Find control totals that count or add up something that is not there."""
    names = _branch_names(root) | set(records)
    amounts = {
        alias: field
        for record in records.values()
        for field in record.fields
        for alias in (f"{record.name}.{field.key}", f"{record.name}.{field.name}")
    }
    findings: list[Diagnostic] = []
    for field in (f for record in records.values() for f in record.fields if f.control):
        control = field.control
        assert control is not None
        wrong = [n for n in control.count if n not in names]
        wrong += [n for n in (*control.sum, *control.less) if n not in amounts]
        findings += _control_terms(field, control, records, amounts)
        for name in wrong:
            near = closest(name, {*names, *amounts})
            message = f"the control total of field {field.key} names '{name}', which is not here"
            remedy = f"did you mean '{near}'?" if near else "count a record, sum Record.Field"
            findings.append(Diagnostic("CW407", message, control.span, help=remedy))
    return findings


def _control_terms(
    field: Field, control: Control, records: dict[str, Record], amounts: dict[str, Field]
) -> Iterator[Diagnostic]:
    """Find amounts that are no numbers, and conditions about fields that are not there."""
    if control.blocks_of is not None and (control.sum or control.less):
        message = f"field {field.key} counts blocks of amounts"
        yield Diagnostic("CW407", message, control.span, help="blocks_of goes with count only")
    for name in (*control.sum, *control.less):
        kind = amounts[name].codec.type if name in amounts else "money"
        if kind not in NUMBERS:
            message = f"'{name}' is {kind} and cannot be added up"
            help_ = "declare it as integer, decimal or money"
            yield Diagnostic("CW407", message, control.span, help=help_)
    if control.where is None:
        return
    for name in (*control.count, *control.sum, *control.less):
        record = records.get(name) or records.get(name.rpartition(".")[0])
        bound, wrong = (None, []) if record is None else bind_where(control.where, record)
        yield from wrong
        if bound is None and not wrong:
            message = f"the condition of field {field.key}'s control total is not about '{name}'"
            help_ = "name fields of the records that are counted or added up"
            yield Diagnostic("CW407", message, control.span, help=help_)


def _branch_names(branch: Branch) -> set[str]:
    return {branch.name}.union(*(_branch_names(child) for child in branch.children))


def _checks(node: Map, records: dict[str, Record]) -> tuple[tuple[Check, ...], list[Diagnostic]]:
    checks: list[Check] = []
    findings: list[Diagnostic] = []
    for name, entry in (mapping(node, "checks") or _EMPTY).entries.items():
        if not isinstance(entry.value, Map):
            continue
        check, wrong = _check(name, entry.value, records)
        findings += wrong
        if check is not None:
            checks.append(check)
    return tuple(checks), findings


def _check(
    name: str, node: Map, records: dict[str, Record]
) -> tuple[Check | None, list[Diagnostic]]:
    record = scalar(node, "record")
    if record is None or record.text not in records:
        known = closest(record.text if record else "", records)
        remedy = f"did you mean '{known}'?" if known else "name a record of this layout"
        place = record.span if isinstance(record, Scalar) else node.span
        return None, [Diagnostic("CW301", f"check '{name}' is on no record", place, help=remedy)]
    findings: list[Diagnostic] = []
    parts = {}
    for key in ("when", "expect"):
        body = child(node, key)
        if body is not None:
            parts[key], wrong = parse_condition(body)
            findings += wrong
    expect = parts.get("expect")
    if expect is None:
        return None, findings
    check = Check(
        name=name,
        record=record.text,
        when=parts.get("when"),
        expect=expect,
        reject=text(node, "otherwise") != "report",
        because=text(node, "because") or "",
        span=node.span,
    )
    return check, findings
