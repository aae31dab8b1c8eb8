"""Runs of inputs held in memory: cases, requests, answers, and what a change does to outputs."""

import io
from dataclasses import dataclass

from crosswalk.findings.diagnostics import Span
from crosswalk.findings.errors import FormatProblem
from crosswalk.model.records import Issue
from crosswalk.planning import plan as p
from crosswalk.running.accounts import Held
from crosswalk.running.context import Context
from crosswalk.running.flow import Flow


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run in memory gave. `stopped` is set when the input could not be used as a whole.

    `winners` are the places of the rules that decided; the compiled form does not tell them.
    """

    body: bytes = b""
    rejects: tuple[tuple[Issue, tuple[int, ...]], ...] = ()
    notices: tuple[Issue, ...] = ()
    stopped: FormatProblem | None = None
    lost: int = 0
    winners: frozenset[Span] = frozenset()


def run_in_memory(plan: p.Plan, context: Context, data: bytes, *, compiled: bool = True) -> Outcome:
    """Map an input held in memory, as `convert` maps a file."""
    held = Held()
    while True:
        flow = Flow(plan, context, compiled=compiled, held=held)
        outcome = _attempt(flow, data)
        found = flow.met.collisions()
        if outcome.stopped is not None or found.within(held):
            return outcome
        held = found


def _attempt(flow: Flow, data: bytes) -> Outcome:
    body = io.BytesIO()
    rejects: list[tuple[Issue, tuple[int, ...]]] = []
    notices: list[Issue] = []
    try:
        flow.units(
            io.BytesIO(data),
            body.write,  # type: ignore[arg-type]
            lambda one: rejects.append((one.issue, one.lines)),
            notices.append,
        )
        flow.settle()
    except FormatProblem as problem:
        return Outcome(stopped=problem)
    summary = flow.summary
    if summary.control_problems:
        reason = f"control total: {summary.control_problems[0]}"
        return Outcome(stopped=FormatProblem("CW633", reason))
    lost = summary.read - summary.written - summary.rejected - summary.left_out
    whole = flow.head() + body.getvalue() + flow.tail()
    winners = flow.interpreter.winners
    return Outcome(whole, tuple(rejects), tuple(notices), None, lost, winners)
