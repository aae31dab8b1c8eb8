"""`crosswalk deliver`."""

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crosswalk.cli.files import read_input, source_name
from crosswalk.cli.ledger_options import (
    ledger_option,
    money,
    secrets_option,
    state_of,
    state_option,
    tell_new,
    url_of,
)
from crosswalk.cli.options import at_option, biller_option, moment, pass_project
from crosswalk.findings.diagnostics import CODES
from crosswalk.project import Project
from crosswalk.running.context import Run

if TYPE_CHECKING:
    from crosswalk.delivery.deliver import Summary
    from crosswalk.delivery.worker import Worker
    from crosswalk.model.records import Issue

OPEN = {
    "READY": "not sent yet; run again",
    "SENDING": "on the way",
    "UNKNOWN": "the outcome is not proved; run again later, then the partner is asked",
    "HELD": "see crosswalk ledger list --state HELD",
    "REVIEW": "see crosswalk ledger review",
    "REJECTED": "the partner refused",
}
"""What to know of each state that is not simply done."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a run: the summary, the mapping's rejects, and what it was about."""

    summary: "Summary"
    rejects: "tuple[Issue, ...]"
    mapping: str
    biller: str

    @property
    def code(self) -> int:
        """The exit code."""
        if self.summary.stopped == "interrupted":
            return 130
        if self.summary.stopped is not None:
            return 4
        done = self.summary.complete and not self.rejects
        refused = any(total.state == "REJECTED" for total in self.summary.totals)
        return 3 if refused or not done else 0


@click.command("deliver")
@click.argument("mapping", metavar="MAPPING|FLOW")
@click.argument("input", default="-")
@biller_option
@ledger_option
@state_option
@secrets_option
@click.option(
    "--sends", type=click.IntRange(1, 64), default=4, show_default=True, help="Requests at once."
)
@click.option(
    "--patience",
    type=click.FloatRange(0),
    default=5.0,
    show_default=True,
    help="Seconds to wait for what is due later, before the run ends.",
)
@at_option
@click.option("--json", "as_json", is_flag=True, help="Summary as one JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.option("-v", "--verbose", is_flag=True, help="A line on stderr for every attempt.")
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    mapping: str,
    input: str,  # noqa: A002
    biller: str | None,
    ledger: str,
    state: Path | None,
    secrets: Path | None,
    sends: int,
    patience: float,
    at: datetime | None,
    as_json: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
    verbose: bool,  # noqa: FBT001
) -> None:
    """Deliver what a mapping makes of records: payments, voids, or changes.

    Every request is in the ledger before it is sent. Nothing is sent twice while its outcome is
    not known. Ctrl-C ends the run cleanly; the same command goes on where it was, and sends
    nothing when all is done. What an earlier run of this biller left is worked off as well.

    Exit code 0: all is POSTED or CANCELLED. 3: something was rejected, waits or is in review.
    4: the run stopped.

    \b
    Examples:
      crosswalk deliver partner/product/payment payments.jsonl --biller a-city --ledger ledger.db
      crosswalk deliver partner/product/void - --biller a-city --ledger ledger.db < voids.jsonl
      crosswalk deliver partner/product/payment in.jsonl --biller a-city --json | jq .totals
    """  # noqa: D301
    from crosswalk.delivery.deliver import deliver_sync
    from crosswalk.delivery.worker import Pace
    from crosswalk.outbound.biller import Places
    from crosswalk.outbound.job import job_of
    from crosswalk.outbound.prepared import deliverable

    found = deliverable(project, mapping, project.view(biller))
    if found.delivery.kind == "question":
        raise click.UsageError(f"{mapping} asks a question; use crosswalk balance")
    url = url_of(ledger)
    places = Places(state_of(url, state), secrets or project.root / "secrets")
    tell_new(url)
    run = Run(moment(at), "", source_name(input))
    job = job_of(found, project, read_input(input), run, places)
    for issue in job.items.rejects:
        click.echo(reject(issue), err=True)
    pace = Pace(sends=sends, patience_s=patience)
    with _logged(verbose=verbose), _progress(len(job.items.items), show=not quiet) as listen:
        summary = deliver_sync(job.requests(), job.setup, url, pace, listen)
    outcome = _Outcome(summary, job.items.rejects, found.plan.name, found.biller)
    click.echo(_json(outcome) if as_json else _text(outcome))
    click.get_current_context().exit(outcome.code)


def reject(issue: "Issue") -> str:
    """Tell a record that is not delivered, without a value of it (safety C8)."""
    field = issue.field or issue.target or issue.record
    where = f"line {issue.line}" if issue.line else issue.reason.partition(":")[0]
    return f"reject  {where}  {issue.code}  {field}  {CODES[issue.code]}"


@contextmanager
def _logged(*, verbose: bool) -> Iterator[None]:
    """Show the log of the delivery on stderr: numbers and words, no personal data."""
    if not verbose:
        yield
        return
    logger, handler = logging.getLogger("crosswalk.delivery"), logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class _Progress:
    """Tells how far a worker is, from a thread of its own."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._worker: Worker | None = None
        self._over = threading.Event()
        self._said_stop = False
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def listen(self, worker: "Worker") -> None:
        """Begin to tell."""
        self._worker = worker
        self._thread.start()

    def end(self) -> None:
        """Tell no more."""
        self._over.set()
        if self._worker is not None:
            self._thread.join()

    def _tell(self) -> None:
        live = sys.stderr.isatty()
        waited = 0.0
        while not self._over.wait(0.2):
            waited += 0.2
            tally = self._worker.tally if self._worker is not None else None
            if tally is None:
                continue
            if tally.stopped == "interrupted" and not self._said_stop:
                self._said_stop = True
                click.echo("stopping; what is on the way is finished first", err=True)
            if live or waited >= 10:  # noqa: PLR2004
                waited = 0.0
                posted = tally.settled.get("posted", 0)
                text = f"{self._count} handed over, {tally.requests} sent, {posted} posted"
                click.echo(f"\r{text}  " if live else text, err=True, nl=not live)
        if live:
            click.echo("", err=True)


@contextmanager
def _progress(count: int, *, show: bool) -> Iterator["Callable[[Worker], None] | None"]:
    if not show:
        yield None
        return
    progress = _Progress(count)
    try:
        yield progress.listen
    finally:
        progress.end()


def _text(outcome: _Outcome) -> str:
    summary = outcome.summary
    taken = ", ".join(f"{count} {word}" for word, count in sorted(summary.submitted.items()))
    lines = [f"{outcome.mapping}  biller {outcome.biller}  {taken or 'nothing handed over'}"]
    for total in summary.totals:
        amount = money(total.amount_minor, total.currency)
        said = OPEN.get(total.state, "")
        lines.append(f"  {total.state:<9} {total.count:>6}  {amount:>16}  {said}".rstrip())
    lines += [f"  refused   {one.key}  {one.reason}" for one in summary.refused]
    if outcome.rejects:
        lines.append(f"  rejected by the mapping  {len(outcome.rejects)}")
    stop = f"; stopped: {summary.stopped}" if summary.stopped else ""
    lines.append(f"  {summary.requests} sent, {summary.lookups} asked about{stop}")
    return "\n".join(lines)


def _json(outcome: _Outcome) -> str:
    summary = outcome.summary
    body = {
        "schema_version": 1,
        "mapping": outcome.mapping,
        "biller": outcome.biller,
        "run": summary.run_id,
        "complete": outcome.code == 0,
        "submitted": dict(summary.submitted),
        "totals": [
            {
                "state": total.state,
                "currency": total.currency,
                "count": total.count,
                "amount_minor": total.amount_minor,
            }
            for total in summary.totals
        ],
        "refused": [{"key": one.key, "reason": one.reason} for one in summary.refused],
        "rejects": [
            {"line": one.line, "code": one.code, "field": one.field or one.target}
            for one in outcome.rejects
        ],
        "requests": summary.requests,
        "lookups": summary.lookups,
        "stopped": summary.stopped,
    }
    return json.dumps(body)
