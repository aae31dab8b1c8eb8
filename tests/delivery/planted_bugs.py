"""Run the kill loop against each planted bug: every one must be found (D3).

    python tests/delivery/planted_bugs.py --seconds 15 --seed 1
    python tests/delivery/planted_bugs.py --bug timeout_not_sent

Exit code 0: every bug was caught; 1: one got through, so the loop is no judge.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / part) for part in (".", "engine")]

from tests.delivery import planted

LIFE = "1.0"  # longer lives: most bugs need the worker to see its own mistake


def caught(bug: str, seconds: float, seed: int) -> dict[str, int]:
    """Return what the loop found with a bug planted; it goes on with other seeds if nothing."""
    for attempt in range(3):
        command = [sys.executable, str(HERE / "kill_loop.py"), "--bug", bug]
        command += ["--seconds", str(seconds * (attempt + 1)), "--seed", str(seed + attempt)]
        command += ["--life", LIFE]
        command += planted.NEEDS.get(bug, [])
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(f"the loop itself failed with {bug}:\n{done.stderr}")
        findings: dict[str, int] = json.loads(done.stdout)["findings"]
        if findings:
            return findings
    return {}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bug", choices=sorted(planted.BUGS), action="append")
    given = parser.parse_args()
    missed = 0
    for bug in given.bug or planted.BUGS:
        findings = caught(bug, given.seconds, given.seed)
        missed += not findings
        sys.stdout.write(f"{'caught' if findings else 'MISSED'} {bug}: {findings}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(given.bug or planted.BUGS) - missed} caught, {missed} missed\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
