"""Records that stand once: in the file, or in a unit that may do without them."""

from datetime import datetime
from pathlib import Path

import pytest

from crosswalk.findings.errors import FormatProblem
from crosswalk.project import Project
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, convert

PROJECT = """
crosswalk: 1
kind: layout
name: demo/entries
version: 1.0.0
file: {form: json-lines}
structure: head, entry*(check?, memo*, name?)
records:
  head: {fields: {Owner: {type: code}}}
  entry: {fields: {Id: {type: code}}}
  check: {fields: {Number: {type: code}}}
  memo: {fields: {Text: {type: text}}}
  name: {fields: {Name: {type: text}}}
"""
COPY = """
crosswalk: 1
kind: mapping
name: demo/copy
version: 1.0.0
from: demo/entries@1
to: demo/copies@1
nest: {entry: {of: entry}, check: {of: check}, memo: {of: memo}, name: {of: name}}
fields:
  head: {Owner: Owner}
  entry: {Id: Id}
  check: {Number: Number}
  memo: {Text: Text}
  name: {Name: Name}
"""
HEAD = '{"head":{"Owner":"A"}}\n'
ENTRIES = HEAD + (
    '{"entry":{"Id":"1","memo":[],"name":{"Name":"Ann"}}}\n'
    '{"entry":{"Id":"2","check":{"Number":"7"},"memo":[{"Text":"x"}]}}\n'
    '{"entry":{"Id":"3","memo":[]}}\n'
)


def copied(text: str, folder: Path, *, compiled: bool = True) -> str:
    copies = PROJECT.replace("demo/entries", "demo/copies")
    copies = copies.replace("Owner: {type: code}", "Owner: {type: code, required: true}")
    for name, document in (("a", PROJECT), ("b", copies), ("c", COPY)):
        (folder / f"{name}.yaml").write_text(document, "utf-8")
    (folder / "in.jsonl").write_text(text, "utf-8")
    project = Project(folder)
    plan = project.plan("demo/copy", project.view(None))
    run = Context({}, Run(datetime(2021, 1, 1), "1", "in"))
    made = convert(plan, run, folder / "in.jsonl", Files(folder / "out"), compiled=compiled)
    assert made.summary.compiled == ("compiled" if compiled else "reference")
    return (folder / "out").read_text("utf-8")


@pytest.mark.parametrize("compiled", [False, True], ids=["reference", "compiled"])
def test_a_record_that_is_not_there_leaves_no_key(tmp_path: Path, *, compiled: bool) -> None:
    assert copied(ENTRIES, tmp_path, compiled=compiled) == ENTRIES


def test_a_file_without_its_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatProblem, match="'head' is not in the file") as refused:
        copied(ENTRIES.removeprefix(HEAD), tmp_path)
    assert refused.value.code == "CW631"
    assert not (tmp_path / "out").exists()


def test_a_head_that_cannot_be_made_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(FormatProblem, match=r"head cannot be made: head\.Owner") as refused:
        copied(ENTRIES.replace('"A"', "null"), tmp_path)
    assert refused.value.code == "CW508"
    assert not (tmp_path / "out").exists()
