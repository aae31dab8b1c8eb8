"""From a JSON object to an occurrence of a branch: which key is which field or child branch."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crosswalk.findings.errors import FormatProblem
from crosswalk.findings.suggest import closest
from crosswalk.model.layout import Branch
from crosswalk.model.records import Cell, Instance
from crosswalk.values.codecs import Missing

LONGEST_PATH = 256

ITSELF = "."
"""The path of a field that is the whole occurrence: a plain value in a list."""

_STEP = r'(?:[A-Za-z_][A-Za-z0-9_]*|"[^"\\]+")'
_PLAIN = re.compile(rf"{_STEP}(?:\.{_STEP})*")
_STEPS = re.compile(_STEP)


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
class Child:
    """A key that holds the occurrences of the branch at this index of its parent's children."""

    index: int
    shape: "Shape"


Keys = dict[str, "int | Child | Keys"]
"""What stands under each key: a field (its position), a child branch, or a nested object."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The object of one branch. `loose`: unknown keys are passed over.

    `bare`: an occurrence is no object but the one value of its record (a list of plain values).
    """

    branch: Branch
    keys: Keys
    children: tuple["Shape", ...]
    loose: bool
    bare: bool = False

    def read(self, value: object, line: int, parent: Instance | None = None) -> Instance:
        """Make the occurrence that an object describes; raises ShapeError CW644 or CW645."""
        record = self.branch.record
        cells: list[Cell] | None = None
        if record is not None:
            cells = [Missing.MISSING] * len(record.fields)
        made = Instance(self.branch, line, cells, [[] for _ in self.children], None, parent)
        if self.bare:
            self._set(made, 0, value)
            return made
        self._take(_object(value, self.branch.name), self.keys, made)
        if self.children and not all(made.children):
            self._refuse_lack(made)
        return made

    def _refuse_lack(self, made: Instance) -> None:
        for shape, found in zip(self.children, made.children, strict=True):
            if shape.branch.least and not found:
                raise ShapeError("CW645", f"{self.branch.name} lacks '{shape.branch.name}'")

    def _take(self, value: dict[str, object], keys: Keys, made: Instance) -> None:
        cells: list[Any] = made.cells or []
        get = keys.get
        for key, inner in value.items():
            place = get(key)
            if place.__class__ is int and inner.__class__ not in _NESTED:
                cells[place] = inner
            elif isinstance(place, Child):
                self._add(made, place, key, inner)
            elif isinstance(place, int):
                self._set(made, place, inner)
            elif place is not None:
                self._nested(inner, place, key, made)
            elif not self.loose:
                raise ShapeError("CW644", unknown_key(key, keys, self.branch.name))

    def _set(self, made: Instance, position: int, value: object) -> None:
        if isinstance(value, (dict, list)):
            field = self._field(position)
            raise ShapeError("CW645", "an object or list stands where a value belongs", field)
        assert made.cells is not None
        made.cells[position] = value  # type: ignore[call-overload]

    def _field(self, position: int) -> str:
        assert self.branch.record is not None
        return self.branch.record.fields[position].key

    def _nested(self, value: object, keys: Keys, key: str, made: Instance) -> None:
        """Read a nested object; null in its place makes all its fields null."""
        if value is None:
            for place in keys.values():
                if isinstance(place, int):
                    self._set(made, place, None)
                elif isinstance(place, dict):
                    self._nested(None, place, key, made)
            return
        self._take(_object(value, key), keys, made)

    def _add(self, made: Instance, child: Child, key: str, value: object) -> None:
        found = made.children[child.index]
        for item in items_of(value, child.shape.branch, key):
            found.append(child.shape.read(item, made.line, made))


def _object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ShapeError("CW645", f"'{name}' must be an object")
    return value


def items_of(value: object, branch: Branch, key: str) -> list[object]:
    """Give the occurrences under a key: of a list, of one object, none for null."""
    if value is None:
        return []
    if branch.most is None:
        if not isinstance(value, list):
            raise ShapeError("CW645", f"'{key}' must be a list")
        return value
    return [value]


def unknown_key(key: str, known: Iterable[str], name: str) -> str:
    """Say that a key is unknown, and which one it was probably meant to be."""
    near = closest(key, known)
    hint = f"; did you mean '{near}'?" if near else ""
    if key == name:
        hint = "; the object is the record itself, without its name around it"
    return f"'{key[:80]}' is not a key of {name}{hint}"


def plain_path(text: str) -> tuple[str, ...] | None:
    """Give the steps of a dotted path of identifiers or quoted names; None for any other path."""
    if len(text) > LONGEST_PATH or not _PLAIN.fullmatch(text):
        return None
    return tuple(step.strip('"') for step in _STEPS.findall(text))


def steps_of(path: str | None, name: str) -> tuple[str, ...]:
    """Give the steps to a field or branch: its path, else its name. Raises FormatProblem CW647."""
    if path is None:
        return (name,)
    steps = plain_path(path)
    if steps is None:
        raise FormatProblem(
            "CW647",
            f"path '{path[:80]}' of '{name}' is not plain",
            help="write names with dots between them, other names in double quotes",
        )
    return steps


def insert(keys: Keys, steps: tuple[str, ...], place: int | Child) -> None:
    """Put a field or child branch under its path. Raises FormatProblem CW647 if taken."""
    for step in steps[:-1]:
        inner = keys.setdefault(step, {})
        if not isinstance(inner, dict):
            raise _taken(steps)
        keys = inner
    if steps[-1] in keys:
        raise _taken(steps)
    keys[steps[-1]] = place


def _taken(steps: tuple[str, ...]) -> FormatProblem:
    return FormatProblem("CW647", f"two fields or branches stand at path '{'.'.join(steps)}'")


def shape_of(branch: Branch, *, loose: bool) -> Shape:
    """Build the shape of a branch and of all below it. Raises FormatProblem CW647."""
    children = tuple(shape_of(child, loose=loose) for child in branch.children)
    keys: Keys = {}
    fields = branch.record.fields if branch.record is not None else ()
    if any(field.path == ITSELF for field in fields):
        if len(fields) > 1 or children:
            message = f"path '{ITSELF}' of '{branch.name}' is the value itself"
            raise FormatProblem("CW647", message, help="give the record this one field only")
        return Shape(branch, {}, (), loose, bare=True)
    for field in fields:
        insert(keys, steps_of(field.path, field.name), field.position)
    for index, shape in enumerate(children):
        insert(keys, child_steps(shape.branch), Child(index, shape))
    return Shape(branch, keys, children, loose)


def root_keys(shapes: Iterable[Shape]) -> Keys:
    """Build what stands under the keys of a document. Raises FormatProblem CW647."""
    keys: Keys = {}
    for index, shape in enumerate(shapes):
        insert(keys, child_steps(shape.branch), Child(index, shape))
    return keys


def child_steps(branch: Branch) -> tuple[str, ...]:
    """Give the steps from an object to the occurrences of a branch inside it."""
    return steps_of(branch.record.path if branch.record is not None else None, branch.name)
