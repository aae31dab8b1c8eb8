"""One state of a project, as one owner or nobody sees it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosswalk.comparing.layouts import READ, WRITTEN, Role
from crosswalk.comparing.mappings import Side as MappingSide
from crosswalk.documents.access import flag, mapping, text
from crosswalk.documents.source import Map
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import has_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.planning.deciding import Judge
from crosswalk.project import Project, View


@dataclass(frozen=True, slots=True)
class Side:
    """A project as one owner, or nobody, sees it. `label` says in words which state it is."""

    project: Project
    view: View
    label: str

    @property
    def owner_name(self) -> str | None:
        """The name of whose view it is."""
        return self.view.owner.name if self.view.owner is not None else None

    def node(self, document: Document) -> Map:
        """Give a document with the owner's layers. Raises ConfigError."""
        node = self.project.effective(document, self.view).node
        if has_errors(self.view.findings):
            raise ConfigError(self.view.findings)
        return node

    def texts(self) -> Mapping[str, str]:
        """Give the settings in force that are written in documents."""
        return self.view.settings.texts()

    def mapping(self, document: Document) -> MappingSide:
        """Give a mapping with its layouts. Raises ConfigError, also where it cannot be bound."""
        parts = self.project.parts(pinned(document), self.view)
        findings = [*self.view.findings, *parts.findings]
        if parts.source is None or parts.target is None or has_errors(findings):
            raise ConfigError(findings)
        self.project.plan(pinned(document), self.view)
        inverse = self.project.inverse(parts)
        return MappingSide(parts.document.node, parts.source, parts.target, inverse)

    def judge(self, document: Document) -> Judge:
        """Give rules with their decision. Raises ConfigError."""
        judge, findings = self.project.judge((pinned(document),), self.view)
        if judge is None or has_errors(self.view.findings):
            raise ConfigError([*self.view.findings, *findings])
        return judge

    def roles(self) -> dict[str, Role]:
        """Say by name@major what layouts are used for, by mappings and flows."""
        found: dict[str, Role] = {}
        back = {name for name, backward in _flows(self.project) if backward}
        for one in self.project.documents("mapping"):
            ends = [text(one.node, key) or "" for key in ("from", "to")]
            for name, role in zip(ends, (READ, WRITTEN), strict=True):
                other = WRITTEN if role is READ else READ
                found[name] = found.get(name, role) | (other if pinned(one) in back else role)
        return found


def pinned(document: Document) -> str:
    """Give a document's name as others refer to it."""
    return f"{document.name}@{document.major}"


def _flows(project: Project) -> Iterator[tuple[str, bool]]:
    for one in project.documents("integration"):
        body = mapping(one.node, "flows")
        for entry in (body.entries if body else {}).values():
            if isinstance(entry.value, Map):
                yield text(entry.value, "mapping") or "", flag(entry.value, "backward")
