"""`crosswalk new`."""

import shlex
from datetime import datetime
from pathlib import Path

import click

from crosswalk.cli.options import at_option, moment, pass_project, refuse_errors
from crosswalk.documents.workspace import is_name
from crosswalk.golive.new_biller import Proposal, new_biller
from crosswalk.project import Project
from crosswalk.running.output import Staged


@click.group("new")
def command() -> None:
    """Begin a new document, with what is still to decide marked in it.

    \b
    Examples:
      crosswalk new biller a-city --extends partner/product@1 --id 1234
    """  # noqa: D301


@command.command("biller")
@click.argument("name")
@click.option("--extends", required=True, metavar="NAME@MAJOR", help="Integration it uses.")
@click.option("--id", "number", help="Number of the biller.")
@at_option
@pass_project
def biller(
    project: Project, name: str, extends: str, number: str | None, at: datetime | None
) -> None:
    """Write a biller's file with marked gaps, and cases of invented records beside it.

    No file is overwritten. Secrets are named, not asked for.
    """
    refuse_errors(project)
    if not is_name(name):
        message = f"'{name}' is not a name: small letters, digits and '-', like a-city"
        raise click.BadParameter(message, param_hint="NAME")
    if project.workspace.named(name):
        there = project.workspace.named(name)[0].file
        raise click.BadParameter(f"'{name}' is there already: {there}", param_hint="NAME")
    made = new_biller(project, name, project.integration(extends), number, moment(at).date())
    _write(project.root, made)
    for file in made.files:
        click.echo(f"wrote {file}")
    click.echo(f"{made.gaps} gaps are marked with # TODO; see them, fill them, test:", err=True)
    here = "" if project.root == Path() else f"-C {shlex.quote(str(project.root))} "
    for one in (f"check {next(iter(made.files))}", f"ready {name}", f"test {name} --update"):
        click.echo(f"  crosswalk {here}{one}", err=True)


def _write(root: Path, made: Proposal) -> None:
    """Write all files or, where one is there already, none. Raises ClickException."""
    there = [file for file in made.files if (root / file).exists()]
    if there:
        raise click.ClickException(f"{there[0]} exists; nothing was written")
    for file, text in made.files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        with Staged(root / file) as staged:
            staged.write(text.encode())
