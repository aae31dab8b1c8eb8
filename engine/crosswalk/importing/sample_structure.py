"""The nesting of record types, told by the order in which they stand in a sample."""

from collections.abc import Sequence
from dataclasses import dataclass

Names = list[str]


@dataclass(frozen=True, slots=True)
class Node:
    """A record with what stands below it; `least` is 0 or 1, `many` whether it repeats."""

    name: str
    least: int
    many: bool
    below: tuple["Node", ...] = ()


def structure_of(names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Write the structure that a sequence of record types shows: `head, item*(note?), total`.

    Gives also the records of the structure, each with its record type: one that stands at two
    places of the order becomes two records. Where there is no order at all, all stand side by side.
    """
    nodes = _infer([list(names)])
    if nodes is None:
        flat = {one: one for one in names}
        return ", ".join(f"{one}*" for one in flat), flat
    records: dict[str, str] = {}
    told = ", ".join(_written(one, records) for one in nodes)
    return told, records


def _written(node: Node, records: dict[str, str]) -> str:
    name, number = node.name, 2
    while name in records:
        name, number = f"{node.name}-{number}", number + 1
    records[name] = node.name
    mark = "*" if node.many else "" if node.least else "?"
    below = ", ".join(_written(one, records) for one in node.below)
    return f"{name}{mark}{f'({below})' if below else ''}"


def _infer(runs: list[Names]) -> tuple[Node, ...] | None:
    """Give the nodes of runs that all have one order; None where they have none."""
    nodes: list[Node] = []
    while any(runs):
        name = _first(runs)
        if name is None:
            return None
        counts = [run.count(name) for run in runs]
        many = max(counts) > 1
        inside = _inside(name, runs) if many else set[str]()
        groups, runs = _split(name, inside, runs)
        below = _infer(groups) if inside else ()
        if below is None:
            return None
        nodes.append(Node(name, min(1, *counts) if len(counts) > 1 else 1, many, below))
    return tuple(nodes)


def _first(runs: list[Names]) -> str | None:
    """Give a record type that stands before all others in every run that has it."""
    heads = dict.fromkeys(run[0] for run in runs if run)
    return next(
        (one for one in heads if all(one not in run[1:] or run[0] == one for run in runs)), None
    )


def _inside(name: str, runs: list[Names]) -> set[str]:
    """Give what stands between two records of a type: that is below it."""
    found: set[str] = set()
    for run in runs:
        places = [at for at, one in enumerate(run) if one == name]
        if len(places) > 1:
            found |= set(run[places[0] : places[-1]]) - {name}
    return found


def _split(name: str, inside: set[str], runs: list[Names]) -> tuple[list[Names], list[Names]]:
    """Take the records of a type, with what is below them, from the start of each run."""
    groups: list[Names] = []
    rest: list[Names] = []
    for run in runs:
        at = 0
        while at < len(run) and (run[at] == name or (groups and run[at] in inside and at)):
            if run[at] == name:
                groups.append([])
            else:
                groups[-1].append(run[at])
            at += 1
        rest.append(run[at:])
    return groups, rest
