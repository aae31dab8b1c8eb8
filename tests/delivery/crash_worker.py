"""A worker for the tests that stop, trace or starve one: delivers one payment, slowly or not.

crash_worker.py URL FOLDER DATABASE COUNT [PAUSE_BEFORE_SEND]
"""

import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / part) for part in (".", "engine")]


from tests.delivery import partner, planted

from crosswalk.delivery import sender
from crosswalk.delivery.deliver import deliver_sync
from crosswalk.delivery.faults import LedgerUnavailable
from crosswalk.delivery.worker import Pace


def main() -> int:
    url, folder, database, count = sys.argv[1:5]
    setup = partner.setup(url, Path(folder) / "state")
    payments = [partner.payment(f"g-{n}", "inv-1", 100) for n in range(int(count))]
    if len(sys.argv) > 5:
        honest = getattr(sender.Sender, "_may_start")  # noqa: B009 - it has no other name

        def late(self: sender.Sender, *work: object) -> bool:
            """Check as ever, then pause: stopped between the check and the send."""
            answer = bool(honest(self, *work))
            sys.stdout.write("sending\n")
            sys.stdout.flush()
            time.sleep(float(sys.argv[5]))
            return answer

        planted.plant(sender.Sender, "_may_start", late)
    try:
        deliver_sync(payments, setup, database, Pace(sends=1, patience_s=3, poll_s=0.05))
    except LedgerUnavailable as fault:
        sys.stdout.write(f"{fault}\n")
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
