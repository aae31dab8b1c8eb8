"""The rules documents that mappings name: read with their decisions, analysed for every biller."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from crosswalk.decisions.analyse import analyse
from crosswalk.decisions.base import bind
from crosswalk.decisions.model import Model, RuleSet
from crosswalk.decisions.read_model import read_model
from crosswalk.decisions.read_rules import read_rules
from crosswalk.decisions.readings import ambiguous
from crosswalk.decisions.schedule import check_schedule
from crosswalk.decisions.setting_rules import rules_of_setting
from crosswalk.documents.access import mapping as map_at
from crosswalk.documents.access import scalar, scalars
from crosswalk.documents.resolve import Settings
from crosswalk.documents.scalar_places import Text
from crosswalk.documents.source import Map, Scalar
from crosswalk.documents.workspace import Document, Workspace
from crosswalk.findings.diagnostics import Diagnostic, Label, Span, has_errors
from crosswalk.findings.suggest import quoted
from crosswalk.planning.deciding import Judge

Reads = Callable[[Document], Map | None]
"""Gives a document with its layers merged in; None when its shape is wrong (told elsewhere)."""

_KINDS = ("rules", "decision")
_BY_SETTINGS = frozenset({"RUL108", "RUL201", "RUL202", "RUL205", "RUL301", "RUL302", "RUL303"})
"""What depends on a biller's base settings, and is not found without a biller."""
_IN_NAME = re.compile(r"\bsettings\.([A-Za-z_][A-Za-z0-9_]*)")


def read_judge(
    workspace: Workspace,
    references: Sequence[Scalar | str],
    reads: Reads,
    settings: Settings,
    text: Text,
) -> tuple[Judge | None, list[Diagnostic]]:
    """Read the rules documents (or the decision document) that a mapping names for a decision.

    They must be for one decision (RUL603) and begin on different days (RUL605). What is wrong
    with rules that a setting holds stands in the judge: it does not stop a run.
    """
    findings: list[Diagnostic] = []
    found = [one for one in (_find(workspace, r, findings) for r in references) if one is not None]
    model: Model | None = None
    owner: Document | None = None
    sets: list[RuleSet] = []
    tolerated: list[Diagnostic] = []
    for document in found:
        home = _decision_of(workspace, document, reads, findings)
        if home is None:
            continue
        if owner is None:
            owner, model = home, _read_model(home, reads, findings)
        elif home != owner:
            message = (
                f"{quoted(document.name)} is for {quoted(home.name)}, not {quoted(owner.name)}"
            )
            place = document.place("use")
            findings.append(Diagnostic("RUL603", message, place, help="name rules of one decision"))
            continue
        if document.kind == "rules" and model is not None:
            for one in _read_rules(document, model, reads, findings):
                given = settings.find(one.setting) if one.setting is not None else None
                taken = one.setting is not None
                made, wrong = rules_of_setting(one, model, given, text) if taken else (one, [])
                sets.append(made)
                tolerated += wrong
    findings += check_schedule(sets)
    if model is None or has_errors(findings) or len(found) < len(references):
        return None, findings
    return Judge(model, tuple(sets), tuple(tolerated)), findings


def _find(
    workspace: Workspace, reference: Scalar | str, findings: list[Diagnostic]
) -> Document | None:
    found, wrong = workspace.find(reference)
    if found is None or found.kind in _KINDS:
        findings += wrong
        return found
    findings += workspace.find(reference, "rules")[1]
    return None


def _decision_of(
    workspace: Workspace, document: Document, reads: Reads, findings: list[Diagnostic]
) -> Document | None:
    """Give the decision that a rules document is for; a decision document is its own."""
    if document.kind == "decision":
        return document
    node = reads(document)
    use = scalar(node, "use") if node is not None else None
    if use is None:
        return None
    found, wrong = workspace.find(use, "decision")
    findings += wrong
    return found


def _read_model(document: Document, reads: Reads, findings: list[Diagnostic]) -> Model | None:
    node = reads(document)
    if node is None:
        return None
    model, wrong = read_model(node)
    findings += wrong
    return None if has_errors(wrong) else model


def _read_rules(
    document: Document, model: Model, reads: Reads, findings: list[Diagnostic]
) -> Iterator[RuleSet]:
    node = reads(document)
    made, wrong = read_rules(node, model) if node is not None else (None, [])
    findings += wrong
    if made is not None:
        yield made


# ------------------------------------------------------------------------------------- analysis


def uses(mappings: Iterable[Map]) -> dict[tuple[str, ...], set[str]]:
    """Give the rules that mappings take decisions by, with the channels they are for."""
    found: dict[tuple[str, ...], set[str]] = {}
    for node in mappings:
        body = map_at(node, "decisions")
        for entry in body.entries.values() if body else ():
            if isinstance(entry.value, Map):
                names = tuple(one.text for one in scalars(entry.value, "rules"))
                channels = found.setdefault(names, set())
                if (channel := scalar(entry.value, "channel")) is not None:
                    channels.add(channel.text)
    return found


def named_rules(workspace: Workspace, node: Map) -> Iterator[Document]:
    """Give the rules documents that a mapping names, and their decisions."""
    for names in uses([node]):
        for name in names:
            found, _ = workspace.find(name)
            if found is not None:
                yield found
                home = _decision_of(workspace, found, lambda one: one.node, [])
                yield from [home] if home is not None else []


def analyse_for(
    judge: Judge, settings: Settings, channels: set[str], owner: Document
) -> Iterator[Diagnostic]:
    """Give all findings about a biller's rule sets with its settings; each names the biller.

    While a base setting is still open, what depends on base settings is not found.
    """
    told = Label(owner.place("name"), f"as {owner.name} uses it")
    known = settings.declared
    waits = {known[b.setting].id for b in judge.model.bases if b.setting in known} & settings.open
    yield from judge.tolerated
    for bound, wrong in judge.bound(settings.texts()):
        taken = bound.rules is not None and bound.rules.setting
        for finding in (*wrong, *analyse(bound, channels), *(ambiguous(bound) if taken else ())):
            if waits and finding.code in _BY_SETTINGS:
                continue
            place = finding.span or owner.place("settings")
            yield replace(finding, span=place, related=(*finding.related, told))


def analyse_alone(judge: Judge) -> Iterator[Diagnostic]:
    """Give the findings about rule sets that hold whatever the base settings are."""
    for rules in (one for one in judge.rules if one.setting is None):
        bound, _ = bind(judge.model, rules, _filled(judge.model))
        findings = analyse(bound)
        kept = [one for one in findings if one.code not in {*_BY_SETTINGS, "RUL503"}]
        yield from (one for one in kept if one.code != "RUL404")


def _filled(model: Model) -> Mapping[str, str]:
    """Give base settings with a value in every part, so that no case is without outcome."""
    return {one.setting: one.separator.join("0" for _ in one.parts) for one in model.bases}


def missing_in_names(
    layouts: Iterable[Map], settings: Settings, owner: Document
) -> Iterator[Diagnostic]:
    """Find settings that the name of a biller's file needs and that have no value (facts 2.2)."""
    body = owner.node.entries.get("settings")
    place = body.key.span if body is not None else owner.place("name")
    texts = settings.texts()
    for node in layouts:
        for key, span in settings_in_name(node):
            known = settings.declared.get(key)
            if known is not None and key not in texts and known.id not in settings.open:
                message = f"setting {known.title} has no value"
                related = (Label(span, "the name of the file needs it"),)
                remedy = f"set it under settings: in {owner.file}"
                yield Diagnostic("CW806", message, place, help=remedy, related=related)


def settings_in_name(layout: Map) -> Iterator[tuple[str, Span]]:
    """Give the settings that a layout's file name needs, with the place of the name."""
    file = map_at(layout, "file")
    name = scalar(file, "name") if file is not None else None
    for key in _IN_NAME.findall(name.text) if name is not None else ():
        if name is not None:
            yield key, name.span
