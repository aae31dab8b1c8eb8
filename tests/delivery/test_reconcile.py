"""Deciding an unknown outcome from the partner's list (delivery 3.4)."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.delivery import partner

from crosswalk.delivery import reconcile
from crosswalk.delivery.capability import Lookup, OnAbsent, Operation, Success
from crosswalk.delivery.classify import classify
from crosswalk.delivery.journal import Delivery
from crosswalk.delivery.request import Json, Request, payload
from crosswalk.delivery.states import State
from crosswalk.delivery.wire import Ambiguous, Reply, Seen

CREATE = partner.operations()["create_receipt"]
assert CREATE.lookup is not None
BLIND = replace(  # a partner that does not say which invoice a receipt is for
    CREATE,
    lookup=replace(CREATE.lookup, match=("confirmationNumber", "accountNumber", "amount")),
)


def delivery(number: int, invoice: str = "inv-1", cents: int = 500, **more: Any) -> Delivery:
    request: Request = partner.payment("g-1", invoice, cents)
    made = Delivery(
        delivery_id=number,
        biller="newtown",
        operation="create_receipt",
        idem_key=request.key,
        kind="payment",
        amount_minor=cents,
        currency="USD",
        endpoint="cash",
        match_key="g-1",
        target_id=None,
        fill=None,
        mapping="",
        source="",
        payload=payload(request.document, request.variables),
        payload_sha256="",
        created_us=0,
        state=State.UNKNOWN,
        version=3,
        attempts=1,
        lookups=1,
        owner=None,
        sent_at_us=1,
        unknown_us=2,
        next_at_us=3,
        partner_ref=None,
        reason="deadline",
        detail="",
    )
    return replace(made, **more)


def receipt(
    number: str, invoice: str = "inv-1", amount: str = "5.00", **more: Any
) -> dict[str, Any]:
    return {
        "receiptNumber": number,
        "amount": amount,
        "accountNumber": "10-1",
        "allocateTo": invoice,
        "confirmationNumber": "g-1",
        "voided": False,
    } | more


def reply(*receipts: dict[str, Any]) -> Reply:
    return Reply(200, "application/json", json.dumps({"data": {"receipt": receipts}}).encode())


MINE = delivery(1)
OTHER = delivery(2, "inv-2")
POSTED = replace(OTHER, state=State.POSTED, partner_ref="5.2")
TABLE: list[tuple[str, Operation, list[Delivery], Seen, State | None, str]] = [
    ("exactly one", CREATE, [], reply(receipt("5.1")), State.POSTED, "found"),
    (
        "one, the amount written otherwise",
        CREATE,
        [],
        reply(receipt("5.1", amount="5")),
        State.POSTED,
        "found",
    ),
    (
        "one of mine, one of the other bill",
        CREATE,
        [OTHER],
        reply(receipt("5.1"), receipt("5.2", "inv-2")),
        State.POSTED,
        "found",
    ),
    (
        "one voided meanwhile is one all the same",
        CREATE,
        [],
        reply(receipt("5.1", voided=True)),
        State.POSTED,
        "found",
    ),
    (
        "two for one payment",
        CREATE,
        [],
        reply(receipt("5.1"), receipt("5.2")),
        State.REVIEW,
        "possible_duplicate",
    ),
    (
        "another amount",
        CREATE,
        [],
        reply(receipt("5.1", amount="5.01")),
        State.REVIEW,
        "other_receipt",
    ),
    (
        "another account",
        CREATE,
        [],
        reply(receipt("5.1", accountNumber="10-2")),
        State.REVIEW,
        "other_receipt",
    ),
    ("nothing", CREATE, [], reply(), State.READY, "absent"),
    (
        "only the other bill's",
        CREATE,
        [OTHER],
        reply(receipt("5.2", "inv-2")),
        State.READY,
        "absent",
    ),
    (
        "counted: the other's is known",
        BLIND,
        [POSTED],
        reply(receipt("5.1", "?"), receipt("5.2", "?")),
        State.POSTED,
        "found",
    ),
    (
        "counted: only the other's",
        BLIND,
        [POSTED],
        reply(receipt("5.2", "?")),
        State.READY,
        "absent",
    ),
    ("counted: whose is it", BLIND, [OTHER], reply(receipt("5.1", "?")), State.REVIEW, "ambiguous"),
    (
        "counted: three for two",
        BLIND,
        [OTHER],
        reply(*(receipt(f"5.{n}", "?") for n in range(3))),
        State.REVIEW,
        "possible_duplicate",
    ),
    (
        "counted: the other is in the air",
        BLIND,
        [replace(OTHER, state=State.SENDING)],
        reply(receipt("5.1", "?")),
        None,
        "sibling_open",
    ),
    ("no answer", CREATE, [], Ambiguous("deadline"), None, "lookup_failed"),
    ("status 500", CREATE, [], Reply(500, "application/json", b"{}"), None, "lookup_failed"),
    (
        "errors beside data",
        CREATE,
        [],
        Reply(200, "application/json", b'{"data": {"receipt": []}, "errors": [{}]}'),
        None,
        "lookup_failed",
    ),
    (
        "no data",
        CREATE,
        [],
        Reply(200, "application/json", b'{"data": null}'),
        None,
        "lookup_failed",
    ),
    (
        "field missing",
        CREATE,
        [],
        Reply(200, "application/json", b'{"data": {}}'),
        None,
        "lookup_failed",
    ),
    ("a receipt without a number", CREATE, [], reply({"amount": "5.00"}), None, "lookup_failed"),
]


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_the_partners_list_decides(
    row: tuple[str, Operation, list[Delivery], Seen, State | None, str],
) -> None:
    _, operation, others, seen, state, reason = row
    finding = reconcile.decide(operation, MINE, [MINE, *others], seen)
    assert (finding.state, finding.reason) == (state, reason)
    if state is State.POSTED:
        assert finding.reference == "5.1"


@pytest.mark.parametrize(
    ("operation", "attempts", "reason"),
    [
        (replace(CREATE, on_absent=OnAbsent.REVIEW), 1, "absent"),
        (replace(CREATE, lookup=replace(CREATE.lookup, read_after_write=False)), 1, "absent"),
        (replace(CREATE, max_attempts=2), 2, "attempts"),
    ],
)
def test_an_absent_payment_is_not_sent_again_without_the_right_to(
    operation: Operation, attempts: int, reason: str
) -> None:
    mine = replace(MINE, attempts=attempts)
    finding = reconcile.decide(operation, mine, [mine], reply())
    assert (finding.state, finding.reason) == (State.REVIEW, reason)


def test_a_duplicate_names_the_receipts_for_the_person_who_looks() -> None:
    finding = reconcile.decide(CREATE, MINE, [MINE], reply(receipt("5.1"), receipt("5.2")))
    assert finding.detail == "5.1 5.2"


def test_without_a_lookup_only_what_may_be_repeated_is_repeated() -> None:
    paper = partner.operations()["paper"]
    assert reconcile.without_lookup(paper, MINE, 9).state is State.READY
    assert reconcile.without_lookup(paper, replace(MINE, attempts=3), 9).state is State.REVIEW
    bare = replace(CREATE, lookup=None)
    assert reconcile.without_lookup(bare, MINE, 9) == reconcile.Finding(State.REVIEW, "no_lookup")


# --- a partner whose variables are one object, and whose records stand in a connection ------

NESTED = replace(
    CREATE,
    places={"account": ("input", "account", "id"), "amount": ("input", "total", "amount")},
    success=Success(
        ("data", "pay", "receipt", "number"), ("amount",), {"amount": ("total", "amount")}
    ),
    lookup=Lookup(
        document="query Find($account: ID!) { customer(id: $account) { receipts { edges } } }",
        key="account",
        path=("data", "customer", "receipts", "edges"),
        reference="node.number",
        match=("amount",),
        theirs={"amount": ("node", "total", "amount")},
        expect={"node.state": "BOOKED"},
        more=("data", "customer", "receipts", "pageInfo", "hasNextPage"),
        read_after_write=True,
    ),
)
BODY: dict[str, Json] = {"account": {"id": "10-1"}, "total": {"amount": "5.00"}}
ASKED = delivery(1, payload=payload("mutation", {"input": BODY}))


def connection(*amounts: str, more: object = False, state: str = "BOOKED") -> Reply:
    edges = [
        {"node": {"number": f"5.{n}", "total": {"amount": one}, "state": state}}
        for n, one in enumerate(amounts, 1)
    ]
    found = {"receipts": {"edges": edges, "pageInfo": {"hasNextPage": more}}}
    body = {"data": {"customer": found}}
    return Reply(200, "application/json", json.dumps(body).encode())


@pytest.mark.parametrize(
    ("seen", "state", "reason"),
    [
        (connection("5.00"), State.POSTED, "found"),
        (connection("7.00"), State.REVIEW, "other_receipt"),
        (connection("5.0", "5.00"), State.REVIEW, "possible_duplicate"),
        (connection("5.00", state="VOID"), State.READY, "absent"),
        (connection(), State.READY, "absent"),
        (connection(more=True), State.REVIEW, "more_records"),
        (connection("5.00", more=True), State.REVIEW, "more_records"),
        (connection("5.00", more=None), None, "lookup_failed"),
        (Reply(200, "json", b'{"data": {"customer": null}}'), None, "lookup_failed"),
        (
            Reply(
                200,
                "json",
                b'{"data": {"customer": {"receipts": {"edges": [{"node": null}], '
                b'"pageInfo": {"hasNextPage": false}}}}}',
            ),
            None,
            "lookup_failed",
        ),
    ],
)
def test_records_in_a_connection_are_compared_with_nested_variables(
    seen: Seen, state: State | None, reason: str
) -> None:
    found = reconcile.decide(NESTED, ASKED, [ASKED], seen)
    assert (found.state, found.reason) == (state, reason)


def test_the_key_is_asked_for_wherever_it_stands_and_none_proves_nothing() -> None:
    assert NESTED.lookup is not None
    asked = json.loads(reconcile.question(NESTED, NESTED.lookup, ASKED))
    assert asked["variables"] == {"account": "10-1"}
    lost = replace(ASKED, payload=payload("mutation", {"input": {"total": BODY["total"]}}))
    found = reconcile.decide(NESTED, lost, [lost], connection("5.00"))
    assert (found.state, found.reason) == (State.REVIEW, "no_key")


@pytest.mark.parametrize(("amount", "outcome"), [("5.0", "posted"), ("6.00", "review")])
def test_an_echo_of_a_nested_variable_is_compared_where_it_stands(
    amount: str, outcome: str
) -> None:
    body = {"data": {"pay": {"receipt": {"number": "5.1", "total": {"amount": amount}}}}}
    reply_ = Reply(200, "application/json", json.dumps(body).encode())
    assert classify(NESTED, ASKED.variables, reply_).outcome.value == outcome
