"""All cases that can differ: the finite quotient of the inputs, for table, matrix and analysis."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from crosswalk.decisions.base import Bound
from crosswalk.decisions.model import Cell, Input, Model, RuleSet

CAP = 200_000
"""How many cells are enumerated at most (payment codes 7)."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Per input the values that matter: listed or mentioned ones, then None for all others."""

    model: Model
    atoms: tuple[tuple[str | None, ...], ...]

    @property
    def size(self) -> int:
        """Give an upper bound of the number of cells."""
        return prod(map(len, self.atoms))


def domain(model: Model, rule_sets: Iterable[RuleSet | None], more: Bound | None = None) -> Domain:
    """Quotient the inputs by what the rule sets mention.

    Values that an alias (of `more`) always turns into another one are left out.
    """
    rules = [rule for one in rule_sets if one is not None for rule in one.rules]
    atoms = []
    for one in model.inputs:
        mentioned = {v: None for rule in rules for v in rule.when.get(one.name, ())}
        for base in model.bases:
            mentioned |= dict.fromkeys(sorted(base.accepts[one.position] or ()))
        atoms.append(_atoms(one, list(mentioned), more))
    return Domain(model, tuple(atoms))


def _atoms(one: Input, mentioned: Sequence[str], bound: Bound | None) -> tuple[str | None, ...]:
    if one.values is None:
        listed = sorted(mentioned, key=lambda text: (text.isdigit(), len(text), text))
    else:
        listed = list(one.values)
    for alias in bound.aliases if bound else ():
        if alias.position == one.position:
            listed = [value for value in listed if value not in alias.values]
    rest: tuple[None, ...] = (None,) if one.rest or one.gates else ()
    return (*listed, *rest)


def cells(domain: Domain) -> Iterator[Cell]:
    """Give every cell; an input without meaning for a case has only its last value, None."""
    gated = [one for one in domain.model.inputs if one.gates]
    for cell in product(*domain.atoms):
        if all(_possible(one, cell) for one in gated):
            yield cell


def _possible(one: Input, cell: Cell) -> bool:
    if applies(one, cell):
        return cell[one.position] is not None or one.rest
    return cell[one.position] is None


def applies(one: Input, cell: Cell) -> bool:
    """Tell whether an input has a meaning for a cell."""
    return all(cell[position] in values for position, values in one.gates)
