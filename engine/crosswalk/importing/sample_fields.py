"""Fields of a proposed layout from the values that stand in a sample."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from crosswalk.importing.readings import Reading, reading_of
from crosswalk.importing.yaml_lines import flow, key, line, text


@dataclass(slots=True)
class Column:
    """A column or key of a sample: its values in order, and what is known of it already.

    `first` are keys that stand before those of the type, `last` those behind them.
    """

    name: str
    values: list[str]
    reading: Reading | None = None
    first: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Proposed:
    """A record of a proposed layout."""

    name: str
    columns: list[Column]
    path: str | None = None


@dataclass(slots=True)
class Shape:
    """All that a sample shows: the keys of `file:`, the structure, the records.

    `doubts` are about the file, `nesting` about the structure; `told` is for the person who looks.
    """

    file: dict[str, str]
    structure: str
    records: list[Proposed]
    doubts: list[str] = field(default_factory=list)
    nesting: str = ""
    told: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Write the body of the layout."""
        yield line(0, f"file: {flow(self.file)}", self.doubts)
        yield ""
        yield line(0, f"structure: {self.structure}", [self.nesting])
        yield from ("", "records:")
        for one in self.records:
            yield f"  {key(one.name)}:"
            if one.path is not None:
                yield f"    path: {text(one.path)}"
            yield "    fields:" if one.columns else "    fields: {}"
            yield from map(_field, one.columns)


def _field(column: Column) -> str:
    made = column.reading or reading_of(column.name, column.values)
    keys = {name: text(value) for name, value in made.keys.items()}
    pairs = {"type": made.type, **keys, **column.first, **column.last}
    return line(6, f"{key(column.name)}: {flow(pairs)}", [*column.doubts, made.doubt])


def named(headers: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Give each header a name of its own, with what is doubtful about it."""
    made: list[tuple[str, list[str]]] = []
    used: set[str] = set()
    for number, header in enumerate(headers, 1):
        name, doubts = header.strip() or f"Column {number}", list[str]()
        if not header.strip():
            doubts.append(f"column {number} has no header")
        if name in used:
            doubts.append(f"the header '{name}' stands twice")
            name = f"{name} ({number})"
        used.add(name)
        made.append((name, doubts))
    return made
