"""What is refused before anything is sent (delivery 3.6, safety C4)."""

from dataclasses import replace

import pytest
from tests.delivery import partner

from crosswalk.delivery import documents
from crosswalk.delivery.capability import Effect, OnAbsent, Operation, Success
from crosswalk.delivery.faults import BadSetting
from crosswalk.delivery.freeze import freeze
from crosswalk.delivery.request import Request

CREATE = partner.operations()["create_receipt"]
PAPER = partner.operations()["paper"]
PAID = partner.payment("g-1", "inv-1", 1250)


@pytest.mark.parametrize("name", ["create_receipt", "void_receipt", "paper", "balance"])
def test_the_partners_operations_pass(name: str) -> None:
    texts = {
        "create_receipt": partner.CREATE,
        "void_receipt": partner.VOID,
        "paper": partner.PAPER,
        "balance": partner.BALANCE,
    }
    assert documents.check(partner.operations()[name], texts[name]) == []


BAD = [
    ("not GraphQL", "mutation {", CREATE, "CW701"),
    ("two operations", f"{partner.CREATE} query Q {{ a }}", CREATE, "CW702"),
    (
        "two root fields",
        "mutation M($a: Int) { one(a: $a) { x } two(a: $a) { x } }",
        CREATE,
        "CW702",
    ),
    ("a fragment at the root", "query Q { ...F } fragment F on Query { a }", CREATE, "CW702"),
    ("a value in the text", 'mutation M { create_receipt(amount: "1.00") { x } }', CREATE, "CW703"),
    ("a mutation called a read", partner.CREATE, replace(CREATE, effect=Effect.READ), "CW704"),
    ("a query called a write", partner.FIND, CREATE, "CW704"),
    (
        "a path to another field",
        partner.CREATE,
        replace(CREATE, success=Success(("data", "x", "y"))),
        "CW705",
    ),
    ("no deadline", partner.CREATE, replace(CREATE, deadline_s=0), "CW706"),
    ("resend without a lookup", partner.CREATE, replace(CREATE, lookup=None), "CW707"),
    (
        "message text as a code",
        partner.CREATE,
        replace(CREATE, definite_rejects=frozenset({"no such account"})),
        "CW708",
    ),
]


@pytest.mark.parametrize(
    ("text", "operation", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_is_found_at_load(text: str, operation: Operation, code: str) -> None:
    assert code in [finding.code for finding in documents.check(operation, text)]


def test_resend_needs_read_after_write() -> None:
    assert CREATE.lookup is not None
    late = replace(CREATE, lookup=replace(CREATE.lookup, read_after_write=False))
    assert late.on_absent is OnAbsent.RESEND
    assert [one.code for one in documents.check(late, partner.CREATE)] == ["CW707"]


@pytest.mark.parametrize(
    "request_",
    [
        replace(PAID, key=" "),
        replace(PAID, key="x" * 201),
        replace(PAID, amount_minor=None),
        replace(PAID, amount_minor=0),
        replace(PAID, amount_minor=-5),
        replace(PAID, fill="receiptNumber"),
        replace(PAID, variables={"amount": "1.00"}),
        replace(PAID, variables=dict(PAID.variables) | {"more": 1}),
        replace(partner.void(PAID), target=None),
    ],
)
def test_a_request_that_does_not_fit_is_refused(request_: Request) -> None:
    with pytest.raises(BadSetting):
        freeze(request_, partner.operations()[request_.operation])


def test_a_hostile_value_stays_a_value() -> None:
    hostile = '1", amount: 0.01) {x} y: void_receipt(receiptNumber: "5.1'
    frozen = freeze(partner.payment("g", "i", 1, account=hostile), CREATE)
    calm = freeze(partner.payment("g", "i", 1), CREATE)
    assert frozen.payload.split('"variables"')[0] == calm.payload.split('"variables"')[0]
