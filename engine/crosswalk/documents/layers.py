"""Layers of a biller: the integrations it extends, from partner to product, then itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from crosswalk.documents.access import mapping, scalar
from crosswalk.documents.source import Entry, Map, Node, Scalar
from crosswalk.documents.workspace import Document, Workspace, references
from crosswalk.findings.diagnostics import Diagnostic, Label
from crosswalk.findings.suggest import closest, quoted

_OWNERS = ("integration", "biller")


@dataclass(frozen=True, slots=True)
class Layer:
    """One document that sets settings and overrides others.

    `owners` names every integration and biller of the workspace: what is theirs is not this
    layer's (safety C9).
    """

    document: Document
    owners: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def name(self) -> str:
        """The name of the document."""
        return self.document.name

    @property
    def kind(self) -> str:
        """Either integration or biller."""
        return self.document.kind

    def settings(self) -> dict[str, Entry]:
        """Give the settings of this layer as written, by id or name."""
        body = mapping(self.document.node, "settings")
        return {} if body is None else body.entries

    def overrides(self) -> dict[str, Entry]:
        """Give the partial documents of this layer by the name, or name@major, they change."""
        body = mapping(self.document.node, "override")
        return {} if body is None else body.entries

    def override_of(self, document: Document) -> Map | None:
        """Give what this layer changes in a document; the entry that names the version counts."""
        entries = self.overrides()
        for key in (f"{document.name}@{document.major}", document.name):
            if key in entries:
                body = entries[key].value
                return body if isinstance(body, Map) else None
        return None


def layers(workspace: Workspace, document: Document) -> tuple[tuple[Layer, ...], list[Diagnostic]]:
    """Give the layers of a biller or integration, base first, and what is wrong with them.

    Findings: `extends` that names nothing (CW311-CW315) or goes round (CW316); an override of a
    document that is not there (CW320), that no flow uses (CW321), or whose version is open
    (CW329). Order of layers: facts, payment codes, section 10.
    """
    findings: list[Diagnostic] = []
    chain = [document]
    while (base := _base(workspace, chain, findings)) is not None:
        chain.append(base)
    owners = tuple(one.name for one in workspace.documents if one.kind in _OWNERS)
    found = tuple(Layer(one, owners) for one in reversed(chain))
    used = used_documents(workspace, found)
    for layer in found:
        for entry in layer.overrides().values():
            findings += _target(workspace, layer, entry, used)
    return found, findings


def used_documents(workspace: Workspace, found: tuple[Layer, ...]) -> frozenset[Document] | None:
    """Give the documents that the flows of the layers lead to, None when there are no flows."""
    flows = [mapping(layer.document.node, "flows") for layer in found]
    waiting: list[Node] = [body for body in flows if body is not None]
    if not waiting:
        return None
    waiting += [body for one in found for two in found if (body := two.override_of(one.document))]
    return frozenset({layer.document for layer in found}) | reached(workspace, found, waiting)


def reached(
    workspace: Workspace, found: tuple[Layer, ...], nodes: Iterable[Node]
) -> frozenset[Document]:
    """Give the documents that nodes name, those that these name, and so on, as layers see them."""
    used: set[Document] = set()
    waiting = [references(node) for node in nodes]
    while waiting:
        for text in waiting.pop():
            document, _ = workspace.find(text)
            if document is not None and document not in used:
                used.add(document)
                waiting.append(document.references)
                bodies = (one.override_of(document) for one in found)
                waiting += [references(body) for body in bodies if body is not None]
    return frozenset(used)


def _base(
    workspace: Workspace, chain: list[Document], findings: list[Diagnostic]
) -> Document | None:
    """Find what the last document of a chain extends."""
    extends = scalar(chain[-1].node, "extends")
    if extends is None:
        return None
    base, wrong = workspace.find(extends, "integration")
    findings += wrong
    if base not in chain:
        return base
    message = f"{quoted(chain[-1].name)} extends {quoted(extends.text)}, which extends it"
    related = tuple(Label(one.place("extends"), "extended here") for one in chain[:-1])
    remedy = "leave one extends out: the partner is the base, then the product, then the biller"
    findings.append(Diagnostic("CW316", message, extends.span, help=remedy, related=related))
    return None


def _target(
    workspace: Workspace, layer: Layer, entry: Entry, used: frozenset[Document] | None
) -> list[Diagnostic]:
    """Find what is wrong with the name of an override."""
    name, span = entry.key.text.partition("@")[0], entry.key.span
    found, wrong = workspace.find(entry.key)
    if found is None:
        return wrong if wrong[0].code == "CW313" else [_unknown(workspace, entry.key)]
    pinned = entry.key.text != name
    meant = {found} if pinned else set(workspace.named(name))
    if used is not None and not meant & used:
        near = next((f"{one.name}@{one.major}" for one in used if one.name == name), None)
        near = near or closest(name, {one.name for one in used})
        remedy = f"did you mean '{near}'?" if near else "remove it, or add the flow that needs it"
        message = f"no flow uses {quoted(entry.key.text)}, so this override does nothing"
        return [Diagnostic("CW321", message, span, help=remedy)]
    versions = [f"{name}@{one.major}" for one in workspace.named(name)]
    if pinned or (len(versions) == 1 and versions[0] not in layer.overrides()):
        return []
    message = f"{quoted(name)} leaves open which version is overridden"
    return [Diagnostic("CW329", message, span, help=f"write {' or '.join(versions)}, once")]


def _unknown(workspace: Workspace, key: Scalar) -> Diagnostic:
    near = closest(key.text.partition("@")[0], {one.name for one in workspace.documents})
    remedy = f"did you mean '{near}'?" if near else "name a document of this workspace"
    message = f"the override names {quoted(key.text)}, which is not there"
    return Diagnostic("CW320", message, key.span, help=remedy)
