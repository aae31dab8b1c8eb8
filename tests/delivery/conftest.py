import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.delivery import databases, partner

from crosswalk.delivery.ledger import Ledger
from crosswalk.sandbox.server import Sandbox


@pytest.fixture(params=databases.kinds())
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    server = os.environ.get(databases.POSTGRES) if request.param == "postgresql" else None
    url = databases.fresh(server, tmp_path)
    yield url
    databases.drop(url)


@pytest.fixture
def ledger(database: str) -> Iterator[Ledger]:
    opened = Ledger(database)
    yield opened
    opened.close()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with partner.sandbox(tmp_path) as running:
        running.behaviour.slow_s = 0.8
        running.behaviour.late_s = 0.6
        yield running
