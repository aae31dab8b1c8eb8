"""`crosswalk release`."""

import click

from crosswalk.checking import check
from crosswalk.cli.options import pass_project, refuse_errors
from crosswalk.documents.releases import record, releases_file
from crosswalk.findings.diagnostics import has_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project
from crosswalk.running.output import Staged


@click.command("release")
@click.argument("names", nargs=-1, metavar="NAME[@MAJOR]...")
@click.option("--all", "every", is_flag=True, help="Every document of the folder.")
@pass_project
def command(project: Project, names: tuple[str, ...], every: bool) -> None:  # noqa: FBT001
    """Record what documents hold as released: from then on a change needs a new version.

    Refuses while the check finds errors. The record is releases.json beside the documents.

    \b
    Examples:
      crosswalk release partner/product/invoice partner/product/statement-file
      crosswalk release --all
    """  # noqa: D301
    if bool(names) == every:
        raise click.UsageError("give the names of documents, or --all")
    refuse_errors(project)
    findings = check(project)
    if has_errors(findings):
        raise ConfigError(findings)
    wanted = names or tuple(dict.fromkeys(one.name for one in project.workspace.documents))
    path = releases_file(project.workspace)
    before = path.read_text("utf-8") if path.exists() else ""
    try:
        text = record(project.workspace, wanted)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from None
    if text == before:
        click.echo("nothing new: these versions are recorded already")
        return
    with Staged(path, replace=True) as out:
        out.write(text.encode())
    count = text.count("sha256:") - before.count("sha256:")
    click.echo(f"{count} version{'' if count == 1 else 's'} recorded in {path}")
