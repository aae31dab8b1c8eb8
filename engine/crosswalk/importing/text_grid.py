"""Tables in text: delimited, Markdown, or pasted with tabs or gaps of blanks."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from io import StringIO

from crosswalk.importing.grid import Grid, Refused, grid

_DELIMITERS = ("\t", ",", ";", "|")
_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*:?-*:?\s*\|?\s*")
_HEADING = re.compile(r"#{1,6} +(.*)")
_GAP = re.compile(r"\t+| {2,}")
_ESCAPED_BAR = "\ufdd0"
_LEAST = 2


def text_tables(text: str, title: str) -> list[Grid]:
    """Give the tables of a text: every Markdown table in it, or the whole text as one table."""
    found = _markdown(text)
    if found:
        return found
    delimiter = _delimiter(text)
    return [_delimited(text, delimiter, title) if delimiter else _spaced(text, title)]


def _markdown(text: str) -> list[Grid]:
    """Read tables with a rule (`| --- | --- |`) below their header line."""
    lines = text.splitlines()
    found, title, at = [], "", 0
    while at < len(lines):
        if heading := _HEADING.fullmatch(lines[at].strip()):
            title = heading[1]
        if at + 1 < len(lines) and "|" in lines[at] and _RULE.fullmatch(lines[at + 1]):
            end = at + 2
            while end < len(lines) and "|" in lines[end]:
                end += 1
            rows = [_cells(line) for line in (lines[at], *lines[at + 2 : end])]
            found.append(grid(title, rows))
            title, at = "", end
        else:
            at += 1
    return found


def _cells(line: str) -> list[str]:
    inner = line.strip().replace("\\|", _ESCAPED_BAR)
    inner = inner.removeprefix("|").removesuffix("|")
    cells = (cell.strip().replace(_ESCAPED_BAR, "|") for cell in inner.split("|"))
    return [_unmarked(cell) for cell in cells]


def _unmarked(cell: str) -> str:
    """Take Markdown's marks off a cell: code and emphasis around it, and escaped signs."""
    plain = cell.replace("<br>", " ").replace("&lt;", "<").replace("&amp;", "&")
    for mark in ("`", "**"):
        if len(plain) > 2 * len(mark) and plain.startswith(mark) and plain.endswith(mark):
            plain = plain[len(mark) : -len(mark)]
    return plain


def _delimiter(text: str) -> str | None:
    """Choose the delimiter with which most lines have the same number of cells, two or more."""
    best, score = None, (0.0, 0)
    for one in _DELIMITERS:
        widths = Counter(len(row) for row in _rows(text, one) if any(row))
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        this = (count / widths.total(), width)
        if width >= _LEAST and this > score:
            best, score = one, this
    return best if score[0] > _MOSTLY else None


_MOSTLY = 0.5


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as wrong:
        raise Refused(f"the text cannot be read as a table: {wrong}") from None


def _delimited(text: str, delimiter: str, title: str) -> Grid:
    return grid(title, _rows(text, delimiter))


def _spaced(text: str, title: str) -> Grid:
    """Read columns between gaps: where all lines are blank, or else two blanks or more."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise Refused("the file is empty")
    cuts = aligned(lines)
    if cuts:
        return grid(title, [[line[a:b] for a, b in cuts] for line in lines])
    rows = [_GAP.split(line.strip()) for line in lines]
    width = len(rows[0])
    odd = [
        f"line {number}: {len(row)} cells where the header has {width}: {' | '.join(row)}"
        for number, row in enumerate(rows, 1)
        if len(row) != width
    ]
    return grid(title, [row for row in rows if len(row) == width], odd)


def aligned(lines: Sequence[str]) -> list[tuple[int, int | None]]:
    """Give the columns of lines that are lined up: parted by two blanks or more in every line."""
    width = max(map(len, lines))
    padded = [line.ljust(width) for line in lines]
    blank = [all(line[at] == " " for line in padded) for at in range(width)]
    starts = [
        at
        for at in range(width)
        if not blank[at] and (at == 0 or (blank[at - 1] and (at == 1 or blank[at - 2])))
    ]
    if len(starts) < max(_LEAST, len(_GAP.split(lines[0].strip()))):
        return []
    return list(zip(starts, [*starts[1:], None], strict=True))
