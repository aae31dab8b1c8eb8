"""Files that commands are given or write; `-` is standard input or output."""

import sys
from pathlib import Path

import click

from crosswalk.running.output import Staged


def read_input(name: str, argument: str = "INPUT") -> bytes:
    """Read a file, or standard input. Raises BadParameter, which names the argument."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise click.BadParameter(f"there is no file {name}", param_hint=argument) from None
    except OSError as wrong:
        raise click.BadParameter(f"{name}: {wrong.strerror}", param_hint=argument) from None


def read_text(name: str) -> str:
    """Read a UTF-8 file as it is, byte order mark and all. Raises BadParameter."""
    try:
        return read_input(name, "FILE").decode("utf-8")
    except UnicodeDecodeError:
        raise click.BadParameter(f"{name} is not UTF-8", param_hint="FILE") from None


def source_name(name: str) -> str:
    """Give what a run calls its input."""
    return "stdin" if name == "-" else Path(name).name


def write_output(data: bytes, output: str, *, replace: bool) -> None:
    """Write a file and the folders above it, or to standard output.

    Raises BadParameter for a file that exists, unless it shall be replaced; FormatProblem CW662.
    """
    if output == "-":
        click.echo(data, nl=False)
        return
    refuse_existing(output, replace=replace)
    path = Path(output)
    path.parent.mkdir(parents=True, exist_ok=True)
    with Staged(path, replace=replace) as out:
        out.write(data)


def refuse_existing(output: str, *, replace: bool) -> None:
    """Refuse a file that exists, unless it shall be replaced. Raises BadParameter."""
    if output != "-" and not replace and Path(output).exists():
        message = f"{output} exists; --replace overwrites it"
        raise click.BadParameter(message, param_hint="--output")
