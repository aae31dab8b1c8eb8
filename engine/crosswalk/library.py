"""What host programs call: load a folder of documents, make a plan, apply it.

Everything else in the package is the engine's own and may change.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crosswalk.checking import check
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.formats import jsonform
from crosswalk.model.layout import File, Layout
from crosswalk.model.records import Instance, Issue
from crosswalk.planning import plan as bound
from crosswalk.project import BACKWARD, CANONICAL, FORWARD, Project, View
from crosswalk.running.accounts import Held, Reject, Summary
from crosswalk.running.compile import NotCompiled
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, convert
from crosswalk.running.flow import Flow
from crosswalk.running.single import Single, run_values
from crosswalk.values.spelling import Missing

if TYPE_CHECKING:
    from crosswalk.outbound.biller import Places
    from crosswalk.outbound.job import Job
    from crosswalk.outbound.results import Answered, Delivered, Listed

KEPT = 8
"""Compiled functions a plan keeps for other values of the run (`run: date` of earlier days)."""


def load(folder: str | Path) -> "Library":
    """Open the documents below a folder (its `mappings/` when it has one).

    Reading is lazy and writes nothing. Raises ConfigError when there are no documents.
    """
    return Library(Project(Path(folder)))


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of applying a plan to records.

    `records` are the made records in file order: dicts by field name in the canonical shape, with
    typed values (str, int, bool, Decimal, date, time, datetime, None). `rejects` are the records
    that were not mapped, `notices` what was reported beside, `summary` counts and amounts.
    """

    records: list[dict[str, Any]]
    rejects: list[Reject]
    notices: list[Issue]
    summary: Summary


class Library:
    """The documents of a folder."""

    def __init__(self, project: Project) -> None:
        """Use `load`."""
        self._project = project

    def check(self) -> list[Diagnostic]:
        """Check every document and every biller; an empty list means that all is well."""
        return check(self._project)

    def plan(self, mapping: str, *, biller: str | None = None, backward: bool = False) -> "Plan":
        """Make the plan of a mapping (`name` or `name@major`) or of a flow, as a biller has it.

        Raises ConfigError with every finding when it cannot be made, or the biller cannot use the
        flow.
        """
        return Plan(self._project, mapping, biller, BACKWARD if backward else FORWARD)

    # --- deliveries ----------------------------------------------------------------------

    async def deliver(  # noqa: PLR0913
        self,
        mapping: str,
        records: Iterable[Mapping[str, Any]],
        *,
        biller: str,
        ledger: str,
        at: datetime,
        state: str | Path | None = None,
        secrets: str | Path | None = None,
    ) -> "Delivered":
        """Deliver what a mapping (or flow of the biller) makes of records; see docs/delivery.md.

        `records` have the canonical shape, amounts as Decimal or text. `ledger` is a URL, `state`
        the folder of its tokens and mark (needed for a server, else beside the file), `secrets`
        that of secrets in files. Works off what an earlier run of this biller left as well. Raises
        ConfigError, FormatProblem, and DeliveryError when the ledger cannot be used.
        """
        from crosswalk.delivery.deliver import deliver
        from crosswalk.delivery.ledger import Ledger
        from crosswalk.outbound.job import as_lines

        places = _places(ledger, state, secrets)
        job = self._job(mapping, as_lines(records), (biller, at), places)
        opened = Ledger(ledger)
        try:
            return job.result(await deliver(job.requests(), job.setup, opened))
        finally:
            opened.close()

    def deliver_sync(  # noqa: PLR0913
        self,
        mapping: str,
        records: Iterable[Mapping[str, Any]],
        *,
        biller: str,
        ledger: str,
        at: datetime,
        state: str | Path | None = None,
        secrets: str | Path | None = None,
    ) -> "Delivered":
        """Do as `deliver` does from code that is not async. Ctrl-C ends it cleanly."""
        from crosswalk.delivery.deliver import deliver_sync
        from crosswalk.outbound.job import as_lines

        places = _places(ledger, state, secrets)
        job = self._job(mapping, as_lines(records), (biller, at), places)
        return job.result(deliver_sync(job.requests(), job.setup, ledger))

    async def balance(  # noqa: PLR0913
        self,
        mapping: str,
        accounts: Iterable[str],
        *,
        biller: str,
        at: datetime,
        state: str | Path,
        secrets: str | Path | None = None,
    ) -> "list[Answered]":
        """Ask the partner about accounts, in their order; `state` is a folder for tokens.

        Raises ConfigError, BadSetting.
        """
        return await self._questions(mapping, accounts, (biller, at), state, secrets).answers()

    def balance_sync(  # noqa: PLR0913
        self,
        mapping: str,
        accounts: Iterable[str],
        *,
        biller: str,
        at: datetime,
        state: str | Path,
        secrets: str | Path | None = None,
    ) -> "list[Answered]":
        """Do as `balance` does from code that is not async."""
        from crosswalk.delivery.deliver import in_loop

        return in_loop(self._questions(mapping, accounts, (biller, at), state, secrets).answers)

    def fetch_sync(  # noqa: PLR0913
        self,
        mapping: str,
        asked: Iterable[Mapping[str, Any]] = ({},),
        *,
        biller: str,
        at: datetime,
        state: str | Path,
        secrets: str | Path | None = None,
    ) -> "Listed":
        """Read a partner's list to its end, page by page, and map it; see docs/operations.md.

        `asked` are the records that ask, in the canonical shape: one question each. `state` is a
        folder for tokens. All records are held in memory. Raises ConfigError, BadSetting, and
        FormatProblem CW722 when a list was not read to its end.
        """
        from crosswalk.outbound.biller import Places
        from crosswalk.outbound.fetching import listed
        from crosswalk.outbound.job import as_lines

        places = Places(Path(state), None if secrets is None else Path(secrets))
        return listed(self._job(mapping, as_lines(asked), (biller, at), places))

    async def fetch(  # noqa: PLR0913
        self,
        mapping: str,
        asked: Iterable[Mapping[str, Any]] = ({},),
        *,
        biller: str,
        at: datetime,
        state: str | Path,
        secrets: str | Path | None = None,
    ) -> "Listed":
        """Do as `fetch_sync` does, without holding up the event loop."""
        return await asyncio.to_thread(
            self.fetch_sync,
            mapping,
            asked,
            biller=biller,
            at=at,
            state=state,
            secrets=secrets,
        )

    def _questions(
        self,
        mapping: str,
        accounts: Iterable[str],
        who: tuple[str, datetime],
        state: str | Path,
        secrets: str | Path | None,
    ) -> "Job":
        from crosswalk.outbound.biller import Places
        from crosswalk.outbound.prepared import deliverable
        from crosswalk.outbound.questions import question

        found = deliverable(self._project, mapping, self._project.view(who[0]), CANONICAL)
        places = Places(Path(state), None if secrets is None else Path(secrets))
        return self._job(mapping, question(found, tuple(accounts)), who, places)

    def _job(self, mapping: str, data: bytes, who: tuple[str, datetime], places: "Places") -> "Job":
        from crosswalk.outbound.job import job_of
        from crosswalk.outbound.prepared import deliverable

        biller, at = who
        found = deliverable(self._project, mapping, self._project.view(biller), CANONICAL)
        return job_of(found, self._project, data, Run(at, "", "host"), places)


def _places(ledger: str, state: str | Path | None, secrets: str | Path | None) -> "Places":
    """Give the folders beside a ledger. Raises ValueError where a server's has no `state`."""
    from crosswalk.outbound.biller import Places

    sqlite = "sqlite:///"
    if state is None and not ledger.startswith(sqlite):
        raise ValueError("state is needed where the ledger is no file")
    folder = Path(f"{ledger.removeprefix(sqlite)}.state") if state is None else Path(state)
    return Places(folder, None if secrets is None else Path(secrets))


class Plan:
    """One mapping in one direction, ready to be applied. Safe to share between threads."""

    def __init__(self, project: Project, mapping: str, biller: str | None, direction: str) -> None:
        """Use `Library.plan`."""
        self._view: View = project.view(biller)
        mapping, direction = project.wanted(mapping, self._view, direction)
        self._project, self._mapping, self._direction = project, mapping, direction
        self._canonical = project.plan(
            mapping, self._view, direction, source_form=CANONICAL, target_form=CANONICAL
        )
        self._records = _of_values(self._canonical)
        self._read = sorted(run_values(self._canonical))
        self._texts: Mapping[str, str] = MappingProxyType(self._view.settings.texts())
        self._singles: dict[tuple[object, ...], Single | None] = {}
        self._files = project.plan(mapping, self._view, direction)

    def context(self, at: datetime, run_id: str = "", file: str = "") -> Context:
        """Give the settings and the run; `at` is the run's moment in the biller's time zone."""
        return Context(self._texts, Run(at, run_id, file))

    def apply(
        self, records: Iterable[Mapping[str, Any]], *, at: datetime, run_id: str = ""
    ) -> Applied:
        """Map records given as dicts in the canonical shape of the source layout.

        Values are typed Python values or text in canonical form; a float is refused. Nothing is
        read from a clock, a file or the environment. Records that cannot be mapped are rejects,
        numbered from 1.
        """
        context = self.context(at, run_id)
        single = self._single(context)
        if single is None:
            return self._by_reference(enumerate(records, 1), context)[0]
        made: list[tuple[int, dict[str, Any]]] = []
        doubted: list[tuple[int, Mapping[str, Any]]] = []
        idle: Counter[str] = Counter()
        read = units = 0
        for number, record in enumerate(records, 1):
            found = single.make(record, number)
            if found is None:
                doubted.append((number, record))
                continue
            made += [(number, one) for one in found[0]]
            read, units = read + found[1], units + len(found[0])
            if found[2]:
                idle += found[2]
        applied, numbers = self._by_reference(doubted, context) if doubted else (_nothing(), [])
        if doubted:
            made += zip(numbers, applied.records, strict=True)
            made.sort(key=lambda one: one[0])
        summary = applied.summary
        summary.read += read
        summary.wrote(read, idle)
        summary.units, summary.emitted = summary.units + units, summary.emitted + units
        return Applied([one for _, one in made], applied.rejects, applied.notices, summary)

    def _single(self, context: Context) -> Single | None:
        """Give the compiled function for what the plan reads of the run; None without one."""
        key = tuple(context.run.value(name) for name in self._read)
        if key not in self._singles:
            try:
                made = Single(self._canonical, context)
            except NotCompiled:
                made = None
            self._singles = {**dict(list(self._singles.items())[-KEPT:]), key: made}
        return self._singles[key]

    def _by_reference(
        self, records: Iterable[tuple[int, Mapping[str, Any]]], context: Context
    ) -> tuple[Applied, list[int]]:
        """Map numbered records by the reference; also the number of each record that was made.

        Values that collide (`distinct`, `unique`) are known when all records were seen, so that
        they are mapped once more, without those.
        """
        given, held = list(records), Held()
        while True:
            made, numbers, found = self._attempt(given, context, held)
            if found.within(held):
                return made, numbers
            held = found

    def _attempt(
        self, records: Iterable[tuple[int, Mapping[str, Any]]], context: Context, held: Held
    ) -> tuple[Applied, list[int], Held]:
        rejects: list[Reject] = []
        notices: list[Issue] = []
        flow = Flow(self._records, context, compiled=False, held=held)
        flow.reject_to, flow.notice_to = rejects.append, notices.append
        take = jsonform.read_line(self._records.source).take
        items: Any = (take(record, number) for number, record in records)
        made: list[Any] = list(flow.texts(items))
        flow.summary.emitted += len(made)
        flow.settle()
        unit = self._records.unit or 0
        heads = [one for group in flow.made_root.children[:unit] for one in group]
        tails = [one for group in flow.made_root.children[unit + 1 :] for one in group]
        ordered = made if self._records.unit is None else [*heads, *made, *tails]
        shaped = [_shaped(one, self._records.target) for one in ordered]
        applied = Applied(shaped, rejects, notices, flow.summary)
        return applied, [one.line for one in ordered], flow.met.collisions()

    def convert(  # noqa: PLR0913
        self,
        source: str | Path,
        output: str | Path,
        *,
        at: datetime,
        rejects: str | Path | None = None,
        replace: bool = False,
        jobs: int = 1,
        run_id: str = "",
    ) -> Summary:
        """Map a file into a file, in the layouts' own forms; see `crosswalk run`.

        Raises FormatProblem when the input cannot be used or an output exists.
        """
        path = Path(source)
        files = Files(Path(output), None if rejects is None else Path(rejects), replace)
        context = self.context(at, run_id, path.name)
        return convert(self._files, context, path, files, jobs=jobs).summary


def _nothing() -> Applied:
    return Applied([], [], [], Summary(compiled="compiled"))


def _of_values(plan: bound.Plan) -> bound.Plan:
    """Give a canonical plan that takes and gives typed values instead of text."""
    form = File(form="values")
    return replace(
        plan,
        source=replace(plan.source, file=form),
        target=replace(plan.target, file=form),
    )


def _shaped(made: Instance, target: Layout) -> dict[str, Any]:
    """Give a made occurrence as a dict in the canonical shape."""
    body = dict(_members(made))
    bare = len(target.root.children) == 1 and target.root.children[0].most is None
    return body if bare else {made.branch.name: body}


def _members(made: Instance) -> Iterator[tuple[str, Any]]:
    record = made.branch.record
    if record is not None and made.cells is not None:
        for one in record.fields:
            if made.cells[one.position] is not Missing.MISSING:
                yield one.name, made.cells[one.position]
    for child, group in zip(made.branch.children, made.children, strict=False):
        found = [dict(_members(one)) for one in group]
        if child.most is None:
            yield child.name, found
        elif found:
            yield child.name, found[0]
