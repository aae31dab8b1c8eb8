"""What each text form reads, writes and refuses, by tables."""

from typing import Any

import pytest
from tests.values.kit import of, table

from crosswalk.findings.diagnostics import CODES
from crosswalk.values.codecs import BadSpelling, Problem, Spelling, canonical, codec

CASES = [*table("numbers.yaml"), *table("dates.yaml"), *table("words.yaml")]


@pytest.mark.parametrize("case", [case for case in CASES if "value" in case.values[0]])
def test_text_is_read_and_written_as_declared(case: dict[str, Any]) -> None:
    made = of(case)
    value = made.read(case["text"])
    assert canonical(made.type, made.spelling.decimals).write(value) == case["value"]
    assert made.write(value) == case.get("written", case["text"])


@pytest.mark.parametrize("case", [case for case in CASES if "problem" in case.values[0]])
def test_text_of_another_form_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Problem) as caught:
        of(case).read(case["text"])
    assert caught.value.code == case["problem"]
    assert caught.value.code in CODES
    assert caught.value.reason.startswith(("is ", "has ", "contains "))
    assert len(case["text"]) < 2 or case["text"] not in caught.value.reason


@pytest.mark.parametrize("case", table("declarations.yaml"))
def test_wrong_declaration_is_refused_with_a_remedy(case: dict[str, Any]) -> None:
    with pytest.raises(BadSpelling) as caught:
        of(case)
    assert caught.value.key == case["key"]
    assert case["help"] in caught.value.help


@pytest.mark.parametrize("case", table("declarations.yaml"))
def test_a_proposed_pattern_is_accepted(case: dict[str, Any]) -> None:
    with pytest.raises(BadSpelling) as caught:
        of(case)
    verb, _, pattern = caught.value.help.partition("write ")
    if pattern and not verb and case["type"] in ("date", "time", "datetime"):
        assert codec(case["type"], Spelling(format=pattern)).spelling.format == pattern
