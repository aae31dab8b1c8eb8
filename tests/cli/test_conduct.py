"""How the command line behaves: exit codes, help, imports, pipes, folders, colour, JSON."""

import importlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.kit import DAMAGED, MAPPING, ROOT, STATEMENT, crosswalk

from crosswalk.cli.main import COMMANDS

main_module = importlib.import_module("crosswalk.cli.main")
BASE = ROOT / "tests" / "diagnostics" / "base"
HEAVY = {
    "jsonschema",
    "jinja2",
    "httpx",
    "graphql",
    "rich",
    "sqlalchemy",
    "referencing",
    "python_calamine",
    "xlsxwriter",
}
NOT_FOR_FLAT_FILES = (
    r"crosswalk\.(decisions|operations|delivery|outbound|sandbox|site|importing|golive|comparing"
    r"|testing|checking|planning\.(invert|rulebook|judging|support)"
    r"|documents\.(readiness|releases|schema_errors|setting_checks)"
    r"|formats\.(xml\w+|json\w+|sheetform|workbook|fixed|fixed_writer))\b"
)
RUN = ("run", MAPPING, STATEMENT, "--biller", "newport", "--at", "2026-02-01", "-q")
EXPLAIN = ("explain", MAPPING, f"{STATEMENT}:3", "--biller", "newport", "--field")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "broken")
    path = tmp_path / "broken" / "map.yaml"
    path.write_text(path.read_text("utf-8").replace("13: Amount", "13: Amuont"), "utf-8")
    return tmp_path / "broken"


def test_0_when_there_is_nothing_to_report() -> None:
    assert crosswalk("-C", BASE, "check").returncode == 0
    assert crosswalk(*RUN).returncode == 0
    assert crosswalk(*EXPLAIN, "10").returncode == 0


def test_1_when_the_check_has_errors(broken: Path) -> None:
    done = crosswalk("-C", broken, "check")
    assert done.returncode == 1
    assert "did you mean 'Amount'?" in done.stdout


def test_1_when_a_record_to_explain_is_rejected() -> None:
    truth = (DAMAGED.parent / "damaged.truth.jsonl").read_text("utf-8").splitlines()
    line = json.loads(truth[0])["line"]
    done = crosswalk(
        "explain", MAPPING, f"{DAMAGED}:{line}", "--biller", "newport", "--field", "10"
    )
    assert done.returncode == 1
    assert done.stdout.startswith("rejected: ")


@pytest.mark.parametrize(
    "args",
    [
        ("run", MAPPING, "no-such-file", "--biller", "newport"),
        ("run", "caselle/ar/invoices", STATEMENT, "--biller", "newport"),
        ("run", MAPPING, STATEMENT, "--biller", "newprot"),
        ("run", MAPPING, STATEMENT, "--no-such-option"),
        (*EXPLAIN, "1000"),
        (*EXPLAIN, "RowType"),
        ("explain", MAPPING, f"{STATEMENT}:9999", "--biller", "newport", "--field", "10"),
        ("show", "caselle/ar/invoices"),
        ("list", "fields"),
        ("schema", "mapings"),
        ("schema",),
        ("rule", "CW000"),
        ("release",),
        ("no-such-command",),
        ("run", MAPPING, "x" * 5000, "--biller", "newport"),
        ("-C", "x" * 5000, "check"),
    ],
    ids=str,
)
def test_2_for_wrong_usage_and_what_cannot_be_read(args: tuple[object, ...]) -> None:
    done = crosswalk(*args)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_2_when_the_documents_have_errors(broken: Path) -> None:
    done = crosswalk("-C", broken, "run", "a/map", STATEMENT, "--biller", "town")
    assert done.returncode == 2
    assert "CW304" in done.stderr


def test_3_when_records_were_rejected(tmp_path: Path) -> None:
    out, rejects = tmp_path / "out.txt", tmp_path / "rejects.jsonl"
    done = crosswalk(
        "run", MAPPING, DAMAGED, "--biller", "newport", "-o", out, "--rejects", rejects
    )
    assert done.returncode == 3
    assert out.exists()
    assert rejects.exists()


def test_4_when_the_run_stopped_and_wrote_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    out.write_text("there before")
    assert crosswalk(*RUN, "-o", out).returncode == 4
    assert out.read_text() == "there before"


def test_2_for_an_argument_that_is_no_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write(**_: object) -> None:
        "n\udce9.txt".encode()

    monkeypatch.setattr(main_module.group, "main", write)
    with pytest.raises(SystemExit) as left:
        main_module.main()
    assert left.value.code == 2
    assert "is not UTF-8" in capsys.readouterr().err


def test_70_for_a_fault_of_our_own_without_the_values_in_its_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError("Femi Lindqvist")

    monkeypatch.setattr(main_module.group, "main", fail)
    monkeypatch.delenv("CROSSWALK_DEBUG", raising=False)
    with pytest.raises(SystemExit) as left:
        main_module.main()
    assert left.value.code == 70
    told = capsys.readouterr().err
    assert "ZeroDivisionError in test_conduct.py:" in told
    assert "Lindqvist" not in told


@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_help_has_an_example_and_imports_nothing_heavy(name: str | None) -> None:
    args = [name, "--help"] if name else ["--help"]
    code = (
        "import sys; from crosswalk.cli.main import group\n"
        f"try: group.main({args!r}, prog_name='crosswalk')\n"
        "except SystemExit: pass\n"
        "print('MODULES', *sorted({m.partition('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    shown, _, modules = done.stdout.partition("MODULES")
    assert "crosswalk " + (name or "check") in shown.partition("Examples:")[2]
    assert not HEAVY & set(modules.split())


@pytest.mark.parametrize("args", [RUN, ("list", "mappings")], ids=["run", "list"])
def test_a_flat_file_costs_only_the_imports_it_needs(args: tuple[object, ...]) -> None:
    code = (
        "import sys; from crosswalk.cli.main import main\n"
        f"sys.argv = {['crosswalk', *map(str, args)]!r}\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    modules = done.stderr.split()
    assert "crosswalk.project" in modules
    assert not HEAVY & set(modules)
    assert not [one for one in modules if re.match(NOT_FOR_FLAT_FILES, one)]


@pytest.mark.parametrize(
    "args", [("schema", "layout"), ("rule",), RUN], ids=["schema", "rule", "run"]
)
def test_a_closed_pipe_ends_quietly(args: tuple[object, ...]) -> None:
    command = [sys.executable, "-m", "crosswalk", *map(str, args)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as done:
        assert done.stdout is not None
        assert done.stderr is not None
        done.stdout.close()
        assert done.stderr.read() == b""
        assert done.wait(60) == 0


def test_the_project_is_where_c_says(tmp_path: Path) -> None:
    done = crosswalk("-C", BASE, "list", "mappings", cwd=tmp_path)
    assert done.stdout.split()[0] == "a/map"
    assert crosswalk("list", cwd=tmp_path).stdout == "nothing\n"


def test_colour_is_for_terminals_or_when_forced(broken: Path) -> None:
    check = ("-C", broken, "check")
    assert "\x1b[" not in crosswalk(*check).stdout
    assert "\x1b[" in crosswalk(*check, env={"FORCE_COLOR": "1"}).stdout
    assert "\x1b[" not in crosswalk(*check, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout


@pytest.mark.parametrize(
    "args",
    [
        ("check", "--format", "json"),
        ("list", "--format", "json"),
        ("list", "flows", "--format", "json"),
        ("list", "fields", MAPPING, "--format", "json"),
        ("rule", "CW416", "--format", "json"),
        ("rule", "--format", "json"),
        ("schema", "mapping"),
        (*EXPLAIN, "252", "--format", "json"),
        (*EXPLAIN, "FH.5", "--format", "json"),
    ],
    ids=str,
)
def test_json_output_parses(args: tuple[object, ...]) -> None:
    assert json.loads(crosswalk(*args).stdout)


def test_the_summary_of_a_run_parses_too(tmp_path: Path) -> None:
    args = [one for one in RUN if one != "-q"]
    done = crosswalk(*args, "-o", tmp_path / "out.txt", "--format", "json")
    assert json.loads(done.stderr)["written"] == 40
