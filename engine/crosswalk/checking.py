"""The whole check: shape, names and meaning of every document, in every view that changes it."""

from collections.abc import Iterator
from datetime import date

from crosswalk.documents.access import mapping as map_at
from crosswalk.documents.access import scalar, scalars_below
from crosswalk.documents.layers import used_documents
from crosswalk.documents.readiness import check_readiness
from crosswalk.documents.releases import check_releases
from crosswalk.documents.setting_checks import check_catalogue, check_settings_of
from crosswalk.documents.setting_uses import PLAIN, check_uses
from crosswalk.documents.source import Map
from crosswalk.documents.workspace import Document, Workspace
from crosswalk.findings.diagnostics import Diagnostic, sort_key, unreadable
from crosswalk.operations.delivering import extended
from crosswalk.operations.operation import Operation
from crosswalk.operations.operation_settings import check_together
from crosswalk.operations.token import check_pushed, read_token
from crosswalk.planning.bind import bind
from crosswalk.planning.deciding import check_case
from crosswalk.planning.flows import check_flow
from crosswalk.planning.read_mapping import read_backward, read_mapping
from crosswalk.planning.rulebook import (
    analyse_alone,
    analyse_for,
    missing_in_names,
    named_rules,
    uses,
)
from crosswalk.planning.support import check_support
from crosswalk.project import FORWARD, Project, View

_LOST = ("CW311", "CW313", "CW314", "CW315")
"""Findings of a reference that leads nowhere."""
_UNSAID = ("CW412", "CW810")
"""Findings of an entry or a setting without a value."""


def check(
    project: Project,
    names: tuple[str, ...] = (),
    on: date | None = None,
    owner: str | None = None,
) -> list[Diagnostic]:
    """Check documents (all, or those of the given files or names): shape, names, meaning.

    Every mapping is bound as the partner gives it, and again for every biller that changes
    anything in it. `on` is the day for settings that end; without it none is near its end.
    With `owner` (a biller) the documents are checked as its layers see them, and no other's.
    """
    findings = [*project.findings, *check_releases(project.workspace)]
    for document in project.workspace.documents:
        findings += project.shape(document, document.node)
    if not unreadable(findings):
        findings += _Meaning(project, on).check(owner)
    unique = _without_echoes(sorted(findings, key=sort_key))
    if names:
        unique = [f for f in unique if _concerns(f, names, project.workspace)]
    return unique


class _Meaning:
    """What documents mean, view by view."""

    def __init__(self, project: Project, on: date | None) -> None:
        self.project = project
        self.workspace = project.workspace
        self.on = on
        self.analysed: set[str] = set()
        """Rules that some biller's flow decides by."""

    def check(self, only: str | None) -> Iterator[Diagnostic]:
        """Check every view, or those of one owner's layers; then what stands outside of them."""
        for owner in self._owners(only):
            yield from self._view(owner)
        yield from self._unused()
        declared = self.project.view(None).settings
        yield from check_catalogue(declared)
        for document in self.workspace.of_kind("layout"):
            yield from self.project.read_layout(document, document.node)[1]
            yield from self._name(document.node, declared.types())

    def _view(self, owner: Document | None) -> Iterator[Diagnostic]:
        """Check what an owner's layers change; for nobody, everything as it is written."""
        view = self.project.view(owner.name if owner else None)
        used = used_documents(self.workspace, view.layers)
        for document in self.workspace.of_kind("mapping"):
            concerned = used is None or document in used
            if owner is None or (concerned and self._touches(document, view)):
                yield from self._mapping(document, view)
        for document in self.workspace.of_kind("operation"):
            yield from self._operation(document, view)
        yield from self._flows(view)
        for document in self.workspace.documents:
            if owner is not None and any(one.override_of(document) for one in view.layers):
                self.project.effective(document, view)
        if owner is not None:
            yield from self._readiness(view)
        if owner is not None and owner.kind == "biller":
            yield from self._biller(owner, view)
        yield from view.findings

    def _owners(self, only: str | None) -> tuple[Document | None, ...]:
        """Give whose views are checked: nobody's, then every integration's and biller's."""
        if only is not None:
            return (None, *(one.document for one in self.project.view(only).layers))
        kinds = ("integration", "biller")
        return (None, *(one for kind in kinds for one in self.workspace.of_kind(kind)))

    def _operation(self, document: Document, view: View) -> Iterator[Diagnostic]:
        """Check an operation where it is written or changed."""
        if view.owner is not None and not any(one.override_of(document) for one in view.layers):
            return
        made = self.project.read_operation(document, view)
        if made is not None:
            yield from self.project.check_operation(made, view)

    def _flows(self, view: View) -> Iterator[Diagnostic]:
        """Check what an integration can do; for a biller, whether its system can do it."""
        for layer in view.layers:
            if (like := scalar(layer.document.node, "support_like")) is not None:
                yield from self.workspace.find(like, "integration")[1]
        yield from check_support(self.project.support(view).values())
        for flow in self.project.flows(view).values():
            if flow.mapping is not None:
                yield from self.workspace.find(flow.mapping, "mapping")[1]
            yield from check_flow(flow)
            yield from check_uses(
                ((one, f"installed {what}", PLAIN) for what, one in flow.installed.items()),
                view.settings,
            )
            if view.owner is not None and view.owner.kind == "biller" and flow.supported:
                yield from self.project.refusals(flow, view)

    def _biller(self, owner: Document, view: View) -> Iterator[Diagnostic]:
        """Check a biller's settings, and the rules its flows decide by, for their channels."""
        used = used_documents(self.workspace, view.layers)
        yield from check_settings_of(view.settings, view.layers, used, self.on)
        used = used or frozenset()
        mappings = [self.project.effective(one, view).node for one in used if one.kind == "mapping"]
        for names, channels in uses(mappings).items():
            judge, _ = self.project.judge(names, view)
            if judge is not None:
                self.analysed |= {one.name for one in judge.rules}
                yield from analyse_for(judge, view.settings, channels, owner)
        operations = [
            self.project.effective(one, view).node for one in used if one.kind == "operation"
        ]
        for token in filter(None, map(read_token, operations)):
            yield from check_pushed(token, view.settings)
        if operations:
            yield from check_together(self._sendable(view), view.settings)
        layouts = [self.project.effective(one, view).node for one in used if one.kind == "layout"]
        for node in layouts:
            yield from self._name(node, view.settings.types())
        yield from missing_in_names(layouts, view.settings, owner)

    def _sendable(self, view: View) -> list[Operation]:
        """Give every operation that a delivery of a biller may meet."""
        newest = self.workspace.newest("operation")
        made = (self.project.read_operation(one, view) for one in newest)
        return [one for one in made if one is not None]

    def _readiness(self, view: View) -> Iterator[Diagnostic]:
        """Check what the layers ask for before going live, and who confirmed it."""
        found = self.project.readiness(view)
        yield from check_readiness(found, self.workspace, view.settings)
        for one in found.requirements.values():
            if one.document is not None and (one.case is not None or one.alias is not None):
                judge, _ = self.project.judge((one.document,), view)
                yield from check_case(judge, one.case, one.alias) if judge is not None else ()

    def _unused(self) -> Iterator[Diagnostic]:
        """Check decisions and rules that no biller's flow uses, as far as they stand alone."""
        view = self.project.view(None)
        for kind in ("decision", "rules"):
            for document in self.workspace.of_kind(kind):
                judge, wrong = self.project.judge((f"{document.name}@{document.major}",), view)
                yield from wrong
                if judge is not None and document.name not in self.analysed:
                    yield from analyse_alone(judge)

    def _name(self, node: Map, settings: dict[str, str]) -> list[Diagnostic]:
        """Check the file name template of a layout."""
        file = map_at(node, "file")
        name = scalar(file, "name") if file is not None else None
        if name is None or file is None:
            return []
        from crosswalk.running.templates import check_template

        return check_template(name, settings, per=scalar(file, "per") is not None)

    def _touches(self, document: Document, view: View) -> bool:
        """Tell whether a layer changes a mapping or anything that it names."""
        named = [document]
        for key in ("from", "to"):
            reference = scalar(document.node, key)
            found = self.workspace.find(reference)[0] if reference else None
            named += [found] if found else []
        for reference in scalars_below(document.node, "table"):
            found = self.workspace.find(reference, "code-table")[0]
            named += [found] if found else []
        named += named_rules(self.workspace, document.node)
        return any(layer.override_of(one) for layer in view.layers for one in named)

    def _mapping(self, document: Document, view: View) -> Iterator[Diagnostic]:
        parts = self.project.parts(f"{document.name}@{document.major}", view)
        yield from parts.findings
        written, wrong = read_mapping(parts.document.node)
        yield from wrong
        yield from read_backward(parts.document.node)[1]
        if parts.source is None or parts.target is None:
            return
        target = parts.target
        if written.delivery is not None:
            operation = self.project.filled(parts.document.node, view)
            yield from self.project.check_delivery(written.delivery, operation, view)
            if operation is not None:
                written, target = extended(written, written.delivery, parts.source, operation)
        yield from bind(written, parts.source, target, parts.names, FORWARD)[1]


def _without_echoes(findings: list[Diagnostic]) -> list[Diagnostic]:
    """Keep one finding of a kind at a place, and none that only follows from another.

    Several billers find the same mistake; an override looks unused where the reference that
    would use its document is wrong; what is not said yet is what a marked gap stands beside.
    """
    unique = {(one.code, one.span, one.message): one for one in reversed(findings)}
    if any(one.code in _LOST for one in findings):
        unique = {key: one for key, one in unique.items() if one.code != "CW321"}
    marked = {_line(one) for one in findings if one.code == "CW116"}
    kept = (one for one in unique.values() if one.code not in _UNSAID or _line(one) not in marked)
    return sorted(kept, key=sort_key)


def _line(finding: Diagnostic) -> tuple[str, int] | None:
    return (finding.span.file, finding.span.line) if finding.span else None


def _concerns(finding: Diagnostic, names: tuple[str, ...], workspace: Workspace) -> bool:
    if finding.span is None:
        return True
    files = {one.file for one in workspace.documents if one.name in names}
    paths = {name.removeprefix("./").rstrip("/") for name in names}
    file = finding.span.file
    return file in files or any(file == p or file.startswith(p + "/") for p in paths)
