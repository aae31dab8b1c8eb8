"""Where the records and fields of a JSON layout stand: one tree of places for both directions.

The check, the reader and the writer are made from this tree, so that they cannot disagree.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.formats.jsonpath import (
    MANY,
    At,
    BadPathError,
    Every,
    From,
    Step,
    Where,
    Which,
    parse,
    spelled,
)
from crosswalk.model.layout import NOWHERE, Branch, Field, Layout

KEY = "key"
"""The word under `json` for a field that is the key its record stands under."""


@dataclass(slots=True, eq=False)
class Home:
    """A branch, and what its occurrences hold.

    `index` is its place among the children of the branch around it, `place` what stands in its
    value, `key` the field (its position) that is the key it stands under. `steps` lead to it.
    """

    branch: Branch
    index: int
    steps: tuple[Step, ...] = ()
    place: "Place" = None
    key: int | None = None
    children: list["Home"] = field(default_factory=list)

    @property
    def repeats(self) -> bool:
        """Whether it may stand more than once."""
        return self.branch.most is None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that a condition says; `beside` the key of a record that stands in the same object.

    Neither is read: the one is known, the other read as what it is.
    """

    value: object = None
    beside: bool = False


@dataclass(slots=True, eq=False)
class Listed:
    """A list: what stands at single places, in items by a condition, and in all from a place on.

    `bare`: one item may stand without the list.
    """

    at: dict[int, "Place"] = field(default_factory=dict)
    which: dict[Which, "Place"] = field(default_factory=dict)
    start: int = 0
    every: "Place" = None
    bare: bool = False


@dataclass(slots=True, eq=False)
class Keyed:
    """An object with data for keys: what stands under each of them."""

    every: "Place" = None


Place = int | Home | Fixed | Listed | Keyed | dict[str, "Place"] | None
"""What stands somewhere: a field (its position), a branch, an object, a list; None: nothing yet."""


_Kind = TypeVar("_Kind", dict[str, Any], Listed, Keyed)


@dataclass(slots=True)
class Places:
    """The places of a layout, and what is wrong with its paths.

    `root` stands for the whole text (of a document, or of the lines as a list); `itself` are the
    records that are the document itself. `wrapped`: each line names its branch.
    """

    root: Home
    itself: list[Home] = field(default_factory=list)
    wrapped: bool = False
    findings: list[Diagnostic] = field(default_factory=list)


class _WrongError(Exception):
    """A path that cannot stand as it is: a code, a message, and what to do."""

    def __init__(self, code: str, message: str, help_: str) -> None:
        super().__init__(message)
        self.code, self.message, self.help = code, message, help_


def places(layout: Layout) -> Places:
    """Find the places of a layout; they are whole only when there are no findings."""
    found = Places(Home(layout.root, 0))
    lines = layout.file.form != "json"
    tops = layout.root.children
    found.wrapped = lines and all(one.record is None or one.record.path is None for one in tops)
    for index, branch in enumerate(tops):
        home = _home(branch, index, found)
        found.root.children.append(home)
        with _telling(found, branch):
            if lines and branch.record is not None and branch.record.bare:
                raise _WrongError("CW438", f"record '{branch.name}' is a line", "remove bare")
            if lines and not found.wrapped:
                _of_lines(home)
            if home.steps and not found.wrapped:
                found.root.place = _put(found.root.place, home.steps, home, home.steps)
            elif not home.steps:
                found.itself.append(home)
    for home in found.itself if not found.findings else ():
        with _telling(found, home.branch):
            found.root.place = _beside(found.root.place, home.place)
            home.place = _beside(home.place, found.root.place)
    return found


@contextmanager
def _telling(found: Places, about: Branch | Field) -> Iterator[None]:
    """Keep what is wrong with a path as a finding at its record or field."""
    try:
        yield
    except _WrongError as wrong:
        one = about.record if isinstance(about, Branch) else about
        span = one.span if one is not None else NOWHERE
        found.findings.append(Diagnostic(wrong.code, wrong.message, span, help=wrong.help))


def _home(branch: Branch, index: int, found: Places) -> Home:
    """Find the places in the value of a branch, and those of the branches below it."""
    home = Home(branch, index)
    with _telling(found, branch):
        home.steps = _record_steps(branch)
    for one in branch.record.fields if branch.record is not None else ():
        with _telling(found, one):
            _field(one, home)
    for number, child in enumerate(branch.children):
        inner = _home(child, number, found)
        home.children.append(inner)
        with _telling(found, child):
            if not inner.steps:
                raise _WrongError("CW438", f"record '{child.name}' is the record around it", _OWN)
            home.place = _put(home.place, inner.steps, inner, inner.steps)
    if home.place is None:
        home.place = {}
    return home


def _steps(path: str | None, name: str) -> tuple[Step, ...]:
    """Read a path; without one, the name is the key."""
    if path is None:
        return (name,)
    try:
        return parse(path)
    except BadPathError as wrong:
        raise _WrongError("CW438", f"path '{path[:80]}' cannot be used: {wrong}", _PATH) from None


def _record_steps(branch: Branch) -> tuple[Step, ...]:
    """Give the steps to a branch; those to a list of records go on to each of its items."""
    steps = _steps(branch.record.path if branch.record is not None else None, branch.name)
    many = [step for step in steps if isinstance(step, MANY)]
    if branch.most is None:
        steps = steps if many else (*steps, From(0))
    if branch.record is not None and branch.record.bare and steps[-1:] != (From(0),):
        message = f"record '{branch.name}' is bare, but stands in no list of its own"
        raise _WrongError("CW438", message, "remove bare, or end the path with the list's key")
    if branch.most is None:
        return steps
    if any(isinstance(step, From | Every) for step in many):
        message = f"path '{spelled(steps)}' chooses many, but record '{branch.name}' stands once"
        raise _WrongError("CW438", message, f"say in the structure that it repeats: {branch.name}*")
    return steps


def _of_lines(home: Home) -> None:
    """Refuse a path from lines that does not begin with what chooses among them."""
    first = home.steps[0] if home.steps else None
    if not isinstance(first, Which) and first != From(0):
        message = f"record '{home.branch.name}' does not say which lines it stands in"
        help_ = "the lines are a list: begin the path with [] or a condition, [type='invoice']"
        raise _WrongError("CW438", message, help_)


def _field(one: Field, home: Home) -> None:
    """Place a field in its record's value."""
    if one.json == KEY:
        if not home.steps or not isinstance(home.steps[-1], Every):
            message = f"field {one.key} is a key, but record '{home.branch.name}' stands under none"
            raise _WrongError("CW438", message, "end the path of the record with *: path: rows.*")
        if home.key is not None:
            raise _taken(("*",), f"two fields are the key of '{home.branch.name}'")
        home.key = one.position
        return
    steps = _steps(one.path, one.name)
    if any(isinstance(step, From | Every) for step in steps):
        message = f"path '{spelled(steps)}' of field {one.key} chooses many values"
        raise _WrongError("CW438", message, "make it a record that repeats, or name one place: [0]")
    if steps and isinstance(steps[-1], Which):
        message = f"path '{spelled(steps)}' of field {one.key} leads to an object"
        raise _WrongError(
            "CW438", message, "go on to one of its keys: attributes[name='zip'].value"
        )
    home.place = _put(home.place, steps, one.position, steps)


def around(home: Home, steps: tuple[Step, ...]) -> Place:
    """Give the places that a path puts around each occurrence of a branch."""
    return _put(None, steps, home, steps)


def _put(place: Place, steps: tuple[Step, ...], leaf: int | Home, path: tuple[Step, ...]) -> Place:
    """Put a field or branch at its place below another; give that one, made where it was not."""
    if not steps:
        if place is not None:
            raise _taken(path)
        return leaf
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        keys: dict[str, Place] = _as(dict, place, path)
        keys[step] = _put(keys.get(step), rest, leaf, path)
        return keys
    if isinstance(step, Every):
        keyed = _as(Keyed, place, path)
        keyed.every = _put(keyed.every, rest, leaf, path)
        return keyed
    return _listed(_as(Listed, place, path), step, rest, leaf, path)


def _listed(
    listed: Listed,
    step: At | From | Which,
    rest: tuple[Step, ...],
    leaf: int | Home,
    path: tuple[Step, ...],
) -> Listed:
    """Put a field or branch at its place below items of a list."""
    if isinstance(step, At):
        listed.at[step.place] = _put(listed.at.get(step.place), rest, leaf, path)
    elif isinstance(step, Which):
        listed.which[step] = _chosen(listed.which.get(step), step, rest, leaf, path)
    elif listed.every is not None and listed.start != step.place:
        raise _taken(path)
    else:
        listed.start, listed.every = step.place, _put(listed.every, rest, leaf, path)
        listed.bare |= isinstance(leaf, Home) and not rest and _is_bare(leaf)
    if listed.every is not None and any(at >= listed.start for at in listed.at):
        message = f"'{spelled(path)}' chooses items that other paths name by their place"
        raise _WrongError("CW439", message, "begin after them: [1:]")
    return listed


def _is_bare(home: Home) -> bool:
    return home.branch.record is not None and home.branch.record.bare


def _chosen(
    place: Place, which: Which, rest: tuple[Step, ...], leaf: int | Home, path: tuple[Step, ...]
) -> Place:
    """Put something below the items that fulfil conditions, beside what these say of them."""
    if rest:
        for test in which.tests if place is None else ():
            place = _fix(place, test, test.steps, path)
        return _put(place, rest, leaf, path)
    if place is not None or isinstance(leaf, int):
        raise _taken(path)
    for test in which.tests:
        leaf.place = _fix(leaf.place, test, test.steps, path)
    if isinstance(leaf.place, dict):
        said = {key: one for key, one in leaf.place.items() if isinstance(one, Fixed)}
        leaf.place = {**said, **leaf.place}
    return leaf


def _fix(place: Place, test: Where, steps: tuple[str, ...], path: tuple[Step, ...]) -> Place:
    """Say at its place what a condition demands."""
    if not steps:
        if place is not None:
            raise _taken(path, f"condition {test} says already what stands there")
        return Fixed(test.value)
    keys: dict[str, Place] = _as(dict, place, path)
    keys[steps[0]] = _fix(keys.get(steps[0]), test, steps[1:], path)
    return keys


def _as(kind: type[_Kind], place: Place, path: tuple[Step, ...]) -> _Kind:
    """Give a place as the kind that a path needs there, made where nothing is yet."""
    made = kind() if place is None else place
    if not isinstance(made, kind):
        raise _taken(path)
    return made


def _taken(path: tuple[Step, ...], why: str = "") -> _WrongError:
    message = why or f"two fields or branches stand at path '{spelled(path)}'"
    help_ = "remove the field, or the condition" if why.startswith("condition") else _APART
    return _WrongError("CW439", message, help_)


def _beside(place: Place, other: Place) -> Place:
    """Let an object have the keys of a record that stands in the same object."""
    if place is None:
        place = {}
    if not isinstance(place, dict) or not isinstance(other, dict):
        raise _WrongError("CW439", "the document is a list, and has no keys of its own", _APART)
    for key, inner in other.items():
        mine = place.get(key)
        if mine is None:
            place[key] = Fixed(beside=True)
        elif isinstance(mine, dict) and isinstance(inner, dict):
            _beside(mine, inner)
        elif not (isinstance(inner, Fixed) or isinstance(mine, Fixed)):
            raise _taken((key,))
    return place


def inside(place: Place) -> Iterator[Place]:
    """Give the places right inside another one."""
    if isinstance(place, dict):
        yield from place.values()
    elif isinstance(place, Listed):
        yield from place.at.values()
        yield from place.which.values()
        yield place.every
    elif isinstance(place, Keyed):
        yield place.every


_PATH = "write keys with dots between them, [0] for a place in a list, . for the value itself"
_OWN = "say under which key it stands: path: ..."
_APART = "give them different paths"
