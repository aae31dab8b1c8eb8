"""Decisions and their rules: inputs, outcomes, the rules as written, and every case decided."""

from collections.abc import Iterator

from crosswalk.decisions.base import Bound
from crosswalk.decisions.matrix import drawn, legend, matrix
from crosswalk.decisions.model import Base, Input, Limit, Model, Outcome, RuleSet
from crosswalk.decisions.wording import ANY
from crosswalk.documents.workspace import Document
from crosswalk.findings.errors import ConfigError
from crosswalk.planning.deciding import Judge
from crosswalk.site.parts import (
    Block,
    Cell,
    Facts,
    Row,
    Section,
    Table,
    anchor,
    code,
    listed,
    plain,
)
from crosswalk.site.seen import Seen, pinned, says


def decision_section(seen: Seen, document: Document) -> Section:
    """Show a decision document (what is decided), or rules for one with their matrix."""
    name = pinned(document)
    judge, findings = seen.project.judge((name,), seen.view)
    if judge is None:
        raise ConfigError([*seen.view.findings, *findings])
    seen.find(document.kind, document.name, says(seen.node(document)), anchor(name))
    told: list[Block] = [says(seen.node(document)), _facts(seen, document)]
    if document.kind == "decision":
        told += _model(seen, judge.model, name)
    for rules in judge.rules:
        told += _rules(seen, judge.model, rules)
    if document.kind == "rules" or not _has_rules(seen, document):
        told += _matrices(seen, judge)
    return Section(anchor(name), document.name, tuple(told))


def _has_rules(seen: Seen, document: Document) -> bool:
    uses = (getattr(one.node.entries["use"].value, "text", "") for one in seen.of_kind("rules"))
    return pinned(document) in uses


def _facts(seen: Seen, document: Document) -> Facts:
    pairs: list[tuple[str, Cell]] = []
    use = seen.node(document).entries.get("use")
    if use is not None:
        pairs.append(("for the decision", (seen.reference(getattr(use.value, "text", "")),)))
    pairs += [("version", plain(document.version)), ("document", plain(document.file))]
    return Facts(tuple(pairs))


def _model(seen: Seen, model: Model, name: str) -> Iterator[Block]:
    inputs = tuple(_input(seen, one) for one in model.inputs)
    yield Table("Inputs", ("input", "type", "values", "meaning", "set in"), inputs)
    outcomes = tuple(_outcome(seen, one) for one in model.outcomes)
    yield Table("Outcomes", ("outcome", "form", "otherwise", "meaning", "set in"), outcomes)
    bases = tuple(_base(seen, model, one, name) for one in model.bases)
    yield Table("Settings that decide without a rule", ("for", "setting", "parts", "set in"), bases)
    rows = tuple(
        Row((plain(value), plain(", ".join(others)))) for value, others in model.substitutes.items()
    )
    yield Table("A value without rules is decided like", ("value", "like"), rows)
    limits = tuple(map(_limit, model.limits.values()))
    yield Table("Limits of channels", ("channel", "longest", "a longer value is"), limits)


def _input(seen: Seen, one: Input) -> Row:
    values = "any" if one.values is None else ", ".join(f"{k} = {v}" for k, v in one.values.items())
    needed = ", required" if one.required else ""
    cells = (plain(one.name), plain(one.kind + needed), plain(values), plain(one.description))
    return Row((*cells, seen.origin(one.span)))


def _outcome(seen: Seen, one: Outcome) -> Row:
    form = "digits" if one.digits else "text"
    form += f", at most {one.longest}" if one.longest else ""
    form += ", not 0" if one.not_zero else ""
    cells = (plain(one.name), plain(form), plain(one.default or ""), plain(one.description))
    return Row((*cells, seen.origin(one.span)))


def _base(seen: Seen, model: Model, one: Base, name: str) -> Row:
    wanted = [
        f"{model.inputs[at].name}: {', '.join(value for value in known if value in some)}"
        for at, some in enumerate(one.accepts)
        if some is not None and (known := model.inputs[at].values or ())
    ]
    parts = code(one.separator.join(one.parts))
    cells = (plain("; ".join(wanted) or "every case"), (seen.setting(one.setting, name),), parts)
    return Row((*cells, seen.origin(one.span)))


def _limit(one: Limit) -> Row:
    longest = ", ".join(f"{name} {most}" for name, most in one.longest.items())
    return Row((plain(one.channel), plain(longest), plain(one.severity.value)))


def _rules(seen: Seen, model: Model, rules: RuleSet) -> Iterator[Block]:
    heads = ("rule", *(one.name for one in model.inputs), "gives", "set in")
    rows = []
    for one in rules.rules:
        at = anchor("rule", rules.name, one.id)
        seen.find("rule", one.id, f"{rules.name}: {', '.join(one.then.values())}", at)
        when = (plain(", ".join(one.when.get(each.name, ())) or ANY) for each in model.inputs)
        then = listed(
            piece for name, value in one.then.items() for piece in code(f"{name} {value}")
        )
        rows.append(Row((plain(one.id), *when, then, seen.origin(one.span)), at))
    since = f", from {rules.starts.isoformat()} on" if rules.starts else ""
    yield Table(f"Rules of {rules.name}{since}", heads, tuple(rows))


def _matrices(seen: Seen, judge: Judge) -> Iterator[Block]:
    for bound, _ in judge.bound(seen.view.settings.texts()):
        yield from _matrix(bound)


def _matrix(bound: Bound) -> Iterator[Block]:
    name = bound.rules.name if bound.rules else bound.model.name
    try:
        heads, lines = drawn(matrix(bound))
    except ValueError as too_many:
        yield f"All cases of {name} are not drawn: {too_many}."
        return
    rows = tuple(Row(tuple(map(plain, line))) for line in lines)
    caption = f"Every case decided by {name}: {legend(bound.model).strip()}"
    yield Table(caption, tuple(heads), rows)
