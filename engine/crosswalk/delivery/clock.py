"""Time as the delivery sees it: one place to read it, so that a simulation can bring its own."""

import asyncio
import time
from typing import Protocol

SECOND_US = 1_000_000


class Clock(Protocol):
    """Wall-clock time in microseconds since 1970 UTC, and a way to wait."""

    def now_us(self) -> int:
        """Return the time, in microseconds since 1970 UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_us(self) -> int:
        """Return the machine's time, in microseconds since 1970 UTC."""
        return time.time_ns() // 1000

    async def sleep(self, seconds: float) -> None:
        """Wait that long without blocking the event loop."""
        await asyncio.sleep(seconds)
