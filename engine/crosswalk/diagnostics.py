"""Findings about what an author wrote: values with a code and a place, never exceptions."""

from dataclasses import dataclass
from enum import StrEnum

CODES: dict[str, str] = {
    # CW1xx: YAML text
    # CW2xx: shape (JSON Schema)
    # CW3xx: names, references, layers, versions
    # CW4xx: meaning
    # CW5xx: records at run time
    # CW6xx: formats at run time
    # CW8xx: settings
    # RULnnn: decision tables
}
"""Every code with its short title. A code that was released is never given another meaning."""


class Severity(StrEnum):
    """How much a finding matters; errors stop a plan from being built."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of a text file. Lines and columns count from 1; the end column is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        """`file:line:column`, as editors and terminals understand it."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that explains a finding, with a few words."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: what is wrong, where, and what to do about it.

    `message` is one sentence without a full stop, `label` stands beside the caret, `help` names
    the remedy, `related` points at other places (for instance where a key was set first).
    """

    code: str
    message: str
    span: Span | None = None
    severity: Severity = Severity.ERROR
    label: str = ""
    help: str = ""
    related: tuple[Label, ...] = ()


def sort_key(finding: Diagnostic) -> tuple[str, int, int, str]:
    """Order findings by file, line, column and code."""
    if finding.span is None:
        return ("", 0, 0, finding.code)
    return (finding.span.file, finding.span.line, finding.span.column, finding.code)


def has_errors(findings: list[Diagnostic]) -> bool:
    """Tell whether any finding is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)
