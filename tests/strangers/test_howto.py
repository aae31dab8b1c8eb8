"""docs/howto-files.md is true: its layouts are checked, what they read is what it says."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from crosswalk.checking import check
from crosswalk.documents.source import Map
from crosswalk.documents.source import read as read_yaml
from crosswalk.findings.diagnostics import Severity
from crosswalk.model.layout import Branch
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


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(n) for n in range(len(EXAMPLES))])
def test_what_the_page_says_is_read_is_read(example: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "layout.yaml").write_text(HEAD + example["layout"], "utf-8")
    (tmp_path / "mapping.yaml").write_text(copying(HEAD + example["layout"]), "utf-8")
    reads = example["reads"]
    data = reads.encode() if example["form"] == "text" else bytes.fromhex(reads)
    (tmp_path / "input.txt").write_bytes(data)
    project = Project(tmp_path)
    assert [one for one in check(project) if one.severity is Severity.ERROR] == []
    plan = project.plan("page/copy", project.view(None), target_form=CANONICAL)
    out = tmp_path / "out.jsonl"
    context = Context({}, Run(AT, "1", "input.txt"))
    result = convert(plan, context, tmp_path / "input.txt", Files(out))
    assert [reject.issue for reject in result.rejects] == []
    assert out.read_text("utf-8") == example["gives"]


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\(\.\./(tests/strangers[^)]*)\)", PAGE))))
def test_examples_that_the_page_names_are_there(link: str) -> None:
    assert (ROOT / link).is_dir()
