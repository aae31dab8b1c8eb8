"""A table of texts, as it stands in a file of some kind."""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_BYTES = 32 * 1024 * 1024
MAX_CELLS = 2_000_000


class Refused(Exception):  # noqa: N818 - a finding about a file, not a fault of the program
    """A file that cannot be used, with the reason in words for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: its title where it has one, and its rows of trimmed texts.

    `lines` names the row or line of the file of each row, for messages; `odd` holds lines that
    could not be taken apart, with the reason.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    odd: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """Give a cell's text on one line: no-break spaces are spaces, runs of blanks are one."""
    return " ".join(text.replace("\u00a0", " ").split())


def grid(title: str, rows: Sequence[Sequence[str]], odd: Sequence[str] = ()) -> Grid:
    """Make a table of rows of any length. Raises Refused when it is too large."""
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > MAX_CELLS:
        raise Refused(f"a table of more than {MAX_CELLS:,} cells is not read")
    filled = tuple((*map(tidy, row), *[""] * (width - len(row))) for row in rows)
    return Grid(title, filled, tuple(range(1, len(rows) + 1)), tuple(odd))
