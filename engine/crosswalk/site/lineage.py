"""Which source fields feed which target fields, both ways, exactly as the plan binds them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass

from crosswalk.planning import plan as p

Key = tuple[str, str]
"""A record's name and a field's key."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """What feeds each target field, what only decides about it, and what keeps groups apart.

    `feeds` and `decides` are by target field; `groups` names target branches by source field.
    """

    feeds: dict[Key, tuple[Key, ...]] = field(default_factory=dict)
    decides: dict[Key, tuple[Key, ...]] = field(default_factory=dict)
    groups: dict[Key, tuple[str, ...]] = field(default_factory=dict)


def lineage(plan: p.Plan) -> Lineage:
    """Walk a plan."""
    made = Lineage()
    nodes = [plan.root]
    while nodes:
        node = nodes.pop(0)
        nodes += node.children
        for slot, _ in _slots((node.keys, node.split, node.when), decides=True):
            made.groups[_key(slot)] = (*made.groups.get(_key(slot), ()), node.branch.name)
        if node.branch.record is not None:
            for one in node.assignments:
                _assigned(made, (node.branch.record.name, one.field.key), one.term)
    return made


def _assigned(made: Lineage, at: Key, term: p.Term | None) -> None:
    found = list(_slots(term, decides=False))
    values = dict.fromkeys(_key(slot) for slot, decides in found if not decides)
    others = dict.fromkeys(_key(slot) for slot, decides in found if decides)
    made.feeds[at] = tuple(values)
    made.decides[at] = tuple(key for key in others if key not in values)


def _key(slot: p.Slot) -> Key:
    return slot.record.name, slot.field.key


def _slots(thing: object, *, decides: bool) -> Iterator[tuple[p.Slot, bool]]:
    """Give the source fields below a part of a plan; those of conditions and inputs decide."""
    if isinstance(thing, p.Slot):
        yield thing, decides
        return
    decides = decides or isinstance(thing, p.When | p.Decider)
    for one in _inside(thing):
        yield from _slots(one, decides=decides)


def _inside(thing: object) -> Iterator[object]:
    if isinstance(thing, tuple):
        yield from thing
    elif is_dataclass(thing) and type(thing).__module__ == p.__name__:
        yield from (getattr(thing, one.name) for one in fields(thing))
