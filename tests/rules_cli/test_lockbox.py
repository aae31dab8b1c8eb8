"""The lockbox file: golden lines, limits, names, the codes of each day, both executions."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot  # type: ignore[import-untyped]
from tests.operations.kit import RUN
from tests.rules_cli.kit import HERE, LOCKBOX, PAYMENTS, laid_out, project

from crosswalk.checking import check
from crosswalk.findings.diagnostics import Severity
from crosswalk.project import Project
from crosswalk.running.context import Context, Run
from crosswalk.running.in_memory import Outcome, run_in_memory
from crosswalk.running.templates import render
from crosswalk.telling.explain import Explainer, Explanation

EXECUTIONS = pytest.mark.parametrize("execution", ["reference", "compiled"])


def run(biller: str, data: bytes, execution: str = "compiled") -> Outcome:
    found = Project(project())
    view = found.view(biller)
    context = Context(view.settings.texts(), RUN)
    return run_in_memory(found.plan(LOCKBOX, view), context, data, compiled=execution == "compiled")


def payment(**changes: object) -> bytes:
    """Give one payment; what is not of the payment is of its bill."""
    bill: dict[str, object] = {"AccountNumber": "12.0", "Amount": "10.50", "InvoiceTypeId": "42"}
    one: dict[str, object] = {"PaymentGuid": "g", "PaymentDate": "2026-01-05", "PaymentTypeId": 2}
    one |= {"PayerName": "Ann Holt"}
    for key, value in changes.items():
        (bill if key in bill else one)[key] = value
    return (json.dumps(one | {"bill": [bill]}) + "\n").encode()


@EXECUTIONS
@pytest.mark.parametrize("biller", ["elm-grove", "old-mill"])
def test_the_committed_payments_become_golden_lines(
    biller: str, execution: str, snapshot: Snapshot
) -> None:
    """elm-grove: other codes from 2026 on; old-mill: codes that no lockbox file can carry."""
    outcome = run(biller, PAYMENTS.read_bytes(), execution)
    assert outcome.stopped is None
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match(outcome.body, f"{biller}.lockbox.txt")
    told = [f"{one.line} {one.code} {one.reason} {one.rule}\n" for one, _ in outcome.rejects]
    snapshot.assert_match("".join(told), f"{biller}.rejects.txt")


@EXECUTIONS
def test_values_at_their_limits(execution: str) -> None:
    def line(**changes: object) -> str:
        outcome = run("elm-grove", payment(**changes), execution)
        if outcome.rejects:
            return outcome.rejects[0][0].code
        return outcome.body.decode().removesuffix("\r\n")

    assert line() == "01/05/2026,102,95,10.50,12.0,Ann Holt"
    assert line(AccountNumber="A" * 15).split(",")[4] == "A" * 15
    assert line(AccountNumber="A" * 16) == "CW507"
    assert line(AccountNumber="1,2") == '01/05/2026,102,95,10.50,"1,2",Ann Holt'
    assert line(Amount="99999999999.99").split(",")[3] == "99999999999.99"
    assert line(Amount="999999999999.99") == "CW507"
    assert line(PayerName='Al "A" B').endswith(',"Al ""A"" B"')
    assert line(PayerName="two\nlines").endswith(",two lines")
    assert line(PayerName=None).endswith(",12.0,")
    assert line(PaymentTypeId=3) == "CW584"
    assert line(PaymentDate=None) == "CW508"


@EXECUTIONS
def test_a_long_name_is_cut_with_a_notice(execution: str) -> None:
    outcome = run("elm-grove", payment(PayerName="N" * 31), execution)
    assert outcome.body.decode().split(",")[5] == "N" * 30 + "\r\n"
    assert [(one.code, one.field) for one in outcome.notices] == [("CW572", "Customer Name")]


@EXECUTIONS
def test_a_code_of_three_digits_rejects_the_payment_and_names_the_rule(execution: str) -> None:
    outcome = run("old-mill", payment(), execution)
    ((issue, _),) = outcome.rejects
    assert outcome.body == b""
    assert issue.code == "CW585"
    assert issue.reason == (
        "decision payment-code: payment_code 777 has 3 digits, limit 2 for lockbox (rule ach-42)"
    )
    assert str(issue.rule).startswith("mappings/sample.yaml:12:")


def test_the_check_names_the_biller_whose_codes_do_not_fit(tmp_path: Path) -> None:
    good = Project(laid_out(tmp_path / "good", "elm-grove"))
    assert [one for one in check(good) if one.severity is Severity.ERROR] == []
    bad = Project(laid_out(tmp_path / "bad", "old-mill"))
    found = [one for one in check(bad) if one.severity is Severity.ERROR]
    assert {one.code for one in found} == {"RUL401"}
    assert {label.text for one in found for label in one.related} == {"as old-mill uses it"}


def test_the_check_asks_for_the_code_that_the_name_begins_with(tmp_path: Path) -> None:
    folder = laid_out(tmp_path / "here", "elm-grove")
    biller = folder / "mappings" / "billers" / "elm-grove.yaml"
    text = biller.read_text("utf-8")
    biller.write_text(text.replace('  LockboxDistributionCode: "101"\n', ""), "utf-8")
    found = [one for one in check(Project(folder)) if one.severity is Severity.ERROR]
    assert [one.code for one in found] == ["CW806"]
    assert "LockboxDistributionCode" in found[0].message
    assert found[0].span is not None
    assert found[0].span.file == "mappings/billers/elm-grove.yaml"


def test_the_name_begins_with_the_primary_code() -> None:
    found = Project(project())
    view = found.view("elm-grove")
    plan = found.plan(LOCKBOX, view)
    context = Context(view.settings.texts(), Run(datetime(2026, 1, 31, 6, 30)))
    assert plan.target.file.name is not None
    assert render(plan.target.file.name, context) == "101_PYMT_20260131.TXT"


def test_amounts_are_read_with_thousands_separators_and_written_without() -> None:
    found = Project(project())
    fields = found.plan(LOCKBOX, found.view("elm-grove")).target.records[0].fields
    amount = next(one for one in fields if one.name == "Amount")
    assert amount.codec.write(amount.codec.read("1,234,567.80")) == "1234567.80"
    assert amount.codec.read("1234567.80") == amount.codec.read("1,234,567.80")


def test_explain_names_the_rule_and_the_layer_of_the_setting(tmp_path: Path) -> None:
    file = tmp_path / "payments.jsonl"
    file.write_bytes(payment(PaymentTypeId=17))
    found = Project(project())
    view = found.view("elm-grove")
    context = Context(view.settings.texts(), RUN)
    explainer = Explainer(found, view, found.plan(LOCKBOX, view), context, file)

    def told(name: str) -> str:
        made = explainer.explain(name, 1)
        assert isinstance(made, Explanation)
        return "\n".join(remark.text for remark in made.remarks)

    code = told("Payment Code")
    assert "decision payment-code by caselle/cash-receipting/go-forward@1.0.0" in code
    assert "RULE_VIA_SUBSTITUTE: rule paypal via paypal" in code
    assert "payment_code comes from rule paypal" in code
    distribution = told("Distribution Code")
    assert "distribution_code comes from part 1 of setting 64" in distribution
    assert "setting 64 (CardCodes) is '101|97|0', set by elm-grove" in distribution
