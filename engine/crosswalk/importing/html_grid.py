"""Tables of an HTML page; a cell that spans rows or columns stands in every place it covers."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from crosswalk.importing.grid import Grid, grid

_MOST_SPANNED = 200
_SILENT = frozenset({"script", "style", "template"})
_BREAKS = frozenset({"br", "p", "div", "li"})
_TITLES = frozenset({"caption", "h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})

Attributes = list[tuple[str, str | None]]


def html_tables(text: str) -> list[Grid]:
    """Give the tables of a page in the order in which they begin; nothing is fetched."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    for one in reader.open:
        one.end_row()
    return [grid(one.title, one.rows) for one in reader.found if one.rows]


@dataclass(slots=True)
class _Table:
    """A table being read; `below` has what upper cells still cover, by column: rows and text."""

    title: str
    rows: list[list[str]] = field(default_factory=list)
    cell: list[str] | None = None
    span: tuple[int, int] = (1, 1)
    below: dict[int, tuple[int, str]] = field(default_factory=dict)

    def begin_row(self) -> None:
        self.end_row()
        self.rows.append([])

    def begin_cell(self, attributes: Attributes) -> None:
        self.end_cell()
        given = dict(attributes)
        self.span = (_count(given.get("colspan")), _count(given.get("rowspan")))
        self.cell = []

    def end_cell(self) -> None:
        if self.cell is None:
            return
        text, (across, down) = "".join(self.cell), self.span
        self.cell = None
        if not self.rows:
            self.rows.append([])
        row = self.rows[-1]
        self.covered(row)
        for _ in range(across):
            if down > 1:
                self.below[len(row)] = (down - 1, text)
            row.append(text)

    def covered(self, row: list[str]) -> None:
        """Take over the cells of upper rows that reach down to the next places of the row."""
        while (at := len(row)) in self.below:
            left, text = self.below.pop(at)
            if left > 1:
                self.below[at] = (left - 1, text)
            row.append(text)

    def end_row(self) -> None:
        self.end_cell()
        if self.rows:
            self.covered(self.rows[-1])


def _count(text: str | None) -> int:
    return min(int(text), _MOST_SPANNED) if text and text.isdecimal() and int(text) else 1


class _Reader(HTMLParser):
    """Follows the tables of a page, those inside of cells too."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[_Table] = []
        self.open: list[_Table] = []
        self.title: list[str] | None = None
        self.last_title = ""
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Begin what a tag begins."""
        if tag in _SILENT:
            self.silent += 1
        elif tag == "table":
            self.open.append(_Table(self.last_title))
            self.found.append(self.open[-1])
            self.last_title = ""
        elif tag in _TITLES and not self._in_cell():
            self.title = []
        elif self.open:
            self._inside(tag, attrs)

    def _inside(self, tag: str, attrs: Attributes) -> None:
        table = self.open[-1]
        if tag == "tr":
            table.begin_row()
        elif tag in _CELLS:
            table.begin_cell(attrs)
        elif tag in _BREAKS:
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        """End what a tag ends."""
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _TITLES and self.title is not None:
            self._end_title(tag, " ".join("".join(self.title).split()))
        elif self.open and tag in _CELLS:
            self.open[-1].end_cell()
        elif self.open and tag == "tr":
            self.open[-1].end_row()
        elif self.open and tag == "table":
            self.open.pop().end_row()

    def _end_title(self, tag: str, text: str) -> None:
        self.title = None
        if tag == "caption" and self.open:
            self.open[-1].title = text
        else:
            self.last_title = text

    def _in_cell(self) -> bool:
        return bool(self.open) and self.open[-1].cell is not None

    def handle_data(self, data: str) -> None:
        """Add text to the title or cell that it stands in."""
        if self.silent:
            return
        if self.title is not None:
            self.title.append(data)
        elif self.open and (cell := self.open[-1].cell) is not None:
            cell.append(data)
