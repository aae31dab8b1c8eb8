"""Every finding about rules has a case that triggers it and one that does not."""

from typing import Any

import pytest
from tests.decisions.kit import NEW, OLD, bound, data, model, rules_of

from crosswalk.decisions.analyse import analyse
from crosswalk.decisions.base import bind
from crosswalk.decisions.cells import CAP
from crosswalk.decisions.load import load_rules
from crosswalk.findings.diagnostics import CODES, Diagnostic

CASES: list[dict[str, Any]] = data("cases/findings.yaml")["cases"]
TOLD_ELSEWHERE = {"RUL001", "RUL002", "RUL206", "RUL501", "RUL502", "RUL601", "RUL604"}
TOLD_ELSEWHERE |= {"RUL605", "RUL606", "RUL607", "RUL608", "RUL609"}


def findings_of(case: dict[str, Any]) -> list[Diagnostic]:
    lines = "".join(f"  {line}\n" for line in case["rules"].splitlines())
    head = "crosswalk: 1\nkind: rules\nname: test/case\nversion: 1.0.0\n"
    use = case.get("use", "caselle/cash-receipting/payment-code@1")
    text = f"{head}use: {use}\n{case.get('head', '')}rules:\n{lines}"
    rules, findings = load_rules(text, "case.yaml", model())
    if rules is None:
        return findings
    here, more = bind(model(), rules, case.get("settings", OLD))
    known = case.get("known", {})
    found = analyse(here, case.get("channels", ()), known, case.get("cap", CAP))
    return findings + more + found


def line_of(case: dict[str, Any], rule: str) -> int:
    lines: list[str] = case["rules"].splitlines()
    head: int = 6 + case.get("head", "").count("\n")
    return head + next(at for at, line in enumerate(lines, 1) if line.startswith(f"{rule}:"))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_finding_is_made_exactly_where_it_should(case: dict[str, Any]) -> None:
    found = [one for one in findings_of(case) if one.code == case["code"]]
    if "severity" not in case:
        assert found == []
        return
    assert len(found) == case.get("count", 1), found
    first = found[0]
    assert first.severity == case["severity"]
    assert case.get("message", "") in first.message
    assert case.get("help", "") in first.help
    assert case.get("label", "") in first.label
    if "rule" in case:
        assert first.span is not None
        assert first.span.line == line_of(case, case["rule"])


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_error_about_a_case_shows_it(case: dict[str, Any]) -> None:
    for finding in findings_of(case):
        assert finding.code in CODES
        if finding.code[3] in "1234" and finding.severity == "error":
            nothing_to_show = finding.code in ("RUL104", "RUL105", "RUL110") or "cap" in case
            assert nothing_to_show or finding.label.startswith("for instance type="), finding


def test_every_code_is_triggered_and_not_triggered() -> None:
    ours = {code for code in CODES if code.startswith("RUL")} - TOLD_ELSEWHERE
    assert {case["code"] for case in CASES if "severity" in case} == ours
    assert {case["code"] for case in CASES if "severity" not in case} == ours


# What the semantics measured on the partner's own sets (section 7); 303, 404 say more than those.
MEASURED = ("RUL1", "RUL201", "RUL202", "RUL203", "RUL204", "RUL205", "RUL3", "RUL401")


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("sample", OLD, ["RUL108"] + ["RUL202"] * 5 + ["RUL401"] * 2),
        ("listed", NEW, ["RUL202"]),
        ("listed", OLD, ["RUL202", "RUL301"]),
        ("go-forward", OLD, []),
        ("go-forward", NEW, []),
    ],
)
def test_the_known_rule_sets_have_the_known_findings(
    name: str, settings: dict[str, str], expected: list[str]
) -> None:
    found = [one.code for one in analyse(bound(name, settings))]
    assert sorted(code for code in found if code.startswith(MEASURED)) == expected


def test_a_rule_decides_only_for_others_is_told() -> None:
    """An alias that takes PayPal away leaves its rule to the brands that fall back on it."""
    alias = model().aliases[0]
    rules = rules_of('p: {when: {type: paypal}, then: {payment_code: "1"}}')
    here, _ = bind(model(), rules, {**OLD, "paypal_alias": "credit_card"})
    only_paypal = type(alias)(
        alias.name, alias.setting, alias.equals, 0, frozenset({"paypal"}), alias.becomes
    )
    odd = type(here)(here.model, here.rules, here.bases, (only_paypal,), here.fallen)
    found = [one.code for one in analyse(odd)]
    assert "RUL303" in found
    assert "RUL304" not in found


@pytest.mark.parametrize(("strict", "severity"), [(True, "error"), (False, "warning")])
def test_a_base_setting_of_the_wrong_form_is_told(strict: bool, severity: str) -> None:
    settings = {"64": "101|99|0|7", "65": "101|98"}
    _, findings = bind(model(), None, settings, strict=strict)
    assert [(one.code, one.severity) for one in findings] == [("RUL601", severity)]
    assert bind(model(), None, OLD)[1] == []
