"""Writing the JSON forms from occurrences whose cells are encoded JSON fragments already."""

import re
from collections.abc import Callable
from json import dumps

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.jsonshape import Child, Keys, Shape, child_steps, root_keys, shape_of
from crosswalk.formats.lines import encoding_of
from crosswalk.model.layout import Layout
from crosswalk.model.records import Instance
from crosswalk.values.codecs import Missing

Write = Callable[[Instance], str]

_BEYOND_ASCII = re.compile(r"[^\0-\x7f]")


def writer(layout: Layout) -> Write:
    """Build the function from a top-level occurrence to its json-lines line, with its end.

    `cells` hold encoded fragments (`"abc"`, `12.50`, `null`) or MISSING, whose key is left out.
    A nested object without any key is left out too. Raises FormatProblem CW602, CW647.
    """
    objects = _objects(layout)
    bare = len(layout.root.children) == 1 and layout.root.children[0].most is None

    def write(instance: Instance) -> str:
        text = objects[instance.branch.name](instance)
        if bare:
            return text + "\n"
        return f"{{{_key(instance.branch.name)}{text}}}\n"

    return write


def _objects(layout: Layout) -> dict[str, Write]:
    encode = _escaper(layout)
    return {
        branch.name: _finish(_object(shape_of(branch, loose=True)), encode)
        for branch in layout.root.children
    }


def _finish(write: Write, encode: Callable[[str], str]) -> Write:
    return lambda instance: encode(write(instance))


def _escaper(layout: Layout) -> Callable[[str], str]:
    r"""Build the last step: in an encoding that lacks characters, those become \u escapes."""
    if encoding_of(layout.file) == "utf-8":
        return str
    return lambda text: _BEYOND_ASCII.sub(lambda match: dumps(match[0])[1:-1], text)


def _key(name: str) -> str:
    return dumps(name, ensure_ascii=False) + ":"


def _object(shape: Shape) -> Write:
    """Build the writer of a branch's object: its fields and child branches in layout order."""
    if shape.bare:
        return _bare
    members = _members(shape.keys)
    flat = all(isinstance(place, int) for place in shape.keys.values())
    prefixes = [_key(name) for name in shape.keys]
    in_order = list(shape.keys.values()) == list(range(len(prefixes)))

    def write_flat(instance: Instance) -> str:
        cells = instance.cells or ()
        pairs = zip(prefixes, cells, strict=True)
        parts = [key + cell for key, cell in pairs if cell is not Missing.MISSING]  # type: ignore[operator]
        return "{" + ",".join(parts) + "}"

    def write(instance: Instance) -> str:
        return "{" + ",".join(filter(None, [member(instance) for member in members])) + "}"

    return write_flat if flat and in_order else write


def _bare(instance: Instance) -> str:
    """Write an occurrence that is one value."""
    cell = instance.cells[0] if instance.cells else None
    return cell if isinstance(cell, str) else "null"


def _members(keys: Keys) -> list[Write]:
    """Build the writers of the members of an object; each gives `"key":value`, or nothing."""
    members: list[Write] = []
    for name, place in keys.items():
        if isinstance(place, int):
            members.append(_field(_key(name), place))
        elif isinstance(place, Child):
            members.append(_child(_key(name), place))
        else:
            members.append(_nested(_key(name), _members(place)))
    return members


def _field(key: str, position: int) -> Write:
    def write(instance: Instance) -> str:
        cell = instance.cells[position] if instance.cells is not None else Missing.MISSING
        return f"{key}{cell}" if isinstance(cell, str) else ""

    return write


def _child(key: str, child: Child) -> Write:
    """Write a list, empty too, where a branch repeats; an object or nothing where it does not."""
    write_one, repeats = _object(child.shape), child.shape.branch.most is None

    def write(instance: Instance) -> str:
        texts = [write_one(one) for one in instance.children[child.index]]
        if repeats:
            return f"{key}[{','.join(texts)}]"
        return key + texts[0] if texts else ""

    return write


def _nested(key: str, members: list[Write]) -> Write:
    def write(instance: Instance) -> str:
        text = ",".join(filter(None, [member(instance) for member in members]))
        return f"{key}{{{text}}}" if text else ""

    return write


# ------------------------------------------------------------------------------- one document


class Document:
    """The pieces of one json document, in the order they are written; each occurrence a line.

    Write `open()`, then `add(instance)` for each top-level occurrence, in the order of the
    layout's branches, then `close()`. Not shared between threads.
    """

    def __init__(self, layout: Layout) -> None:
        branches = layout.root.children
        root_keys([shape_of(branch, loose=True) for branch in branches])
        self._objects = _objects(layout)
        self._order = {branch.name: at for at, branch in enumerate(branches)}
        self._repeats = {branch.name: branch.most is None for branch in branches}
        self._paths = {branch.name: child_steps(branch) for branch in branches}
        _refuse_returns(list(self._paths.values()))
        self._branch = ""
        self._path: tuple[str, ...] = ()

    def open(self) -> str:
        """Give the beginning of the document."""
        return "{"

    def add(self, instance: Instance) -> str:
        """Give the text of one more top-level occurrence, with what stands before it."""
        name = instance.branch.name
        text = self._objects[name](instance)
        indent = "  " * (len(self._paths[name]) + 1)
        if name == self._branch and self._repeats[name]:
            return f",\n{indent}{text}"
        before = self.enter(name)
        return f"{before}\n{indent}{text}" if self._repeats[name] else before + text

    def enter(self, name: str) -> str:
        """Close what is open beside the way to a branch, and open the way to it."""
        if self._branch and self._order[name] <= self._order[self._branch]:
            reason = f"branch '{name}' cannot stand here, after '{self._branch}'"
            raise FormatProblem("CW645", reason)
        path = self._paths[name]
        shared = 0
        while shared < min(len(self._path), len(path)) and self._path[shared] == path[shared]:
            shared += 1
        text = self._leave(shared) + ("," if self._branch else "")
        for depth in range(shared, len(path)):
            text += "\n" + "  " * (depth + 1) + _key(path[depth]) + " "
            text += "" if depth == len(path) - 1 else "{"
        self._branch, self._path = name, path
        return text + ("[" if self._repeats[name] else "")

    def _leave(self, shared: int) -> str:
        """Close the list of the last branch and the objects around it that nothing more is in."""
        if not self._path:
            return ""
        depth = len(self._path)
        text = "\n" + "  " * depth + "]" if self._repeats[self._branch] else ""
        for level in range(depth - 1, shared, -1):
            text += "\n" + "  " * level + "}"
        return text

    def item(self, instance: Instance) -> str:
        """Give one occurrence of a repeating branch that was entered, without what parts them."""
        name = instance.branch.name
        return f"\n{'  ' * (len(self._paths[name]) + 1)}{self._objects[name](instance)}"

    def close(self) -> str:
        """Give the end of the document."""
        return self._leave(0) + "\n}\n"


def _refuse_returns(paths: list[tuple[str, ...]]) -> None:
    """Refuse an order of branches in which an object would be closed and opened again."""
    closed: set[tuple[str, ...]] = set()
    last: tuple[str, ...] = ()
    for path in paths:
        prefixes = {path[:size] for size in range(1, len(path) + 1)}
        if prefixes & closed:
            raise FormatProblem(
                "CW647",
                f"path '{'.'.join(path)}' goes back into an object that is closed",
                help="put the branches whose paths begin alike next to each other",
            )
        closed |= {last[:size] for size in range(1, len(last) + 1)} - prefixes
        last = path


def document(layout: Layout) -> Document:
    """Build the writer of one json document. Raises FormatProblem CW602, CW647."""
    return Document(layout)
