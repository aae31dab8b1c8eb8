"""The documents of a folder, put together for a biller, and the plans made from them.

What the plan of one file does not need (operations, decisions, the way back) is imported by the
method that reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from crosswalk.documents.access import mapping as map_at
from crosswalk.documents.access import scalar, scalars, scalars_below
from crosswalk.documents.installed import read_installed, unmet
from crosswalk.documents.resolve import (
    Effective,
    Layer,
    Settings,
    effective_settings,
    layers,
    resolve,
)
from crosswalk.documents.schema import check_shape
from crosswalk.documents.source import Map, Node, Scalar, read, read_file
from crosswalk.documents.workspace import Document, Workspace, open_workspace
from crosswalk.findings.diagnostics import Diagnostic, Severity, has_errors, unreadable
from crosswalk.findings.errors import ConfigError
from crosswalk.language.codetables import CodeTable, read_code_table
from crosswalk.model.layout import Layout
from crosswalk.planning.bind import Names, bind
from crosswalk.planning.flows import Flow, check_flow, missing_flow, read_flows, refusals
from crosswalk.planning.read_layout import canonical_layout, read_layout
from crosswalk.planning.read_mapping import read_backward, read_mapping

if TYPE_CHECKING:
    from crosswalk.documents.readiness import Readiness
    from crosswalk.model.mapping import Delivery
    from crosswalk.operations.operation import Operation
    from crosswalk.planning.deciding import Judge
    from crosswalk.planning.invert import Inverse
    from crosswalk.planning.plan import Plan
    from crosswalk.planning.support import Support

FORWARD, BACKWARD = "forward", "backward"
CANONICAL, LINES = "json-lines", "lines"


@dataclass(slots=True)
class View:
    """The project as one biller (or integration, or nobody) sees it: layers and settings."""

    owner: Document | None
    layers: tuple[Layer, ...]
    settings: Settings
    findings: list[Diagnostic]
    effective: dict[str, Effective] = field(default_factory=dict)


@dataclass(slots=True)
class Parts:
    """A mapping document with what it names, all effective; None where something is wrong."""

    document: Effective
    source: Layout | None
    target: Layout | None
    names: Names
    findings: list[Diagnostic]


class Project:
    """A folder of documents. Reading is lazy; nothing is written."""

    def __init__(self, root: Path, texts: Mapping[str, str] | None = None) -> None:
        """Find the documents below a folder. Raises ConfigError when it is no folder.

        `texts` stand in for files, by path below the root: a proposal that is not written yet.
        """
        self.root = root
        self._texts = texts or {}
        self.workspace: Workspace
        self.workspace, self.findings = open_workspace(
            root, read=self._read if texts else read_file
        )
        self._shapes: dict[Document, list[Diagnostic]] = {}
        self._layouts: dict[Document, tuple[Layout | None, list[Diagnostic]]] = {}
        self._operations: dict[Document, tuple[Operation | None, list[Diagnostic]]] = {}

    def _read(self, path: Path, file: str) -> tuple[Node | None, list[Diagnostic]]:
        return read(self._texts[file], file) if file in self._texts else read_file(path, file)

    # --- what there is -------------------------------------------------------------------

    def documents(self, kind: str) -> tuple[Document, ...]:
        """Give the documents of a kind."""
        return self.workspace.of_kind(kind)

    def find(self, name: str, kind: str) -> Document:
        """Find a document by `name` or `name@major`. Raises ConfigError with a suggestion."""
        found, findings = self.workspace.find(name, kind)
        if found is None:
            raise ConfigError(findings)
        return found

    def text(self, file: str) -> str | None:
        """Give a document's text, for excerpts."""
        if file in self._texts:
            return self._texts[file]
        try:
            return (self.root / file).read_text("utf-8-sig", errors="replace")
        except OSError:
            return None

    # --- views ---------------------------------------------------------------------------

    def view(self, biller: str | None) -> View:
        """See the project through a biller's layers, by the biller's or integration's name."""
        catalogue = self.workspace.of_kind("settings")
        if biller is None:
            settings, findings = effective_settings(catalogue, ())
            return View(None, (), settings, findings)
        owner, _ = self.workspace.find(biller, "biller")
        if owner is None:
            owner = self._integration(biller)
        found, findings = layers(self.workspace, owner)
        settings, wrong = effective_settings(catalogue, found)
        gaps = [one for layer in found for one in layer.document.findings]
        return View(owner, found, settings, [*findings, *wrong, *gaps])

    def integration(self, reference: str) -> Document:
        """Find an integration by `name@major` or `name`. Raises ConfigError with a suggestion."""
        return self.find(reference, "integration")

    def _integration(self, name: str) -> Document:
        owner, findings = self.workspace.find(name, "biller")
        other, _ = self.workspace.find(name, "integration")
        if owner is None and other is None:
            raise ConfigError(findings)
        return owner or other  # type: ignore[return-value]

    def effective(self, document: Document, view: View) -> Effective:
        """Give a document with the view's layers merged in; its findings go to the view."""
        key = f"{document.name}@{document.major}"
        if key not in view.effective:
            made, findings = resolve(document, view.layers)
            view.effective[key] = made
            view.findings += [*findings, *self.shape(document, made.node)]
        return view.effective[key]

    def shape(self, document: Document, node: Map) -> list[Diagnostic]:
        """Give what is wrong with a document's text, or with the shape of a text that can be read.

        The shape of a document that no layer changes is looked at once.
        """
        changed = node is not document.node
        if changed or document not in self._shapes:
            found = list(document.findings)
            if not unreadable(found):
                found += check_shape(node, document.kind)
            if changed:
                return found
            self._shapes[document] = found
        return self._shapes[document]

    def readiness(self, view: View) -> Readiness:
        """Give what the view's layers ask for before going live."""
        from crosswalk.documents.readiness import read_readiness

        return read_readiness(self.effective(one.document, view).node for one in view.layers)

    # --- flows ---------------------------------------------------------------------------

    def flows(self, view: View) -> dict[str, Flow]:
        """Give the flows of a biller or integration by name, inherited ones among them."""
        known = [one.document for one in view.layers if one.kind == "integration"]
        return read_flows((one.name, self.effective(one, view).node) for one in known)

    def flow(self, name: str, view: View) -> Flow:
        """Give a flow that a biller can use. Raises ConfigError with what forbids it."""
        flows = self.flows(view)
        if name not in flows:
            raise ConfigError([missing_flow(name, flows, view.owner.name if view.owner else "")])
        refused = self.refusals(flows[name], view)
        if refused:
            raise ConfigError([replace(one, severity=Severity.ERROR) for one in refused])
        return flows[name]

    def refusals(self, flow: Flow, view: View) -> list[Diagnostic]:
        """Find why a view cannot use a flow: its own needs, then those of its operation."""
        found = list(refusals(flow, view.settings))
        operation = None if found else self._operation_of(flow, view)
        if operation is not None:
            needs, held = operation.node, read_installed(operation.node)
            licences = [one.text for one in scalars(needs, "licences")]
            least = scalar(needs, "minimum_version")
            found += unmet(operation.document.name, least, licences, held, view.settings)
        return found

    def _operation_of(self, flow: Flow, view: View) -> Effective | None:
        """Give the operation that a flow's mapping fills or reads the answer of."""
        if flow.mapping is None or (document := self._named(flow.mapping)) is None:
            return None
        node = self.effective(document, view).node
        for end in (scalar(node, "to"), scalar(node, "from")):
            found = self._named(end) if end is not None else None
            if found is not None and found.kind == "operation":
                return self.effective(found, view)
        return None

    def support(self, view: View) -> dict[tuple[str, str], Support]:
        """Give what a view's integrations support, by table and item.

        Lines of another product count only where `support_like` names it (facts 2.45).
        """
        from crosswalk.planning.support import read_support

        known: list[tuple[str, Map]] = []
        for one in (layer.document for layer in view.layers if layer.kind == "integration"):
            node = self.effective(one, view).node
            like = scalar(node, "support_like")
            other = self._named(like) if like is not None else None
            if other is not None:
                below, _ = layers(self.workspace, other)
                known += [(layer.name, layer.document.node) for layer in below]
            known.append((one.name, node))
        return read_support(known)

    def _named(self, reference: Scalar) -> Document | None:
        return self.workspace.find(reference)[0]

    def wanted(self, name: str, view: View, direction: str = FORWARD) -> tuple[str, str]:
        """Give the mapping and direction that a host means by a flow's name or a mapping's.

        A flow of the view comes first; a flow that runs its mapping backward turns the direction.
        Raises ConfigError when the flow cannot be used, or when neither is called so.
        """
        flows = self.flows(view)
        if name not in flows and ("/" in name or self.workspace.find(name)[0] is not None):
            self.find(name, "mapping")
            return name, direction
        flow = self.flow(name, view)
        if flow.mapping is None:
            raise ConfigError(list(check_flow(flow)))
        turned = BACKWARD if direction == FORWARD else FORWARD
        return flow.mapping.text, turned if flow.backward else direction

    # --- plans ---------------------------------------------------------------------------

    def parts(self, name: str, view: View) -> Parts:
        """Put a mapping's layouts, tables and settings together. Raises ConfigError."""
        document = self.find(name, "mapping")
        effective = self.effective(document, view)
        findings: list[Diagnostic] = []
        source = self._layout(effective.node, "from", view, findings)
        target = self._layout(effective.node, "to", view, findings)
        tables = self._tables(effective.node, view, findings)
        judges = self._judges(effective.node, view, findings)
        names = Names(tables, view.settings.types(), judges)
        return Parts(effective, source, target, names, findings)

    def _layout(self, node: Map, key: str, view: View, findings: list[Diagnostic]) -> Layout | None:
        reference = scalar(node, key)
        if reference is None:
            return None
        if self._is_operation(reference):
            return self._record_of(reference, key, view, findings)
        document, wrong = self.workspace.find(reference, "layout")
        findings += wrong
        if document is None:
            return None
        before = len(view.findings)
        effective = self.effective(document, view)
        if unreadable(view.findings[before:]):
            return None
        layout, wrong = self.read_layout(document, effective.node)
        findings += wrong
        return None if has_errors(wrong) else layout

    def read_layout(self, document: Document, node: Map) -> tuple[Layout | None, list[Diagnostic]]:
        """Read a layout; one that no layer changes is read once."""
        if node is not document.node:
            return read_layout(node)
        if document not in self._layouts:
            self._layouts[document] = read_layout(node)
        return self._layouts[document]

    def _is_operation(self, reference: Scalar) -> bool:
        found, _ = self.workspace.find(reference)
        return found is not None and found.kind == "operation"

    def _record_of(
        self, reference: Scalar, key: str, view: View, findings: list[Diagnostic]
    ) -> Layout | None:
        """Give the variables of an operation that a mapping fills, or the answer that it reads."""
        document, wrong = self.workspace.find(reference, "operation")
        findings += wrong
        made = self.read_operation(document, view) if document is not None else None
        if made is None or key == "to":
            return made.variables if made is not None else None
        if made.response is None:
            message = f"operation {made.name} says nothing of its answer"
            remedy = "add response: with its fields"
            findings.append(Diagnostic("CW474", message, reference.span, help=remedy))
        return made.response

    def read_operation(self, document: Document, view: View) -> Operation | None:
        """Read an operation, once where no layer changes it; what is wrong goes to the view."""
        from crosswalk.operations.operation import read_operation

        before = len(view.findings)
        effective = self.effective(document, view)
        if unreadable(view.findings[before:]):
            return None
        if effective.node is not document.node:
            made, wrong = read_operation(effective.node)
        else:
            if document not in self._operations:
                self._operations[document] = read_operation(effective.node)
            made, wrong = self._operations[document]
        view.findings += wrong
        return made

    def operation(self, name: str, view: View) -> Operation:
        """Give an operation as a view sees it. Raises ConfigError."""
        made = self.read_operation(self.find(name, "operation"), view)
        if made is None or has_errors(view.findings):
            raise ConfigError(view.findings)
        return made

    def types_of(self, operation: Operation) -> str | None:
        """Give the text of the partner's types that an operation names; None when not there."""
        path = Path(operation.schema.span.file).parent / operation.schema.text
        found = (self.root / path).resolve()
        return self.text(path.as_posix()) if found.is_relative_to(self.root.resolve()) else None

    def check_operation(self, operation: Operation, view: View) -> list[Diagnostic]:
        """Check an operation with its settings and the partner's types."""
        from crosswalk.operations.graphql_check import check_operation
        from crosswalk.operations.operation_settings import check_settings

        findings = check_operation(operation, self.types_of(operation), self.text)
        return [*findings, *check_settings(operation, view.settings)]

    def _tables(self, node: Map, view: View, findings: list[Diagnostic]) -> dict[str, CodeTable]:
        """Read every code table that a mapping names."""
        found: dict[str, CodeTable] = {}
        for reference in scalars_below(node, "table"):
            if reference.text in found:
                continue
            document, wrong = self.workspace.find(reference, "code-table")
            findings += wrong
            if document is None:
                continue
            table, wrong = read_code_table(self.effective(document, view).node)
            findings += wrong
            found[reference.text] = table
        return found

    def _judges(self, node: Map, view: View, findings: list[Diagnostic]) -> dict[str, Judge]:
        """Read the decisions of a mapping with the biller's rules."""
        found: dict[str, Judge] = {}
        body = map_at(node, "decisions")
        for name, entry in (body.entries if body else {}).items():
            if isinstance(entry.value, Map):
                judge, wrong = self.judge(scalars(entry.value, "rules"), view)
                findings += wrong
                found |= {name: judge} if judge is not None else {}
        return found

    def judge(
        self, references: Sequence[Scalar | str], view: View
    ) -> tuple[Judge | None, list[Diagnostic]]:
        """Read rules documents of one decision, or the decision alone, as a view sees them."""
        from crosswalk.planning.rulebook import read_judge

        def reads(document: Document) -> Map | None:
            before = len(view.findings)
            node = self.effective(document, view).node
            return None if unreadable(view.findings[before:]) else node

        return read_judge(self.workspace, references, reads, view.settings, self.text)

    def plan(
        self,
        name: str,
        view: View,
        direction: str = FORWARD,
        *,
        source_form: str | None = None,
        target_form: str | None = None,
    ) -> Plan:
        """Build the plan of a mapping in a direction. Raises ConfigError with all findings.

        `source_form` and `target_form` "json-lines" take the canonical form instead of the
        layout's own; "lines" a JSON layout's own form with each record on a line.
        """
        parts = self.parts(name, view)
        if parts.source is None or parts.target is None or has_errors(view.findings):
            raise ConfigError([*view.findings, *parts.findings])
        written, findings = read_mapping(parts.document.node)
        findings = [*view.findings, *parts.findings, *findings]
        ends = (parts.source, parts.target)
        if direction == BACKWARD:
            inverse = self.inverse(parts)
            if inverse.gaps:
                raise ConfigError([*findings, *_not_derivable(inverse)])
            written, ends = inverse.mapping, (parts.target, parts.source)
        source, target = (
            _in_form(end, form) for end, form in zip(ends, (source_form, target_form), strict=True)
        )
        made, wrong = bind(written, source, target, parts.names, direction)
        findings += wrong
        if made is None or has_errors(findings):
            raise ConfigError(findings)
        tolerated = [one for judge in parts.names.decisions.values() for one in judge.tolerated]
        warnings = tuple(replace(one, severity=Severity.WARNING) for one in tolerated)
        return replace(made, warnings=warnings)

    def delivery(
        self, name: str, view: View, source_form: str | None = None
    ) -> tuple[Plan, Delivery, Operation]:
        """Build the plan of what a mapping delivers: its variables, key and amount.

        Raises ConfigError, also for a mapping that does not say how it is delivered (CW483).
        """
        from crosswalk.operations.delivering import extended, without_delivery
        from crosswalk.operations.operation_settings import check_installed

        parts = self.parts(name, view)
        written, findings = read_mapping(parts.document.node)
        operation = self.filled(parts.document.node, view)
        findings = [*view.findings, *parts.findings, *findings]
        if written.delivery is None:
            findings.append(without_delivery(name, written.span))
        else:
            findings += self.check_delivery(written.delivery, operation, view)
        if operation is not None:
            findings += self.check_operation(operation, view)
            old = check_installed(operation, view.settings)
            findings += [replace(one, severity=Severity.ERROR) for one in old]
        if (
            operation is None
            or written.delivery is None
            or parts.source is None
            or has_errors(findings)
        ):
            raise ConfigError(findings)
        mapping, target = extended(written, written.delivery, parts.source, operation)
        source = canonical_layout(parts.source) if source_form == CANONICAL else parts.source
        made, wrong = bind(mapping, source, target, parts.names, FORWARD)
        if made is None:
            raise ConfigError(wrong)
        return made, written.delivery, operation

    def filled(self, node: Map, view: View) -> Operation | None:
        """Give the operation that a mapping fills, None when it fills none."""
        reference = scalar(node, "to")
        if reference is None or not self._is_operation(reference):
            return None
        document, _ = self.workspace.find(reference, "operation")
        return self.read_operation(document, view) if document is not None else None

    def check_delivery(
        self, delivery: Delivery, operation: Operation | None, view: View
    ) -> Iterator[Diagnostic]:
        """Check a delivery block, and the documents that it names."""
        from crosswalk.operations.delivering import check_delivery

        yield from check_delivery(delivery, operation)
        if delivery.voids is not None:
            yield from self.workspace.find(delivery.voids, "operation")[1]
        if delivery.answer is None or operation is None:
            return
        answer, wrong = self.workspace.find(delivery.answer, "mapping")
        yield from wrong
        source = scalar(self.effective(answer, view).node, "from") if answer is not None else None
        if source is not None and source.text.partition("@")[0] != operation.name:
            message = f"{delivery.answer.text} reads no answer of {operation.name}"
            remedy = f"it reads {source.text}; name the mapping from {operation.name}"
            yield Diagnostic("CW482", message, delivery.answer.span, help=remedy)

    def inverse(self, parts: Parts) -> Inverse:
        """Derive the way back of a mapping."""
        from crosswalk.planning.invert import invert

        assert parts.source is not None
        assert parts.target is not None
        written, _ = read_mapping(parts.document.node)
        backward, _ = read_backward(parts.document.node)
        return invert(written, parts.source, parts.target, parts.names.tables, backward)


def _in_form(layout: Layout, form: str | None) -> Layout:
    """Give a layout in a form that is asked for instead of its own."""
    if form == CANONICAL:
        return canonical_layout(layout)
    if form != LINES:
        return layout
    tops = tuple(
        replace(one, record=replace(one.record, path=None)) if one.record is not None else one
        for one in layout.root.children
    )
    file = replace(layout.file, form="json-lines")
    return replace(layout, file=file, root=replace(layout.root, children=tops))


def _not_derivable(inverse: Inverse) -> list[Diagnostic]:
    remedy = "say it under backward:, or make the source field optional in its layout"
    return [
        Diagnostic("CW425", f"the way back cannot be derived: {gap}", gap.span, help=remedy)
        for gap in inverse.gaps
    ]
