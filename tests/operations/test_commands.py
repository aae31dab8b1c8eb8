"""`crosswalk request` and `crosswalk response` as their users run them."""

import json
from pathlib import Path

import pytest
from tests.cli.kit import ROOT, crosswalk
from tests.operations.kit import HERE, changed

PAYMENT, RECEIPT = "caselle/cash-receipting/payment", "caselle/cash-receipting/receipt"
PAYMENTS = HERE / "payments.jsonl"
AT = ("--biller", "newport", "--at", "2026-02-01")


def test_a_request_is_one_object_a_line() -> None:
    done = crosswalk("request", PAYMENT, PAYMENTS, *AT)
    assert done.returncode == 0, done.stderr
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert {one["document"] for one in made} == {made[0]["document"]}
    assert made[0]["credentials"] == {
        "username": "env:NEWPORT_PAYMENTS_USERNAME",
        "password": "env:NEWPORT_PAYMENTS_PASSWORD",  # not-a-secret: a reference
    }
    assert made[0]["variables"]["distributionCode"] == "101"


def test_both_executions_print_the_same() -> None:
    both = [crosswalk("request", PAYMENT, PAYMENTS, *AT, *more) for more in ((), ("--reference",))]
    assert both[0].stdout
    assert both[0].stdout == both[1].stdout


def test_a_value_that_the_partner_refuses_is_not_printed(tmp_path: Path) -> None:
    changed(tmp_path, [("buy.yaml", ", values: [NORTH, SOUTH]", ", values: [NORTH]")])
    order = {"Who": "A", "Start": "2026-03-01", "Price": "1.00", "Area": "NORTH", "Plate": "7"}
    path = tmp_path / "orders.jsonl"
    path.write_text(json.dumps(order) + "\n" + json.dumps({**order, "Plate": None}) + "\n", "utf-8")
    args = ("-C", tmp_path, "request", "parking/to-permit", path, "--biller", "town")
    done = crosswalk(*args)
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 1
    assert "reject" in done.stderr


def test_a_mapping_that_fills_no_operation_makes_no_request() -> None:
    done = crosswalk("request", "caselle/ar/invoice", PAYMENTS, *AT)
    assert done.returncode == 2
    assert "fills no operation" in done.stderr


def test_an_operation_with_a_finding_makes_no_request(tmp_path: Path) -> None:
    changed(tmp_path, [("buy.yaml", "doors: $doors) {", "doors: 5) {")])
    done = crosswalk("-C", tmp_path, "request", "parking/to-permit", PAYMENTS, "--biller", "town")
    assert done.returncode == 2
    assert "CW703" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("place", [None, {"receiptNumber": "5.1"}])
def test_an_answer_with_errors_is_a_reject_with_the_partners_code(
    place: object, tmp_path: Path
) -> None:
    error = {"message": "no", "path": ["create_receipt"], "extensions": {"code": "ACCOUNT_UNKNOWN"}}
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"errors": [error], "data": {"create_receipt": place}}), "utf-8")
    done = crosswalk("response", RECEIPT, path, *AT, cwd=ROOT)
    assert done.returncode == 3
    assert done.stdout == ""
    told = json.loads(done.stderr)
    assert (told["partner_code"], told["partial"]) == ("ACCOUNT_UNKNOWN", place is not None)


def test_the_operations_are_listed() -> None:
    done = crosswalk("list", "operations", "--format", "json")
    names = [one["name"] for one in json.loads(done.stdout)]
    assert "caselle/cash-receipting/create-receipt" in names
