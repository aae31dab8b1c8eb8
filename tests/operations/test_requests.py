"""From payments to requests: golden variables, constant documents, three readings of no value."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_snapshot.plugin import Snapshot  # type: ignore[import-untyped]
from tests.operations.kit import HERE, PERMITS, ROOT, RUN, changed, mapped
from tests.operations.payments import payments

from crosswalk.formats.jsontext import decode
from crosswalk.operations.graphql_values import validate_values
from crosswalk.operations.sending import Prepared, as_curl, as_http, as_json, prepare
from crosswalk.project import Project
from crosswalk.running.context import Context
from crosswalk.running.in_memory import run_in_memory

PAYMENT = "caselle/cash-receipting/payment"
CREATE = "caselle/cash-receipting/create-receipt"
PAYMENTS = HERE / "payments.jsonl"


def requests(
    project: Project, mapping: str, operation: str, biller: str, data: bytes
) -> list[Prepared]:
    view = project.view(biller)
    made, sdl = project.operation(operation, view), ""
    sdl = project.types_of(made) or ""
    lines = mapped(project, mapping, biller, data).body.decode().split("\n")
    return [prepare(made, sdl, view.settings, line) for line in lines if line]


def test_the_committed_payments_are_those_of_the_script() -> None:
    assert [json.loads(line) for line in PAYMENTS.read_text("utf-8").splitlines()] == payments()


@pytest.mark.parametrize("biller", ["newport", "alder-falls"])
@pytest.mark.parametrize("execution", ["reference", "compiled"])
def test_payments_become_golden_variables(biller: str, execution: str, snapshot: Snapshot) -> None:
    """newport has ALLOCATEAR in setting 35, alder-falls has nothing there."""
    outcome = mapped(
        Project(ROOT), PAYMENT, biller, PAYMENTS.read_bytes(), compiled=execution == "compiled"
    )
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match(outcome.body, f"{biller}.variables.jsonl")
    assert outcome.rejects == ()


def test_each_bill_is_one_request_with_the_payments_guid() -> None:
    made = requests(Project(ROOT), PAYMENT, CREATE, "newport", PAYMENTS.read_bytes())
    paid: Any = payments()
    bills = [(one["PaymentGuid"], bill) for one in paid for bill in one["bill"]]
    assert [(one.variables["confirmationNumber"], one.variables["allocateTo"]) for one in made] == [
        (guid, bill["InvoiceNumber"]) for guid, bill in bills
    ]
    assert [one.variables["amount"] for one in made] == [Decimal(b["Amount"]) for _, b in bills]
    assert all(one.problems == () for one in made)


def test_without_the_flag_no_receipt_names_an_invoice() -> None:
    made = requests(Project(ROOT), PAYMENT, CREATE, "alder-falls", PAYMENTS.read_bytes())
    assert made
    assert all(one.variables["allocateTo"] is None for one in made)


@pytest.mark.parametrize(
    ("flags", "names_it"),
    [
        ("ALLOCATEAR", True),
        (" allocatear ", True),
        ("OPENITEMS, ALLOCATEAR", True),
        ("NOALLOCATEAR", False),
        ("ALLOCATEAR-OFF", False),
        ("ALLOCATE", False),
    ],
)
def test_setting_35_is_a_list_of_flags_whatever_their_case(flags: str, names_it: bool) -> None:
    """Payment codes 2.9, case 77: trimmed, upper and lower case alike, never a part of a word."""
    project = Project(ROOT)
    texts = {**project.view("newport").settings.texts(), "35": flags}
    plan = project.plan(PAYMENT, project.view("newport"))
    line = PAYMENTS.read_bytes().splitlines()[0]
    for compiled in (True, False):
        made = run_in_memory(plan, Context(texts, RUN), line, compiled=compiled).body.decode()
        assert (decode(made)["allocateTo"] is not None) == names_it  # type: ignore[index]


PAYER = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=40
)
HOSTILE = st.sampled_from(
    [
        '1", amount: 0.01) {receiptNumber} x: void_receipt(receiptNumber: "5.00001',
        '"""', "}}}", "{{ settings.13 }}", "$amount", "\\", "\\u0022", "#", "a\nb",
        "'; --", "${X}", "`id`",
    ]
)  # fmt: skip


@given(st.one_of(HOSTILE, PAYER), st.one_of(HOSTILE, PAYER))
@settings(max_examples=60, deadline=None)
def test_no_value_ever_changes_the_document(name: str, account: str) -> None:
    record = {**payments()[0], "PayerName": name}
    bill = {**record["bill"][0], "AccountNumber": account}  # type: ignore[index]
    data = json.dumps({**record, "bill": [bill]}).encode()
    made = requests(_PROJECT, PAYMENT, CREATE, "newport", data)
    if not name.strip() or not account.strip():
        assert made == []
        return
    (one,) = made
    sent = json.loads(one.body)
    assert sent["query"].encode() == _DOCUMENT
    assert sent["variables"]["accountName"] == name
    assert sent["variables"]["accountNumber"] == account
    assert decode(as_json(one))["variables"] == one.variables  # type: ignore[index]


_PROJECT = Project(ROOT)
_DOCUMENT = _PROJECT.operation(CREATE, _PROJECT.view("newport")).document.text.encode()


@pytest.mark.parametrize(
    ("reading", "travels"),
    [("null", {"allocateTo": None}), ("empty", {"allocateTo": ""}), ("omit", {})],
)
def test_no_invoice_travels_as_the_biller_says(
    reading: str, travels: dict[str, object], tmp_path: Path
) -> None:
    import shutil

    shutil.copytree(ROOT / "mappings", tmp_path / "mappings")
    path = tmp_path / "mappings" / "billers" / "alder-falls.yaml"
    if reading != "null":
        field = f"{{fields: {{allocateTo: {{none: {reading}}}}}}}"
        change = f"override:\n  {CREATE}: {{variables: {field}}}\n"
        path.write_text(path.read_text("utf-8").replace("override:\n", change), "utf-8")
    project = Project(tmp_path)
    made = requests(project, PAYMENT, CREATE, "alder-falls", PAYMENTS.read_bytes())
    found = {key: value for key, value in made[0].variables.items() if key == "allocateTo"}
    assert found == travels
    assert made[0].problems == ()


def test_a_new_operation_of_an_unrelated_partner_is_yaml_only(tmp_path: Path) -> None:
    project = changed(tmp_path, [])
    data = b'{"Who":"Ann Low","Start":"2026-03-01","Price":"12.50","Area":"SOUTH","Plate":"A 17"}'
    (one,) = requests(project, "parking/to-permit", "parking/buy", "town", data)
    assert one.problems == ()
    assert one.variables == {
        "holder": "Ann Low",
        "from": "2026-03-01",
        "fee": Decimal("12.50"),
        "zone": "SOUTH",
        "vehicle": {"plate": "A 17"},
    }


BAD = {
    "holder": (7, "is a whole number, the partner wants String!"),
    "from": ("2026-02-30", "is a text, the partner wants Date!"),
    "fee": ("much", "is a text, the partner wants Decimal!"),
    "zone": ("EAST", "is a text, the partner wants Zone!"),
    "doors": (3_000_000_000, "is a whole number beyond 32 bits, the partner wants Int"),
}


def test_every_bad_value_is_told_with_its_path_and_never_repeated(tmp_path: Path) -> None:
    project = changed(tmp_path, [])
    operation = project.operation("parking/buy", project.view("town"))
    sdl = (PERMITS / "permits.graphql").read_text("utf-8")
    bad = {name: value for name, (value, _) in BAD.items()}
    problems = validate_values(
        operation, sdl, {**bad, "vehicle": {"plate": None, "axles": "two"}, "x": 1}
    )
    assert sorted(problems) == sorted(
        [
            *((name, problem) for name, (_, problem) in BAD.items()),
            ("vehicle.plate", "is null, the partner wants String!"),
            ("vehicle.axles", "is a text, the partner wants Int"),
            ("x", "is no variable of the document"),
        ]
    )
    assert validate_values(operation, sdl, {}) == [
        (name, "is missing, and the partner needs it")
        for name in ("holder", "from", "fee", "zone", "vehicle")
    ]


@pytest.mark.parametrize("show", [as_json, as_curl, as_http])
def test_secrets_are_shown_as_references_only(show: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWPORT_PAYMENTS_PASSWORD", "canary-4711")
    made = requests(Project(ROOT), PAYMENT, CREATE, "newport", PAYMENTS.read_bytes())[0]
    text = show(made)
    assert "NEWPORT_PAYMENTS_PASSWORD" in text
    assert "canary" not in text


def test_the_command_of_curl_carries_the_exact_body(tmp_path: Path) -> None:
    import subprocess

    made = requests(Project(ROOT), PAYMENT, CREATE, "newport", PAYMENTS.read_bytes())
    fake = tmp_path / "curl"
    fake.write_text('#!/bin/sh\nwhile [ "$1" != --data-raw ]; do shift; done\nprintf %s "$2"\n')
    fake.chmod(0o755)
    for one in made[:8]:
        env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        done = subprocess.run(["sh", "-c", as_curl(one)], env=env, capture_output=True, check=True)
        assert done.stdout.decode() == one.body


def test_the_paperless_flag_is_the_opposite_of_the_partners() -> None:
    data = b'{"AccountNumber":"101","Paperless":true}\n{"AccountNumber":"102","Paperless":false}\n'
    made = requests(
        Project(ROOT), "caselle/ar/paperless", "caselle/ar/update-paperless", "newport", data
    )
    assert [one.variables for one in made] == [
        {"customerNumber": 101, "sendPaperStatement": False},
        {"customerNumber": 102, "sendPaperStatement": True},
    ]


def test_a_void_has_the_days_date_and_a_reject_goes_to_its_own_endpoint() -> None:
    data = json.dumps({**payments()[0], "bill": [
        {"AccountNumber": "7", "Amount": "1.00", "ReceiptNumber": "5.00010"}
    ]}).encode()  # fmt: skip
    base = "caselle/cash-receipting"
    urls = {}
    for mapping, name in (("void", "void-receipt"), ("reject", "ach-reject")):
        (one,) = requests(Project(ROOT), f"{base}/{mapping}", f"{base}/{name}", "newport", data)
        assert one.variables == {"receiptNumber": "5.00010", "date": "2026-02-01"}
        urls[mapping] = one.url
    assert urls["void"] != urls["reject"]


SHAPES = """
directive @oneOf on INPUT_OBJECT
scalar Decimal
scalar Date
enum Zone { NORTH SOUTH }
input Bank { iban: String! bic: String! }
input Payer @oneOf { number: Int email: String bank: Bank }
type Permit { number: String }
type Query { permit: Permit }
type Mutation { buy_permit(payer: Payer!): Permit }
"""


@pytest.mark.parametrize(
    ("payer", "path", "says"),
    [
        ({"number": 1, "email": "a"}, "payer", "has number, email; Payer takes exactly one of"),
        ({"number": 1, "email": None}, "payer", "has number, email; Payer takes exactly one of"),
        ({}, "payer", "has nothing; Payer takes exactly one of number, email, bank"),
        ({"number": None}, "payer.number", "is null, the partner wants Int"),
        ({"bank": {}}, "payer.bank", "lacks iban, bic, which Bank needs"),
        ({"bank": {"iban": "x", "bic": "y", "z": 1}}, "payer.bank", "has z, which Bank does not"),
        ("text", "payer", "is a text, the partner wants Payer!"),
    ],
)
def test_an_object_that_does_not_fit_is_told_by_what_it_has_and_lacks(
    payer: object, path: str, says: str, tmp_path: Path
) -> None:
    text = (PERMITS / "buy.yaml").read_text("utf-8")
    document = text.split("document: |\n")[1].split("endpoint:")[0]
    buy = "  mutation Buy($payer: Payer!) {\n    buy_permit(payer: $payer) { number }\n  }\n"
    project = changed(tmp_path, [("buy.yaml", document, buy)])
    operation = project.operation("parking/buy", project.view("town"))
    ((where, told),) = validate_values(operation, SHAPES, {"payer": payer})
    assert where == path
    assert told.startswith(says)
