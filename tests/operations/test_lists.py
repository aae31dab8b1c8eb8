"""Another company's GraphQL: input objects with lists, connections, unions, faults among the data.

The shop in `shop/` is invented; everything about it is YAML and a file of types.
"""

import json
import shutil
from pathlib import Path

import pytest
from tests.operations.kit import HERE, mapped, told

from crosswalk.checking import check
from crosswalk.delivery.classify import classify
from crosswalk.delivery.states import Outcome
from crosswalk.delivery.wire import Reply
from crosswalk.operations.answer import read_answer
from crosswalk.operations.sending import arranged, as_curl, as_http, as_json, prepare
from crosswalk.outbound.biller import endpoint_of
from crosswalk.project import Project

SHOP = HERE / "shop"
WRONG = json.loads((HERE / "lists.json").read_text("utf-8"))
ORDER = {
    "Id": "o-1",
    "Total": "12.50",
    "item": [
        {"Sku": "a", "Qty": 2, "Price": "5.00"},
        {"Sku": 'b", quantity: 9 }', "Qty": 1, "Price": "2.50"},
    ],
    "label": [{"Label": "gift"}, {"Label": "late"}],
}
SENT = {
    "clientMutationId": "o-1",
    "input": {
        "orderId": "o-1",
        "total": {"amount": 12.5, "currencyCode": "USD"},
        "lines": [
            {"sku": "a", "quantity": 2, "price": {"amount": "5.00", "currencyCode": "USD"}},
            {
                "sku": 'b", quantity: 9 }',
                "quantity": 1,
                "price": {"amount": "2.50", "currencyCode": "USD"},
            },
        ],
        "tags": ["gift", "late"],
    },
}


def sent(project: Project, order: object, *, compiled: bool) -> dict[str, object]:
    view = project.view(None)
    operation = project.operation("shop/create", view)
    outcome = mapped(project, "shop/to-create", None, json.dumps(order).encode(), compiled=compiled)
    assert outcome.rejects == ()
    sdl = project.types_of(operation) or ""
    request = prepare(operation, sdl, view.settings, outcome.body.decode().strip())
    assert request.problems == ()
    found: dict[str, object] = json.loads(request.body)["variables"]
    return found


def test_the_shop_as_it_stands_has_no_finding() -> None:
    assert told(check(Project(SHOP))) == []


@pytest.mark.parametrize("compiled", [True, False])
def test_records_become_lists_of_input_objects_and_of_plain_values(compiled: bool) -> None:
    assert sent(Project(SHOP), ORDER, compiled=compiled) == SENT


@pytest.mark.parametrize(
    ("said", "travels"),
    [("", {}), ("none: omit", {}), ("none: empty", {"tags": []}), ("none: null", {"tags": None})],
)
def test_a_list_without_items_travels_as_it_says(
    said: str, travels: dict[str, object], tmp_path: Path
) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "create.yaml"
    old = "path: input.tags\n"
    new = old + (f"      {said}\n" if said else "")
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    made = sent(Project(tmp_path), ORDER | {"label": []}, compiled=True)
    input_ = {key: one for key, one in SENT["input"].items() if key != "tags"}  # type: ignore[attr-defined]
    assert made == {**SENT, "input": input_ | travels}


def test_an_object_with_nothing_in_it_is_not_sent_either() -> None:
    project = Project(SHOP)
    operation = project.operation("shop/create", project.view(None))
    line = {
        "clientMutationId": "1",
        "input": {
            "orderId": "1",
            "capture": None,
            "total": {"amount": None, "currencyCode": None},
            "lines": [{"sku": "a", "price": {"amount": None}, "note": None}, {"sku": None}],
            "tags": [],
        },
    }
    assert arranged(operation, json.dumps(line)) == {
        "clientMutationId": "1",
        "input": {"orderId": "1", "lines": [{"sku": "a"}, {}]},
    }


@pytest.mark.parametrize("compiled", [True, False])
def test_a_connection_of_connections_becomes_records_with_lines(compiled: bool) -> None:
    node = {
        "reference": "r-1",
        "total": {"amount": 12.5, "currencyCode": "USD"},
        "lines": {"edges": [{"node": {"sku": "a", "quantity": 2}}, {"node": {"sku": "b"}}]},
    }
    page = {"data": {"payments": {"edges": [{"node": node}, {"node": {**node, "lines": None}}]}}}
    read = read_answer(json.dumps(page).encode())
    made = mapped(Project(SHOP), "shop/from-list", None, read.body, compiled=compiled)
    assert [json.loads(line) for line in made.body.splitlines()] == [
        {
            "Total": "12.50",
            "Ref": "r-1",
            "item": [{"Sku": "a", "Qty": 2}, {"Sku": "b"}],
            "label": [],
        },
        {"Total": "12.50", "Ref": "r-1", "item": [], "label": []},
    ]


PAID = {"field": ["input"], "message": "the order is paid", "code": "PAID"}
GOOD = {"reference": "r-9", "total": {"amount": 3.1}}


@pytest.mark.parametrize(
    ("payload", "errors", "listed", "definite", "outcome"),
    [
        ({"payment": None, "userErrors": [PAID]}, None, [], True, Outcome.REJECTED),
        ({"payment": None, "userErrors": [PAID]}, None, ["PAID"], False, Outcome.REJECTED),
        ({"payment": None, "userErrors": [PAID]}, None, ["OTHER"], False, Outcome.UNKNOWN),
        ({"payment": None, "userErrors": [PAID]}, [{"message": "x"}], [], True, Outcome.UNKNOWN),
        ({"payment": None, "userErrors": []}, None, [], True, Outcome.UNKNOWN),
        ({"payment": GOOD, "userErrors": [PAID]}, None, [], True, Outcome.POSTED),
        ({"payment": GOOD, "userErrors": []}, None, [], True, Outcome.POSTED),
        (None, None, [], True, Outcome.UNKNOWN),
    ],
)
def test_faults_among_the_data_refuse_only_what_they_prove(
    payload: dict[str, object] | None,
    errors: object,
    listed: list[str],
    definite: bool,
    outcome: Outcome,
    tmp_path: Path,
) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "create.yaml"
    text = file.read_text("utf-8").replace("definite: true", f"definite: {str(definite).lower()}")
    text = text.replace("capability:\n", f"capability:\n  definite_rejects: {json.dumps(listed)}\n")
    file.write_text(text, "utf-8")
    project = Project(tmp_path)
    assert told(check(project)) == []
    block = project.operation("shop/create", project.view(None)).capability
    assert block is not None
    body: dict[str, object] = {"data": {"paymentCreate": payload}}
    body |= {} if errors is None else {"errors": errors}
    verdict = classify(block, {}, Reply(200, "application/json", json.dumps(body).encode()))
    assert verdict.outcome is outcome


def test_a_fault_among_the_data_is_told_with_the_partners_code() -> None:
    project = Project(SHOP)
    block = project.operation("shop/create", project.view(None)).capability
    answers = [
        json.dumps({"data": {"paymentCreate": {"payment": payment, "userErrors": [PAID]}}})
        for payment in (None, GOOD)
    ]
    refused, made = (read_answer(answer.encode(), block).errors for answer in answers)
    assert [(one.code, one.message) for one in refused] == [("PAID", "the order is paid")]
    assert made == ()


def test_a_faults_code_may_be_a_number() -> None:
    project = Project(SHOP)
    block = project.operation("shop/create", project.view(None)).capability
    payload = {"payment": None, "userErrors": [{**PAID, "code": 17}]}
    body = json.dumps({"data": {"paymentCreate": payload}}).encode()
    assert [one.code for one in read_answer(body, block).errors] == ["17"]
    assert block is not None
    assert classify(block, {}, Reply(200, "application/json", body)).codes == ("17",)


def test_a_union_is_read_by_the_fields_of_each_kind() -> None:
    read = read_answer(b'{"data": {"charge": {"__typename": "Declined", "reason": "empty"}}}')
    project = Project(SHOP)
    fields = project.operation("shop/charge", project.view(None)).response
    assert fields is not None
    assert [one.key for one in fields.records[0].fields] == ["kind", "reference", "reason"]
    assert read.errors == ()


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_way_into_a_list_is_found_at_its_field(case: str, tmp_path: Path) -> None:
    file, old, new = WRONG[case]["change"]
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    path = tmp_path / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    assert WRONG[case]["findings"]
    assert told(check(Project(tmp_path))) == WRONG[case]["findings"]


def test_a_header_may_carry_a_secret_which_is_shown_as_its_reference(tmp_path: Path) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    (tmp_path / "shop.yaml").write_text(
        "crosswalk: 1\nkind: integration\nname: shop\nversion: 1.0.0\nflows: {}\n", "utf-8"
    )
    (tmp_path / "corner.yaml").write_text(
        "crosswalk: 1\nkind: biller\nname: corner\nversion: 1.0.0\nextends: shop@1\n"
        "settings: {Url: https://shop.example/api, Token: {env: CORNER_KEY}}\n",
        "utf-8",
    )
    project = Project(tmp_path)
    assert [one for one in told(check(project)) if "CW8" not in one] == []
    view = project.view("corner")
    operation = project.operation("shop/charge", view)
    variables = {"input": {"orderId": "1", "total": {"amount": 1, "currencyCode": "USD"}}}
    request = prepare(
        operation, project.types_of(operation) or "", view.settings, json.dumps(variables)
    )
    assert json.loads(as_json(request))["credentials"] == {
        "headers": {"X-Shop-Key": "env:CORNER_KEY"}
    }
    assert '--header "X-Shop-Key: ${CORNER_KEY}"' in as_curl(request)
    assert "\nX-Shop-Key: {{$processEnv CORNER_KEY}}\n" in as_http(request)
    endpoint, problems = endpoint_of(operation, view)
    assert problems == []
    assert endpoint is not None
    assert endpoint.headers == {"X-Shop-Key": "env:CORNER_KEY"}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Host", "'Host' is set by the request itself"),
        ("content-type", "'content-type' is set by the request itself"),
        ("X Key", "'X Key' is no name of a header"),
    ],
)
def test_a_header_that_cannot_carry_a_secret_is_found(name: str, says: str, tmp_path: Path) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "charge.yaml"
    file.write_text(file.read_text("utf-8").replace("X-Shop-Key", name), "utf-8")
    (found,) = told(check(Project(tmp_path)))
    assert found.startswith("CW470 charge.yaml:17:")
    assert says in found
