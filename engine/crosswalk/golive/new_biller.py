"""A new biller: a small commented document with marked gaps, and cases of invented records.

What is asked for comes from the integration: the settings its flows cannot do without, those that
conditions and parameters name, and the code tables that parameters leave to the biller.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from crosswalk.documents.readiness import Readiness, Requirement
from crosswalk.documents.secret import namespace
from crosswalk.documents.settings import Declared
from crosswalk.documents.workspace import Document
from crosswalk.golive.needs import Needs, needs_of
from crosswalk.golive.synthetic import Made, invented
from crosswalk.importing.yaml_lines import key, line, text
from crosswalk.language.codetables import read_code_table
from crosswalk.planning.flows import Flow
from crosswalk.planning.read_mapping import read_mapping
from crosswalk.project import Project, View
from crosswalk.testing.case_compare import is_bare

_SAID = {
    "gaps": "To fill in; each line says what it is and who gives it.",
    "secrets": "Where secrets are kept: never here, only the names of variables.",
}
_VERSION, _AT = "0.1.0", "2026-02-01T06:30:00"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Files to write, by path below the project, and how many gaps the biller's file marks."""

    files: dict[str, str]
    gaps: int


def new_biller(
    project: Project, name: str, integration: Document, number: str | None, day: date
) -> Proposal:
    """Propose a biller of an integration. Raises ConfigError when that cannot be used."""
    view = project.view(integration.name)
    folder = _folder(project)
    new = _New(project, view, name, needs_of(project, view, day), project.readiness(view))
    body = new.document(integration, number, folder)
    files = {f"{folder}/{name}.yaml": body}
    for flow in new.flows():
        files[f"{folder}/{name}-{flow.name}.case.yaml"] = new.cases(flow, folder)
    return Proposal(files, body.count("# TODO"))


def asked_settings(project: Project, biller: str, day: date) -> list[str]:
    """Give the lines of the settings that a biller still lacks: gaps, and places of secrets."""
    view = project.view(biller)
    new = _New(project, view, biller, needs_of(project, view, day), project.readiness(view))
    return [*new.block("gaps"), *new.block("secrets")]


def _folder(project: Project) -> str:
    """Give the folder where the billers are."""
    there = [PurePosixPath(one.file).parent.as_posix() for one in project.documents("biller")]
    home = "mappings/billers" if (project.root / "mappings").is_dir() else "billers"
    return max(set(there), key=there.count) if there else home


def _modeline(kind: str, folder: str) -> str:
    up = "../" * len(PurePosixPath(folder).parts)
    return f"# yaml-language-server: $schema={up}schemas/{kind}.json"


@dataclass(frozen=True, slots=True)
class _New:
    project: Project
    view: View
    name: str
    needs: Needs
    asked: Readiness

    # --- the biller's document ---------------------------------------------------------------

    def document(self, integration: Document, number: str | None, folder: str) -> str:
        lines = [
            _modeline("biller", folder),
            "crosswalk: 1",
            "kind: biller",
            f"name: {self.name}",
            f"version: {_VERSION}",
            *([f"id: {text(number)}"] if number is not None else []),
            f"extends: {integration.name}@{integration.major}",
            "settings:",
            *self.block("gaps"),
            *self.block("secrets"),
            *self.tables(),
        ]
        return "\n".join(lines) + "\n"

    def block(self, kind: str) -> Iterator[str]:
        """Write the settings that are secrets, or the gaps for those that are not."""
        found = [one for one in self.settings() if one.secret == (kind == "secrets")]
        yield from [f"  # {_SAID[kind]}"] if found else []
        yield from map(self.setting, found)

    def settings(self) -> list[Declared]:
        """Give the settings to ask for: not optional, without a value, and the biller's to set."""
        known, there = self.view.settings.declared, self.view.settings.values
        named = [
            known[one.text].id
            for asked in self.asked.requirements.values()
            for one in asked.settings
            if one.text in known and not asked.optional
        ]
        needed = {one.id for one in known.values() if one.required} | set(self.needs.settings)
        ids = [one.id for one in known.values() if one.id in needed or one.id in named]
        return [
            known[one]
            for one in dict.fromkeys(ids)
            if one not in there and known[one].set_by in ("", "biller")
        ]

    def setting(self, one: Declared) -> str:
        """Write a setting: a gap with what it is and who gives it, or where its secret will be."""
        said = one.description if one.id == one.name else f"{one.name}: {one.description}"
        if one.secret:
            word = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", one.name).upper()
            place = f"{{env: {namespace(self.name, 'env')}{re.sub(r'[^A-Z0-9]+', '_', word)}}}"
            return f"  {key(one.id)}: {place}  # {said}"
        owners = self.owners(one)
        return line(2, f"{key(one.id)}:", [f"{said}{f' From {owners}.' if owners else ''}"])

    def owners(self, one: Declared) -> str:
        ids = {one.id, one.name}
        found = [
            self.asked.roles.get(role.text, role.text)
            for asked in self.asked.requirements.values()
            if ids & {name.text for name in asked.settings}
            for role in asked.owners
        ]
        return ", ".join(dict.fromkeys(found))

    def tables(self) -> Iterator[str]:
        """Mark the code tables that have no code yet as gaps, with what to write in their place."""
        for one in self.asked.requirements.values():
            if one.document is not None and self.is_empty(one):
                yield f"# TODO: {one.description} Take the # away below; one line for each."
                yield "# override:"
                yield f"#   {one.document.text.partition('@')[0]}:"
                yield "#     codes:"
                yield '#       CODE: "value"'

    def is_empty(self, one: Requirement) -> bool:
        document = self.project.workspace.find(one.document)[0] if one.document else None
        if document is None or document.kind != "code-table" or one.optional:
            return False
        return not read_code_table(self.project.effective(document, self.view).node)[0].codes

    # --- its cases ---------------------------------------------------------------------------

    def flows(self) -> Iterator[Flow]:
        """Give the flows that a newcomer tries first: one from a file, and those that decide."""
        tried = False
        for flow in self.needs.flows.values():
            if flow.mapping is None or flow.backward:
                continue
            document = self.project.find(flow.mapping.text, "mapping")
            node = self.project.effective(document, self.view).node
            source = node.entries["from"].value
            start = self.project.workspace.find(getattr(source, "text", ""))[0]
            first = not tried and start is not None and start.kind == "layout"
            if first or "decisions" in node.entries:
                tried = True
                yield flow

    def cases(self, flow: Flow, folder: str) -> str:
        assert flow.mapping is not None
        parts = self.project.parts(flow.mapping.text, self.view)
        written, _ = read_mapping(parts.document.node)
        records = invented(parts.source, written, parts.names) if parts.source else []
        bare = parts.source is None or is_bare(parts.source)
        top = "" if parts.source is None else parts.source.root.children[0].name
        lines = [
            _modeline("case", folder),
            "crosswalk: 1",
            "kind: case",
            f"name: {self.name}/{flow.name}",
            f"version: {_VERSION}",
            "description: Invented records; `crosswalk test --update` writes what comes of them.",
            f"mapping: {flow.mapping.text}",
            f"biller: {self.name}",
            f'run: {{at: "{_AT}"}}',
            "cases:",
            "  invented:",
            "    records:",
            *(one for made in records for one in _item(made if bare else {top: [made]}, 6)),
            f"    output_file: expected/{self.name}-{flow.name}.txt",
        ]
        return "\n".join(lines) + "\n"


def _item(made: Made, indent: int) -> Iterator[str]:
    """Write a record as an item of a list, its fields one below another."""
    mark = "- "
    for name, value in made.items():
        start = f"{' ' * indent}{mark}{key(name)}:"
        mark = "  "
        if isinstance(value, str):
            yield f"{start} {value}"
        else:
            yield start
            for one in value:
                yield from _item(one, indent + 4)
