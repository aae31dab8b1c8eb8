"""The kill loop, short, on every engine; and the proof that it finds a planted bug (D1, D2, D3).

The seconds of killing are taken from CROSSWALK_KILL_SECONDS (6 when not given).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.delivery import databases, planted_bugs

HERE = Path(__file__).resolve().parent
SECONDS = os.environ.get("CROSSWALK_KILL_SECONDS", "6")


def loop(*more: str) -> tuple[int, dict[str, dict[str, int]]]:
    command = [sys.executable, str(HERE / "kill_loop.py"), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize("kind", databases.kinds())
def test_killed_workers_double_and_lose_nothing(kind: str) -> None:
    more = ["--database", os.environ[databases.POSTGRES]] if kind == "postgresql" else []
    code, report = loop("--seconds", SECONDS, "--seed", "5", *more)
    assert (code, report["findings"]) == (0, {})


def test_the_loop_finds_a_recovery_that_sends_again() -> None:
    """On a machine that is busy with other work a run may see too little: up to three are made."""
    assert planted_bugs.caught("recovery_makes_ready", 6, 5)["doubled"] > 0
