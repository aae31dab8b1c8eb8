"""The order in which rules go into the partner's JSON, for readers that take the first match."""

from crosswalk.decisions.model import Model, Rule, RuleSet, narrower


def export_order(rules: RuleSet, model: Model) -> tuple[Rule, ...]:
    """Give the rules by value of the leading input, the most specific first; ids break ties."""
    depth = {
        rule.id: sum(narrower(rule.accepts, other.accepts) for other in rules.rules)
        for rule in rules.rules
    }
    return tuple(
        sorted(rules.rules, key=lambda rule: (_leading(model, rule), -depth[rule.id], rule.id))
    )


def _leading(model: Model, rule: Rule) -> int:
    one = model.inputs[model.leading]
    wanted = rule.when.get(one.name)
    if not wanted or one.values is None:
        return -1
    return min(list(one.values).index(value) for value in wanted)
