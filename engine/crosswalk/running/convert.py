"""A whole run: an input file, an output file, a reject file, on one process or several.

Outputs are published when the run is known to be good, both or none. Large flat files are cut
between two groups and their parts mapped side by side; the result is the same byte for byte.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from crosswalk.findings.errors import FormatProblem
from crosswalk.model.records import Issue
from crosswalk.planning import plan as p
from crosswalk.running.accounts import Held, Reject, Summary
from crosswalk.running.context import Context
from crosswalk.running.cutting import cut
from crosswalk.running.flow import Flow
from crosswalk.running.output import Staged
from crosswalk.running.publishing import Folder, Outputs
from crosswalk.running.reject_file import RejectFile
from crosswalk.running.shares import Share
from crosswalk.running.side_by_side import Progress, SideBySide


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
                rejects = RejectFile(self.source.name)
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

    def flow(self, target: "Staged | Folder", rejects: RejectFile, jobs: int, held: Held) -> Flow:
        """Map all units, on several processes where that is possible; settle the file's records."""
        places = target if isinstance(target, Folder) else None
        flow = Flow(self.plan, self.context, compiled=self.compiled, held=held, places=places)
        parts = cut(self.source, flow, jobs) if jobs > 1 and places is None else []
        if len(parts) > 1 and isinstance(target, Staged):
            SideBySide(flow, self.source, self.progress).run(parts, target, rejects)
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
        if summary.control_problems:
            raise ControlFailure(
                "CW633",
                f"control total: {summary.control_problems[0]}",
                file=self.source.name,
                help="ask the partner for the file again; nothing was written",
            )


class _Collide(Exception):  # noqa: N818
    """Two different values became one; the run starts again and holds them back."""

    def __init__(self, found: Held) -> None:
        super().__init__()
        self.found = found


def _nowhere(data: bytes) -> None:
    """Take nothing: every file of a target with several has a body of its own."""
    assert not data
