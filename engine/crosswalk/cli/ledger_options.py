"""Options of the commands that deliver: the ledger, and the folders beside it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

SQLITE = "sqlite:///"


def ledger_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--ledger`."""
    return click.option(
        "--ledger",
        envvar="CROSSWALK_LEDGER",
        show_envvar=True,
        required=True,
        help="Ledger: a file, or a URL (sqlite:///path, postgresql+psycopg://...).",
    )(function)


def secrets_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--secrets`."""
    return click.option(
        "--secrets",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of secrets in files (default: secrets/ of the project).",
    )(function)


def state_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--state`."""
    return click.option(
        "--state",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder for tokens and the ledger's mark (default: FILE.state beside the ledger).",
    )(function)


def url_of(ledger: str) -> str:
    """Give the URL of a ledger that is named by a file or a URL."""
    return ledger if "://" in ledger else f"{SQLITE}{ledger}"


def existing(ledger: str) -> str:
    """Give the URL of a ledger that must be there already: looking at one never makes one."""
    url = url_of(ledger)
    path = _file(url)
    if path is not None and not path.is_file():
        raise click.BadParameter(f"there is no ledger {path}", param_hint="--ledger")
    return url


def state_of(url: str, state: Path | None) -> Path:
    """Give the folder of a ledger's tokens and mark; the ledger's own folder is made."""
    path = _file(url)
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            message = f"{path.parent} cannot be made: {fault.strerror}"
            raise click.BadParameter(message, param_hint="--ledger") from None
    if state is not None:
        return state
    if path is None:
        message = "--state is needed where the ledger is no file"
        raise click.UsageError(message)
    return path.with_name(f"{path.name}.state")


def tell_new(url: str) -> None:
    """Say that a ledger begins here: under a mistyped name everything would be sent once more."""
    path = _file(url)
    if path is not None and not path.exists():
        click.echo(f"new ledger {path}", err=True)


def money(minor: int, currency: str) -> str:
    """Give an amount in minor units as people write it.

    >>> money(123456, "USD")
    '1,234.56 USD'
    """
    return f"{minor // 100:,}.{minor % 100:02d} {currency}"


def _file(url: str) -> Path | None:
    if not url.startswith(SQLITE):
        return None
    name = url.removeprefix(SQLITE)
    if name in ("", ":memory:"):
        message = "a ledger is a file: a payment is on disk before it is sent"
        raise click.BadParameter(message, param_hint="--ledger")
    return Path(name)
