"""What stands in one line, beside a header or at one place: read, written, refused, every way."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.strangers.test_howto import HEAD, copying

from crosswalk.checking import check
from crosswalk.findings.diagnostics import Severity
from crosswalk.findings.errors import FormatProblem
from crosswalk.project import CANONICAL, Project
from crosswalk.running.accounts import Reject
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, convert

HERE = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}: {name}": case
    for path in sorted(HERE.glob("*.yaml"))
    for name, case in yaml.safe_load(path.read_text("utf-8")).items()  # noqa: TID251 - cases, no documents
}
RUNS = sorted(name for name, case in CASES.items() if "findings" not in case)
FINDINGS = sorted(name for name, case in CASES.items() if "findings" in case)
CONTEXT = Context({}, Run(datetime(2026, 2, 1, 8, 0), "1", "input.txt"))

Outcome = tuple[str, list[str], tuple[int, int, int]]


def project(case: dict[str, Any], folder: Path) -> Project:
    layout = HEAD + case["layout"]
    (folder / "layout.yaml").write_text(layout, "utf-8")
    (folder / "mapping.yaml").write_text(copying(layout), "utf-8")
    made = Project(folder)
    assert [one for one in check(made) if one.severity is Severity.ERROR] == []
    return made


def told(reject: Reject) -> str:
    """Tell a reject as its cause: line, code, record and field (or what was to be filled)."""
    issue = reject.issue
    place = ".".join(filter(None, (issue.record, issue.field or issue.target)))
    return f"{issue.line} {issue.code} {place}: {issue.reason}"


def run(
    made: Project, source: Path, forms: tuple[str | None, str | None], *, compiled: bool
) -> Outcome | str:
    plan = made.plan("page/copy", made.view(None), source_form=forms[0], target_form=forms[1])
    out = source.with_name("out")
    try:
        result = convert(plan, CONTEXT, source, Files(out, replace=True), compiled=compiled)
    except FormatProblem as problem:
        return str(problem)
    summary = result.summary
    assert summary.read == summary.written + summary.rejected + summary.left_out
    counted = (summary.read, summary.written, summary.rejected)
    return out.read_text("utf-8"), [told(one) for one in result.rejects], counted


def alike(made: Project, source: Path, forms: tuple[str | None, str | None]) -> Outcome | str:
    """Run by the reference and compiled; both must agree."""
    law = run(made, source, forms, compiled=False)
    assert run(made, source, forms, compiled=True) == law
    return law


@pytest.mark.parametrize("name", RUNS)
def test_a_file_is_read_and_written_as_its_case_says(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    made = project(case, tmp_path)
    source = tmp_path / "input.txt"
    source.write_text(case["reads"], "utf-8")
    found = alike(made, source, (None, CANONICAL))
    if isinstance(found, str):
        assert case["refused"] in found
        return
    gives, rejects, _ = found
    assert gives == case["gives"]
    assert rejects == case.get("rejects", [])
    written = alike(made, source, (None, None))
    assert written[0] == case.get("writes", case["reads"])
    source.write_text(gives, "utf-8")  # the canonical form of it becomes the same file
    assert alike(made, source, (CANONICAL, None))[:2] == (written[0], [])


@pytest.mark.parametrize("name", sorted(one for one in RUNS if "from" in CASES[one]))
def test_records_that_cannot_be_written_are_rejected(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    made = project(case, tmp_path)
    source = tmp_path / "input.txt"
    source.write_text(case["from"], "utf-8")
    found = alike(made, source, (CANONICAL, None))
    assert found[1] == case["unwritable"]


@pytest.mark.parametrize("name", FINDINGS)
def test_a_layout_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    (tmp_path / "layout.yaml").write_text(HEAD + case["layout"], "utf-8")
    made = Project(tmp_path)
    found = [one for one in check(made) if one.severity is Severity.ERROR]
    lines = [f"{one.span.line - HEAD.count(chr(10))}" for one in found if one.span is not None]
    assert [
        f"{line} {one.code} {one.message}" for line, one in zip(lines, found, strict=True)
    ] == case["findings"]
