"""A sample of XML: elements that repeat become records, others are seen through by paths."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from crosswalk.importing.grid import Refused
from crosswalk.importing.readings import Reading, reading_of
from crosswalk.importing.sample_fields import Column, Proposed, Shape
from crosswalk.importing.sample_text import SPEC, Sample
from crosswalk.importing.sample_tree import Found, Path, every, record_names, structure_of
from crosswalk.importing.yaml_lines import flow, key
from crosswalk.importing.yaml_lines import text as quoted

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DECLARED = re.compile(r"<\?xml[^>]*?encoding=[\"']([\w.-]+)[\"']")
_DEEPEST = 64
_NESTED = "the sample is one document: which elements that stand once may repeat, or be absent?"


@dataclass(slots=True)
class _Element:
    """An element: its namespace and name, its attributes, what stands in it, in order."""

    uri: str
    name: str
    attributes: dict[tuple[str, str], str]
    children: list["_Element"] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def nil(self) -> bool:
        """Whether the element says that it has no value."""
        return self.attributes.get((_XSI, "nil")) in ("true", "1")


class _Reader:
    """Builds the elements of a document; a document type is refused, so nothing is expanded."""

    def __init__(self) -> None:
        self.root: _Element | None = None
        self.open: list[_Element] = []
        self.prefixes: dict[str, str] = {}
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._prefix
        self.parser = parser

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        made = _Element(*_parted(name), {_parted(one): v for one, v in attributes.items()})
        if self.open:
            self.open[-1].children.append(made)
        self.root = self.root or made
        self.open.append(made)
        if len(self.open) > _DEEPEST:
            raise Refused(f"elements stand more than {_DEEPEST} levels deep")

    def _end(self, _: str) -> None:
        self.open.pop()

    def _data(self, text: str) -> None:
        self.open[-1].text.append(text)

    def _doctype(self, *_: object) -> None:
        raise Refused("it has a document type: describe it by hand, with doctype under file")

    def _prefix(self, prefix: str | None, uri: str) -> None:
        self.prefixes.setdefault(uri or "", prefix or "")


def _parted(name: str) -> tuple[str, str]:
    uri, blank, local = name.rpartition(" ")
    return (uri, local) if blank else ("", name)


def propose_xml(sample: Sample) -> Shape:
    """Propose a layout for a document. Raises Refused when it is not well formed."""
    reader = _Reader()
    declared = _DECLARED.match(sample.text)
    body = sample.text[declared.end() :].partition("?>")[2] if declared else sample.text
    try:
        reader.parser.Parse(body, True)  # noqa: FBT003 - the last part
    except expat.ExpatError as wrong:
        raise Refused(f"it is not well-formed XML: {wrong}; {SPEC}") from None
    root = reader.root
    if root is None:
        raise Refused("it holds no element")
    spaces = _Spaces(root, reader.prefixes)
    top = Found(root.name, (spaces.step(root),))
    _take(root, (), top, spaces)
    tops, structure_marks = _tops(top, root, spaces)
    names = record_names(tops)
    marks = zip(tops, structure_marks, strict=True)
    structure = ", ".join(structure_of(one, names, mark) for one, mark in marks)
    records = [Proposed(names[id(one)], _columns(one), "/".join(one.path)) for one in every(tops)]
    file = {"form": "xml"}
    if "encoding" in sample.keys:
        file["encoding"] = sample.keys["encoding"]
    file |= spaces.keys()
    shape = Shape(file, structure, records, list(sample.doubts), _NESTED)
    shape.told.append(f"{len(records)} records: elements that repeat, told by their path")
    return shape


class _Spaces:
    """The prefixes by which paths name the namespaces of a document.

    `default` is that of elements without one, unless some elements have no namespace at all.
    """

    def __init__(self, root: _Element, declared: dict[str, str]) -> None:
        elements = dict.fromkeys(one.uri for one in _each(root))
        others = (uri for one in _each(root) for uri, _ in one.attributes if uri != _XSI)
        self.known: dict[str, str] = {}
        bare = "" in elements
        for uri in dict.fromkeys([*elements, *others]):
            prefix = declared.get(uri, "")
            if not uri:
                continue
            if not prefix and (bare or "default" in self.known.values()):
                prefix = "ns"
            self.known[uri] = self._unused(re.sub(r"\W", "", prefix) or "default")

    def _unused(self, prefix: str) -> str:
        made, number = prefix, 2
        while made in self.known.values():
            made, number = f"{prefix}{number}", number + 1
        return made

    def keys(self) -> dict[str, str]:
        """Give the key of `file:` that says them."""
        named = {key(prefix): quoted(uri) for uri, prefix in self.known.items()}
        return {"namespaces": flow(named)} if named else {}

    def step(self, one: _Element) -> str:
        """Write the step of a path to an element."""
        return self.spelled(one.uri, one.name)

    def spelled(self, uri: str, name: str) -> str:
        """Write a name with its prefix."""
        prefix = self.known.get(uri, "")
        return name if prefix in ("", "default") else f"{prefix}:{name}"


def _each(root: _Element) -> Iterator[_Element]:
    yield root
    for one in root.children:
        yield from _each(one)


def _repeated(root: _Element, spaces: _Spaces) -> set[Path]:
    """Give the paths of the elements of which several stand in one place, somewhere."""
    found: set[Path] = set()

    def walk(one: _Element, path: Path) -> None:
        steps = [spaces.step(child) for child in one.children]
        found.update((*path, step) for step, count in Counter(steps).items() if count > 1)
        for child, step in zip(one.children, steps, strict=True):
            walk(child, (*path, step))

    walk(root, ())
    return found


def _take(root: _Element, start: Path, into: Found, spaces: _Spaces) -> None:
    """Collect the values of an element and all below it; repeated elements become records."""
    repeated = _repeated(root, spaces)

    def walk(one: _Element, whole: Path, path: Path, found: Found) -> None:
        for (uri, name), value in one.attributes.items():
            if uri != _XSI:
                step = f"@{spaces.spelled(uri, name)}"
                found.values.setdefault((*path, step), []).append(value)
        text = "".join(one.text)
        own = [name for name in one.attributes if name[0] != _XSI]
        if text.strip() or not (one.children or own):
            found.values.setdefault(path or (".",), []).append(None if one.nil else text)
        for child in one.children:
            step = spaces.step(child)
            inner, here = (*whole, step), (*path, step)
            if inner in repeated:
                below = found.below.setdefault(here, Found(child.name, here))
                walk(child, inner, (), below)
            else:
                walk(child, inner, here, found)

    walk(root, (), start, into)


def _tops(top: Found, root: _Element, spaces: _Spaces) -> tuple[list[Found], list[str]]:
    """Choose what stands at the top of the structure.

    Records that repeat stand beside the root where that can be: then they are read one at a time.
    It cannot where values of the root element stand behind them.
    """
    if not top.below:
        return [top], [""]
    first, last = _places(root, spaces)
    start = first[next(iter(top.below))]
    if any(last[_element(path)] > start for path in top.values):
        return [top], [""]
    beside = list(top.below.values())
    for one in beside:
        one.path = (*top.path, *one.path)
    top.below = {}
    if not top.values:
        return beside, ["*"] * len(beside)
    return [top, *beside], ["", *["*"] * len(beside)]


def _places(root: _Element, spaces: _Spaces) -> tuple[dict[Path, int], dict[Path, int]]:
    """Give where the elements of each path stand first and last in the order of the document."""
    first: dict[Path, int] = {}
    last: dict[Path, int] = {}
    waiting: list[tuple[_Element, Path]] = [(root, ())]
    number = 0
    while waiting:
        one, path = waiting.pop()
        number += 1
        last[path] = number
        first.setdefault(path, number)
        waiting += [(child, (*path, spaces.step(child))) for child in reversed(one.children)]
    return first, last


def _element(path: Path) -> Path:
    """Give the path of the element of a value; attributes belong to their element."""
    return tuple(step for step in path if not step.startswith("@") and step != ".")


def _columns(one: Found) -> list[Column]:
    if not one.values:
        doubt = "the element holds nothing but repeated elements: name a value of theirs"
        return [Column("Nothing", [], Reading(), doubts=[doubt])]
    lasts = [_label(path[-1]) for path in one.values]
    made = []
    for path, values in one.values.items():
        last = _label(path[-1])
        name = last if lasts.count(last) == 1 else " ".join(map(_label, path))
        given = [str(value).strip() for value in values if value is not None]
        column = Column(name, given, reading_of(name, given))
        if path != (name,):
            column.last["path"] = quoted("/".join(path))
        made.append(column)
    return made


def _label(step: str) -> str:
    return "Value" if step == "." else step.removeprefix("@").rpartition(":")[2]
