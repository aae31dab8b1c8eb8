"""The elements of an XML layout as a machine that a reader walks: one table of names per element.

A node is a dict from the names that expat reports (with their namespace, if they are in one) to the
nodes below it, so that the common step of a reader is one look-up.
"""

from collections.abc import Callable, Iterable
from typing import Any

from crosswalk.formats.xmlpath import Step, Where
from crosswalk.formats.xmlshape import ANY, Element, Home
from crosswalk.model.records import Cell, Instance
from crosswalk.values.codecs import MISSING

PARTED = "\x01"
"""What expat puts between a namespace and a name; XML has no such character."""

KEPT = 1024
"""How many foreign names a node remembers."""

_EXACT = ("text",)


class Open:
    """The occurrence of a branch that is being read; `given` once it was handed out."""

    __slots__ = ("blank", "cells", "children", "given", "home", "instance", "owner")

    def __init__(self, home: Home, owner: "Open | None") -> None:
        record = home.branch.record
        self.home, self.owner = home, owner
        self.blank: list[Cell] | None = None if record is None else [MISSING] * len(record.fields)
        self.cells: Any = self.blank
        self.children = len(home.branch.children)
        self.instance: Instance | None = None
        self.given = False

    @property
    def top(self) -> "Open":
        """The top-level occurrence that this one stands in."""
        return self if self.owner is None else self.owner.top


class Node(dict[str, Any]):
    """One element. `open` is the occurrence it stands in, `field` which of the `cells` its text is.

    `opens` is the branch of which each such element is an occurrence; `special` says that entering
    needs a closer look; `exact` keeps white space around the text, `spoken` takes that of elements
    inside too. `numbered` are the nodes by their place, of which `count` were met; `resets` those
    below that begin to count anew.
    """

    __slots__ = (
        *(
            "attributes",
            "before",
            "cells",
            "choices",
            "element",
            "exact",
            "field",
            "foreign",
            "leads",
        ),
        *("locals", "marks", "name", "nil", "open", "opens", "special"),
        *("count", "numbered", "other", "resets", "spoken"),
    )

    def __init__(self, element: Element, opened: Open | None, foreign: Callable[..., Any]) -> None:
        super().__init__()
        self.element, self.open, self.foreign = element, opened, foreign
        self.opens: Open | None = None
        self.cells: Any = opened
        self.field: int | None = None
        self.exact = True
        self.attributes: dict[str, tuple[Open, int, bool]] = {}
        self.marks: set[str] = set()
        self.locals: dict[str, Node] = {}
        self.choices: list[tuple[tuple[Where, ...], Node]] = []
        self.numbered: dict[int, Node] = {}
        self.other: Node | None = None
        self.resets: list[Node] = []
        self.count = 0
        self.special = self.spoken = False
        self.leads = self.nil = False
        self.before = ""
        self.name = element.step.name

    def __missing__(self, name: str) -> "Node":
        """Look for a name of which any namespace will do; else it is foreign here."""
        found = self.locals.get(name.rpartition(PARTED)[2])
        if found is None:
            return self.foreign(self, name)  # type: ignore[no-any-return]
        self.remember(name, found)
        return found

    def remember(self, name: str, node: "Node") -> None:
        """Find a name at once the next time; a bounded number of them."""
        if len(self) < KEPT:
            self[name] = node


def expanded(step: Step, namespaces: Iterable[str]) -> list[str]:
    """Give the names of a step as expat reports them."""
    return [f"{uri}{PARTED}{step.local}" if uri else step.local for uri in namespaces]


def build(document: Element, foreign: Callable[[Node, str], Node], uris: "Uris") -> Node:
    """Build the nodes of a layout. `foreign` gives the node of a name that a node does not know."""
    return _node(document, None, _Build(foreign, uris, {}))


Uris = Callable[[Step], tuple[str, ...]]
"""From a step to the namespaces it may be in."""


class _Build:
    def __init__(
        self, foreign: Callable[[Node, str], Node], uris: Uris, opens: dict[Home, Open]
    ) -> None:
        self.foreign, self.uris, self.opens = foreign, uris, opens

    def opened(self, home: Home) -> Open:
        made = self.opens.get(home)
        if made is None:
            owner = None if home.owner is None else self.opened(home.owner)
            made = self.opens[home] = Open(home, owner)
        return made


def _node(element: Element, around: Open | None, build_: _Build) -> Node:
    home = element.home
    opened = around if home is None else build_.opened(home)
    node = Node(element, opened, build_.foreign)
    node.opens = None if home is None else opened
    if element.text is not None:
        node.cells = build_.opened(element.text.home)
        node.field = element.text.field.position
        node.exact = element.text.field.codec.type in _EXACT
        node.spoken = element.text.field.markup == "text"
    for step, place in element.attributes.items():
        exact = place.field.codec.type in _EXACT
        goal = (build_.opened(place.home), place.field.position, exact)
        for name in expanded(step, build_.uris(step)):
            node.attributes[name] = goal
    for step in element.marks:
        node.marks.update(expanded(step, build_.uris(step)))
    for step, child in element.children.items():
        _add(node, step, _node(child, opened, build_))
    node.leads = around is None and any(
        child.home is not None for child in element.children.values()
    )
    node.special |= node.opens is not None or node.leads or node.spoken
    return node


def _add(node: Node, step: Step, child: Node) -> None:
    """Put a child under its names; those with conditions share a node that waits for the end."""
    for uri in child.element.namespaces:
        if uri == ANY:
            _place(node, node.locals, step.local, step, child)
        else:
            _place(node, node, f"{uri}{PARTED}{step.local}" if uri else step.local, step, child)


def _place(node: Node, names: dict[str, Any], name: str, step: Step, child: Node) -> None:
    """Put a child under a name; where places tell them apart, they share a node that counts."""
    present: Node | None = names.get(name)
    if not step.place and (present is None or not present.numbered):
        _put(names, name, step, child)
        return
    if present is None or not present.numbered:
        names[name] = counting = Node(child.element, child.open, child.foreign)
        counting.other, counting.special, node.special = present, True, True
        node.resets.append(counting)
        present = counting
    if step.place:
        present.numbered[step.place] = child
        return
    others = {} if present.other is None else {name: present.other}
    _put(others, name, step, child)
    present.other = others[name]


def _put(names: dict[str, Any], name: str, step: Step, child: Node) -> None:
    present: Node | None = names.get(name)
    if not step.tests and (present is None or not present.choices):
        names[name] = child
        return
    if present is None or not present.choices:
        waiting = Node(child.element, child.open, child.foreign)
        waiting.special = True
        if present is not None:
            waiting.choices.append(((), present))
        names[name] = present = waiting
    place = len(present.choices)
    if present.choices and not present.choices[-1][0]:
        place -= 1
    if step.tests:
        present.choices.insert(place, (step.tests, child))
    else:
        present.choices.append(((), child))
