"""`crosswalk rules`: decision tables to read, to question, to compare and to carry over."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import click

from crosswalk.cli.files import read_text, write_output
from crosswalk.cli.options import biller_option, pass_project
from crosswalk.cli.report import STYLES, tell_findings
from crosswalk.cli.rules_source import JSON, pairs, source
from crosswalk.decisions import compare as comparing
from crosswalk.decisions import matrix as matrices
from crosswalk.decisions.analyse import analyse
from crosswalk.decisions.explain import explain
from crosswalk.decisions.explain_text import explain_text
from crosswalk.decisions.legacy_export import export_legacy
from crosswalk.decisions.legacy_import import import_legacy
from crosswalk.decisions.load import inputs_from_text
from crosswalk.decisions.readings import ambiguous
from crosswalk.decisions.write_rules import write_rules
from crosswalk.findings.diagnostics import Diagnostic, Severity, has_errors
from crosswalk.findings.report import Style
from crosswalk.project import Project

FORMATS: dict[str, Callable[[matrices.Matrix], str]] = {
    "text": matrices.as_text,
    "markdown": matrices.as_markdown,
    "csv": matrices.as_csv,
    "json": matrices.as_json,
}
Function = Callable[..., Any]


@click.group("rules")
def command() -> None:
    """Read, question, compare, check and carry over the rules of decisions.

    NAME is a rules or decision document, a mapping with one decision, or a file of the partner's
    JSON (then --use names the decision). Settings are the biller's; --set tries others.

    \b
    Examples:
      crosswalk rules matrix partner/product/codes --biller a-city
      crosswalk rules explain partner/product/codes type=card brand=VISA --why-not cc-any
      crosswalk rules diff old.json partner/product/codes --use partner/product/code
    """  # noqa: D301


def _common(function: Function) -> Function:
    """Add the options that say whose settings apply, on which day."""
    wrapped = click.option(
        "--set", "given", multiple=True, metavar="NAME=VALUE", help="A setting's value to try."
    )(biller_option(function))
    wrapped = click.option("--use", help="Decision that a JSON file is for.")(wrapped)
    return click.option(
        "--day",
        type=click.DateTime(["%Y-%m-%d"]),
        help="Day on which a mapping's rules are in force (default: today).",
    )(wrapped)


@command.command("matrix")
@click.argument("name", metavar="NAME|FILE.json")
@_common
@click.option("--format", "style", type=click.Choice(list(FORMATS)), default="text")
@pass_project
def matrix(  # noqa: PLR0913
    project: Project,
    name: str,
    biller: str | None,
    given: tuple[str, ...],
    use: str | None,
    day: datetime | None,
    style: str,
) -> None:
    """Print every case with its outcome and what decided it."""
    bound, findings = source(project, biller, given, use, day).bound(name)
    _warn(findings)
    click.echo(FORMATS[style](matrices.matrix(bound)), nl=False)


@command.command("explain")
@click.argument("name", metavar="NAME|FILE.json")
@click.argument("inputs", nargs=-1, metavar="[INPUT=VALUE]...")
@_common
@click.option("--why-not", metavar="RULE", help="Say why this rule did not decide.")
@click.option("--channel", "channels", multiple=True, help="Check only these channels' limits.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@pass_project
def explanation(  # noqa: PLR0913
    project: Project,
    name: str,
    inputs: tuple[str, ...],
    biller: str | None,
    given: tuple[str, ...],
    use: str | None,
    day: datetime | None,
    why_not: str | None,
    channels: tuple[str, ...],
    style: str,
) -> None:
    """Decide one case and say why. Exit code 1: undecided, or too long for a channel."""
    bound, findings = source(project, biller, given, use, day).bound(name)
    _warn(findings)
    unknown = sorted(set(channels) - set(bound.model.limits))
    if unknown:
        known = ", ".join(bound.model.limits)
        raise click.BadParameter(f"'{unknown[0]}' is none of {known}", param_hint="--channel")
    typed = inputs_from_text(bound.model, pairs(inputs, "INPUT=VALUE"))
    said = explain(bound, typed, channels or None, why_not)
    click.echo(json.dumps(said, indent=2) if style == "json" else explain_text(said).rstrip("\n"))
    checks: Any = said["checks"]
    failed = said["subject"] is not None or (channels and any(_errors(checks.values())))
    click.get_current_context().exit(1 if failed else 0)


def _errors(checks: Iterable[list[dict[str, str]]]) -> Iterable[bool]:
    return (one["severity"] == "error" for problems in checks for one in problems)


@command.command("diff")
@click.argument("before", metavar="NAME|FILE.json")
@click.argument("after", metavar="NAME|FILE.json")
@_common
@click.option(
    "--then-set", "later", multiple=True, metavar="NAME=VALUE", help="A setting with AFTER only."
)
@click.option("--reasons", is_flag=True, help="Also cases where only the rule or source changes.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@pass_project
def diff(  # noqa: PLR0913
    project: Project,
    before: str,
    after: str,
    biller: str | None,
    given: tuple[str, ...],
    use: str | None,
    day: datetime | None,
    later: tuple[str, ...],
    reasons: bool,  # noqa: FBT001
    style: str,
) -> None:
    """Print the decisions that change between two rule sets. Exit code 1: some do."""
    found = source(project, biller, given, use, day)
    one, findings = found.bound(before)
    found.settings |= pairs(later, "--then-set")
    other, more = found.bound(after)
    _warn([*findings, *more])
    if one.model != other.model:
        raise click.UsageError(f"{before} and {after} are for different decisions")
    made = comparing.compare(one, other, reasons=reasons)
    data = json.dumps(comparing.as_data(made), indent=2)
    click.echo(data if style == "json" else comparing.as_text(made).rstrip("\n"))
    click.get_current_context().exit(1 if made.changes else 0)


@command.command("check")
@click.argument("name", metavar="NAME|FILE.json")
@_common
@click.option("--channel", "channels", multiple=True, help="Channel that is used.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--format", "style", type=click.Choice(STYLES), default="full")
@pass_project
def check(  # noqa: PLR0913
    project: Project,
    name: str,
    biller: str | None,
    given: tuple[str, ...],
    use: str | None,
    day: datetime | None,
    channels: tuple[str, ...],
    strict: bool,  # noqa: FBT001
    style: Style,
) -> None:
    """Print all findings about a rule set, information too. Exit code 1: errors."""
    bound, findings = source(project, biller, given, use, day).bound(name)
    if bound.rules is not None:
        findings = [*findings, *analyse(bound, channels)]
        findings += ambiguous(bound) if name.endswith(JSON) else []
    if findings or style != "full":
        tell_findings(findings, style)
    else:
        click.echo(f"{name}: no findings")
    warned = strict and any(one.severity is Severity.WARNING for one in findings)
    click.get_current_context().exit(1 if has_errors(findings) or warned else 0)


@command.command("import")
@click.argument("file", metavar="FILE.json")
@click.option("--use", required=True, help="Decision that the JSON is for.")
@click.option("--name", default="imported", help="Name of the rules document.")
@click.option("-o", "--output", default="-", help="New file (default: standard output).")
@click.option("--replace", is_flag=True, help="Overwrite a file that exists.")
@click.option("--salvage", is_flag=True, help="Leave faulty entries out, as the partner does.")
@pass_project
def importing(  # noqa: PLR0913
    project: Project,
    file: str,
    use: str,
    name: str,
    output: str,
    replace: bool,  # noqa: FBT001
    salvage: bool,  # noqa: FBT001
) -> None:
    """Write the partner's JSON as a rules document; nothing is written when it has errors."""
    model = source(project, None, use=use).model()
    rules, findings = import_legacy(read_text(file), model, file, name, salvage=salvage)
    _warn(findings)
    if rules is not None:
        text = write_rules(rules, model, f"Imported from {file}.")
        write_output(text.encode(), output, replace=replace)
    click.get_current_context().exit(1 if has_errors(findings) else 0)


@command.command("export")
@click.argument("name")
@biller_option
@click.option("--split", multiple=True, help="Input whose lists become one entry per value.")
@click.option("-o", "--output", default="-", help="New file (default: standard output).")
@click.option("--replace", is_flag=True, help="Overwrite a file that exists.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@pass_project
def exporting(  # noqa: PLR0913
    project: Project,
    name: str,
    biller: str | None,
    split: tuple[str, ...],
    output: str,
    replace: bool,  # noqa: FBT001
    strict: bool,  # noqa: FBT001
) -> None:
    """Write a rules document as the partner's JSON, most specific first."""
    found = source(project, biller)
    judge = found.judge(found.document(name))
    if not judge.rules:
        raise click.UsageError(f"{name} has no rules")
    text, findings = export_legacy(judge.rules[0], judge.model, split)
    _warn(findings)
    if text is not None:
        write_output(text.encode(), output, replace=replace)
    failed = text is None or has_errors(findings) or (strict and bool(findings))
    click.get_current_context().exit(1 if failed else 0)


def _warn(findings: list[Diagnostic]) -> None:
    """Tell findings beside the output."""
    told = [one for one in findings if one.severity is not Severity.INFO]
    if told:
        tell_findings(told, err=True)
