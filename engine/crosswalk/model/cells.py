"""From a cell to a typed value and back, by the policies that the layout declares for a field.

Missing, null, blank, invalid and too long are five different things; each is rejected unless
the field says otherwise (`missing`, `null`, `blank`, `invalid`, `too_long`). What a policy
lets pass in another form than it came is noted, never silent.
"""

import json
import re
from collections.abc import Callable

from crosswalk.model.layout import Field
from crosswalk.model.records import Cell
from crosswalk.values.codecs import Missing, Problem, Value, canonical, coerce

MISSING = Missing.MISSING

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?").fullmatch

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]").search

Notes = list[str]
Reader = Callable[[Cell, Notes], Value]
Writer = Callable[[Value, Notes], Cell]


def reader(field: Field, form: str) -> Reader:
    """Give the function that reads a cell of this field.

    `form` is the layout's physical form; "values" means typed Python values as hosts give them.
    The function raises Problem when a policy says reject.
    """
    take = _from_host(field) if form == "values" else _from_cell(field, json_form=_is_json(form))

    def read(cell: Cell, notes: Notes) -> Value:
        if cell is MISSING:
            return _absent(field, field.on_missing, MISSING, "CW501", "is missing")
        if cell is None:
            return _absent(field, field.on_null, None, "CW502", "is null")
        if isinstance(cell, str) and not cell.strip():
            if field.on_blank == "keep":
                return cell
            return _absent(field, field.on_blank, None, "CW503", "is blank")
        try:
            return _inspect(field, take(cell), notes)
        except Problem as problem:
            if field.on_invalid != "empty":
                raise
            notes.append(f"{problem.reason}: taken as empty")
            return field.default

    return read


def _is_json(form: str) -> bool:
    return form in ("json", "json-lines")


def _absent(field: Field, policy: str, empty: Value, code: str, state: str) -> Value:
    if policy == "reject":
        raise Problem(code, f"{state}, but must have a value")
    return empty if field.default is None else field.default


def _from_cell(field: Field, *, json_form: bool) -> Callable[[Cell], Value]:
    """Read text by the field's text form; in JSON the kind of scalar must be the declared one."""
    parse = field.codec.read
    kind = _scalar(field) if json_form else "text"

    def take(cell: Cell) -> Value:
        if kind == "text" and isinstance(cell, str):
            return parse(cell)
        if kind == "boolean" and isinstance(cell, bool):
            return cell
        if kind == "number" and not isinstance(cell, (bool, str)):
            return parse(format(cell, "f") if not isinstance(cell, int) else str(cell))
        raise Problem("CW504", f"is {_kind(cell)} in the JSON, where {kind} is declared")

    return take


def _scalar(field: Field) -> str:
    """Give the JSON scalar of a field; the key of an object is text."""
    return "text" if field.json == "key" else field.json


def _kind(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "boolean"
    return "text" if isinstance(cell, str) else "number"


def _from_host(field: Field) -> Callable[[Cell], Value]:
    return lambda cell: coerce(field.codec.type, cell, field.codec.spelling.decimals)


def _inspect(field: Field, value: Value, notes: Notes) -> Value:
    """Hold a value against `always`, `values` and `length`."""
    if not field.always and not field.values and field.length is None:
        return value
    text = field.codec.write(value)
    if field.always is not None and text != field.always:
        raise Problem("CW505", f"must always be '{field.always}'")
    if field.values and text not in field.values:
        raise Problem("CW506", f"is not one of {', '.join(field.values)}")
    if field.length is not None and _size(field, text) > field.length:
        return _cut(field, text, notes)
    return value


def _size(field: Field, text: str) -> int:
    """Give how long a text is in the unit that its limit has."""
    counted = field.counted
    return len(text) if counted is None else len(text.encode(counted, "replace"))


def _cut(field: Field, text: str, notes: Notes) -> str:
    unit = "characters" if field.counted is None else "bytes"
    reason = f"has {_size(field, text)} {unit}, the limit is {field.length}"
    if field.on_long != "cut" or field.codec.type != "text":
        raise Problem("CW507", reason)
    notes.append(f"{reason}: cut")
    text = text[: field.length]
    while _size(field, text) > (field.length or 0):
        text = text[:-1]
    return text


def writer(field: Field, form: str) -> Writer:
    """Give the function that turns a value into this field's cell.

    In text forms the cell is the text between delimiters, in JSON forms an encoded fragment
    (or MISSING, when the key is left out), in XML text (MISSING without a value: the element is
    left out), in "values" the typed value itself.
    """
    encode = _encoder(field, form)
    default, always = field.default, _always(field)

    def write(value: Value, notes: Notes) -> Cell:
        if value is MISSING or value is None:
            if always is not None:
                value = always
            elif default is not None:
                value = default
            elif field.required:
                raise Problem("CW508", "has no value, but must have one")
            else:
                return encode(value)
        elif field.required and isinstance(value, str) and not value.strip():
            raise Problem("CW508", "is blank, but must have a value")
        return encode(_inspect(field, value, notes))

    return write


def _always(field: Field) -> Value:
    return None if field.always is None else field.codec.read(field.always)


def _encoder(field: Field, form: str) -> Callable[[Value], Cell]:
    spell = field.codec.write
    if form == "values":
        exact = canonical(field.codec.type, field.codec.spelling.decimals)
        return lambda value: value if value is MISSING or value is None else _same(exact, value)
    if not _is_json(form):
        return _as_element(spell) if form == "xml" else _as_text(spell)
    kind = _scalar(field)

    def encode(value: Value) -> Cell:
        if value is MISSING:
            return MISSING
        if value is None:
            return "null"
        text = spell(value)
        if kind == "text":
            return json.dumps(text, ensure_ascii=False)
        if kind == "number" and not _JSON_NUMBER(text):
            raise Problem("CW509", f"is spelt '{text}', which is not a JSON number")
        return text

    return encode


def _as_text(spell: Callable[[Value], str]) -> Callable[[Value], Cell]:
    return lambda value: "" if value is MISSING or value is None else spell(value)


def _as_element(spell: Callable[[Value], str]) -> Callable[[Value], Cell]:
    return lambda value: MISSING if value is MISSING or value is None else _held(spell(value))


def _held(text: str) -> str:
    """Refuse text with characters that XML has no way to write."""
    found = _NOT_XML(text)
    if found is not None:
        character = f"U+{ord(found[0]):04X}"
        raise Problem("CW656", f"holds {character} (character {found.start() + 1}), not of XML")
    return text


def _same(exact: object, value: Value) -> Value:
    """Give the value as a host sees it: read back from its canonical text, so scale is right."""
    return exact.read(exact.write(value))  # type: ignore[attr-defined,no-any-return]
