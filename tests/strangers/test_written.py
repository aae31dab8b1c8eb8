"""Files for strangers: an ACH file is written whole from payments, and read again."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from crosswalk.project import CANONICAL, Project
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, convert

HERE = Path(__file__).parent
PAYMENTS = HERE / "nacha-written" / "payments.csv"
AT = datetime(2021, 2, 1, 8, 0)


@pytest.fixture(scope="module")
def project() -> Project:
    return Project(HERE)


def written(project: Project, payments: Path, out: Path, jobs: int = 1) -> bytes:
    plan = project.plan("strangers/nacha-written", project.view(None))
    result = convert(plan, Context({}, Run(AT, "1", "ach")), payments, Files(out), jobs=jobs)
    assert [reject.issue for reject in result.rejects] == []
    return out.read_bytes()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_ach_file_is_written_whole(project: Project, tmp_path: Path, jobs: int) -> None:
    made = written(project, PAYMENTS, tmp_path / "out", jobs)
    assert made == (HERE / "nacha-written" / "expected.txt").read_bytes()


@pytest.mark.parametrize("count", range(1, 15))
def test_its_last_block_is_filled_up_and_counted(
    project: Project, tmp_path: Path, count: int
) -> None:
    head, first, *_ = PAYMENTS.read_text("utf-8").splitlines(keepends=True)
    source = tmp_path / "payments.csv"
    source.write_text(head + first.replace("INVOICE 1001", "") * count, "utf-8")
    lines = written(project, source, tmp_path / "out").decode("ascii").splitlines()
    records = [line for line in lines if line != "9" * 94]
    assert lines[: len(records)] == records
    assert len(records) == count + 4
    assert len(lines) % 10 == 0
    assert len(lines) - len(records) < 10
    assert int(records[-1][7:13]) == len(lines) // 10


def test_what_was_written_is_read_again_as_the_same_payments(
    project: Project, tmp_path: Path
) -> None:
    written(project, PAYMENTS, tmp_path / "out.ach")
    plan = project.plan("strangers/nacha", project.view(None), target_form=CANONICAL)
    back = tmp_path / "back.jsonl"
    result = convert(plan, Context({}, Run(AT, "1", "ach")), tmp_path / "out.ach", Files(back))
    assert result.rejects == []
    assert result.summary.control_problems == []
    payments = [json.loads(line) for line in back.read_text("utf-8").splitlines()]
    assert [(one["date"], one["amount"], one["account"], one["note"]) for one in payments] == [
        ("2021-02-05", "100.50", "ACCT-77", "INVOICE 1001"),
        ("2021-02-05", "-5.50", "ACCT-78", None),
        ("2021-02-08", "20.00", "ACCT-79", None),
        ("2021-02-08", "33.38", "ACCT-80", None),
    ]


def test_a_file_that_is_one_unit_is_filled_up_too(tmp_path: Path) -> None:
    """Two lists in one file: nothing in it repeats alone, so all of it is made at once."""
    head = "crosswalk: 1\nversion: 1.0.0\n"
    fields = "{T: {type: code, width: 1, always: TAG, tag: true}, A: {type: code, width: 2}}"
    (tmp_path / "layout.yaml").write_text(
        f"{head}kind: layout\nname: a/file\n"
        "file: {form: fixed, blocks: {records: 4, fill: '0'}}\nstructure: x*, y*\nrecords:\n"
        f"  x: {{fields: {fields.replace('TAG', 'X')}}}\n"
        f"  y: {{fields: {fields.replace('TAG', 'Y')}}}\n",
        "utf-8",
    )
    (tmp_path / "mapping.yaml").write_text(
        f"{head}kind: mapping\nname: a/copy\nfrom: a/file@1\nto: a/file@1\n"
        "nest: {x: {of: x}, y: {of: y}}\nfields: {x: {A: x.A}, y: {A: y.A}}\n",
        "utf-8",
    )
    source = tmp_path / "in.txt"
    source.write_bytes(b"X01\nX02\nY03\nY04\nY05\n000\n000\n000\n")
    project = Project(tmp_path)
    plan = project.plan("a/copy", project.view(None))
    out = tmp_path / "out"
    convert(plan, Context({}, Run(AT, "1", "in")), source, Files(out))
    assert out.read_bytes() == source.read_bytes()
