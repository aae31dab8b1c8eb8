"""The codes that a biller's rules can decide, and for which payments (payment codes A33)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from crosswalk.decisions.base import Bound, bind
from crosswalk.decisions.matrix import Row, matrix
from crosswalk.decisions.model import Cell, Model, RuleSet
from crosswalk.decisions.wording import case_text
from crosswalk.findings.diagnostics import Span
from crosswalk.planning.deciding import Judge


@dataclass(slots=True)
class Code:
    """One value of the outcome that tells families apart, and the cases it is decided for."""

    cases: dict[str, None] = field(default_factory=dict)
    beside: dict[str, dict[str, None]] = field(default_factory=dict)


@dataclass(slots=True)
class Tenders:
    """What a decision comes to with a biller's settings, on a day and after it.

    `codes` are by code; `settings` are those that some case draws on, by name, with their place;
    `open` are cases without an outcome, told; `decided` are all cases with their code;
    `mentioned` are the values that rules name, by input.
    """

    model: Model
    codes: dict[str, Code] = field(default_factory=dict)
    settings: dict[str, Span] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    decided: list[tuple[Cell, str | None]] = field(default_factory=list)
    mentioned: set[tuple[str, str]] = field(default_factory=set)

    @property
    def outcome(self) -> str:
        """The outcome that tells families apart, else the first."""
        families = self.model.families
        return families.outcome if families is not None else self.model.outcomes[0].name


def add_tenders(made: Tenders, judge: Judge, settings: Mapping[str, str], day: date) -> None:
    """Decide every case by the rules in force on a day and by those that begin later.

    Several flows may decide by other rules of one decision; what they come to adds up.
    """
    for rules in _from(judge.rules, day) or (None,):
        bound, _ = bind(judge.model, rules, settings, strict=False)
        for rule in rules.rules if rules is not None else ():
            made.mentioned |= {
                (key, value) for key, listed in rule.when.items() for value in listed
            }
        try:
            rows = matrix(bound).rows
        except ValueError as many:
            made.open.append(f"code is known: {many}")
            continue
        for name, row in _named(judge.model, rows, made.outcome):
            _take(made, bound, row, name)
    made.codes = dict(sorted(made.codes.items()))


def _from(rule_sets: tuple[RuleSet, ...], day: date) -> tuple[RuleSet, ...]:
    """Give the rule set in force on a day and those that begin later."""
    begun = [one for one in rule_sets if one.starts is None or one.starts <= day]
    later = [one for one in rule_sets if one.starts is not None and one.starts > day]
    last = max(begun, key=lambda one: one.starts or date.min, default=None)
    return (*([last] if last is not None else []), *later)


def _take(made: Tenders, bound: Bound, row: Row, name: str) -> None:
    """Add a case to its code, and note the setting it draws on, or that it has no outcome."""
    for source in row.decision.sources.values():
        kind, _, rest = source.partition(":")
        if kind == "setting":
            setting = rest.partition(".")[0]
            made.settings |= {b.setting: b.span for b in bound.model.bases if b.setting == setting}
    if not row.decision.ok:
        base = bound.base_of(row.cell)
        if base is not None and base.text is None:
            made.settings[base.base.setting] = base.base.span
        else:
            made.open.append(f"{row.decision.subject} of {case_text(bound.model, row.cell)}")
    value = row.decision.values.get(made.outcome)
    made.decided.append((row.cell, value))
    if value is None:
        return
    code = made.codes.setdefault(value, Code())
    code.cases[name] = None
    for other, beside in row.decision.values.items():
        if other != made.outcome and beside is not None:
            code.beside.setdefault(other, {})[beside] = None


def _named(model: Model, rows: tuple[Row, ...], outcome: str) -> Iterator[tuple[str, Row]]:
    """Name each case by its leading value, and by the others where they change the code."""
    at = model.leading
    codes: dict[str | None, set[str | None]] = {}
    for row in rows:
        codes.setdefault(row.cell[at], set()).add(row.decision.values.get(outcome))
    for row in rows:
        leading = row.cell[at] or "other"
        if len(codes[row.cell[at]]) > 1:
            others = [value for place, value in enumerate(row.cell) if place != at and value]
            leading = " ".join([leading, *(others or ["other"])])
        yield leading, row


def codes_of(found: Tenders, case: Mapping[str, str]) -> tuple[list[str], bool]:
    """Give the codes of the cases with these inputs (by name), and whether each case has one."""
    wanted = {found.model.positions[key]: value for key, value in case.items()}
    fitting = [
        code
        for cell, code in found.decided
        if all(cell[place] == value for place, value in wanted.items())
    ]
    known = sorted({code for code in fitting if code is not None})
    return known, bool(fitting) and None not in fitting
