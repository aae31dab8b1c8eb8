"""A run that stops at the unit in question, with the story of each of its values."""

from collections.abc import Iterator
from typing import BinaryIO

from crosswalk.model.records import Instance, Issue
from crosswalk.planning import plan as p
from crosswalk.running.accounts import Held, Reject
from crosswalk.running.context import Context
from crosswalk.running.flow import Flow
from crosswalk.running.tracing import Tracer


class _Stop(Exception):  # noqa: N818 - no error: the unit was found
    """The unit in question has been mapped."""


class Finder(Flow):
    """A run by the reference that stops at the unit which holds a line."""

    def __init__(self, plan: p.Plan, context: Context, held: Held, line: int | None) -> None:
        super().__init__(plan, context, compiled=False, held=held)
        self.tracer = Tracer(plan, context)
        self.interpreter = self.tracer
        self.line = line
        self.unit_lines: tuple[int, ...] = ()
        self.left_out = False
        self.rejected: list[Reject] = []
        self.noted: list[Issue] = []

    def find(self, stream: BinaryIO) -> None:
        """Map until the unit is found, or to the end."""
        try:
            self.units(stream, lambda _: None, self.take, self.noted.append)
        except _Stop:
            return
        if self.plan.unit is None and not self.rejected:
            self.unit_lines = tuple(sorted({one.instance.line for one in self.tracer.made}))

    def take(self, reject: Reject) -> None:
        """Keep a reject of the line, or the first one when no line is asked for."""
        if self.line is None:
            self.rejected = self.rejected or [reject]
        elif _holds(reject, self.line) or self.plan.unit is None:
            self.rejected.append(reject)

    def refer(
        self, members: list[Instance], lines: tuple[int, ...], earlier: tuple[Instance, ...] = ()
    ) -> Iterator[str]:
        """Map one unit; stop when it is the one."""
        self.tracer.forget()
        self.noted.clear()
        before = self.summary.left_out
        texts = list(super().refer(members, lines, earlier))
        if self.line is None and not texts:
            return
        last = max(*lines, *(one.end for one in members))
        if self.line is None or min(lines) <= self.line <= last:
            self.unit_lines = lines
            self.left_out = self.summary.left_out > before
            raise _Stop
        yield from texts


def _holds(reject: Reject, line: int) -> bool:
    return line in reject.lines or reject.issue.line <= line <= reject.issue.end_line
