"""Run-time faults that stop a whole file or run, cut by who must act."""

from collections.abc import Sequence

from crosswalk.findings.diagnostics import Diagnostic, Severity


class CrosswalkError(Exception):
    """The root of every exception the engine raises on purpose."""


class _PlacedError(CrosswalkError):
    """A fault with a code and a place.

    `message` is one sentence without a full stop and never repeats a payer's data; `line` counts
    physical lines from 1; `help` names the remedy.
    """

    def __init__(
        self,
        code: str,
        message: str,
        file: str | None = None,
        line: int | None = None,
        help: str = "",  # noqa: A002 - the word that diagnostics use
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.help = help

    def __str__(self) -> str:
        """`[CW6xx] file:line: message; help`, without the parts that are not known."""
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        text = f"{place}: {self.message}" if place else self.message
        return f"[{self.code}] {text}; {self.help}" if self.help else f"[{self.code}] {text}"


class FormatProblem(_PlacedError):  # noqa: N818 - the word of the other faults
    """A partner's file, or the place our file goes to, that cannot be used as a whole."""


class ConfigError(CrosswalkError):
    """Documents that cannot be used: carries every finding, for the author to mend."""

    def __init__(self, findings: Sequence[Diagnostic]) -> None:
        """Keep the findings, errors first."""
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        first = errors[0] if errors else None
        place = f"{first.span}: " if first and first.span else ""
        super().__init__(f"{place}{first.code} {first.message}" if first else "no findings")
        self.findings = list(dict.fromkeys(findings))
