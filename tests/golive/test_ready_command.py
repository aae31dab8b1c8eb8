"""`crosswalk ready` on the command line: exit codes, forms, and confirmations in the file."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crosswalk.cli.main import group
from crosswalk.findings.errors import ConfigError

ROOT = Path(__file__).parents[2]
DAY = ("--at", "2026-03-01")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("ready")
    shutil.copytree(
        ROOT / "mappings", made / "mappings", ignore=shutil.ignore_patterns("*.case.yaml")
    )
    return made


def run(folder: Path, *args: str) -> Result:
    return CliRunner().invoke(group, ["-C", str(folder), "ready", *args])


def test_0_for_a_complete_biller_and_1_for_another(folder: Path) -> None:
    assert run(folder, "newport", *DAY).exit_code == 0
    done = run(folder, "alder-falls", *DAY, "--format", "json")
    assert done.exit_code == 1
    data = json.loads(done.output)
    assert data["schema_version"] == 1
    assert data["ready"] is False


def test_a_token_that_ended_in_the_meantime_makes_it_1(folder: Path) -> None:
    assert run(folder, "newport", "--at", "2028-01-01").exit_code == 1


def test_an_unknown_biller_is_refused_with_the_one_meant(folder: Path) -> None:
    done = run(folder, "newprot", *DAY)
    assert isinstance(done.exception, ConfigError)
    assert "did you mean 'newport@1'?" in done.exception.findings[0].help


def test_a_confirmation_goes_into_the_file_and_counts(folder: Path) -> None:
    file = folder / "mappings" / "billers" / "alder-falls.yaml"
    file.chmod(0o640)
    before = file.read_bytes()
    words = ("--confirm", "deposit-letters", "--by", "Ada Byron", "--note", "by mail")
    done = run(folder, "alder-falls", *DAY, *words)
    assert done.exit_code == 1
    assert "deposit-letters: confirmed by Ada Byron on 2026-03-01: by mail" in done.output
    after = file.read_bytes()
    assert after.startswith(before)
    added = after[len(before) :].decode()
    assert added == (
        'confirmations:\n  deposit-letters: {by: "Ada Byron", date: "2026-03-01", '
        'codes: ["95", "96", "97", "98", "99"], note: "by mail"}\n'
    )
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--confirm", "test-fils", "--by", "Ada"), "did you mean 'test-files'?"),
        (("--confirm", "client-id", "--by", "Ada"), "is not for a person to say"),
        (("--confirm", "test-files", "--by", " "), "needs the name"),
        (("--confirm", "test-files"), "--confirm ID and --by NAME go together"),
        (("--note", "x"), "--note is theirs"),
    ],
)
def test_what_cannot_be_confirmed_is_refused(
    folder: Path, args: tuple[str, ...], told: str
) -> None:
    file = folder / "mappings" / "billers" / "alder-falls.yaml"
    before = file.read_bytes()
    done = run(folder, "alder-falls", *DAY, *args)
    assert done.exit_code == 2
    assert told in done.output
    assert file.read_bytes() == before
