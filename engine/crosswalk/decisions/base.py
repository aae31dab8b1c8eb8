"""The settings that give outcomes where no rule does, and the aliases that settings switch on."""

from collections.abc import Mapping
from dataclasses import dataclass

from crosswalk.decisions.model import Alias, Base, Cell, Model, Reason, RuleSet
from crosswalk.decisions.setting_rules import as_set
from crosswalk.decisions.values import is_zero
from crosswalk.findings.diagnostics import Diagnostic, Severity
from crosswalk.findings.suggest import quoted


@dataclass(frozen=True, slots=True)
class BaseValues:
    """A base with its setting's text.

    `parts` has each outcome that is given (never blank), `sources` how every part is named.
    """

    base: Base
    text: str | None
    parts: Mapping[str, str]
    sources: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bound:
    """A model with one biller's rules and settings: everything a decision depends on.

    `fallen` is the reason recorded when no rule decides.
    """

    model: Model
    rules: RuleSet | None
    bases: tuple[BaseValues, ...]
    aliases: tuple[Alias, ...]
    fallen: Reason

    def base_of(self, cell: Cell) -> BaseValues | None:
        """Give the base for a cell."""
        for one in self.bases:
            if covers(one.base.accepts, cell):
                return one
        return None


def covers(accepts: tuple[frozenset[str] | None, ...], cell: Cell) -> bool:
    """Tell whether a cell has an accepted value of every input."""
    for wanted, value in zip(accepts, cell, strict=True):
        if wanted is not None and value not in wanted:
            return False
    return True


def bind(
    model: Model,
    rules: RuleSet | None,
    settings: Mapping[str, str],
    *,
    invalid: bool = False,
    strict: bool = True,
) -> tuple[Bound, list[Diagnostic]]:
    """Give a model its rules and settings (texts by name).

    `rules` None means that there is no rule set, or with `invalid` that it could not be read.
    Rules that a setting holds are read anew when its text is not the one they were read from. A
    base setting of the wrong form is RUL601: an error when `strict`, else a warning, and its
    parts count as missing (payment codes 2.3, 2.6).
    """
    findings: list[Diagnostic] = []
    if rules is not None and rules.setting is not None:
        rules, findings = as_set(rules, model, settings)
    severity = Severity.ERROR if strict else Severity.WARNING
    bases = []
    for base in model.bases:
        text = settings.get(base.setting)
        parts, problem = read_parts(model, base, text)
        if problem:
            message = f"setting {base.setting} cannot be used: {problem}"
            form = base.separator.join(base.parts)
            findings.append(Diagnostic("RUL601", message, None, severity, help=f"write {form}"))
        sources = {n: f"setting:{base.setting}.{at}" for at, n in enumerate(base.parts, 1)}
        bases.append(BaseValues(base, text, parts, sources))
    aliases = tuple(one for one in model.aliases if settings.get(one.setting) == one.equals)
    fallen = Reason.BASE_NO_MATCH if rules is not None else Reason.BASE_NO_RULESET
    if rules is not None and rules.fallen is not None:
        fallen = rules.fallen
    if invalid:
        fallen = Reason.BASE_RULESET_INVALID
    return Bound(model, rules, tuple(bases), aliases, fallen), findings


def read_parts(model: Model, base: Base, text: str | None) -> tuple[dict[str, str], str]:
    """Cut a setting's text into its parts; second: what is wrong.

    Blank parts are left out, and zeros where that is no value.
    """
    if text is None or not text.strip():
        return {}, ""
    pieces = [piece.strip() for piece in text.split(base.separator)]
    most = len(base.parts)
    if not base.at_least <= len(pieces) <= most:
        return {}, f"{quoted(text)} has {len(pieces)} parts instead of {base.at_least} to {most}"
    made: dict[str, str] = {}
    for name, piece in zip(base.parts, pieces, strict=False):
        if model.by_name[name].digits and piece and not (piece.isascii() and piece.isdigit()):
            return {}, f"{quoted(piece)} is not a {name}: only digits are"
        if piece and not is_zero(model.by_name[name], piece):
            made[name] = piece
    return made, ""
