"""The `crosswalk` command: its groups, exit codes and how errors are told."""

import gc
import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

import click

COMMANDS = {
    "check": "Check documents: shape, names, types, layers, versions.",
    "run": "Map a file, forward or backward.",
    "request": "Print the requests that a mapping makes. Nothing is sent.",
    "response": "Map a partner's recorded answer.",
    "deliver": "Deliver payments, voids or changes to the partner, through a ledger.",
    "balance": "Ask the partner what accounts owe.",
    "fetch": "Read a partner's list to its end, page by page.",
    "ledger": "Look at the ledger of deliveries, and decide what is in review.",
    "partner-sandbox": "Start a partner on this machine to try deliveries against.",
    "explain": "Say where a value of the output comes from.",
    "show": "Show a document with a biller's layers merged in.",
    "list": "List mappings, billers, layouts and other documents.",
    "features": "Print what a biller or an integration can do, and why not.",
    "import": "Propose documents from a spec table or a sample file.",
    "export": "Give the table of a mapping, a layout or a code table.",
    "test": "Run the cases beside the mappings.",
    "diff": "Say what a change of documents means, and whether it breaks something.",
    "docs": "Write the technical design of integrations and billers as a static site.",
    "schema": "Print the JSON Schema of a kind of document.",
    "new": "Begin a biller, with what is still to decide marked in it.",
    "convert": "Propose a biller's file for another integration.",
    "ready": "Say what a biller still needs before it goes live.",
    "release": "Record the content of documents as released.",
    "rules": "Read, question, compare and carry over the rules of decisions.",
    "rule": "Explain a code of a finding or reject.",
}
"""Commands by name with their summary; each is a module of the same name beside this one."""

EXTRAS = {
    "graphql": "delivery",
    "httpx": "delivery",
    "sqlalchemy": "delivery",
    "psycopg": "postgresql",
}
"""Libraries that only some commands need, and the extra that brings them."""

EPILOG = """\b
Exit codes:
  0   done, nothing to report
  1   findings: check errors, failing cases
  2   wrong usage, or documents or files that cannot be read
  3   the run finished, but records were rejected, or deliveries are not all done
  4   the run stopped before its end; no file was written
  70  a fault of Crosswalk itself
  130 interrupted
"""


class _Lazy(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Give the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import a command."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"crosswalk.cli.{name.replace('-', '_')}_command")
        command: click.Command = module.command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "--project",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder with mappings/ (default: here).",
)
@click.version_option(package_name="crosswalk")
@click.pass_context
def group(ctx: click.Context, project: Path) -> None:
    """Map billing and payment records by YAML, in both directions.

    \b
    Examples:
      crosswalk check
      crosswalk run partner/product/invoice statement.txt --biller a-city -o invoices.txt
      crosswalk explain partner/product/invoice statement.txt:2 --biller a-city --field 10
    """  # noqa: D301
    ctx.obj = project


def main() -> None:
    """Run the command line; the process's exit code tells the outcome."""
    output = sys.stdout
    gc.set_threshold(100_000, 50, 50)  # what a command makes stays until it ends
    try:
        code: Any = group.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except SystemExit:
        if sys.stdout is not output:  # click met a closed pipe and put a wrapper there
            _leave_quietly()
        raise
    except (Exception, KeyboardInterrupt) as fault:  # noqa: BLE001 - told by its kind
        sys.exit(_told(fault))


def _told(fault: BaseException) -> int:  # noqa: PLR0911 - one for each outcome
    """Tell what ended the command, and give the exit code for it."""
    from crosswalk.findings.errors import ConfigError, CrosswalkError

    match fault:
        case click.exceptions.Exit():
            return fault.exit_code
        case click.ClickException():
            fault.show()
            return 2
        case click.Abort() | KeyboardInterrupt():
            click.echo("interrupted; nothing was published", err=True)
            return 130
        case ConfigError():
            from crosswalk.cli.report import tell_findings

            tell_findings(fault.findings, err=True)
            return 2
        case BrokenPipeError() | CrosswalkError(__cause__=BrokenPipeError()):
            return _leave_quietly()
        case CrosswalkError():
            text = str(fault)
            click.echo(f"error{text}" if text.startswith("[") else f"error: {text}", err=True)
            return 4
        case ModuleNotFoundError(name=name) if name in EXTRAS:
            extra = EXTRAS[name]
            command = f"pip install 'crosswalk[{extra}]'"
            click.echo(f"error: {name} is not installed; {command} brings it", err=True)
            return 2
        case _:
            return _by_name(fault)


def _by_name(fault: BaseException) -> int:
    """Tell of a name that this machine does not take, or of a fault of our own."""
    match fault:
        case OSError(filename=str(name), strerror=str(why)):
            click.echo(f"error: {name[:100]}: {why}", err=True)
        case UnicodeEncodeError(reason="surrogates not allowed"):
            click.echo("error: an argument or a file's name is not UTF-8", err=True)
        case _:
            return _own_fault(fault)
    return 2


def _leave_quietly() -> NoReturn:
    """End because nobody reads the output any more; that is no fault (`| head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(0)


def _own_fault(fault: BaseException) -> int:
    """Tell where Crosswalk failed. The message is left out: it may hold a record's values."""
    if os.environ.get("CROSSWALK_DEBUG"):
        raise fault
    *_, last = traceback.extract_tb(fault.__traceback__)
    place = f"{Path(last.filename).name}:{last.lineno}"
    click.echo(
        f"this is a fault of Crosswalk itself: {type(fault).__name__} in {place}; "
        "CROSSWALK_DEBUG=1 shows all of it",
        err=True,
    )
    return 70
