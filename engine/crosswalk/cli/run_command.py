"""`crosswalk run`."""

import gc
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import replace as dataclass_replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from crosswalk.cli.options import at_option, biller_option, direction_option, moment, pass_project
from crosswalk.planning.plan import Plan
from crosswalk.project import Project
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, Result, convert
from crosswalk.running.output import safe_name
from crosswalk.values.spelling import Problem


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the command line asks for."""

    mapping: str
    input: str
    biller: str | None
    direction: str
    output: str
    rejects: Path | None
    jobs: int


@click.command("run")
@click.argument("mapping", metavar="MAPPING|FLOW")
@click.argument("input", default="-")
@biller_option
@direction_option
@click.option(
    "-o", "--output", default="-", help="Output file, or a folder; - is standard output (default)."
)
@click.option(
    "--rejects", type=click.Path(path_type=Path), help="File for rejected records (JSON lines)."
)
@click.option("--input-form", type=click.Choice(["layout", "json-lines"]), default="layout")
@click.option("--output-form", type=click.Choice(["layout", "json-lines"]), default="layout")
@click.option("--replace", is_flag=True, help="Overwrite files that exist.")
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, help="Processes for large flat files."
)
@at_option
@click.option("--run-id", default="", help="Id of the run, for mappings that use it.")
@click.option("--reference", is_flag=True, help="Use the reference interpreter only.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@click.option("-q", "--quiet", is_flag=True, help="No summary, no progress.")
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    mapping: str,
    input: str,  # noqa: A002
    biller: str | None,
    direction: str,
    output: str,
    rejects: Path | None,
    input_form: str,
    output_form: str,
    replace: bool,  # noqa: FBT001
    jobs: int,
    at: datetime | None,
    run_id: str,
    reference: bool,  # noqa: FBT001
    style: str,
    quiet: bool,  # noqa: FBT001
) -> None:
    """Map a file, forward or backward.

    The good records come out even when others are rejected (exit code 3). A file that exists is
    never overwritten unless asked; nothing is published before the run is known to be whole.
    A flow of the biller's integration can be named in place of its mapping.

    \b
    Examples:
      crosswalk run partner/product/invoice statement.txt --biller a-city -o out.txt
      crosswalk run partner/product/invoice in.txt --biller a-city --output-form json-lines | jq .
      crosswalk run partner/product/invoice out.txt --backward --biller a-city -o back.txt
      crosswalk run invoice statement.txt --biller a-city -o out.txt
    """  # noqa: D301
    view = project.view(biller)
    mapping, direction = project.wanted(mapping, view, direction)
    plan = project.plan(mapping, view, direction, source_form=input_form, target_form=output_form)
    wish = _Wish(mapping, input, biller, direction, output, rejects, jobs)
    name = "stdin" if input == "-" else Path(input).name
    context = Context(view.settings.texts(), Run(moment(at), run_id, name))
    wish = dataclass_replace(wish, output=_target(output, plan, context))
    files = Files(wish.output if output == "-" else Path(wish.output), rejects, replace)
    gc.freeze()
    started = time.perf_counter()
    with _source(input) as source, _progress(show=not quiet) as tell:
        result = convert(
            plan, context, source, files, jobs=jobs, compiled=not reference, progress=tell
        )
    if not quiet:
        told = (
            _json(wish, plan, result)
            if style == "json"
            else _text(wish, plan, result, time.perf_counter() - started)
        )
        click.echo(told, err=True)
    click.get_current_context().exit(3 if result.summary.rejects else 0)


def _target(output: str, plan: Plan, context: Context) -> str:
    """Give the output's path; in a folder, the name comes from the target layout's template.

    A target that has a file for each value of a field takes a folder.
    """
    file = plan.target.file
    folder = output != "-" and (output.endswith("/") or Path(output).is_dir())
    if plan.target.per is not None:
        if not folder:
            message = f"{plan.target.name} has a file for each {file.per}: name a folder"
            raise click.BadParameter(message, param_hint="--output")
        Path(output).mkdir(parents=True, exist_ok=True)
        return output
    if not folder:
        return output
    template = file.name
    if template is None:
        message = f"{plan.target.name} has no file name, and {output} is a folder"
        raise click.BadParameter(message, param_hint="--output")
    from crosswalk.running.templates import BadTemplate, render

    try:
        name = safe_name(render(template, context))
    except (BadTemplate, Problem) as wrong:
        why = wrong.reason if isinstance(wrong, Problem) else wrong
        raise click.BadParameter(f"file name: {why}", param_hint="--output") from wrong
    Path(output).mkdir(parents=True, exist_ok=True)
    return str(Path(output) / name)


@contextmanager
def _source(name: str) -> Iterator[Path]:
    """Give the input as a file; standard input is spooled, because it may be read twice."""
    if name != "-":
        if not Path(name).is_file():
            raise click.BadParameter(f"there is no file {name}", param_hint="INPUT")
        yield Path(name)
        return
    with tempfile.NamedTemporaryFile(prefix=".crosswalk-") as spool:
        shutil.copyfileobj(sys.stdin.buffer, spool)
        spool.flush()
        yield Path(spool.name)


@contextmanager
def _progress(*, show: bool) -> Iterator[Any]:
    """Tell the records read, on a terminal as they go, else every ten seconds."""
    if not show:
        yield lambda _read, _rejected: None
        return
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("reading")
            yield lambda read, rejected: bar.update(
                task, description=f"{read:,} records, {rejected:,} rejects"
            )
        return
    last = time.monotonic()

    def tell(read: int, rejected: int) -> None:
        nonlocal last
        if time.monotonic() - last >= 10:  # noqa: PLR2004
            last = time.monotonic()
            click.echo(f"{read:,} records, {rejected:,} rejects", err=True)

    yield tell


def _totals(result: Result) -> Iterator[tuple[str, str, str, int]]:
    """Give each control amount: its field, written, rejected, and how many are unreadable."""
    summary = result.summary
    for name, written in sorted(summary.tally.sums.items()):
        rejected = summary.rejected_amounts.get(name, Decimal(0) * written)
        yield name, f"{written:,f}", f"{rejected:,f}", summary.unreadable_amounts.get(name, 0)


def _text(wish: _Wish, plan: Plan, result: Result, seconds: float) -> str:
    summary = result.summary
    rate = f"{summary.read / seconds:,.0f} a second" if seconds else ""
    who = f"  biller {wish.biller}" if wish.biller else ""
    what = f"{plan.name} {plan.version} {plan.direction}{who}  {summary.read:,} records"
    rejects = f"{summary.rejects:,} rejects"
    refused = wish.rejects or "(no --rejects file)" if summary.rejects else ""
    lines = [
        f"{what} in {seconds:.1f} s ({rate}, {summary.compiled})",
        f"  written   {summary.written:>10,} records as {summary.units:,} units   {wish.output}",
        f"  rejected  {summary.rejected:>10,} records in {rejects}   {refused}".rstrip(),
    ]
    lines += [f"  file      {one.units:>10,} units   {one.file}" for one in result.files]
    unmapped = sum(summary.unmapped.values())
    if summary.left_out > unmapped:
        lines.append(f"  left out  {summary.left_out - unmapped:>10,} records by nest: when")
    if unmapped:
        names = ", ".join(r.name for r in plan.source.records if r.name in summary.unmapped)
        lines.append(f"  left out  {unmapped:>10,} records that no entry uses: {names}")
    for name, written, rejected, unreadable in _totals(result):
        gap = f", {unreadable} unreadable" if unreadable else ""
        lines.append(f"  {name}  written {written}, rejected {rejected}{gap}")
    lines += [f"  control total not verified: {told}" for told in summary.unverified_totals]
    lines += [f"  warning  {one.code}  {one.message}  ({one.span})" for one in plan.warnings]
    lines += [_issue("reject", one.issue) for one in result.rejects[:5]]
    if summary.rejects > 5:  # noqa: PLR2004
        lines.append(f"  ... {summary.rejects - 5:,} more rejects")
    told = len(summary.unverified_totals)
    notices = [one for one in result.notices if one.code != "CW639"]
    lines += [_issue("notice", one) for one in notices[:5]]
    if summary.notices - told > 5:  # noqa: PLR2004
        lines.append(f"  ... {summary.notices - told - 5:,} more notices")
    return "\n".join(lines)


def _issue(what: str, issue: Any) -> str:  # noqa: ANN401
    place = (
        f"{issue.record}.{issue.field}"
        if issue.record and issue.field
        else issue.field or issue.record or issue.target
    )
    value = f" '{issue.value}'" if issue.value else ""
    rule = f"  ({issue.rule})" if issue.rule else ""
    subject = f"{place}{value} " if place else ""
    return f"  {what}  line {issue.line}  {issue.code}  {subject}{issue.reason}{rule}"


def _json(wish: _Wish, plan: Plan, result: Result) -> str:
    summary = result.summary
    body = {
        "schema_version": 1,
        "mapping": plan.name,
        "version": plan.version,
        "direction": plan.direction,
        "biller": wish.biller,
        "output": wish.output,
        "read": summary.read,
        "written": summary.written,
        "rejected": summary.rejected,
        "left_out": summary.left_out,
        "unmapped": summary.unmapped,
        "units": summary.units,
        "rejects": summary.rejects,
        "notices": summary.notices,
        "execution": summary.compiled,
        "totals": {
            name: {
                "written": written.replace(",", ""),
                "rejected": rejected.replace(",", ""),
                "unreadable": gap,
            }
            for name, written, rejected, gap in _totals(result)
        },
        "warnings": [
            {"code": one.code, "message": one.message, "place": str(one.span or "")}
            for one in plan.warnings
        ],
        "files": [
            {
                "file": str(one.file),
                "per": one.key,
                "units": one.units,
                "totals": {name: f"{amount:f}" for name, amount in sorted(one.sums.items())},
            }
            for one in result.files
        ],
        "unverified_totals": summary.unverified_totals,
    }
    return json.dumps(body)
