"""A project with the shipped mappings, two billers that have a lockbox file, and odd rule sets."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from click.testing import CliRunner, Result

from crosswalk.cli.main import group

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DECISIONS = ROOT / "tests" / "decisions"
LEGACY = DECISIONS / "legacy"
PAYMENTS = ROOT / "tests" / "operations" / "payments.jsonl"
MODEL = "caselle/cash-receipting/payment-code"
GO_FORWARD = "caselle/cash-receipting/go-forward"
LOCKBOX = "caselle/cash-receipting/lockbox"
OLD = ("--set", "64=101|99|0", "--set", "65=101|98|99")
NEW = ("--set", "64=101|97|0", "--set", "65=101|95|0")


def laid_out(folder: Path, *billers: str) -> Path:
    """Copy the mappings, the rule sets S, V and G of the facts, and some billers."""
    shutil.copytree(ROOT / "mappings", folder / "mappings")
    for path in (DECISIONS / "sets").glob("*.yaml"):
        shutil.copy(path, folder / "mappings" / path.name)
    for name in billers:
        path = HERE / "billers" / f"{name}.yaml"
        shutil.copy(path, folder / "mappings" / "billers" / path.name)
    return folder


@cache
def project() -> Path:
    """Give a folder with all of it, for tests that only read."""
    return laid_out(Path(mkdtemp(prefix="crosswalk-")), "elm-grove", "old-mill")


def rules(*args: str, folder: Path | None = None) -> Result:
    """Run `crosswalk rules`."""
    return CliRunner().invoke(group, ["-C", str(folder or project()), "rules", *args])
