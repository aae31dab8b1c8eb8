"""What the commands of `rules` are about: rules by name, by mapping, or in the partner's JSON."""

from dataclasses import dataclass, field
from datetime import date, datetime

import click

from crosswalk.cli.files import read_text
from crosswalk.cli.options import moment
from crosswalk.decisions.base import Bound, bind
from crosswalk.decisions.dated import Dated
from crosswalk.decisions.load import bind_legacy
from crosswalk.decisions.model import Model
from crosswalk.decisions.schedule import none_in_force
from crosswalk.documents.access import mapping as map_at
from crosswalk.documents.access import scalars
from crosswalk.documents.source import Map
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Diagnostic, has_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.planning.deciding import Judge
from crosswalk.project import Project, View

JSON = ".json"


@dataclass(slots=True)
class Source:
    """Finds rule sets and binds them to settings: a biller's, then those given by hand."""

    project: Project
    view: View
    settings: dict[str, str] = field(default_factory=dict)
    use: str | None = None
    day: date | None = None

    def bound(self, name: str) -> tuple[Bound, list[Diagnostic]]:
        """Give a rule set by a document's name or file, a mapping's name, or a JSON file.

        Raises ConfigError, and UsageError where something is left open.
        """
        if name.endswith(JSON):
            text, model = read_text(name), self.model()
            return bind_legacy(text, model, self.settings, name)
        document = self.document(name)
        if document.kind == "mapping":
            return self._of_mapping(document)
        judge = self.judge(document)
        return bind(judge.model, next(iter(judge.rules), None), self.settings, strict=False)

    def document(self, name: str) -> Document:
        """Find a document by its name or file. Raises ConfigError."""
        for one in self.project.workspace.documents:
            if one.file == name.removeprefix("./"):
                return one
        found, findings = self.project.workspace.find(name)
        if found is None:
            raise ConfigError(findings)
        return found

    def judge(self, document: Document) -> Judge:
        """Read a rules or decision document. Raises ConfigError."""
        return self._judge((f"{document.name}@{document.major}",))

    def _judge(self, names: tuple[str, ...]) -> Judge:
        judge, findings = self.project.judge(names, self.view)
        if judge is None or has_errors(self.view.findings):
            raise ConfigError([*self.view.findings, *findings])
        return judge

    def model(self) -> Model:
        """Give the decision that a JSON file is for."""
        if self.use is None:
            raise click.UsageError("say which decision the JSON is for: --use NAME")
        return self.judge(self.document(self.use)).model

    def _of_mapping(self, document: Document) -> tuple[Bound, list[Diagnostic]]:
        """Give what a mapping decides by on the day, as the view sees it."""
        body = map_at(self.project.effective(document, self.view).node, "decisions")
        found = [one.value for one in body.entries.values()] if body is not None else []
        if len(found) != 1 or not isinstance(found[0], Map):
            raise click.UsageError(f"{document.name} has {len(found)} decisions; name the rules")
        judge = self._judge(tuple(one.text for one in scalars(found[0], "rules")))
        day = self.day or moment(None).date()
        bound = Dated(judge.model, judge.rules, self.settings).bound(day)
        if bound is None:
            raise ConfigError([none_in_force(day)])
        return bound, []


def source(
    project: Project,
    biller: str | None,
    given: tuple[str, ...] = (),
    use: str | None = None,
    day: datetime | None = None,
) -> Source:
    """Begin with a biller's layers and settings, and settings given as NAME=VALUE."""
    view = project.view(biller)
    made = Source(project, view, view.settings.texts(), use, day.date() if day else None)
    made.settings |= pairs(given, "--set")
    return made


def pairs(given: tuple[str, ...], where: str) -> dict[str, str]:
    """Read NAME=VALUE. Raises BadParameter."""
    made = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise click.BadParameter(f"'{one}' is not NAME=VALUE", param_hint=where)
        made[name] = value
    return made
