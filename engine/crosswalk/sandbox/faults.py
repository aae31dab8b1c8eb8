"""Every fault the sandbox partner can be told to show, as one table (delivery D1, D8, D11)."""

import random
import threading
from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class When(StrEnum):
    """When a mutation takes effect under a fault."""

    NOW = "now"
    NEVER = "never"
    LATE = "late"


class Show(StrEnum):
    """What the client gets to see."""

    PROPER = "proper"
    RESET = "reset"
    CLOSE = "close"
    SILENT = "silent"
    SLOW = "slow"
    STATUS = "status"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    HTML = "html"
    PARTIAL = "partial"
    REFUSED = "refused"
    ERRORS = "errors"
    ECHO = "echo"
    TAKEN = "taken"
    DRIP_HEADERS = "drip_headers"
    DRIP_BODY = "drip_body"
    GZIP = "gzip"
    HUGE = "huge"
    REDIRECT = "redirect"


@dataclass(frozen=True, slots=True)
class Fault:
    """When the mutation takes effect, what is shown, and the status where one is shown."""

    when: When
    show: Show
    status: int = 200
    retry_after: str | None = None


FAULTS: dict[str, Fault] = {
    "none": Fault(When.NOW, Show.PROPER),
    "drop_before": Fault(When.NEVER, Show.RESET),
    "close_before": Fault(When.NEVER, Show.CLOSE),
    "drop_after": Fault(When.NOW, Show.RESET),
    "close_after": Fault(When.NOW, Show.CLOSE),
    "500_before": Fault(When.NEVER, Show.STATUS, 500),
    "500_after": Fault(When.NOW, Show.STATUS, 500),
    "503_after": Fault(When.NOW, Show.STATUS, 503),
    "429": Fault(When.NEVER, Show.STATUS, 429, "1"),
    "401": Fault(When.NEVER, Show.STATUS, 401),
    "403": Fault(When.NEVER, Show.STATUS, 403),
    "slow": Fault(When.NOW, Show.SLOW),
    "late": Fault(When.LATE, Show.SILENT),
    "silent": Fault(When.NEVER, Show.SILENT),
    "malformed": Fault(When.NOW, Show.MALFORMED),
    "truncated": Fault(When.NOW, Show.TRUNCATED),
    "html": Fault(When.NOW, Show.HTML),
    "partial": Fault(When.NOW, Show.PARTIAL),
    "errors_after": Fault(When.NOW, Show.ERRORS),
    "errors_before": Fault(When.NEVER, Show.ERRORS),
    "refused": Fault(When.NEVER, Show.REFUSED),
    "echo": Fault(When.NOW, Show.ECHO),
    "taken": Fault(When.NEVER, Show.TAKEN),
    "drip_headers": Fault(When.NOW, Show.DRIP_HEADERS),
    "drip_body": Fault(When.NOW, Show.DRIP_BODY),
    "gzip": Fault(When.NOW, Show.GZIP),
    "huge": Fault(When.NOW, Show.HUGE),
    "redirect": Fault(When.NEVER, Show.REDIRECT, 307),
}

LOOP = (
    "drop_before",
    "close_before",
    "drop_after",
    "close_after",
    "500_before",
    "500_after",
    "429",
    "401",
    "slow",
    "late",
    "malformed",
    "partial",
    "errors_after",
    "errors_before",
    "refused",
)
"""The faults of the kill loop (D1)."""


class Faults:
    """Chooses the fault of each mutation: those queued first, then by chance with a seed.

    `share` of the mutations get one of `names`, each as likely; queries are only ever dropped or
    answered with 500, in `read_share` of the cases.
    """

    def __init__(
        self,
        names: tuple[str, ...] = (),
        share: float = 0.0,
        read_share: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.names = names
        self.share = share
        self.read_share = read_share
        self.queue: deque[Fault] = deque()
        self.read_queue: deque[Fault] = deque()
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._lock = threading.Lock()

    def heal(self) -> None:
        """Show no fault any more."""
        with self._lock:
            self.share = self.read_share = 0.0
            self.queue.clear()
            self.read_queue.clear()

    def add(self, *names: str | Fault) -> None:
        """Queue faults for the next mutations, by name or as they are."""
        with self._lock:
            self.queue += [one if isinstance(one, Fault) else FAULTS[one] for one in names]

    def add_read(self, *names: str) -> None:
        """Queue faults for the next queries."""
        with self._lock:
            self.read_queue += [FAULTS[name] for name in names]

    def choose(self, *, reads: bool) -> Fault:
        """Return the fault of the next request."""
        with self._lock:
            queue = self.read_queue if reads else self.queue
            if queue:
                return queue.popleft()
            share = self.read_share if reads else self.share
            if self._random.random() >= share:
                return FAULTS["none"]
            names = ("drop_before", "500_before") if reads else self.names
            return FAULTS[self._random.choice(names)]
