"""Two outputs of one mapping held together: records that belong to each other, field by field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from json import dumps

NOTHING = "nothing"
"""How no value is shown."""

_MOST = 250_000
"""Pairs of records looked at to find out which belong together; beyond it their places decide."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs, or (no field) a record that is "new" or "gone"."""

    record: str
    field: str | None
    before: str
    after: str


def differences(was: Sequence[object], now: Sequence[object], record: str) -> Iterator[Difference]:
    """Hold two lists of records of the canonical form together, in order.

    Records that are equal belong together; of the others those that have the most values in
    common. `record` names them where they stand bare.
    """
    for old, new in _aligned(was, now):
        if old is None or new is None:
            told = (NOTHING, "new") if old is None else ("there", "gone")
            yield Difference(record or _kind(old or new), None, *told)
        else:
            yield from _inside(old, new, record)


def _kind(unit: object) -> str:
    """Name a unit by its only key: {"invoice": {...}}."""
    return next(iter(unit), "") if isinstance(unit, dict) else ""


def _inside(old: object, new: object, record: str) -> Iterator[Difference]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return
    for key in dict.fromkeys((*old, *new)):
        one, other = old.get(key), new.get(key)
        if isinstance(one, list) or isinstance(other, list):
            yield from differences(one or (), other or (), key)
        elif isinstance(one, dict) and isinstance(other, dict):
            yield from _inside(one, other, key)
        elif isinstance(one, dict) or isinstance(other, dict):
            told = (NOTHING, "new") if one is None else ("there", "gone")
            yield Difference(key, None, *told)
        elif one != other:
            yield Difference(record, key, _shown(one), _shown(other))


def _shown(value: object) -> str:
    return NOTHING if value is None else str(value)


# --- which records belong together -----------------------------------------------------------


def _aligned(
    was: Sequence[object], now: Sequence[object]
) -> Iterator[tuple[object | None, object | None]]:
    texts = [[dumps(one, default=str) for one in side] for side in (was, now)]
    for tag, a, b, c, d in SequenceMatcher(None, texts[0], texts[1], autojunk=False).get_opcodes():
        if tag != "equal":
            yield from _paired(was[a:b], now[c:d])


def _paired(
    was: Sequence[object], now: Sequence[object]
) -> Iterator[tuple[object | None, object | None]]:
    """Pair two runs of records, none of which is equal to its neighbour on the other side."""
    if len(was) == len(now) or len(was) * len(now) > _MOST:
        for at in range(max(len(was), len(now))):
            yield was[at] if at < len(was) else None, now[at] if at < len(now) else None
        return
    at, other = 0, 0
    for one, two in _likest(was, now):
        yield from ((old, None) for old in was[at:one])
        yield from ((None, new) for new in now[other:two])
        yield was[one], now[two]
        at, other = one + 1, two + 1
    yield from ((old, None) for old in was[at:])
    yield from ((None, new) for new in now[other:])


def _likest(was: Sequence[object], now: Sequence[object]) -> list[tuple[int, int]]:
    """Give the pairs, in order, that have the most values in common over all."""
    values = [[frozenset(_values(one, ())) for one in side] for side in (was, now)]
    best = [[0] * (len(now) + 1) for _ in range(len(was) + 1)]
    for i in range(len(was) - 1, -1, -1):
        for j in range(len(now) - 1, -1, -1):
            common = len(values[0][i] & values[1][j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + common)
    pairs, i, j = [], 0, 0
    while i < len(was) and j < len(now):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _values(node: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _values(value, (*path, key))
    elif isinstance(node, list):
        for value in node:
            yield from _values(value, path)
    elif node is not None:
        yield path, str(node)
