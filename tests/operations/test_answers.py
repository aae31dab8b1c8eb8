"""A partner's answer as our record: errors as data, absent and null apart, numbers as they came."""

import json
from pathlib import Path

import pytest
from tests.operations.kit import ROOT, changed, mapped

from crosswalk.checking import check
from crosswalk.delivery.capability import Operation, Success
from crosswalk.findings.errors import FormatProblem
from crosswalk.operations.answer import PartnerError, read_answer
from crosswalk.project import Project

RECEIPT = "caselle/cash-receipting/receipt"
GIVEN = {
    "receiptNumber": "5.00010",
    "receiptDate": "2026-01-31",
    "amount": 160.5,
    "accountNumber": "0000-1037",
    "allocateTo": "28931",
    "confirmationNumber": "g-1",
}


def answer(**changes: object) -> bytes:
    body = {**GIVEN, **changes}
    kept = {key: value for key, value in body.items() if value != "absent"}
    return json.dumps({"data": {"create_receipt": kept}}, indent=1).encode()


def record(data: bytes, mapping: str = RECEIPT) -> dict[str, object]:
    read = read_answer(data)
    both = [mapped(Project(ROOT), mapping, "newport", read.body, compiled=c) for c in (True, False)]
    assert both[0].body == both[1].body
    assert both[0].rejects == both[1].rejects == ()
    found: dict[str, object] = json.loads(both[0].body)
    return found


@pytest.mark.parametrize("number", ["5.00010", "5.00008", "0105.00010", "5.1"])
def test_a_receipts_number_stays_the_text_it_was(number: str) -> None:
    found = record(answer(receiptNumber=number))
    assert found["bill"][0]["ReceiptNumber"] == number  # type: ignore[index]


def test_a_receipts_number_goes_from_the_answer_into_the_void_exactly() -> None:
    line = json.dumps(record(answer())).encode()
    void = mapped(Project(ROOT), "caselle/cash-receipting/void", "newport", line)
    assert json.loads(void.body) == {"receiptNumber": "5.00010", "date": "2026-02-01"}


def test_a_receipts_number_that_is_a_number_is_rejected() -> None:
    read = read_answer(answer(receiptNumber=5.0001))
    outcome = mapped(Project(ROOT), RECEIPT, "newport", read.body)
    assert outcome.body == b""
    assert [issue.code for issue, _ in outcome.rejects] == ["CW504"]


def test_absent_and_null_stay_apart() -> None:
    absent, null = record(answer(allocateTo="absent")), record(answer(allocateTo=None))
    assert "InvoiceNumber" not in absent["bill"][0]  # type: ignore[index]
    assert null["bill"][0]["InvoiceNumber"] is None  # type: ignore[index]


def test_what_the_partner_adds_is_passed_over() -> None:
    assert record(answer(somethingNew={"a": [1]})) == record(answer())


@pytest.mark.parametrize("value", [None, "absent"])
def test_an_answer_without_its_reference_is_rejected(value: object) -> None:
    read = read_answer(answer(receiptNumber=value))
    outcome = mapped(Project(ROOT), RECEIPT, "newport", read.body)
    assert outcome.body == b""
    assert [issue.field for issue, _ in outcome.rejects] == ["receiptNumber"]


ERROR = {"message": "no", "path": ["create_receipt"], "extensions": {"code": "ACCOUNT_UNKNOWN"}}


@pytest.mark.parametrize(
    ("body", "errors", "partial"),
    [
        ({"errors": [ERROR], "data": None}, [("ACCOUNT_UNKNOWN", "no", "create_receipt")], False),
        ({"errors": [ERROR]}, [("ACCOUNT_UNKNOWN", "no", "create_receipt")], False),
        (
            {"errors": [ERROR], "data": {"a": None}},
            [("ACCOUNT_UNKNOWN", "no", "create_receipt")],
            False,
        ),
        (
            {"errors": [ERROR], "data": {"a": {"b": 1}}},
            [("ACCOUNT_UNKNOWN", "no", "create_receipt")],
            True,
        ),
        ({"errors": [{"message": "x"}], "data": None}, [("", "x", "")], False),
        ({"errors": ["x"], "data": None}, [("", "an error that is no object", "")], False),
        ({"errors": [], "data": {"a": 1}}, [], False),
        ({"data": {"a": 1}}, [], False),
    ],
)
def test_errors_are_data(
    body: object,
    errors: list[tuple[str, str, str]],
    partial: bool,
) -> None:
    read = read_answer(json.dumps(body).encode())
    assert read.errors == tuple(PartnerError(*one) for one in errors)
    assert read.partial is partial


@pytest.mark.parametrize(
    ("error", "path", "code"),
    [
        ({"errorType": "E4711", "extensions": {"code": "OTHER"}}, ("errorType",), "E4711"),
        ({"extensions": {"code": 17}}, ("extensions", "code"), "17"),
        ({"extensions": {"code": True}}, ("extensions", "code"), ""),
        ({"extensions": {"code": "A"}}, ("errorType",), ""),
    ],
)
def test_an_errors_code_stands_where_the_operation_says_and_may_be_a_number(
    error: dict[str, object], path: tuple[str, ...], code: str
) -> None:
    block = Operation("x", "", Success(("data", "x")), error_code=path)
    body = json.dumps({"errors": [{"message": "no", **error}]}).encode()
    assert [one.code for one in read_answer(body, block).errors] == [code]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html>", "CW640"),
        (b'{"data": {"name": "Zo\xeb"}}', "CW640"),
        (b"[]", "CW645"),
        (b"{}", "CW645"),
        (b'{"errors": {}}', "CW645"),
        (b'{"data": 1, "data": 2}', "CW641"),
    ],
)
def test_what_is_no_answer_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(FormatProblem) as refused:
        read_answer(data)
    assert refused.value.code == code


def test_a_balance_becomes_ours() -> None:
    data = {
        "customer": {"customerNumber": 101, "name": {"fullName": "Marta Quill"}, "balance": 100.00}
    }
    assert record(json.dumps({"data": data}).encode(), "caselle/ar/balance") == {
        "AccountNumber": "101",
        "CustomerName": "Marta Quill",
        "Balance": "100.00",
    }


def test_a_list_of_results_gives_a_record_each(tmp_path) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    buy = "buy.yaml"
    text = (ROOT / "tests" / "operations" / "permits" / buy).read_text("utf-8")
    document = text.split("document: |\n")[1].split("endpoint:")[0]
    block = text.split("installed: {version: {setting: Version}}\n")[1]
    query = (
        "  query Find($holder: String!) {\n    permits(holder: $holder) {\n      number\n"
        "      fee\n    }\n  }\n"
    )
    listed = (
        "variables: {fields: {holder: {type: text, required: true}}}\n"
        "response: {each: data.permits, fields: {number: {type: text}, "
        "fee: {type: money, json: number}}}\n"
    )
    flow = "  buy: {direction: outbound, mapping: parking/to-permit@1}\n"
    changes = [(buy, document, query), (buy, block, listed), ("parking.yaml", flow, "")]
    project = changed(tmp_path, changes)
    (tmp_path / "to-permit.yaml").unlink()
    project = Project(tmp_path)
    assert [one.code for one in check(project)] == []
    body = {"data": {"permits": [{"number": "1", "fee": 1.5}, {"number": "2", "fee": None}]}}
    outcome = mapped(
        project, "parking/from-permit", None, read_answer(json.dumps(body).encode()).body
    )
    assert [json.loads(line)["Number"] for line in outcome.body.splitlines()] == ["1", "2"]


@pytest.mark.parametrize("place", ["", "errorType"])
def test_kept_errors_are_records_beside_partial_data(place: str, tmp_path: Path) -> None:
    said = f"capability:\n  error_code: {place}\n" if place else "capability:\n"
    changes = [
        ("buy.yaml", "capability:\n", said),
        ("buy.yaml", "response:\n", "response:\n  errors: keep\n"),
        (
            "from-permit.yaml",
            "    Who: {value: unknown}",
            "    Who: {from: error.code, pick: first}",
        ),
    ]
    project = changed(tmp_path, changes)
    assert [one.code for one in check(project)] == []
    assert project.operation("parking/buy", project.view(None)).keep_errors
    error = ERROR | {place: place}
    body = {"data": {"buy_permit": {"number": "7", "fee": None}}, "errors": [error]}
    outcome = mapped(
        project, "parking/from-permit", None, read_answer(json.dumps(body).encode()).body
    )
    assert json.loads(outcome.body) == {
        "Who": place or "ACCOUNT_UNKNOWN",
        "Number": "7",
        "Price": None,
    }
