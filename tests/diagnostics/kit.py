"""A case is the base workspace with one or two files replaced by those of the case's folder."""

import shutil
from datetime import date
from pathlib import Path

from crosswalk.checking import check
from crosswalk.findings.diagnostics import Diagnostic, Severity
from crosswalk.findings.errors import ConfigError
from crosswalk.findings.report import render
from crosswalk.project import BACKWARD, Project

HERE = Path(__file__).parent
CASES = sorted(path.name for path in (HERE / "cases").iterdir())

DAY = date(2026, 2, 1)
"""The day on which the cases are checked."""


def lay_out(case: str, folder: Path) -> Path:
    """Copy the base and the case's own files over it into a folder."""
    for source in (HERE / "base", HERE / "cases" / case):
        for path in sorted(source.iterdir()):
            if path.name != "expected.txt":
                shutil.copy(path, folder / path.name)
    return folder


def findings_of(case: str, folder: Path) -> tuple[Project, list[Diagnostic]]:
    """Check a case; one that ends in -backward is also asked for its way back."""
    project = Project(lay_out(case, folder))
    findings = [one for one in check(project, on=DAY) if one.severity is not Severity.INFO]
    if case.endswith("-backward"):
        try:
            project.plan("a/map", project.view("town"), BACKWARD)
        except ConfigError as refused:
            findings += refused.findings
    return project, findings


def rendered(project: Project, findings: list[Diagnostic]) -> str:
    """Give what `crosswalk check` prints."""
    return render(findings, project.text, "full")
