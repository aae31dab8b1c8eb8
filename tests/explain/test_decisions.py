"""explain of a decided field: the rule, the alternatives, and the layer of each setting."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from crosswalk.project import Project
from crosswalk.running.context import Context, Run
from crosswalk.telling.explain import Explainer, Explanation, NoSuchPlace

ROOT = Path(__file__).parents[2]
PAYMENT = "caselle/cash-receipting/payment"
GO_FORWARD = "mappings/caselle/cash-receipting/go-forward.yaml"


def explained(
    folder: Path, kind: int, vendor: str | None, field: str, why_not: str | None = None
) -> list[str]:
    source = folder / "payments.jsonl"
    bill = {"InvoiceNumber": "5", "AccountNumber": "7", "Amount": "1.00"}
    payment = {
        "PaymentGuid": "a",
        "PaymentDate": "2026-01-02",
        "PaymentTypeId": kind,
        "PayerName": "A",
    }
    source.write_text(json.dumps({**payment, "CardVendor": vendor, "bill": [bill]}) + "\n")
    project = Project(ROOT)
    view = project.view("newport")
    plan = project.plan(PAYMENT, view)
    context = Context(view.settings.texts(), Run(datetime(2026, 1, 3)))
    explainer = Explainer(project, view, plan, context, source)
    explainer.why_not = why_not
    found = explainer.explain(field)
    assert isinstance(found, Explanation)
    return list(told(found))


def told(found: Explanation) -> Iterator[str]:
    for one in found.remarks:
        if one.what in ("decision", "setting", "condition"):
            yield one.text + (f" | {one.place}" if one.place else "")


def test_the_rule_and_the_alternatives_are_named(tmp_path: Path) -> None:
    assert explained(tmp_path, 1, "AMEX", "paymentCode")[1:] == [
        f"RULE: rule cc-amex | {GO_FORWARD}:17:3",
        f"not rule cc: beaten by cc-amex (more specific in: vendor) | {GO_FORWARD}:16:3",
        "rules for other cases: ach, obd, paypal",
        "payment_code comes from rule cc-amex",
    ]
    assert explained(tmp_path, 1, "VISA", "paymentCode")[1:3] == [
        f"RULE: rule cc | {GO_FORWARD}:16:3",
        f"not rule cc-amex: condition failed: vendor AMEX != VISA | {GO_FORWARD}:17:3",
    ]


def test_a_setting_names_its_layer_and_line(tmp_path: Path) -> None:
    line = _line("mappings/billers/newport.yaml", "  64:")
    assert explained(tmp_path, 17, None, "distributionCode")[-2:] == [
        "distribution_code comes from part 1 of setting 64",
        (
            "setting 64 (CardCodes) is '101|97|0', set by newport"
            f" | mappings/billers/newport.yaml:{line}:7"
        ),
    ]
    layer = "mappings/caselle/cash-receipting/allocate-integration.yaml"
    assert explained(tmp_path, 17, None, "allocateTo") == [
        "settings.35 lists ALLOCATEAR: holds",
        (
            "setting 35 (ServiceVersion) is 'ALLOCATEAR', set by caselle/ar-allocate"
            f" | {layer}:{_line(layer, '  35:')}:7"
        ),
    ]


def _line(file: str, begins: str) -> int:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    return next(at for at, line in enumerate(lines, 1) if line.startswith(begins))


def test_why_not_tells_one_rule_also_of_other_cases(tmp_path: Path) -> None:
    told = explained(tmp_path, 2, None, "paymentCode", "cc-amex")
    assert [one.partition(" |")[0] for one in told if one.startswith("not rule")] == [
        "not rule cc-amex: different type: type credit_card != ach"
    ]


@pytest.mark.parametrize("rule", ["ach", "nobody"])
def test_why_not_of_the_rule_that_decided_or_of_none_is_refused(tmp_path: Path, rule: str) -> None:
    with pytest.raises(NoSuchPlace, match=f"no rule '{rule}' stood back"):
        explained(tmp_path, 2, None, "paymentCode", rule)
