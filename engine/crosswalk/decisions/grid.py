"""Every cell with the rules that match it and the rules that win it, as sets of bits."""

from collections.abc import Iterator
from dataclasses import dataclass

from crosswalk.decisions.base import BaseValues, Bound
from crosswalk.decisions.cells import Domain, cells
from crosswalk.decisions.decide import Way, compose, prefer
from crosswalk.decisions.model import Cell, Decision, Model, Reason, Rule, narrower


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cell: the rules matching for the value that decided, the most specific of them.

    `step` counts the substitutes that were needed: 0 is the value itself.
    """

    cell: Cell
    matched: int
    best: int
    step: int


class Grid:
    """The cells of a bound rule set; bit n of a set of rules is rule n in document order."""

    def __init__(self, bound: Bound, everything: Domain) -> None:
        self.bound = bound
        self.model: Model = bound.model
        self.rules: tuple[Rule, ...] = bound.rules.rules if bound.rules else ()
        self._masks = [_masks(self.rules, one.position) for one in self.model.inputs]
        self._best: dict[int, int] = {}
        self._made: dict[tuple[int, str], Decision] = {}
        self._bases: dict[Cell, BaseValues | None] = {}
        self.verdicts = tuple(self.judge(cell) for cell in cells(everything))

    def matching(self, cell: Cell) -> int:
        """Give the rules that match a cell as it is, without substitutes."""
        found = -1
        for (anything, by_value), value in zip(self._masks, cell, strict=True):
            found &= anything if value is None else by_value.get(value, anything)
        return found

    def judge(self, cell: Cell, without: int = 0) -> Verdict:
        """Decide a cell as if the rules `without` were not there."""
        at = self.model.substitute_at
        tried = (None,) if at is None else self.model.tried(cell[at])
        for step, value in enumerate(tried):
            there = cell if at is None or not step else (*cell[:at], value, *cell[at + 1 :])
            matched = self.matching(there) & ~without
            if matched:
                return Verdict(cell, matched, self.best(matched), step)
        return Verdict(cell, 0, 0, 0)

    def best(self, matched: int) -> int:
        """Give the most specific of some rules."""
        known = self._best.get(matched)
        if known is None:
            rules = list(self.members(matched))
            known = sum(
                1 << rule.order
                for rule in rules
                if not any(narrower(other.accepts, rule.accepts) for other in rules)
            )
            self._best[matched] = known
        return known

    def members(self, mask: int) -> Iterator[Rule]:
        """Give the rules of a set of bits, in document order."""
        while mask:
            low = mask & -mask
            yield self.rules[low.bit_length() - 1]
            mask ^= low

    def winner(self, verdict: Verdict) -> Rule | None:
        """Give the rule that decides a cell; among crossing ones, the one precedence prefers."""
        best = tuple(self.members(verdict.best))
        if len(best) > 1:
            return prefer(self.model, best)
        return best[0] if best else None

    def decision(self, verdict: Verdict) -> Decision:
        """Give the outcome of a cell (without what depends on the way there)."""
        winner, base = self.winner(verdict), self.base_of(verdict.cell)
        key = (-1 if winner is None else winner.order, base.base.name if base else "")
        if key not in self._made:
            reason = Reason.RULE if winner else self.bound.fallen
            self._made[key] = compose(self.bound, Way(reason, winner), base)
        return self._made[key]

    def base_of(self, cell: Cell) -> BaseValues | None:
        """Give the base of a cell."""
        if cell not in self._bases:
            self._bases[cell] = self.bound.base_of(cell)
        return self._bases[cell]


def _masks(rules: tuple[Rule, ...], position: int) -> tuple[int, dict[str, int]]:
    """Give the rules without a condition on an input, and per value the rules that accept it."""
    anything = 0
    by_value: dict[str, int] = {}
    for rule in rules:
        wanted = rule.accepts[position]
        bit = 1 << rule.order
        if wanted is None:
            anything |= bit
        for value in wanted or ():
            by_value[value] = by_value.get(value, 0) | bit
    return anything, {value: mask | anything for value, mask in by_value.items()}
