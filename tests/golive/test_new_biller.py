"""A new biller: nothing but its marked gaps is wrong with it, and nothing there is touched."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from crosswalk.checking import check
from crosswalk.cli.main import group
from crosswalk.findings.errors import ConfigError
from crosswalk.golive.new_biller import Proposal, new_biller
from crosswalk.project import Project

ROOT = Path(__file__).parents[2]
DAY = date(2026, 3, 1)
SHIPPED = [
    f"{one.name}@{one.major}"
    for one in Project(ROOT).documents("integration")
    if one.node.entries.get("flows")
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "mappings", tmp_path / "mappings", ignore=shutil.ignore_patterns("*.case.yaml")
    )
    return tmp_path


def propose(folder: Path, extends: str = "caselle/ar@1") -> Proposal:
    project = Project(folder)
    return new_biller(project, "river-bend", project.integration(extends), "0042", DAY)


@pytest.mark.parametrize("extends", SHIPPED)
def test_check_finds_the_marked_gaps_and_nothing_else(folder: Path, extends: str) -> None:
    made = propose(folder, extends)
    for file, text in made.files.items():
        (folder / file).write_text(text, "utf-8")
    findings = [one for one in check(Project(folder)) if one.severity != "info"]
    assert {one.code for one in findings} <= {"CW116"}
    assert len(findings) == made.gaps
    assert {one.span.file for one in findings if one.span} <= {"mappings/billers/river-bend.yaml"}


def test_the_same_is_written_every_time(folder: Path) -> None:
    assert propose(folder) == propose(folder)


def test_a_secret_is_named_and_not_asked_for(folder: Path) -> None:
    text = propose(folder).files["mappings/billers/river-bend.yaml"]
    assert "10: {env: RIVER_BEND_RTDR_PASSWORD}" in text
    assert 'id: "0042"' in text


def test_what_the_integration_sets_is_not_asked_for(folder: Path) -> None:
    path = folder / "mappings" / "caselle" / "ar" / "integration.yaml"
    path.write_text(path.read_text("utf-8") + "settings: {8: https://one.example/ar}\n", "utf-8")
    text = propose(folder).files["mappings/billers/river-bend.yaml"]
    assert "  8:" not in text
    assert "  9:" in text


def test_one_invented_payment_for_each_kind_of_payment(folder: Path) -> None:
    text = propose(folder).files["mappings/billers/river-bend-payment.case.yaml"]
    kinds = [line.split()[-1] for line in text.splitlines() if "PaymentTypeId" in line]
    assert kinds == ["1", "2", "11", "15", "16", "17"]


def test_an_unknown_integration_is_refused_with_the_one_meant(folder: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        propose(folder, "caselle/arr@1")
    assert refused.value.findings[0].help == "did you mean 'caselle/ar@1'?"


def run(folder: Path, *args: str) -> tuple[int | str, str]:
    done = CliRunner().invoke(group, ["-C", str(folder), "new", "biller", *args])
    code = 2 if done.exception and not isinstance(done.exception, SystemExit) else done.exit_code
    return code, done.output


def test_the_commands_it_prints_work_as_they_stand(folder: Path) -> None:
    _, told = run(folder, "river-bend", "--extends", "caselle/ar@1")
    printed = [line.split()[1:] for line in told.splitlines() if line.startswith("  crosswalk ")]
    assert [one[2] for one in printed] == ["check", "ready", "test"]
    for one in printed:
        done = CliRunner(env={"CI": None}).invoke(group, one)  # a person types them
        gaps = getattr(done.exception, "findings", [])
        assert done.exit_code == 1
        assert "Usage" not in done.output
        assert one[2] != "test" or {gap.code for gap in gaps} >= {"CW116"}


@pytest.mark.parametrize("taken", ["river-bend.yaml", "river-bend-payment.case.yaml"])
def test_where_one_file_is_there_none_is_written(folder: Path, taken: str) -> None:
    there = folder / "mappings" / "billers" / taken
    there.write_text("mine: 1\n", "utf-8")
    before = sorted(folder.rglob("*"))
    code, told = run(folder, "river-bend", "--extends", "caselle/ar@1")
    assert code == 1
    assert f"mappings/billers/{taken} exists; nothing was written" in told
    assert sorted(folder.rglob("*")) == before
    assert there.read_text("utf-8") == "mine: 1\n"


@pytest.mark.parametrize("name", ["newport", "River", "a/b", "../x"])
def test_a_name_that_is_taken_or_none_is_refused(folder: Path, name: str) -> None:
    code, told = run(folder, name, "--extends", "caselle/ar@1")
    assert code == 2
    assert "Invalid value for NAME" in told
