"""Telling findings and rejects on the terminal."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.report import Style, render

STYLES = ("full", "concise", "json", "github")


def in_color(stream: object = None) -> bool:
    """Tell whether colour is wanted: NO_COLOR and FORCE_COLOR first, else a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(getattr(stream or sys.stdout, "isatty", lambda: False)())


def tell_findings(
    findings: Sequence[Diagnostic],
    style: Style = "full",
    *,
    root: Path | None = None,
    err: bool = False,
) -> None:
    """Print findings with their excerpts; files are looked up below the root."""
    base = root or (click.get_current_context(silent=True) or _NOBODY).obj or Path()

    def text(file: str) -> str | None:
        try:
            return (base / file).read_text("utf-8-sig", errors="replace")
        except OSError:
            return None

    color = in_color(sys.stderr if err else sys.stdout)
    told = render(list(findings), text, style, color=color)
    click.echo(told, err=err, nl=False, color=color)


class _Nobody:
    obj: Path | None = None


_NOBODY = _Nobody()
