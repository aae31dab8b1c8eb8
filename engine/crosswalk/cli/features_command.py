"""`crosswalk features`."""

import click

from crosswalk.cli.options import pass_project
from crosswalk.findings.diagnostics import has_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project
from crosswalk.telling.features import as_csv, as_json, as_markdown, as_text, features

STYLES = ("text", "json", "csv", "markdown")


@click.command("features")
@click.argument("name", metavar="BILLER|INTEGRATION")
@click.option("--format", "style", type=click.Choice(STYLES), default="text")
@pass_project
def command(project: Project, name: str, style: str) -> None:
    """Print what a biller or an integration can do, and why not.

    First the flows, then what else the integration supports. A flow that the integration has but
    this biller cannot use (an older version, a licence) is refused.

    \b
    Examples:
      crosswalk features a-city
      crosswalk features partner/product --format csv > features.csv
    """  # noqa: D301
    view = project.view(name)
    rows = features(project, view)
    if has_errors(view.findings):
        raise ConfigError(view.findings)
    made = {"text": as_text, "csv": as_csv, "markdown": as_markdown}.get(style)
    click.echo(made(rows) if made is not None else as_json(name, rows))
