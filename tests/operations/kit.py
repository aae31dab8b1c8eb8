"""An invented partner of parking permits: YAML and types of its own, nothing in the engine."""

import shutil
from datetime import datetime
from pathlib import Path

from crosswalk.findings.diagnostics import Diagnostic, Severity
from crosswalk.project import Project
from crosswalk.running.context import Context, Run
from crosswalk.running.in_memory import Outcome, run_in_memory

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PERMITS = HERE / "permits"
RUN = Run(datetime(2026, 2, 1, 6, 30), "golden", "payments.jsonl")


def changed(folder: Path, changes: list[tuple[str, str, str]]) -> Project:
    """Copy the partner into a folder, each file with its changes (file, old, new)."""
    shutil.copytree(PERMITS, folder, dirs_exist_ok=True)
    for file, old, new in changes:
        path = folder / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new), "utf-8")
    return Project(folder)


def told(findings: list[Diagnostic]) -> list[str]:
    """Give findings as `CODE file:line:column message; help`, without what only informs."""
    return [
        f"{one.code} {one.span} {one.message}" + (f"; {one.help}" if one.help else "")
        for one in findings
        if one.severity is not Severity.INFO
    ]


def mapped(
    project: Project, name: str, biller: str | None, data: bytes, *, compiled: bool = True
) -> Outcome:
    """Run a mapping over bytes."""
    view = project.view(biller)
    context = Context(view.settings.texts(), RUN)
    return run_in_memory(project.plan(name, view), context, data, compiled=compiled)
