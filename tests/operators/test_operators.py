"""Operators: examples, laws, refusals, schema and reference."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from crosswalk.documents.source import List, Map, Node, Scalar, plain, read
from crosswalk.findings.diagnostics import CODES, Span
from crosswalk.language.cleanup import CLASSES
from crosswalk.language.operators import (
    OPERATORS,
    BadParameter,
    Chain,
    Example,
    Fails,
    Operator,
    bind_chain,
    bind_operator,
    reference,
    schema,
)
from crosswalk.values.codecs import Problem, Value

EXAMPLES = [
    pytest.param(operator, example, id=f"{operator.name}-{number}")
    for operator in OPERATORS.values()
    for number, example in enumerate(operator.examples)
]
REVERSIBLE = [
    pytest.param(operator, example, id=f"{operator.name}-{number}")
    for operator in OPERATORS.values()
    for number, example in enumerate(operator.examples)
    if not operator.loss and not isinstance(example.gives, Fails)
]


@cache
def cases() -> dict[str, list[dict[str, Any]]]:
    """Read cases.yaml with the engine's own reader."""
    path = Path(__file__).with_name("cases.yaml")
    node, findings = read(path.read_text("utf-8"), path.name)
    assert isinstance(node, Map), findings
    assert not findings
    return cast("dict[str, list[dict[str, Any]]]", plain(node))


def table(name: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in cases()[name]]


def steps(text: str) -> list[tuple[str, Node | None, Span]]:
    """Read the items of a `via:` list as the mapping's reader gives them."""
    node, findings = read(text, "via.yaml")
    assert isinstance(node, List), findings
    made: list[tuple[str, Node | None, Span]] = []
    for item in node.items:
        if isinstance(item, Scalar):
            made.append((item.text, None, item.span))
        elif isinstance(item, Map):
            made += [(name, entry.value, entry.key.span) for name, entry in item.entries.items()]
    return made


def chain(text: str, type_in: str = "text") -> Chain:
    return bind_chain(steps(text), type_in)


def kind_of(operator: Operator, example: Example) -> str:
    fits = (name for name in operator.takes if CLASSES[name] is type(example.given))
    return example.type or next(fits)


@pytest.mark.parametrize(("operator", "example"), EXAMPLES)
def test_every_example_is_true(operator: Operator, example: Example) -> None:
    bound = bind_operator(operator, example.parameter, kind_of(operator, example))
    if isinstance(example.gives, Fails):
        with pytest.raises(Problem) as caught:
            bound.forward(example.given)
        assert caught.value.code == example.gives.code
        return
    outcome = bound.forward(example.given)
    assert outcome == example.gives
    assert type(outcome) is type(example.gives)
    assert str(outcome) == str(example.gives)


@pytest.mark.parametrize(("operator", "example"), REVERSIBLE)
def test_an_example_of_an_exact_operator_comes_back(operator: Operator, example: Example) -> None:
    bound = bind_operator(operator, example.parameter, kind_of(operator, example))
    assert bound.loss == ""
    assert bound.backward is not None
    assert bound.backward(bound.forward(example.given)) == example.given


@pytest.mark.parametrize(("operator", "example"), EXAMPLES)
def test_the_schema_accepts_every_example(operator: Operator, example: Example) -> None:
    written = operator.name if example.parameter is None else {operator.name: example.parameter}
    Draft202012Validator(schema()).validate(written)


def test_every_operator_has_examples_and_words() -> None:
    for operator in OPERATORS.values():
        assert operator.examples, operator.name
        assert operator.doc.endswith(".")
        assert f"## {operator.name}\n" in reference()


def test_the_schema_is_a_schema_and_has_every_operator() -> None:
    made = schema()
    Draft202012Validator.check_schema(made)
    assert {*made["properties"], *made["then"]["enum"]} == set(OPERATORS)


@pytest.mark.parametrize("bad", ["trimm", {"trim": None}, {"pad": 3}, {"keep": "vowels"}, {}, 3])
def test_the_schema_refuses_what_is_not_an_operator(bad: object) -> None:
    assert not Draft202012Validator(schema()).is_valid(bad)


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=30
)
AMOUNTS = st.decimals(-(10**12), 10**12, places=2)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "code": TEXTS,
    "integer": st.integers(-(10**15), 10**15),
    "decimal": AMOUNTS,
    "money": AMOUNTS,
    "boolean": st.booleans(),
    "date": st.dates(date(1700, 1, 1), date(2300, 1, 1)),
    "datetime": st.datetimes(datetime(1700, 1, 1), datetime(2300, 1, 1)),
}
EXACT = [
    ("[{prefix: UT-}]", "text"),
    ("[{suffix: -A}, {prefix: 'x '}]", "code"),
    ("[{replace: {a: b, b: c, c: a}}]", "text"),
    ("[negate]", "money"),
    ("[negate, {scale_by: {power: 2, type: integer}}]", "money"),
    ("[{scale_by: {power: -2, type: money}}, {write_as: {}}]", "integer"),
    ("[{scale_by: {power: -3}}]", "integer"),
    ("[{scale_by: {power: 18}}]", "decimal"),
    ("[opposite]", "boolean"),
    ("[{shift: {days: 30}}]", "date"),
    ("[{shift: {days: -3000}}]", "datetime"),
    ("[{write_as: {format: M/d/yyyy}}, {suffix: '.'}]", "date"),
    ("[{write_as: {}}]", "datetime"),
    ("[{write_as: {format: Y/N}}]", "boolean"),
]


@pytest.mark.parametrize(("via", "kind"), EXACT)
@given(data=st.data())
@settings(max_examples=60)
def test_a_chain_without_loss_comes_back(via: str, kind: str, data: st.DataObject) -> None:
    made = chain(via, kind)
    assert made.loss == ()
    value = data.draw(VALUES[kind])
    assert made.undo(made.apply(value)) == value


LOSSY = [
    ("[trim]", "text"),
    ("[squeeze]", "text"),
    ("[{round: {decimals: 1, mode: half-up}}]", "money"),
    ("[{pad: {to: 12, with: '0'}}]", "code"),
    ("[{pad: {to: 12, side: right}}]", "text"),
    ("[{read_as: {type: integer}}]", "text"),
]


@pytest.mark.parametrize(("via", "kind"), LOSSY)
@given(data=st.data())
@settings(max_examples=60)
def test_a_way_back_with_loss_gives_a_value_that_means_the_same(
    via: str, kind: str, data: st.DataObject
) -> None:
    made = chain(via, kind)
    assert made.loss
    value = data.draw(st.integers().map(str) if "read_as" in via else VALUES[kind])
    try:
        sent = made.apply(value)
    except Problem:
        return
    assert made.apply(made.undo(sent)) == sent


@given(st.text("123456789", min_size=1, max_size=9), st.integers(1, 12))
def test_padding_comes_back_where_the_value_does_not_begin_with_the_character(
    text: str, width: int
) -> None:
    made = chain(f"[{{pad: {{to: {width}, with: '0'}}}}]")
    assert made.undo(made.apply(text)) == text


@given(st.text("e\u0301a\u0302 x", max_size=12), st.integers(1, 8), st.integers(1, 8))
def test_cutting_never_parts_an_accent_from_its_letter(text: str, start: int, length: int) -> None:
    made = chain(f"[{{cut: {{from: {start}, length: {length}}}}}]").apply(text)
    if not text.strip():  # a blank text is no value: no operator sees it
        assert made == text
        return
    assert isinstance(made, str)
    assert len(made) <= length
    assert made in text
    if start > 1:
        assert not made.startswith(("\u0301", "\u0302"))


@pytest.mark.parametrize("case", table("runs"))
def test_a_chain_gives(case: dict[str, Any]) -> None:
    made = chain(case["via"], case.get("type", "text"))
    assert made.apply(case["given"]) == case["gives"]
    assert made.gives == case.get("gives_type", "text")
    assert list(made.loss) == case.get("loss", [])
    assert (made.backward is not None) is case["back"]


@pytest.mark.parametrize("case", table("refused"))
def test_a_wrong_chain_is_refused_with_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(BadParameter) as caught:
        chain(case["via"], case.get("type", "text"))
    assert caught.value.message == case["message"]
    assert caught.value.help == case.get("help", "")
    assert caught.value.span is not None
    assert caught.value.span.column == case["column"]


@pytest.mark.parametrize("case", table("problems"))
def test_a_value_that_does_not_fit_is_a_problem(case: dict[str, Any]) -> None:
    made = chain(case["via"], case.get("type", "text"))
    with pytest.raises(Problem) as caught:
        (made.undo if case.get("undo") else made.apply)(case["given"])
    assert (caught.value.code, caught.value.reason) == (case["code"], case["reason"])
    assert caught.value.code in CODES


@pytest.mark.parametrize("wrong", [7, True, Decimal(1), date(2021, 2, 14)])
def test_an_operator_refuses_a_value_of_another_type(wrong: Value) -> None:
    with pytest.raises(Problem, match="CW541"):
        chain("[trim]").apply(wrong)


def test_a_number_that_is_too_long_to_be_rounded_is_refused() -> None:
    with pytest.raises(Problem, match="CW544"):
        chain("[{round: {decimals: 2, mode: up}}]", "decimal").apply(Decimal("9" * 119))


def test_a_boolean_is_not_a_number() -> None:
    with pytest.raises(Problem, match="CW541"):
        chain("[negate]", "integer").apply(value=True)


def test_a_chain_of_unknown_type_binds_and_knows_its_way_back() -> None:
    made = chain("[{write_as: {format: M/d/yyyy}}, {prefix: 'on '}]", "any")
    assert made.apply(date(2021, 2, 14)) == "on 2/14/2021"
    assert made.undo("on 2/14/2021") == date(2021, 2, 14)
    assert (made.takes, made.gives) == ("date", "text")


def test_a_chain_without_a_way_back_cannot_be_undone() -> None:
    with pytest.raises(ValueError, match="no way back"):
        chain("[{cut: {length: 1}}]").undo("A")


def test_a_chain_can_be_unpacked_link_by_link() -> None:
    made = chain("[trim, {prefix: A}]")
    assert [(name, span.column) for name, _, span in made.forward] == [("trim", 2), ("prefix", 9)]
    assert [name for name, _, _ in made.backward or ()] == ["prefix", "trim"]


def test_the_reference_shows_parameters_losses_and_refusals() -> None:
    text = reference()
    assert '| `before: "-"` | `1001` | refused (CW542) |' in text
    assert "- Exact both ways." in text
    assert "  - `power` (required): Power of ten" in text
