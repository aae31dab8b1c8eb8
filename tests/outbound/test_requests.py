"""From documents and records to deliveries: keys, amounts, voids, and what is refused."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outbound.kit import (
    PAPERLESS,
    PAYMENT,
    REJECT,
    RIVERTON,
    ROOT,
    SANDBOX_URL,
    VOID,
    Change,
    made,
    project_in,
)

from crosswalk.checking import check
from crosswalk.delivery.request import Kind, Request
from crosswalk.findings.errors import ConfigError
from crosswalk.outbound.biller import Places, setup_of
from crosswalk.outbound.requests import key_of, requests_of
from crosswalk.project import Project

PAYMENTS = (RIVERTON / "payments.jsonl").read_bytes()


def requests(mapping: str, data: bytes = PAYMENTS, project: Project | None = None) -> list[Request]:
    found, items = made(project or Project(ROOT), mapping, data)
    assert items.rejects == ()
    return list(requests_of(found, items.items, "in.jsonl"))


def test_each_bill_is_a_payment_with_a_key_of_its_own() -> None:
    delivered = requests(PAYMENT)
    assert len({one.key for one in delivered}) == len(delivered) == 12
    third = delivered[2]
    assert third.key == "6f1c0a52-0000-4000-8000-0000000d0003|28903"
    assert (third.amount_minor, third.currency, third.kind) == (6000, "USD", Kind.PAYMENT)
    assert third.source == "in.jsonl#3"
    assert third.mapping.startswith("caselle/cash-receipting/payment@1.0.0+")
    assert [one.amount_minor for one in delivered[2:5]] == [6000, 6000, 1275]
    assert third.variables["confirmationNumber"] == delivered[3].variables["confirmationNumber"]


def test_what_is_delivered_is_what_request_shows() -> None:
    project = Project(ROOT)
    _, items = made(project, PAYMENT, PAYMENTS)
    for item, request in zip(items.items, requests(PAYMENT), strict=True):
        assert request.variables == item.prepared.variables
        assert not [name for name in request.variables if name.startswith("(")]


@pytest.mark.parametrize("mapping", [VOID, REJECT])
def test_a_void_has_its_payments_key_and_gets_its_receipt_from_the_ledger(mapping: str) -> None:
    record = json.loads(PAYMENTS.splitlines()[4])
    record["bill"][0]["ReceiptNumber"] = "5.99999"
    (void,) = requests(mapping, json.dumps(record).encode())
    paid = requests(PAYMENT)[6]
    assert (void.kind, void.key, void.target) == (Kind.VOID, paid.key, paid.key)
    assert void.target_operation == paid.operation
    assert void.fill == "receiptNumber"
    assert void.variables == {"date": "2026-02-02"}
    assert void.amount_minor == paid.amount_minor


def test_a_change_is_told_by_a_hash_because_its_key_is_a_customers_data() -> None:
    changes = requests(PAPERLESS, (RIVERTON / "paperless.jsonl").read_bytes())
    assert len({one.key for one in changes}) == 2
    assert len({one.subject for one in changes}) == 1
    assert all(len(one.key) == len(one.subject or "") == 64 for one in changes)
    assert [one.amount_minor for one in changes] == [None, None]


@given(
    st.lists(st.text("a|%7C", max_size=4), min_size=1, max_size=3),
    st.lists(st.text("a|%7C", max_size=4), min_size=1, max_size=3),
)
def test_two_lists_of_parts_never_give_one_key(one: list[str], other: list[str]) -> None:
    assert (key_of(tuple(one)) == key_of(tuple(other))) == (one == other)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"InvoiceNumber": None}, "CW508", "(key 2)"),
        ({"Amount": "0.00"}, "CW571", ""),
        ({"Amount": "-5.00"}, "CW571", ""),
        ({"Amount": "5.001"}, "CW525", ""),
    ],
)
def test_a_record_without_key_or_a_proper_amount_is_a_reject(
    change: dict[str, object], code: str, field: str
) -> None:
    record = json.loads(PAYMENTS.splitlines()[2])
    record["bill"][1] |= change
    found, items = made(Project(ROOT), PAYMENT, json.dumps(record).encode())
    assert [issue.code for issue in items.rejects] == [code]
    assert field in (items.rejects[0].field, "")
    assert len(items.items) == 2  # its neighbours go out
    assert len(list(requests_of(found, items.items, ""))) == 2


PAY = "caselle/cash-receipting/payment.yaml"
TAKE = "caselle/cash-receipting/void.yaml"
ASK = "caselle/ar/balance-request.yaml"
MISTAKES: list[tuple[str, str, str, str]] = [
    (PAY, "  amount: Amount\n  currency", "  currency", "CW481"),
    (PAY, "  currency: USD\n", "", "CW481"),
    (PAY, "kind: payment", "kind: change", "CW481"),
    (PAY, "kind: payment", "kind: question", "CW481"),
    (PAY, "[PaymentGuid, InvoiceNumber]", "[PaymentGuid, InvoiceNo]", "CW304"),
    (PAY, "amount: Amount\n  currency", "amount: PayerName\n  currency", "CW418"),
    (PAY, "to: caselle/cash-receipting/create-receipt@1", "to: invoicecloud/payment@1", "CW481"),
    (TAKE, "receipt: receiptNumber", "receipt: receiptNo", "CW482"),
    (TAKE, "voids: caselle/cash-receipting/create-receipt@1", "voids: caselle/x@1", "CW311"),
    (ASK, "answer: caselle/ar/balance@1", "answer: caselle/cash-receipting/receipt@1", "CW482"),
    (ASK, "answer: caselle/ar/balance@1", "subject: AccountNumber", "CW481"),
]


@pytest.mark.parametrize(("file", "old", "new", "code"), MISTAKES)
def test_a_mistake_in_a_delivery_block_is_found_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, code: str
) -> None:
    project = Project(project_in(tmp_path, SANDBOX_URL, ((file, old, new),)))
    with pytest.raises(ConfigError) as refused:
        project.delivery(file.removesuffix(".yaml"), project.view("riverton"))
    findings = [one for one in refused.value.findings if one.code == code]
    assert findings, refused.value.findings
    assert all(one.span is not None and one.help for one in findings)
    assert str(findings[0].span).startswith(f"mappings/{file}:")


def test_check_finds_what_deliver_would_refuse(tmp_path: Path) -> None:
    file, old, new, code = MISTAKES[0]
    project = Project(project_in(tmp_path, SANDBOX_URL, ((file, old, new),)))
    assert [one.code for one in check(project)] == [code]


DELIVERY = """delivery:
  kind: change
  key: [AccountNumber, ChangedAt]
  subject: AccountNumber
"""
BILLER = "billers/riverton.yaml"
REFUSED: list[tuple[Change, str]] = [
    (("caselle/ar/paperless.yaml", DELIVERY, ""), "CW483"),
    ((BILLER, "  15: {env: RIVERTON_USERNAME}\n", ""), "CW484"),
    ((BILLER, '  InstalledVersion: "2023.05"', '  InstalledVersion: "2020.05"'), "CW471"),
]


@pytest.mark.parametrize(("change", "code"), REFUSED)
def test_what_cannot_be_delivered_safely_is_not_delivered(
    tmp_path: Path, change: Change, code: str
) -> None:
    project = Project(project_in(tmp_path, SANDBOX_URL, (change,)))

    def prepare() -> None:
        found, _ = made(project, PAPERLESS, b"")
        setup_of(project, found.view, found.operation, Places(tmp_path))

    with pytest.raises(ConfigError) as refused:
        prepare()
    assert code in [one.code for one in refused.value.findings]


def test_a_run_knows_every_operation_of_its_biller_and_no_other_endpoint(tmp_path: Path) -> None:
    project = Project(project_in(tmp_path, SANDBOX_URL))
    found, _ = made(project, PAYMENT, b"")
    setup = setup_of(project, found.view, found.operation, Places(tmp_path))
    assert {one.rpartition("/")[2] for one in setup.operations} >= {
        "create-receipt",
        "void-receipt",
        "ach-reject",
        "update-paperless",
        "customer-balance",
    }
    assert setup.billers == ("riverton",)
    cash = setup.endpoint("riverton", "11")
    assert (cash.test, cash.hosts) == (True, frozenset({"127.0.0.1"}))
    assert cash.login == ("env:RIVERTON_USERNAME", "env:RIVERTON_PASSWORD")


def test_hosts_that_the_settings_list_are_the_only_ones(tmp_path: Path) -> None:
    listed = ("billers/riverton.yaml", "  TestEndpoints: true", "  AllowedHosts: pay.example")
    project = Project(project_in(tmp_path, SANDBOX_URL, (listed,)))
    found, _ = made(project, PAYMENT, b"")
    setup = setup_of(project, found.view, found.operation, Places(tmp_path))
    endpoint = setup.endpoints["riverton", "11"]
    assert (endpoint.hosts, endpoint.test) == (frozenset({"pay.example"}), False)


def test_every_shipped_mapping_that_fills_an_operation_says_how_it_is_delivered() -> None:
    project = Project(ROOT)
    filling = [
        one
        for one in project.documents("mapping")
        if project.workspace.find(getattr(one.node.entries["to"].value, "text", ""), "operation")[0]
    ]
    assert len(filling) >= 8
    assert [one.name for one in filling if "delivery" not in one.node.entries] == []
