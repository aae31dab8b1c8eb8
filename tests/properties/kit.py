"""Plans made from a few lines of YAML, and runs of them in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from crosswalk.documents.source import Map, read
from crosswalk.findings.diagnostics import Diagnostic, has_errors
from crosswalk.findings.errors import FormatProblem
from crosswalk.language.codetables import CodeTable, read_code_table
from crosswalk.model.layout import Layout
from crosswalk.planning.bind import Names, bind
from crosswalk.planning.invert import Class, Inverse, invert
from crosswalk.planning.plan import Plan
from crosswalk.planning.read_layout import read_layout
from crosswalk.planning.read_mapping import read_mapping
from crosswalk.running.accounts import Reject, Summary
from crosswalk.running.context import Context, Run
from crosswalk.running.flow import Flow

AT = datetime(2026, 2, 1, 8, 30)
CONTEXT = Context({}, Run(AT, "run-1", "in.txt"))


def node(text: str) -> Map:
    made, findings = read(text, "case.yaml")
    assert isinstance(made, Map), findings
    assert not has_errors(findings), findings
    return made


def layout(text: str) -> Layout:
    """Build a layout; its head may be left out."""
    made, findings = read_layout(node(f"name: a/layout\nversion: 1.0.0\n{text}"))
    assert made is not None, findings
    assert not has_errors(findings), findings
    return made


@dataclass(frozen=True, slots=True)
class Pair:
    """A mapping between two layouts: the plan there, the plan back, what comes back how."""

    there: Plan
    back: Plan | None
    inverse: Inverse

    def exact(self) -> set[str]:
        """Give the target fields that are classified exact, as Record.Field."""
        return {
            f"{one.record}.{one.field.name}"
            for one in self.inverse.classes
            if one.verdict is Class.EXACT
        }


def pair(source: str, target: str, mapping: str, tables: Mapping[str, str] | None = None) -> Pair:
    """Bind a mapping both ways; the way back is None where it cannot be derived."""
    one, other = layout(source), layout(target)
    written, findings = read_mapping(node(f"name: a/mapping\nversion: 1.0.0\n{mapping}"))
    assert not has_errors(findings), findings
    read_tables = {name: _table(text) for name, text in (tables or {}).items()}
    names = Names(read_tables, {})
    there = _bound(bind(written, one, other, names, "forward"))
    inverse = invert(written, one, other, read_tables, None)
    back = None
    if not inverse.gaps:
        back = _bound(bind(inverse.mapping, other, one, names, "backward"))
    return Pair(there, back, inverse)


def _table(text: str) -> CodeTable:
    made, findings = read_code_table(node(text))
    assert not has_errors(findings), findings
    return made


def _bound(result: tuple[Plan | None, list[Diagnostic]]) -> Plan:
    plan, findings = result
    assert plan is not None, findings
    return plan


@dataclass(slots=True)
class Ran:
    """What a run in memory gave."""

    output: bytes
    rejects: list[Reject]
    notices: list[str]
    summary: Summary
    fault: str = ""

    def visible(self) -> tuple[Any, ...]:
        s = self.summary
        counts = (s.read, s.written, s.rejected, s.left_out, s.units, s.rejects)
        written = {name: total for name, total in s.tally.sums.items() if total}
        return (self.output, self.rejects, self.notices, counts, written, self.fault)

    @property
    def text(self) -> str:
        return self.output.decode()


@dataclass(slots=True)
class _Sink:
    body: list[bytes] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def run(plan: Plan, data: bytes, *, compiled: bool = True) -> Ran:
    """Run a plan over some bytes; a file that cannot be used gives its fault."""
    flow, sink = Flow(plan, CONTEXT, compiled=compiled), _Sink()
    try:
        flow.run(
            BytesIO(data),
            sink.body.append,
            sink.rejects.append,
            lambda one: sink.notices.append(f"{one.line} {one.code} {one.reason}"),
        )
    except FormatProblem as problem:
        return Ran(b"", [], [], Summary(), str(problem))
    assert flow.summary.adds_up(), flow.summary
    return Ran(flow.head() + b"".join(sink.body), sink.rejects, sink.notices, flow.summary)


def both(plan: Plan, data: bytes) -> Ran:
    """Run a plan in the reference and compiled; they must agree. Gives the reference's."""
    law, made = run(plan, data, compiled=False), run(plan, data)
    assert made.visible() == law.visible(), made.summary.compiled
    return law


def amount(text: str) -> Decimal:
    return Decimal(text)
