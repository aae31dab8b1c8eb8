"""Reading the XML form: a stream of occurrences in bounded memory, by expat.

Elements are matched by namespace and name, never by prefix. Each top-level record of the layout's
structure is handed out when its element ends; one that holds other top-level records (a statement
around its entries) when the first of them begins. Nothing is expanded or fetched: a document type
is refused, and with it every entity (safety A10).
"""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NoReturn
from xml.parsers import expat

from crosswalk.findings.errors import FormatProblem
from crosswalk.findings.suggest import closest
from crosswalk.formats.xmlencoding import beginning, parser_for
from crosswalk.formats.xmlhold import Held, Spoken
from crosswalk.formats.xmlnodes import PARTED, Node, build, expanded
from crosswalk.formats.xmlpath import Step, parse
from crosswalk.formats.xmlrecords import RECORD, Records
from crosswalk.formats.xmlshape import DEFAULT, KNOWN, XSI, tree
from crosswalk.model.layout import Layout
from crosswalk.model.records import Damage, Instance
from crosswalk.values.codecs import MISSING

SIZE = 1 << 16
"""How many bytes are parsed at a time."""

DEPTH = 64
"""How many elements may stand inside each other."""

ATTRIBUTES = 256
"""How many attributes an element may have."""

TOKEN = 1 << 20
"""The largest tag, comment or text, in bytes."""

SPACE = " \t\r\n"
"""White space of XML."""


class _Skip(Node):
    """Where everything is passed over."""

    __slots__ = ("reader",)
    reader: "_Reader"

    def __missing__(self, name: str) -> Node:
        if len(self.reader.stack) > DEPTH:
            self.reader.deep(0)
        return self


def read(stream: BinaryIO, layout: Layout) -> Iterator[Instance | Damage]:
    """Yield the top-level occurrences of a document in order, and the Damage of those unreadable.

    Lines are source lines of the elements. Raises FormatProblem: CW602 (encoding), CW650 (not well
    formed), CW651 (document type), CW652 (too large or too deep), CW631 (a record is not there),
    CW653 to CW655 (outside of a repeating record: not of the layout's shape).
    """
    yield from _Reader(layout).read(stream)


class _Reader:
    """Reads one document. Not reusable.

    `odd` are the nodes on the stack whose text is not simply what stands in them: nil, or with
    elements inside. `held` is the first byte of an element whose conditions are not decided yet,
    `replayed` the line of what is played back, `skipped` the deepest place outside of any record
    where something was passed over.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.loose = layout.file.extra_columns == "ignore"
        self.namespaces = dict(layout.file.namespaces)
        document, findings = tree(layout)
        if findings:
            raise FormatProblem("CW647", findings[0].message, help=findings[0].help)
        self.placing = self.named(layout.file.places)
        self.skip = _Skip(document, None, self.foreign)
        self.skip.reader = self
        self.root = build(document, self.foreign, self.uris)
        self.parser: Any = parser_for(layout.file)
        self.stack: list[Node] = []
        self.texts: list[str] = []
        self.odd: list[Node] = []
        parser = self.parser
        self.records = Records(
            layout,
            lambda: self.line,
            lambda: parser.CurrentByteIndex,
            lambda: parser.CurrentColumnNumber,
        )
        self.replayed: int | None = None
        self.held: int | None = None
        self.reached = False
        self.skipped: tuple[int, int, str] | None = None

    def named(self, attribute: str | None) -> list[str]:
        """Give the names of an attribute as expat reports them."""
        if attribute is None:
            return []
        (step,) = parse(attribute)
        return expanded(step, self.uris(step))

    def uris(self, step: Step) -> tuple[str, ...]:
        """Give the namespaces that a name may be in."""
        if step.prefix:
            return self.namespaces.get(step.prefix) or KNOWN[step.prefix]
        return ("",) if step.attribute else self.namespaces.get(DEFAULT, ("",))

    # --- the stream ----------------------------------------------------------------------

    def read(self, stream: BinaryIO) -> Iterator[Instance | Damage]:
        """Parse a stream in pieces; what it gives is handed out after each piece."""
        self.connect()
        data, fed = beginning(stream, self.layout.file, SIZE), 0
        while data := data or stream.read(SIZE):
            self.feed(data)
            fed += len(data)
            data = b""
            yield from self.records.out
            self.records.out.clear()
            self.bounds(self.parser.CurrentByteIndex, fed)
        self.feed(b"", last=True)
        yield from self.records.out
        self.finish()

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Parse some bytes. Raises FormatProblem CW650."""
        try:
            self.parser.Parse(data, last)
        except expat.ExpatError as wrong:
            reason = expat.errors.messages[wrong.code]
            message = f"the file is not well-formed XML: {reason} (column {wrong.offset + 1})"
            help_ = "nothing after this place can be trusted: ask for the file again"
            raise FormatProblem("CW650", message, line=wrong.lineno, help=help_) from None

    def bounds(self, at: int, fed: int) -> None:
        """Refuse what would not fit into memory. Raises FormatProblem CW652."""
        if fed - at > TOKEN + SIZE or sum(map(len, self.texts)) > TOKEN:
            self.records.stop("CW652", f"a tag, comment or text has more than {TOKEN} bytes")
        if self.held is not None and at - self.held > RECORD:
            self.records.stop("CW652", f"an element with a condition has more than {RECORD} bytes")
        self.records.bounds(at)

    def finish(self) -> None:
        """Refuse a document that lacks records it must have, or in which none was even near."""
        if self.skipped is not None and not self.reached and not any(self.records.emitted):
            _, line, reason = self.skipped
            help_ = "correct the paths of the layout, or ask for the right file"
            raise FormatProblem("CW655", reason, line=line, help=help_)
        self.records.expect(len(self.records.emitted), "at the end")

    # --- handlers ------------------------------------------------------------------------

    def connect(self) -> None:  # noqa: C901, PLR0915 - the inner loop
        """Give expat its handlers: closures over what changes with every element.

        Text is only asked for where it is a value, or where none may be.
        """
        parser, stack, texts, odd = self.parser, self.stack, self.texts, self.odd
        enter, close, node, collect = self.enter, self.records.close, self.root, self.texts.append

        def stray(text: str) -> None:
            if not (text.isspace() or node is self.skip or node.element.tested):
                reason = f"text stands in '{node.element.step}', which has only elements"
                self.records.hurt("CW654", reason)

        outside = None if self.loose else stray

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal node
            if node.field is not None:
                self.between(node)
                parser.CharacterDataHandler = outside
            stack.append(node)
            node = node[name]
            if attributes or node.special:
                node = enter(node, attributes)
            if node.field is not None:
                parser.CharacterDataHandler = collect

        def end(_: str) -> None:
            nonlocal node
            field = node.field
            if field is not None:
                cells = node.cells.cells
                if cells[field] is MISSING and not odd:
                    text = texts[0] if len(texts) == 1 else "".join(texts)
                    cells[field] = text if node.exact else text.strip(SPACE)
                else:
                    self.again(node)
                texts.clear()
                parser.CharacterDataHandler = outside
            if node.opens is not None:
                close(node.opens)
            node = stack.pop()
            if node.field is not None:
                parser.CharacterDataHandler = collect

        def become(chosen: Node | None, attributes: dict[str, str]) -> None:
            nonlocal node
            found = self.nothing_fits(node) if chosen is None else chosen
            node = enter(found, attributes) if attributes or found.special else found
            if node.field is not None:
                parser.CharacterDataHandler = collect

        self.become = become
        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = outside
        parser.StartDoctypeDeclHandler = self.doctype

    @property
    def line(self) -> int:
        """The source line of what is being read."""
        line: int = self.parser.CurrentLineNumber if self.replayed is None else self.replayed
        return line

    def doctype(self, _: str, __: str | None, ___: str | None, inner: int) -> NoReturn:
        """Refuse a document type declaration, before anything in it is looked at."""
        message = "the file has a document type declaration"
        help_ = "ask the partner for the file without <!DOCTYPE ...>"
        if inner:
            message += " with declarations of its own"
        elif self.layout.file.doctype is None:
            help_ += "; or say doctype: <its identifier> under file, to pass it over unread"
        self.records.stop("CW651", message, help_)

    def enter(self, node: Node, attributes: dict[str, str]) -> Node:
        """Look closer at an element that has attributes, or is more than a way or a value."""
        if node is self.skip:
            return node
        if node.numbered or node.choices:
            return self.decide(node, attributes)
        for one in node.resets:
            one.count = 0
        if node.leads:
            self.reached = True
        if node.opens is not None:
            self.records.open(node.opens)
        if attributes:
            self.attributes(node, attributes)
        if node.spoken:
            Spoken(self.parser, self.texts, self.deep).begin()
        return node

    def decide(self, node: Node, attributes: dict[str, str]) -> Node:
        """Give the node of an element by its place among those of its name; or wait for its end."""
        if node.choices:
            Held(self, node, attributes).begin()
            return node
        node.count = self.place(node.count + 1, attributes)
        chosen = node.numbered.get(node.count, node.other)
        if chosen is not None:
            return self.enter(chosen, attributes)
        if not self.loose:
            self.records.hurt("CW653", f"'{node.name}[{node.count}]' is not in the layout")
        return self.skip

    def place(self, count: int, attributes: dict[str, str]) -> int:
        """Give the place of an element: the next one, or the one that its attribute says."""
        said = next((attributes.pop(name) for name in self.placing if name in attributes), None)
        if said is None:
            return count
        if not said.isascii() or not said.isdigit() or int(said[:9]) < count:
            self.records.hurt("CW654", f"'{said[:20]}' is not the place of an element at {count}")
            return count
        return int(said[:9])

    def attributes(self, node: Node, attributes: dict[str, str]) -> None:
        """Take the values of an element's attributes."""
        if len(attributes) > ATTRIBUTES:
            self.records.hurt("CW652", f"an element has more than {ATTRIBUTES} attributes")
            return
        for name, value in attributes.items():
            place = node.attributes.get(name)
            if place is not None:
                opened, field, exact = place
                if opened.cells[field] is not MISSING:
                    self.records.twice(opened, field)
                else:
                    opened.cells[field] = value if exact else value.strip(SPACE)
            elif name == _NIL:
                if value.strip(SPACE) in ("true", "1") and node.field is not None:
                    node.nil = True
                    self.odd.append(node)
            elif not (self.loose or name in node.marks or name.startswith(XSI)):
                self.unknown(node, name, [step.local for step in node.element.attributes], "@")

    def between(self, node: Node) -> None:
        """Keep the text around the elements inside a value."""
        if all(one is not node for one in self.odd):
            self.odd.append(node)
        node.before += "".join(self.texts)
        self.texts.clear()

    def again(self, node: Node) -> None:
        """Take a text that is null or has elements inside; refuse a second value."""
        text, opened, field = node.before + "".join(self.texts), node.cells, node.field
        assert field is not None
        nil, node.nil, node.before = node.nil, False, ""
        self.odd[:] = [one for one in self.odd if one is not node]
        if opened.cells[field] is not MISSING:
            self.records.twice(opened, field)
        elif nil and text.strip(SPACE):
            self.records.hurt("CW654", f"'{node.element.step}' is nil, but has a value")
        elif nil:
            opened.cells[field] = None
        else:
            opened.cells[field] = text if node.exact else text.strip(SPACE)

    # --- names that the layout does not have ---------------------------------------------

    def foreign(self, node: Node, name: str) -> Node:
        """Refuse an element that the layout does not have here, or pass over it."""
        local, depth = name.rpartition(PARTED)[2][:80], len(self.stack)
        if node.element.above is None:
            self.other_root(node, name)
        if node.field is not None and not node.element.children:
            reason = f"'{node.name}' holds elements ('{local}'), where the layout has a value"
            self.records.hurt("CW654", reason)
        elif not self.loose:
            self.unknown(node, name, [step.local for step in node.element.children], "")
        elif node.open is not None:
            node.remember(name, self.skip)
        elif self.skipped is None or depth > self.skipped[0]:
            reason = f"no record of the layout is in the file, '{node.name}' has only '{local}'"
            self.skipped = (depth, self.line, reason)
        return self.skip

    def deep(self, more: int) -> None:
        """Refuse a document that is nested too deeply."""
        if len(self.stack) + more > DEPTH:
            self.records.stop("CW652", f"elements are nested more than {DEPTH} deep")

    def nothing_fits(self, node: Node) -> Node:
        """Refuse an element for which no condition of the layout holds, or pass over it."""
        if not self.loose:
            name = node.element.step.name
            self.records.hurt("CW653", f"no condition of the layout fits this '{name}'")
        return self.skip

    def unknown(self, node: Node, name: str, known: Sequence[str], mark: str) -> None:
        """Say that the layout does not have a name here, and which one was probably meant."""
        uri, _, local = name.rpartition(PARTED)
        inside = node.element.path
        near = closest(local, known)
        reason = f"'{mark}{local[:80]}' in {inside} is not in the layout"
        if local in known:
            where = f"in namespace '{uri[:120]}'" if uri else "in no namespace"
            reason = f"'{mark}{local}' in {inside} is {where}, not in the one of the layout"
        self.records.hurt("CW653", reason, f"did you mean '{mark}{near}'?" if near else "")

    def other_root(self, node: Node, name: str) -> NoReturn:
        """Refuse a document of another kind."""
        uri, _, local = name.rpartition(PARTED)
        step, element = next(iter(node.element.children.items()))
        if local != step.local:
            reason = f"the file's root element is '{local[:80]}', the layout's is '{step.local}'"
            help_ = "this is another kind of file, or the paths do not begin at its root"
            self.records.stop("CW655", reason, help_)
        where = f"namespace '{uri[:200]}'" if uri else "no namespace"
        wanted = " or ".join(f"'{one}'" if one else "no namespace" for one in element.namespaces)
        help_ = f'say namespaces: {{{step.prefix or DEFAULT}: "{uri[:200] or "*"}"}}; "*" is any'
        self.records.stop("CW655", f"'{local}' is in {where}, the layout has {wanted}", help_)


_NIL = f"{XSI}{PARTED}nil"
