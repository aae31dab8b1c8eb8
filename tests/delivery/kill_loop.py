"""The kill loop (D1, D2): workers are killed at random while the partner shows every fault.

    python tests/delivery/kill_loop.py --seconds 60 --seed 1
    python tests/delivery/kill_loop.py --kills 1000 --payments 3000 --seed 1
    python tests/delivery/kill_loop.py --seconds 15 --bug timeout_not_sent     must fail

The judge is the partner's own list of receipts, never what the workers said. Exit code 0: nothing
doubled, nothing lost, both sides agree; 1: the findings are printed.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / part) for part in (".", "engine")]


from tests.delivery import databases, load, partner

from crosswalk.delivery import review, views
from crosswalk.delivery.deliver import deliver_sync
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.request import Kind, Request
from crosswalk.delivery.worker import Pace
from crosswalk.sandbox.faults import LOOP, Faults
from crosswalk.sandbox.server import Behaviour, Sandbox

Row = dict[str, Any]
HERE = Path(__file__).resolve().parent
DRAIN = Pace(sends=8, lookups=8, patience_s=5.0, poll_s=0.05, recover_s=0.3)
FAULTY_TURNS = 40
FEW = 20
UP_SHARE = 0.8  # of the lives are counted from when payments begin to leave, the rest from the fork
OPEN = {"READY", "SENDING", "UNKNOWN", "HELD"}


@dataclass
class Loop:
    """A run of the loop, shared by its lanes."""

    options: argparse.Namespace
    folder: Path
    sandbox: Sandbox
    requests: list[Request]
    began: float = field(default_factory=time.monotonic)
    broken: int = 0
    kills: int = 0
    ends: int = 0
    given: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def goes_on(self) -> bool:
        if self.options.kills is not None:
            return bool(self.kills < self.options.kills)
        return bool(time.monotonic() - self.began < self.options.seconds)

    def share(self) -> tuple[int, int]:
        """The next payments to hand over, a few of them for the second time."""
        with self.lock:
            first = max(self.given - 2, 0)
            if self.options.kills is not None:
                done = (self.kills + self.ends) / self.options.kills
            else:
                done = (time.monotonic() - self.began) / self.options.seconds
            target = int(len(self.requests) * min(done * 1.15 + 0.02, 1.0))
            self.given = max(self.given, min(target, self.given + 15))
            return first, self.given


def lane(loop: Loop, number: int) -> None:
    chance = random.Random(loop.options.seed * 10 + number)
    command = [sys.executable, str(HERE / "kill_worker.py"), loop.sandbox.url, str(loop.folder)]
    command += [loop.options.database, str(len(loop.requests)), str(loop.options.seed)]
    command += [loop.options.bug or ""]
    worker = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log(loop, number), text=True
    )
    ledger = Ledger(loop.options.database)
    try:
        while loop.goes_on():
            free(ledger)
            first, last = loop.share()
            pid, is_up = tell(worker, f"go {first} {last}")
            if chance.random() < UP_SHARE and not is_up:
                listen(worker)
            time.sleep(chance.uniform(0.02, loop.options.life))
            os.kill(pid, signal.SIGKILL)
            status, _ = tell(worker, "wait")
            with loop.lock:
                loop.kills += os.WIFSIGNALED(status)
                loop.ends += not os.WIFSIGNALED(status)
    except BrokenPipeError:
        loop.broken += 1
    finally:
        ledger.close()
        if worker.stdin is not None:
            worker.stdin.close()
        worker.wait()


def log(loop: Loop, number: int) -> TextIO:
    return (loop.folder / f"lane-{number}.err").open("w")


def tell(worker: subprocess.Popen[str], line: str) -> tuple[int, bool]:
    """Give a command; returns the number answered, and whether the worker said `up` before."""
    if worker.stdin is None:
        raise BrokenPipeError
    worker.stdin.write(line + "\n")
    worker.stdin.flush()
    is_up = False
    while (answer := listen(worker)) == "up":
        is_up = True
    return int(answer), is_up


def listen(worker: subprocess.Popen[str]) -> str:
    answer = worker.stdout.readline() if worker.stdout else ""
    if not answer:
        raise BrokenPipeError("a lane ended; see its .err file")
    return answer.strip()


def free(ledger: Ledger) -> None:
    """Do what an operator does: free an endpoint that was held for a refused token."""
    for row in views.endpoints(ledger):
        if row["held"]:
            who = review.Decision("harness", "token was renewed")
            review.free(ledger, row["biller"], row["endpoint"], who)


def drain(loop: Loop) -> None:
    """Let unharmed workers finish: first while the faults go on, then with a healthy partner."""
    setup = partner.setup(
        loop.sandbox.url, loop.folder / "state", load.token(loop.sandbox.url), **load.TIMES
    )
    deliver_sync(loop.requests, setup, loop.options.database, replace(DRAIN, patience_s=0.0))
    for turn in range(FAULTY_TURNS + 8):
        ledger = Ledger(loop.options.database)
        free(ledger)
        left = {one.state: one.count for one in views.totals(ledger) if one.state in OPEN}
        ledger.close()
        if not left:
            break
        is_faulty = turn < FAULTY_TURNS and left.get("READY", 0) > FEW
        if not is_faulty:
            loop.sandbox.behaviour.faults.heal()
        pace = replace(DRAIN, patience_s=1.5) if is_faulty else DRAIN
        deliver_sync([], setup, loop.options.database, pace)
    loop.sandbox.wait_late()


def judge(loop: Loop) -> dict[str, list[str]]:
    """Compare the ledger with the partner's own books; an empty dict is a pass."""
    receipts = loop.sandbox.store.find({})
    ledger = Ledger(loop.options.database)
    rows = {row["idem_key"]: row for row in views.exported(ledger, views.Filter())}
    found: dict[str, list[str]] = {
        "doubled": doubled(receipts),
        "lost": [one.key for one in loop.requests if one.key not in rows],
        "open": [key for key, row in rows.items() if row["state"] in OPEN],
        "broken chains": [str(one) for one in views.broken_chains(ledger)],
    }
    ledger.close()
    books = {(one["confirmationNumber"], one["allocateTo"]): one for one in receipts}
    for request in loop.requests:
        row = rows.get(request.key)
        if row is not None:
            kind = "void" if request.kind is Kind.VOID else "payment"
            problem = CHECKS[kind](request, row, books, rows)
            if problem:
                found.setdefault(problem, []).append(request.key)
    return {name: keys for name, keys in found.items() if keys}


def doubled(receipts: list[Row]) -> list[str]:
    names = ("confirmationNumber", "allocateTo", "amount")
    counts = Counter(tuple(one[name] for name in names) for one in receipts)
    many = [str(key) for key, count in counts.items() if count > 1]
    return many + [f"void {one['receiptNumber']}" for one in receipts if one.get("_voids", 0) > 1]


def check_payment(
    request: Request, row: Row, books: dict[Any, Row], _: dict[Any, Row]
) -> str | None:
    receipt = books.get((request.variables["confirmationNumber"], request.variables["allocateTo"]))
    if row["state"] == "POSTED":
        if receipt is None:
            return "posted without a receipt"
        same = receipt["receiptNumber"] == row["partner_ref"]
        same = same and receipt["amount"] == request.variables["amount"]
        return None if same else "posted with another receipt"
    if row["state"] in ("REJECTED", "CANCELLED") and receipt is not None:
        return "refused but at the partner"
    return None


def check_void(
    request: Request, row: Row, books: dict[Any, Row], rows: dict[Any, Row]
) -> str | None:
    paid = rows.get(request.target or "")
    voided = {one["receiptNumber"] for one in books.values() if one["voided"]}
    number = paid["partner_ref"] if paid else None
    if row["state"] == "POSTED" and number not in voided:
        return "void posted, receipt not voided"
    if row["state"] in ("REJECTED", "CANCELLED", "HELD") and number in voided:
        return "void not posted, receipt voided"
    return None


CHECKS = {"payment": check_payment, "void": check_void}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--payments", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.5, help="share of faulty answers")
    parser.add_argument("--fault", action="append", help="only these faults")
    parser.add_argument("--life", type=float, default=0.25, help="a worker's longest life, seconds")
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--database", help="PostgreSQL server's URL; else an SQLite file")
    parser.add_argument("--bug", default="")
    parser.add_argument("--keep", type=Path, help="folder to keep everything in")
    return parser.parse_args()


def main() -> int:
    given = options()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="kill-loop-"))
    folder.mkdir(parents=True, exist_ok=True)
    given.database = databases.fresh(given.database, folder)
    payments = given.payments or int(
        (given.kills / 1000 * 3000) if given.kills else given.seconds * 12
    )
    faults = Faults(tuple(given.fault or LOOP), given.share, 0.1, given.seed)
    behaviour = Behaviour(slow_s=load.SLOW_S, late_s=load.LATE_S, faults=faults)
    behaviour.token = ("client-a", "canary-client-secret")
    with partner.sandbox(folder, behaviour) as sandbox:
        loop = Loop(given, folder, sandbox, load.requests(payments, given.seed))
        lanes = [
            threading.Thread(target=lane, args=(loop, number)) for number in range(given.lanes)
        ]
        Ledger(given.database).close()
        for one in lanes:
            one.start()
        for one in lanes:
            one.join()
        took = time.monotonic() - loop.began
        drain(loop)
        findings = judge(loop)
        report(loop, took, findings)
    databases.drop(given.database)
    if loop.broken or loop.kills == 0:
        sys.stderr.write(f"the loop did not work: {loop.broken} lanes broke, see {folder}\n")
        return 2
    return 1 if findings else 0


def report(loop: Loop, took: float, findings: dict[str, list[str]]) -> None:
    ledger = Ledger(loop.options.database)
    states = {one.state: one.count for one in views.totals(ledger)}
    ledger.close()
    mutations = [one for one in loop.sandbox.arrivals if one.fault not in ("query", "none")]
    figures = {
        "database": loop.options.database.split(":")[0],
        "seed": loop.options.seed,
        "bug": loop.options.bug or None,
        "payments and voids": len(loop.requests),
        "kills": loop.kills,
        "ended by themselves": loop.ends,
        "requests at the partner": len(loop.sandbox.arrivals),
        "mutations": len(mutations),
        "faults shown": dict(Counter(one.fault for one in mutations)),
        "states": states,
        "seconds of killing": round(took, 1),
        "seconds in all": round(time.monotonic() - loop.began, 1),
        "findings": {name: len(keys) for name, keys in findings.items()},
        "examples": {name: keys[:3] for name, keys in findings.items()},
    }
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
