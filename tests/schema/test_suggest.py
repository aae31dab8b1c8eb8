"""Suggestions: near words are found, far words are not, ties are settled the same way always."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswalk.findings.suggest import closest, distance, quoted

WORDS = st.text("abcd", max_size=6)


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("form", ["format", "from", "for_each"], "from"),
        ("AMOUNT", ["amount", "account"], "amount"),
        ("invoice date", ["Invoice Date", "Invoice No"], "Invoice Date"),
        ("paymentcode", ["paymentCode", "payment_code"], "paymentCode"),
        ("delimter", ["delimiter", "limiter"], "delimiter"),
        ("xyz", ["amount", "date"], None),
        ("a", ["b"], None),
        ("", ["b"], None),
        ("x" * 81, ["x" * 81], None),
        ("cat", ["hat", "car", "can"], "can"),
        ("bat", [], None),
        ("date", ["date"], None),
    ],
)
def test_the_nearest_word_is_suggested(
    word: str, candidates: list[str], expected: str | None
) -> None:
    assert closest(word, candidates) == expected
    assert closest(word, reversed(candidates)) == expected


@given(WORDS, WORDS)
def test_distance_is_symmetric_and_zero_only_for_equal_words(left: str, right: str) -> None:
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) == (left == right)
    assert abs(len(left) - len(right)) <= distance(left, right) <= max(len(left), len(right))


@given(WORDS.filter(lambda word: len(word) > 1), st.data())
def test_swapping_two_neighbours_costs_at_most_one(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert distance(word, swapped) == (swapped != word)


def test_long_words_are_cut_in_messages() -> None:
    assert quoted("x" * 60) == f"'{'x' * 60}'"
    assert quoted("x" * 61) == f"'{'x' * 60}...'"
