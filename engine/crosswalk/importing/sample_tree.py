"""Records found in a nested document: their values by path, and the records below them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_BARRED = re.compile(r"[,()*+?\s]+")

Path = tuple[str, ...]


@dataclass(slots=True)
class Found:
    """What was found of one record: its values by path, its records below, by path."""

    name: str
    path: Path
    values: dict[Path, list[object]] = field(default_factory=dict)
    below: dict[Path, "Found"] = field(default_factory=dict)


def every(tops: Iterable[Found]) -> Iterator[Found]:
    """Give records with all that are below them, from the outside in."""
    for one in tops:
        yield one
        yield from every(one.below.values())


def record_names(tops: Iterable[Found]) -> dict[int, str]:
    """Give each record a name of its own that a structure can hold, by its identity."""
    names: dict[int, str] = {}
    for one in every(tops):
        base = _BARRED.sub("-", one.name).strip("-") or "row"
        made, number = base, 2
        while made in names.values():
            made, number = f"{base}-{number}", number + 1
        names[id(one)] = made
    return names


def structure_of(one: Found, names: Mapping[int, str], mark: str) -> str:
    """Write the structure of a record; all that is below it repeats."""
    below = ", ".join(structure_of(inner, names, "*") for inner in one.below.values())
    return f"{names[id(one)]}{mark}{f'({below})' if below else ''}"
