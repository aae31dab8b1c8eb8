"""docs/howto-files.md is true: its layouts are checked, what they read is what it says."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from crosswalk.checking import check
from crosswalk.documents.source import Map
from crosswalk.documents.source import read as read_yaml
from crosswalk.findings.diagnostics import Severity
from crosswalk.findings.errors import FormatProblem
from crosswalk.model.layout import Branch
from crosswalk.planning.plan import Plan
from crosswalk.planning.read_layout import read_layout
from crosswalk.project import CANONICAL, Project
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, convert

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/howto-files.md").read_text("utf-8")
BLOCK = re.compile(
    r"```yaml layout\n(?P<layout>.*?)```\n```(?P<form>text|hex) reads\n(?P<reads>.*?)```\n"
    r"```text gives\n(?P<gives>.*?)```",
    re.DOTALL,
)
EXAMPLES = [match.groupdict() for match in BLOCK.finditer(PAGE)]
DAMAGED = re.compile(r"```text damaged\n(.*?)```\n```text costs\n(.*?)```", re.DOTALL)
"""Damaged files of the layout before them, and what is lost."""
HEAD = "crosswalk: 1\nkind: layout\nname: page/example\nversion: 1.0.0\n"
AT = datetime(2021, 2, 1, 8, 0)


def copying(layout: str) -> str:
    """A mapping of a layout to itself."""
    node, _ = read_yaml(layout, "layout.yaml")
    assert isinstance(node, Map)
    made, findings = read_layout(node)
    assert made is not None, findings
    lines = ["crosswalk: 1", "kind: mapping", "name: page/copy", "version: 1.0.0"]
    lines += ["from: page/example@1", "to: page/example@1", "nest:"]

    def nest(branch: Branch) -> None:
        for child in branch.children:
            lines.append(f"  {child.name}: {{of: {child.name}}}")
            nest(child)

    nest(made.root)
    lines.append("fields:")
    for record in made.records:
        lines.append(f"  {record.name}:")
        lines += [f'    "{one.key}": "{record.name}.{one.key}"' for one in record.fields]
    return "\n".join(lines) + "\n"


def test_every_marked_block_of_the_page_is_run() -> None:
    assert len(EXAMPLES) == PAGE.count("```yaml layout") >= 6


def plan_of(layout: str, folder: Path) -> Plan:
    (folder / "layout.yaml").write_text(HEAD + layout, "utf-8")
    (folder / "mapping.yaml").write_text(copying(HEAD + layout), "utf-8")
    project = Project(folder)
    assert [one for one in check(project) if one.severity is Severity.ERROR] == []
    return project.plan("page/copy", project.view(None), target_form=CANONICAL)


@pytest.mark.parametrize("at", range(len(DAMAGED.findall(PAGE))))
def test_what_the_page_says_is_lost_is_lost(at: int, tmp_path: Path) -> None:
    found = [*DAMAGED.finditer(PAGE)][at]
    layouts = re.findall(r"```yaml layout\n(.*?)```", PAGE[: found.start()], re.DOTALL)
    plan = plan_of(layouts[-1], tmp_path)
    (tmp_path / "input.txt").write_text(found[1], "utf-8")
    files = Files(tmp_path / "out.jsonl")
    try:
        result = convert(plan, Context({}, Run(AT, "1", "in")), tmp_path / "input.txt", files)
        told = [(r.issue, ", ".join(map(str, r.lines))) for r in result.rejects]
        costs = "".join(f"line {i.line} {i.code}: lines {lines}\n" for i, lines in told)
    except FormatProblem as problem:
        costs = f"the file: {problem.code}\n"
    assert costs == found[2]


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(n) for n in range(len(EXAMPLES))])
def test_what_the_page_says_is_read_is_read(example: dict[str, str], tmp_path: Path) -> None:
    plan = plan_of(example["layout"], tmp_path)
    reads = example["reads"]
    data = reads.encode() if example["form"] == "text" else bytes.fromhex(reads)
    (tmp_path / "input.txt").write_bytes(data)
    out = tmp_path / "out.jsonl"
    context = Context({}, Run(AT, "1", "input.txt"))
    result = convert(plan, context, tmp_path / "input.txt", Files(out))
    assert [reject.issue for reject in result.rejects] == []
    assert out.read_text("utf-8") == example["gives"]


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\(\.\./(tests/strangers[^)]*)\)", PAGE))))
def test_examples_that_the_page_names_are_there(link: str) -> None:
    assert (ROOT / link).is_dir()
