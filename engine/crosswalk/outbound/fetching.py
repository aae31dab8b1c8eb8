"""A partner's list as our records: every page is read first, then all of it is mapped at once.

So what is published is whole: a page that fails, or a list that is not known to be whole, writes
nothing, and what a mapping says of a whole file (controls, `distinct`) holds over all pages.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crosswalk.delivery import answers
from crosswalk.delivery.asking import Asker, NoAnswer
from crosswalk.delivery.clock import SystemClock
from crosswalk.delivery.deliver import in_loop
from crosswalk.delivery.pages import MOST_BYTES, Paging, Stuck, Walk
from crosswalk.delivery.request import Json
from crosswalk.delivery.tokens import Tokens
from crosswalk.delivery.transport import Transport
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.errors import ConfigError, FormatProblem
from crosswalk.formats.jsonshape import plain_path
from crosswalk.formats.jsontext import decode, encode
from crosswalk.model.records import Issue
from crosswalk.operations.graphql_answers import lacks
from crosswalk.operations.jsontexts import opened
from crosswalk.outbound.job import QUESTION, Job
from crosswalk.outbound.prepared import Item
from crosswalk.outbound.results import Listed
from crosswalk.project import CANONICAL, LINES
from crosswalk.running.convert import Files, Result, convert

STOPPED = "CW722"
Told = Callable[[int, int], None]
"""Told the pages and records that were read so far."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A list that was read to its end and mapped.

    `pages` were asked for, `records` came; `unasked` are the questions that could not be asked;
    `result` is the run that mapped what came.
    """

    pages: int
    records: int
    unasked: tuple[Issue, ...]
    result: Result


def fetch(
    job: Job, files: Files, target_form: str | None = None, told: Told = lambda _, __: None
) -> Fetched:
    """Read every page that the questions of a job ask for, and map what came.

    Raises ConfigError when the mapping asks nothing or its operation says nothing of pages,
    FormatProblem CW722 when a list was not read to its end: then nothing is written.
    """
    paging = _paging(job)
    name = job.found.delivery.answer
    plan = job.project.plan(
        name.text if name else "", job.found.view, source_form=LINES, target_form=target_form
    )
    with tempfile.TemporaryDirectory(prefix=".crosswalk-") as folder:
        spool = Path(folder) / "pages"
        with spool.open("wb") as out:
            reader = _Reader(job, paging, out, told)
            in_loop(reader.all)
        result = convert(plan, job.context, spool, files)
    return Fetched(reader.pages, reader.records, job.items.rejects, result)


def listed(job: Job) -> Listed:
    """Read and map as `fetch` does, into memory. Raises as `fetch` does."""
    with tempfile.TemporaryDirectory(prefix=".crosswalk-") as folder:
        files = Files(Path(folder) / "records", Path(folder) / "rejects")
        fetched = fetch(job, files, CANONICAL)
        lines = Path(files.output).read_text("utf-8").splitlines()
        refused = tuple(one.issue for one in fetched.result.rejects)
    records = tuple(one for one in map(decode, lines) if isinstance(one, dict))
    return Listed(fetched.pages, records, (*fetched.unasked, *refused))


def _paging(job: Job) -> Paging:
    found = job.found
    if found.delivery.kind != QUESTION:
        message, remedy = f"{found.plan.name} asks nothing", "use deliver"
        raise ConfigError([Diagnostic("CW481", message, found.delivery.span, help=remedy)])
    if found.operation.paging is None:
        message = f"{found.operation.name} does not say how its list is read to its end"
        remedy = "add paging: to the operation, or use balance"
        raise ConfigError([Diagnostic("CW477", message, found.operation.span, help=remedy)])
    return found.operation.paging


class _Reader:
    """Reads the pages of every question of a job into a file, one JSON line for each record."""

    def __init__(self, job: Job, paging: Paging, out: BinaryIO, told: Told) -> None:
        self._job, self._paging, self._out, self._told = job, paging, out, told
        self.pages = self.records = self._bytes = 0

    async def all(self) -> None:
        """Read them one after the other."""
        setup, clock = self._job.setup, SystemClock()
        transport = Transport(setup.secrets)
        tokens = Tokens(setup.state / "tokens", setup.secrets, transport, clock)
        try:
            for item in self._job.items.items:
                await self._one(Asker(setup, transport, tokens, clock), item)
        finally:
            await transport.close()

    async def _one(self, asker: Asker, item: Item) -> None:
        walk = Walk(self._paging, item.prepared.variables)
        asked: Mapping[str, Json] | None = walk.first()
        while asked is not None:
            try:
                answer, size = await self._page(asker, asked)
                asked = walk.after(answer)
            except NoAnswer as fault:
                page, help_ = walk.pages + 1, _HELP.get(fault.reason, "")
                raise self._stopped(item, page, str(fault), help_) from None
            except Stuck as fault:
                raise self._stopped(item, walk.pages, fault.reason) from None
            for lack in lacks(item.prepared.operation, self._job.found.sdl, answer):
                raise self._stopped(item, walk.pages, f"{lack.path} {lack.reason}")
            self._bytes += size
            if self._bytes > MOST_BYTES:
                raise self._stopped(item, walk.pages, "the pages are larger than 1 GiB together")
            self._keep(answer)
            self._told(self.pages, self.records)

    async def _page(
        self, asker: Asker, variables: Mapping[str, Json]
    ) -> tuple[dict[str, object], int]:
        found = self._job.found
        document = found.operation.document.text
        self.pages += 1
        return await asker.whole(found.biller, found.operation.name, document, variables)

    def _keep(self, answer: dict[str, object]) -> None:
        """Write the records of a page; the whole answer where the operation has no `each`."""
        operation = self._job.found.operation
        opened(answer, operation)
        each = operation.each
        steps = plain_path(each.text) if each is not None else None
        listed = [answer] if steps is None else answers.every(answer, steps) or []
        self.records += len(listed)
        for one in listed:
            self._out.write(f"{encode(one)}\n".encode())

    def _stopped(self, item: Item, page: int, why: str, help_: str = "") -> FormatProblem:
        many = len(self._job.items.items) > 1
        who = f"question {item.number}, " if many else ""
        message = f"{who}page {page}: {why}; nothing was written"
        return FormatProblem(STOPPED, message, help=help_)


_HELP = {
    "too_large": "ask for fewer records a page: an answer may have 1 MB",
    "errors": "an answer with errors is not used, also where it has data beside them",
}
