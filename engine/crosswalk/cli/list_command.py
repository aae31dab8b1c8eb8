"""`crosswalk list`."""

import json
from collections.abc import Iterable, Iterator

import click

from crosswalk.cli.options import biller_option, pass_project
from crosswalk.findings.errors import ConfigError
from crosswalk.model.layout import Layout
from crosswalk.planning.read_layout import read_layout
from crosswalk.planning.read_mapping import read_mapping
from crosswalk.project import Project, View

KINDS = {
    "mappings": "mapping",
    "billers": "biller",
    "layouts": "layout",
    "integrations": "integration",
    "code-tables": "code-table",
    "operations": "operation",
    "settings": "settings",
}
Row = dict[str, str]


@click.command("list")
@click.argument("what", type=click.Choice([*KINDS, "flows", "fields", "all"]), default="all")
@click.argument("name", required=False)
@biller_option
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@pass_project
def command(project: Project, what: str, name: str | None, biller: str | None, style: str) -> None:
    """List documents, flows, or the fields of a mapping or layout.

    \b
    Examples:
      crosswalk list
      crosswalk list mappings --format json
      crosswalk list flows --biller a-city
      crosswalk list fields partner/product/invoice --biller a-city
    """  # noqa: D301
    if what == "fields" and name is None:
        raise click.UsageError("name a mapping or layout: crosswalk list fields NAME")
    if what == "fields":
        rows = list(_fields(project, name or "", project.view(biller)))
    elif what == "flows":
        rows = list(_flows(project, None if biller is None else project.view(biller)))
    else:
        rows = list(_documents(project, KINDS.get(what)))
    click.echo(json.dumps(rows, indent=2) if style == "json" else "\n".join(_table(rows)))


def _table(rows: list[Row]) -> Iterator[str]:
    """Give rows as aligned columns."""
    if not rows:
        yield "nothing"
        return
    wide = {key: max(len(row[key]) for row in rows) for key in rows[0]}
    for row in rows:
        yield "  ".join(value.ljust(wide[key]) for key, value in row.items()).rstrip()


def _documents(project: Project, kind: str | None) -> Iterator[Row]:
    for one in project.workspace.documents:
        if kind is None or one.kind == kind:
            row = {"kind": one.kind, "name": one.name, "version": one.version, "file": one.file}
            yield row if kind is None else {key: row[key] for key in list(row)[1:]}


def _flows(project: Project, view: View | None) -> Iterator[Row]:
    """Give the flows that a view has, inherited ones among them; without one, those of all."""
    views = [view] if view is not None else []
    if view is None:
        views = [project.view(one.name) for one in project.documents("integration")]
    for seen in views:
        for one in project.flows(seen).values():
            if view is None and seen.owner is not None and one.integration != seen.owner.name:
                continue
            yield {
                "integration": one.integration,
                "flow": one.name,
                "direction": one.direction,
                "status": one.status,
                "mapping": one.mapping.text if one.mapping is not None else "",
            }


def _fields(project: Project, name: str, view: View) -> Iterator[Row]:
    """Give the fields of a layout, or of a mapping's target with the place of their entries."""
    found, findings = project.workspace.find(name)
    if found is None:
        raise ConfigError(findings)
    if found.kind == "layout":
        layout, findings = read_layout(project.effective(found, view).node)
        entries: dict[tuple[str, str], str] = {}
    else:
        parts = project.parts(name, view)
        layout, findings = parts.target, [*view.findings, *parts.findings]
        written, _ = read_mapping(parts.document.node)
        entries = {(one.record, one.field): str(one.key_span) for one in written.targets}
    if layout is None:
        raise ConfigError(findings)
    yield from _rows(layout, entries, mapped=found.kind != "layout")


def _rows(layout: Layout, entries: dict[tuple[str, str], str], *, mapped: bool) -> Iterable[Row]:
    for record in layout.records:
        for one in record.fields:
            row = {
                "record": record.name,
                "id": one.key,
                "name": one.name,
                "type": one.codec.type,
                "required": "required" if one.required else "",
            }
            if mapped:
                place = entries.get((record.name, one.key)) or entries.get((record.name, one.name))
                by_layout = one.always is not None or one.control is not None
                row["entry"] = place or (f"layout {one.span}" if by_layout else "not mapped")
            yield row
