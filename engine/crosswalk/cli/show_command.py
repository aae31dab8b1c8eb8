"""`crosswalk show`."""

from collections.abc import Iterator

import click

from crosswalk.cli.options import biller_option, pass_project
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Span, has_errors
from crosswalk.findings.errors import ConfigError
from crosswalk.planning.invert import Inverse
from crosswalk.project import Project, View
from crosswalk.telling.show import document_lines, with_origin


@click.command("show")
@click.argument("name")
@biller_option
@click.option("--resolved", is_flag=True, help="With the layers merged in (implied by --biller).")
@click.option("--origin", is_flag=True, help="Say on each line which document set it, and where.")
@click.option(
    "--inverse", is_flag=True, help="Of a mapping: what becomes of each field on the way back."
)
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    name: str,
    biller: str | None,
    resolved: bool,  # noqa: FBT001
    origin: bool,  # noqa: FBT001
    inverse: bool,  # noqa: FBT001
) -> None:
    """Show a document as it is in force, as YAML; values of secret settings are hidden.

    \b
    Examples:
      crosswalk show partner/product/invoice
      crosswalk show partner/product/statement-file --biller a-city --origin
      crosswalk show partner/product/invoice --inverse
    """  # noqa: D301
    view = project.view(biller)
    document = _find(project, name)
    if inverse:
        parts = project.parts(_reference(project, name), view)
        findings = [*view.findings, *parts.findings]
        if parts.source is None or parts.target is None or has_errors(findings):
            raise ConfigError(findings)
        click.echo("\n".join(_classes(project.inverse(parts))))
        return
    node = project.effective(document, view).node if resolved or biller else document.node
    if findings := [one for one in document.findings if one.severity == "error"]:
        raise ConfigError(findings)
    lines = document_lines(node, view.settings.declared)
    layers = {one.file: one.name for one in project.workspace.documents}

    def layer(span: Span) -> str:
        return layers.get(span.file, document.name)

    told = with_origin(lines, layer) if origin else (line.text for line in lines)
    click.echo("\n".join(told))
    _warn(view, project)


def _find(project: Project, name: str) -> Document:
    found, findings = project.workspace.find(name)
    if found is None:
        raise ConfigError(findings)
    return found


def _reference(project: Project, name: str) -> str:
    found = project.find(name, "mapping")
    return f"{found.name}@{found.major}"


def _warn(view: View, project: Project) -> None:
    """Say on standard error that the layers have findings."""
    if has_errors([*view.findings, *project.findings]):
        click.echo("the documents have errors: see crosswalk check", err=True)


def _classes(inverse: Inverse) -> Iterator[str]:
    """Give the table of what becomes of each target field on the way back."""
    rows = [
        (f"{one.record}.{one.field.key}", one.field.name, str(one.verdict), one.reason)
        for one in inverse.classes
    ]
    wide = [max(len(row[at]) for row in rows) for at in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, wide, strict=False)]
        yield "  ".join([*cells, row[3]]).rstrip()
    yield ""
    counts = {row[2]: sum(other[2] == row[2] for other in rows) for row in rows}
    yield f"{len(rows)} fields: " + ", ".join(f"{count} {name}" for name, count in counts.items())
    if inverse.gaps:
        yield "the way back cannot be derived:"
        yield from (f"  {gap}" for gap in inverse.gaps)
    else:
        yield "the way back can be derived"
