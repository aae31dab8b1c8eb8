"""One delivery or round of questions, ready to go: mapping, prepared requests, set-up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from crosswalk.delivery.deliver import Summary
from crosswalk.delivery.request import Request
from crosswalk.delivery.setup import Setup
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.errors import ConfigError
from crosswalk.formats.jsontext import encode
from crosswalk.outbound.biller import Places, setup_of
from crosswalk.outbound.prepared import Deliverable, Items, items_of
from crosswalk.outbound.questions import answer_plan, ask_all
from crosswalk.outbound.requests import requests_of
from crosswalk.outbound.results import Answered, Delivered
from crosswalk.project import Project
from crosswalk.running.context import Context, Run

QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Job:
    """What a mapping made of some records, and what is needed to send it."""

    project: Project
    found: Deliverable
    items: Items
    setup: Setup
    context: Context

    def requests(self) -> Iterator[Request]:
        """Give the deliveries. Raises ConfigError (CW481) for a question."""
        if self.found.delivery.kind == QUESTION:
            raise ConfigError([self._other("asks a question", "use balance")])
        return requests_of(self.found, self.items.items, self.context.run.file)

    async def answers(self, at_once: int = 4) -> list[Answered]:
        """Ask the questions. Raises ConfigError (CW481) for none, and for a list in pages."""
        if self.found.delivery.kind != QUESTION:
            raise ConfigError([self._other("asks nothing", "use deliver")])
        if self.found.operation.paging is not None:
            raise ConfigError([self._other("asks for a list that comes in pages", "use fetch")])
        plan = answer_plan(self.project, self.found)
        return await ask_all(
            self.found, self.items.items, self.setup, (plan, self.context), at_once=at_once
        )

    def _other(self, what: str, remedy: str) -> Diagnostic:
        message = f"{self.found.plan.name} {what}"
        return Diagnostic("CW481", message, self.found.delivery.span, help=remedy)

    def result(self, summary: Summary) -> Delivered:
        """Give what became of the records."""
        return Delivered(
            complete=summary.complete and not self.items.rejects and summary.stopped is None,
            currency=self.found.delivery.currency,
            totals={one.state: (one.count, one.amount_minor) for one in summary.totals},
            taken=summary.submitted,
            refused=tuple((one.key, one.reason) for one in summary.refused),
            rejects=self.items.rejects,
            stopped=summary.stopped,
        )


def job_of(found: Deliverable, project: Project, data: bytes, run: Run, places: Places) -> Job:
    """Map records, and find where their requests go. Raises ConfigError, FormatProblem."""
    setup = setup_of(project, found.view, found.operation, places)
    context = Context(found.view.settings.texts(), run)
    return Job(project, found, items_of(found, data, context), setup, context)


def as_lines(records: Iterable[Mapping[str, Any]]) -> bytes:
    """Write records as JSON lines in the canonical shape. Raises TypeError for a float."""
    return "".join(f"{encode(_plain(dict(one)))}\n" for one in records).encode()


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float):
        raise TypeError("a float is no exact amount; give a Decimal or text")
    return value
