"""A whole run: an input file, an output file, a reject file, on one process or several.

Outputs are published when the run is known to be good, both or none. Large flat files are cut
between two groups and their parts mapped side by side; the result is the same byte for byte.
"""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.delimited import Reader, lines
from crosswalk.formats.quoting import passed_over, spans_lines
from crosswalk.model.controls import EXACT
from crosswalk.model.records import Damage, Issue
from crosswalk.planning import plan as p
from crosswalk.running.accounts import Held, Reject, Summary
from crosswalk.running.flow import Flow
from crosswalk.running.interpret import Context
from crosswalk.running.output import Staged
from crosswalk.running.publishing import Folder, Outputs
from crosswalk.running.rows import Part
from crosswalk.running.shares import Share
from crosswalk.running.uniqueness import Met

WINDOW = 1 << 20
"""How far past an even cut a boundary between two groups is looked for, in bytes."""

Progress = Callable[[int, int], None]
"""Told the records read and those rejected so far."""


class ControlFailure(FormatProblem):
    """The control totals of the input contradict its records, and no damage explains it."""


@dataclass(frozen=True, slots=True)
class Files:
    """Where a run writes. `rejects` None keeps no reject file; `replace` overwrites outputs.

    `output` is a folder when the target has a file for each value of a field.
    """

    output: Path | str
    rejects: Path | None = None
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """One of several output files: the value it is for, its units and its control totals."""

    file: Path
    key: str
    units: int
    sums: dict[str, Decimal]


@dataclass(slots=True)
class Result:
    """A finished run: its summary, and the first rejects and notices for the report.

    `files` are those of a target that has several.
    """

    summary: Summary
    rejects: list[Reject] = field(default_factory=list)
    notices: list[Issue] = field(default_factory=list)
    files: list[Written] = field(default_factory=list)


SHOWN = 20
"""How many rejects and notices a result keeps for the report."""


def convert(  # noqa: PLR0913
    plan: p.Plan,
    context: Context,
    source: Path,
    files: Files,
    *,
    jobs: int = 1,
    compiled: bool = True,
    progress: Progress = lambda _, __: None,
) -> Result:
    """Map a file. `source` must be seekable (standard input is spooled by the caller).

    Raises FormatProblem when the input cannot be used as a whole, ControlFailure when its control
    totals do not agree; nothing is published then.
    """
    run = _Run(plan, context, source, compiled, progress)
    result = run.attempt(files, jobs, Held())
    if isinstance(result, Held):
        result = run.attempt(files, jobs, result)
    assert isinstance(result, Result)
    return result


@dataclass(slots=True)
class _Run:
    plan: p.Plan
    context: Context
    source: Path
    compiled: bool
    progress: Progress

    def attempt(self, files: Files, jobs: int, held: Held) -> Result | Held:
        """Map the file; give the colliding values instead when `distinct` finds some new ones."""
        try:
            with Outputs() as outputs:
                target = self.target(files, outputs)
                rejects = _Rejects(self.source.name)
                if files.rejects is not None:
                    rejects.write = outputs.add(Staged(files.rejects, replace=files.replace)).write
                flow = self.flow(target, rejects, jobs, held)
                found = flow.met.collisions()
                if not found.within(held):
                    raise _Collide(found)  # noqa: TRY301
                self.verify(flow.summary)
                written = [self.finish(flow, share, target) for share in flow.shares.written()]
        except _Collide as collide:
            return collide.found
        several = written if flow.shares.several else []
        return Result(flow.summary, rejects.first, rejects.notices, several)

    def target(self, files: Files, outputs: Outputs) -> "Staged | Folder":
        """Begin the output, or find the folder of a target that has several files."""
        if self.plan.target.per is None:
            return outputs.add(Staged(files.output, replace=files.replace, headed=True))
        file, folder = self.plan.target.file, Path(files.output)
        if str(files.output) == "-" or not folder.is_dir() or file.name is None:
            message = f"{self.plan.target.name} has a file for each {file.per}"
            raise FormatProblem("CW662", message, str(files.output), help="name a folder")
        return Folder(folder, file.name, self.context, outputs, replace=files.replace)

    def finish(self, flow: Flow, share: Share, target: "Staged | Folder") -> Written:
        """Add what stands before and after the body of a file."""
        out = target.staged[share.key] if isinstance(target, Folder) else target
        out.head(flow.head(share))
        out.write(flow.tail(share))
        return Written(out.target, share.key, share.units, dict(share.tally.sums))

    def flow(self, target: "Staged | Folder", rejects: "_Rejects", jobs: int, held: Held) -> Flow:
        """Map all units, on several processes where that is possible; settle the file's records."""
        places = target if isinstance(target, Folder) else None
        flow = Flow(self.plan, self.context, compiled=self.compiled, held=held, places=places)
        parts = _parts(self.source, flow, jobs) if jobs > 1 and places is None else []
        if len(parts) > 1 and isinstance(target, Staged):
            self.side_by_side(flow, parts, target, rejects)
        else:
            body = _nowhere if isinstance(target, Folder) else target.write
            with self.source.open("rb") as stream:
                flow.units(stream, body, rejects.reject, rejects.notice, self.tell)
        flow.settle()
        return flow

    def tell(self, summary: Summary) -> None:
        self.progress(summary.read, summary.rejects)

    def verify(self, summary: Summary) -> None:
        """Refuse a run that does not add up (safety F4)."""
        if not summary.adds_up():
            raise ControlFailure(
                "CW635",
                f"records read {summary.read} are not those written {summary.written}, rejected "
                f"{summary.rejected} and left out {summary.left_out}, or not all of "
                f"{summary.units} units went out: this is a fault of the engine",
                file=self.source.name,
            )
        if summary.control_problems and not summary.rejects:
            raise ControlFailure(
                "CW633",
                f"control total: {summary.control_problems[0]}",
                file=self.source.name,
                help="ask the partner for the file again; nothing was written",
            )

    def side_by_side(
        self, flow: Flow, parts: Sequence["_Slice"], out: Staged, rejects: "_Rejects"
    ) -> None:
        """Map the parts of a file in processes of their own and put their results together."""
        from multiprocessing import get_context

        fork = get_context("fork")
        with tempfile.TemporaryDirectory(prefix=".crosswalk-") as folder:
            workers = []
            for number, part in enumerate(parts):
                target = Path(folder) / str(number)
                receive, send = fork.Pipe(duplex=False)
                work = fork.Process(
                    target=_work, args=(self, flow, part, target, send), daemon=True
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
                report.add_to(flow, rejects)
                before = flow.summary.read

    def await_report(self, receive: Any, before: int, rejects: "_Rejects") -> "_Report":  # noqa: ANN401
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


class _Collide(Exception):  # noqa: N818
    """Two different values became one; the run starts again and holds them back."""

    def __init__(self, found: Held) -> None:
        super().__init__()
        self.found = found


class _Rejects:
    """Writes reject records as JSON lines and keeps the first for the report."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.first: list[Reject] = []
        self.notices: list[Issue] = []
        self.count = 0
        self.write: Callable[[bytes], None] = lambda _: None

    def reject(self, reject: Reject) -> None:
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(reject)
        self.write(_reject_line(self.name, reject).encode())

    def notice(self, issue: Issue) -> None:
        if len(self.notices) < SHOWN:
            self.notices.append(issue)


def _reject_line(name: str, reject: Reject) -> str:
    """Spell a reject as one JSON line: where it is, what is wrong, what it cost."""
    issue = reject.issue
    amounts = {
        key: None if value is None else format(value, "f") for key, value in reject.amounts.items()
    }
    line = {
        "file": name,
        "line": issue.line,
        "end_line": issue.end_line,
        "record": issue.record,
        "field": issue.field,
        "value": issue.value,
        "target": issue.target,
        "code": issue.code,
        "reason": issue.reason,
        "rule": str(issue.rule) if issue.rule is not None else "",
        "records": len(reject.lines),
        "lines": list(reject.lines),
        "amounts": amounts,
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


# --- several processes --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Slice:
    """A byte range of the input that begins and ends between two groups."""

    start: int
    end: int
    part: Part


class _Range(RawIOBase):
    """A byte range of a file as a stream."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self.stream, self.left = stream, end - start
        stream.seek(start)

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes of what is left of the range."""
        data = self.stream.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        return data


_COUNTS = (
    *("read", "written", "rejected", "left_out"),
    *("units", "emitted", "rejects", "notices", "replayed"),
)


@dataclass(slots=True)
class _Report:
    """What a worker did: plain values only."""

    summary: Summary
    met: Met
    rejects: list[Reject]
    notices: list[Issue]
    first: list[Any]

    def add_to(self, flow: Flow, rejects: _Rejects) -> None:
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


def _work(run: _Run, flow: Flow, part: _Slice, target: Path, send: Any) -> None:  # noqa: ANN401
    """Map one part in a process of its own; rejects travel at the end."""
    rejects: list[Reject] = []
    notices: list[Issue] = []
    inner = Flow(
        run.plan,
        run.context,
        compiled=run.compiled,
        held=flow.held,
        part=replace(part.part, first=1 + _count_lines(run.source, part.start), at=part.start),
    )

    def tell(summary: Summary) -> None:
        send.send((summary.read, summary.rejects))

    try:
        with run.source.open("rb") as stream, target.open("wb") as body:
            window: Any = _Range(stream, part.start, part.end)
            inner.units(
                window, lambda data: _into(body, data), rejects.append, notices.append, tell
            )
        first = [(one.line, one.cells) for one in inner.root.children[0]]
        send.send(
            _Report(
                inner.summary,
                inner.met,
                rejects,
                notices[:SHOWN],
                list(first[0]) if first else [],
            )
        )
    except FormatProblem as problem:
        send.send(problem)
    finally:
        send.close()


def _count_lines(source: Path, end: int) -> int:
    """Count the lines before a place, so that rejects name the lines of the whole file."""
    count = 0
    with source.open("rb") as stream:
        window = _Range(stream, 0, end)
        while data := window.read(WINDOW):
            count += data.count(b"\n")
    return count


def _parts(source: Path, flow: Flow, jobs: int) -> list[_Slice]:
    """Cut a flat file between groups, as evenly as that goes; empty when it cannot be cut."""
    file = flow.plan.source.file
    from multiprocessing import get_all_start_methods

    can_fork = "fork" in get_all_start_methods() and not _met_once(flow)
    if not can_fork or not flow.is_flat() or spans_lines(file) or file.record_end is not None:
        return []
    size = source.stat().st_size
    with source.open("rb") as stream:
        reader, start, line = _beginning(stream, flow)
        if reader is None:
            return []
        cuts = [start]
        for number in range(1, jobs):
            cut = _boundary(
                stream, flow, reader, max(start + (size - start) * number // jobs, cuts[-1])
            )
            if cut is not None and cut > cuts[-1]:
                cuts.append(cut)
    ends = [*cuts[1:], size]
    return [_Slice(begin, end, Part(reader, line)) for begin, end in zip(cuts, ends, strict=True)]


def _met_once(flow: Flow) -> bool:
    """Tell whether one process must see all that is written: the keys of a JSON object."""
    return any(one.json == "key" for record in flow.plan.target.records for one in record.fields)


def _beginning(stream: BinaryIO, flow: Flow) -> tuple[Reader | None, int, int]:
    """Give the reader that the header makes, and where the first record begins."""
    layout = flow.plan.source
    passed = passed_over(layout.file)
    if not layout.file.header and not layout.file.skip_lines:
        mark = stream.read(3) == b"\xef\xbb\xbf"
        return Reader(layout), 3 if mark else 0, 1
    for number, _, text in lines(stream, layout.file):
        if isinstance(text, Damage) or passed(text):
            continue
        if not layout.file.header:
            return None, 0, 0
        stream.seek(0)
        offset = sum(len(stream.readline()) for _ in range(number))
        return Reader(layout, text, number), offset, number + 1
    return None, 0, 0


def _boundary(stream: BinaryIO, flow: Flow, reader: Reader, near: int) -> int | None:
    """Find the first place after `near` where two good rows of different keys meet."""
    stream.seek(near)
    stream.readline()
    keys = [slot.field.position for slot in flow.node.keys]
    encoding = flow.plan.source.file.encoding
    last: list[Any] | None = None
    for _ in range(WINDOW):
        at = stream.tell()
        raw = stream.readline()
        if not raw or at - near > WINDOW:
            return None
        cells = _cells(reader, raw, encoding)
        if cells is None:
            last = None
            continue
        if last is not None and (not keys or _differ(last, cells, keys, flow)):
            return at
        last = cells
    return None


def _cells(reader: Reader, raw: bytes, encoding: str) -> list[Any] | None:
    try:
        text = raw.decode(encoding).rstrip("\r\n")
    except UnicodeDecodeError:
        return None
    if "\r" in text or "\0" in text:
        return None
    row = reader.read(1, 1, text)
    return None if row is None or isinstance(row, Damage) else row.cells


def _differ(one: list[Any], other: list[Any], keys: list[int], flow: Flow) -> bool:
    return any(one[key] != other[key] for key in keys) and not flow.same_key(one, other)


def _into(body: BinaryIO, data: bytes) -> None:
    body.write(data)


def _nowhere(data: bytes) -> None:
    """Take nothing: every file of a target with several has a body of its own."""
    assert not data
