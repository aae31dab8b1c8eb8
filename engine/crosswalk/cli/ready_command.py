"""`crosswalk ready`."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import click

from crosswalk.cli.ledger_options import secrets_option
from crosswalk.cli.options import at_option, moment, pass_project, refuse_errors
from crosswalk.findings.suggest import closest
from crosswalk.golive.confirm import Word, with_confirmation
from crosswalk.golive.ready import Answer, ready
from crosswalk.golive.ready_text import as_data, as_markdown, as_text
from crosswalk.project import Project
from crosswalk.running.output import Staged


@click.command("ready")
@click.argument("biller")
@click.option("--confirm", metavar="ID", help="Record that somebody confirmed a condition.")
@click.option("--by", metavar="NAME", help="Who confirmed it.")
@click.option("--note", help="What the confirmation rests on.")
@click.option("--format", "style", type=click.Choice(["text", "json", "markdown"]), default="text")
@click.option("--probe", "asks", is_flag=True, help="Also ask each endpoint; nothing is changed.")
@secrets_option
@at_option
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    biller: str,
    confirm: str | None,
    by: str | None,
    note: str | None,
    style: str,
    asks: bool,  # noqa: FBT001
    secrets: Path | None,
    at: datetime | None,
) -> None:
    """Say what a biller still needs before it goes live, and who gives or confirms it.

    Exit code 0: ready. 1: something is missing or not confirmed. Only --probe opens connections: it
    asks each endpoint that the flows need a question that changes nothing.

    \b
    Examples:
      crosswalk ready a-city
      crosswalk ready a-city --format markdown > ticket.md
      crosswalk ready a-city --probe
      crosswalk ready a-city --confirm test-files --by "Ada Byron" --note "mail of 3 May"
    """  # noqa: D301
    refuse_errors(project)
    if (confirm is None) != (by is None) or (note and not confirm):
        raise click.UsageError("--confirm ID and --by NAME go together; --note is theirs")
    day = moment(at).date()
    answer = ready(project, biller, day)
    if confirm is not None and by is not None:
        _record(project, answer, confirm, by, note, day)
        answer = ready(Project(project.root), biller, day)
    if asks:
        answer = _probed(project, answer, secrets or project.root / "secrets")
    if style == "json":
        click.echo(json.dumps(as_data(answer), indent=2))
    else:
        click.echo((as_markdown if style == "markdown" else as_text)(answer), nl=False)
    click.get_current_context().exit(0 if answer.ready else 1)


def _probed(project: Project, answer: Answer, secrets: Path) -> Answer:
    """Add what the endpoints say."""
    from crosswalk.outbound.probe import probe

    said = probe(project, project.view(answer.biller), answer.needs, secrets)
    return replace(answer, items=(*answer.items, *said))


def _record(  # noqa: PLR0913
    project: Project,
    answer: Answer,
    name: str,
    by: str,
    note: str | None,
    day: date,
) -> None:
    """Write a confirmation into the biller's file. Raises BadParameter, ClickException."""
    asked = {one.id: one for one in answer.items if one.id in answer.asked.requirements}
    item = asked.get(name)
    if item is None:
        near = closest(name, asked)
        remedy = f"did you mean '{near}'?" if near else f"there is {', '.join(asked)}"
        raise click.BadParameter(f"nothing to confirm is called '{name}'; {remedy}")
    if not item.by_person:
        raise click.BadParameter(f"'{name}' is not for a person to say: {item.why}")
    if not by.strip():
        raise click.BadParameter("it needs the name of who confirmed", param_hint="--by")
    document = project.find(answer.biller, "biller")
    path = project.root / document.file
    data = path.read_bytes()
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    word = Word(name, by, day, item.codes, note)
    try:
        made = with_confirmation(data[len(mark) :].decode(), document.file, word)
    except ValueError as odd:
        raise click.ClickException(str(odd)) from None
    with Staged(path, replace=True, mode=path.stat().st_mode & 0o777) as staged:
        staged.write(mark + made.encode())
    click.echo(f"{document.file}: {name} confirmed by {by} on {day.isoformat()}", err=True)
