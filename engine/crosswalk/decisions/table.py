"""The compiled decision: every cell decided beforehand, one look-up per input at run time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import cast

from crosswalk.decisions.base import Bound
from crosswalk.decisions.cells import CAP, Domain, applies, domain
from crosswalk.decisions.decide import decide, decide_cell, failed
from crosswalk.decisions.inputs import MOST_DIGITS, Refused, read_value
from crosswalk.decisions.model import Cell, Decision, Input, Model

_REFUSED = -1
_EXACT = frozenset({int, str, type(None)})
_TOO_LARGE = 10**MOST_DIGITS


@dataclass(frozen=True, slots=True)
class _Column:
    """One input: the share of a raw value in the cell's number.

    `exact` has the raw values that need no reading, `others` is the share of whole numbers that
    are not among them (_REFUSED where such a number is not allowed).
    """

    input: Input
    exact: Mapping[object, int]
    others: int
    by_value: Mapping[str | None, int]


class Table:
    """Decisions by cell; immutable, safe between threads, equal to `decide` by test.

    Falls back on the reference where a rule set has more than 200,000 cells.
    """

    __slots__ = ("_bound", "_cells", "_columns", "_names", "decide")

    decide: Callable[[Sequence[object]], Decision]
    """Decide one case; `values` (text, int, None or MISSING) in the order of the inputs."""

    def __init__(self, bound: Bound) -> None:
        everything = domain(bound.model, [bound.rules])
        small = everything.size <= CAP
        self._bound = bound
        self._names = order_of(bound.model)
        self._cells = tuple(_decided(bound, everything)) if small else ()
        self._columns = tuple(_columns(everything))
        self.decide = self._compiled() if small else self._slowly

    def _compiled(self) -> Callable[[Sequence[object]], Decision]:
        """Unroll the look-ups: the generated text depends on the number of inputs only."""
        names: dict[str, object] = {
            "cells": self._cells,
            "carefully": self._carefully,
            "exact": _EXACT,
            "too_large": _TOO_LARGE,
        }
        for at, column in enumerate(self._columns):
            names |= {f"get{at}": column.exact.get, f"others{at}": column.others}
        exec(compile(_source(len(self._columns)), "<table>", "exec"), names)  # noqa: S102
        return cast("Callable[[Sequence[object]], Decision]", names["decide"])

    def _carefully(self, values: Sequence[object]) -> Decision:
        """Decide a case with values that have to be read first, or refused."""
        at = 0
        for column, value in zip(self._columns, values, strict=True):
            share = self._read(column, value)
            if share is None:
                return self._slowly(values)
            at += share
        return self._cells[at]

    def _read(self, column: _Column, value: object) -> int | None:
        try:
            name, _ = read_value(column.input, value, [])
        except Refused:
            return None
        return column.by_value.get(name, column.by_value.get(None))

    def _slowly(self, values: Sequence[object]) -> Decision:
        raw = dict(zip(self._names, values, strict=True))
        return decide(self._bound, raw).decision


def _source(inputs: int) -> str:
    """Write the function that adds up the shares of so many inputs."""
    values = "".join(f"v{at}, " for at in range(inputs))
    looks = "".join(_LOOK.format(at=at) for at in range(inputs))
    total = " + ".join(f"s{at}" for at in range(inputs))
    return f"def decide(values):\n    {values}= values\n{looks}    return cells[{total}]\n"


_LOOK = """\
    kind = v{at}.__class__
    if kind not in exact:
        return carefully(values)
    s{at} = get{at}(v{at})
    if s{at} is None:
        s{at} = others{at}
        if s{at} < 0 or kind is not int or not 0 <= v{at} < too_large:
            return carefully(values)
"""


def _decided(bound: Bound, everything: Domain) -> list[Decision]:
    """Decide every combination of values; those without meaning share a decision."""
    known: dict[Cell, Decision] = {}
    made = []
    for combination in product(*everything.atoms):
        cell = settle(bound, combination)
        if cell not in known:
            known[cell] = _decide_known(bound, cell)
        made.append(known[cell])
    return made


def _decide_known(bound: Bound, cell: Cell) -> Decision:
    for one in bound.model.inputs:
        if cell[one.position] is None and not one.rest and applies(one, cell):
            try:
                read_value(one, None, [])
            except Refused as refused:
                return failed(bound.model, refused)
    return decide_cell(bound, cell)[0]


def settle(bound: Bound, values: Cell) -> Cell:
    """Drop values without meaning and apply aliases, as `understand` does for raw inputs."""
    cell = list(values)
    for one in bound.model.inputs:
        if one.gates and not applies(one, tuple(cell)):
            cell[one.position] = None
    for alias in bound.aliases:
        if cell[alias.position] in alias.values:
            cell[alias.position] = alias.becomes
    return tuple(cell)


def _columns(everything: Domain) -> list[_Column]:
    made: list[_Column] = []
    stride = 1
    for one, atoms in reversed(list(zip(everything.model.inputs, everything.atoms, strict=True))):
        by_value = {value: index * stride for index, value in enumerate(atoms)}
        made.append(_Column(one, _exact(one, by_value), _others(one, by_value), by_value))
        stride *= len(atoms)
    return made[::-1]


def _exact(one: Input, by_value: Mapping[str | None, int]) -> dict[object, int]:
    made: dict[object, int] = {}
    for value, share in by_value.items():
        if value is None:
            if not one.required:
                made[None] = made[""] = share
            continue
        code = value if one.values is None else one.values[value]
        made[code] = share
        if one.kind == "integer":
            made[int(code)] = share
    return made


def _others(one: Input, by_value: Mapping[str | None, int]) -> int:
    if one.kind != "integer" or (one.values is not None and one.refuses):
        return _REFUSED
    return by_value.get(None, _REFUSED)


def order_of(model: Model) -> tuple[str, ...]:
    """Give the names of the inputs in the order in which a table takes their values."""
    return tuple(one.name for one in model.inputs)
