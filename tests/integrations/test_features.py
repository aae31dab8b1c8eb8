"""The table of what a biller can do: every form as reviewed, lines of others by reference only."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_snapshot.plugin import Snapshot  # type: ignore[import-untyped]

from crosswalk.cli.main import group
from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project

TOWNS = Path(__file__).parent / "towns"


def told(name: str, style: str = "text") -> str:
    call = ["-C", str(TOWNS), "features", name, "--format", style]
    done = CliRunner().invoke(group, call, standalone_mode=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("style", ["text", "json", "csv", "markdown"])
def test_a_form_is_as_reviewed(style: str, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    snapshot.assert_match(told("dale", style), f"features-dale.{style}")


def test_forms_for_tools_hold_the_same_rows() -> None:
    table = list(csv.DictReader(io.StringIO(told("dale", "csv"))))
    assert table == json.loads(told("dale", "json"))["features"]
    assert len(table) == 11


def test_a_biller_of_a_newer_version_is_refused_nothing() -> None:
    assert "refused" in told("dale")
    assert "refused" not in told("hill")


def test_lines_of_another_product_count_where_it_is_named_only() -> None:
    project = Project(TOWNS)
    own = project.support(project.view("rival/wired"))
    assert [(one.item, one.status) for one in own.values()] == [("Portal", "not supported")]
    like = {one.item: one for one in project.support(project.view("rival")).values()}
    assert (like["Portal"].status, like["Portal"].integration) == ("supported", "rival")
    assert (like["Handheld"].status, like["Handheld"].integration) == ("n/a", "maker/radio")
    assert (like["Gateway"].integration, str(like["Gateway"].span)) == ("maker", "maker.yaml:13:5")


def test_an_integration_that_says_nothing_is_told_so(tmp_path: Path) -> None:
    text = "crosswalk: 1\nkind: integration\nname: silent\nversion: 1.0.0\n"
    (tmp_path / "silent.yaml").write_text(text, "utf-8")
    done = CliRunner().invoke(
        group, ["-C", str(tmp_path), "features", "silent"], standalone_mode=False
    )
    assert done.stdout == "no flows, and nothing else is said to be supported\n"


def test_a_name_that_is_not_there_is_a_finding() -> None:
    call = ["-C", str(TOWNS), "features", "hil"]
    done = CliRunner().invoke(group, call, standalone_mode=False)
    assert isinstance(done.exception, ConfigError)
    assert "did you mean 'hill" in done.exception.findings[0].help
