"""Conditions: what holds, how it is said, what is refused and where, and the laws of logic."""

from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from crosswalk.documents.source import Entry, List, Map, Node, Scalar, plain, read
from crosswalk.findings.diagnostics import CODES
from crosswalk.language.matcher_words import WORDS
from crosswalk.language.matchers import (
    BoundCondition,
    Condition,
    bind,
    describe,
    holds,
    parse_condition,
    references,
    rename,
    schema,
)
from crosswalk.values.codecs import MISSING, Value, canonical

TYPES = {
    "Amount": ("money", 2),
    "Count": ("integer", None),
    "Due": ("date", None),
    "Paid": ("boolean", None),
    "Code": ("code", None),
    "Name": ("text", None),
    "Other": ("text", None),
    "Total": ("decimal", None),
    "settings.Limit": ("money", 2),
}


@cache
def document() -> Map:
    """Read cases.yaml with the engine's own reader."""
    path = Path(__file__).with_name("cases.yaml")
    node, findings = read(path.read_text("utf-8"), path.name)
    assert isinstance(node, Map), findings
    assert not findings
    return node


@cache
def records() -> dict[str, dict[str, Value]]:
    written = cast("dict[str, dict[str, str]]", plain(document().entries["records"].value))
    return {
        name: {
            field: canonical(*TYPES[field]).read(text) if text.strip() else text
            for field, text in record.items()
        }
        for name, record in written.items()
    }


def table(name: str) -> list[Any]:
    listed = document().entries[name].value
    assert isinstance(listed, List)
    made = []
    for item in listed.items:
        assert isinstance(item, Map)
        case = cast("dict[str, Any]", plain(item))
        made.append(pytest.param(item.entries["when"].value, case, id=case["id"]))
    return made


def parsed(node: Node) -> Condition:
    made, findings = parse_condition(node)
    assert made is not None, findings
    return made


def bound(node: Node) -> BoundCondition:
    made, findings = bind(parsed(node), TYPES.get)
    assert made is not None, findings
    return made


def node_of(text: str) -> Node:
    node, findings = read(text, "when.yaml")
    assert node is not None, findings
    return node


@pytest.mark.parametrize(("node", "case"), table("conditions"))
def test_a_condition_holds_for_these_records_only(node: Node, case: dict[str, Any]) -> None:
    made = bound(node)
    found = [
        name
        for name, record in records().items()
        if holds(made, lambda name, record=record: record.get(name, MISSING))  # type: ignore[misc]
    ]
    assert found == case["holds"]


@pytest.mark.parametrize(("node", "case"), table("conditions"))
def test_a_condition_is_said_in_english(node: Node, case: dict[str, Any]) -> None:
    assert describe(parsed(node)) == case["says"]
    assert describe(bound(node)) == case["says"]


@pytest.mark.parametrize(("node", "case"), table("conditions"))
def test_the_schema_accepts_a_condition(node: Node, case: dict[str, Any]) -> None:
    assert plain(node) == case["when"]
    validator().validate(case["when"])


def validator() -> Draft202012Validator:
    whole = {"$defs": schema(), "$ref": "#/$defs/condition"}
    Draft202012Validator.check_schema(whole)
    return Draft202012Validator(whole)


def test_the_schema_has_every_word_and_no_other() -> None:
    words = schema()["matcher"]["properties"]
    assert set(words) == {*WORDS, "not"}
    assert all(word["description"].endswith(".") for word in words.values())


@pytest.mark.parametrize(
    "bad", [{}, [], "Name", {"Name": {"regex": "x"}}, {"any": []}, {"A": None}]
)
def test_the_schema_refuses_what_is_no_condition(bad: object) -> None:
    assert not validator().is_valid(bad)


@pytest.mark.parametrize(("_node", "case"), table("parse"))
def test_what_is_no_condition_is_refused_with_its_place(_node: Node, case: dict[str, Any]) -> None:
    made, findings = parse_condition(node_of(case["when"]))
    assert made is None
    (finding,) = findings
    assert (finding.code, finding.message) == (case["code"], case["message"])
    assert finding.help == case["help"]
    assert finding.span is not None
    assert finding.span.column == case["column"]
    assert finding.code in CODES


@pytest.mark.parametrize(("_node", "case"), table("bind"))
def test_what_does_not_fit_its_field_is_refused_with_its_place(
    _node: Node, case: dict[str, Any]
) -> None:
    made, findings = bind(parsed(node_of(case["when"])), TYPES.get)
    assert made is None
    (finding,) = findings
    assert finding.code == case["code"]
    assert finding.message == case.get("message", finding.message)
    assert finding.help == case["help"]
    assert finding.span is not None
    assert finding.span.column == case["column"]
    assert finding.code in CODES


def test_every_fault_of_a_condition_is_told() -> None:
    text = "{Amount: ten, any: [{Nmae: a}, {Count: few}], not: {Due: soon}}"
    _, findings = bind(parsed(node_of(text)), TYPES.get)
    assert [finding.code for finding in findings] == ["CW434", "CW436", "CW434", "CW434"]


def test_references_are_all_that_a_condition_names() -> None:
    text = "{Amount: 1, any: [{Name: {same_as: Other}}], not: {settings.Limit: {at_least: 1}}}"
    named = {"Amount", "Name", "Other", "settings.Limit"}
    assert references(parsed(node_of(text))) == named
    assert references(bound(node_of(text))) == named


def test_a_renamed_condition_says_the_same_of_other_fields() -> None:
    text = "{any: [{Name: {same_as: Other}}, {not: {Code: absent}}]}"
    made = rename(parsed(node_of(text)), {"Name": "A", "Other": "B"})
    assert describe(made) == "A is the same as B or Code is present"


def test_a_type_that_only_the_host_knows_is_text() -> None:
    made, findings = bind(parsed(node_of("{x: {contains: b}}")), lambda _: ("url", None))
    assert not findings
    assert made is not None
    assert holds(made, lambda _: "abc")


STRANGE: st.SearchStrategy[Value] = st.sampled_from(
    [
        MISSING,
        None,
        "",
        " ",
        "x",
        7,
        True,
        Decimal("1.5"),
        date(2021, 2, 14),
        time(9, 30),
        datetime(2021, 2, 14),
    ]
)
CONDITIONS = [param.values[0] for param in table("conditions")]


@given(st.sampled_from(CONDITIONS), st.dictionaries(st.sampled_from(sorted(TYPES)), STRANGE))
@settings(max_examples=300)
def test_a_condition_never_raises_whatever_the_values(node: Node, values: dict[str, Value]) -> None:
    assert holds(bound(node), lambda name: values.get(name, MISSING)) in {True, False}


@given(st.sampled_from(CONDITIONS), st.dictionaries(st.sampled_from(sorted(TYPES)), STRANGE))
@settings(max_examples=200)
def test_not_is_the_exact_opposite(node: Node, values: dict[str, Value]) -> None:
    made = bound(Map(node.span, {"not": _entry(node)}))

    def get(name: str) -> Value:
        return values.get(name, MISSING)

    assert holds(made, get) is not holds(bound(node), get)


def _entry(node: Node) -> Entry:
    return Entry(Scalar(node.span, "not", "not", plain=True), node)
