"""The parts of a file mapped side by side, each in a process of its own; the result is the same."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.model.controls import EXACT
from crosswalk.model.records import Issue
from crosswalk.running.accounts import Reject, Summary
from crosswalk.running.cutting import Range, Slice, count_lines
from crosswalk.running.flow import Flow
from crosswalk.running.output import Staged
from crosswalk.running.reject_file import SHOWN, RejectFile
from crosswalk.running.uniqueness import Met

Progress = Callable[[int, int], None]
"""Told the records read and those rejected so far."""

_COUNTS = (
    *("read", "written", "rejected", "left_out"),
    *("units", "emitted", "rejects", "notices", "replayed"),
)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Maps parts of a file at the same time."""

    flow: Flow
    source: Path
    progress: Progress

    def run(self, parts: Sequence[Slice], out: Staged, rejects: RejectFile) -> None:
        """Map the parts of a file in processes of their own and put their results together."""
        from multiprocessing import get_context

        fork = get_context("fork")
        with tempfile.TemporaryDirectory(prefix=".crosswalk-") as folder:
            workers = []
            for number, part in enumerate(parts):
                target = Path(folder) / str(number)
                receive, send = fork.Pipe(duplex=False)
                work = fork.Process(
                    target=_work, args=(self.flow, self.source, part, target, send), daemon=True
                )
                work.start()
                send.close()
                workers.append((work, receive, target))
            before = 0
            for work, receive, target in workers:
                report = self.await_report(receive, before, rejects)
                work.join()
                with target.open("rb") as body:
                    out.take(body)
                report.add_to(self.flow, rejects)
                before = self.flow.summary.read

    def await_report(self, receive: Any, before: int, rejects: RejectFile) -> "_Report":  # noqa: ANN401
        """Wait for a worker, telling its progress."""
        while True:
            try:
                told = receive.recv()
            except EOFError:
                raise FormatProblem(
                    "CW634", "a worker process ended before its part was done"
                ) from None
            if isinstance(told, FormatProblem):
                raise told
            if isinstance(told, _Report):
                return told
            self.progress(before + told[0], rejects.count + told[1])


@dataclass(slots=True)
class _Report:
    """What a worker did: plain values only."""

    summary: Summary
    met: Met
    rejects: list[Reject]
    notices: list[Issue]
    first: list[Any]

    def add_to(self, flow: Flow, rejects: RejectFile) -> None:
        """Add a part's results to the whole."""
        whole, part = flow.summary, self.summary
        for name in _COUNTS:
            setattr(whole, name, getattr(whole, name) + getattr(part, name))
        whole.tally.merge(part.tally)
        for name, amount in part.rejected_amounts.items():
            before = whole.rejected_amounts.get(name, Decimal(0))
            whole.rejected_amounts[name] = EXACT.add(before, amount)
        for name, count in part.unreadable_amounts.items():
            whole.unreadable_amounts[name] = whole.unreadable_amounts.get(name, 0) + count
        flow.met.extend(self.met)
        if self.first:
            flow.remember(*self.first)
        for reject in self.rejects:
            rejects.reject(reject)
        for issue in self.notices:
            rejects.notice(issue)


def _work(flow: Flow, source: Path, part: Slice, target: Path, send: Any) -> None:  # noqa: ANN401
    """Map one part in a process of its own, by its copy of the flow; rejects travel at the end."""
    rejects: list[Reject] = []
    notices: list[Issue] = []
    flow.part = replace(part.part, first=1 + count_lines(source, part.start), at=part.start)

    def tell(summary: Summary) -> None:
        send.send((summary.read, summary.rejects))

    try:
        with source.open("rb") as stream, target.open("wb") as body:
            window: Any = Range(stream, part.start, part.end)
            flow.units(window, lambda data: _into(body, data), rejects.append, notices.append, tell)
        first = [(one.line, one.cells) for one in flow.root.children[0]]
        send.send(
            _Report(
                flow.summary,
                flow.met,
                rejects,
                notices[:SHOWN],
                list(first[0]) if first else [],
            )
        )
    except FormatProblem as problem:
        send.send(problem)
    finally:
        send.close()


def _into(body: BinaryIO, data: bytes) -> None:
    body.write(data)
