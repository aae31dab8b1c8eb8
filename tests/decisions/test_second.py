"""A second decision, about something else, works from YAML alone (files.yaml)."""

from typing import Any, cast

import pytest
from tests.decisions.kit import data

from crosswalk.decisions.analyse import analyse
from crosswalk.decisions.base import Bound, bind
from crosswalk.decisions.decide import decide
from crosswalk.decisions.explain import explain
from crosswalk.decisions.legacy_export import export_legacy
from crosswalk.decisions.load import load_model, load_rules
from crosswalk.decisions.matrix import as_text, matrix
from crosswalk.decisions.table import Table, order_of

DATA = data("files.yaml")


def files() -> Bound:
    model, findings = load_model(DATA["model"], "model.yaml")
    assert model is not None, findings
    rules, findings = load_rules(DATA["rules"], "rules.yaml", model)
    assert rules is not None, findings
    here, findings = bind(model, rules, DATA["settings"])
    assert findings == []
    return here


@pytest.mark.parametrize("case", DATA["cases"])
def test_a_payment_goes_to_its_file(case: dict[str, Any]) -> None:
    here = files()
    decision = decide(here, case["input"]).decision
    found = (decision.values["file"], decision.values["urgent"], decision.rule)
    assert found == (case["file"], case["urgent"], case["rule"])
    values = [case["input"].get(name) for name in order_of(here.model)]
    assert Table(here).decide(values) == decision


def test_its_findings_are_found() -> None:
    assert sorted(one.code for one in analyse(files(), ["sftp"])) == DATA["findings"]


def test_its_matrix_has_every_case() -> None:
    made = matrix(files())
    assert len(made.rows) == 3 * 3 * 3
    assert "MAIL-ROOM/no/? mail" in as_text(made)


def test_its_decisions_are_explained() -> None:
    said = cast("Any", explain(files(), {"store": "W", "channel": "M"}, why_not="north-mail"))
    assert said["winner"]["id"] == "mail"
    assert said["why_not"]["because"] == "condition failed: store north != web"
    assert said["checks"]["sftp"][0]["message"] == "file MAIL-ROOM has 9 characters, limit 8"


def test_it_has_no_partner_form() -> None:
    here = files()
    assert here.rules is not None
    text, findings = export_legacy(here.rules, here.model)
    assert text is None
    assert [finding.code for finding in findings] == ["RUL608"]


NEEDED = """
crosswalk: 1
kind: decision
name: test/needed
version: 1.0.0
inputs:
  store: {required: true, unlisted: other, values: {north: N, south: S}}
  drawer: {required: true, only_for: {store: [north]}, values: {left: L, right: R}}
outcomes:
  file: {}
"""
NEEDED_RULES = """
crosswalk: 1
kind: rules
name: test/needed-rules
version: 1.0.0
use: test/needed@1
rules:
  left: {when: {drawer: left}, then: {file: A}}
  north: {when: {store: north}, then: {file: B}}
  south: {when: {store: south}, then: {file: C}}
"""


def needed() -> Bound:
    model, findings = load_model(NEEDED, "model.yaml")
    assert model is not None, findings
    rules, findings = load_rules(NEEDED_RULES, "rules.yaml", model)
    assert rules is not None, findings
    return bind(model, rules, {})[0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("N", "L"), "A"),
        (("N", "R"), "B"),
        (("N", None), "INPUT_ERROR"),
        (("N", "X"), "UNKNOWN_VALUE"),
        (("S", None), "C"),
        (("S", "X"), "C"),
        (("E", None), "UNRESOLVED"),
        ((None, "L"), "INPUT_ERROR"),
    ],
)
def test_an_input_may_be_needed_for_some_cases_only(
    values: tuple[str | None, str | None], expected: str
) -> None:
    here = needed()
    decision = Table(here).decide(values)
    assert decision == decide(here, dict(zip(order_of(here.model), values, strict=True))).decision
    assert (decision.values["file"] or decision.reason.value) == expected


def test_a_value_that_is_not_listed_shows_in_findings() -> None:
    assert len(matrix(needed()).rows) == 4
    finding, gap = sorted(analyse(needed()), key=lambda one: one.code)
    assert (finding.code, gap.code) == ("RUL201", "RUL202")
    assert finding.label == "for instance store=(any other): file is missing"
