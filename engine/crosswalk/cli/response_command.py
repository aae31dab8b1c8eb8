"""`crosswalk response`."""

import json
from datetime import datetime

import click

from crosswalk.cli.files import read_input, source_name
from crosswalk.cli.options import at_option, biller_option, moment, pass_project
from crosswalk.operations.answer import Answer, read_answer
from crosswalk.operations.graphql_answers import LACKS, Lack, lacks, without
from crosswalk.operations.jsontexts import opened
from crosswalk.operations.operation import Operation
from crosswalk.project import BACKWARD, Project
from crosswalk.running.context import Context, Run
from crosswalk.running.in_memory import run_in_memory


@click.command("response")
@click.argument("mapping", metavar="MAPPING|FLOW")
@click.argument("answer", default="-")
@biller_option
@click.option("--output-form", type=click.Choice(["layout", "json-lines"]), default="layout")
@at_option
@click.option("--reference", is_flag=True, help="Use the reference interpreter only.")
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    mapping: str,
    answer: str,
    biller: str | None,
    output_form: str,
    at: datetime | None,
    reference: bool,  # noqa: FBT001
) -> None:
    """Map a partner's recorded answer.

    An answer with errors is rejected with the partner's codes (exit code 3), unless its
    operation says errors: keep. So is one that lacks what its document selects (CW723).

    \b
    Examples:
      crosswalk response partner/product/receipt answer.json --biller a-city
    """  # noqa: D301
    view = project.view(biller)
    mapping, direction = project.wanted(mapping, view)
    if direction == BACKWARD:
        raise click.UsageError("this flow runs its mapping backward, which reads no answer")
    plan = project.plan(mapping, view, target_form=output_form)
    node = project.effective(project.find(mapping, "mapping"), view).node
    named = getattr(node.entries["from"].value, "text", "")
    found, _ = project.workspace.find(named)
    if found is None or found.kind != "operation":
        raise click.UsageError(f"{mapping} reads no answer of an operation; use crosswalk run")
    operation = project.operation(named, view)
    read, lacking, usable = _read(operation, project, read_input(answer, "ANSWER"))
    for line in lacking:
        click.echo(line, err=True)
    if read.errors and not operation.keep_errors:
        click.echo("\n".join(rejects(read)), err=True)
        usable = False
    if not usable:
        click.get_current_context().exit(3)
    context = Context(view.settings.texts(), Run(moment(at), "", source_name(answer)))
    outcome = run_in_memory(plan, context, read.body, compiled=not reference)
    if outcome.stopped is not None:
        raise outcome.stopped
    click.echo(outcome.body, nl=False)
    for issue, _ in outcome.rejects:
        field = issue.field or issue.target or issue.record
        click.echo(f"reject  {issue.code}  {field} {issue.reason}", err=True)
    click.get_current_context().exit(3 if outcome.rejects or lacking else 0)


def _read(operation: Operation, project: Project, data: bytes) -> tuple[Answer, list[str], bool]:
    """Give an answer, a line of JSON for all that it lacks, and whether the rest can be used."""
    found: list[Lack] = []
    usable = True

    def look(value: object) -> None:
        nonlocal usable
        opened(value, operation)
        found.extend(lacks(operation, project.types_of(operation), value))
        usable = not found or without(value, operation, found)

    read = read_answer(data, operation.capability, look)
    told = [{"code": LACKS, "reason": one.reason, "path": one.path} for one in found]
    return read, [json.dumps(one) for one in told], usable


def rejects(answer: Answer) -> list[str]:
    """Give one line of JSON for each error of an answer."""
    return [
        json.dumps(
            {
                "code": "CW720",
                "partner_code": one.code,
                "reason": one.message,
                "path": one.path,
                "partial": answer.partial,
            }
        )
        for one in answer.errors
    ]
