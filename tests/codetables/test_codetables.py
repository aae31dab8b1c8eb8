"""Code tables: both directions, what is lost, findings, and the law of the way back."""

from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswalk.documents.source import Entry, Map, Scalar, plain, read
from crosswalk.documents.source import List as Listed
from crosswalk.findings.diagnostics import CODES, Diagnostic, Span
from crosswalk.language.codetables import CodeTable, read_code_table
from crosswalk.values.codecs import Problem


@cache
def document() -> Map:
    """Read cases.yaml with the engine's own reader."""
    path = Path(__file__).with_name("cases.yaml")
    node, findings = read(path.read_text("utf-8"), path.name)
    assert isinstance(node, Map), findings
    assert not findings
    return node


def table(name: str) -> list[Any]:
    listed = document().entries[name].value
    assert isinstance(listed, Listed)
    made = []
    for item in listed.items:
        assert isinstance(item, Map)
        case = cast("dict[str, Any]", plain(item))
        made.append(pytest.param(item.entries["table"].value, case, id=case["id"]))
    return made


def told(finding: Diagnostic) -> str:
    assert finding.code in CODES
    assert finding.span is not None
    return f"{finding.severity} {finding.code} {finding.message}"


@pytest.mark.parametrize(("node", "case"), table("tables"))
def test_a_table_goes_both_ways(node: Map, case: dict[str, Any]) -> None:
    made, _ = read_code_table(node)
    assert {code: made.forward(code) for code in case["forward"]} == case["forward"]
    assert {code: made.back(code) for code in case["back"]} == case["back"]


@pytest.mark.parametrize(("node", "case"), table("tables"))
def test_a_table_knows_what_it_loses(node: Map, case: dict[str, Any]) -> None:
    made, _ = read_code_table(node)
    assert made.loss == case["loss"]
    assert made.exact is (not case["loss"])
    assert made.reversible is case["reversible"]


@pytest.mark.parametrize(("node", "case"), table("tables"))
def test_what_is_wrong_with_a_table_is_found(node: Map, case: dict[str, Any]) -> None:
    _, findings = read_code_table(node)
    assert [told(finding) for finding in findings] == case.get("findings", [])


@pytest.mark.parametrize(("node", "case"), table("problems"))
def test_a_code_without_a_partner_is_a_problem(node: Map, case: dict[str, Any]) -> None:
    made, _ = read_code_table(node)
    with pytest.raises(Problem) as caught:
        getattr(made, case["way"])(case["code"])
    assert (caught.value.code, caught.value.reason) == (case["problem"], case["reason"])
    assert caught.value.code in CODES


def test_a_code_that_stands_twice_points_at_both_places() -> None:
    node, _ = read('{name: t, codes: {"A": "1", "A ": "2"}}', "t.yaml")
    assert isinstance(node, Map)
    _, (finding,) = read_code_table(node)
    assert finding.span is not None
    assert finding.span.column == 29
    assert [label.span.column for label in finding.related] == [19]


NOWHERE = Span("t.yaml", 1, 1, 1, 1)


def scalar(text: str) -> Scalar:
    return Scalar(NOWHERE, text, text, plain=False)


def made_of(codes: dict[str, str], *, ignore_case: bool) -> CodeTable:
    body = Map(NOWHERE, {left: Entry(scalar(left), scalar(right)) for left, right in codes.items()})
    flag = Scalar(NOWHERE, "true", ignore_case, plain=True)
    entries = {
        "name": Entry(scalar("name"), scalar("t")),
        "codes": Entry(scalar("codes"), body),
        "ignore_case": Entry(scalar("ignore_case"), flag),
    }
    return read_code_table(Map(NOWHERE, entries))[0]


@given(
    st.dictionaries(
        st.text("aAbB1", min_size=1, max_size=3), st.text("aA1", min_size=1, max_size=2)
    )
)
def test_every_code_of_an_exact_table_comes_back(codes: dict[str, str]) -> None:
    made = made_of(codes, ignore_case=False)
    assert made.exact is (len(set(codes.values())) == len(codes))
    for left, right in codes.items():
        assert made.forward(left) == right
        if made.exact:
            assert made.back(right) == left


@given(
    st.dictionaries(
        st.text("aAbB1", min_size=1, max_size=3), st.text("aA1", min_size=1, max_size=2)
    )
)
def test_a_reversible_table_has_a_way_back_for_every_code(codes: dict[str, str]) -> None:
    made = made_of(codes, ignore_case=True)
    for left in made.codes:
        if made.reversible:
            assert made.forward(made.back(made.forward(left))) == made.forward(left)
