"""One mistake gives one finding: with a place, an excerpt and a remedy, and nothing after it."""

from pathlib import Path

import pytest
from tests.diagnostics.kit import CASES, HERE, findings_of, rendered

from crosswalk.checking import check
from crosswalk.findings.diagnostics import CODES, Severity
from crosswalk.project import Project

ELSEWHERE = {
    "CW109": "an empty file is no document, so the check passes it over (tests/source)",
    "CW114": "a megabyte of YAML (tests/source)",
    "CW115": "a file that cannot be opened (tests/source)",
    "CW207": "keys that do not go together in schemas of tests (tests/schema)",
    "CW309": "the schema says it first: CW204-unknown-run-value",
    "CW312": "the schema says it first: CW205-unpinned-reference",
    "CW315": "the schema says it first: CW205",
    "CW317": "a folder without documents (below)",
    "CW331": "information, which the check does not print (tests/releases)",
    "CW335": "told when a flow is asked for (tests/integrations)",
    "CW336": "told when a flow is asked for (tests/integrations)",
    **{f"CW{n}": "told when two versions are compared (tests/comparing)" for n in (338, 339, 340)},
    "CW426": "information, which the check does not print (tests/formats)",
    "CW431": "the schema says it first: CW201-unknown-word-of-condition",
    "CW432": "the schema says it first: CW206-empty-condition",
    "CW433": "the schema says it first (tests/matchers)",
    "CW436": "names in conditions are found before: CW304, CW306 (tests/matchers)",
    "CW442": "the schema says it first: CW202 (tests/codetables)",
    "CW444": "information, which the check does not print (tests/codetables)",
    "CW451": "told when cases are run (tests/cases)",
    "CW452": "told when cases are run (tests/cases)",
    "CW453": "told when cases are run (tests/cases)",
    **{f"CW{n}": "a partner's operation (tests/operations/checks.json)" for n in range(461, 477)},
    "CW477": "a list in pages (tests/outbound)",
    "CW478": "a list within a record (tests/operations)",
    "CW479": "a filter of a document (tests/operations)",
    **{f"CW{n}": "what a mapping says of delivery (tests/outbound)" for n in range(481, 485)},
    "CW811": "a secret is read at run time (tests/resolve)",
}
"""Codes of documents that no case here can show, and why."""

TEN = [
    "CW201-misspelt-key",
    "CW306-unknown-filespecid",
    "CW418-wrong-type",
    "CW413-two-sources",
    "CW416-missing-required-field",
    "CW322-override-hits-nothing",
    "CW103-ambiguous-scalar",
    "CW404-bad-date-pattern",
    "CW425-no-way-back-backward",
    "CW102-duplicate-key",
]
"""The mistakes that authors make most."""


def test_the_base_of_all_cases_has_no_findings() -> None:
    project = Project(HERE / "base")
    assert check(project) == []
    assert project.plan("a/map", project.view("town")).name == "a/map"


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_gives_one_finding_rendered_as_expected(case: str, tmp_path: Path) -> None:
    project, findings = findings_of(case, tmp_path)
    expected = (HERE / "cases" / case / "expected.txt").read_bytes().decode()
    assert rendered(project, findings) == expected
    assert [finding.code for finding in findings] == [case.partition("-")[0]]


@pytest.mark.parametrize("case", CASES)
def test_a_finding_names_its_place_and_a_remedy(case: str, tmp_path: Path) -> None:
    _, findings = findings_of(case, tmp_path)
    assert all(one.span is not None and (one.help or one.label) for one in findings)


@pytest.mark.parametrize("case", TEN)
def test_the_ten_mistakes_show_the_line_and_say_what_to_do(case: str, tmp_path: Path) -> None:
    project, [finding] = findings_of(case, tmp_path)
    text = rendered(project, [finding])
    assert finding.severity is Severity.ERROR
    assert f"--> {finding.span}" in text
    assert "^" in text
    assert finding.help


def test_every_code_of_the_check_has_a_case() -> None:
    shown = {case.partition("-")[0] for case in CASES}
    wanted = {code for code in CODES if code[:3] in ("CW1", "CW2", "CW3", "CW4", "CW8")}
    assert wanted - shown == set(ELSEWHERE)
    assert not shown & set(ELSEWHERE)


def test_a_folder_without_documents_is_told(tmp_path: Path) -> None:
    assert [one.code for one in check(Project(tmp_path))] == ["CW317"]
