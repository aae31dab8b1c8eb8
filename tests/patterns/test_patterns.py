"""Patterns: taken apart, put together, refused, and the law that ties the first two."""

import time
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crosswalk.documents.source import Map, plain, read
from crosswalk.findings.diagnostics import CODES
from crosswalk.language.pattern_texts import fits, join, loss, split
from crosswalk.language.patterns import MAX_TEXT, BadPattern, Named, Pattern, parse
from crosswalk.values.codecs import Problem


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


@pytest.mark.parametrize("case", table("apart"))
def test_a_text_comes_apart_and_together(case: dict[str, Any]) -> None:
    pattern = parse(case["pattern"])
    assert split(pattern, case["text"]) == case["parts"]
    assert [name for name in pattern.names if name in case["parts"]] == list(case["parts"])
    assert set(pattern.needed) <= set(case["parts"])
    assert join(pattern, case["parts"]) == case["text"]


@pytest.mark.parametrize("case", table("refused"))
def test_a_text_that_does_not_fit_in_one_way_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Problem) as caught:
        split(parse(case["pattern"]), case["text"])
    assert (caught.value.code, caught.value.reason) == (case["code"], case["reason"])
    assert caught.value.code in CODES


@pytest.mark.parametrize("case", table("bad"))
def test_a_bad_pattern_is_refused_with_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(BadPattern) as caught:
        parse(case["pattern"])
    bad = caught.value
    assert (bad.offset, bad.message, bad.help) == (case["offset"], case["message"], case["help"])
    assert bad.width >= 1


@pytest.mark.parametrize("case", table("exact"))
def test_the_loss_of_a_pattern_is_known(case: dict[str, Any]) -> None:
    assert (loss(parse(case["pattern"])) == "") is case["exact"]


@pytest.mark.parametrize("case", table("shapes"))
def test_a_shape_fits(case: dict[str, Any]) -> None:
    shape = parse(case["shape"], shape=True)
    assert [text for text in map(str, case["fits"]) if not fits(shape, text)] == []
    assert [text for text in map(str, case["fails"]) if fits(shape, text)] == []


@pytest.mark.parametrize("values", [{}, {"a": ""}, {"a": "x1"}, {"b": "x"}, {"a": "xyz"}])
def test_a_value_that_does_not_fit_its_part_is_not_joined(values: dict[str, str]) -> None:
    with pytest.raises(Problem) as caught:
        join(parse("<{a:letters 2}>"), values)
    assert caught.value.code == "CW553"
    assert (
        caught.value.reason == "the value for {a:letters 2} does not fit: it needs 2 letters only"
    )


def test_a_long_pattern_and_a_long_text_are_refused() -> None:
    with pytest.raises(BadPattern, match="longer than 500"):
        parse("x" * 501 + "{a}")
    with pytest.raises(Problem, match="CW554"):
        split(parse("{a}"), "x" * (MAX_TEXT + 1))


KINDS = st.sampled_from(
    ["", ":letters", ":digits", ":alphanumeric", ":nonblank", ":digits 2", ":text 3", ":a|ab|1"]
)
LITERALS = st.sampled_from(["", ",", ", ", "-", " ", "a", "ab", "1"])
PIECES = st.lists(st.tuples(LITERALS, KINDS, st.booleans()), min_size=1, max_size=4)
ALPHABET = "aAb1 2,-é\u0301"


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    pieces = draw(PIECES)
    parts = [f"{lit}{{p{i}{kind}}}" for i, (lit, kind, _) in enumerate(pieces)]
    text = "".join(
        f"{{?{part}}}" if may else part for part, (*_, may) in zip(parts, pieces, strict=True)
    )
    try:
        return parse(text + draw(LITERALS))
    except BadPattern:
        return parse("{p0}, {p1:letters} {p2}")


def readings(pattern: Pattern, text: str) -> list[dict[str, str]]:
    """Find every way to take a text apart, by trying all of them."""
    if pattern.variants:
        return [one for variant in pattern.variants for one in readings(variant, text)]

    def go(index: int, rest: str) -> list[dict[str, str]]:
        literal = pattern.literals[index]
        if not rest.startswith(literal):
            return []
        rest = rest[len(literal) :]
        if index == len(pattern.parts):
            return [] if rest else [{}]
        part = pattern.parts[index]
        return [
            {part.name: rest[:size], **more}
            for size in range(1, len(rest) + 1)
            if part.fits(rest[:size])
            for more in go(index + 1, rest[size:])
        ]

    return go(0, text)


@given(patterns(), st.text(ALPHABET, max_size=12))
@settings(max_examples=400)
def test_split_agrees_with_trying_every_way(pattern: Pattern, text: str) -> None:
    found = readings(pattern, text)
    assert fits(pattern, text) is bool(found)
    expected = found[0] if len(found) == 1 else "CW552" if found else "CW551"
    assert outcome(pattern, text) == expected


def outcome(pattern: Pattern, text: str) -> dict[str, str] | str:
    """Give the parts, or the code of the problem."""
    try:
        return split(pattern, text)
    except Problem as problem:
        return problem.code


@given(
    patterns(),
    st.lists(st.text(ALPHABET, min_size=1, max_size=5), min_size=4, max_size=4),
    st.integers(0, 15),
)
@settings(max_examples=400)
def test_what_is_joined_comes_apart_or_is_called_ambiguous(
    pattern: Pattern, texts: list[str], choice: int
) -> None:
    variants = pattern.variants or (pattern,)
    there = variants[choice % len(variants)].parts
    values = {part.name: fitting(part, text) for part, text in zip(there, texts, strict=False)}
    made = join(pattern, values)
    assume(made)
    expected = [values] if not loss(pattern) else [values, "CW552"]
    assert outcome(pattern, made) in expected


def fitting(part: Named, text: str) -> str:
    """Give a text, or another one that fits the part."""
    choices = (text, *part.words, *(mark * (part.count or 1) for mark in "1bé2,"))
    found = next(filter(part.fits, choices), None)
    assume(found is not None)
    return found or ""


@pytest.mark.parametrize("text", ["," * MAX_TEXT, "a" * MAX_TEXT, "a," * (MAX_TEXT // 2)])
def test_hostile_text_costs_little_time(text: str) -> None:
    pattern = parse("{a},{b},{c:nonblank},{d},{e:letters},{f}{?,{g:a|,}}{?,,{h}}")
    begin = time.perf_counter()
    with pytest.raises(Problem):
        split(pattern, text)
    assert time.perf_counter() - begin < 2
