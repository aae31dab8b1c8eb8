"""Whole files of both billers, as bytes; both executions and several processes give the same."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot  # type: ignore[import-untyped]

from crosswalk.project import Project
from crosswalk.running.accounts import Summary
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, convert

ROOT = Path(__file__).parents[2]
MAPPING = "caselle/ar/invoice"
BILLERS = ("newport", "alder-falls")
RUN = Run(datetime(2026, 2, 1, 6, 30), "golden", "statement.txt")


def mapped(
    biller: str,
    source: Path,
    folder: Path,
    direction: str = "forward",
    form: str = "layout",
    *,
    jobs: int = 1,
    execution: str = "compiled",
) -> tuple[bytes, bytes, Summary]:
    """The output, the rejects and the summary of a run."""
    project = Project(ROOT)
    view = project.view(biller)
    plan = project.plan(MAPPING, view, direction, target_form=form)
    context = Context(view.settings.texts(), RUN)
    files = Files(folder / "out", folder / "rejects", replace=True)
    compiled = execution == "compiled"
    result = convert(plan, context, source, files, jobs=jobs, compiled=compiled)
    assert result.summary.compiled == execution
    return (folder / "out").read_bytes(), (folder / "rejects").read_bytes(), result.summary


def statement(biller: str) -> Path:
    return ROOT / "fixtures" / "billers" / biller / "statement.txt"


DAMAGED = ROOT / "fixtures" / "billers" / "newport" / "damaged.txt"


@pytest.fixture
def golden(snapshot: Snapshot) -> Snapshot:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    return snapshot


@pytest.mark.parametrize("biller", BILLERS)
@pytest.mark.parametrize("execution", ["reference", "compiled"])
def test_statements_become_our_flat_file(
    biller: str, execution: str, tmp_path: Path, golden: Snapshot
) -> None:
    out, rejects, summary = mapped(biller, statement(biller), tmp_path, execution=execution)
    golden.assert_match(out, f"{biller}.txt")
    assert rejects == b""
    assert summary.read == summary.written == 40


@pytest.mark.parametrize("biller", BILLERS)
@pytest.mark.parametrize("execution", ["reference", "compiled"])
def test_statements_become_json_lines(
    biller: str, execution: str, tmp_path: Path, golden: Snapshot
) -> None:
    source = statement(biller)
    out, _, _ = mapped(biller, source, tmp_path, form="json-lines", execution=execution)
    golden.assert_match(out, f"{biller}.jsonl")


@pytest.mark.parametrize("biller", BILLERS)
@pytest.mark.parametrize("execution", ["reference", "compiled"])
def test_our_file_becomes_statements_again(
    biller: str, execution: str, tmp_path: Path, golden: Snapshot
) -> None:
    forward, _, _ = mapped(biller, statement(biller), tmp_path)
    (tmp_path / "ours.txt").write_bytes(forward)
    out, rejects, _ = mapped(
        biller, tmp_path / "ours.txt", tmp_path, "backward", execution=execution
    )
    golden.assert_match(out, f"{biller}-back.txt")
    golden.assert_match(rejects, f"{biller}-back-rejects.jsonl")


@pytest.mark.parametrize("execution", ["reference", "compiled"])
def test_damage_costs_its_own_groups_only(execution: str, tmp_path: Path, golden: Snapshot) -> None:
    out, rejects, summary = mapped("newport", DAMAGED, tmp_path, execution=execution)
    golden.assert_match(out, "newport-damaged.txt")
    golden.assert_match(rejects, "newport-damaged-rejects.jsonl")
    assert summary.rejects > 0
    assert summary.read == summary.written + summary.rejected


@pytest.mark.parametrize(
    ("biller", "source"),
    [
        ("newport", statement("newport")),
        ("alder-falls", statement("alder-falls")),
        ("newport", DAMAGED),
    ],
    ids=["newport", "alder-falls", "damaged"],
)
def test_several_processes_give_the_same_bytes(biller: str, source: Path, tmp_path: Path) -> None:
    runs = [mapped(biller, source, tmp_path, jobs=jobs)[:2] for jobs in (1, 2, 3)]
    assert runs[0][0]
    assert runs[1] == runs[0]
    assert runs[2] == runs[0]


@pytest.mark.parametrize("biller", ["newport", "alder-falls"])
def test_there_and_back_and_there_again_is_the_same(biller: str, tmp_path: Path) -> None:
    """Also a payment's number with an ISO date, `196-2026-01-09`: the date is known beside it."""
    first, _, _ = mapped(biller, statement(biller), tmp_path)
    (tmp_path / "ours.txt").write_bytes(first)
    back, refused, _ = mapped(biller, tmp_path / "ours.txt", tmp_path, "backward")
    assert refused == b""
    (tmp_path / "theirs.txt").write_bytes(back)
    again, rejects, _ = mapped(biller, tmp_path / "theirs.txt", tmp_path)
    assert rejects == b""
    assert without_one_way(again) == without_one_way(first)


def test_a_number_that_contradicts_its_date_does_not_come_back(tmp_path: Path) -> None:
    first, _, _ = mapped("newport", statement("newport"), tmp_path)
    assert first.count(b"|2026-01-05|||980-1/5/2026") == 1
    (tmp_path / "ours.txt").write_bytes(first.replace(b"|||980-1/5/2026", b"|||980-1/6/2026"))
    _, rejects, _ = mapped("newport", tmp_path / "ours.txt", tmp_path, "backward")
    assert [json.loads(line)["code"] for line in rejects.decode().splitlines()] == ["CW583"]


def without_one_way(data: bytes) -> list[str]:
    """Our file without the fields that `check` classifies as one way: 98 and 99 of IH."""
    lines = data.decode().split("\n")
    return ["|".join(_known(line.split("|"))) for line in lines]


def _known(cells: list[str]) -> list[str]:
    return [*cells[:22], "", "", *cells[24:]] if cells[0] == "IH" else cells
