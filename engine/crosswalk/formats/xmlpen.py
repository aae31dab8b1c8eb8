"""Single elements of an XML layout as functions from an occurrence to text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.xmlpath import Step, Where
from crosswalk.formats.xmlshape import Element, Home
from crosswalk.model.records import Instance

Write = Callable[[Instance], str]
"""From an occurrence to the text of one of its elements; nothing where it has no value."""

_TEXT = re.compile("[&<>\r]")
_VALUE = re.compile('[&<>"\r\n\t]')
_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def _reference(match: re.Match[str]) -> str:
    return _NAMES.get(match[0]) or f"&#{ord(match[0])};"


def _escaper(pattern: re.Pattern[str], encoding: str) -> Callable[[str], str]:
    """Build the function that makes text safe; what an encoding lacks becomes a reference."""

    def escape(text: str) -> str:
        safe = pattern.sub(_reference, text) if pattern.search(text) else text
        if safe.isascii():
            return safe
        return safe.encode(encoding, "xmlcharrefreplace").decode(encoding)

    return escape


@dataclass(frozen=True, slots=True)
class _Attribute:
    """An attribute with a value of its own: the text before the value, and where that is."""

    before: str
    position: int
    always: bool


class Pen:
    """Writes elements: escaped for an encoding, indented or not, namespaces said at the root."""

    def __init__(self, encoding: str, indent: int, root: Element, spaces: str) -> None:
        self.indent, self.root, self.spaces = indent, root, spaces
        self.text = _escaper(_TEXT, encoding)
        self.value = _escaper(_VALUE, encoding)
        self.encoding = encoding

    def cdata(self, text: str) -> str:
        """Give a text as a CDATA section; one that cannot be in it, as references."""
        if not text or "\r" in text or not _fits(text, self.encoding):
            return self.text(text)
        return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"

    def line(self, depth: int) -> str:
        """Give what stands before an element of a depth (the root has 0)."""
        return "\n" + " " * (self.indent * depth) if self.indent and depth else ""

    def end(self, element: Element, depth: int) -> str:
        """Give the end tag of an element that has others inside."""
        return f"{self.last(depth)}</{element.step.name}>"

    def last(self, depth: int) -> str:
        """Give what stands before the end tag of an element that has others inside."""
        return "\n" + " " * (self.indent * depth) if self.indent else ""

    def start(self, element: Element) -> str:
        """Give the start of a tag, without its end: its name, and what is always in it."""
        spaces = self.spaces if element is self.root else ""
        fixed = "".join(
            f' {where.steps[0].name}="{self.value(where.value)}"'
            for where in element.step.tests
            if _is_own_attribute(where)
        )
        return f"<{element.step.name}{spaces}{fixed}"

    def fixed(self, element: Element, depth: int) -> str:
        """Give the elements that an element's conditions say are always in it."""
        for where in element.step.tests:
            shared = element.children.get(where.steps[0]) if where.steps else None
            if shared is not None and any(True for _ in places(shared)):
                message = f"fields stand in '{shared.path}', which a condition is about"
                raise FormatProblem("CW647", message, help="such a layout can only be read")
        return "".join(
            self.line(depth + 1) + self._nested(where.steps, where.value)
            for where in element.step.tests
            if where.steps and not _is_own_attribute(where)
        )

    def _nested(self, steps: tuple[Step, ...], value: str) -> str:
        step, *rest = steps
        if rest and rest[0].attribute:
            return f'<{step.name} {rest[0].name}="{self.value(value)}"/>'
        inner = self._nested(tuple(rest), value) if rest else self.text(value)
        return f"<{step.name}>{inner}</{step.name}>"

    # --- elements ------------------------------------------------------------------------

    def element(self, element: Element, home: Home, depth: int) -> Write:
        """Build the writer of an element: a record, or what a record has in it."""
        start, name, escape = self.start(element), element.step.name, self.text
        if element.text is not None and element.text.field.markup == "cdata":
            escape = self.cdata
        attributes, members = self.attributes(element, home), self.members(element, home, depth)
        fixed, last, record = self.fixed(element, depth), self.last(depth), element.home is home
        own = element.text if element.text is not None and element.text.home is home else None
        position = -1 if own is None else own.field.position
        whole = next((one.value for one in element.step.tests if not one.steps), None)

        def leaf(instance: Instance) -> str:
            cell = instance.cells[position] if instance.cells is not None else None
            return f"{start}>{escape(cell)}</{name}>" if isinstance(cell, str) else ""

        def write(instance: Instance) -> str:
            said, real = _said(attributes, instance, self.value)
            cell = instance.cells[position] if own is not None and instance.cells else whole
            text = escape(cell) if isinstance(cell, str) else ""
            inner = "".join([member(instance) for member in members])
            bare = not inner and (own is None or not isinstance(cell, str))
            if bare and not real and not record:
                return ""
            inner = fixed + inner
            if not inner and not isinstance(cell, str):
                return f"{start}{said}/>"
            return f"{start}{said}>{text}{inner}{last if inner and not text else ''}</{name}>"

        simple = own is not None and not (attributes or members or fixed or record or whole)
        return leaf if simple else write

    def begin(self, element: Element, home: Home, depth: int) -> Write:
        """Build the writer of an element that is left open for the records that stand in it."""
        start, attributes = self.start(element), self.attributes(element, home)
        members = self.members(element, home, depth)
        before, fixed = self.line(depth), self.fixed(element, depth)

        def write(instance: Instance) -> str:
            said, _ = _said(attributes, instance, self.value)
            inner = "".join([member(instance) for member in members])
            return f"{before}{start}{said}>{fixed}{inner}"

        return write

    def attributes(self, element: Element, home: Home) -> list[_Attribute]:
        """Give the attributes of an element that are fields of a record."""
        return [
            _Attribute(f' {step.name}="', place.field.position, place.field.always is not None)
            for step, place in element.attributes.items()
            if place.home is home
        ]

    def members(self, element: Element, home: Home, depth: int) -> list[Write]:
        """Build the writers of what stands in an element, each with the line before it."""
        mine = [
            child
            for child in element.children.values()
            if (child.home.owner is home if child.home is not None else not leads(child))
        ]
        placed = {
            child.step.name: refuse_gaps(element, child) for child in mine if child.step.place
        }
        found = []
        for child in mine:
            if not child.step.place:
                found.append(self.member(child, home, depth + 1))
            elif child.step.place == 1:
                found.append(self.places(placed[child.step.name], home, depth + 1))
        return found

    def places(self, children: list[Element], home: Home, depth: int) -> Write:
        """Build the writer of elements by their place: one without a value keeps it, empty."""
        writers = [self.member(child, home, depth) for child in children if child.step.place]
        empty, all_kept = (
            f"{self.line(depth)}<{children[0].step.name}/>",
            not children[-1].step.place,
        )

        def write(instance: Instance) -> str:
            texts = [one(instance) for one in writers]
            while texts and not (texts[-1] or all_kept):
                texts.pop()
            return "".join([text or empty for text in texts])

        return write

    def member(self, child: Element, home: Home, depth: int) -> Write:
        """Build the writer of an element or of all records of a branch inside another element."""
        before = self.line(depth)
        if child.home is None:
            write = self.element(child, home, depth)
            return lambda instance: before + text if (text := write(instance)) else ""
        write, index = self.element(child, child.home, depth), child.home.index
        return lambda instance: "".join([before + write(one) for one in instance.children[index]])


def refuse_gaps(above: Element, element: Element) -> list[Element]:
    """Give the elements of one name by place, those without one last; refuse places not known."""
    name = element.step.name
    same = [one for one in above.children.values() if one.step.name == name]
    same.sort(key=lambda one: (not one.step.place, one.step.place))
    known = [one.step.place for one in same if one.step.place]
    if known != list(range(1, len(known) + 1)):
        message = f"not all places of '{name}' up to [{known[-1]}] are in the layout"
        raise FormatProblem("CW647", message, help="such a layout can only be read")
    return same


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def leads(element: Element) -> bool:
    """Tell whether a top-level record stands somewhere inside an element."""
    inner = (one.home for child in element.children.values() for one in child.walk())
    return any(home is not None and home.owner is None for home in inner)


def places(element: Element) -> Iterator[Home]:
    """Give the records of the fields in an element and below it."""
    for one in element.walk():
        for place in (one.text, *one.attributes.values()):
            if place is not None:
                yield place.home


def _said(
    attributes: list[_Attribute], instance: Instance, escape: Callable[[str], str]
) -> tuple[str, bool]:
    """Give the attributes that have a value, and whether one is more than a constant."""
    text, real = "", False
    for one in attributes:
        cell = instance.cells[one.position] if instance.cells is not None else None
        if isinstance(cell, str):
            text += f'{one.before}{escape(cell)}"'
            real = real or not one.always
    return text, real


def _is_own_attribute(where: Where) -> bool:
    return len(where.steps) == 1 and where.steps[0].attribute
