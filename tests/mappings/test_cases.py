"""Every case document of mappings/, and no field of a mapping without one."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from crosswalk.cli.test_command import command
from crosswalk.documents.workspace import Document
from crosswalk.project import Project
from crosswalk.testing.cases import CaseResult, run_cases

ROOT = Path(__file__).parents[2]
PROJECT = Project(ROOT)
DOCUMENTS = PROJECT.documents("case")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.name)
def test_the_cases_of_a_document_pass(document: Document) -> None:
    results = run_cases(PROJECT, document)
    assert results
    assert [told(one) for one in results if not one.passed] == []


def told(one: CaseResult) -> str:
    lines = [f"{d.path} {d.field}: expected {d.expected}, got {d.got}" for d in one.differences]
    return "\n".join([one.name, *lines])


def test_both_billers_have_cases() -> None:
    assert {one.name.partition("/")[0] for one in DOCUMENTS} >= {"newport", "alder-falls"}


@pytest.mark.parametrize("biller", ["newport", "alder-falls"])
def test_every_field_is_asserted_by_some_case(biller: str) -> None:
    made = CliRunner().invoke(command, [biller, "--coverage"], obj=ROOT)
    assert made.exit_code == 0, made.output
    assert "fields 53/53" in made.output
    assert "not asserted" not in made.output


def test_rules_that_decide_in_no_case_are_told() -> None:
    made = CliRunner().invoke(
        command, ["caselle/cash-receipting/payment-cases", "--coverage"], obj=ROOT
    )
    assert made.exit_code == 1, made.output
    assert "fields 9/9  rules 1/5" in made.output
    assert "RUL501  no test expects rule cc-amex  mappings/caselle/cash-receipting/" in made.output
    whole = CliRunner().invoke(
        command, ["caselle/cash-receipting/lockbox-cases", "--coverage"], obj=ROOT
    )
    assert whole.exit_code == 0, whole.output
    assert "rules 5/5" in whole.output
