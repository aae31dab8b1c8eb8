"""`crosswalk explain`."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crosswalk.cli.options import at_option, biller_option, direction_option, moment, pass_project

if TYPE_CHECKING:
    from crosswalk.project import Project
    from crosswalk.telling.explain import Explanation, Rejection, Remark

_WIDTH = 14


@click.command("explain")
@click.argument("mapping", metavar="MAPPING|FLOW")
@click.argument("input", metavar="INPUT[:LINE]")
@click.option(
    "--field", "name", required=True, metavar="RECORD.FIELD|ID|NAME", help="Field of the output."
)
@biller_option
@direction_option
@click.option("--input-form", type=click.Choice(["layout", "json-lines"]), default="layout")
@at_option
@click.option("--run-id", default="", help="Id of the run, for mappings that use it.")
@click.option("--why-not", metavar="RULE", help="Of a decision's other rules tell only this one.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@pass_project
def command(  # noqa: PLR0913
    project: "Project",
    mapping: str,
    input: str,  # noqa: A002
    name: str,
    biller: str | None,
    direction: str,
    input_form: str,
    at: datetime | None,
    run_id: str,
    why_not: str | None,
    style: str,
) -> None:
    """Say where a value of the output comes from.

    Names the input's line and column, each step on the way with what it did, the conditions that
    decided, the setting's layer, and the place in the YAML. INPUT:LINE chooses the record (the
    first one without a line); a record that is rejected is explained by the reason (exit code 1).

    \b
    Examples:
      crosswalk explain partner/product/invoice statement.txt:3 --biller a-city --field 10
      crosswalk explain invoice statement.txt:3 --biller a-city --field 10
      crosswalk explain partner/product/invoice in.txt --biller a-city --field IH.TotalAmountDue
      crosswalk explain partner/product/invoice out.txt:2 --backward --field "Due Date"
      crosswalk explain partner/product/payment in.jsonl:2 --field paymentCode --why-not amex
    """  # noqa: D301
    from crosswalk.running.context import Context, Run
    from crosswalk.telling.explain import Explainer, NoSuchPlace, Rejection

    file, line = _place(input)
    view = project.view(biller)
    mapping, direction = project.wanted(mapping, view, direction)
    plan = project.plan(mapping, view, direction, source_form=input_form)
    context = Context(view.settings.texts(), Run(moment(at), run_id, file.name))
    try:
        explainer = Explainer(project, view, plan, context, file)
        explainer.why_not = why_not
        found = explainer.explain(name, line)
    except NoSuchPlace as wrong:
        raise click.UsageError(f"{file}: {wrong}") from None
    if style == "json":
        click.echo(json.dumps({"schema_version": 1, "input": str(file), **_body(found)}, indent=2))
    else:
        click.echo("\n".join(_text(found)))
    click.get_current_context().exit(1 if isinstance(found, Rejection) else 0)


def _place(text: str) -> tuple[Path, int | None]:
    """Split INPUT:LINE; a file whose own name ends so comes first."""
    head, _, tail = text.rpartition(":")
    if not Path(text).is_file() and head and tail.isascii() and tail.isdigit():
        text, line = head, int(tail)
    else:
        line = None
    if not Path(text).is_file():
        raise click.BadParameter(f"there is no file {text}", param_hint="INPUT")
    return Path(text), line


# --- text --------------------------------------------------------------------------------------


def _text(found: "Explanation | Rejection") -> Iterator[str]:
    from crosswalk.telling.explain import Rejection

    if isinstance(found, Rejection):
        yield from _rejection(found)
        return
    one = found.field
    title = f"{found.record}.{one.key}" + (f" {one.name}" if one.name != one.key else "")
    shown = "has no value" if found.value is None else f"= {found.value}"
    yield f"{title} {shown}   ({one.codec.type})"
    if found.text != (found.value or ""):
        yield _row("written as", found.text or "nothing")
    yield _row("entry", f"{found.place}   {found.layer}")
    yield _row("record", _record(found))
    for number, read in enumerate(found.reads):
        at = f"line {read.line}" + (f", column {read.column}" if read.column else "")
        header = f' "{read.header}"' if read.header and read.header != read.field else ""
        text = f"{read.record}.{read.field}   {at}{header}   '{read.text}'"
        yield _row("from" if number == 0 else "", text)
    for number, remark in enumerate(found.remarks):
        yield _row("how" if number == 0 else "", "  " * remark.depth + _remark(remark))


def _record(found: "Explanation") -> str:
    if not found.lines:
        return f"{found.record} of the whole file"
    first, last = found.lines[0], found.lines[-1]
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    number = (
        f"{found.record} {found.number} of {found.count} of the " if found.count > 1 else "the "
    )
    return f"{number}{found.unit} made of {lines}"


def _row(label: str, text: str) -> str:
    return f"  {label:<{_WIDTH - 2}}{text}".rstrip()


def _remark(remark: "Remark") -> str:
    text = remark.text
    if remark.before is not None:
        text += f": '{remark.before}' -> '{remark.after}'"
    return text if remark.place is None else f"{text}   {remark.place}"


def _rejection(found: "Rejection") -> Iterator[str]:
    shown = ", ".join(str(line) for line in found.lines[:12])
    yield f"rejected: line{'s' if len(found.lines) > 1 else ''} {shown}, so there is no output"
    for issue in found.issues:
        place = ".".join(filter(None, (issue.record, issue.field)))
        subject = f"{place} '{issue.value}' " if issue.value else f"{place} " if place else ""
        yield _row("because", f"line {issue.line}  {issue.code}  {subject}{issue.reason}")
        if issue.rule is not None:
            yield _row("", f"rule {issue.rule}")


# --- JSON --------------------------------------------------------------------------------------


def _body(found: "Explanation | Rejection") -> dict[str, Any]:
    from crosswalk.telling.explain import Rejection

    if isinstance(found, Rejection):
        issues = [
            {**asdict(one), "rule": str(one.rule) if one.rule else None} for one in found.issues
        ]
        return {"rejected": {"lines": found.lines, "issues": issues}}
    return {
        "rejected": None,
        "record": found.record,
        "id": found.field.key,
        "name": found.field.name,
        "type": found.field.codec.type,
        "value": found.value,
        "text": found.text,
        "unit": {"name": found.unit, "lines": found.lines},
        "occurrence": {"number": found.number, "count": found.count},
        "entry": {"place": str(found.place), "layer": found.layer},
        "from": [asdict(read) for read in found.reads],
        "how": [
            {**asdict(one), "place": str(one.place) if one.place else None} for one in found.remarks
        ],
    }
