"""From a rule set to the partner's JSON; refuses what that form cannot say (payment codes 9)."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

from crosswalk.decisions.base import bind
from crosswalk.decisions.cells import CAP, domain
from crosswalk.decisions.findings import WARNING, Words, found
from crosswalk.decisions.grid import Grid, Verdict
from crosswalk.decisions.legacy_import import usual_kind
from crosswalk.decisions.legacy_order import export_order
from crosswalk.decisions.model import Input, Legacy, LegacyKey, Model, Rule, RuleSet
from crosswalk.decisions.read_rules import accepts
from crosswalk.decisions.wording import values_text
from crosswalk.findings.diagnostics import Diagnostic, Severity, Span, has_errors
from crosswalk.findings.suggest import quoted

_EMPTY = {"list": "[]", "null": "null", "text": '""'}


def export_legacy(
    rules: RuleSet, model: Model, split: Collection[str] = ()
) -> tuple[str | None, list[Diagnostic]]:
    """Write a rule set as the partner's JSON, most specific first unless the order was imported.

    `split` names inputs whose lists become one entry per value. Findings: RUL206 a case that a
    first-match reader of the text would decide differently, RUL607 a hint of the import that no
    longer fits, RUL608 (nothing is written) what the form cannot say.
    """
    if model.legacy is None:
        message = f"{model.name} declares no JSON form"
        return None, [Diagnostic("RUL608", message, rules.span, help="add 'legacy' to it")]
    writer = _Writer(model, model.legacy)
    findings = writer.findings
    ordered = list(writer.ordered(rules))
    expanded = [one for rule in ordered for one in _expanded(model, model.legacy, rule, split)]
    entries = [writer.entry(rule) for rule in expanded]
    if has_errors(findings):
        return None, findings
    findings += first_match(model, rules, expanded)
    return writer.document(rules, entries), findings


def _expanded(model: Model, legacy: Legacy, rule: Rule, split: Collection[str]) -> Iterator[Rule]:
    """Give one rule per value of the inputs that take a single value."""
    lists = {key.input for key in legacy.keys if key.kind == "list"}
    names = [n for n in rule.when if (n not in lists or n in split) and len(rule.when[n]) > 1]
    for values in product(*(rule.when[name] for name in names)):
        when = {**rule.when, **{n: (v,) for n, v in zip(names, values, strict=True)}}
        yield replace(rule, when=when, accepts=accepts(model, when))


@dataclass(slots=True)
class _Writer:
    """Writes entries, collecting findings."""

    model: Model
    legacy: Legacy
    findings: list[Diagnostic] = field(default_factory=list)

    def ordered(self, rules: RuleSet) -> tuple[Rule, ...]:
        """Give the rules in the imported order if it still fits, else most specific first."""
        usual = export_order(rules, self.model)
        if not rules.legacy_order:
            return usual
        place = {name: at for at, name in enumerate(rules.legacy_order)}
        if set(place) != set(rules.by_id):
            self.stale("legacy.order does not name the rules that are there", rules.span)
        return tuple(sorted(usual, key=lambda rule: place.get(rule.id, len(place))))

    def entry(self, rule: Rule) -> dict[str, str]:
        """Give an entry's keys with their JSON texts."""
        said = {**self.conditions(rule), **self.outcomes(rule), **rule.hints.extra}
        for key, kind in rule.hints.empty.items():
            if key in said:
                self.stale(f"rule {rule.id}: {key} has a value, but is kept as empty", rule.span)
            said.setdefault(key, _EMPTY[kind])
        usual = [key.key for key in self.legacy.keys if key.key in said]
        usual += [key for key in said if key not in usual]
        self.stale_keys(rule, said)
        order = [*(key for key in rule.hints.keys if key in said), *usual]
        return {key: said[key] for key in dict.fromkeys(order)}

    def stale_keys(self, rule: Rule, said: Mapping[str, str]) -> None:
        gone = [key for key in rule.hints.keys if key not in said]
        gone += [key for key in (*rule.hints.kinds, *rule.hints.spelling) if key not in said]
        for key in dict.fromkeys(gone):
            self.stale(f"rule {rule.id}: there is no {key} any more", rule.span)

    def conditions(self, rule: Rule) -> dict[str, str]:
        keys = {key.input: key for key in self.legacy.keys if key.input}
        made = {}
        for name, values in rule.when.items():
            key = keys.get(name)
            if key is None:
                self.refuse(rule, f"when.{name}", f"a condition on {name}")
                continue
            one = next(one for one in self.model.inputs if one.name == name)
            made[key.key] = self.condition(rule, key, one, values)
        return made

    def condition(self, rule: Rule, key: LegacyKey, one: Input, values: tuple[str, ...]) -> str:
        spelled = rule.hints.spelling.get(key.key, {})
        codes = [spelled.get(v, v if one.values is None else one.values[v]) for v in values]
        if key.kind != "list":
            return self.value(rule, key, codes[0])
        if rule.hints.kinds.get(key.key) == "text":
            if len(codes) == 1:
                return _text(codes[0])
            self.stale(f"rule {rule.id}: {key.key} has several values, not one text", rule.span)
        return f"[{', '.join(map(_text, codes))}]"

    def outcomes(self, rule: Rule) -> dict[str, str]:
        keys = {key.outcome: key for key in self.legacy.keys if key.outcome}
        made = {}
        for name, value in rule.then.items():
            key = keys.get(name)
            if key is None:
                self.refuse(rule, f"then.{name}", f"an own {name}")
            else:
                made[key.key] = self.value(rule, key, value)
        return made

    def value(self, rule: Rule, key: LegacyKey, code: str) -> str:
        usual = usual_kind(key, code)
        kind = rule.hints.kinds.get(key.key, usual)
        number = usual_kind(replace(key, kind="number"), code) == "number"
        if kind in ("number", "decimal") and not number:
            self.stale(f"rule {rule.id}: {key.key} {code} cannot be a JSON number", rule.span)
            kind = "text"
        return {"text": _text(code), "decimal": f"{code}.0"}.get(kind, code)

    def document(self, rules: RuleSet, entries: list[dict[str, str]]) -> str:
        drawn = ",\n".join(f"    {_object(entry)}" for entry in entries)
        listed = f"[\n{drawn}\n  ]" if entries else "[]"
        said = {self.legacy.container: listed, **rules.hints.extra}
        order = [*(key for key in rules.hints.keys if key in said), *said]
        pairs = (f"  {_text(key)}: {said[key]}" for key in dict.fromkeys(order))
        return "{\n" + ",\n".join(pairs) + "\n}\n"

    def stale(self, message: str, span: Span) -> None:
        """Say that a hint of the import no longer fits."""
        finding = Diagnostic("RUL607", message, span, Severity.WARNING, help="remove the hint")
        self.findings.append(finding)

    def refuse(self, rule: Rule, what: str, thing: str) -> None:
        """Say that the partner's form cannot hold something."""
        message = f"rule {rule.id}: the partner's form has no place for {quoted(thing)}"
        self.findings.append(Diagnostic("RUL608", message, rule.place(what)))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _object(entry: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{_text(key)}: {value}" for key, value in entry.items()) + "}"


def first_match(model: Model, rules: RuleSet, listed: list[Rule]) -> list[Diagnostic]:
    """Find cases where the first match of a list decides otherwise than the most specific one."""
    bound, _ = bind(model, rules, {}, strict=False)
    everything = domain(model, [rules])
    if everything.size > CAP:
        return []
    grid = Grid(bound, everything)
    made = []
    for verdict in grid.verdicts:
        winner = grid.winner(verdict)
        first = _first(grid, verdict, listed)
        if winner is not None and first is not None and first.then != winner.then:
            message = "a reader that takes the first match decides otherwise"
            outcome = f"{values_text(model, winner.then)} ({winner.id}), "
            outcome += f"first match {values_text(model, first.then)} ({first.id})"
            remedy = f"put {winner.id} before {first.id}"
            words = Words(message, verdict.cell, outcome, remedy)
            made.append(found(grid, "RUL206", WARNING, words, winner).finding)
    return made


def _first(grid: Grid, verdict: Verdict, listed: list[Rule]) -> Rule | None:
    ids = {rule.id for rule in grid.members(verdict.matched)}
    return next((rule for rule in listed if rule.id in ids), None)
