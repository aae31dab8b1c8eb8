"""Text patterns such as `{City}, {State:letters} {Zip}`: put together and taken apart again.

A part is `{name}` or `{name:class}` or `{name:class count}`; classes are text (the default),
letters, digits, number, alphanumeric and nonblank. `{name:A|B}` is one of some words. `{?-{name}}`
is a piece that may be left out. `{{` and `}}` stand for one brace. There are no repetitions: a
pattern is not a regular expression, and taking a text apart costs time in proportion to its length,
whatever the text (safety A8). `pattern_texts` puts together and takes apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from crosswalk.findings.suggest import closest
from crosswalk.values.characters import CLASSES, DISJOINT

MAX_PATTERN = 500
"""Longest pattern, in characters."""
MAX_TEXT = 10_000
"""Longest text that is taken apart, in characters."""

MAX_OPTIONAL = 6
"""Most pieces of a pattern that may be left out."""

_SHAPE = "write a part as {name} or {name:class}, for instance {State:letters 2}"


class BadPattern(Exception):  # noqa: N818
    """A pattern that cannot be used: the offset and width of the place in its text, and why."""

    def __init__(self, offset: int, width: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.offset = offset
        self.width = width
        self.message = message
        self.help = remedy


@dataclass(frozen=True, slots=True)
class Named:
    """A part with a name; `kind` is a class of characters, `count` an exact number of them.

    `words` are the only texts it may be. It never holds a text of `without`: what begins a piece
    that may follow it.
    """

    name: str
    kind: str = "text"
    count: int | None = None
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def fits(self, text: str) -> bool:
        """Tell whether the part can hold a text."""
        if self.words:
            return text in self.words
        if any(one in text for one in self.without):
            return False
        length = len(text) == self.count if self.count is not None else bool(text)
        return length and all(map(CLASSES[self.kind], text))

    def __str__(self) -> str:
        """The part as an author writes it."""
        if self.words:
            return f"{{{self.name}:{'|'.join(self.words)}}}"
        count = "" if self.count is None else f" {self.count}"
        return (
            f"{{{self.name}}}"
            if self.kind + count == "text"
            else f"{{{self.name}:{self.kind}{count}}}"
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """Named parts and the literal texts around them: always one literal more than parts.

    `variants` are the patterns without pieces that may be left out, shortest first; empty when
    there are none such.
    """

    text: str
    literals: tuple[str, ...]
    parts: tuple[Named, ...]
    variants: tuple["Pattern", ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts in the order of the text."""
        return tuple(part.name for part in self.parts)

    @property
    def needed(self) -> tuple[str, ...]:
        """The names of the parts that are never left out."""
        return self.variants[0].names if self.variants else self.names


def parse(text: str, *, shape: bool = False) -> Pattern:
    """Read a pattern of at most 500 characters. Raises BadPattern.

    A `shape` has no names, only classes: `{digits 5}-{digits 4}`; parts may stand side by side.
    """
    if len(text) > MAX_PATTERN:
        raise BadPattern(MAX_PATTERN, 1, f"the pattern is longer than {MAX_PATTERN} characters", "")
    pieces = list(_read(text, shape=shape))
    parts = [part for piece in pieces for part in piece.parts]
    if not parts and not shape:
        raise BadPattern(0, max(len(text), 1), "the pattern has no part", _SHAPE)
    optional = [piece for piece in pieces if piece.optional]
    if len(optional) > MAX_OPTIONAL:
        message = f"more than {MAX_OPTIONAL} pieces may be left out"
        raise BadPattern(optional[-1].offset, 2, message, "write several patterns, and choose")
    for piece in optional:
        if not piece.parts:
            raise BadPattern(piece.offset, 2, "a piece that may be left out has no part", _PIECE)
    whole = _flat(text, pieces)
    variants = tuple(_variants(text, pieces if shape else _limited(pieces))) if optional else ()
    if not shape:
        for one in variants or (whole,):
            _check_neighbours(one, text)
    return replace(variants[-1] if variants else whole, variants=variants)


_PIECE = "write what may be left out with its separator: {?-{Plus4:digits 4}}"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part or a literal, or several that are there together or not at all."""

    items: tuple[str | Named, ...]
    optional: bool
    offset: int

    @property
    def parts(self) -> list[Named]:
        return [item for item in self.items if isinstance(item, Named)]


def _flat(text: str, pieces: list[_Piece]) -> Pattern:
    """Make a pattern of pieces that are all there."""
    literals, parts = [""], list[Named]()
    for item in (item for piece in pieces for item in piece.items):
        if isinstance(item, Named):
            parts.append(item)
            literals.append("")
        else:
            literals[-1] += item
    return Pattern(text, tuple(literals), tuple(parts))


def _variants(text: str, pieces: list[_Piece]) -> Iterator[Pattern]:
    """Give the pattern with every choice of the pieces that may be left out."""
    choices = [(False, True) if piece.optional else (True,) for piece in pieces]
    for chosen in sorted(product(*choices), key=sum):
        yield _flat(text, [one for one, there in zip(pieces, chosen, strict=True) if there])


def _limited(pieces: list[_Piece]) -> list[_Piece]:
    """Let a part before pieces that may follow it never hold what they begin with."""
    made: list[_Piece] = []
    marks: tuple[str, ...] = ()
    for piece in reversed(pieces):
        last = piece.items[-1] if piece.items else ""
        items = piece.items
        if isinstance(last, Named) and marks:
            items = (*items[:-1], replace(last, without=tuple(dict.fromkeys(marks))))
        first = items[0] if items else ""
        begins = (first,) if isinstance(first, str) and first else ()
        marks = (*begins, *marks) if piece.optional else ()
        made.append(replace(piece, items=items))
    return made[::-1]


def _read(text: str, *, shape: bool) -> Iterator[_Piece]:
    """Read the pieces of a pattern, one part or literal each where nothing may be left out."""
    names: set[str] = set()
    inner: list[str | Named] | None = None
    begun = 0
    for offset, literal, body in _pieces(text):
        if body == _OPEN:
            inner, begun = [], offset
        elif body == _CLOSE:
            yield _Piece(_merged(inner or []), optional=True, offset=begun)
            inner = None
        else:
            item = literal if body is None else _part(body, offset, names, shape=shape)
            if inner is None:
                yield _Piece((item,), optional=False, offset=offset)
            else:
                inner.append(item)


def _merged(items: list[str | Named]) -> tuple[str | Named, ...]:
    """Join literal characters that stand side by side."""
    made: list[str | Named] = []
    for item in items:
        if made and isinstance(item, str) and isinstance(made[-1], str):
            made[-1] += item
        else:
            made.append(item)
    return tuple(made)


def _part(body: str, offset: int, names: set[str], *, shape: bool) -> Named:
    """Read one part, whose name must be new."""
    part = _class(body, str(len(names)), body, offset) if shape else _named(body, offset)
    if part.name in names:
        message = f"part '{part.name}' stands twice in the pattern"
        raise BadPattern(offset, len(body) + 2, message, "name each part once")
    names.add(part.name)
    return part


_OPEN, _CLOSE = "{?", "?}"
"""Bodies that stand for the beginning and the end of a piece that may be left out."""


def _pieces(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Give (offset, literal, None) for literal text and (offset, "", body) for `{body}`."""
    at, begun = 0, -1
    while at < len(text):
        mark = text[at]
        if begun >= 0 and mark == "}":
            yield at, "", _CLOSE
            at, begun = at + 1, -1
        elif text[at : at + 2] in ("{{", "}}"):
            yield at, mark, None
            at += 2
        elif text[at : at + 2] == _OPEN and begun < 0:
            yield at, "", _OPEN
            at, begun = at + 2, at
        elif mark == "}":
            raise BadPattern(at, 1, "'}' without '{'", "write }} for one brace")
        elif mark == "{":
            body = _body(text, at)
            yield at, "", body
            at += len(body) + 2
        else:
            yield at, mark, None
            at += 1
    if begun >= 0:
        raise BadPattern(begun, 2, "'{?' is not closed", "close the piece that may be left out: }")


def _body(text: str, at: int) -> str:
    """Give what stands between the brace at a place and the next one."""
    end = text.find("}", at)
    if end < 0 or "{" in text[at + 1 : end]:
        raise BadPattern(at, 1, "'{' is not closed", "close it, or write {{ for one brace")
    return text[at + 1 : end]


def _named(body: str, offset: int) -> Named:
    name, colon, declared = body.rpartition(":")
    if not colon:
        name, declared = body, "text"
    if not name.strip():
        raise BadPattern(offset, len(body) + 2, "a part has no name", _SHAPE)
    return _class(declared, name.strip(), body, offset)


def _class(declared: str, name: str, body: str, offset: int) -> Named:
    """Read `letters` or `letters 2`, or words: `C|D`."""
    if "|" in declared:
        return _words(declared, name, body, offset)
    kind, *rest = declared.split() or [""]
    width = len(body) + 2
    if kind not in CLASSES:
        near = closest(kind, CLASSES)
        remedy = f"did you mean '{near}'?" if near else "classes are " + ", ".join(CLASSES)
        raise BadPattern(offset, width, f"'{kind}' is not a class of characters", remedy)
    if not rest:
        return Named(name, kind)
    count = rest[0]
    if (
        len(rest) > 1
        or not (count.isascii() and count.isdigit())
        or not 1 <= int(count[:6]) <= MAX_TEXT
    ):
        remedy = f"for instance {{{name}:{kind} 2}}"
        raise BadPattern(offset, width, "the count is not a whole number from 1 on", remedy)
    return Named(name, kind, int(count))


def _words(declared: str, name: str, body: str, offset: int) -> Named:
    words = tuple(word.strip() for word in declared.split("|"))
    if not all(words) or len(set(words)) < len(words):
        remedy = f"for instance {{{name}:C|D}}"
        raise BadPattern(offset, len(body) + 2, "a word is empty, or stands twice", remedy)
    return Named(name, "words", None, words)


def _check_neighbours(pattern: Pattern, text: str) -> None:
    """Refuse two parts with nothing between them that tells where one ends."""
    for index, (left, right) in enumerate(zip(pattern.parts, pattern.parts[1:], strict=False)):
        fixed = any(part.count is not None or part.words for part in (left, right))
        if pattern.literals[index + 1] or fixed or disjoint(left, right):
            continue
        message = f"nothing tells where '{left.name}' ends and '{right.name}' begins"
        remedy = "put a separator between them, or give one a count: {name:digits 5}"
        raise BadPattern(max(text.find(str(right)), 0), len(str(right)), message, remedy)


def disjoint(left: Named, right: Named) -> bool:
    """Tell whether two parts have no character in common."""
    return frozenset((left.kind, right.kind)) in DISJOINT
