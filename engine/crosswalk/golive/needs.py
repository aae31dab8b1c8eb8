"""What a biller's flows need: the flows in use, their settings with places, their codes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from crosswalk.documents.access import scalar
from crosswalk.documents.layers import reached
from crosswalk.documents.settings import Declared
from crosswalk.documents.source import Map, Node, Scalar
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Span
from crosswalk.golive.tenders import Tenders, add_tenders
from crosswalk.planning.flows import Flow
from crosswalk.planning.rulebook import settings_in_name, uses
from crosswalk.project import Project, View


@dataclass(frozen=True, slots=True)
class Use:
    """One place that needs a setting, and what it is there."""

    what: str
    span: Span


@dataclass(slots=True)
class Need:
    """A setting that the flows in use need."""

    declared: Declared
    uses: list[Use] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Needs:
    """Everything the flows in use come to; settings are by id, tenders by the decision's name."""

    flows: dict[str, Flow]
    documents: frozenset[Document]
    settings: dict[str, Need]
    tenders: dict[str, Tenders]


def needs_of(project: Project, view: View, day: date) -> Needs:
    """Work out what the flows of a view need, by the rules in force on a day and later."""
    flows = {name: one for name, one in project.flows(view).items() if one.mapping is not None}
    named = [one.mapping for one in flows.values() if one.mapping is not None]
    documents = reached(project.workspace, view.layers, named)
    made = Needs(flows, documents, {}, {})
    for document in sorted(documents, key=lambda one: one.file):
        node = project.effective(document, view).node
        for name, use in _uses(document, node):
            _add(made, view, name, use)
    mappings = [project.effective(one, view).node for one in documents if one.kind == "mapping"]
    for names in uses(mappings):
        _decided(made, project, view, names, day)
    return made


_MAY_BE_OPEN = ("hosts", "test")
"""Where an operation names a setting that needs no value."""


def _uses(document: Document, node: Map) -> Iterator[tuple[str, Use]]:
    """Give the settings that a mapping, an operation or the name of a file cannot do without."""
    if document.kind in ("mapping", "operation"):
        for what, name in _named(node, ""):
            if what in _MAY_BE_OPEN:
                continue
            yield name.text, Use(f"{what} in {document.name}", name.span)
    if document.kind == "layout":
        for text, span in settings_in_name(node):
            yield text, Use(f"file name of {document.name}", span)


def _decided(made: Needs, project: Project, view: View, names: tuple[str, ...], day: date) -> None:
    """Add what the flows decide by, and the settings it draws on or stands in."""
    for document in filter(None, (project.workspace.find(name)[0] for name in names)):
        home = scalar(project.effective(document, view).node, "setting")
        if home is not None:
            _add(made, view, home.text, Use(f"rules of {document.name}", home.span))
    judge, _ = project.judge(names, view)
    if judge is None:
        return
    found = made.tenders.setdefault(judge.model.name, Tenders(judge.model))
    add_tenders(found, judge, view.settings.texts(), day)
    for text, span in found.settings.items():
        _add(made, view, text, Use(f"base of {found.model.name}", span))


def _named(node: Node, where: str) -> Iterator[tuple[str, Scalar]]:
    """Give each `setting: NAME` with the key that it stands below."""
    if isinstance(node, Map):
        for key, entry in node.entries.items():
            if key == "setting" and isinstance(entry.value, Scalar):
                yield where, entry.value
            else:
                yield from _named(entry.value, key)
    elif not isinstance(node, Scalar):
        for item in node.items:
            yield from _named(item, where)


def _add(made: Needs, view: View, name: str, use: Use) -> None:
    declared = view.settings.declared.get(name)
    if declared is not None:
        made.settings.setdefault(declared.id, Need(declared)).uses.append(use)
