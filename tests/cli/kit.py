"""Runs the command as its users do: in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATEMENT = ROOT / "fixtures" / "billers" / "newport" / "statement.txt"
DAMAGED = ROOT / "fixtures" / "billers" / "newport" / "damaged.txt"
MAPPING = "caselle/ar/invoice"
COLORS = ("NO_COLOR", "FORCE_COLOR", "CROSSWALK_FORMAT")


def crosswalk(
    *args: object, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command line; colours are only as `env` says."""
    plain = {name: value for name, value in os.environ.items() if name not in COLORS}
    return subprocess.run(
        [sys.executable, "-m", "crosswalk", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**plain, "PYTHONPATH": str(ROOT / "engine"), **(env or {})},
        timeout=120,
    )
