"""From JSON to occurrences of a layout's branches, by the places of the layout."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crosswalk.findings.errors import FormatProblem
from crosswalk.findings.suggest import closest
from crosswalk.formats.jsonpath import BadPathError, From, Step, Which, parse
from crosswalk.formats.jsonplaces import Fixed, Home, Keyed, Listed, Place, Places, inside, places
from crosswalk.model.layout import Branch, Layout
from crosswalk.model.records import Cell, Instance
from crosswalk.values.codecs import Missing

ITSELF = "."
"""The path of a field that is the whole occurrence: a plain value in a list."""

ROOT, LINE = "the document", "the line"
"""What the outermost value of a document, or of a line, is called."""

_NESTED = (dict, list)


class ShapeError(Exception):
    """JSON that is not what the layout says; costs one top-level occurrence.

    `reason` is plain English without values; `field` is the key of the field to blame, if any.
    """

    def __init__(self, code: str, reason: str, field: str | None = None) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
        self.field = field


@dataclass(frozen=True, slots=True)
class Shape:
    """Reads the occurrences of a branch. `loose`: what the layout does not know is passed over."""

    home: Home
    loose: bool
    name: str
    below: dict[Home, "Shape"]

    def read(
        self, value: object, line: int, parent: Instance | None = None, key: str | None = None
    ) -> Instance:
        """Make the occurrence that a value describes; `key` is what it stands under.

        Raises ShapeError CW644 or CW645.
        """
        home = self.home
        branch = home.branch
        record = branch.record
        cells: list[Cell] | None = None
        if record is not None:
            cells = [Missing.MISSING] * len(record.fields)
            if home.key is not None:
                cells[home.key] = key
        made = Instance(branch, line, cells, [[] for _ in branch.children], None, parent)
        place = home.place
        if place.__class__ is dict:
            self._take(_object(value, self.name), place, made)
        else:
            self._put(value, place, made, self.name)
        for child, found in zip(branch.children, made.children, strict=True):
            if child.least and not found:
                raise ShapeError("CW645", f"{branch.name} lacks '{child.name}'")
        return made

    def _take(self, value: dict[str, object], keys: dict[str, Place], made: Instance) -> None:
        cells: list[Any] = made.cells or []
        get = keys.get
        for key, inner in value.items():
            place = get(key)
            if place.__class__ is int and inner.__class__ not in _NESTED:
                cells[place] = inner
            elif place is not None:
                self._put(inner, place, made, key)
            elif not self.loose:
                raise ShapeError("CW644", unknown_key(key, keys, self.name))

    def _put(self, value: object, place: Place, made: Instance, name: str) -> None:
        """Read a value as what stands in its place; null makes all fields inside it null."""
        if isinstance(place, int):
            self._set(made, place, value)
        elif isinstance(place, Home):
            if value is not None or place.repeats:
                self.add(made, place, value, None)
        elif value is None:
            self._absent(place, made)
        elif isinstance(place, dict):
            self._take(_object(value, name), place, made)
        elif isinstance(place, Listed):
            self._items(_list(value, name, place), place, made, name)
        elif isinstance(place, Keyed):
            self._under(_object(value, name), place.every, made)

    def _under(self, value: dict[str, object], place: Place, made: Instance) -> None:
        """Read what stands under each key of an object."""
        for key, inner in value.items():
            if isinstance(place, Home):
                self.add(made, place, inner, key)
            else:
                self._put(inner, place, made, key)

    def _items(self, value: list[object], listed: Listed, made: Instance, name: str) -> None:
        """Read the items of a list."""
        single = listed.at or listed.which or listed.start
        if not single and isinstance(listed.every, Home):
            self.add_all(made, listed.every, value)
            return
        met: set[Which] = set()
        for number, item in enumerate(value):
            place = listed.at.get(number) if single else listed.every
            if place is None:
                place = self._chosen(item, listed, met, name)
            if place is None and number >= listed.start:
                place = listed.every
            if place is not None:
                self._put(item, place, made, name)
            elif not self.loose:
                raise ShapeError("CW644", _unfit(listed, name, number))

    def _chosen(self, item: object, listed: Listed, met: set[Which], name: str) -> Place:
        """Give the place of an item by the first condition that holds."""
        for which, place in listed.which.items():
            if all(test.holds(item) for test in which.tests):
                if which in met and not repeated(place):
                    reason = f"'{name[:80]}{which}' stands twice"
                    raise ShapeError("CW645", f"{reason}; make it a record that repeats")
                met.add(which)
                return place
        return None

    def _set(self, made: Instance, position: int, value: object) -> None:
        if isinstance(value, (dict, list)):
            assert self.home.branch.record is not None
            field = self.home.branch.record.fields[position].key
            raise ShapeError("CW645", "an object or list stands where a value belongs", field)
        assert made.cells is not None
        made.cells[position] = value  # type: ignore[call-overload]

    def _absent(self, place: Place, made: Instance) -> None:
        for one in inside(place):
            if isinstance(one, int):
                self._set(made, one, None)
            else:
                self._absent(one, made)

    def add_all(self, made: Instance, home: Home, values: list[Any]) -> None:
        """Take the occurrences of a branch below."""
        read, line = self.below[home].read, made.line
        made.children[home.index] += [read(value, line, made) for value in values]

    def add(self, made: Instance, home: Home, value: object, key: str | None) -> None:
        """Take an occurrence of a branch below."""
        shape = self.below[home]
        made.children[home.index].append(shape.read(value, made.line, made, key))


@dataclass(frozen=True, slots=True)
class Root(Shape):
    """Finds the occurrences of the top-level branches, without a look inside them."""

    def find(self, value: object) -> list[list[tuple[object, str | None]]]:
        """Give the values of each branch's occurrences, with the keys they stand under.

        Raises ShapeError CW644 or CW645 for what stands around them.
        """
        made = Instance(self.home.branch, 0, None, [[] for _ in self.home.children])
        self._put(value, self.home.place, made, self.name)
        return made.children  # type: ignore[return-value]

    def add_all(self, made: Instance, home: Home, values: list[Any]) -> None:
        """Keep occurrences as they are."""
        for value in values:
            self.add(made, home, value, None)

    def add(self, made: Instance, home: Home, value: object, key: str | None) -> None:
        """Keep an occurrence as it is."""
        made.children[home.index].append((value, key))  # type: ignore[arg-type]


def repeated(place: Place) -> bool:
    """Tell whether something that may stand more than once is all that stands in a place."""
    if isinstance(place, dict):
        return all(repeated(one) or isinstance(one, Fixed) for one in place.values())
    return isinstance(place, Home) and place.repeats


def _object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        said = name if name in (ROOT, LINE) else f"'{name}'"
        raise ShapeError("CW645", f"{said} must be an object")
    return value


def _list(value: object, name: str, listed: Listed) -> list[object]:
    if listed.bare and not isinstance(value, list):
        return [value]
    if not isinstance(value, list):
        raise ShapeError("CW645", f"'{name}' must be a list")
    return value


def _unfit(listed: Listed, name: str, number: int) -> str:
    """Say that an item of a list is not in the layout."""
    where = LINE if name == LINE else f"'{name[:80]}[{number}]'"
    return (
        f"no condition of the layout fits {where}"
        if listed.which
        else f"{where} is not in the layout"
    )


def unknown_key(key: str, known: Iterable[str], name: str) -> str:
    """Say that a key is unknown, and which one it was probably meant to be."""
    near = closest(key, known)
    hint = f"; did you mean '{near}'?" if near else ""
    if key == name:
        hint = "; the object is the record itself, without its name around it"
    return f"'{key[:80]}' is not a key of {name}{hint}"


def checked(layout: Layout) -> Places:
    """Find the places of a layout. Raises FormatProblem CW647 when they cannot be used."""
    found = places(layout)
    if found.findings:
        first = found.findings[0]
        raise FormatProblem("CW647", first.message, help=first.help)
    return found


def shapes(found: Places, *, loose: bool) -> list[Shape]:
    """Build the readers of the top-level branches."""
    return [_shape(home, loose=loose) for home in found.root.children]


def _shape(home: Home, *, loose: bool) -> Shape:
    below = {child: _shape(child, loose=loose) for child in home.children}
    return Shape(home, loose, home.branch.name, below)


# ------------------------------------------------------------------ paths that are keys only


def plain_path(text: str) -> tuple[str, ...] | None:
    """Give the steps of a path that is keys with dots between them; None for any other path."""
    try:
        steps = parse(text)
    except BadPathError:
        return None
    keys = tuple(step for step in steps if isinstance(step, str))
    return keys if len(keys) == len(steps) > 0 else None


def steps_of(path: str | None, name: str) -> tuple[str, ...]:
    """Give the keys to a field or branch: its path, else its name. Raises FormatProblem CW647."""
    if path is None:
        return (name,)
    steps = plain_path(path)
    if steps is None:
        message = f"path '{path[:80]}' of '{name}' is not plain"
        raise FormatProblem("CW647", message, help="write keys with dots between them")
    return steps


def child_steps(branch: Branch) -> tuple[str, ...]:
    """Give the keys from an object to the occurrences of a branch inside it."""
    return steps_of(branch.record.path if branch.record is not None else None, branch.name)


def missing(value: object, steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], list[str]] | None:
    """Give the keys up to the first that is not in a document, and those that are beside it.

    None where all keys up to a list are there, or nothing is.
    """
    for at, step in enumerate(steps):
        if not isinstance(step, str) or not isinstance(value, dict) or not value:
            return None
        if step not in value:
            return steps[: at + 1], list(value)
        value = value[step]
    return None


def whole_list(home: Home) -> bool:
    """Tell whether a branch stands under its own name, or is the whole list."""
    record = home.branch.record
    return record is None or record.path is None or home.steps == (From(0),)
