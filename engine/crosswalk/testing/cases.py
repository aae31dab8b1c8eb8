"""Running the cases beside the mappings: documents of kind `case`.

A case maps one input in memory, by the reference and by the compiled form, which must agree, and
holds the outcome against what it expects. A case that expects nothing fails.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from crosswalk.documents.access import child, mapping, maps, scalar, text
from crosswalk.documents.schema import check_shape
from crosswalk.documents.source import Map
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Diagnostic, Span, has_errors
from crosswalk.findings.errors import ConfigError, FormatProblem
from crosswalk.planning import plan as p
from crosswalk.project import CANONICAL, FORWARD, Project, View
from crosswalk.running.context import Context, Run
from crosswalk.running.in_memory import Outcome, run_in_memory
from crosswalk.testing.case_compare import (
    NOTHING,
    Comparer,
    Difference,
    compare_bytes,
    compare_issues,
    items,
    told,
)
from crosswalk.testing.case_input import beside, input_bytes, read_beside, the_input

DEFAULT_AT = datetime(2026, 1, 31, 8, 0)  # noqa: DTZ001 - a biller's local time
"""The moment of the run where a document gives none; no clock is read."""

EXPECTATIONS = ("expect", "output", "output_file", "rejects", "notices", "stops")
"""The keys of a case that say what it expects; it has at least one of them."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case that was run. It passed when there are no differences.

    `asserted` names target fields as (record, key), `winners` the places of the rules that decided
    its records; `update` is an `output_file` that differs and the bytes it would get.
    """

    document: str
    mapping: str
    name: str
    span: Span
    differences: tuple[Difference, ...] = ()
    asserted: frozenset[tuple[str, str]] = frozenset()
    update: tuple[Path, bytes] | None = None
    winners: frozenset[Span] = frozenset()

    @property
    def passed(self) -> bool:
        """Tell whether all was as expected."""
        return not self.differences


def run_cases(project: Project, document: Document, word: str = "") -> list[CaseResult]:
    """Run the cases of a document, those whose name or description has `word`.

    Raises ConfigError when the document, its mapping or a file it names cannot be used.
    """
    findings = [*document.findings, *check_shape(document.node, "case")]
    if has_errors(findings):
        raise ConfigError(findings)
    return list(_Document(project, document).run(word))


@dataclass(slots=True)
class _Document:
    """The cases of one document, and what they share."""

    project: Project
    document: Document

    def run(self, word: str) -> Iterator[CaseResult]:
        node = self.document.node
        view = self.project.view(text(node, "biller"))
        listed = mapping(node, "cases")
        for name, entry in (listed.entries if listed else {}).items():
            if not isinstance(entry.value, Map):
                continue
            if word in name or word in (text(entry.value, "description") or ""):
                yield _Case(self, view, name, entry.key.span, entry.value).run()

    @property
    def mapping(self) -> str:
        return text(self.document.node, "mapping") or ""


def context_of(document: Document, given: Map, view: View) -> Context:
    """Give a case's settings and the run's values: its own before its document's."""
    settings = view.settings.texts()
    for where in (document.node, given):
        settings |= _settings(mapping(where, "settings"), view.settings.types())
    run = mapping(document.node, "run")
    at = text(run, "at") if run else None
    moment = _moment(at, document) if at else DEFAULT_AT
    number, file = ((text(run, key) if run else None) or "" for key in ("id", "file"))
    return Context(settings, Run(moment, number, file))


def _settings(node: Map | None, known: Mapping[str, str]) -> dict[str, str]:
    for name, entry in (node.entries if node else {}).items():
        if name not in known:
            message = f"no setting is called '{name}'"
            raise ConfigError([Diagnostic("CW308", message, entry.key.span)])
    return {name: text(node, name) or "" for name in (node.entries if node else {})}  # type: ignore[arg-type]


def _told(outcome: Outcome) -> str:
    """Tell what makes two outcomes differ besides their bytes."""
    stop = str(outcome.stopped) if outcome.stopped else ""
    lines = [f"{told(issue)} {numbers}" for issue, numbers in outcome.rejects]
    return "\n".join([stop, *lines, *(told(issue) for issue in outcome.notices)])


def _moment(at: str, document: Document) -> datetime:
    try:
        return datetime.fromisoformat(at)
    except ValueError:
        message = f"'{at}' is no moment"
        place = document.place("run")
        remedy = "write it as 2026-01-31T08:00:00"
        raise ConfigError([Diagnostic("CW453", message, place, help=remedy)]) from None


@dataclass(slots=True)
class _Case:
    document: _Document
    view: View
    name: str
    span: Span
    node: Map

    def run(self) -> CaseResult:
        """Run the case and compare."""
        node, given = self.node, [key for key in EXPECTATIONS if key in self.node.entries]
        canonical = self.plan(CANONICAL)
        data = input_bytes(
            node, mapping(self.document.document.node, "base"), canonical.source, self.root
        )
        context = context_of(self.document.document, node, self.view)
        comparer = Comparer(canonical)
        found = comparer.found
        outcome = self.both(canonical, context, data, found)
        if not given:
            found.append(Difference("case", "", f"one of {', '.join(EXPECTATIONS)}", NOTHING))
        lines = _json(outcome.body)
        expected = child(node, "expect")
        if "expect" in given:
            comparer.records(items(expected) if expected is not None else [], lines)
        update = None
        if "output" in given or "output_file" in given:
            plan = self.plan(None)
            outcome = self.both(plan, context, data, found)
            update = self.bytes(plan, outcome.body, found)
            comparer.everything(lines)
        self.issues(outcome, found)
        name, mapping_ = self.document.document.name, self.document.mapping
        asserted = frozenset(comparer.asserted)
        return CaseResult(
            name, mapping_, self.name, self.span, tuple(found), asserted, update, outcome.winners
        )

    @property
    def root(self) -> Path:
        return self.document.project.root

    def plan(self, target_form: str | None) -> p.Plan:
        source_form = CANONICAL if the_input(self.node) == "records" else None
        direction = text(self.document.document.node, "direction") or FORWARD
        return self.document.project.plan(
            self.document.mapping,
            self.view,
            direction,
            source_form=source_form,
            target_form=target_form,
        )

    def both(self, plan: p.Plan, context: Context, data: bytes, found: list[Difference]) -> Outcome:
        """Run both executions; the reference's outcome counts, the other must be equal."""
        outcome = run_in_memory(plan, context, data, compiled=False)
        other = run_in_memory(plan, context, data)
        if outcome.body != other.body:
            for one in compare_bytes(outcome.body, other.body, plan.target):
                path = f"compiled against reference, {one.path}"
                found.append(Difference(path, one.field, one.expected, one.got))
        elif _told(outcome) != _told(other):
            path = "compiled against reference"
            found.append(Difference(path, "", _told(outcome), _told(other)))
        if outcome.lost:
            told_ = f"{outcome.lost} records neither written nor rejected"
            found.append(Difference("records", "", "none lost", told_))
        return outcome

    def bytes(self, plan: p.Plan, got: bytes, found: list[Difference]) -> tuple[Path, bytes] | None:
        """Compare the output in the target's own form."""
        written, named = scalar(self.node, "output"), scalar(self.node, "output_file")
        if written is not None:
            wanted = written.text.encode(plan.target.file.encoding)
            found.extend(compare_bytes(wanted, got, plan.target))
        if named is None:
            return None
        path = beside(named, self.root)
        if not path.exists():
            found.append(Difference(named.text, "", "the file to exist", NOTHING))
            return path, got
        wrong = list(compare_bytes(read_beside(named, self.root), got, plan.target))
        found.extend(wrong)
        return (path, got) if wrong else None

    def issues(self, outcome: Outcome, found: list[Difference]) -> None:
        """Compare rejects (none where none are named), notices and the stop of the whole run."""
        rejects = [issue for issue, _ in outcome.rejects]
        found.extend(compare_issues("rejects", maps(self.node, "rejects"), rejects))
        if "notices" in self.node.entries:
            found.extend(compare_issues("notices", maps(self.node, "notices"), outcome.notices))
        found.extend(_stops(mapping(self.node, "stops"), outcome.stopped))


def _stops(wanted: Map | None, stopped: FormatProblem | None) -> Iterator[Difference]:
    if wanted is None:
        if stopped is not None:
            yield Difference("run", "", "to finish", f"stopped: {stopped}")
        return
    if stopped is None:
        yield Difference("run", "", "to stop", "finished")
        return
    have = {"code": stopped.code, "line": str(stopped.line), "reason": stopped.message}
    for key, got in have.items():
        wish = text(wanted, key)
        if wish is not None and (wish not in got if key == "reason" else wish != got):
            yield Difference("run stopped", key, wish, got)


def _json(body: bytes) -> list[object]:
    """Read the canonical form back, numbers exact."""
    return [json.loads(line, parse_float=Decimal) for line in body.decode().split("\n") if line]
