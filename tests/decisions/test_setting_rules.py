"""Rules that a setting holds as the partner's JSON: strict in the check, tolerant in a run.

Payment codes 2.6 and cases 39, 40, 74 to 76.
"""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from tests.decisions.kit import model

from crosswalk.checking import check
from crosswalk.decisions.load import load_rules
from crosswalk.project import Project
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, Result, convert

ROOT = Path(__file__).parents[2]
MAPPING = "caselle/cash-receipting/lockbox"
GOOD = '{"PaymentSettings": [{"PaymentTypeID": 1, "PaymentCode": 4, "DistributionCode": "111"}]}'
BASE = """\
crosswalk: 1
kind: biller
name: elm
version: 1.0.0
extends: small@1
settings:
"""
SMALL = """\
crosswalk: 1
kind: integration
name: small
version: 1.0.0
flows: {lockbox: {direction: outbound, mapping: caselle/cash-receipting/lockbox@1}}
"""
NEEDED = (
    *("caselle/ar/settings", "caselle/cash-receipting/settings", "invoicecloud/payment"),
    *("caselle/cash-receipting/payment-code", "caselle/cash-receipting/partner-json"),
    *("caselle/cash-receipting/lockbox", "caselle/cash-receipting/lockbox-file"),
    "caselle/cash-receipting/go-forward",
)
OVERRIDE = """\
override:
  caselle/cash-receipting/lockbox:
    decisions:
      payment-code:
        rules: caselle/cash-receipting/partner-json@1
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("elm")
    (made / "mappings" / "billers").mkdir(parents=True)
    for name in NEEDED:
        target = made / "mappings" / f"{name.replace('/', '-')}.yaml"
        shutil.copy(ROOT / "mappings" / f"{name}.yaml", target)
    (made / "mappings" / "small.yaml").write_text(SMALL)
    return made


def elm(folder: Path, text: str | None) -> Project:
    """Give the project with a biller whose setting 131 is written as the YAML `text`."""
    line = "" if text is None else f"  131: {text}\n"
    line += '  64: "101|97|0"\n  65: "102|95|0"\n  LockboxDistributionCode: "101"\n'
    (folder / "mappings" / "billers" / "elm.yaml").write_text(BASE + line + OVERRIDE)
    return Project(folder)


def told(project: Project) -> list[str]:
    found = check(project, ("elm", "caselle/cash-receipting/partner-json"))
    return [f"{one.code} {one.severity} {one.span}" for one in found if one.severity != "info"]


ELM = "mappings/billers/elm.yaml"
CASES = [
    ("good", f"'{GOOD}'", [], "4"),
    ("block", f"|\n    {GOOD}", [], "4"),
    ("absent", None, ["RUL609 error mappings/caselle-cash-receipting-partner-json.yaml:2:1"], "97"),
    ("stray word", f"|\n    json\n    {GOOD}", [f"RUL001 error {ELM}:8:5"], "97"),
    ("no object", "'[1]'", [f"RUL002 error {ELM}:7:9"], "97"),
    ("a comma too many", "'{\"PaymentSettings\": [],}'", [f"RUL001 error {ELM}:7:31"], "97"),
    (
        "a faulty entry",
        f'|\n    {GOOD[:-2]},\n      {{"PaymentTypeID": 3, "PaymentCode": 9}}\n    ]}}',
        [f"RUL105 error {ELM}:9:25"],
        "4",
    ),
    (
        "a key misspelt",
        "'" + GOOD.replace("PaymentTypeID", "PaymentTypeId") + "'",
        [f"RUL004 error {ELM}:7:30", f"RUL003 error {ELM}:7:31"],
        "97",
    ),
    (
        "three digits",
        "'" + GOOD.replace("4,", "777,") + "'",
        [f"RUL401 error {ELM}:7:66"],
        None,
    ),
]


@pytest.mark.parametrize(
    ("text", "findings", "code"), [one[1:] for one in CASES], ids=[one[0] for one in CASES]
)
def test_the_check_is_strict_and_the_run_goes_on(
    folder: Path, tmp_path: Path, text: str | None, findings: list[str], code: str | None
) -> None:
    project = elm(folder, text)
    assert told(project) == findings
    results = [run(project, tmp_path, compiled=compiled) for compiled in (True, False)]
    for result, output in results:
        assert [line.split(",")[2] for line in output.splitlines()] == ([code] if code else [])
        assert [one.issue.code for one in result.rejects] == ([] if code else ["CW585"])
    fallen = text is None or (code == "97" and "RUL004" not in findings[0] and len(findings) == 1)
    notices = [one.code for one in results[0][0].notices]
    assert notices == (["CW587"] if fallen else [])
    assert results[0][0].notices == results[1][0].notices
    plan = project.plan(MAPPING, project.view("elm"))
    assert {f"{one.code} {one.span}" for one in plan.warnings} == {
        one.replace(" error", "") for one in findings if "RUL401" not in one
    }


def run(project: Project, folder: Path, *, compiled: bool) -> tuple[Result, str]:
    payment = {
        "PaymentGuid": "a1",
        "PaymentDate": "2026-01-02",
        "PaymentTypeId": 1,
        "PayerName": "Ann Holt",
        "bill": [{"AccountNumber": "7", "Amount": "1.00"}],
    }
    source, out = folder / "payments.jsonl", folder / f"out-{compiled}.txt"
    source.write_text(json.dumps(payment) + "\n")
    view = project.view("elm")
    plan = project.plan(MAPPING, view)
    context = Context(view.settings.texts(), Run(datetime(2026, 1, 3)))
    return convert(plan, context, source, Files(out), compiled=compiled), out.read_text("utf-8")


def test_a_setting_given_for_one_run_is_the_one_that_decides(folder: Path) -> None:
    project = elm(folder, f"'{GOOD}'")
    view = project.view("elm")
    judge, findings = project.judge(("caselle/cash-receipting/partner-json@1",), view)
    assert judge is not None
    assert findings == []
    other = view.settings.texts() | {"131": GOOD.replace("4,", "5,")}
    for settings, code in ((view.settings.texts(), "4"), (other, "5")):
        [(bound, wrong)] = judge.bound(settings)
        assert wrong == []
        assert bound.rules is not None
        assert bound.rules.rules[0].then["payment_code"] == code


def test_nobody_is_asked_for_a_setting_before_a_biller_uses_it() -> None:
    assert "RUL609" not in [one.code for one in check(Project(ROOT))]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("setting: 131", []),
        ("rules: {}", []),
        ("complete: true", ["RUL604"]),
        ("rules: {}\nsetting: 131", ["RUL604"]),
    ],
)
def test_rules_stand_in_the_document_or_in_a_setting(body: str, codes: list[str]) -> None:
    head = "crosswalk: 1\nkind: rules\nname: a/b\nversion: 1.0.0\n"
    text = f"{head}use: caselle/cash-receipting/payment-code@1\n{body}\n"
    rules, findings = load_rules(text, "case.yaml", model())
    assert [one.code for one in findings] == codes
    assert (rules is None) == bool(codes)
