"""What a biller lacks before it goes live: all of it, nothing else, and whose it is."""

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crosswalk.golive.ready import CONFIRM, MET, MISSING, Answer, ready
from crosswalk.golive.ready_text import as_data, as_markdown, as_text
from crosswalk.project import Project

ROOT = Path(__file__).parents[2]
DAY = date(2026, 3, 1)
BILLER = "mappings/billers/newport.yaml"
DECISION = "caselle/cash-receipting/payment-code"


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golive")
    shutil.copytree(
        ROOT / "mappings", folder / "mappings", ignore=shutil.ignore_patterns("*.case.yaml")
    )
    return folder


def newport(master: Path, *changes: tuple[str, str], day: date = DAY) -> Answer:
    """Judge the complete biller after changes of its text (a pattern, what stands there then)."""
    path = master / BILLER
    before = path.read_text("utf-8")
    text = before
    for pattern, new in changes:
        text, count = re.subn(pattern, new, text, count=1, flags=re.MULTILINE)
        assert count == 1, pattern
    try:
        path.write_text(text, "utf-8")
        return ready(Project(master), "newport", day)
    finally:
        path.write_text(before, "utf-8")


def states(answer: Answer) -> dict[str, str]:
    return {one.id: one.state for one in answer.items if one.state != MET}


def test_a_complete_biller_is_ready(master: Path) -> None:
    answer = newport(master)
    assert answer.ready
    assert sum(one.kind == "condition" and one.number is not None for one in answer.items) == 12
    assert sum(one.kind == "parameter" for one in answer.items) == 18
    assert len(answer.asked.steps) == 6
    assert len(answer.asked.roles) == 7


def gone(key: str) -> tuple[str, str]:
    return rf"^  {key}: .*\n", ""


CHANGES = {
    "settings": (
        gone("8"),  # of two parameters
        gone("14"),  # that only an operation needs
        gone("103"),  # a secret of an operation, which another setting needs beside it
        (r"^  BillerGuid: .*", "  BillerGuid:  # TODO: ask"),
        gone("InvoiceFormatGuid"),
    ),
    "what is installed, and persons": (
        (r"^  InstalledVersion: .*", '  InstalledVersion: "2021.02.100"'),
        (r"ARW4000$", "ARW40000"),  # begins alike
        (r"^  128: .*", '  128: "2026-02-28"'),
        gone("cows-running"),
    ),
    "a flow, codes and a code table": (
        (r"^  InstalledVersion: .*", '  InstalledVersion: "2021.02.160"'),
        (r"^  128: .*", '  128: "2026-03-01"'),  # the last day is a day
        (r'(deposit-letters: .*)"95", "96", ', r"\1"),
        (r"^  caselle/ar/invoice-types:\n    codes:\n.*\n.*\n", ""),
    ),
    "an alias, base codes, and a mistake": (
        (r"^  64: ", "  paypal_alias: credit_card\n  64: "),
        (r"^  paypal-alias: .*\n", ""),
        gone("65"),
        (r"^        97: Parcel No", "        97: Parcel Noo"),
    ),
}
MISSED = {
    "settings": {
        "cis-endpoint": MISSING,
        "rtdr-url": MISSING,
        "14": MISSING,
        "103": MISSING,
        "BillerGuid": MISSING,
        "InvoiceFormatGuid": MISSING,
    },
    "what is installed, and persons": {
        "partner-version": MISSING,
        "management-licence": MISSING,
        "oauth-token-expires": MISSING,
        "cows-running": CONFIRM,
    },
    "a flow, codes and a code table": {
        "ach-reject": MISSING,
        "deposit-letters": CONFIRM,
        "category-codes": MISSING,
    },
    "an alias, base codes, and a mistake": {
        "paypal-alias": MISSING,
        "distribution-codes": MISSING,
        "RUL201": MISSING,
        "CW304": MISSING,
    },
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_taken_away_is_missed_and_nothing_else(master: Path, name: str) -> None:
    assert states(newport(master, *CHANGES[name])) == MISSED[name]


def test_a_flow_that_is_not_used_asks_for_no_setting(master: Path) -> None:
    without = (r"^override:\n", "override:\n  caselle/ar:\n    flows: {paperless: null}\n")
    answer = newport(master, gone("14"), gone("15"), gone("16"), without)
    assert states(answer) == {}


def test_codes_that_the_rules_do_not_decide_are_not_asked_for(master: Path) -> None:
    rules = (
        r"^override:\n",
        """override:
  caselle/cash-receipting/payment:
    decisions:
      payment-code: {rules: [caselle/cash-receipting/two-codes@1]}
""",
    )
    answer = newport(master, rules)
    asked = {one.id: one.codes for one in answer.items if one.codes}
    assert asked == {"deposit-letters": ("98", "99"), "payment-codes": ("98", "99")}


def test_codes_of_all_flows_of_a_decision_add_up(master: Path) -> None:
    flows = (r"^extends: .*", "extends: caselle/ar-lockbox@1")
    lockbox = (
        r"^override:\n",
        """override:
  caselle/cash-receipting/lockbox:
    decisions:
      payment-code: {rules: [caselle/cash-receipting/two-codes@1]}
""",
    )
    answer = newport(master, flows, lockbox)
    codes = answer.needs.tenders[DECISION].codes
    assert {code for code, one in codes.items() if "ach" in one.cases} == {"95", "98"}


def test_every_open_item_says_whose_it_is_and_where_it_is_asked_for(master: Path) -> None:
    answer = ready(Project(master), "alder-falls", DAY)
    for one in answer.items:
        assert one.places
        assert all(place.file.startswith("mappings/") for place in one.places)
        assert one.kind == "setting" or set(one.owners) <= set(answer.asked.roles)


def test_an_incomplete_biller_is_told_what_it_lacks(master: Path, snapshot: Any) -> None:
    answer = ready(Project(master), "alder-falls", DAY)
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots"
    told = re.sub(r":\d+:\d+", ":L:C", as_text(answer))
    snapshot.assert_match(told, "alder-falls.txt")
    snapshot.assert_match(as_markdown(answer), "alder-falls.md")


def test_the_data_say_the_same(master: Path) -> None:
    answer = ready(Project(master), "alder-falls", DAY)
    data = as_data(answer)
    assert data["ready"] is False
    assert data["counts"] == {s: len(answer.of(s)) for s in (MET, MISSING, CONFIRM)}
    assert data["codes"]["caselle/cash-receipting/payment-code"]["98"]["cases"] == [  # type: ignore[index]
        "credit_card AMEX"
    ]
