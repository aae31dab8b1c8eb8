"""Writing the JSON forms from occurrences whose cells are encoded JSON fragments already."""

import re
from collections.abc import Callable
from json import dumps
from typing import NamedTuple

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.jsonpath import MANY, MOST_PLACES, At, Every, Step, Which, spelled
from crosswalk.formats.jsonpen import (
    Write,
    head_of,
    key_of,
    key_text,
    occurrence,
    refuse_all_gaps,
    unmet,
    wrapped,
)
from crosswalk.formats.jsonplaces import Home
from crosswalk.formats.jsonshape import checked
from crosswalk.formats.lines import encoding_of
from crosswalk.model.layout import Layout
from crosswalk.model.records import Instance, Rejected

_BEYOND_ASCII = re.compile(r"[^\0-\x7f]")


def writer(layout: Layout) -> Write:
    """Build the function from a top-level occurrence to its json-lines line, with its end.

    `cells` hold encoded fragments (`"abc"`, `12.50`, `null`) or MISSING, whose key is left out.
    A nested object without any key is left out too. Raises FormatProblem CW602, CW647.
    """
    found = checked(layout)
    objects = _objects(layout, found.root.children, wrapping=not found.wrapped)
    bare = not found.wrapped or (
        len(layout.root.children) == 1 and layout.root.children[0].most is None
    )

    def write(instance: Instance) -> str:
        text = objects[instance.branch.name](instance)
        if bare:
            return text + "\n"
        return f"{{{key_text(instance.branch.name)}{text}}}\n"

    return write


def _objects(layout: Layout, homes: list[Home], *, wrapping: bool) -> dict[str, Write]:
    """Build the writers of the top-level branches; with what their paths put around each."""
    encode = _escaper(layout)
    writers = {}
    for home in homes:
        write = wrapped(home, _way(home)[1]) if wrapping else occurrence(home)
        writers[home.branch.name] = _finish(write, encode)
    return writers


def _finish(write: Write, encode: Callable[[str], str]) -> Write:
    return lambda instance: encode(write(instance))


def _escaper(layout: Layout) -> Callable[[str], str]:
    r"""Build the last step: in an encoding that lacks characters, those become \u escapes."""
    if encoding_of(layout.file) == "utf-8":
        return str
    return lambda text: _BEYOND_ASCII.sub(lambda match: dumps(match[0])[1:-1], text)


def _way(home: Home) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Part the path of a branch: to the list or object of its occurrences, and inside each."""
    steps = home.steps
    last = max((at for at, step in enumerate(steps) if isinstance(step, MANY)), default=-1)
    if not home.repeats or last < 0:
        return steps, ()
    return steps[: last + 1], steps[last:] if isinstance(steps[last], Which) else steps[last + 1 :]


# ------------------------------------------------------------------------------- one document


class Label(NamedTuple):
    """An object or list on the way to occurrences, and what stands in it: a key or a place.

    `at` is None where the occurrences themselves stand in it.
    """

    listed: bool
    at: str | int | None


class Document:
    """The pieces of one json document, in the order they are written; each occurrence a line.

    Write `open()`, then `add(instance)` for each top-level occurrence, in the order of the
    layout's branches, then `close()`. Not shared between threads.
    """

    def __init__(self, layout: Layout) -> None:
        found = checked(layout)
        homes = found.root.children
        refuse_all_gaps(found.root.place)
        self._homes = {home.branch.name: home for home in homes}
        self._ways = {home.branch.name: _labels(home) for home in homes}
        _refuse_returns(list(self._ways.values()))
        self._keys = {one.branch.name: key_of(one) for one in homes if _is_keyed(one)}
        self._objects = _objects(layout, homes, wrapping=True)
        for home in found.itself:
            self._objects[home.branch.name] = head_of(self._objects[home.branch.name])
        self._met: set[str] = set()
        self._branch = ""
        self._listed = next(iter(self._ways.values()))[0].listed
        self._path: tuple[Label, ...] = (Label(self._listed, None),)

    def open(self) -> str:
        """Give the beginning of the document."""
        return "[" if self._listed else "{"

    def add(self, instance: Instance) -> str:
        """Give the text of one more top-level occurrence, with what stands before it."""
        name = instance.branch.name
        try:
            text = self.item(instance)
        except Rejected as rejected:
            raise FormatProblem(rejected.issue.code, rejected.issue.reason) from None
        if name == self._branch and self._homes[name].repeats:
            return "," + text
        return self.enter(name) + text if text.strip() else ""

    def enter(self, name: str) -> str:
        """Close what is open beside the way to a branch, and open the way to it."""
        names = list(self._homes)
        if self._branch and names.index(name) <= names.index(self._branch):
            reason = f"branch '{name}' cannot stand here, after '{self._branch}'"
            raise FormatProblem("CW645", reason)
        way, shared = self._ways[name], 0
        while shared < min(len(self._path), len(way)) and self._path[shared] == way[shared]:
            shared += 1
        kept = min(shared + 1, len(self._path))
        text = self._leave(kept) + ("," if self._branch else "")
        for depth in range(kept - 1, len(way)):
            label = way[depth]
            text += ("[" if label.listed else "{") if depth >= kept else ""
            if label.at is not None:
                text += "\n" + "  " * (depth + 1)
                text += f"{key_text(label.at)} " if isinstance(label.at, str) else ""
        self._branch, self._path = name, way
        return text

    def _leave(self, kept: int) -> str:
        """Close the objects and lists that nothing more is in."""
        text = ""
        for depth in range(len(self._path) - 1, kept - 1, -1):
            text += "\n" + "  " * depth + ("]" if self._path[depth].listed else "}")
        return text

    def item(self, instance: Instance) -> str:
        """Give one occurrence of a branch that was entered, without what parts them.

        Raises Rejected CW641 for a second record under one key.
        """
        name = instance.branch.name
        text, way, key = self._objects[name](instance), self._ways[name], self._keys.get(name)
        if way[-1].at is not None or not text:
            return text
        before = "" if key is None else f"{unmet(key(instance), self._met, self._homes[name])} "
        return f"\n{'  ' * len(way)}{before}{text}"

    def close(self) -> str:
        """Give the end of the document."""
        return self._leave(1) + ("\n]\n" if self._listed else "\n}\n")


def _is_keyed(home: Home) -> bool:
    return any(isinstance(step, Every) for step in home.steps)


def _labels(home: Home) -> tuple[Label, ...]:
    """Give the objects and lists around the occurrences of a top-level branch."""
    way = _way(home)[0]
    early = [step for step in way[:-1] if not isinstance(step, str)]
    if early:
        message = (
            f"path '{spelled(home.steps)}' of '{home.branch.name}' goes on behind '{early[0]}'"
        )
        raise FormatProblem("CW647", message, help="such a layout can only be read")
    if way and isinstance(way[-1], At) and not home.branch.least:
        message = f"'{home.branch.name}' may be missing, but has a place in a list"
        raise FormatProblem("CW647", message, help="say in the structure that it stands once")
    return tuple(_label(step) for step in way) or (Label(listed=False, at=None),)


def _label(step: Step) -> Label:
    if isinstance(step, str):
        return Label(listed=False, at=step)
    place = step.place if isinstance(step, At) else None
    return Label(listed=not isinstance(step, Every), at=place)


def _refuse_returns(ways: list[tuple[Label, ...]]) -> None:
    """Refuse an order of branches in which something would be closed and opened again."""
    closed: set[tuple[Label, ...]] = set()
    last: tuple[Label, ...] = ()
    for way in ways:
        prefixes = {way[:size] for size in range(1, len(way) + 1)}
        early = bool(last) and last[:-1] == way[:-1] and _place(way[-1]) < _place(last[-1])
        if prefixes & closed or early:
            shown = ".".join(str(label.at) for label in way if label.at is not None)
            raise FormatProblem(
                "CW647",
                f"path '{shown}' goes back to what is closed",
                help="put the branches whose paths begin alike next to each other",
            )
        closed |= {last[:size] for size in range(1, len(last) + 1)} - prefixes
        last = way


def _place(label: Label) -> int:
    """Give the place of something in its list; what has none stands behind all."""
    return label.at if isinstance(label.at, int) else MOST_PLACES + 1


def document(layout: Layout) -> Document:
    """Build the writer of one json document. Raises FormatProblem CW602, CW647."""
    return Document(layout)
