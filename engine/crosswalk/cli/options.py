"""Options that several commands share."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from crosswalk.project import Project


def pass_project(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the project that `-C` names."""

    @wraps(function)
    @click.pass_obj
    def wrapped(root: Path, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        from crosswalk.project import Project

        return function(Project(root), *args, **kwargs)

    return wrapped


def biller_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--biller`."""
    return click.option(
        "--biller", help="Biller (or integration) whose layers and settings apply."
    )(function)


def at_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--at`."""
    return click.option(
        "--at",
        type=click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]),
        default=None,
        help="Moment of the run (default: now).",
    )(function)


def direction_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--backward`."""
    return click.option(
        "--backward",
        "direction",
        flag_value="backward",
        default="forward",
        help="Run the mapping the other way round.",
    )(function)


def moment(at: datetime | None) -> datetime:
    """Give the moment of the run; the only place that reads the clock."""
    return at or datetime.now().astimezone().replace(tzinfo=None)  # noqa: TID251 - the one place


def refuse_errors(project: "Project") -> None:
    """Stop when documents could not even be found."""
    from crosswalk.findings.diagnostics import has_errors
    from crosswalk.findings.errors import ConfigError

    if has_errors(project.findings):
        raise ConfigError(project.findings)
