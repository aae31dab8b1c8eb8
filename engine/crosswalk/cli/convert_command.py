"""`crosswalk convert`."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

import click

from crosswalk.cli.files import refuse_existing, write_output
from crosswalk.cli.options import at_option, moment, pass_project, refuse_errors
from crosswalk.golive.flow_changes import FlowChange
from crosswalk.golive.move import Move, move
from crosswalk.project import Project


@click.command("convert")
@click.argument("biller")
@click.option("--to", "target", required=True, metavar="NAME@MAJOR", help="Integration to move to.")
@click.option("-o", "--output", default="-", help="New file (default: standard output).")
@click.option("--replace", is_flag=True, help="Overwrite a file that exists.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    help="json: one object with the proposal and the report.",
)
@at_option
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    biller: str,
    target: str,
    output: str,
    replace: bool,  # noqa: FBT001
    style: str,
    at: datetime | None,
) -> None:
    """Propose a biller's file for another integration, and say what changes by it.

    What both integrations know is kept, what the new one lacks is marked with # TODO. The biller's
    cases are run by both; what comes out otherwise is told beside the proposal.

    \b
    Examples:
      crosswalk convert a-city --to partner/real-time@1 > proposal.yaml
      crosswalk convert a-city --to partner/real-time@1 -o mappings/billers/a-city.yaml --replace
    """  # noqa: D301
    refuse_errors(project)
    refuse_existing(output, replace=replace)
    document = project.find(biller, "biller")
    try:
        made = move(project, document, project.integration(target), moment(at).date())
    except ValueError as same:
        raise click.UsageError(str(same)) from None
    if style == "json":
        text = json.dumps(_data(made), indent=2) + "\n"
        write_output(text.encode(), output, replace=replace)
        return
    write_output(made.text.encode(), output, replace=replace)
    click.echo("\n".join(_report(made)), err=True)


def _data(made: Move) -> dict[str, object]:
    """Give the proposal and the report under stable keys."""
    return {
        "schema_version": 1,
        "biller": made.biller,
        "before": made.before,
        "after": made.after,
        "text": made.text,
        "kept": [list(one) for one in made.kept],
        "gone": [list(one) for one in made.gone],
        "by_hand": [list(one) for one in made.by_hand],
        "missing": [
            {"id": one.id, "kind": one.kind, "description": one.description, "why": one.why}
            for one in made.missing
        ],
        "flows": [asdict(one) for one in made.flows],
    }


def _report(made: Move) -> Iterator[str]:
    """Say what is kept, gone and missing, and what becomes of each flow."""
    yield f"{made.biller}: {made.before} becomes {made.after}"
    yield f"  kept      {len(made.kept)} settings, overrides and confirmations"
    for top in ("settings", "override", "confirmations"):
        gone = ", ".join(key for one, key in made.gone if one == top)
        if gone:
            yield f"  gone      {top}, which nothing reads there: {gone}"
    for top, key in made.by_hand:
        yield f"  by hand   {top} {key}: nothing reads it there; it shares a line, take it out"
    for item in made.missing:
        yield f"  missing   {item.id}: {item.description or item.why}"
    yield "flows"
    for flow in made.flows:
        yield from _flow(flow)


def _flow(one: FlowChange) -> Iterator[str]:
    if one.before is None or one.after is None:
        state = "ends" if one.after is None else "new"
        told = f"  {state:<9} {one.name}: {one.before or one.after}"
        yield f"{told}; {one.why}" if one.why else told
        return
    same = one.before == one.after
    state = "same" if same and not one.changed and not one.why else "changes"
    told = one.before if same else f"{one.before} becomes {one.after}"
    count = (
        f"; {one.changed} of {one.cases} cases give something else" if one.cases else "; no case"
    )
    yield f"  {state:<9} {one.name}: {told}{f'; {one.why}' if one.why else count}"
    yield from (f"            {line}" for line in one.shown)
