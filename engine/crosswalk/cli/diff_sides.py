"""What `crosswalk diff` is asked to compare: states of the project, documents, or billers."""

from contextlib import ExitStack
from dataclasses import dataclass

import click

from crosswalk.checking import check
from crosswalk.comparing.compare import (
    OWNERS,
    Compared,
    compare_all,
    compare_named,
    mappings_about,
)
from crosswalk.comparing.revisions import at_revision
from crosswalk.comparing.side import Side
from crosswalk.comparing.versions import check_versions
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Diagnostic, Severity, has_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project

HERE = "here"


@dataclass(frozen=True, slots=True)
class Asked:
    """Two sides, and what to compare by its name on each side; no names: everything.

    `states`: the sides are two states of the same documents, so that versions count.
    """

    before: Side
    after: Side
    names: tuple[str, str] | None
    states: bool = True

    def compared(self) -> list[Compared]:
        """Give the documents that say something else. Raises ConfigError."""
        try:
            if self.names is not None:
                return compare_named(self.before, self.after, self.names)
            return compare_all(self.before, self.after)
        except ConfigError:
            self._blame_revisions()
            raise

    def _blame_revisions(self) -> None:
        """Say which revision has errors: its findings name lines that are not those here."""
        for side in (self.before, self.after):
            errors = [one for one in check(side.project) if one.severity is Severity.ERROR]
            if self.states and side.label != HERE and errors:
                message = f"the documents at '{side.label}' have errors"
                remedy = f"the first: {errors[0].message} ({errors[0].span})"
                raise ConfigError([Diagnostic("CW340", message, None, help=remedy)])

    def mappings(self) -> list[tuple[Document, Document]]:
        """Give the mappings that both sides have and the names are about."""
        return mappings_about(self.before, self.after, self.names)

    def findings(self, compared: list[Compared]) -> list[Diagnostic]:
        """Give the documents whose version was not raised."""
        return list(check_versions(compared)) if self.states else []


def asked(
    project: Project,
    names: tuple[str, ...],
    against: str | None,
    billers: tuple[str, ...],
    stack: ExitStack,
) -> Asked:
    """Work out the two sides; the folders of revisions live as long as the stack.

    Raises UsageError where it is not clear what is meant, ConfigError for what is not there.
    """
    if len(billers) > 1:
        return _two_billers(project, names, against, billers)
    if len(names) > 1 and against is None:
        return _two_names(project, names, billers, stack)
    if len(names) == 1 and against is None and not _is_document(project, names[0]):
        against, names = names[0], ()
    if against is None or len(names) > 1:
        raise click.UsageError("name a revision with --against, or two documents to compare")
    before = _at(project, against, stack)
    return _states((before, against), (project, HERE), names or billers, billers)


def _two_billers(
    project: Project, names: tuple[str, ...], against: str | None, billers: tuple[str, ...]
) -> Asked:
    if len(billers) > 2 or len(names) > 1 or against is not None:  # noqa: PLR2004
        raise click.UsageError("two billers are compared here and now, by at most one NAME")
    before, after = (_side(project, one, one) for one in billers)
    chosen = (names[0], names[0]) if names else (billers[0], billers[1])
    return Asked(before, after, chosen, states=False)


def _two_names(
    project: Project, names: tuple[str, ...], billers: tuple[str, ...], stack: ExitStack
) -> Asked:
    """Compare two documents, or all documents of two revisions."""
    if len(names) > 2:  # noqa: PLR2004
        raise click.UsageError("name two documents or two revisions, no more")
    known = [_is_document(project, name) for name in names]
    if not any(known):
        states = [(_at(project, name, stack), name) for name in names]
        return _states(states[0], states[1], billers, billers)
    found = [project.workspace.find(name) for name in names]
    one, other = (document for document, _ in found)
    if one is None or other is None:
        raise ConfigError([finding for _, wrong in found for finding in wrong])
    if (one.kind in OWNERS) != (other.kind in OWNERS) or (
        one.kind != other.kind and one.kind not in OWNERS
    ):
        raise click.UsageError(f"{names[0]} is of kind {one.kind}, {names[1]} of {other.kind}")
    biller = billers[0] if billers else None
    seen = names if one.kind in OWNERS else (biller, biller)
    before, after = (_side(project, who, name) for who, name in zip(seen, names, strict=True))
    return Asked(before, after, (names[0], names[1]), states=False)


def _states(
    before: tuple[Project, str],
    after: tuple[Project, str],
    names: tuple[str, ...],
    billers: tuple[str, ...],
) -> Asked:
    biller = billers[0] if billers else None
    sides = (_side(before[0], biller, before[1]), _side(after[0], biller, after[1]))
    return Asked(*sides, (names[0], names[0]) if names else None)


def _side(project: Project, biller: str | None, label: str) -> Side:
    return Side(project, project.view(biller), label)


def _is_document(project: Project, name: str) -> bool:
    return bool(project.workspace.named(name.partition("@")[0]))


def _at(project: Project, revision: str, stack: ExitStack) -> Project:
    """Give the project at a revision. Raises ConfigError; a near document's name is suggested."""
    try:
        folder = stack.enter_context(at_revision(project.root, revision))
    except ConfigError as wrong:
        near = project.workspace.find(revision)[1]
        hints = [one.help for one in near if one.help.startswith("did you mean")]
        if hints:
            message = f"'{revision}' is neither a document nor a revision"
            raise ConfigError([Diagnostic("CW340", message, None, help=hints[0])]) from None
        raise wrong from None
    made = Project(folder)
    if has_errors(made.findings):
        message = f"the documents at '{revision}' cannot be read"
        remedy = made.findings[0].message
        raise ConfigError([Diagnostic("CW340", message, None, help=remedy)])
    return made
