"""A proposed layout put to work: it reads its own sample, and writes it again."""

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from crosswalk.findings.errors import ConfigError, FormatProblem
from crosswalk.importing.propose_layout import Head
from crosswalk.importing.yaml_lines import flow, key, text
from crosswalk.model.layout import Branch, File, Layout
from crosswalk.planning.read_layout import read_layout
from crosswalk.project import CANONICAL, Project
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, Result, convert

_AT = datetime(2000, 1, 1)  # noqa: DTZ001 - a run's moment has no zone; nothing reads this one
_SHOWN = 3


def verify(lines: str, head: Head, data: bytes) -> tuple[str, list[str]]:
    """Read a sample by its proposal and write it again.

    `lines` is the proposal without its marks. Gives a sentence, and what is wrong: lines that are
    not read, or that come out otherwise.
    """
    with tempfile.TemporaryDirectory(prefix="crosswalk-") as folder:
        root = Path(folder)
        (root / "layout.yaml").write_text(lines, "utf-8")
        layout, findings = read_layout(Project(root).find(head.name, "layout").node)
        if layout is None:
            return "not read again", [one.message for one in findings]
        same = "\n".join(_same(layout))
        (root / "same.yaml").write_text(same, "utf-8")
        (root / "sample").write_bytes(data)
        try:
            result = _run(root, layout)
        except ConfigError as wrong:
            return "not read again", [f"{one.message}" for one in wrong.findings][:_SHOWN]
        except FormatProblem as wrong:
            return "not read again", [str(wrong)]
        return _compared(result, layout, data, (root / "out").read_bytes())


def _run(root: Path, layout: Layout) -> Result:
    project = Project(root)
    plan = project.plan(_NAME, project.view(None), target_form=_target(layout))
    context = Context({}, Run(_AT, "1", "sample"))
    source = root / "sample"
    large = source.stat().st_size > _LARGE
    return convert(plan, context, source, Files(root / "out"), compiled=large)


_LARGE = 1 << 20
"""From how many bytes on it is quicker to compile first."""


_NAME = "proposed/same"


def _target(layout: Layout) -> str | None:
    """Choose the canonical form where the layout's own cannot be written."""
    file = layout.file
    partly = file.from_line or file.until_line or file.skip_lines or _marked(file)
    unwritten = file.form in ("xml", "sheet") or file.encoding == "utf-16"
    return CANONICAL if partly or unwritten else None


def _marked(file: File) -> bool:
    """Tell whether the file begins with signs that are no data and are not written."""
    return file.separators is not None and bool(file.separators.skip)


def _compared(result: Result, layout: Layout, data: bytes, made: bytes) -> tuple[str, list[str]]:
    rejected = [
        " ".join(f"line {one.issue.line} is not read: {one.issue.field} {one.issue.reason}".split())
        for one in result.rejects
    ]
    read = f"read again: {result.summary.read} records"
    if rejected:
        return f"{read}, {result.summary.rejects} rejected", rejected[:_SHOWN]
    if _target(layout) is None and _equal(layout.file.form, data, made):
        return f"{read}, written again as they were", []
    if _target(layout) is not None or layout.file.form in _JSON:
        return f"{read}, none rejected", []
    return f"{read}, none rejected", _difference(data, made)


_JSON = ("json", "json-lines")
"""Forms of which keys that are left out, and nulls, do not come back."""


def _equal(form: str, data: bytes, made: bytes) -> bool:
    if form in _JSON:
        return _documents(form, data) == _documents(form, made)
    return data.rstrip(b"\r\n") == made.rstrip(b"\r\n")


def _documents(form: str, data: bytes) -> list[object]:
    """Give the JSON documents of a file; of another encoding than UTF-8 its bytes."""
    parts = [one for one in data.splitlines() if one.strip()] if form == "json-lines" else [data]
    try:
        return [json.loads(one) for one in parts]
    except ValueError:
        return [data]


def _difference(data: bytes, made: bytes) -> list[str]:
    old, new = data.split(b"\n"), made.split(b"\n")
    for number, (one, other) in enumerate(zip(old, new, strict=False), 1):
        if one != other:
            shown = json.dumps(other[:120].decode("utf-8", "replace"), ensure_ascii=False)
            return [f"line {number} would be written otherwise: {shown}"]
    return ["the file would be written with another number of lines"]


def _same(layout: Layout) -> Iterator[str]:
    """Write the mapping that gives every field to itself."""
    name = f"{layout.name}@{layout.version.partition('.')[0]}"
    yield from ("crosswalk: 1", "kind: mapping", f"name: {_NAME}", "version: 1.0.0")
    yield from (f"from: {name}", f"to: {name}")
    branches = list(_branches(layout.root))
    nests = [one.name for one in branches if one.most is None or not one.least]
    if nests:
        yield "nest:"
        yield from (f"  {key(one)}: {flow({'of': text(one)})}" for one in nests)
    yield "fields:"
    for record in layout.records:
        fields = [one for one in record.fields if one.always is None]
        yield f"  {key(record.name)}:{'' if fields else ' {}'}"
        yield from (f"    {key(one.key)}: {text(f'{record.name}.{one.key}')}" for one in fields)


def _branches(branch: Branch) -> Iterator[Branch]:
    for one in branch.children:
        yield one
        yield from _branches(one)
