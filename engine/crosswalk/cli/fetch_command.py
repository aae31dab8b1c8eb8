"""`crosswalk fetch`."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosswalk.cli.deliver_command import reject
from crosswalk.cli.files import read_input, refuse_existing, source_name
from crosswalk.cli.ledger_options import secrets_option
from crosswalk.cli.options import at_option, biller_option, moment, pass_project
from crosswalk.project import CANONICAL, Project
from crosswalk.running.context import Run

if TYPE_CHECKING:
    from crosswalk.outbound.fetching import Fetched

SHOWN = 5
"""How many rejects the summary tells."""


@click.command("fetch")
@click.argument("mapping", metavar="MAPPING|FLOW")
@click.argument("asked", nargs=-1, metavar="[FIELD=VALUE]...")
@click.option("--input", "file", help="Records that ask instead, JSON lines; - is stdin.")
@biller_option
@click.option("-o", "--output", default="-", help="Output file; - is standard output (default).")
@click.option(
    "--rejects", type=click.Path(path_type=Path), help="File for rejected records (JSON lines)."
)
@click.option("--output-form", type=click.Choice(["layout", "json-lines"]), default="json-lines")
@click.option("--replace", is_flag=True, help="Overwrite files that exist.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Folder for tokens (default: balance.state of the project).",
)
@secrets_option
@at_option
@click.option("--json", "as_json", is_flag=True, help="Summary as one JSON object, on stderr.")
@click.option("-q", "--quiet", is_flag=True, help="No summary, no progress.")
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    mapping: str,
    asked: tuple[str, ...],
    file: str | None,
    biller: str | None,
    output: str,
    rejects: Path | None,
    output_form: str,
    replace: bool,  # noqa: FBT001
    state: Path | None,
    secrets: Path | None,
    at: datetime | None,
    as_json: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
) -> None:
    """Read a partner's list to its end, page by page; write it as our records.

    MAPPING makes the question, and names the mapping that reads the answer. Its operation says how
    the pages follow each other (paging:). The question's record is made of FIELD=VALUE, or empty.
    Nothing is written before the last page was read: a page that fails, or a list that is not known
    to be whole, ends the run with exit code 4. Exit code 3: records were rejected.

    \b
    Examples:
      crosswalk fetch partner/product/payments --biller a-city -o payments.jsonl
      crosswalk fetch partner/product/payments Since=2026-01-01 --biller a-city | jq .Amount
      crosswalk fetch payments --input accounts.jsonl --biller a-city -o payments.jsonl --json
    """  # noqa: D301
    from crosswalk.findings.errors import FormatProblem
    from crosswalk.outbound.biller import Places
    from crosswalk.outbound.fetching import fetch
    from crosswalk.outbound.job import job_of
    from crosswalk.outbound.prepared import deliverable
    from crosswalk.outbound.questions import asking
    from crosswalk.running.convert import Files

    if asked and file is not None:
        raise click.UsageError("give FIELD=VALUE, or --input")
    refuse_existing(output, replace=replace)
    view = project.view(biller)
    found = deliverable(project, mapping, view, None if file is not None else CANONICAL)
    data = read_input(file) if file is not None else asking(found, _pairs(asked))
    name = source_name(file) if file is not None else "arguments"
    places = Places(state or project.root / "balance.state", secrets or project.root / "secrets")
    job = job_of(found, project, data, Run(moment(at), "", name), places)
    for issue in job.items.rejects:
        click.echo(reject(issue), err=True)
    files = Files(output if output == "-" else Path(output), rejects, replace)
    telling = _Telling(found.plan.name, biller, output, as_json=as_json, quiet=quiet)
    try:
        with _progress(show=not quiet) as told:
            form = CANONICAL if output_form == "json-lines" else None
            fetched = fetch(job, files, form, told)
    except FormatProblem as stopped:
        telling.stopped(str(stopped))
        raise
    telling.done(fetched)
    whole = not fetched.result.summary.rejects and not fetched.unasked
    click.get_current_context().exit(0 if whole else 3)


def _pairs(asked: tuple[str, ...]) -> dict[str, str]:
    """Take FIELD=VALUE apart."""
    pairs = [one.partition("=") for one in asked]
    for name, equals, _ in pairs:
        if not equals or not name:
            raise click.BadParameter(f"'{name}' is not FIELD=VALUE", param_hint="[FIELD=VALUE]...")
    return {name: value for name, _, value in pairs}


@contextmanager
def _progress(*, show: bool) -> Iterator[Any]:
    """Tell the pages and records read, on a terminal as they come, else every ten seconds."""
    live, last = sys.stderr.isatty(), time.monotonic()

    def tell(pages: int, records: int) -> None:
        nonlocal last
        if live or time.monotonic() - last >= 10:  # noqa: PLR2004
            last = time.monotonic()
            text = f"{pages:,} pages, {records:,} records"
            click.echo(f"\r{text}  " if live else text, err=True, nl=not live)

    yield tell if show else lambda _pages, _records: None
    if live and show:
        click.echo("\r" + " " * 60 + "\r", err=True, nl=False)


class _Telling:
    """Tells what came of it, on stderr: in words, or as one object."""

    def __init__(
        self, mapping: str, biller: str | None, output: str, *, as_json: bool, quiet: bool
    ) -> None:
        self._head = {"schema_version": 1, "mapping": mapping, "biller": biller}
        self._who = f"{mapping}  biller {biller}"
        self._output, self._as_json, self._quiet = output, as_json, quiet
        self._started = time.perf_counter()

    def stopped(self, why: str) -> None:
        """Tell machines why a list was not read to its end."""
        if self._as_json:
            self._object({"complete": False, "stopped": why})

    def done(self, fetched: "Fetched") -> None:
        """Tell how much came, and what was written of it."""
        if self._as_json:
            self._object(_counts(fetched))
        elif not self._quiet:
            click.echo("\n".join(self._lines(fetched)), err=True)

    def _object(self, more: dict[str, object]) -> None:
        click.echo(json.dumps({**self._head, **more}), err=True)

    def _lines(self, fetched: "Fetched") -> Iterator[str]:
        summary, seconds = fetched.result.summary, time.perf_counter() - self._started
        came = f"{fetched.records:,} records on {fetched.pages:,} pages in {seconds:.1f} s"
        yield f"{self._who}  {came}"
        written = f"{summary.written:>10,} records as {summary.units:,} units"
        yield f"  written   {written}   {self._output}"
        yield f"  rejected  {summary.rejected:>10,} records in {summary.rejects:,} rejects"
        if summary.left_out:
            yield f"  left out  {summary.left_out:>10,} records by nest: when"
        for one in fetched.result.rejects[:SHOWN]:
            issue = one.issue
            place = issue.field or issue.record
            yield f"  reject  record {issue.line}  {issue.code}  {place} {issue.reason}"
        if summary.rejects > SHOWN:
            yield f"  ... {summary.rejects - SHOWN:,} more rejects"


def _counts(fetched: "Fetched") -> dict[str, object]:
    summary = fetched.result.summary
    return {
        "complete": True,
        "stopped": None,
        "pages": fetched.pages,
        "fetched": fetched.records,
        "read": summary.read,
        "written": summary.written,
        "rejected": summary.rejected,
        "left_out": summary.left_out,
        "units": summary.units,
        "rejects": summary.rejects,
        "unasked": len(fetched.unasked),
    }
