"""A fresh database for a test or a run: an SQLite file, or one made on a PostgreSQL server."""

import os
import secrets
from pathlib import Path

import sqlalchemy as sa

POSTGRES = "CROSSWALK_TEST_POSTGRES"


def fresh(url: str | None, folder: Path) -> str:
    """Return the URL of an empty database: on the server of `url`, else a file in `folder`."""
    if url is None or url.startswith("sqlite"):
        return url or f"sqlite:///{folder}/ledger.db"
    name = f"crosswalk_{secrets.token_hex(6)}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def drop(url: str) -> None:
    """Remove a database that `fresh` made on a server."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return
    engine = sa.create_engine(parsed.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {parsed.database} WITH (FORCE)")
    engine.dispose()


def kinds() -> list[str]:
    """SQLite always, PostgreSQL when the tests were given one."""
    return ["sqlite", "postgresql"] if os.environ.get(POSTGRES) else ["sqlite"]
