from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.delivery.conftest import database as database  # noqa: PLC0414 - a fixture, used by name
from tests.outbound.kit import Opened, Place, place


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Open a place with changes of its documents (file, old, new)."""
    with ExitStack() as stack:

        def open_(*changes: tuple[str, str, str], ledger: str = "") -> Place:
            there = ledger or str(tmp_path / "out" / "ledger.db")
            return stack.enter_context(place(tmp_path, there, *changes))

        yield open_
