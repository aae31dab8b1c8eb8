"""Strict JSON with positions and the likely cause of an error, as the same nodes YAML gives."""

import json
import re
from bisect import bisect_right
from decimal import Decimal

from crosswalk.documents.source import Entry, List, Map, Node, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import quoted

_DEPTH = 40
_DIGITS = 64
_BYTES = 1024 * 1024
_BLANK = re.compile(r"[ \t\r\n]*")
_TEXT = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?(?![\w.])")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"-?[A-Za-z]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HINTS = (
    (re.compile(r"[\u201c\u201d\u201e\u2018\u2019]"), 'typographic quotes: write "straight" ones'),
    (re.compile(r"'"), "JSON text stands in double quotes"),
    (re.compile(r"//|/\*|#"), "JSON has no comments: remove them"),
    (re.compile(r"-?(?:NaN|Infinity)"), "JSON has no NaN or Infinity: write a number"),
    (re.compile(r"True|False|None"), "JSON words are true, false and null"),
)


def read_json(text: str, file: str) -> tuple[Node | None, list[Diagnostic]]:
    """Read one JSON document of at most 1 MiB and 40 levels; no key may stand twice.

    Gives the node, or None and one finding (RUL001) at the first place that is not JSON, with
    the likely cause: a stray line before the brace, typographic quotes, a comma too many, a byte
    order mark, NaN, comments, single quotes (payment codes 1.5 and 7).
    """
    try:
        return _Parser(text, file).document(), []
    except _Stop as stop:
        return None, [stop.finding]


class _Stop(Exception):  # noqa: N818 - control flow inside this module
    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


class _Parser:
    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._at = 0
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> Node:
        if len(self._text) > _BYTES:
            self._fail("the text is too large", 0, 0, "a rule set needs far less")
        if self._text.startswith("\ufeff"):
            self._fail("the text begins with a byte order mark", 0, 1, "save it without one")
        self._skip()
        self._residue()
        node = self._node(1)
        self._skip()
        if self._at < len(self._text):
            rest = self._text[self._at :].split("\n")[0]
            self._fail(f"{quoted(rest)} stands after the end", self._at, len(rest), "remove it")
        return node

    def _residue(self) -> None:
        """Find words before the first brace, as copying from a wiki page leaves them."""
        start = self._at
        brace = re.search(r"[{\[]", self._text[start:])
        if brace and brace.start() > 0 and re.match(r"[A-Za-z`]", self._text[start:]):
            stray = self._text[start : start + brace.start()].strip()
            remedy = "residue of a wiki page: remove what stands before the brace"
            self._fail(f"{quoted(stray)} stands before the brace", start, len(stray), remedy)

    def _span(self, start: int, end: int) -> Span:
        (line, column), (end_line, end_column) = self._place(start), self._place(end)
        return Span(self._file, line, column, end_line, end_column)

    def _place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._lines, at)
        return line, at - self._lines[line - 1] + 1

    def _fail(self, message: str, start: int, length: int = 1, remedy: str = "") -> None:
        span = self._span(start, start + max(length, 1))
        raise _Stop(Diagnostic("RUL001", message, span, help=remedy))

    def _unexpected(self, wanted: str) -> None:
        at = self._at
        if at >= len(self._text):
            self._fail(f"the text ends where {wanted} is expected", at, 1, "is it complete?")
        remedy = next((hint for form, hint in _HINTS if form.match(self._text, at)), "")
        before = self._text[:at].rstrip()
        if self._text[at] in "]}" and before.endswith(","):
            at, remedy = len(before) - 1, "remove the comma before the closing bracket"
            self._fail("a comma too many", at, 1, remedy)
        self._fail(f"{wanted} is expected, not {quoted(self._text[at])}", at, 1, remedy)

    def _skip(self) -> None:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _take(self, letter: str) -> bool:
        self._skip()
        found = self._text.startswith(letter, self._at)
        self._at += found
        return found

    def _node(self, depth: int) -> Node:
        self._skip()
        if depth > _DEPTH:
            self._fail("nested too deep", self._at)
        start = self._at
        if self._take("{"):
            return self._map(start, depth)
        if self._take("["):
            return self._list(start, depth)
        return self._scalar()

    def _map(self, start: int, depth: int) -> Map:
        entries: dict[str, Entry] = {}
        if not self._take("}"):
            while True:
                self._skip()
                key = self._string("a key in double quotes")
                if key.text in entries:
                    first = entries[key.text].key.span
                    remedy = f"first set in line {first.line}; keep one of them"
                    at = self._at - 1
                    self._fail(f"key {quoted(key.text)} appears twice", at, 1, remedy)
                if not self._take(":"):
                    self._unexpected("':'")
                entries[key.text] = Entry(key, self._node(depth + 1))
                if self._take("}"):
                    break
                if not self._take(","):
                    self._unexpected("',' or '}'")
        return Map(self._span(start, self._at), entries)

    def _list(self, start: int, depth: int) -> List:
        items: list[Node] = []
        if not self._take("]"):
            while True:
                items.append(self._node(depth + 1))
                if self._take("]"):
                    break
                if not self._take(","):
                    self._unexpected("',' or ']'")
        return List(self._span(start, self._at), tuple(items))

    def _string(self, wanted: str) -> Scalar:
        match = _TEXT.match(self._text, self._at)
        if match is None:
            self._unexpected(wanted)
            raise AssertionError
        value: str = json.loads(match[0])
        if _SURROGATE.search(value):
            self._fail("half a character (a lone surrogate)", self._at, len(match[0]))
        self._at = match.end()
        return Scalar(self._span(match.start(), match.end()), value, value, plain=False)

    def _scalar(self) -> Scalar:
        if self._text.startswith('"', self._at):
            return self._string("a closed text")
        match = _NUMBER.match(self._text, self._at)
        if match is not None:
            return self._number(match)
        word = _WORD.match(self._text, self._at)
        if word is None or word[0] not in _WORDS:
            self._unexpected("a value")
            raise AssertionError
        self._at = word.end()
        span = self._span(word.start(), word.end())
        return Scalar(span, word[0], _WORDS[word[0]], plain=True)

    def _number(self, match: re.Match[str]) -> Scalar:
        text = match[0]
        if len(text) > _DIGITS:
            self._fail("a number is too long", match.start(), len(text))
        self._at = match.end()
        whole = re.fullmatch(r"-?[0-9]+", text)
        value = int(text) if whole else Decimal(text)
        return Scalar(self._span(match.start(), match.end()), text, value, plain=True)


def write_json(node: Node) -> str:
    """Write a node as compact JSON; numbers keep their spelling."""
    if isinstance(node, Map):
        pairs = (f"{json.dumps(k)}: {write_json(e.value)}" for k, e in node.entries.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(node, List):
        return f"[{', '.join(map(write_json, node.items))}]"
    return node.text if node.plain else json.dumps(node.text, ensure_ascii=False)
