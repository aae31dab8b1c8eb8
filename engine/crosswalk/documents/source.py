"""Strict YAML with positions: the only way author text becomes nodes (safety C1-C3, A1-A4).

Parser events are consumed one by one, so depth, size and node count are capped before anything
nested is built, and anchors, tags and merge keys never reach a constructor.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard, cast

import yaml
from yaml.error import Mark
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from crosswalk.documents.undecided import undecided
from crosswalk.documents.yaml_rules import (
    MAX_FINDINGS,
    Trouble,
    blanks_before,
    clean,
    empty,
    escape_finding,
    explain,
    meaning,
    not_utf8,
    span_at,
    too_large,
    unreadable,
)
from crosswalk.findings.diagnostics import Diagnostic, Label, Span
from crosswalk.findings.suggest import SHOWN, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 100_000
_PROPERTY = re.compile(r"(!<[^>\n]*>|[&!*][^\s,\[\]{}]*)\s*")
_BLOCK_HEAD = re.compile(r"[|>][-+0-9]*[ \n]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `text` is what was written ("1.10" stays "1.10"), `value` is what it means."""

    span: Span
    text: str
    value: str | int | bool | Decimal | None
    plain: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a map with its value."""

    key: Scalar
    value: "Node"


@dataclass(frozen=True, slots=True)
class Map:
    """Entries by the text of their key, in document order (`1:` is found under "1")."""

    span: Span
    entries: dict[str, Entry]


@dataclass(frozen=True, slots=True)
class List:
    """Items in document order."""

    span: Span
    items: tuple["Node", ...]


Node = Scalar | Map | List


def read(text: str, file: str, *, pure: bool = False) -> tuple[Node | None, list[Diagnostic]]:
    """Read one YAML document of at most 1 MiB, 40 levels and 100,000 nodes.

    Gives the node without the parts that were refused (None when nothing could be read) and
    every finding (CW1xx) in document order; never raises. A scalar that is refused as ambiguous
    stays in the tree as text. `pure` reads with the Python parser even where libyaml is there.
    Columns count characters. Source of the rules: safety C1-C3 and A1-A4, authoring 2.2.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return None, [too_large(file)]
    findings: list[Diagnostic] = []
    text = clean(text if text.endswith("\n") else text + "\n", file, findings)
    node = None
    try:
        builder = _Builder(text, file, findings, pure=pure)
        node = builder.document()
        if "TODO" in text:
            findings += undecided(text, file, builder.scalars)
    except _Stop as stop:
        if not _caused_by_tab(stop.finding, findings):
            findings.append(stop.finding)
    return node, sorted(findings, key=_place)


def read_file(path: Path, display_name: str) -> tuple[Node | None, list[Diagnostic]]:
    """Read a file of UTF-8 text like `read`; an unreadable file is a finding, not an exception."""
    try:
        if not path.is_file():
            return None, [unreadable(display_name, "it is not a file")]
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 4)
    except (OSError, ValueError) as error:
        return None, [unreadable(display_name, type(error).__name__)]
    if len(data.removeprefix(b"\xef\xbb\xbf")) > MAX_BYTES:
        return None, [too_large(display_name)]
    try:
        return read(data.decode("utf-8"), display_name)
    except UnicodeDecodeError as error:
        finding = not_utf8(data, error.start, display_name)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [finding]
    node, findings = read(data.decode("utf-8", "replace"), display_name)
    return node, [finding, *findings]


def plain(node: Node) -> object:
    """Give dict, list, str, int, bool, Decimal or None; the keys of maps are always str."""
    if isinstance(node, Map):
        return {text: plain(entry.value) for text, entry in node.entries.items()}
    if isinstance(node, List):
        return [plain(item) for item in node.items]
    return node.value


def _caused_by_tab(stop: Diagnostic, findings: list[Diagnostic]) -> bool:
    """Tell whether a syntax error is what a reported tab led to; fixing the tab comes first."""
    return stop.code == "CW101" and any(finding.code == "CW104" for finding in findings)


def _place(finding: Diagnostic) -> tuple[int, int]:
    return (finding.span.line, finding.span.column) if finding.span else (0, 0)


class _Stop(Exception):  # noqa: N818 - control flow inside this module, not an error
    """Nothing after this finding can be read."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


class _Builder:
    """Turns parser events into nodes; one instance reads one document."""

    def __init__(self, text: str, file: str, findings: list[Diagnostic], *, pure: bool) -> None:
        fast = yaml.__with_libyaml__ and not pure
        self._events: Iterator[Event] = yaml.parse(
            text, Loader=yaml.CSafeLoader if fast else yaml.SafeLoader
        )
        self._text = text
        self._file = file
        self._findings = findings
        self._nodes = 0
        self._offset = 0
        self.scalars: list[tuple[int, int]] = []

    def document(self) -> Node | None:
        """Read the one document of the text; raises only _Stop."""
        self._next()
        if isinstance(self._next(), StreamEndEvent):
            raise _Stop(empty(self._file))
        node = self._node(self._next(), 1)
        if isinstance(node, Scalar) and node.plain and not node.text:
            raise _Stop(empty(self._file))
        self._next()
        event = self._next()
        if isinstance(event, DocumentStartEvent):
            remedy = "keep one document in a file"
            self._add(self._at(event, "CW108", "a second document begins here", remedy))
        return node

    def _next(self) -> Event:
        try:
            event = next(self._events)
        except yaml.MarkedYAMLError as error:
            raise _Stop(explain(_trouble(error), self._text, self._file)) from None
        except (yaml.YAMLError, ValueError, OverflowError):
            # The Python parser builds the character of an impossible "\U........" escape.
            raise _Stop(escape_finding(self._text, self._file, self._offset)) from None
        self._offset = _finish(event).index
        return event

    def _note(self, code: str, message: str, start: int, end: int, remedy: str) -> None:
        span = span_at(self._file, self._text, start, end)
        self._add(Diagnostic(code, message, span, help=remedy))

    def _add(self, finding: Diagnostic) -> None:
        if len(self._findings) >= MAX_FINDINGS:
            raise _Stop(finding)
        self._findings.append(finding)

    def _node(self, event: Event, depth: int) -> Node | None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            remedy = "split it into several documents, one per file"
            raise _Stop(self._at(event, "CW114", "more than 100,000 values in one file", remedy))
        if isinstance(event, ScalarEvent):
            self.scalars.append((_begin(event).index, _finish(event).index))
            return self._scalar(event)
        self._properties(event)
        if isinstance(event, AliasEvent):
            return None
        if depth > MAX_DEPTH:
            remedy = "a document needs no more than 40 levels; look for brackets left open"
            raise _Stop(self._at(event, "CW113", "nested more than 40 levels deep", remedy))
        if isinstance(event, MappingStartEvent):
            return self._map(event, depth)
        return self._list(event, depth)

    def _at(self, event: Event, code: str, message: str, remedy: str) -> Diagnostic:
        start = _begin(event).index
        span = span_at(self._file, self._text, start, start + 1)
        return Diagnostic(code, message, span, help=remedy)

    def _properties(self, event: Event) -> int:
        """Report the anchor, alias or tag of a node; give the offset at which the node begins."""
        start = _begin(event).index
        if not isinstance(event, NodeEvent):
            return start
        if event.anchor is None and getattr(event, "tag", None) is None:
            return start
        while match := _PROPERTY.match(self._text, start):
            first, last = match.span(1)
            if match.group().startswith("!"):
                remedy = "remove it; quote the value if it is text"
                self._note("CW106", "tags are not allowed", first, last, remedy)
            else:
                remedy = "write the value again where it is needed"
                self._note("CW105", "anchors and aliases are not allowed", first, last, remedy)
            start = match.end()
            if isinstance(event, AliasEvent):
                break
        return start

    def _scalar(self, event: ScalarEvent) -> Scalar:
        span = self._scalar_span(event)
        text: str = event.value
        if event.style:
            if event.style == '"' and _SURROGATE.search(text):
                raise _Stop(escape_finding(self._text, self._file, _begin(event).index))
            return Scalar(span, text, text, plain=False)
        value, reason = meaning(text)
        if reason and event.tag is None:
            remedy = f'quote it: "{text}"' if len(text) <= SHOWN else "quote it"
            if text.lower() in {"true", "false"}:
                remedy = f"write {text.lower()}, or {remedy}"
            message = f"{quoted(text)} is ambiguous: {reason}"
            self._add(Diagnostic("CW103", message, span, help=remedy))
        return Scalar(span, text, value, plain=True)

    def _scalar_span(self, event: ScalarEvent) -> Span:
        start, end = _begin(event), _finish(event)
        if event.anchor is not None or event.tag is not None:
            first = min(self._properties(event), end.index)
            return span_at(self._file, self._text, first, end.index)
        if event.style in {"|", ">"}:
            if not _BLOCK_HEAD.match(self._text, start.index):
                self._add(self._at(event, "CW101", "a comment needs a space before '#'", "add it"))
            length = len(self._text[start.index : end.index].rstrip())
            return span_at(self._file, self._text, start.index, start.index + length)
        back = blanks_before(self._text, start.index) if start.index == end.index else 0
        column, end_column = start.column + 1 - back, end.column + 1 - back
        return Span(self._file, start.line + 1, column, end.line + 1, end_column)

    def _map(self, event: MappingStartEvent, depth: int) -> Map:
        entries: dict[str, Entry] = {}
        last: Node | None = None
        while not isinstance(following := self._next(), MappingEndEvent):
            key = self._node(following, depth + 1)
            value = self._node(self._next(), depth + 1)
            last = value or key or last
            if key is not None and self._is_key(key) and value is not None:
                self._enter(entries, key, value)
        return Map(self._range(event, following, last), entries)

    def _list(self, event: Event, depth: int) -> List:
        items: list[Node] = []
        while not isinstance(following := self._next(), SequenceEndEvent):
            item = self._node(following, depth + 1)
            if item is not None:
                items.append(item)
        return List(self._range(event, following, items[-1] if items else None), tuple(items))

    def _is_key(self, key: Node) -> TypeGuard[Scalar]:
        if isinstance(key, Scalar) and key.plain and key.text == "<<":
            message, remedy = "merge keys are not allowed", "write the entries out"
            self._add(Diagnostic("CW105", message, key.span, help=remedy))
            return False
        if isinstance(key, Scalar) and (key.text or not key.plain):
            return True
        message, remedy = "a key must be text on one line", "write 'key: value'; quote odd keys"
        self._add(Diagnostic("CW110", message, key.span, help=remedy))
        return False

    def _enter(self, entries: dict[str, Entry], key: Scalar, value: Node) -> None:
        first = entries.setdefault(key.text, Entry(key, value))
        if first.key is not key:
            self._add(
                Diagnostic(
                    "CW102",
                    f"key {quoted(key.text)} appears twice",
                    key.span,
                    label="set again here",
                    help="keep one of the two",
                    related=(Label(first.key.span, "first set here"),),
                )
            )

    def _range(self, start: Event, end: Event, last: Node | None) -> Span:
        """From the first sign to the closing bracket, or to the end of the last child."""
        first = _begin(start)
        if getattr(start, "flow_style", False):
            stop = _finish(end).line + 1, _finish(end).column + 1
        elif last:
            stop = last.span.end_line, last.span.end_column
        else:
            stop = first.line + 1, first.column + 2
        return Span(self._file, first.line + 1, first.column + 1, *stop)


def _begin(event: Event) -> Mark:
    return cast("Mark", event.start_mark)


def _finish(event: Event) -> Mark:
    return cast("Mark", event.end_mark)


def _trouble(error: yaml.MarkedYAMLError) -> Trouble:
    context = error.context_mark.index if error.context_mark else -1
    problem = error.problem_mark.index if error.problem_mark else -1
    return Trouble(f"{error.context or ''} {error.problem or ''}", context, problem)
