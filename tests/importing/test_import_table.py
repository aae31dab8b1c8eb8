"""Spec tables become documents: each case is a table, the command's words and what comes out."""

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crosswalk.checking import check
from crosswalk.cli.import_command import command
from crosswalk.documents.schema import check_shape
from crosswalk.documents.source import Map, read
from crosswalk.project import Project

HERE = Path(__file__).parent
CASES = sorted(path.name for path in (HERE / "cases").iterdir())


def imported(file: Path, args: str, root: Path = HERE) -> Result:
    return CliRunner().invoke(command, ["table", str(file), *shlex.split(args)], obj=root)


def proposed(case: str, root: Path) -> Result:
    (file,) = (HERE / "cases" / case).glob("input.*")
    return imported(file, (HERE / "cases" / case / "args").read_text("utf-8"), root)


def settle(made: str, path: Path, config: pytest.Config) -> None:
    before = path.read_text("utf-8") if path.exists() else ""
    if before != made and config.getoption("snapshot_update"):
        path.write_text(made, "utf-8")
        pytest.fail(f"{path.name} was written anew")
    assert made == before


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the two layouts of the bill table."""
    root = tmp_path_factory.mktemp("project")
    (root / "mappings").mkdir()
    for case in ("bill-layout", "bill-partner"):
        (root / "mappings" / f"{case}.yaml").write_text(proposed(case, HERE).stdout, "utf-8")
    return root


@pytest.mark.parametrize("case", CASES)
def test_a_table_becomes_the_expected_document(
    case: str, root: Path, pytestconfig: pytest.Config
) -> None:
    result = proposed(case, root)
    assert result.exit_code == 0, result.output
    settle(result.stdout, HERE / "cases" / case / "expected.yaml", pytestconfig)
    settle(result.stderr, HERE / "cases" / case / "told.txt", pytestconfig)


@pytest.mark.parametrize("case", CASES)
def test_a_proposal_has_the_right_shape_and_counts_its_gaps(case: str, root: Path) -> None:
    result = proposed(case, root)
    node, findings = read(result.stdout, "p.yaml")
    assert isinstance(node, Map)
    assert check_shape(node, node.entries["kind"].value.text) == []  # type: ignore[union-attr]
    assert {one.code for one in findings} <= {"CW116"}
    assert f" {len(findings)} left to decide" in result.stderr


def test_layouts_and_mapping_of_one_table_pass_the_check_up_to_the_gaps(
    root: Path, tmp_path: Path
) -> None:
    (tmp_path / "mappings").mkdir()
    for file in (root / "mappings").iterdir():
        (tmp_path / "mappings" / file.name).write_text(file.read_text("utf-8"), "utf-8")
    (tmp_path / "mappings" / "map.yaml").write_text(proposed("bill-mapping", root).stdout, "utf-8")
    project = Project(tmp_path)
    findings = check(project)
    assert len(project.workspace.documents) == 3
    assert {one.code for one in findings} == {"CW116"}
    asked = [one.message for one in findings if str(one.span).startswith("mappings/map.yaml:17:")]
    assert asked == ["left to decide: not in the partner's file: N/A - OwnerGuid"]
