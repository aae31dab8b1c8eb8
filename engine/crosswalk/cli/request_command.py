"""`crosswalk request`."""

from datetime import datetime

import click

from crosswalk.cli.files import read_input, source_name
from crosswalk.cli.options import at_option, biller_option, moment, pass_project
from crosswalk.findings.errors import ConfigError
from crosswalk.operations.operation import Operation
from crosswalk.operations.sending import Prepared, as_curl, as_http, as_json, prepare
from crosswalk.project import BACKWARD, Project, View
from crosswalk.running.context import Context, Run
from crosswalk.running.in_memory import run_in_memory

REFUSED = "CW721"
STYLES = {"json": as_json, "curl": as_curl, "http": as_http}


@click.command("request")
@click.argument("mapping", metavar="MAPPING|FLOW")
@click.argument("input", default="-")
@biller_option
@click.option("--format", "style", type=click.Choice(list(STYLES)), default="json")
@at_option
@click.option("--reference", is_flag=True, help="Use the reference interpreter only.")
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    mapping: str,
    input: str,  # noqa: A002
    biller: str | None,
    style: str,
    at: datetime | None,
    reference: bool,  # noqa: FBT001
) -> None:
    """Print the requests that a mapping makes of records. Nothing is sent.

    Secrets are shown as the reference to where they are kept. A flow of the biller's integration
    can be named in place of its mapping.

    \b
    Examples:
      crosswalk request partner/product/payment payments.jsonl --biller a-city | jq .variables
      crosswalk request partner/product/payment payments.jsonl --biller a-city --format curl
      crosswalk request payment payments.jsonl --biller a-city
    """  # noqa: D301
    view = project.view(biller)
    mapping, direction = project.wanted(mapping, view)
    if direction == BACKWARD:
        raise click.UsageError("this flow runs its mapping backward, which makes no requests")
    operation = target_of(project, mapping, view)
    plan = project.plan(mapping, view)
    data = read_input(input)
    context = Context(view.settings.texts(), Run(moment(at), "", source_name(input)))
    outcome = run_in_memory(plan, context, data, compiled=not reference)
    if outcome.stopped is not None:
        raise outcome.stopped
    for issue, _ in outcome.rejects:
        field = issue.field or issue.target or issue.record
        click.echo(f"reject  line {issue.line}  {issue.code}  {field} {issue.reason}", err=True)
    sdl = project.types_of(operation) or ""
    made = [prepare(operation, sdl, view.settings, one) for one in _lines(outcome.body)]
    if style != "json" and made and made[0].url is None:
        message = f"setting {operation.endpoint.text} has no value, so there is no URL"
        raise click.UsageError(message)
    refused = [_tell(number, one, style) for number, one in enumerate(made, 1)]
    click.get_current_context().exit(3 if outcome.rejects or any(refused) else 0)


def target_of(project: Project, mapping: str, view: View) -> Operation:
    """Give the checked operation that a mapping fills. Raises ConfigError, UsageError."""
    node = project.effective(project.find(mapping, "mapping"), view).node
    entry = node.entries.get("to")
    named = getattr(entry.value, "text", "") if entry is not None else ""
    found, _ = project.workspace.find(named)
    if found is None or found.kind != "operation":
        raise click.UsageError(f"{mapping} fills no operation; use crosswalk run")
    operation = project.operation(named, view)
    findings = project.check_operation(operation, view)
    if any(one.severity == "error" for one in findings):
        raise ConfigError(findings)
    return operation


def _lines(body: bytes) -> list[str]:
    return [line for line in body.decode().split("\n") if line]


def _tell(number: int, request: Prepared, style: str) -> bool:
    """Print a request, or why it would be refused; tell whether it would."""
    for path, problem in request.problems:
        click.echo(f"reject  request {number}  {REFUSED}  {path} {problem}", err=True)
    if not request.problems:
        click.echo(STYLES[style](request))
    return bool(request.problems)
