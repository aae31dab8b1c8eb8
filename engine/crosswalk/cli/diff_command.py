"""`crosswalk diff`."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosswalk.cli.options import pass_project, refuse_errors
from crosswalk.cli.report import tell_findings
from crosswalk.findings.diagnostics import Diagnostic, Severity, has_errors
from crosswalk.project import Project

if TYPE_CHECKING:
    from crosswalk.comparing.compare import Compared
    from crosswalk.comparing.impact import Impact


@click.command("diff")
@click.argument("names", nargs=-1, metavar="[NAME|REVISION]...")
@click.option("--against", metavar="REVISION", help="Compare with the documents at a git revision.")
@click.option(
    "--biller", "billers", multiple=True, help="As this biller has it; given twice: two billers."
)
@click.option(
    "--impact", is_flag=True, help="Map the cases by both sides; show what comes out otherwise."
)
@click.option(
    "--fixture",
    "fixtures",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file to map by both sides too.",
)
@click.option("--breaking-only", is_flag=True, help="Leave out changes that break nothing.")
@click.option(
    "--all", "everything", is_flag=True, help="Also what changes nothing: descriptions, notes."
)
@click.option("--format", "style", type=click.Choice(["text", "json", "markdown"]), default="text")
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    names: tuple[str, ...],
    against: str | None,
    billers: tuple[str, ...],
    impact: bool,  # noqa: FBT001
    fixtures: tuple[Path, ...],
    breaking_only: bool,  # noqa: FBT001
    everything: bool,  # noqa: FBT001
    style: str,
) -> None:
    """Say what a change of documents means, and whether it breaks something.

    NAME is a document; with it all that it leads to is compared. Two names compare two documents,
    versions or billers; two git revisions compare all documents; one revision, or --against, is
    compared with the documents here. Exit code 1: a breaking change kept its major version.

    \b
    Examples:
      crosswalk diff partner/product/invoice --against main --impact
      crosswalk diff v1.2 v1.3 --format markdown
      crosswalk diff a-city b-city
      crosswalk diff --biller a-city --biller b-city partner/product/invoice
    """  # noqa: D301
    from crosswalk.cli.diff_sides import asked
    from crosswalk.comparing.impact import impact as impact_of

    refuse_errors(project)
    with ExitStack() as stack:
        sides = asked(project, names, against, billers, stack)
        compared = sides.compared()
        findings = sides.findings(compared)
        if breaking_only:
            findings = [one for one in findings if one.severity is Severity.ERROR]
        found = None
        if impact or fixtures:
            found = impact_of(sides.before, sides.after, sides.mappings(), fixtures)
    shown = list(_shown(compared, breaking_only=breaking_only, everything=everything))
    _tell(style, shown, found, findings)
    click.get_current_context().exit(1 if has_errors(findings) else 0)


def _shown(
    compared: Sequence["Compared"], *, breaking_only: bool, everything: bool
) -> Iterator["Compared"]:
    """Leave out the changes that were not asked for."""
    from crosswalk.comparing.change import BREAKING, NONE

    for one in compared:
        kept = tuple(
            change
            for change in one.changes
            if (change.effect is BREAKING or not breaking_only)
            and (change.effect is not NONE or everything)
        )
        if kept:
            yield replace(one, changes=kept)


def _tell(
    style: str,
    shown: list["Compared"],
    found: "Impact | None",
    findings: list[Diagnostic],
) -> None:
    from crosswalk.comparing import tell

    if style == "json":
        click.echo(json.dumps(tell.as_data(shown, found, findings), indent=2, ensure_ascii=False))
    elif style == "markdown":
        click.echo(tell.as_markdown(shown, found, findings))
    else:
        click.echo(tell.as_text(shown, found))
        if findings:
            click.echo()
            tell_findings(findings)
