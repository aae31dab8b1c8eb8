"""`crosswalk balance`."""

import asyncio
from datetime import datetime
from pathlib import Path

import click

from crosswalk.cli.deliver_command import reject
from crosswalk.cli.files import read_input, source_name
from crosswalk.cli.ledger_options import secrets_option
from crosswalk.cli.options import at_option, biller_option, moment, pass_project
from crosswalk.project import Project
from crosswalk.running.context import Run


@click.command("balance")
@click.argument("mapping", metavar="MAPPING|FLOW")
@click.argument("accounts", nargs=-1)
@click.option("--input", "file", help="Records to ask about instead, JSON lines; - is stdin.")
@biller_option
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Folder for tokens (default: balance.state of the project).",
)
@secrets_option
@click.option("--at-once", type=click.IntRange(1, 64), default=4, show_default=True)
@at_option
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    mapping: str,
    accounts: tuple[str, ...],
    file: str | None,
    biller: str | None,
    state: Path | None,
    secrets: Path | None,
    at_once: int,
    at: datetime | None,
) -> None:
    """Ask the partner about accounts; print the answers as our records, JSON lines.

    MAPPING makes the question, and names the mapping that reads the answer. Nothing is changed, so
    a question without an answer is asked again. Exit code 3: an account has no answer.

    \b
    Examples:
      crosswalk balance partner/product/balance-request 101 102 --biller a-city
      crosswalk balance partner/product/balance-request --input accounts.jsonl --biller a-city
    """  # noqa: D301
    from crosswalk.formats.jsontext import encode
    from crosswalk.outbound.biller import Places
    from crosswalk.outbound.job import job_of
    from crosswalk.outbound.prepared import deliverable
    from crosswalk.outbound.questions import question

    if bool(accounts) == (file is not None):
        raise click.UsageError("give accounts, or --input")
    found = deliverable(project, mapping, project.view(biller))
    if found.delivery.kind != "question":
        raise click.UsageError(f"{mapping} asks nothing; use crosswalk deliver")
    places = Places(state or project.root / "balance.state", secrets or project.root / "secrets")
    data = read_input(file) if file is not None else question(found, accounts)
    name = source_name(file) if file is not None else "arguments"
    job = job_of(found, project, data, Run(moment(at), "", name), places)
    for issue in job.items.rejects:
        click.echo(reject(issue), err=True)
    answers = asyncio.run(job.answers(at_once))
    for one in answers:
        for record in one.records:
            click.echo(encode(record))
        if one.reason is not None:
            click.echo(f"no answer  question {one.number}  {one.reason}", err=True)
    unanswered = any(one.reason is not None for one in answers)
    click.get_current_context().exit(3 if job.items.rejects or unanswered else 0)
