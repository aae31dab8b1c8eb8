"""Decision and rules documents: shape, meaning, dates, readings, coverage."""

import json
from datetime import date
from typing import Any

import pytest
from tests.decisions.kit import HERE, MAPPINGS, NEW, OLD, bound, model, read_lines, rules, rules_of

from crosswalk.decisions.coverage import never_asserted, vain_expectation
from crosswalk.decisions.load import load_model
from crosswalk.decisions.read_rules import read_rules
from crosswalk.decisions.readings import ambiguous, read_as, readings
from crosswalk.decisions.schedule import check_schedule, in_force, none_in_force
from crosswalk.decisions.write_rules import write_rules
from crosswalk.documents.source import Map, read

SCHEMAS = HERE.parents[1] / "engine" / "crosswalk" / "schemas"
MODEL = (MAPPINGS / "payment-code.yaml").read_text("utf-8")


# ------------------------------------------------------------------------------------- documents


@pytest.mark.parametrize("name", ["decision.json", "rules.json"])
def test_a_schema_is_flat_closed_and_described(name: str) -> None:
    def walk(node: dict[str, Any], where: str) -> None:
        assert not {"oneOf", "anyOf", "allOf", "if", "$ref"} & node.keys(), where
        assert where == name or "description" in node, where
        if "properties" in node:
            assert node["additionalProperties"] is False, where
        for key, below in node.get("properties", {}).items():
            walk(below, f"{where}.{key}")
        for key in ("items", "additionalProperties"):
            if isinstance(node.get(key), dict):
                walk(node[key], f"{where}.{key}")

    walk(json.loads((SCHEMAS / name).read_text("utf-8")), name)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("only_for: {type: [credit_card]}", "only_for: {typ: [credit_card]}", "RUL603"),
        ("only_for: {type: [credit_card]}", "only_for: {type: [card]}", "RUL603"),
        ("goes_with: payment_code", "goes_with: code", "RUL603"),
        ("parts: [distribution_code,", "parts: [distribution,", "RUL603"),
        ("{obd: [ach],", "{obd: [bank],", "RUL603"),
        ("{obd: [ach],", "{odb: [ach],", "RUL603"),
        ("becomes: credit_card", "becomes: card", "RUL603"),
        ("    input: type\n    values", "    input: kind\n    values", "RUL603"),
        ("  outcome: payment_code\n", "  outcome: code\n", "RUL603"),
        ("bank: [ach]", "bank: [check]", "RUL603"),
        ("{longest: {payment_code: 2", "{longest: {code: 2", "RUL603"),
        ("precedence: [invoice_type, vendor]", "precedence: [invoice]", "RUL603"),
        ("{input: vendor,", "{input: brand,", "RUL603"),
        ("{outcome: posting_method,", "{outcome: posting,", "RUL603"),
        ("ach: 2, obd: 11", "ach: 2, obd: 2", "RUL604"),
        ("default: DataPump", "default: Other", "RUL604"),
        ("for: {type: [ach, obd]}", "for: {type: [ach, venmo]}", "RUL604"),
        ("bank: [ach]", "bank: [ach, obd]", "RUL604"),
        ("{input: vendor,", "{input: vendor, outcome: payment_code,", "RUL604"),
        ("substitute:\n", "substitute:\n  vendor: {VISA: [AMEX]}\n", "RUL604"),
        ("required: true", "requird: true", "CW201"),
        ("kind: list", "kind: array", "CW204"),
    ],
)
def test_a_decision_that_makes_no_sense_is_told(old: str, new: str, code: str) -> None:
    assert MODEL.count(old) >= 1
    made, findings = load_model(MODEL.replace(old, new, 1), "model.yaml")
    assert made is None
    assert code in {finding.code for finding in findings}
    assert all(finding.span is not None for finding in findings)


def test_the_shipped_decision_has_no_findings() -> None:
    assert load_model(MODEL, "model.yaml")[1] == []


def test_a_misspelt_name_gets_a_suggestion() -> None:
    _, findings = load_model(
        MODEL.replace("goes_with: payment_code", "goes_with: paymentcode"), "m"
    )
    assert [finding.help for finding in findings] == ["did you mean 'payment_code'?"]


def test_the_partners_words_stand_in_data_only() -> None:
    """The engine learns the keys of the JSON from the model."""
    legacy = model().legacy
    assert legacy is not None
    engine = HERE.parents[1] / "engine" / "crosswalk" / "decisions"
    code = "".join(path.read_text("utf-8") for path in engine.glob("*.py"))
    words = [key.key for key in legacy.keys] + [legacy.container]
    words += ["VISA", "venmo", "lockbox", "caselle", *(one.name for one in model().outcomes)]
    found = [word for word in words if f'"{word}"' in code]
    assert found == []


def test_a_removed_rule_is_not_there() -> None:
    made = rules_of('a: null\nb: {when: {type: ach}, then: {payment_code: "1"}}')
    assert [rule.id for rule in made.rules] == ["b"]


def test_written_rules_are_read_back() -> None:
    for name in ("sample", "visa", "listed", "go-forward"):
        text = write_rules(rules(name), model(), 'As "before": #1')
        again = read_lines(text.split("rules:\n")[1])[0]
        assert again is not None
        assert again.digest == rules(name).digest
        node, findings = read(text, "x.yaml")
        assert isinstance(node, Map)
        assert findings == []


def test_the_head_of_written_rules_is_read_back() -> None:
    head = 'from: "2022-12-01"\ncomplete: true\ndistinct: true\nallow: {RUL202: "why: not"}\n'
    made = rules_of("a: {when: {type: ach}, then: {}, allow: {RUL107: blocks}}", head=head)
    node, findings = read(write_rules(made, model()), "x.yaml")
    assert isinstance(node, Map)
    assert findings == []
    again, _ = read_rules(node, model())
    assert again is not None
    assert (again.starts, again.complete, again.distinct) == (date(2022, 12, 1), True, True)
    assert [(one.code, one.why) for one in again.allow] == [("RUL202", "why: not")]
    assert [(one.code, one.why) for one in again.rules[0].allow] == [("RUL107", "blocks")]


def test_the_digest_is_about_what_the_rules_say() -> None:
    one = rules_of(
        'a: {when: {type: ach}, then: {payment_code: "1"}}\nb: {when: {type: obd}, then: {}}'
    )
    two = rules_of(
        'b: {when: {type: obd}, then: {}}\na: {when: {type: ach}, then: {payment_code: "1"}}'
    )
    new = rules_of(
        'a: {when: {type: ach}, then: {payment_code: "2"}}\nb: {when: {type: obd}, then: {}}'
    )
    assert one.digest == two.digest != new.digest


# ----------------------------------------------------------------------------------------- dates

RULE = 'a: {when: {type: ach}, then: {payment_code: "1"}}'
OLDER = rules_of(RULE)
NEWER = rules_of(RULE, head='from: "2022-12-01"\n')
NEWEST = rules_of(RULE, head='from: "2023-06-15"\n')


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2022, 11, 30), OLDER),
        (date(2022, 12, 1), NEWER),
        (date(2023, 6, 14), NEWER),
        (date(2023, 6, 15), NEWEST),
        (date(2030, 1, 1), NEWEST),
    ],
)
def test_the_set_that_started_last_applies(day: date, expected: object) -> None:
    for listed in ([OLDER, NEWER, NEWEST], [NEWEST, OLDER, NEWER]):
        assert in_force(listed, day) is expected


def test_before_the_first_day_no_set_applies() -> None:
    assert in_force([NEWER, NEWEST], date(2022, 11, 30)) is None
    assert none_in_force(date(2022, 11, 30)).code == "RUL606"


def test_two_sets_from_one_day_are_told() -> None:
    assert [one.code for one in check_schedule([NEWER, OLDER, NEWER])] == []
    twin = rules_of(RULE, head='from: "2022-12-01"\n')
    assert [one.code for one in check_schedule([NEWER, OLDER, twin])] == ["RUL605"]
    assert [one.code for one in check_schedule([OLDER, rules_of(RULE)])] == ["RUL605"]


@pytest.mark.parametrize(("day", "code"), [('"2022-13-01"', "RUL004"), ("2022-12-01", "CW103")])
def test_a_day_that_is_none_is_told(day: str, code: str) -> None:
    made, findings = read_lines(RULE, head=f"from: {day}\n")
    assert made is None
    assert code in {finding.code for finding in findings}


# -------------------------------------------------------------------------------------- readings


def changed(name: str, settings: dict[str, str], **only: str) -> int:
    """Count the cases that a choice of reading decides otherwise than ours does."""
    here = bound(name, settings)
    ours, *_ = readings()
    other = type(ours)(**{**{key: getattr(ours, key) for key in ours.__slots__}, **only})
    from crosswalk.decisions.cells import cells, domain

    every = list(cells(domain(here.model, [here.rules])))
    return sum(read_as(here, ours, cell) != read_as(here, other, cell) for cell in every)


def test_there_are_108_readings() -> None:
    assert len(set(readings())) == 108


@pytest.mark.parametrize(
    ("only", "cells"),
    [
        ({"pick": "first"}, 0),
        ({"tie": "reverse precedence"}, 0),
        ({"substitute": "per value"}, 0),
        ({"substitute": "per group"}, 0),
        ({"pair": "looked up"}, 0),
        ({"pair": "only together"}, 0),
        ({"rest": "base with base"}, 2),
        ({"rest": "default"}, 4),
    ],
)
def test_a_reading_changes_as_many_cases_of_the_sample_as_measured(
    only: dict[str, str], cells: int
) -> None:
    """Section 3: A2, A3, A7, A10, A13."""
    assert changed("sample", OLD, **only) == cells


def test_our_reading_is_the_decision() -> None:
    from crosswalk.decisions.matrix import matrix

    for name in ("sample", "visa", "listed", "go-forward"):
        for row in matrix(bound(name, OLD)).rows:
            assert read_as(bound(name, OLD), readings()[0], row.cell) == row.decision.values


def test_the_recommended_rules_are_read_alike_in_every_way() -> None:
    """Section 5.3: 0 of 10 cases, once AMEX stands before the general card rule."""
    from crosswalk.decisions.legacy_export import export_legacy
    from crosswalk.decisions.load import bind_legacy

    text, _ = export_legacy(rules("go-forward"), model())
    assert ambiguous(bind_legacy(text, model(), NEW)[0]) == []


def test_a_general_rule_before_amex_loses_one_case_to_first_match_readers() -> None:
    (finding,) = ambiguous(bound("legacy general-first", NEW))
    assert finding.code == "RUL206"
    assert "vendor=AMEX" in finding.message


# -------------------------------------------------------------------------------------- coverage


def test_rules_that_no_test_expects_are_told() -> None:
    made = rules("sample")
    assert never_asserted(made, [rule.id for rule in made.rules]) == []
    found = never_asserted(made, ["cc-42"])
    assert [one.code for one in found] == ["RUL501"] * 5


@pytest.mark.parametrize(
    ("given", "expected", "codes"),
    [
        ({"type": 1}, {"rule": "cc-any"}, []),
        ({"type": 3}, {"reason": "UNKNOWN_VALUE"}, []),
        ({"type": 3}, {"rule": "cc-any"}, ["RUL502"]),
        ({"type": 1, "vender": "VISA"}, {"rule": "cc-any"}, ["RUL502"]),
        ({"type": 1}, {}, ["RUL502"]),
    ],
)
def test_an_expectation_that_cannot_hold_is_told(
    given: dict[str, object], expected: dict[str, object], codes: list[str]
) -> None:
    assert [one.code for one in vain_expectation(model(), given, expected, None)] == codes
