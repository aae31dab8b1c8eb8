"""Writing the XML form: one document in pieces, elements in the order of the layout.

A record's fields come first, each where its path first appears, then the records below it in the
order of the structure. An element without a value is left out; one whose text is empty is written
empty. An attribute that is always the same does not make an element that has no text.
"""

from collections.abc import Iterator

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.lines import encoding_of
from crosswalk.formats.recoded import is_wide
from crosswalk.formats.xmlencoding import spoken
from crosswalk.formats.xmlpen import Pen, Write, leads, places, refuse_gaps
from crosswalk.formats.xmlshape import ANY, DEFAULT, KNOWN, Element, Home, tree
from crosswalk.model.layout import Layout
from crosswalk.model.records import Instance


class Document:
    """The pieces of one document, in the order they are written.

    Write `open()`, then `add(instance)` for each top-level occurrence, in the order of the
    structure, then `close()`; after `enter(name)` also `item(instance)`. Not shared by threads.
    Raises FormatProblem CW600 for UTF-16, CW602, CW647 for paths that cannot be written.
    """

    def __init__(self, layout: Layout) -> None:
        document, findings = tree(layout)
        if findings:
            raise FormatProblem("CW647", findings[0].message, help=findings[0].help)
        if is_wide(layout.file):
            message = "UTF-16 can be read, but not written"
            raise FormatProblem("CW600", message, help="say encoding: utf-8")
        self._encoding = encoding_of(layout.file)
        self._root = next(iter(document.children.values()))
        spaces = "".join(_declarations(layout, document))
        self._pen = Pen(self._encoding, layout.file.indent, self._root, spaces)
        homes = [one.home for one in document.walk() if one.home and one.home.owner is None]
        self._type = layout.file.doctype
        for home in homes:
            _refuse_shift(home)
        self._ways = {home.branch.name: _above(home.element) for home in homes}
        self._writers: dict[str, Write] = {}
        self._starts: dict[str, list[tuple[Element, Write]]] = {}
        for home in homes:
            if leads(home.element):
                self._starts[home.branch.name] = list(self._left_open(home))
            else:
                self._writers[home.branch.name] = self._writer(home)
        self._open: list[Element] = []
        self._empty = True

    def open(self) -> str:
        """Give the beginning of the document."""
        said = f'<?xml version="1.0" encoding="{spoken(self._encoding)}"?>\n'
        if self._type is not None:
            said += f'<!DOCTYPE {self._root.step.name} SYSTEM "{self._type}">\n'
        return said

    def add(self, instance: Instance) -> str:
        """Give the text of one more top-level occurrence, with the elements around it."""
        name = instance.branch.name
        text = self.enter(name)
        if name in self._writers:
            return text + self.item(instance)
        for element, write in self._starts[name]:
            text += write(instance)
            self._open.append(element)
        return text

    def enter(self, name: str) -> str:
        """Close what is open beside the way to a record, and open the way to it."""
        way, shared, self._empty = self._ways[name], 0, False
        while shared < min(len(way), len(self._open)) and self._open[shared] is way[shared]:
            shared += 1
        text = self._leave(shared)
        for element in way[shared:]:
            depth = len(self._open)
            text += f"{self._pen.line(depth)}{self._pen.start(element)}>"
            text += self._pen.fixed(element, depth)
            self._open.append(element)
        return text

    def item(self, instance: Instance) -> str:
        """Give one occurrence of a record that was entered."""
        return self._writers[instance.branch.name](instance)

    def close(self) -> str:
        """Give the end of the document; one without records is only its root element."""
        if self._empty:
            return self._pen.start(self._root) + "/>\n"
        return self._leave(0) + "\n"

    def _leave(self, shared: int) -> str:
        """Close open elements down to a depth."""
        text = ""
        while len(self._open) > shared:
            element = self._open.pop()
            text += self._pen.end(element, len(self._open))
        return text

    def _writer(self, home: Home) -> Write:
        depth = len(self._ways[home.branch.name])
        before, write = self._pen.line(depth), self._pen.element(home.element, home, depth)
        return lambda instance: before + write(instance)

    def _left_open(self, home: Home) -> Iterator[tuple[Element, Write]]:
        """Give the elements that a record leaves open for others, each with its beginning."""
        element: Element | None = home.element
        depth = len(self._ways[home.branch.name])
        while element is not None:
            yield element, self._pen.begin(element, home, depth)
            element, depth = _last(element, home), depth + 1


def _refuse_shift(home: Home) -> None:
    """Refuse a record whose absence would give its place to another one."""
    element: Element | None = home.element
    while element is not None and element.above is not None:
        if element.step.place:
            refuse_gaps(element.above, element)
            if not home.branch.least or element is not home.element:
                message = f"'{home.branch.name}' stands at a place, and need not be there"
                raise FormatProblem(
                    "CW647", message, help="say in the structure that it stands once"
                )
        element = element.above


def _last(element: Element, home: Home) -> Element | None:
    """Give the element inside another that holds both fields of a record and later records."""
    later = [one for one in element.children.values() if one.home is None and leads(one)]
    both = [one for one in later if home in places(one)]
    if not both:
        return None
    after = list(element.children.values())
    after = after[after.index(both[0]) + 1 :]
    if any(one.home is None and home in places(one) for one in after):
        raise FormatProblem(
            "CW647",
            f"fields of '{home.branch.name}' stand after '{both[0].path}', which holds records",
            help="make them a record of their own, named where they stand",
        )
    return both[0]


def _above(element: Element) -> list[Element]:
    """Give the elements around an element, from the root down."""
    found: list[Element] = []
    one = element.above
    while one is not None and one.above is not None:
        found.append(one)
        one = one.above
    return found[::-1]


def _declarations(layout: Layout, document: Element) -> Iterator[str]:
    """Give the namespaces that are said at the root: those declared, and xsi where it is used."""
    from xml.sax.saxutils import quoteattr  # draws in urllib and http

    declared = dict(layout.file.namespaces)
    steps = (
        step
        for element in document.walk()
        for step in (element.step, *element.attributes, *element.marks)
    )
    used = {step.prefix for step in steps if step.prefix in KNOWN and step.prefix not in declared}
    for prefix in sorted(used - {"xml"}):
        declared[prefix] = KNOWN[prefix]
    for prefix, uris in declared.items():
        if uris[0] != ANY:
            name = "xmlns" if prefix == DEFAULT else f"xmlns:{prefix}"
            yield f" {name}={quoteattr(uris[0])}"


def document(layout: Layout) -> Document:
    """Build the writer of one document. Raises FormatProblem."""
    return Document(layout)
