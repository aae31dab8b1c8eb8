"""Where the records and fields of an XML layout stand: one tree of elements for both directions.

The check, the reader and the writer are made from this tree, so that they cannot disagree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.formats.xmlpath import BadPathError, Step, parse, spelled
from crosswalk.model.layout import Branch, Field, Layout

DEFAULT = "default"
"""The word under `namespaces` for names without a prefix."""

ANY = "*"
"""The namespace that stands for every one, and for none."""

XSI = "http://www.w3.org/2001/XMLSchema-instance"
KNOWN = {"xml": ("http://www.w3.org/XML/1998/namespace",), "xsi": (XSI,)}
"""Prefixes that need not be declared."""


@dataclass(slots=True, eq=False)
class Home:
    """A branch and the element that each of its occurrences is.

    `index` is its place among the children of its `owner` (None: the layout's root).
    """

    branch: Branch
    index: int
    owner: "Home | None"
    element: "Element"

    @property
    def repeats(self) -> bool:
        """Whether its element may stand more than once."""
        return self.branch.most is None


@dataclass(slots=True, eq=False)
class Place:
    """A field and the record it belongs to."""

    home: Home
    field: Field


@dataclass(slots=True, eq=False)
class Element:
    """An element of the layout; the topmost one is the document itself.

    `step` is how paths spell it, `namespaces` which ones it may be in (none: no namespace),
    `home` the branch whose occurrences it holds, `text` the field that is its text, `attributes`
    the fields by attribute; `tested` (and `marks` of attributes) that a condition looks at it.
    """

    step: Step
    namespaces: tuple[str, ...]
    above: "Element | None" = None
    home: Home | None = None
    text: Place | None = None
    attributes: dict[Step, Place] = field(default_factory=dict)
    tested: bool = False
    marks: set[Step] = field(default_factory=set)
    children: dict[Step, "Element"] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The path of the element from the root of the document."""
        steps: list[Step] = []
        one: Element | None = self
        while one is not None and one.above is not None:
            steps.append(one.step)
            one = one.above
        return spelled(tuple(reversed(steps)))

    def walk(self) -> Iterator["Element"]:
        """Give this element and all below it."""
        yield self
        for child in self.children.values():
            yield from child.walk()


@dataclass(slots=True)
class _Builder:
    """Builds the tree and gathers what is wrong with it."""

    namespaces: Mapping[str, tuple[str, ...]]
    findings: list[Diagnostic] = field(default_factory=list)

    def branch(self, branch: Branch, index: int, owner: Home | None, at: Element) -> None:
        """Place a branch, its record's fields, and what is below it."""
        record = branch.record
        span = record.span if record is not None else None
        steps = self.steps(record.path if record else None, branch.name, span)
        if steps is None:
            return
        if not steps or steps[-1].attribute:
            self.wrong("CW438", f"record '{branch.name}' is no element of its own", span, _ELEMENT)
            return
        element = self.descend(at, steps, span)
        if element is None:
            return
        if element.home is not None:
            other = element.home.branch.name
            message = f"records '{other}' and '{branch.name}' stand at one place, {element.path}"
            self.wrong("CW439", message, span, _APART)
            return
        home = element.home = Home(branch, index, owner, element)
        for one in record.fields if record is not None else ():
            self.field(one, home)
        for number, child in enumerate(branch.children):
            self.branch(child, number, home, element)

    def field(self, one: Field, home: Home) -> None:
        """Place a field below its record's element."""
        steps = self.steps(one.path, one.name, one.span)
        if steps is None:
            return
        attribute = steps[-1] if steps and steps[-1].attribute else None
        element = self.descend(home.element, steps if attribute is None else steps[:-1], one.span)
        if element is None or (attribute is not None and self.uris(attribute, one.span) is None):
            return
        place = Place(home, one)
        if attribute is None:
            taken = element.text = element.text or place
        else:
            taken = element.attributes.setdefault(attribute, place)
        if taken is not place:
            message = f"fields {taken.field.key} and {one.key} stand at one place, "
            self.wrong("CW439", f"{message}'{one.path or one.name}'", one.span, _APART)

    def placing(self, attribute: str | None, span: Span) -> None:
        """Check the attribute that says which place an element has."""
        steps = None if attribute is None else self.steps(attribute, "", span)
        if steps is None:
            return
        if len(steps) == 1 and steps[0].attribute:
            self.uris(steps[0], span)
        else:
            message = f"places: '{attribute}' is no attribute"
            self.wrong("CW438", message, span, "name one: places: '@ss:Index'")

    def descend(self, at: Element, steps: tuple[Step, ...], span: Span | None) -> Element | None:
        """Go down a way, making the elements that are not there yet; None for a wrong prefix."""
        for step in steps:
            child = at.children.get(step)
            if child is None:
                uris = self.uris(step, span)
                if uris is None:
                    return None
                child = at.children[step] = Element(step, uris, at)
                if not all(self.mark(child, where.steps, span) for where in step.tests):
                    return None
            at = child
        return at

    def mark(self, at: Element, steps: tuple[Step, ...], span: Span | None) -> bool:
        """Let an element have what a condition of it looks at; False for a wrong prefix."""
        last = steps[-1] if steps and steps[-1].attribute else None
        element = self.descend(at, steps if last is None else steps[:-1], span)
        if element is None or (last is not None and self.uris(last, span) is None):
            return False
        if last is None:
            element.tested = True
        else:
            element.marks.add(last)
        return True

    def steps(self, path: str | None, name: str, span: Span | None) -> tuple[Step, ...] | None:
        """Read a path; without one, the name is the element."""
        try:
            steps = parse(name if path is None else path)
        except BadPathError as wrong:
            if path is None:
                message, help_ = f"'{name}' is no element name", "say where it stands: path: ..."
            else:
                message, help_ = f"path '{path[:80]}' cannot be used: {wrong}", _ELEMENT
            self.wrong("CW438", message, span, help_)
            return None
        return steps

    def uris(self, step: Step, span: Span | None) -> tuple[str, ...] | None:
        """Give the namespaces of a name; None when its prefix is not declared."""
        if not step.prefix:
            return ("",) if step.attribute else self.namespaces.get(DEFAULT, ("",))
        found = self.namespaces.get(step.prefix) or KNOWN.get(step.prefix, ())
        if found:
            return found
        near = closest(step.prefix, (*self.namespaces, *KNOWN))
        help_ = f"did you mean '{near}'? " if near else ""
        help_ += f"declare it: file: {{namespaces: {{{step.prefix}: <URI>}}}}"
        self.wrong("CW440", f"prefix '{step.prefix}' is not declared", span, help_)
        return None

    def wrong(self, code: str, message: str, span: Span | None, help_: str) -> None:
        self.findings.append(Diagnostic(code, message, span, help=help_))


_ELEMENT = "write elements with / between them, @name for an attribute at the end, . for own text"
_APART = "give them different paths, or tell them apart by a condition: line[@type='total']"


def tree(layout: Layout, places: Span | None = None) -> tuple[Element, list[Diagnostic]]:
    """Build the elements of a layout, and find what is wrong with its paths.

    The tree is whole only when there are no findings. `places` is where the key of that name is.
    """
    document = Element(Step("", ""), ())
    builder = _Builder(dict(layout.file.namespaces))
    builder.placing(layout.file.places, places or layout.span)
    for index, branch in enumerate(layout.root.children):
        builder.branch(branch, index, None, document)
    if not builder.findings:
        builder.findings += _roots(document, layout)
        builder.findings += _inside(document, ())
    return document, builder.findings


def _roots(document: Element, layout: Layout) -> Iterator[Diagnostic]:
    """Find layouts whose records do not stand in one root element."""
    names = [str(step) for step in document.children]
    if len(names) > 1:
        first = layout.records[0]
        message = f"a document has one root element, the paths begin with {' and '.join(names)}"
        help_ = "begin the path of every top-level record with the same element"
        yield Diagnostic("CW439", message, first.span, help=help_)
        return
    for root in document.children.values():
        if root.home is not None and root.home.repeats:
            name = root.home.branch.name
            record = root.home.branch.record
            span = record.span if record is not None else layout.span
            message = (
                f"record '{name}' repeats, but its path '{root.step}' is only the root element"
            )
            help_ = f"begin with the root element: path: Root/{root.step}; or say '{name}' once"
            yield Diagnostic("CW439", message, span, help=help_)


def _inside(element: Element, around: tuple[Home, ...]) -> Iterator[Diagnostic]:
    """Find fields and records whose path leads through an element of another record."""
    home = element.home
    inner = around if home is None else (*around, home)
    for place in (element.text, *element.attributes.values()):
        if place is not None:
            between = inner[inner.index(place.home) + 1 :]
            yield from _through(place.home, place.field.key, place.field.span, between)
    if home is not None and home.branch.record is not None:
        yield from _through(home.owner, home.branch.name, home.branch.record.span, around)
        yield from _late(home, around)
    yield from _said_twice(element)
    yield from _same_name(element, home or (around[-1] if around else None))
    for child in element.children.values():
        yield from _inside(child, inner)


def _through(
    home: Home | None, name: str, span: Span, around: tuple[Home, ...]
) -> Iterator[Diagnostic]:
    own: list[Home] = []
    while home is not None:
        own.append(home)
        home = home.owner
    for other in around:
        if other not in own and (other.repeats or other.owner is not None):
            message = f"the path of '{name}' leads through record '{other.branch.name}'"
            inner = other.branch.name
            help_ = f"put it into that record: structure: {inner}({name}), or a field of {inner}"
            yield Diagnostic("CW439", message, span, help=help_)
            return


def _said_twice(element: Element) -> Iterator[Diagnostic]:
    """Find fields at a place of which a condition of the path says what stands there."""
    found = [place for step, place in element.attributes.items() if step in element.marks]
    found += [element.text] if element.text is not None and element.tested else []
    for place in found:
        one = place.field
        message = f"a condition says already what '{one.path or one.name}' is"
        yield Diagnostic("CW439", message, one.span, help="remove the field, or the condition")


def _same_name(element: Element, home: Home | None) -> Iterator[Diagnostic]:
    """Find two spellings of one element, such as two prefixes of one namespace."""
    seen: dict[tuple[str, str], Step] = {}
    for step, child in element.children.items():
        for uri in child.namespaces if not (step.tests or step.place) else ():
            other = seen.setdefault((uri, step.local), step)
            if other is not step:
                record = home.branch.record if home is not None else None
                message = f"'{other}' and '{step}' are one element of {element.path}"
                span = record.span if record is not None else None
                yield Diagnostic("CW439", message, span, help="spell it in one way")


def _late(home: Home, around: tuple[Home, ...]) -> Iterator[Diagnostic]:
    """Find top-level records around others that the structure names after them."""
    if home.owner is not None or home.branch.record is None:
        return
    for other in around:
        if other.owner is None and other.index > home.index:
            message = f"record '{home.branch.name}' stands inside '{other.branch.name}'"
            help_ = f"name '{other.branch.name}' first in the structure"
            yield Diagnostic("CW439", message, home.branch.record.span, help=help_)
