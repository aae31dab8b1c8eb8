"""`crosswalk docs`."""

from pathlib import Path

import click

from crosswalk.cli.options import pass_project, refuse_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project


@click.command("docs")
@click.option("--biller", help="Only this biller (or integration), not all of them.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site"),
    show_default=True,
    help="Folder to write; it is whole or as it was.",
)
@click.option("--replace", is_flag=True, help="Replace a site that was written there before.")
@pass_project
def command(project: Project, biller: str | None, output: Path, replace: bool) -> None:  # noqa: FBT001
    """Write the technical design of integrations and billers as a static site.

    The pages are made from the documents alone, need no network, and show no secret.

    \b
    Examples:
      crosswalk docs -o site
      crosswalk docs --biller a-city -o a-city --replace
    """  # noqa: D301
    from crosswalk.site.build import build
    from crosswalk.site.folder import publish

    refuse_errors(project)
    owners = None
    if biller is not None:
        view = project.view(biller)
        if view.owner is None:
            raise ConfigError(view.findings)
        owners = [view.owner]
    made = build(project, owners)
    try:
        publish(made, output, replace=replace)
    except OSError as wrong:
        raise click.UsageError(f"{output}: {wrong.strerror or wrong}") from None
    more = sum(name.endswith(".html") for name in made) - 1
    told = f"{more} more page{'' if more == 1 else 's'}"
    click.echo(f"{output / 'index.html'} and {told}", err=True)
