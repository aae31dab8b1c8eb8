"""Records and amounts add up, and a damaged line costs its own invoice and no other."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.flow.kit import (
    BILLERS,
    Made,
    Outcome,
    cleaned,
    generated,
    invoices,
    run,
    shipped,
)

from crosswalk.running.flat import Flat
from crosswalk.running.flow import Flow

AMOUNT = "IH.13"
NO_FIELD = {"CW601", "CW602", "CW603", "CW604", "CW606"}
"""Codes of damage to a whole line, which has no one field to blame."""

sizes, seeds = st.integers(1, 90), st.integers(0, 10**6)
shares = st.sampled_from((0.0, 0.02, 0.05, 0.1, 0.2))


def committed() -> Made:
    folder = BILLERS / "newport"
    text = (folder / "damaged.truth.jsonl").read_text("utf-8")
    truth = [json.loads(one) for one in text.splitlines()]
    whole = generated(400, 12)
    return Made((folder / "damaged.txt").read_bytes(), whole.whole, truth)


def balances(made: Made) -> dict[str, Decimal]:
    """Give each customer's amount from the undamaged rows, without our engine."""
    return {row["Customer Number"]: Decimal(row["Customer Balance"]) for row in made.rows}


def check_records(made: Made, outcome: Outcome) -> None:
    summary = outcome.summary
    assert summary.read == len(made.rows)
    assert summary.read == summary.written + summary.rejected + summary.left_out
    details = sum(line.startswith("ID|") for line in outcome.text.splitlines())
    assert summary.written == details
    lines = [line for told in outcome.told for line in told["lines"]]
    assert len(lines) == summary.rejected == len(set(lines))
    assert sum(told["records"] for told in outcome.told) == summary.rejected


def check_amounts(made: Made, outcome: Outcome) -> None:
    """Hold the amounts against the truth: each customer is written, rejected or unreadable."""
    truth = balances(made)
    written = [
        Decimal(line.split("|")[6]) for line in outcome.text.splitlines() if line[:2] == "IH"
    ]
    total = sum(written, Decimal(0))
    assert outcome.summary.tally.sums.get(AMOUNT, Decimal(0)) == total
    header = outcome.text.splitlines()[0].split("|")
    assert header[3:] == [str(len(written)), format(total, ".2f")]
    told = [one["amounts"][AMOUNT] for one in outcome.told if one["amounts"]]
    readable = sum((Decimal(one) for one in told if one is not None), Decimal(0))
    assert outcome.summary.rejected_amounts.get(AMOUNT, Decimal(0)) == readable
    assert outcome.summary.unreadable_amounts.get(AMOUNT, 0) == told.count(None)
    lines = {row["Customer Number"] for row in made.rows}
    lost = unreadable(made, outcome)
    expected = sum((truth[number] for number in lines if number not in lost), Decimal(0))
    assert total + readable == expected


def unreadable(made: Made, outcome: Outcome) -> set[str]:
    """Give the customers none of whose rejects tells an amount."""
    at = {number: row["Customer Number"] for number, row in enumerate(made.rows, start=2)}
    read: dict[str, list[str]] = {}
    for told in outcome.told:
        for customer in {at[line] for line in told["lines"]}:
            read.setdefault(customer, []).append(told["amounts"].get(AMOUNT))
    return {customer for customer, amounts in read.items() if set(amounts) == {None}}


def check_damage(made: Made, outcome: Outcome, whole: Outcome) -> None:
    """Hold invoices and rejects against the truth about damaged lines."""
    struck = {cleaned(number) for number in made.struck()}
    before, after = invoices(whole.text), invoices(outcome.text)
    untouched = {name: text for name, text in before.items() if name not in struck}
    for name, text in untouched.items():
        assert after.get(name) == text
    for name, text in after.items():
        assert before[name] == text, "an invoice that lost a line, or differs"
    by_line = {told["line"]: told for told in outcome.told if told["code"] != "CW578"}
    for damage in made.truth:
        if read_elsewhere(damage):
            continue
        told = by_line.get(damage["line"])
        assert told is not None, damage
        assert told["reason"]
        assert told["code"] in NO_FIELD or told["field"], told
        assert damage["line"] in told["lines"], told


def read_elsewhere(damage: dict[str, Any]) -> bool:
    """Tell whether a damaged value stands in a column that the mapping does not read."""
    return (damage["column"], damage["kind"]) == ("System Date", "bad date")


@settings(max_examples=30, deadline=None)
@given(sizes, seeds, shares, st.sampled_from((0, 0, 1)))
@example(81, 20035, 0.2, 0)  # the first line of the last invoice breaks off inside its key
def test_records_and_amounts_add_up_whatever_is_damaged(
    rows: int, seed: int, share: float, collide: int
) -> None:
    made = generated(rows, seed, share, collide=collide)
    outcome = run(shipped(), made.data)
    check_records(made, outcome)
    check_amounts(made, outcome)


@settings(max_examples=30, deadline=None)
@given(sizes, seeds, shares)
def test_a_damaged_line_costs_its_own_invoice_and_no_other(
    rows: int, seed: int, share: float
) -> None:
    made = generated(rows, seed, share)
    check_damage(made, run(shipped(), made.data), run(shipped(), made.whole))


def test_the_committed_damaged_file_gives_every_undamaged_invoice() -> None:
    made = committed()
    outcome = run(shipped(), made.data)
    check_records(made, outcome)
    whole = run(shipped(), made.whole)
    assert len(whole.told) == 0
    struck = {cleaned(number) for number in made.struck()}
    kept = invoices(outcome.text)
    assert set(invoices(whole.text)) - set(kept) == struck


def broken(lose: Callable[[Flow, Any], None]) -> Callable[..., Iterator[str]]:
    """Give Flow.texts with a fault that strikes after the records were counted as read."""
    right = Flow.texts

    def texts(self: Flow, stream: Any) -> Iterator[str]:
        for number, text in enumerate(right(self, stream)):
            if number == 3:
                lose(self, text)
                continue
            yield text

    return texts


def forget_written(flow: Flow, _text: str) -> None:
    flow.summary.written -= 1


def read_more(flow: Flow, _text: str) -> None:
    flow.summary.read += 1


@pytest.mark.parametrize("lose", [forget_written, read_more])
@pytest.mark.parametrize("compiled", [True, False])
def test_a_record_that_drops_out_of_the_pipeline_withholds_the_output(
    monkeypatch: pytest.MonkeyPatch, lose: Callable[[Flow, Any], None], compiled: bool
) -> None:
    monkeypatch.setattr(Flow, "texts", broken(lose))
    outcome = run(shipped(), generated(60, 1).data, compiled=compiled)
    assert outcome.output is None
    assert "CW635" in outcome.fault


def test_a_group_that_the_pipeline_swallows_withholds_the_output(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = Flat.replay

    def swallow(self: Flat, group: Any) -> Iterator[str]:
        if group.lines[0] == 2:
            return iter(())
        return right(self, group)

    monkeypatch.setattr(Flat, "replay", swallow)
    outcome = run(shipped(), generated(60, 1).data, compiled=False)
    assert (outcome.output, "CW635" in outcome.fault) == (None, True)


def test_text_that_is_counted_but_not_written_withholds_the_output(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = Flow.texts

    def lose(self: Flow, stream: Any) -> Iterator[str]:
        return (text for number, text in enumerate(right(self, stream)) if number != 3)

    monkeypatch.setattr(Flow, "texts", lose)
    outcome = run(shipped(), generated(60, 1).data)
    assert (outcome.output, "CW635" in outcome.fault) == (None, True)
