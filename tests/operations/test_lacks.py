"""An answer without errors has what its document selects, or what it lacks is told."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.cli.kit import crosswalk
from tests.operations.kit import HERE, told

from crosswalk.checking import check
from crosswalk.operations.graphql_answers import lacks, without
from crosswalk.project import Project

SHOP = HERE / "shop"
LINE = {"node": {"sku": "a", "quantity": 2}}
NODE = {
    "id": "1",
    "reference": "r-1",
    "total": {"amount": 12.5, "currencyCode": "USD"},
    "lines": {"edges": [LINE], "pageInfo": {"hasNextPage": False}},
}
PAGE: dict[str, Any] = {
    "data": {
        "payments": {
            "edges": [{"node": NODE}, {"node": NODE | {"reference": "r-2"}}],
            "pageInfo": {"hasNextPage": False, "endCursor": None},
        }
    }
}
FIRST = "data.payments.edges.0.node"
GONE = "(gone)"


def changed(path: str, value: object) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(PAGE))
    *steps, last = [int(one) if one.isdecimal() else one for one in path.split(".")]
    inner: Any = made
    for step in steps:
        inner = inner[step]
    if value == GONE:
        del inner[last]
    else:
        inner[last] = value
    return made


def found(answer: object, name: str = "shop/list", root: Path = SHOP) -> list[tuple[str, str]]:
    project = Project(root)
    operation = project.operation(name, project.view(None))
    told_ = lacks(operation, project.types_of(operation), answer)
    return [(one.path, one.reason) for one in told_]


def test_a_whole_answer_lacks_nothing() -> None:
    assert found(PAGE) == []


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("data", None, "is null or missing, in an answer without errors"),
        ("data.payments", None, "is null, and the partner's types say PaymentConnection!"),
        ("data.payments", GONE, "is missing, and the document selects it"),
        ("data.payments.edges", None, "is null, and the partner's types say [PaymentEdge!]!"),
        ("data.payments.edges", GONE, "is missing, and the document selects it"),
        ("data.payments.edges.0", None, "is null, and the partner's types say PaymentEdge!"),
        (f"{FIRST}.lines", GONE, "is missing, and the document selects it"),
        (f"{FIRST}.lines.edges", None, "is null, and the partner's types say [LineEdge!]!"),
        (f"{FIRST}.total.amount", GONE, "is missing, and the document selects it"),
        (f"{FIRST}.total.amount", None, "is null, and the partner's types say Decimal!"),
        (f"{FIRST}.lines.edges.0.node.sku", None, "is null, and the partner's types say ID!"),
        (
            f"{FIRST}.lines.pageInfo.hasNextPage",
            True,
            "is true: the list goes on after what came",
        ),
    ],
)
def test_what_lacks_is_told_with_its_place(path: str, value: object, says: str) -> None:
    assert found(changed(path, value)) == [(path, says)]


def test_a_value_that_may_be_null_may_also_be_left_out() -> None:
    assert found(changed("data.payments.pageInfo.endCursor", GONE)) == []


def test_an_answer_with_errors_is_told_by_its_errors() -> None:
    assert found({"data": None, "errors": [{"message": "no"}]}) == []
    assert found({"data": None, "errors": []}) != []


def test_a_list_in_pages_may_go_on_where_its_operation_reads_on(tmp_path: Path) -> None:
    more = changed("data.payments.pageInfo.hasNextPage", True)
    assert [path for path, _ in found(more)] == ["data.payments.pageInfo.hasNextPage"]
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "list.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "paging: {variable: after, next: data.payments.pageInfo.endCursor, "
            "more: data.payments.pageInfo.hasNextPage}\n"
        )
    assert found(more, root=tmp_path) == []


@pytest.mark.parametrize(
    ("paid", "lacking"),
    [
        ({"__typename": "Payment", **NODE}, []),
        ({"__typename": "Payment", **NODE, "reference": None}, ["data.charge.reference"]),
        ({"__typename": "Declined", "reason": None}, ["data.charge.reason"]),
        ({"reason": "empty"}, []),
    ],
)
def test_a_kind_of_a_union_has_what_is_selected_of_it(
    paid: dict[str, object], lacking: list[str]
) -> None:
    assert [path for path, _ in found({"data": {"charge": paid}}, "shop/charge")] == lacking


@pytest.mark.parametrize("directive", ["@include(if: $first)", "@skip(if: $first)"])
def test_what_may_be_skipped_may_be_missing_and_is_looked_at_where_it_came(
    directive: str, tmp_path: Path
) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "list.yaml"
    text = file.read_text("utf-8").replace("lines(first: 50) {", f"lines(first: 50) {directive} {{")
    file.write_text(text, "utf-8")
    assert found(changed(f"{FIRST}.lines", GONE), root=tmp_path) == []
    cut = f"{FIRST}.lines.pageInfo.hasNextPage"
    assert [path for path, _ in found(changed(cut, True), root=tmp_path)] == [cut]


def test_only_the_record_that_lacks_something_is_taken_out() -> None:
    project = Project(SHOP)
    operation = project.operation("shop/list", project.view(None))
    sdl = project.types_of(operation)
    answer = changed(f"{FIRST}.total", GONE)
    assert without(answer, operation, lacks(operation, sdl, answer))
    left = answer["data"]["payments"]["edges"]
    assert [one["node"]["reference"] for one in left] == ["r-2"]
    answer = changed("data.payments.pageInfo", None)
    assert not without(answer, operation, lacks(operation, sdl, answer))


def test_the_command_rejects_the_record_and_gives_the_others(tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(changed(f"{FIRST}.lines.edges", GONE)), "utf-8")
    done = crosswalk("-C", SHOP, "response", "shop/from-list", file)
    assert done.returncode == 3
    assert [json.loads(one)["Ref"] for one in done.stdout.splitlines()] == ["r-2"]
    assert json.loads(done.stderr) == {
        "code": "CW723",
        "reason": "is missing, and the document selects it",
        "path": f"{FIRST}.lines.edges",
    }
    file.write_text('{"data": null}', "utf-8")
    done = crosswalk("-C", SHOP, "response", "shop/from-list", file)
    assert (done.returncode, done.stdout) == (3, "")


@pytest.mark.parametrize("page", ["", " pageInfo { endCursor }"])
def test_a_list_within_a_record_that_may_go_on_unseen_is_found(page: str, tmp_path: Path) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "list.yaml"
    old = "quantity } } pageInfo { hasNextPage }"
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, f"quantity }} }}{page}"), "utf-8")
    (one,) = told(check(Project(tmp_path)))
    assert one.startswith("CW478 list.yaml:31:7 'data.payments.edges.node.lines.edges' may go on")
    assert one.endswith("select pageInfo { hasNextPage } beside it; then what goes on is rejected")
