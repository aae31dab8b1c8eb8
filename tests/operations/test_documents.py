"""Documents as other companies write them: fragments, constants of their own, defaults."""

import shutil
from pathlib import Path

import pytest
from tests.operations.kit import HERE, told

from crosswalk.checking import check
from crosswalk.project import Project

SHOP = HERE / "shop"
LINES = "lines(first: 50) { edges { node { sku quantity } } pageInfo { hasNextPage } }"
NODE = f"{{ node {{ id reference total {{ amount currencyCode }} {LINES} }} }}"
FRAGMENT = f"""
  fragment Shown on Payment {{ id reference total {{ ...Sum }} {LINES} }}
  fragment Sum on Money {{ amount currencyCode }}
"""


def found(folder: Path, file: str, *changes: tuple[str, str]) -> list[str]:
    shutil.copytree(SHOP, folder, dirs_exist_ok=True)
    text = (folder / file).read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / file).write_text(text, "utf-8")
    return told(check(Project(folder)))


def test_named_fragments_are_read_where_they_are_used(tmp_path: Path) -> None:
    end = "  }\nendpoint:"
    changed = ((NODE, "{ node { ...Shown } }"), (end, f"  }}{FRAGMENT}endpoint:"))
    assert found(tmp_path, "list.yaml", *changed) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id reference total { ...Sum }", "id reference", "CW473 list.yaml:29:5 field amount"),
        ("{ amount currencyCode }", "{ ...Sum }", "Cannot spread fragment 'Sum' within itself"),
        ("...Sum }", "...Som }", "Unknown fragment 'Som'"),
        ("reference total", "refrence total", "CW462 list.yaml:13:34"),
    ],
)
def test_what_is_wrong_in_a_fragment_is_found(
    old: str, new: str, says: str, tmp_path: Path
) -> None:
    text = FRAGMENT.replace(old, new)
    changed = ((NODE, "{ node { ...Shown } }"), ("  }\nendpoint:", f"  }}{text}endpoint:"))
    assert any(says in one for one in found(tmp_path, "list.yaml", *changed))


FIRST = "    first: {type: integer, required: true}\n"
WORD = ("after: $after)", "after: $after, query: $word)")


@pytest.mark.parametrize(
    "changes",
    [
        [("first: $first,", "first: 25,"), ("$first: Int!, ", ""), (FIRST, "")],
        [("$first: Int!", "$first: Int! = 25"), (FIRST, "")],
        [("$after: String)", '$after: String, $word: String = "state:open")'), WORD],
        [("node { id reference", "node { id @skip(if: false) reference")],
    ],
    ids=["number-of-a-query", "default", "text-as-default", "directive"],
)
def test_constants_of_the_document_itself_are_no_values(
    changes: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert found(tmp_path, "list.yaml", *changes) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("list.yaml", "after: $after)", 'after: $after, query: "state:open")', "CW703"),
        ("list.yaml", "lines(first: 50)", 'lines(word: ["a"])', "CW703"),
        ("create.yaml", "(input: $input,", '(input: {orderId: "1"},', "CW703"),
        ("create.yaml", "(input: $input,", "(input: {total: {amount: 1}},", "CW703"),
    ],
)
def test_texts_and_a_mutations_numbers_are_values_at_any_depth(
    file: str, old: str, new: str, code: str, tmp_path: Path
) -> None:
    assert [one.split()[0] for one in found(tmp_path, file, (old, new))][:1] == [code]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("structure: line+, tag*", "structure: line*, tag*", "needs the list input.lines"),
        ("path: input.lines\n", "path: input.lines\n      none: empty\n", ""),
    ],
)
def test_a_list_that_the_partner_needs_must_have_a_way_to_be_sent(
    old: str, new: str, says: str, tmp_path: Path
) -> None:
    findings = found(tmp_path, "create.yaml", (old, new))
    assert [one.split()[0] for one in findings] == (["CW467"] if says else [])
    assert all(says in one for one in findings)


def test_two_ways_to_one_endpoint_are_found_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(
        "crosswalk: 1\nkind: integration\nname: shop\nversion: 1.0.0\n"
        "flows: {make: {direction: outbound, mapping: shop/to-create@1}}\n",
        "utf-8",
    )
    (tmp_path / "corner.yaml").write_text(
        "crosswalk: 1\nkind: biller\nname: corner\nversion: 1.0.0\nextends: shop@1\n"
        "settings: {Url: https://shop.example/api, Token: {env: CORNER_KEY}}\n",
        "utf-8",
    )
    delivery = (
        "to: shop/create@1\n",
        "to: shop/create@1\ndelivery: {kind: payment, key: [Id], amount: Total, currency: USD}\n",
    )
    findings = found(tmp_path, "to-create.yaml", delivery)
    way = "shop/charge goes to endpoint Url in another way than"
    assert [one.split(";")[0] for one in findings] == [
        f"CW484 create.yaml:13:21 {way} shop/create",
        f"CW484 list.yaml:13:21 {way} shop/list",
    ]


def test_a_query_may_have_several_root_fields_and_its_promise_names_one(tmp_path: Path) -> None:
    beside = ("    }\n  }\nendpoint", "    }\n    one: payment(id: $first) { id }\n  }\nendpoint")
    told_ = found(tmp_path, "list.yaml", beside)
    assert [one[:5] for one in told_] == ["CW464"]  # read: $first is no ID
    wrong = (*((beside[0], beside[1].replace("$first", "$id")),), ("data.payments}", "data.pay}"))
    (tmp_path / "b").mkdir()
    told_ = found(tmp_path / "b", "list.yaml", *wrong)
    assert any("success.path must begin with data.payments or data.one" in one for one in told_)


def test_a_field_of_an_answer_may_have_several_formats(tmp_path: Path) -> None:
    old = "{type: text, path: node.reference}"
    new = "{type: date, path: node.reference, format: [yyyy-MM-dd, MM/dd/yyyy]}"
    assert [one for one in found(tmp_path, "list.yaml", (old, new)) if "CW202" in one] == []
    project = Project(tmp_path)
    response = project.operation("shop/list", project.view(None)).response
    assert response is not None
    codec = response.records[0].fields[0].codec
    assert codec.read("2026-01-31") == codec.read("01/31/2026")


WHERE = ("query: String)", "query: String, where: Where)")
INPUTS = "scalar DateTime\ninput Eq { _eq: String, _in: [String!] }\ninput Where { ref: Eq }\n"


@pytest.mark.parametrize(
    ("declared", "argument", "field", "codes"),
    [
        ("String", "where: {ref: {_eq: $word}}", "", ["CW479"]),
        ("String!", "where: {ref: {_in: [$word]}}", ", required: true", []),
        ("String", "where: {ref: {_eq: $word}}", ", required: true", []),
        ("String", "where: {ref: {_eq: $word}}", ", none: omit", []),
        ('String = "x"', "where: {ref: {_eq: $word}}", "", []),
        ("String", "query: $word", "", []),
    ],
)
def test_a_filter_that_is_left_out_with_its_variable_is_found(
    declared: str, argument: str, field: str, codes: list[str], tmp_path: Path
) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    types = tmp_path / "shop.graphql"
    text = types.read_text("utf-8").replace("scalar DateTime\n", INPUTS)
    assert WHERE[0] in text
    types.write_text(text.replace(*WHERE), "utf-8")
    path = tmp_path / "list.yaml"
    text = path.read_text("utf-8").replace("$after: String)", f"$after: String, $word: {declared})")
    text = text.replace("after: $after)", f"after: $after, {argument})")
    path.write_text(text.replace(FIRST, FIRST + f"    word: {{type: text{field}}}\n"), "utf-8")
    assert [one[:5] for one in told(check(Project(tmp_path)))] == codes
