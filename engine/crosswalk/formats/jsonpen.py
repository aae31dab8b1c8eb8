"""Single values of a JSON layout as functions from an occurrence to text."""

from collections.abc import Callable, Iterator
from json import dumps

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.jsonpath import Step, Which, spelled
from crosswalk.formats.jsonplaces import Fixed, Home, Keyed, Listed, Place, around, inside
from crosswalk.formats.jsonshape import repeated
from crosswalk.model.records import Cell, Instance, Issue, Rejected
from crosswalk.values.codecs import Missing

Write = Callable[[Instance], str]
"""From an occurrence to the text of a value; nothing where there is none."""

Below = Callable[[Home], Write]
"""From a branch that stands in a value to how it is written there."""


def key_text(name: str) -> str:
    """Give a key with its colon."""
    return dumps(name, ensure_ascii=False) + ":"


def occurrence(home: Home) -> Write:
    """Build the writer of a branch's occurrences; it always gives a value."""
    place = home.place
    if isinstance(place, int):
        value = _field(place)
        return lambda instance: value(instance) or "null"
    if isinstance(place, dict):
        return _flat(place) or _object(place, _child, always=True)
    return _value(place, _child, always=True)


def wrapped(home: Home, steps: tuple[Step, ...]) -> Write:
    """Build the writer of occurrences with what a path puts around each: `[type='x'].data`."""
    if not steps or (len(steps) == 1 and isinstance(steps[0], Which)):
        return occurrence(home)
    place = around(home, steps)
    if isinstance(place, Listed):
        (place,) = place.which.values()
    return _value(place, occurrence, always=True)


def head_of(write: Write) -> Write:
    """Build the writer of an object's members only, without the braces around them."""
    return lambda instance: write(instance)[1:-1]


def key_of(home: Home) -> Write:
    """Build the writer of the key that an occurrence stands under, with its colon."""
    position = home.key
    if position is None:
        message = f"the keys of '{home.branch.name}' are no field, so they cannot be written"
        raise FormatProblem("CW647", message, help="give the record a field with json: key")
    return lambda instance: f"{(instance.cells or [])[position]}:"


def _flat(keys: dict[str, Place]) -> Write | None:
    """Build the quick writer of an object that is all the fields of a record, in their order."""
    if list(keys.values()) != list(range(len(keys))):
        return None
    prefixes = [key_text(name) for name in keys]

    def write(instance: Instance) -> str:
        cells: list[Cell] = instance.cells or []
        pairs = zip(prefixes, cells, strict=True)
        parts = [key + cell for key, cell in pairs if cell is not Missing.MISSING]  # type: ignore[operator]
        return "{" + ",".join(parts) + "}"

    return write


def _value(place: Place, below: Below, *, always: bool = False) -> Write:
    """Build the writer of what stands in a place."""
    if isinstance(place, int):
        return _field(place)
    if isinstance(place, Home):
        return below(place)
    if isinstance(place, dict):
        return _object(place, below, always=always)
    if isinstance(place, Listed):
        return _list(place, below, always=always)
    return _keyed(place) if isinstance(place, Keyed) else lambda _: ""


def _field(position: int) -> Write:
    def write(instance: Instance) -> str:
        cell = instance.cells[position] if instance.cells is not None else None
        return cell if isinstance(cell, str) else ""

    return write


def _child(home: Home) -> Write:
    """Build the writer of a branch that stands once."""
    write_one, index = occurrence(home), home.index
    return lambda instance: "".join([write_one(one) for one in instance.children[index]])


def _object(keys: dict[str, Place], below: Below, *, always: bool) -> Write:
    """Build the writer of an object; what conditions say stands in it does not keep it."""
    parts = [
        (key_text(name), _value(place, below), _fixed(place))
        for name, place in keys.items()
        if not (isinstance(place, Fixed) and place.beside)
    ]

    def write(instance: Instance) -> str:
        texts = [one(instance) for _, one, _ in parts]
        if not always and not any(texts):
            return ""
        pairs = zip(parts, texts, strict=True)
        found = [key + (text or known) for (key, _, known), text in pairs if text or known]
        return "{" + ",".join(found) + "}"

    return write


def _fixed(place: Place) -> str:
    """Give the text of what conditions say about a place; nothing where they do not."""
    if isinstance(place, Fixed):
        return "" if place.beside else _literal(place.value)
    if not isinstance(place, dict):
        return ""
    inner = [key_text(name) + text for name, one in place.items() if (text := _fixed(one))]
    return f"{{{','.join(inner)}}}" if inner else ""


def _literal(value: object) -> str:
    if isinstance(value, str | bool):
        return dumps(value, ensure_ascii=False)
    return str(value)


def _list(listed: Listed, below: Below, *, always: bool) -> Write:
    """Build the writer of a list: its single places, then items by condition, then the others."""
    _refuse_gaps(listed)
    at = [_value(listed.at[place], below) for place in range(len(listed.at))]
    rest = [_items(place, below) for place in listed.which.values()]
    if listed.every is not None:
        rest.append(_items(listed.every, below))
    kept = always or any(repeated(place) for place in (*listed.which.values(), listed.every))

    def write(instance: Instance) -> str:
        first = [one(instance) for one in at]
        others = [text for one in rest for text in one(instance)]
        if not (kept or others or any(first)):
            return ""
        return "[" + ",".join([*(text or "null" for text in first), *others]) + "]"

    return write


def _refuse_gaps(listed: Listed) -> None:
    """Refuse to write a list of which the layout does not know all places."""
    count = len(listed.at)
    missing = next((place for place in range(count) if place not in listed.at), None)
    if listed.every is not None and listed.start != count:
        missing = count
    if missing is not None:
        message = f"place [{missing}] of a list is no field, so the list cannot be written"
        raise FormatProblem("CW647", message, help="such a layout can only be read")


def refuse_all_gaps(place: Place) -> None:
    """Refuse gaps in the lists around the records of a document."""
    for one in _walk(place):
        if isinstance(one, Listed):
            _refuse_gaps(one)


def _items(place: Place, below: Below) -> Callable[[Instance], list[str]]:
    """Build the writer of items: of one that fields stand in, or of all records of a branch."""
    homes = [one for one in _walk(place) if isinstance(one, Home) and one.repeats]
    if not homes:
        write = _value(place, below)
        return lambda instance: [text] if (text := write(instance)) else []
    home = homes[0]
    if len(homes) > 1 or not repeated(place):
        message = f"path '{spelled(home.steps)}' leads through a list that holds something else"
        raise FormatProblem("CW647", message, help="such a layout can only be read")
    one, index = _value(place, occurrence, always=True), home.index
    return lambda instance: [one(inner) for inner in instance.children[index]]


def _walk(place: Place) -> Iterator[Place]:
    yield place
    for one in inside(place):
        yield from _walk(one)


def _keyed(keyed: Keyed) -> Write:
    """Build the writer of records under the keys of an object."""
    home = keyed.every
    if not isinstance(home, Home):
        message = "a path goes on behind *, so its records cannot be written"
        raise FormatProblem("CW647", message, help="such a layout can only be read")
    key, one, index = key_of(home), occurrence(home), home.index

    def write(instance: Instance) -> str:
        met: set[str] = set()
        texts = []
        for inner in instance.children[index]:
            name = unmet(key(inner), met, home)
            texts.append(name + one(inner))
        return "{" + ",".join(texts) + "}"

    return write


def unmet(key: str, met: set[str], home: Home) -> str:
    """Give a key that was not met before. Raises Rejected CW641 for one that was."""
    if key in met:
        name = home.branch.name
        reason = f"a second {name} has the key of an earlier one; an object holds a key once"
        raise Rejected(Issue("CW641", reason, 0, 0, name))
    met.add(key)
    return key
