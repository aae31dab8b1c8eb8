"""Several rule sets of one decision with one biller's settings: the table in force on a day."""

from collections.abc import Mapping, Sequence
from datetime import date

from crosswalk.decisions.base import Bound, bind
from crosswalk.decisions.model import Model, Rule, RuleSet
from crosswalk.decisions.schedule import in_force
from crosswalk.decisions.table import Table


class Dated:
    """Tables by day, each made when it is first asked for; base settings alone without rules."""

    def __init__(
        self, model: Model, rule_sets: Sequence[RuleSet], settings: Mapping[str, str]
    ) -> None:
        """Take the rule sets that may apply and the settings' texts by name."""
        self._model = model
        self._rule_sets = tuple(rule_sets)
        self._settings = settings
        self._made: dict[str | None, tuple[Bound, Table]] = {}

    def on(self, day: date | None) -> Table | None:
        """Give the table in force on a day; None when every rule set starts later."""
        found = self._of(day)
        return None if found is None else found[1]

    def bound(self, day: date | None) -> Bound | None:
        """Give the same as a bound rule set, for explanations."""
        found = self._of(day)
        return None if found is None else found[0]

    def rule(self, name: str) -> Rule | None:
        """Find a rule by its id in any of the rule sets."""
        found = (rules.by_id.get(name) for rules in self._rule_sets)
        return next((rule for rule in found if rule is not None), None)

    def _of(self, day: date | None) -> tuple[Bound, Table] | None:
        rules = in_force(self._rule_sets, day or date.max) if self._rule_sets else None
        if rules is None and self._rule_sets:
            return None
        key = None if rules is None else f"{rules.name}@{rules.version}"
        if key not in self._made:
            bound, _ = bind(self._model, rules, self._settings, strict=False)
            self._made[key] = (bound, Table(bound))
        return self._made[key]
