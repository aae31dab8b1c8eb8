"""A sample of JSON: lists of objects become records, other objects are seen through by paths."""

import json
import re

from crosswalk.importing.grid import Refused
from crosswalk.importing.readings import Reading, reading_of
from crosswalk.importing.sample_fields import Column, Proposed, Shape
from crosswalk.importing.sample_text import Sample
from crosswalk.importing.sample_tree import Found, Path, every, record_names, structure_of
from crosswalk.importing.yaml_lines import text as quoted

_PLAIN_STEP = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_AMOUNT = re.compile(
    r"amount|total|balance|price|fee|net|gross|paid|charge|tax|cost", re.IGNORECASE
)
_MOMENT = re.compile(r"date|time|created|updated|paid|_at$|_on$", re.IGNORECASE)
_EPOCH = re.compile(r"\d{10}|\d{13}")
_CENTS = re.compile(r"-?\d+\.\d\d")


class _Number(str):
    """The text of a JSON number, as it stands."""

    __slots__ = ()


def parse(text: str) -> tuple[object, bool] | None:
    """Give the document, or the list of the lines' objects (and True); None: it is no JSON."""
    start = text.lstrip()[:1]
    if start not in ("{", "["):
        return None
    try:
        return _load(text), False
    except ValueError:
        pass
    try:
        values = [_load(one) for one in text.splitlines() if one.strip()]
    except ValueError:
        return None
    return (values, True) if all(isinstance(one, dict) for one in values) else None


def _load(text: str) -> object:
    return json.loads(text, parse_float=_Number, parse_int=_Number)


def propose_json(sample: Sample, value: object, *, by_line: bool) -> Shape:
    """Propose a layout for a document, or for lines of objects. Raises Refused without any."""
    if by_line or (isinstance(value, list) and all(isinstance(one, dict) for one in value)):
        row = Found("row", ())
        for one in value if isinstance(value, list) else []:
            _take(one, (), row)
        tops, left = [(row, True)], list[str]()
    else:
        tops, left = _tops(value)
    if not tops or not any(one.values or one.below for one, _ in tops):
        raise Refused("the JSON holds no list of objects, so no records are seen in it")
    names = record_names(one for one, _ in tops)
    structure = ", ".join(structure_of(one, names, "*" if many else "?") for one, many in tops)
    records = [
        Proposed(names[id(one)], _columns(one), _path(one))
        for one in every(one for one, _ in tops)
        if one.values or one.path[-1:] != (names[id(one)],) or len(one.path) > 1
    ]
    file = {"form": "json-lines" if by_line else "json", **sample.keys}
    file.pop("newline", None)
    shape = Shape(file, structure, records, list(sample.doubts))
    if left:
        file["extra_columns"] = "ignore"
        shape.doubts.append(f"left out, because they stand outside of all lists: {', '.join(left)}")
    shape.told.append(f"{len(records)} records: lists of objects, told by their path")
    return shape


def _tops(value: object) -> tuple[list[tuple[Found, bool]], list[str]]:
    """Find the outermost lists of a document, and the objects beside them that hold no list."""
    root = Found("", ())
    _take(value, (), root)
    tops = [(one, True) for one in root.below.values()]
    left: list[str] = []
    beside: dict[Path, Found] = {}
    for path, values in root.values.items():
        parent = path[:-1]
        if not parent or any(one.path[: len(parent)] == parent for one, _ in tops):
            left.append(".".join(path))
            continue
        once = beside.setdefault(parent[: _deep(parent, tops)], Found("", ()))
        once.path = parent[: _deep(parent, tops)]
        once.name = once.path[-1]
        once.values[path[len(once.path) :]] = values
    return [*((one, False) for one in beside.values()), *tops], left


def _deep(path: Path, tops: list[tuple[Found, bool]]) -> int:
    """Give how many steps lead to the outermost object that holds no list."""
    for steps in range(1, len(path) + 1):
        if not any(one.path[:steps] == path[:steps] for one, _ in tops):
            return steps
    return len(path)


def _take(value: object, path: Path, into: Found) -> None:
    """Collect the values and lists of an object."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _take(inner, (*path, key), into)
    elif isinstance(value, list):
        below = into.below.get(path)
        if below is None:
            below = into.below[path] = Found(path[-1] if path else "row", path)
        for one in value:
            _take(one, (), below)
    else:
        into.values.setdefault(path, []).append(value)


def _path(one: Found) -> str | None:
    return _dotted(one.path) if one.path else None


def _dotted(path: Path) -> str:
    return ".".join(one if _PLAIN_STEP.fullmatch(one) else f'"{one}"' for one in path)


def _columns(one: Found) -> list[Column]:
    lasts = [path[-1] if path else "Value" for path in one.values]
    if not one.values:
        doubt = "the objects hold nothing but lists: name a value of theirs"
        return [Column("Nothing", [], Reading(), doubts=[doubt])]
    made = []
    # An object that is null in one place and has keys in another is seen through by its keys.
    deeper = [*one.values, *((*path, "") for path in one.below)]
    inner = {path[:steps] for path in deeper for steps in range(1, len(path))}
    for path, values in one.values.items():
        if path in inner:
            continue
        last = path[-1] if path else "Value"
        name = last if lasts.count(last) == 1 else " ".join(path)
        column = Column(name, [], _reading(last, values))
        if path != (name,):
            column.last["path"] = quoted(_dotted(path)) if path else '"."'
        column.last |= _kind(values, column.reading or Reading())
        if any('"' in step or "\\" in step for step in path):
            column.doubts.append("a key with a quotation mark cannot be named by a path")
        made.append(column)
    return made


def _reading(name: str, values: list[object]) -> Reading:
    given = [one for one in values if one is not None]
    if not given:
        return Reading(doubt="there is no value in the sample")
    if all(isinstance(one, bool) for one in given):
        return Reading("boolean")
    if all(isinstance(one, _Number) for one in given):
        return _number(name, [str(one) for one in given])
    if all(isinstance(one, str) and not isinstance(one, _Number) for one in given):
        return reading_of(name, [str(one) for one in given])
    return Reading(doubt="values of several kinds: text, numbers, booleans")


def _number(name: str, values: list[str]) -> Reading:
    if any("e" in one.casefold() for one in values):
        return Reading("decimal", doubt="numbers with an exponent are not read")
    if all(map(_CENTS.fullmatch, values)):
        return Reading("money")
    if any("." in one for one in values):
        return Reading("decimal")
    if _MOMENT.search(name) and all(map(_EPOCH.fullmatch, values)):
        unit = "epoch" if len(values[0]) == _SECONDS else "epoch-millis"
        return Reading("integer", doubt=f"a moment (datetime, format: {unit}), or a number?")
    if _AMOUNT.search(name):
        return Reading(
            "integer", doubt="an amount in whole units (money) or cents (point: implied)?"
        )
    return Reading("integer")


_SECONDS = 10


def _kind(values: list[object], made: Reading) -> dict[str, str]:
    """Give the key `json` where the type's own kind of scalar is not what stands there."""
    numbers = any(isinstance(one, _Number) for one in values)
    own = {"integer": "number", "boolean": "boolean"}.get(made.type, "text")
    kind = "number" if numbers else "boolean" if own == "boolean" and made.keys == {} else "text"
    return {} if kind == own else {"json": kind}
