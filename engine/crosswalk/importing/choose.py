"""Which of a file's tables is meant, and what is told of how it was read."""

from collections.abc import Iterator, Mapping, Sequence

from crosswalk.importing.grid import Grid, Refused
from crosswalk.importing.headers import Columns, find_columns


def choose(
    grids: Sequence[Grid], wanted: str | None, given: Mapping[str, str], roles: tuple[str, ...]
) -> tuple[int, Columns]:
    """Give the number (from 0) of the table that is meant, with its columns.

    Without `wanted` (a number from 1 or a title) it is the table with the most known columns; of
    equal ones the longer. Raises Refused when there is none, or no header is known.
    """
    numbers = range(len(grids)) if wanted is None else [_numbered(grids, wanted)]
    found = []
    refused: Refused | None = None
    for at in numbers:
        try:
            columns = find_columns(grids[at], given, roles)
        except Refused as wrong:
            refused = wrong
            continue
        if columns is not None:
            found.append((at, columns))
    if not found:
        raise refused or Refused(_nothing(grids, roles))
    return max(found, key=lambda one: (len(one[1].told), len(grids[one[0]].rows), -one[0]))


def _numbered(grids: Sequence[Grid], wanted: str) -> int:
    titles = [one.title.casefold() for one in grids]
    if wanted.casefold() in titles:
        return titles.index(wanted.casefold())
    if wanted.isdecimal() and 1 <= int(wanted) <= len(grids):
        return int(wanted) - 1
    there = ", ".join(f"{at} {one.title!r}" for at, one in enumerate(grids, 1))
    raise Refused(f"there is no table {wanted!r}; there are: {there}")


def _nothing(grids: Sequence[Grid], roles: tuple[str, ...]) -> str:
    first = ", ".join(repr(one) for one in grids[0].rows[0] if one)
    return (
        f"no header row is recognised; the first row is {first}. Say what the columns are: "
        f'--columns "Header=role,...", with the roles {", ".join(roles)}'
    )


def told(grids: Sequence[Grid], at: int, columns: Columns, rows: int) -> Iterator[str]:
    """Say which table was read, and what each column was taken for."""
    title = f" '{grids[at].title}'" if grids[at].title else ""
    number = f"table {at + 1} of {len(grids)}" if len(grids) > 1 else "table"
    header = f", header in row {columns.first + 1}" if columns.first else ""
    yield f"{number}{title}: {rows} rows{header}"
    yield "  columns: " + ", ".join(f"{header} = {role}" for header, role in columns.told)
    if columns.unknown:
        yield "  not recognised, left out: " + ", ".join(columns.unknown)
