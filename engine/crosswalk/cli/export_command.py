"""`crosswalk export`."""

from pathlib import Path

import click

from crosswalk.cli.files import write_output
from crosswalk.cli.options import biller_option, pass_project, refuse_errors
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import unreadable
from crosswalk.findings.errors import ConfigError
from crosswalk.planning.read_layout import read_layout
from crosswalk.planning.read_mapping import read_mapping
from crosswalk.project import Project, View
from crosswalk.telling.spec_table import (
    Table,
    code_table,
    codes_of,
    layout_table,
    mapping_table,
)
from crosswalk.telling.table_forms import FORMS

FORMATS = ("csv", "xlsx", "html", "md")
KINDS = ("mapping", "layout", "code-table")


@click.command("export")
@click.argument("name")
@click.option(
    "--as",
    "form",
    type=click.Choice(["csv", "xlsx", "html", "md"]),
    help="Default: of FILE, or csv.",
)
@biller_option
@click.option("--origin", is_flag=True, help="Say where each row is written.")
@click.option("-o", "--output", default="-", help="New file (default: standard output).")
@click.option("--replace", is_flag=True, help="Overwrite an existing file.")
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    name: str,
    form: str | None,
    biller: str | None,
    origin: bool,  # noqa: FBT001
    output: str,
    replace: bool,  # noqa: FBT001
) -> None:
    """Give the analyst's table of a mapping, a layout or a code table.

    Of a mapping: each field of our file with its type, its source in the partner's file, what
    happens on the way, and what comes back.

    \b
    Examples:
      crosswalk export partner/product/invoice -o invoice.xlsx
      crosswalk export partner/product/statement-file --as md --biller a-city --origin
    """  # noqa: D301
    refuse_errors(project)
    view = project.view(biller)
    found, findings = project.workspace.find(name)
    if found is None:
        raise ConfigError(findings)
    table = _table(project, found, view, origin=origin)
    ending = Path(output).suffix.lstrip(".").casefold()
    chosen = form or (ending if ending in FORMATS else "csv")
    data = _written(table, chosen)
    write_output(data, output, replace=replace)
    if output != "-":
        click.echo(f"{len(table.rows)} rows in {output}", err=True)


def _written(table: Table, form: str) -> bytes:
    if form == "xlsx":
        from crosswalk.telling.sheet import as_workbook

        return as_workbook(table)
    return FORMS[form](table).encode()


def _table(project: Project, document: Document, view: View, *, origin: bool) -> Table:
    """Make the table of a document as a view sees it. Raises ConfigError."""
    if document.kind not in KINDS:
        message = (
            f"{document.name} is of kind {document.kind}; a table is given of {', '.join(KINDS)}"
        )
        raise click.UsageError(message)
    if document.kind == "mapping":
        return _mapping(project, document, view, origin=origin)
    node = project.effective(document, view).node
    if unreadable(view.findings):
        raise ConfigError(view.findings)
    if document.kind == "code-table":
        return code_table(document.name, codes_of(node).items())
    layout, findings = read_layout(node)
    if layout is None or unreadable(findings):
        raise ConfigError(findings)
    return layout_table(layout, origin=origin)


def _mapping(project: Project, document: Document, view: View, *, origin: bool) -> Table:
    parts = project.parts(f"{document.name}@{document.major}", view)
    findings = [*view.findings, *parts.findings]
    if parts.source is None or parts.target is None or unreadable(findings):
        raise ConfigError(findings)
    written, _ = read_mapping(parts.document.node)
    return mapping_table(written, parts.target, project.inverse(parts), origin=origin)
