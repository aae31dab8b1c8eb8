"""Elements that a condition tells apart: held until their end, then read as what they are.

While an element is held, expat's events are kept; then the first condition that holds decides
which element of the layout it is, and the events are played back.
"""

from collections.abc import Callable
from typing import Any

from crosswalk.formats.xmlnodes import Node, expanded
from crosswalk.formats.xmlpath import Step, Where

Event = tuple[int, str, dict[str, str] | None]
"""Line, name or text, and the attributes: of a start; `{}` may be shared. None: text or end."""

_END = "</>"
"""Stands for an end, which no name or text is: compared by identity."""


class Held:
    """One element on hold. `reader` has `parser`, `line`, `start`, `end`, `texts`, `become`."""

    def __init__(self, reader: Any, node: Node, attributes: dict[str, str]) -> None:  # noqa: ANN401
        self.reader, self.node, self.attributes = reader, node, attributes
        self.line = reader.line
        self.events: list[Event] = []
        self.depth = 0
        parser = reader.parser
        self.before = (
            parser.StartElementHandler,
            parser.EndElementHandler,
            parser.CharacterDataHandler,
        )

    def begin(self) -> None:
        """Take over expat's events."""
        parser = self.reader.parser
        if self.reader.held is None:
            self.reader.held = parser.CurrentByteIndex
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.text

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Keep a start."""
        self.depth += 1
        self.reader.deep(self.depth)
        self.events.append((self.reader.line, name, attributes))

    def text(self, text: str) -> None:
        """Keep a text."""
        self.events.append((self.reader.line, text, None))

    def end(self, _: str) -> None:
        """Keep an end; that of the element itself ends the wait."""
        if self.depth:
            self.depth -= 1
            self.events.append((self.reader.line, _END, None))
            return
        self.replay(self.reader.line)

    def replay(self, last: int) -> None:
        """Decide what the element is, and play its events back."""
        reader, parser = self.reader, self.reader.parser
        (parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler) = (
            self.before
        )
        reader.replayed, reader.held = self.line, None
        reader.become(self.chosen(), self.attributes)
        for line, text, attributes in self.events:
            reader.replayed = line
            if attributes is not None:
                parser.StartElementHandler(text, attributes)
            elif text is _END:
                parser.EndElementHandler(text)
            elif parser.CharacterDataHandler is not None:
                parser.CharacterDataHandler(text)
        reader.replayed = last
        parser.EndElementHandler(_END)
        reader.replayed = None

    def chosen(self) -> Node | None:
        """Give the first node whose conditions hold."""
        for tests, node in self.node.choices:
            if all(self.holds(test) for test in tests):
                return node
        return None

    def holds(self, test: Where) -> bool:
        """Tell whether what stands at a condition's place is its value; one of several will do."""
        return test.value in self.found(test.steps)

    def found(self, steps: tuple[Step, ...]) -> list[str]:
        """Give the texts at a way below the element."""
        uris = self.reader.uris
        names = [frozenset(expanded(step, uris(step))) for step in steps]
        if steps and steps[-1].attribute:
            return self.attribute(names)
        texts: list[str] = []
        way: list[str] = []
        for _, text, attributes in self.events:
            if attributes is not None:
                way.append(text)
                if _is_at(way, names):
                    texts.append("")
            elif text is _END:
                way.pop()
            elif _is_at(way, names):
                if not texts:
                    texts.append("")
                texts[-1] += text
        return [text.strip(" \t\r\n") for text in texts]

    def attribute(self, names: list[frozenset[str]]) -> list[str]:
        """Give the values of an attribute at a way below the element."""
        *above, last = names
        found: list[dict[str, str]] = [] if above else [self.attributes]
        way: list[str] = []
        for _, text, attributes in self.events if above else ():
            if attributes is not None:
                way.append(text)
                if _is_at(way, above):
                    found.append(attributes)
            elif text is _END:
                way.pop()
        return [value for one in found for name, value in one.items() if name in last]


class Spoken:
    """The text of one element, with that of all elements inside it."""

    def __init__(self, parser: Any, texts: list[str], deep: Callable[[int], None]) -> None:  # noqa: ANN401
        self.parser, self.texts, self.deep = parser, texts, deep
        self.depth = 0
        self.before = (parser.StartElementHandler, parser.EndElementHandler)

    def begin(self) -> None:
        """Take over expat's events."""
        parser = self.parser
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.texts.append

    def start(self, _: str, __: dict[str, str]) -> None:
        """Go into an element inside."""
        self.depth += 1
        self.deep(self.depth)

    def end(self, name: str) -> None:
        """Leave an element inside; the end of the element itself is passed on."""
        if self.depth:
            self.depth -= 1
            return
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.before
        self.before[1](name)


def _is_at(way: list[str], names: list[frozenset[str]]) -> bool:
    return len(way) == len(names) and all(
        name in known for name, known in zip(way, names, strict=True)
    )
