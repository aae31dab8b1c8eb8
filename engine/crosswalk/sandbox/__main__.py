"""Start the sandbox partner by hand: `python -m crosswalk.sandbox DESCRIPTION --receipts FILE`."""

import argparse
import sys
from pathlib import Path

from crosswalk.sandbox import graph
from crosswalk.sandbox.faults import FAULTS, LOOP, Faults
from crosswalk.sandbox.server import Behaviour, Sandbox
from crosswalk.sandbox.store import Store


def arguments() -> argparse.ArgumentParser:
    """Return the parser of the command's arguments."""
    parser = argparse.ArgumentParser(prog="python -m crosswalk.sandbox", description=__doc__)
    parser.add_argument("description", type=Path, help="what the partner does (JSON)")
    parser.add_argument("--receipts", type=Path, required=True, help="where receipts are kept")
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--fault", action="append", default=[], choices=sorted(FAULTS))
    parser.add_argument("--share", type=float, default=0.0, help="share of requests with a fault")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--slow", type=float, default=2.0, help="seconds of a slow answer")
    parser.add_argument("--late", type=float, default=1.0, help="seconds until a late commit")
    return parser


def start(given: argparse.Namespace) -> Sandbox:
    """Return a partner that is ready to serve."""
    partner = graph.load(given.description)
    group = str(partner.does["create"]["group"])
    store = Store(given.receipts, partner.number, partner.voided, group)
    faults = Faults(tuple(given.fault) or LOOP, given.share, 0.0, given.seed)
    behaviour = Behaviour(slow_s=given.slow, late_s=given.late, faults=faults)
    return Sandbox(partner, store, behaviour, given.port)


def main() -> int:
    """Serve until interrupted."""
    sandbox = start(arguments().parse_args())
    sys.stdout.write(f"partner sandbox on {sandbox.url}\n")
    sys.stdout.flush()
    try:
        sandbox.serve()
    except KeyboardInterrupt:
        sandbox.wait_late()
    return 0


if __name__ == "__main__":
    sys.exit(main())
