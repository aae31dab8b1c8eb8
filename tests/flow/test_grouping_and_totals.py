"""Groups, collisions, control totals, truncation and round trips of the shipped mapping."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.kit import cleaned, context, generated, invoices, project, run, shipped, view

from crosswalk.planning.invert import Class

PAIRS = st.sampled_from((1, 2, 3))


def exact_fields() -> set[str]:
    """Give the fields of our file that are classified exact, as Record.Field."""
    inverse = project().inverse(project().parts("caselle/ar/invoice", view("newport")))
    return {
        f"{one.record}.{one.field.key}" for one in inverse.classes if one.verdict is Class.EXACT
    }


@settings(max_examples=10, deadline=None)
@given(st.integers(60, 120), st.integers(0, 10**5), PAIRS, st.booleans())
def test_accounts_that_become_one_are_both_held_back(
    rows: int, seed: int, collide: int, compiled: bool
) -> None:
    made = generated(rows, seed, collide=collide)
    numbers = {row["Customer Number"] for row in made.rows}
    by_text: dict[str, set[str]] = {}
    for number in numbers:
        by_text.setdefault(cleaned(number), set()).add(number)
    twins = {text for text, found in by_text.items() if len(found) > 1}
    for target in (None, "json-lines"):
        outcome = run(shipped(target=target), made.data, compiled=compiled)
        told = [one for one in outcome.told if one["code"] == "CW579"]
        assert len(told) == 2 * len(twins) == len(outcome.told)
        if target is None:
            assert set(invoices(outcome.text)) == set(by_text) - twins
            assert outcome.text.splitlines()[0].split("|")[3] == str(len(by_text) - len(twins))


@settings(max_examples=10, deadline=None)
@given(st.integers(30, 80), st.integers(0, 10**5), st.booleans())
def test_a_group_that_returns_later_is_rejected_at_every_place(
    rows: int, seed: int, compiled: bool
) -> None:
    made = generated(rows, seed)
    lines = made.data.splitlines(keepends=True)
    first = made.rows[0]["Customer Number"]
    moved = [*lines, lines[1]]
    before = invoices(run(shipped(), made.data).text)
    outcome = run(shipped(), b"".join(moved), compiled=compiled)
    after = invoices(outcome.text)
    assert {name: text for name, text in before.items() if name != cleaned(first)} == after
    held = [line for told in outcome.told for line in told["lines"]]
    own = [n for n, row in enumerate(made.rows, 2) if row["Customer Number"] == first]
    if len(own) < len(made.rows):
        assert sorted(held) == [*own, len(moved)]
        assert {told["code"] for told in outcome.told} == {"CW580"}


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 60), st.integers(0, 10**5))
def test_our_file_comes_back_identical_in_every_exact_field(rows: int, seed: int) -> None:
    text = run(shipped(), generated(rows, seed).data).text
    back = run(shipped(direction="backward"), text.encode())
    assert not back.told
    again = run(shipped(), back.output or b"")
    assert not again.told
    records = {record.name: record for record in shipped().target.records}
    exact, compared = exact_fields(), 0
    for one, other in zip(text.splitlines(), again.text.splitlines(), strict=True):
        cells, more = one.split("|"), other.split("|")
        if '"' in one + other:
            assert one == other or cells[0] in {"FH", "IH"}
            continue
        for field in records[cells[0]].fields:
            if f"{cells[0]}.{field.key}" in exact:
                assert cells[field.position] == more[field.position], field.name
                compared += 1
    assert compared > 20
    third = run(shipped(), run(shipped(direction="backward"), again.output or b"").output or b"")
    assert third.output == again.output, "what is lost is lost once"


def test_most_fields_are_exact() -> None:
    assert len(exact_fields()) > 30


def ours(rows: int = 40, seed: int = 9) -> list[str]:
    return run(shipped(), generated(rows, seed).data).text.splitlines(keepends=True)


@pytest.mark.parametrize(("column", "word"), [(3, "InvoiceCount"), (4, "TotalInvoiceAmount")])
def test_a_wrong_control_total_refuses_the_file(column: int, word: str) -> None:
    lines = ours()
    cells = lines[0].rstrip("\n").split("|")
    cells[column] = str(int(cells[column]) + 1) if column == 3 else str(Decimal(cells[column]) + 1)
    data = "".join(["|".join(cells) + "\n", *lines[1:]]).encode()
    for compiled in (True, False):
        outcome = run(shipped(direction="backward"), data, compiled=compiled)
        assert outcome.output is None
        assert "CW633" in outcome.fault
        assert word in outcome.fault


def test_an_amount_that_was_changed_refuses_the_file() -> None:
    lines = ours()
    at = next(n for n, line in enumerate(lines) if line.startswith("IH|"))
    cells = lines[at].split("|")
    cells[6] = "0.01"
    lines[at] = "|".join(cells)
    outcome = run(shipped(direction="backward"), "".join(lines).encode())
    assert (outcome.output, "CW633" in outcome.fault) == (None, True)


def test_a_file_that_was_cut_off_between_two_invoices_is_refused() -> None:
    lines = ours()
    starts = [n for n, line in enumerate(lines) if line.startswith("IH|")]
    outcome = run(shipped(direction="backward"), "".join(lines[: starts[-1]]).encode())
    assert (outcome.output, "CW633" in outcome.fault) == (None, True)


def test_a_file_that_was_cut_off_inside_an_invoice_rejects_it() -> None:
    lines = ours()
    start = [n for n, line in enumerate(lines) if line.startswith("IH|")][-1]
    outcome = run(shipped(direction="backward"), "".join(lines[: start + 2]).encode())
    told = outcome.told
    assert [(one["code"], one["line"]) for one in told] == [("CW632", start + 2)]
    assert outcome.summary.rejected == 2
    assert outcome.summary.control_problems == outcome.summary.unverified_totals == []


def test_a_file_that_was_cut_off_inside_an_invoice_before_the_last_is_refused() -> None:
    lines = ours()
    start = [n for n, line in enumerate(lines) if line.startswith("IH|")][-2]
    outcome = run(shipped(direction="backward"), "".join(lines[: start + 2]).encode())
    assert (outcome.output, "CW633" in outcome.fault) == (None, True)
    assert "InvoiceCount" in outcome.fault


def test_a_damaged_header_refuses_the_file() -> None:
    lines = ours()
    struck = [lines[0].replace("|", "|x|", 1), *lines[1:]]
    outcome = run(shipped(direction="backward"), "".join(struck).encode())
    assert outcome.output is None
    assert "CW631" in outcome.fault
    assert "FH cannot be read" in outcome.fault


def test_a_blank_account_after_cleaning_is_no_shared_account() -> None:
    made = generated(20, 3)
    data = re.sub(rb'(?m)^"00\.0010\.00"', b'"--.--"', made.data)
    outcome = run(shipped(), data, context())
    assert {told["code"] for told in outcome.told} <= {"CW508", "CW579"}
    assert outcome.told
