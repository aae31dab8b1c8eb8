"""Shapes of JSON and XML: each file of shapes/ is a layout, what it reads, gives and writes.

`reads` becomes `gives` (the canonical form), by the reference and compiled alike; `gives` is
written as `writes` and read again. Instead of these, `rejects` and `stops` are what is told.
"""

import re
from datetime import datetime
from pathlib import Path

import pytest
from tests.strangers.test_howto import HEAD, copying

from crosswalk.checking import check
from crosswalk.findings.diagnostics import Severity
from crosswalk.project import CANONICAL, Project
from crosswalk.running.context import Context, Run
from crosswalk.running.in_memory import Outcome, run_in_memory

CASES = sorted((Path(__file__).parent / "shapes").glob("*.txt"))
AT = datetime(2021, 2, 1, 8, 0)


def parts(path: Path) -> dict[str, str]:
    found = re.split(r"^--- (\w+)\n", path.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def project(case: dict[str, str], folder: Path) -> Project:
    layout = HEAD + case["layout"]
    (folder / "layout.yaml").write_text(layout, "utf-8")
    (folder / "mapping.yaml").write_text(copying(layout), "utf-8")
    made = Project(folder)
    assert [one for one in check(made) if one.severity is Severity.ERROR] == []
    return made


def run(made: Project, text: str, *, compiled: bool, read: bool) -> Outcome:
    form = {"target_form": CANONICAL} if read else {"source_form": CANONICAL}
    plan = made.plan("page/copy", made.view(None), **form)
    context = Context({}, Run(AT, "1", "input"))
    return run_in_memory(plan, context, text.encode(), compiled=compiled)


def told(outcome: Outcome) -> str:
    lines = [
        f"{issue.line} {issue.code} {issue.record}.{issue.field}: {issue.reason}\n"
        for issue, _ in outcome.rejects
    ]
    return "".join(lines)


@pytest.mark.parametrize("compiled", [False, True], ids=["reference", "compiled"])
@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_a_shape_is_read_and_written(path: Path, tmp_path: Path, *, compiled: bool) -> None:
    case = parts(path)
    made = project(case, tmp_path)
    if "reads" in case:
        found = run(made, case["reads"], compiled=compiled, read=True)
        assert told(found) == case.get("rejects", "")
        assert str(found.stopped or "") == case.get("stops", "").rstrip("\n")
        assert found.body.decode() == case.get("gives", "")
    if "refuses" in case:
        with pytest.raises(Exception, match="CW647") as refused:
            run(made, case["gives"], compiled=compiled, read=False)
        assert f"{refused.value}\n" == case["refuses"]
    if "writes" in case:
        found = run(made, case["gives"], compiled=compiled, read=False)
        assert (told(found), found.stopped) == (case.get("unwritten", ""), None)
        assert found.body.decode() == case["writes"]
        again = run(made, case["writes"], compiled=compiled, read=True)
        assert again.body.decode() == case.get("again", case["gives"])
