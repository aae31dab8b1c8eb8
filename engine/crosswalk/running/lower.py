"""Lowering of values: from a term that reads one cell to one function from cell to cell.

Such a function does what the reference does for the term (read, take apart, clean, look up,
default, write) with nothing looked up per value; texts that come again are remembered in a
bounded table. Anything out of the ordinary raises, and the reference decides.
"""

import re
from collections.abc import Callable
from typing import Any

from crosswalk.language.pattern_texts import split
from crosswalk.language.patterns import Pattern
from crosswalk.model.cells import reader, writer
from crosswalk.model.controls import present
from crosswalk.model.layout import Field, Layout
from crosswalk.model.records import Cell
from crosswalk.planning import plan as p
from crosswalk.running.pieces import is_blank
from crosswalk.values.codecs import Missing, Spelling, Value

KEPT = 8192
"""How many different texts of one field are remembered."""


class Doubt(Exception):  # noqa: N818
    """The compiled form is not sure; the reference must look at the record."""


class _Refuse(list[str]):
    """A list of notes that takes none: what must be noted is the reference's to say."""

    def append(self, _: str) -> None:
        raise Doubt


REFUSE = _Refuse()


class Memo(dict[Any, Any]):
    """A function of one text that remembers its first results, at most `KEPT`."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, cell: Any) -> Any:  # noqa: ANN401
        made = self.make(cell)
        if len(self) < KEPT:
            self[cell] = made
        return made


def read_cell(field: Field, form: str) -> Callable[[Cell], Value]:
    """Give the reader of a source field that refuses instead of noting."""
    read = reader(field, form)
    return lambda cell: read(cell, REFUSE)


SMALL = "({cell}.__class__ is int and -10**15 < {again} < 10**15)"
"""The test of a number in JSON that a plain integer field takes as it is."""


def is_json_integer(field: Field, form: str) -> bool:
    """Tell whether a field is a plain number in JSON that is whole, so that `SMALL` is enough."""
    free = not (field.always or field.values or field.length)
    plain = field.codec.type == "integer" and field.codec.spelling == Spelling()
    return form in ("json", "json-lines") and field.json == "number" and free and plain


def write_value(field: Field, form: str) -> Callable[[Value], Cell]:
    """Give the writer of a target field that refuses instead of noting; a cell left out too."""
    write = writer(field, form)

    def refusing(value: Value) -> Cell:
        cell = write(value, REFUSE)
        if cell is Missing.MISSING:
            raise Doubt
        return cell

    return refusing


def single_slot(term: p.Term) -> p.Slot | None:
    """Give the only source field that a term's value depends on, if there is just one."""
    if term.when is not None or term.where is not None:
        return None
    match term.origin:
        case p.FieldValue(slot) | p.Taken(slot):
            return slot
        case _:
            return None


def value_of(term: p.Term, source: Layout) -> Callable[[Cell], Value]:
    """Give a single-slot term as a function from its cell to its value."""
    slot = single_slot(term)
    assert slot is not None
    read = read_cell(slot.field, source.file.form)
    steps = tuple(step.apply for step in term.steps)
    default = term.default
    apart = term.origin if isinstance(term.origin, p.Taken) else None

    def value(cell: Cell) -> Value:
        found = read(cell)
        if apart is not None and isinstance(found, str):
            found = split(apart.pattern, found).get(apart.part)
        for step in steps:
            if is_blank(found):
                break
            found = step(found)
        if steps and is_blank(found) and found is not Missing.MISSING:
            found = None
        return default if default is not None and not present(found) else found

    return value


def cell_of(term: p.Term, target: Field, plan: p.Plan) -> Callable[[Cell], Cell]:
    """Give a single-slot term as a function from its cell to the target's cell."""
    value = value_of(term, plan.source)
    if may_miss(term):
        writes = writer(target, plan.target.file.form)
        return lambda cell: writes(value(cell), REFUSE)
    write = write_value(target, plan.target.file.form)
    return lambda cell: write(value(cell))


def may_miss(term: p.Term) -> bool:
    """Tell whether a value is left out when its source is not there."""
    slot = single_slot(term)
    return slot is not None and slot.field.on_missing == "empty"


def text_chain(term: p.Term, target: Field) -> Callable[[str], str] | None:
    """Give a text's steps as one function, where nothing else happens to it on the way.

    Right for texts that are not blank, when what it gives is printable and not blank.
    """
    slot = single_slot(term)
    if slot is None or isinstance(term.origin, p.Taken) or not term.steps:
        return None
    source, kinds = slot.field, {slot.field.codec.type, target.codec.type}
    laws = any(one.always or one.values or one.length for one in (source, target))
    tables = any(step.name.startswith("table ") for step in term.steps)
    if laws or tables or not kinds <= {"text", "code"} or term.type not in ("text", "code"):
        return None
    first, *rest = (step.apply for step in term.steps)
    if not rest:
        return first  # type: ignore[return-value]

    def chain(text: str) -> str:
        made: Value = first(text)
        for step in rest:
            if is_blank(made):
                break
            made = step(made)
        return made  # type: ignore[return-value]

    return chain


def is_copied(term: p.Term, target: Field) -> bool:
    """Tell whether text that is not blank and passes `quick_test` goes through unchanged."""
    slot = single_slot(term)
    if slot is None or term.steps or isinstance(term.origin, p.Taken):
        return False
    source = slot.field
    plain = not (source.always or source.values or target.always or target.values)
    texts = {"text", "code"}
    kinds = {source.codec.type, target.codec.type}
    if kinds <= texts:
        return plain and source.json == target.json == "text"
    return (
        plain
        and source.codec.type == target.codec.type
        and source.codec.spelling == target.codec.spelling
        and source.codec.fast is not None
        and source.json == "text"
        and (target.json == "text" or _is_json_number(target))
    )


def _is_json_number(field: Field) -> bool:
    """Tell whether a number's quick spelling is a JSON number as it stands."""
    spelling = field.codec.spelling
    return field.json == "number" and spelling == Spelling(decimals=spelling.decimals)


def quick_test(term: p.Term, target: Field) -> tuple[str | None, int | None]:
    """Give what a copied text must meet: a pattern (None for texts) and a most length."""
    slot = single_slot(term)
    assert slot is not None
    lengths = [one.length for one in (slot.field, target) if one.length is not None]
    kinds = (slot.field.codec, target.codec)
    coded = next((codec for codec in kinds if codec.type == "code"), None)
    fast = None if kinds[0].type == kinds[1].type == "text" else (coded or kinds[0]).fast
    return fast, min(lengths, default=None)


def finish(term: p.Term) -> Callable[[Any], Any]:
    """Give what happens to a term's value after it was found: steps, then the default."""
    steps, default = tuple(step.apply for step in term.steps), term.default

    def finished(value: Any) -> Any:  # noqa: ANN401
        for step in steps:
            if is_blank(value):
                break
            value = step(value)
        if steps and is_blank(value) and value is not Missing.MISSING:
            value = None
        return default if default is not None and not present(value) else value

    return finished


def taken_apart(
    slot: p.Slot, pattern: Pattern, source: Layout
) -> tuple[Callable[[str], Any] | None, Callable[[Cell], tuple[Value, ...]]]:
    """Give how a cell is taken apart by a pattern: the quick match, and the exact function.

    The quick one, where there is one, matches only texts that fit the pattern in one way; its
    groups are the parts. The exact one gives the parts' values in their order.
    """
    read, names = read_cell(slot.field, source.file.form), pattern.names
    nothing = (None,) * len(names)

    def parts(cell: Cell) -> tuple[Value, ...]:
        found = read(cell)
        if not isinstance(found, str):
            return nothing
        taken = split(pattern, found)
        return tuple(map(taken.get, names))

    plain = not (slot.field.always or slot.field.values or slot.field.length)
    return (_strict(pattern) if plain else None), parts


_CLASSES = {"letters": "A-Za-z", "digits": "0-9", "alphanumeric": "0-9A-Za-z"}


def _strict(pattern: Pattern) -> Callable[[str], Any] | None:
    """Match ASCII texts in which the first character of every separator stands only there.

    Then each separator has one place, one after another, and the text fits in no other way. A
    part shuts out the first characters of its own and all earlier separators.
    """
    inner = pattern.literals[1:-1]
    marks = [literal[:1] for literal in inner]
    if (
        pattern.variants
        or not all(marks)
        or any(mark in later for i, mark in enumerate(marks) for later in inner[i + 1 :])
    ):
        return None
    if any(mark in pattern.literals[-1] for mark in marks) or any(
        part.count for part in pattern.parts
    ):
        return None
    pieces = [re.escape(pattern.literals[0])]
    for number, (part, literal) in enumerate(zip(pattern.parts, pattern.literals[1:], strict=True)):
        shut = "".join(dict.fromkeys([*marks[:number], *marks[number : number + 1]]))
        if part.kind == "text":
            body = f"[^{re.escape(shut)}\\x00-\\x1f\\x7f-\\U0010ffff]"
        elif part.kind in _CLASSES:
            body = f"[{_CLASSES[part.kind]}]"
            if any(re.match(body, mark) for mark in shut):
                return None
        else:
            return None
        edge = r"(?=\S)" if number == 0 else ""
        pieces.append(f"{edge}({body}+){re.escape(literal)}")
    return re.compile("".join(pieces)).fullmatch
