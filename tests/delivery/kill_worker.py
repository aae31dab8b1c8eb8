"""One lane of the kill loop: imports everything once, then forks a fresh worker on each `go`.

Reads lines from standard input: `go FIRST LAST` forks a worker that hands over those payments of
the input and delivers; the answer is its process id, and `up` once it is about to send. `wait`
waits for it and answers its exit.
"""

import asyncio
import gc
import os
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / part) for part in (".", "engine")]


from tests.delivery import load, partner, planted

from crosswalk.delivery.deliver import deliver, deliver_sync
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.request import Request
from crosswalk.delivery.setup import Setup
from crosswalk.delivery.worker import Pace

PACE = Pace(sends=6, lookups=3, patience_s=0.3, poll_s=0.02, recover_s=0.2)


def child(requests: list[Request], setup: Setup, database: str) -> None:
    """Deliver, saying `up` once payments begin to leave (or never will)."""
    code = 1
    try:
        ledger = Ledger(database)
        asyncio.run(deliver(requests, setup, ledger, PACE, lambda _: say_up()))
        code = 0
    finally:
        if code:
            say_up()
        os._exit(code)


def say_up() -> None:
    os.write(1, b"up\n")


def warm(database: str) -> None:
    """Import what is imported late, so that a worker's short life is spent on payments."""
    with tempfile.TemporaryDirectory() as folder:
        nobody = partner.setup("http://127.0.0.1:9/graphql", Path(folder))
        url = f"sqlite:///{folder}/ledger.db"
        deliver_sync([partner.payment("warm", "up", 1)], nobody, url, Pace(patience_s=0))
    ledger = Ledger(database)  # its driver too; nothing stays open before the fork
    ledger.owner().close()
    ledger.close()


def main() -> None:
    url, folder, database, count, seed, bug = sys.argv[1:]
    setup = partner.setup(url, Path(folder) / "state", load.token(url), **load.TIMES)
    requests = load.requests(int(count), int(seed))
    warm(database)
    if bug:
        planted.BUGS[bug]()
    gc.freeze()
    pid = 0
    for line in sys.stdin:
        words = line.split()
        if words[0] == "go":
            pid = os.fork()
            if pid == 0:
                child(requests[int(words[1]) : int(words[2])], setup, database)
            sys.stdout.write(f"{pid}\n")
        else:
            sys.stdout.write(f"{os.waitpid(pid, 0)[1]}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
