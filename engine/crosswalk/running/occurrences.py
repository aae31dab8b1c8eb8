"""Small questions about occurrences and plan nodes."""

from collections.abc import Iterator, Sequence

from crosswalk.model.records import Damage, Instance, Issue
from crosswalk.planning import plan as p


def size_of(item: Instance) -> int:
    """Count the records of an occurrence."""
    size = 0 if item.cells is None else 1
    for group in item.children:
        for child in group:
            size += size_of(child)
    return size


def named(members: Sequence[Instance], names: frozenset[str]) -> Iterator[str]:
    """Give the type of each record of some occurrences that is one of these types."""
    for one in members:
        record = one.branch.record
        if record is not None and one.cells is not None and record.name in names:
            yield record.name
        for group in one.children:
            yield from named(group, names)


def wrong_choice(item: Instance) -> str | None:
    """Say what is wrong where an occurrence must hold one of several records; None if nothing."""
    if item.branch.one_of:
        pairs = zip(item.branch.children, item.children, strict=True)
        found = [one.name for one, group in pairs if group]
        if len(found) != 1:
            held = " and ".join(found) or "neither"
            return f"has {held}, where {item.branch.either} stands"
    below = (wrong_choice(child) for group in item.children for child in group)
    return next(filter(None, below), None)


def lines_of(members: Sequence[Instance]) -> tuple[int, ...]:
    """Give the physical lines of occurrences, one for each record."""
    found: list[int] = []
    for one in members:
        if one.cells is not None:
            found.append(one.line)
        for group in one.children:
            found += lines_of(group)
    return tuple(found)


def walk(node: p.Node) -> Iterator[tuple[p.Node, p.Assignment]]:
    """Give every assignment of a node and of those below it."""
    for assignment in node.assignments:
        yield node, assignment
    for child in node.children:
        yield from walk(child)


def distinct_assignments(node: p.Node) -> Iterator[tuple[p.Node, p.Assignment]]:
    """Give the `distinct` and `unique` assignments of a unit."""
    return ((n, a) for n, a in walk(node) if (a.distinct or a.unique) and a.term is not None)


def below(made: Instance, name: str) -> Iterator[Instance]:
    """Give the occurrences of a branch in a made occurrence."""
    if made.branch.name == name:
        yield made
    for group in made.children:
        for child in group:
            yield from below(child, name)


def issue_of(damage: Damage) -> Issue:
    """Say what is wrong with a damaged line as an issue."""
    if damage.issue is not None:
        return damage.issue
    return Issue(damage.code, damage.reason, damage.line, damage.end_line, field=damage.field or "")


def damage_of(issue: Issue) -> Damage:
    """Take what is wrong with a record that was read as damage to what it stands in."""
    place = (issue.line, issue.end_line, issue.code, issue.reason, "", issue.field)
    return Damage(*place, records=0, issue=issue)
