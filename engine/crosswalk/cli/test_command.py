"""`crosswalk test`."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import click

from crosswalk.cli.options import pass_project, refuse_errors
from crosswalk.documents.workspace import Document
from crosswalk.project import Project
from crosswalk.testing.case_compare import Difference, title
from crosswalk.testing.cases import CaseResult, run_cases
from crosswalk.testing.coverage import Coverage, coverage_of


@click.command("test")
@click.argument("names", nargs=-1, metavar="[NAME|FILE|FOLDER]...")
@click.option("-k", "word", default="", metavar="WORD", help="Only cases that name WORD.")
@click.option("--format", "style", type=click.Choice(["text", "json", "junit"]), default="text")
@click.option("--coverage", is_flag=True, help="Tell what no case asserts: target fields, rules.")
@click.option("--update", is_flag=True, help="Rewrite output files that differ, after asking.")
@pass_project
def command(  # noqa: PLR0913
    project: Project,
    names: tuple[str, ...],
    word: str,
    style: str,
    coverage: bool,  # noqa: FBT001
    update: bool,  # noqa: FBT001
) -> None:
    r"""Run the cases beside the mappings.

    A name is that of a case document, of a mapping, or of a folder of either.

    \b
    Examples:
      crosswalk test
      crosswalk test partner/product/invoice -k overflow --coverage
    """
    refuse_errors(project)
    if update and os.environ.get("CI"):
        raise click.UsageError("--update is for people; where CI is set nothing is rewritten")
    documents = [one for one in project.documents("case") if _chosen(one, names, project)]
    if not documents:
        sought = f" for {', '.join(names)}" if names else ""
        raise click.UsageError(f"no case documents here{sought}")
    started = time.perf_counter()
    results = [result for one in documents for result in run_cases(project, one, word)]
    if not results:
        raise click.UsageError(f"no case has '{word}' in its name or description")
    covered = list(coverage_of(project, documents, results)) if coverage else []
    spent = time.perf_counter() - started
    tell = {"text": _text, "json": _json, "junit": _junit}[style]
    click.echo(tell(results, covered, spent))
    if update:
        _update(results, project.root)
    failed = any(not one.passed for one in results) or any(
        one.missing or one.unasserted for one in covered
    )
    click.get_current_context().exit(1 if failed else 0)


def _chosen(document: Document, names: tuple[str, ...], project: Project) -> bool:
    """Tell whether a document, its mapping, its file or a folder of them is named."""
    mapping = document.node.entries.get("mapping")
    target = getattr(mapping.value, "text", "").partition("@")[0] if mapping else ""
    paths = (document.name, target, document.file)
    for name in names:
        wish = name.removeprefix("./").rstrip("/").partition("@")[0]
        if Path(name).is_absolute():
            wish = os.path.relpath(name, project.root.resolve())
        if any(path == wish or path.startswith(wish + "/") for path in paths):
            return True
    return not names


# --- telling ------------------------------------------------------------------------------


def _text(results: list[CaseResult], covered: list[Coverage], spent: float) -> str:
    lines = []
    width = max(len(one.document) for one in results)
    for name in dict.fromkeys(one.document for one in results):
        mine = [one for one in results if one.document == name]
        bad = sum(not one.passed for one in mine)
        failed = f", {bad} failed" if bad else ""
        lines.append(f"{name:<{width}}  {len(mine) - bad:3} passed{failed}")
    for one in results:
        lines += _failure(one)
    for cover in covered:
        share = f"{cover.total - len(cover.missing)}/{cover.total}"
        rules = (
            f"  rules {cover.rules - len(cover.unasserted)}/{cover.rules}" if cover.rules else ""
        )
        lines += ["", f"coverage  {cover.mapping}  fields {share}{rules}"]
        lines += [f"  not asserted  {record}.{title(one)}" for record, one in cover.missing]
        lines += [f"  {one.code}  {one.message}  {one.span}" for one in cover.unasserted]
    bad = sum(not one.passed for one in results)
    lines += ["", f"{len(results)} cases, {bad} failed, {spent:.1f} s"]
    return "\n".join(lines)


def _failure(one: CaseResult) -> Iterator[str]:
    if one.passed:
        return
    yield ""
    yield f'FAILED {one.document} > "{one.name}"   {one.span}'
    rows = [_COLUMNS]
    rows += [_row(difference) for difference in one.differences]
    widths = [max(min(len(row[at]), 60) for row in rows) for at in range(5)]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()


_COLUMNS = ("where", "field", "expected", "got", "decided_by")


def _row(one: Difference) -> tuple[str, str, str, str, str]:
    rule = str(one.decided_by) if one.decided_by is not None else ""
    return one.path, one.field, one.expected, one.got, rule


def _json(results: list[CaseResult], covered: list[Coverage], spent: float) -> str:
    body = {
        "schema_version": 1,
        "seconds": round(spent, 3),
        "cases": [
            {
                "document": one.document,
                "mapping": one.mapping,
                "case": one.name,
                "place": str(one.span),
                "passed": one.passed,
                "differences": [dict(zip(_COLUMNS, _row(d), strict=True)) for d in one.differences],
            }
            for one in results
        ],
        "coverage": [
            {
                "mapping": one.mapping,
                "fields": one.total,
                "not_asserted": [f"{record}.{field.key}" for record, field in one.missing],
                "rules": one.rules,
                "rules_not_asserted": [
                    {"code": rule.code, "message": rule.message, "place": str(rule.span or "")}
                    for rule in one.unasserted
                ],
            }
            for one in covered
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2)


def _junit(results: list[CaseResult], _covered: list[Coverage], spent: float) -> str:
    import xml.etree.ElementTree as ET

    bad = sum(not one.passed for one in results)
    counts = {"tests": str(len(results)), "failures": str(bad), "time": f"{spent:.3f}"}
    root = ET.Element("testsuites", counts)
    for name in dict.fromkeys(one.document for one in results):
        mine = [one for one in results if one.document == name]
        failed = str(sum(not one.passed for one in mine))
        suite = ET.SubElement(root, "testsuite", name=name, tests=str(len(mine)), failures=failed)
        for one in mine:
            place = one.span.file
            case = ET.SubElement(suite, "testcase", classname=name, name=one.name, file=place)
            if not one.passed:
                message = f"{len(one.differences)} differences"
                failure = ET.SubElement(case, "failure", message=message)
                failure.text = _writable("\n".join(_failure(one)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _writable(text: str) -> str:
    """Take out what XML cannot hold."""
    return "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in text)


def _update(results: list[CaseResult], root: Path) -> None:
    """Rewrite output files one by one, each only when the person says yes."""
    for one in results:
        if one.update is None:
            continue
        path, data = one.update
        shown = os.path.relpath(path, root)
        if click.confirm(f"write {shown} ({len(data):,} bytes) as {one.name} has it now?"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            click.echo(f"wrote {shown}; run the test again, and review the change like any other")
