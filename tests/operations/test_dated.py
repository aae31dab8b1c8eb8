"""The committed payments with codes that change on a day: golden variables and lockbox files.

Every payment type, card brand, one bill and several, with and without ALLOCATEAR, old codes until
2025 and go-forward codes from 2026; the reference and the compiled form give the same bytes.
"""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from pytest_snapshot.plugin import Snapshot  # type: ignore[import-untyped]
from tests.operations.kit import HERE, ROOT, mapped

from crosswalk.checking import check
from crosswalk.project import Project
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, convert

PAYMENTS = HERE / "payments.jsonl"
RUN = Run(datetime(2026, 2, 1, 6, 30), "golden", "payments.jsonl")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("dated")
    shutil.copytree(ROOT / "mappings", folder / "mappings")
    shutil.copytree(HERE / "dated", folder / "mappings" / "dated")
    return Project(folder)


@pytest.fixture
def golden(snapshot: Snapshot) -> Snapshot:
    snapshot.snapshot_dir = HERE / "snapshots"
    return snapshot


def test_the_billers_have_no_findings(project: Project) -> None:
    assert check(project, ("elm", "oak", "ash", "fir")) == []


@pytest.mark.parametrize("execution", ["reference", "compiled"])
@pytest.mark.parametrize("biller", ["elm", "oak"])
def test_the_day_of_payment_chooses_the_codes(
    project: Project, biller: str, execution: str, golden: Snapshot
) -> None:
    made = mapped(
        project,
        "caselle/cash-receipting/payment",
        biller,
        PAYMENTS.read_bytes(),
        compiled=execution == "compiled",
    )
    golden.assert_match(made.body, f"{biller}.dated.variables.jsonl")
    assert made.rejects == ()


@pytest.mark.parametrize("execution", ["reference", "compiled"])
@pytest.mark.parametrize("biller", ["oak", "ash"])
def test_the_lockbox_files(
    project: Project, biller: str, execution: str, golden: Snapshot, tmp_path: Path
) -> None:
    """One file with all pairs of codes, or one for each distribution code (facts 2.2)."""
    view = project.view(biller)
    plan = project.plan("caselle/cash-receipting/lockbox", view)
    output = tmp_path if biller == "ash" else tmp_path / "all.TXT"
    files, compiled = Files(output), execution == "compiled"
    context = Context(view.settings.texts(), RUN)
    result = convert(plan, context, PAYMENTS, files, compiled=compiled)
    assert result.summary.compiled == execution
    assert result.rejects == []
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == (
        ["101_PYMT_20260201.TXT", "102_PYMT_20260201.TXT"] if biller == "ash" else ["all.TXT"]
    )
    for name in names:
        golden.assert_match((tmp_path / name).read_bytes(), f"{biller}.lockbox.{name}")


def test_the_files_by_code_hold_what_the_one_file_holds() -> None:
    def lines(name: str) -> list[bytes]:
        return (HERE / "snapshots" / name).read_bytes().splitlines()

    whole = lines("oak.lockbox.all.TXT")
    parts = [lines(f"ash.lockbox.{code}_PYMT_20260201.TXT") for code in ("101", "102")]
    assert [line for line in whole if b",101," in line] == parts[0]
    assert [line for line in whole if b",102," in line] == parts[1]
    assert len(whole) == sum(map(len, parts))


@pytest.mark.parametrize("execution", ["reference", "compiled"])
def test_a_moment_of_utc_counts_by_the_billers_own_day(project: Project, execution: str) -> None:
    """Codes change when the year does in Denver, seven hours after it does by UTC."""
    moments = ["2026-01-01T06:59:59Z", "2026-01-01T07:00:00Z", "2026-07-01T05:59:59Z"]
    payments = [
        {
            "PaymentGuid": f"a{number}",
            "PaymentDate": moment,
            "PaymentTypeId": 2,
            "PayerName": "Ann",
            "bill": [{"AccountNumber": "7", "Amount": "1.00"}],
        }
        for number, moment in enumerate(moments)
    ]
    data = "".join(json.dumps(one) + "\n" for one in payments).encode()
    compiled = execution == "compiled"
    made = mapped(project, "caselle/cash-receipting/lockbox", "fir", data, compiled=compiled)
    assert made.body.decode().splitlines() == [
        "12/31/2025,102,98,1.00,7,Ann",
        "01/01/2026,102,95,1.00,7,Ann",
        "06/30/2026,102,95,1.00,7,Ann",
    ]
