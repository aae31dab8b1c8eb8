"""Every case of cases/ is decided as written: value, rule, reason, substitute, repairs."""

from typing import Any

import pytest
from tests.decisions.kit import bound, data, model, rules

from crosswalk.decisions.decide import decide
from crosswalk.decisions.model import Reason
from crosswalk.decisions.table import Table, order_of
from crosswalk.decisions.wording import values_text

DOCUMENT = data("cases/payment-codes.yaml")
CASES: list[dict[str, Any]] = DOCUMENT["cases"]
SETTINGS: dict[str, dict[str, str]] = DOCUMENT["settings"]
EACH = pytest.mark.parametrize("case", CASES, ids=[str(case["id"]) for case in CASES])


@EACH
def test_a_case_is_decided_as_written(case: dict[str, Any]) -> None:
    trace = decide(bound(case["rules"], SETTINGS[case["settings"]]), case["input"])
    decision, expect = trace.decision, case["expect"]
    assert {
        "value": values_text(model(), decision.values),
        "rule": decision.rule,
        "reason": decision.reason.value,
        "via": decision.via,
        "subject": decision.subject,
        "notes": len(trace.case.notes) if trace.case else 0,
    } == {"via": None, "subject": None, "notes": 0, **expect}


@EACH
def test_the_table_decides_like_the_reference(case: dict[str, Any]) -> None:
    here = bound(case["rules"], SETTINGS[case["settings"]])
    names = order_of(model())
    if set(case["input"]) <= set(names):
        values = [case["input"].get(name) for name in names]
        assert Table(here).decide(values) == decide(here, case["input"]).decision


def test_every_rule_and_every_reason_is_asserted() -> None:
    asserted = {(case["rules"], case["expect"]["rule"]) for case in CASES}
    for name in ("sample", "visa", "listed"):
        assert {(name, rule.id) for rule in rules(name).rules} <= asserted
    assert {case["expect"]["reason"] for case in CASES} == {reason.value for reason in Reason}


def test_every_case_expects_rule_and_reason_and_has_its_own_id() -> None:
    assert len(CASES) > 40
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert all({"value", "rule", "reason"} <= case["expect"].keys() for case in CASES)


def test_sources_name_rule_setting_part_and_default() -> None:
    decision = decide(bound("listed", SETTINGS["old"]), {"type": 2}).decision
    assert decision.sources == {
        "payment_code": "rule:ach",
        "distribution_code": "setting:65.1",
        "gl_activity": "setting:65.3",
        "posting_method": "default",
    }
    assert decision.unused == ("setting:65.2",)


def test_a_tie_of_the_partners_form_is_recorded() -> None:
    raw = {"type": 1, "vendor": "VISA", "invoice_type": 42}
    decision = decide(bound("legacy crossing", SETTINGS["old"]), raw).decision
    assert decision.ties == ("credit-card-visa", "credit-card-42")


def test_a_failed_decision_has_no_value_to_post() -> None:
    decision = decide(bound("sample", SETTINGS["old"]), {"type": 3}).decision
    assert not decision.ok
    assert set(decision.values.values()) == {None}
