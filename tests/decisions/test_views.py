"""Matrices, comparisons and explanations are exactly what was reviewed (snapshots)."""

import csv
import io
import json
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from tests.decisions.kit import HERE, NEW, OLD, bound, model

from crosswalk.decisions import compare, matrix
from crosswalk.decisions.decide import decide
from crosswalk.decisions.explain import explain
from crosswalk.decisions.explain_text import explain_text
from crosswalk.decisions.load import inputs_from_text
from crosswalk.decisions.model import Decision

SETTINGS = {"old": OLD, "new": NEW}


class Snapshot(Protocol):
    snapshot_dir: Path

    def assert_match(self, value: bytes, name: str) -> None: ...


@pytest.fixture(autouse=True)
def _snapshots_here(snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = HERE / "snapshots"


SETS = [("sample", "old"), ("visa", "old"), ("listed", "old"), ("listed", "new")]
SETS += [("go-forward", "old"), ("go-forward", "new")]


@pytest.mark.parametrize(("name", "settings"), SETS)
@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
def test_a_matrix_is_as_reviewed(name: str, settings: str, form: str, snapshot: Snapshot) -> None:
    made = matrix.matrix(bound(name, SETTINGS[settings]))
    draw = {"text": matrix.as_text, "markdown": matrix.as_markdown}
    draw |= {"csv": matrix.as_csv, "json": matrix.as_json}
    ending = {"text": "txt", "markdown": "md"}.get(form, form)
    snapshot.assert_match(draw[form](made).encode(), f"{name}-{settings}.{ending}")


def cell_of(name: str, settings: dict[str, str], *cell: str | None) -> str:
    rows = {row.cell: row.decision for row in matrix.matrix(bound(name, settings)).rows}
    return matrix.outcome_text(model(), rows[cell])


def test_the_sample_has_the_twenty_decisions_of_the_semantics() -> None:
    """Section 5.1, cell by cell."""
    assert len(matrix.matrix(bound("sample", OLD)).rows) == 20
    card = {"VISA": "4/111/0 cc-visa-42"}
    for vendor in ("VISA", "MASTERCARD", "DISCOVER", "AMEX", None):
        with_42 = card.get(vendor or "", "7/444/0 cc-42")
        assert cell_of("sample", OLD, "credit_card", vendor, "42") == with_42
        assert cell_of("sample", OLD, "credit_card", vendor, None) == "123/456/0 cc-any"
    for kind, of_42, other in (
        ("ach", "777/555/99 ach-42", "98/101/99 base 65"),
        ("obd", "777/555/99 obd-42", "98/101/99 base 65"),
        ("paypal", "777/555/0 paypal-42", "99/101/0 base 64"),
        ("paypal_credit", "777/555/0 paypal-42 via paypal", "99/101/0 base 64"),
        ("venmo", "777/555/0 paypal-42 via paypal", "99/101/0 base 64"),
    ):
        assert cell_of("sample", OLD, kind, None, "42") == of_42
        assert cell_of("sample", OLD, kind, None, None) == other


@pytest.mark.parametrize(
    ("name", "settings", "card"),
    [("listed", "old", "99"), ("listed", "new", "97"), ("go-forward", "old", "97")],
)
def test_the_go_forward_codes_are_those_of_the_semantics(
    name: str, settings: str, card: str
) -> None:
    """Sections 5.2 and 5.3."""
    rows = matrix.matrix(bound(name, SETTINGS[settings])).rows
    codes = {row.cell[:2]: row.decision.values["payment_code"] for row in rows}
    cards = {"VISA": "97", "MASTERCARD": "97", "DISCOVER": "97", "AMEX": "98", None: card}
    others = {"ach": "95", "obd": "96", "paypal": "99", "paypal_credit": "99", "venmo": "99"}
    expected: dict[tuple[str | None, ...], str] = {}
    expected |= {("credit_card", vendor): code for vendor, code in cards.items()}
    expected |= {(kind, None): code for kind, code in others.items()}
    assert codes == expected
    assert {row.decision.values["distribution_code"] for row in rows} == {"101"}


def test_the_recommended_rules_do_not_lean_on_the_settings_for_payment_codes() -> None:
    rows = matrix.matrix(bound("go-forward", OLD)).rows
    assert len(rows) == 10
    assert all(row.decision.sources["payment_code"].startswith("rule:") for row in rows)


def test_csv_and_json_have_every_case() -> None:
    made = matrix.matrix(bound("sample", OLD))
    lines = list(csv.DictReader(io.StringIO(matrix.as_csv(made))))
    records = json.loads(matrix.as_json(made))
    assert len(lines) == len(records) == 20
    assert [line["rule"] for line in lines] == [one["rule"] or "-" for one in records]


def test_a_matrix_that_would_be_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 5 cases"):
        matrix.matrix(bound("sample", OLD), cap=5)


# ----------------------------------------------------------------------------------- comparison


def test_a_migration_shows_every_changed_decision(snapshot: Snapshot) -> None:
    found = compare.compare(bound("sample", OLD), bound("go-forward", NEW))
    snapshot.assert_match(compare.as_text(found).encode(), "sample-to-go-forward.txt")
    assert found.total == 20


def test_the_recommended_form_changes_one_decision_of_the_literal_list() -> None:
    """Section 5.3; with the migrated setting not even that one."""
    found = compare.compare(bound("listed", OLD), bound("go-forward", OLD))
    assert [change.cell for change in found.changes] == [("credit_card", None, None)]
    assert compare.compare(bound("listed", NEW), bound("go-forward", NEW)).changes == ()


def test_a_rule_set_does_not_differ_from_itself_nor_from_its_import() -> None:
    for other in ("sample", "legacy sample"):
        assert compare.compare(bound("sample", OLD), bound(other, OLD)).changes == ()


def test_the_same_outcome_from_elsewhere_is_shown_on_request() -> None:
    one, other = bound("listed", NEW), bound("go-forward", NEW)
    (change,) = compare.compare(one, other, reasons=True).changes
    assert change.before.values == change.after.values
    assert compare.as_data(compare.compare(one, other, reasons=True)) == {
        "cases": 10,
        "changes": [
            {
                "inputs": {"type": "credit_card", "vendor": None, "invoice_type": None},
                "before": side(change.before, None, "BASE_NO_MATCH"),
                "after": side(change.after, "cc", "RULE"),
            }
        ],
    }


def side(decision: Decision, rule: str | None, reason: str) -> dict[str, object]:
    return {"outcomes": decision.values, "rule": rule, "reason": reason}


# ---------------------------------------------------------------------------------- explanation

EXPLAINED: dict[str, tuple[str, dict[str, str], str | None]] = {
    "venmo": ("sample", {"type": "venmo", "invoice_type": "42"}, "cc-any"),
    "base": ("sample", {"type": "credit_card", "vendor": "JCB"}, "cc-visa-42"),
    "not-matched": ("visa", {"type": "1", "vendor": "MASTERCARD", "invoice_type": "7"}, None),
    "refused": ("sample", {"type": "3"}, "cc-any"),
    "tie": ("legacy crossing", {"type": "1", "vendor": "VISA", "invoice_type": "42"}, None),
    "no-rules": ("none", {"type": "ach"}, "cc-any"),
    "invalid": ("legacy residue", {"type": "ach"}, None),
}


@pytest.mark.parametrize("case", EXPLAINED)
def test_an_explanation_is_as_reviewed(case: str, snapshot: Snapshot) -> None:
    name, given, why_not = EXPLAINED[case]
    said = explain(bound(name, OLD), inputs_from_text(model(), given), why_not=why_not)
    snapshot.assert_match(explain_text(said).encode(), f"explain-{case}.txt")
    json.dumps(said)


WHY_NOT: dict[str, tuple[dict[str, object], str]] = {
    "cc-visa-42": (
        {"type": 1, "vendor": "AMEX", "invoice_type": 42},
        "condition failed: vendor VISA != AMEX",
    ),
    "cc-42": (
        {"type": 1, "vendor": "VISA", "invoice_type": 42},
        "beaten by cc-visa-42 (more specific in: vendor)",
    ),
    "obd-42": ({"type": 1}, "different type: type obd != credit_card"),
    "cc-any": ({"type": 1}, "it is the rule that decided"),
    "gone": ({"type": 1}, "there is no such rule, or it was skipped when the rule set was read"),
}


@pytest.mark.parametrize("rule", WHY_NOT)
def test_why_not_says_what_kept_a_rule_from_deciding(rule: str) -> None:
    raw, because = WHY_NOT[rule]
    said = cast("Any", explain(bound("sample", OLD), raw, why_not=rule))
    assert said["why_not"] == {"rule": rule, "because": because}


def test_channels_choose_the_checks() -> None:
    raw = {"type": 1, "vendor": "VISA", "invoice_type": 7}
    said = cast("Any", explain(bound("sample", OLD), raw, ["lockbox"]))
    (problem,) = said["checks"]["lockbox"]
    assert problem["message"] == "payment_code 123 has 3 digits, limit 2"
    assert list(said["checks"]) == ["lockbox"]


def test_inputs_typed_by_a_person_are_names_or_codes() -> None:
    for given in ({"type": "venmo"}, {"type": "17"}):
        raw = inputs_from_text(model(), {**given, "vendor": "-", "invoice_type": "42"})
        assert raw == {"type": 17, "vendor": None, "invoice_type": 42}
    raw = inputs_from_text(model(), {"type": "vemno", "vender": "VISA"})
    assert decide(bound("sample", OLD), raw).decision.subject == "vender"
