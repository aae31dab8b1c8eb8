"""`crosswalk check`."""

from datetime import datetime

import click

from crosswalk.checking import check
from crosswalk.cli.options import at_option, moment, pass_project
from crosswalk.cli.report import STYLES, tell_findings
from crosswalk.findings.diagnostics import Severity, has_errors
from crosswalk.findings.report import Style
from crosswalk.project import Project


@click.command("check")
@click.argument("names", nargs=-1, metavar="[NAME|FILE|FOLDER]...")
@click.option(
    "--format", "style", type=click.Choice(STYLES), envvar="CROSSWALK_FORMAT", default="full"
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@at_option
@pass_project
def command(
    project: Project,
    names: tuple[str, ...],
    style: Style,
    strict: bool,  # noqa: FBT001
    at: datetime | None,
) -> None:
    """Check documents: YAML, shape, names, types, layers, versions.

    \b
    Examples:
      crosswalk check
      crosswalk check mappings/billers --format concise
    """  # noqa: D301
    found = check(project, names, moment(at).date())
    findings = [f for f in found if f.severity is not Severity.INFO]
    if findings or style != "full":
        tell_findings(findings, style)
    else:
        click.echo(f"{len(project.workspace.documents)} documents, no findings")
    failed = has_errors(findings) or (strict and bool(findings))
    click.get_current_context().exit(1 if failed else 0)
