"""What pages are made of: sections with tables, facts and listings; nothing is drawn yet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in a cell. `href` makes it a link; `look` is "code", "note" or a badge's name.

    Badges are "good", "warn", "bad" and "plain".
    """

    text: str
    look: str = ""
    href: str = ""


Cell = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table. `id` is its anchor, `title` what it is called where it is pointed at.

    `feeds` are the anchors of what its value comes from, `told` those that only decide about it.
    """

    cells: tuple[Cell, ...]
    id: str = ""
    title: str = ""
    feeds: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; one without rows is not shown."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Short answers by what they answer."""

    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Text in a form of its own, such as a GraphQL document."""

    caption: str
    text: str


Block = Table | Facts | Listing | str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Something that the search finds: what kind of thing, what it is called, where it stands."""

    kind: str
    title: str
    detail: str
    id: str


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the site."""

    file: str
    kind: str
    title: str
    lead: str
    sections: tuple[Section, ...]
    found: tuple[Found, ...] = field(default=(), repr=False)


def anchor(*names: str) -> str:
    """Make an anchor of names, different for different names: what HTML and links leave alone."""
    return ".".join(quote(name, safe="/@").replace("%", "~") for name in names)


def plain(text: str) -> Cell:
    """Give text as a cell, as it is."""
    return (Piece(text),) if text else ()


def worded(text: str) -> Cell:
    """Give the engine's words as a cell: what stands between backticks is code."""
    halves = text.split("`")
    return tuple(Piece(one, "code" if at % 2 else "") for at, one in enumerate(halves) if one)


def code(text: str) -> Cell:
    """Give code as a cell."""
    return (Piece(text, "code"),) if text else ()


def link(text: str, target: str, look: str = "") -> Piece:
    """Give a link to an anchor of the same page, or to a page."""
    return Piece(text, look, target if ".html" in target else f"#{target}")


def listed(pieces: Iterable[Piece]) -> Cell:
    """Put pieces into one cell with commas between."""
    made: list[Piece] = []
    for one in pieces:
        made += [Piece(", "), one] if made else [one]
    return tuple(made)


def filled(blocks: Iterable[Block]) -> Iterator[Block]:
    """Leave out tables without rows, facts without pairs and empty text."""
    for one in blocks:
        match one:
            case Table(rows=()) | Facts(pairs=()) | "":
                continue
            case _:
                yield one
