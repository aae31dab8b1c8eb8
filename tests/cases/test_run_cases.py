"""What a case document must not let pass, and how a failing case is told."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crosswalk.cli.test_command import command
from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project
from crosswalk.testing.case_compare import visible
from crosswalk.testing.cases import CaseResult, run_cases

HEAD = "crosswalk: 1\nversion: 1.0.0\n"
LAYOUT = (
    "file: {form: delimited, quote: needed}\nstructure: row*\n"
    "records: {row: {fields: {1: {name: A, type: text}, B: {type: money}}}}\n"
)
MAPPING = "from: a@1\nto: b@1\nnest: {row: {of: row}}\nfields:\n  row:\n    1: A\n    B: B\n"


def project(folder: Path, cases: str) -> Project:
    documents = {
        "a.yaml": f"kind: layout\nname: a\n{LAYOUT}",
        "b.yaml": f"kind: layout\nname: b\n{LAYOUT}",
        "m.yaml": f"kind: mapping\nname: m\n{MAPPING}",
        "m.case.yaml": f"kind: case\nname: m/cases\nmapping: m@1\ncases:\n{cases}\n",
    }
    (folder / "mappings").mkdir()
    for name, text in documents.items():
        (folder / "mappings" / name).write_text(HEAD + text, encoding="utf-8")
    return Project(folder)


def run(folder: Path, case: str) -> CaseResult:
    made = project(folder, f"  one: {case}")
    (result,) = run_cases(made, made.documents("case")[0])
    return result


def differences(folder: Path, case: str) -> list[tuple[str, str, str, str]]:
    return [(d.path, d.field, d.expected, d.got) for d in run(folder, case).differences]


RECORDS = "records: [{A: x, B: 1.5}]"


NO_EXPECTATION = "one of expect, output, output_file, rejects, notices, stops"
NO_FIELD = "there is no such field; did you mean 'A'?"
BAD_NUMBER = "line 1 CW522 row.B: is not a number of plain digits"
QUOTING = "x (the values are equal; only the quoting differs)"


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (f"{{{RECORDS}}}", ("case", "", NO_EXPECTATION, "(nothing)")),
        (f"{{{RECORDS}, expect: [{{A: y}}]}}", ("row[1]", "1 A", '"y"', '"x"')),
        (f"{{{RECORDS}, expect: [{{1: y}}]}}", ("row[1]", "1 A", '"y"', '"x"')),
        (f"{{{RECORDS}, expect: [{{A: null}}]}}", ("row[1]", "1 A", "(nothing)", '"x"')),
        (f"{{{RECORDS}, expect: []}}", ("row", "number of records", "0", "1")),
        (f"{{{RECORDS}, expect: [{{}}, {{}}]}}", ("row", "number of records", "2", "1")),
        (f"{{{RECORDS}, expect: [{{AA: x}}]}}", ("row[1]", "AA", NO_FIELD, "(nothing)")),
        (f"{{{RECORDS}, stops: {{code: CW609}}}}", ("run", "", "to stop", "finished")),
        (f"{{{RECORDS}, rejects: [{{line: 1}}]}}", ("rejects[1]", "", "1", "(nothing)")),
        ("{records: [{B: x}], expect: []}", ("rejects[1]", "", "(nothing)", BAD_NUMBER)),
        ("{records: [{B: x}], rejects: [{line: 2}]}", ("rejects[1]", "line", "2", "1")),
        (f'{{{RECORDS}, output: "x,1.5\\n"}}', ("line 1", "B", "1.5", "1.50")),
        (f'{{{RECORDS}, output: "\\"x\\",1.50\\n"}}', ("line 1", "1 A", '"x"', QUOTING)),
        (f'{{{RECORDS}, output: "x,1.50\\r\\n"}}', ("line 1", "B", "1.50␍", "1.50")),
        (f'{{{RECORDS}, output: "x,1.50\\nx\\n"}}', ("line 2", "1 A", "x", "")),
    ],
)  # fmt: skip
def test_what_is_not_as_expected_is_told(
    case: str, told: tuple[str, str, str, str], tmp_path: Path
) -> None:
    assert differences(tmp_path, case)[0] == told


def test_a_difference_names_the_entry_that_decided(tmp_path: Path) -> None:
    (found,) = run(tmp_path, f"{{{RECORDS}, expect: [{{B: 2}}]}}").differences
    assert str(found.decided_by).startswith("mappings/m.yaml:11:5")


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("{expect: []}", "CW451"),
        ('{input: "", records: [], expect: []}', "CW451"),
        ("{input_file: nowhere.txt, expect: []}", "CW452"),
        ("{input_file: ../../out.txt, expect: []}", "CW452"),
        ("{records: [], expect: [], settings: {Nix: 1}}", "CW308"),
        ("{records: [], expected: []}", "CW201"),
    ],
)
def test_a_case_that_cannot_be_run_is_refused(case: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        run(tmp_path, case)
    assert refused.value.findings[0].code == code


def test_a_document_without_cases_is_refused(tmp_path: Path) -> None:
    made = project(tmp_path, "  {}")
    with pytest.raises(ConfigError):
        run_cases(made, made.documents("case")[0])


def test_controls_are_made_visible() -> None:
    assert visible("a\r\n\t\ufeff\0") == "a␍␊⇥<BOM>␀"


# --- the command --------------------------------------------------------------------------

GOOD = f"  good: {{{RECORDS}, expect: [{{A: x, B: 1.50}}]}}"
BAD = f"  bad: {{{RECORDS}, expect: [{{A: y}}]}}"


def cli(folder: Path, *words: str, cases: str = GOOD, keys: str | None = None) -> Result:
    if not (folder / "mappings").exists():
        project(folder, cases)
    return CliRunner(env={"CI": ""}).invoke(command, words, obj=folder, input=keys)


def test_exit_codes(tmp_path: Path) -> None:
    both = f"{GOOD}\n{BAD}"
    assert cli(tmp_path, cases=both).exit_code == 1
    assert cli(tmp_path, "-k", "good").exit_code == 0
    assert cli(tmp_path, "-k", "nothing").exit_code == 2
    assert cli(tmp_path, "m").exit_code == 1
    assert cli(tmp_path, "mappings/m.case.yaml").exit_code == 1
    assert cli(tmp_path, "elsewhere").exit_code == 2


def test_text_shows_the_field_and_who_decided(tmp_path: Path) -> None:
    told = cli(tmp_path, cases=BAD).output
    assert 'FAILED m/cases > "bad"   mappings/m.case.yaml:7:3' in told
    assert "mappings/m.yaml:10:5" in told
    assert "1 cases, 1 failed" in told


def test_json_and_junit_say_the_same(tmp_path: Path) -> None:
    told = json.loads(cli(tmp_path, "--format", "json", cases=f"{GOOD}\n{BAD}").output)
    assert [one["passed"] for one in told["cases"]] == [True, False]
    assert told["cases"][1]["differences"][0]["expected"] == '"y"'
    suite = ET.fromstring(cli(tmp_path, "--format", "junit").output)  # noqa: S314 - our own
    assert suite.get("failures") == "1"
    assert len(suite.findall(".//failure")) == 1


def test_coverage_names_the_fields_that_no_case_asserts(tmp_path: Path) -> None:
    made = cli(tmp_path, "--coverage", cases=f"  one: {{{RECORDS}, expect: [{{A: x}}]}}")
    assert made.exit_code == 1
    assert "fields 1/2" in made.output
    assert "not asserted  row.B" in made.output


def test_update_asks_and_writes(tmp_path: Path) -> None:
    case = f"  one: {{{RECORDS}, output_file: out.txt}}"
    assert cli(tmp_path, "--update", cases=case, keys="n\n").exit_code == 1
    assert not (tmp_path / "mappings" / "out.txt").exists()
    assert cli(tmp_path, "--update", keys="y\n").exit_code == 1
    assert (tmp_path / "mappings" / "out.txt").read_bytes() == b"x,1.50\n"
    assert cli(tmp_path).exit_code == 0


def test_update_is_refused_where_ci_is_set(tmp_path: Path) -> None:
    project(tmp_path, GOOD)
    made = CliRunner(env={"CI": "true"}).invoke(command, ["--update"], obj=tmp_path)
    assert made.exit_code == 2
