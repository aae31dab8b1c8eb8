"""The documents of one page: what an owner's flows lead to, as the owner sees them."""

from dataclasses import dataclass, field
from functools import cached_property

from crosswalk.documents.access import text
from crosswalk.documents.layers import used_documents
from crosswalk.documents.source import Map
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Span, has_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.planning.plan import Plan
from crosswalk.project import Parts, Project, View
from crosswalk.site.parts import Cell, Found, Piece, anchor, link, listed


@dataclass
class Seen:
    """A project through the eyes of one owner; collects what the search finds on the page."""

    project: Project
    view: View
    documents: tuple[Document, ...]
    found: list[Found] = field(default_factory=list)
    readers: dict[str, dict[str, None]] = field(default_factory=dict)

    @cached_property
    def layers(self) -> dict[str, str]:
        """Names of documents by their files."""
        return {one.file: one.name for one in self.project.workspace.documents}

    def of_kind(self, *kinds: str) -> tuple[Document, ...]:
        """Give the page's documents of some kinds, ordered by name."""
        found = (one for one in self.documents if one.kind in kinds)
        return tuple(sorted(found, key=lambda one: (one.name, one.major)))

    def node(self, document: Document) -> Map:
        """Give a document as the owner has it. Raises ConfigError."""
        node = self.project.effective(document, self.view).node
        self.refuse()
        return node

    def parts(self, document: Document) -> tuple[Parts, Plan]:
        """Give a mapping with what it names, and its plan. Raises ConfigError."""
        name = pinned(document)
        return self.project.parts(name, self.view), self.project.plan(name, self.view)

    def refuse(self) -> None:
        """Stop where the layers have errors: a design of something else would be wrong."""
        if has_errors(self.view.findings):
            raise ConfigError(self.view.findings)

    def origin(self, span: Span) -> Cell:
        """Say which document sets something, and where; what the owner sets itself stands out."""
        return self.placed(span.file, span.line)

    def placed(self, file: str, line: int) -> Cell:
        """Say the same of a line of a file, by the name of its document."""
        layer = self.layers.get(file, file)
        own = self.view.owner is not None and layer == self.view.owner.name
        return (Piece(layer, "own" if own else ""), Piece(f":{line}", "note"))

    def reference(self, name: str) -> Piece:
        """Give a document's name, as a link where the page shows the document."""
        found, _ = self.project.workspace.find(name)
        if found is None or found not in self.documents:
            return Piece(name)
        return link(pinned(found), anchor(pinned(found)))

    def setting(self, name: str, reader: str = "") -> Piece:
        """Give a setting as a link to its line; remembers by what it is read."""
        known = self.view.settings.declared.get(name)
        if known is None:
            return Piece(name)
        if reader:
            self.readers.setdefault(known.id, {})[reader] = None
        return link(known.title, anchor("setting", known.id))

    def find(self, kind: str, title: str, detail: str, at: str) -> None:
        """Let the search find something."""
        self.found.append(Found(kind, title, detail, at))

    def readers_of(self, what: str) -> Cell:
        """Name as links what reads a setting (by its id) or a code table (as name@major)."""
        return listed(self.reference(name) for name in self.readers.get(what, ()))


def pinned(document: Document) -> str:
    """Give a document's name as others refer to it."""
    return f"{document.name}@{document.major}"


def says(node: Map) -> str:
    """Give a document's description."""
    return text(node, "description") or ""


def seen_by(project: Project, owner: Document) -> Seen:
    """Give what an integration or biller sees: its flows and all that they lead to."""
    view = project.view(pinned(owner))
    used = used_documents(project.workspace, view.layers) or frozenset()
    documents = tuple(one for one in project.workspace.documents if one in used)
    made = Seen(project, view, documents)
    made.refuse()
    return made


def seen_alone(project: Project, used: frozenset[Document]) -> Seen:
    """Give the documents that no flow leads to, without anybody's layers."""
    kinds = ("mapping", "layout", "operation", "code-table", "decision", "rules")
    found = (one for one in project.workspace.documents if one.kind in kinds and one not in used)
    return Seen(project, project.view(None), tuple(found))
