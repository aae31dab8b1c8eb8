"""Opening the ledger's database: durable, one writer at a time, safe against forks, migrated."""

import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import StaticPool

from crosswalk.delivery import rules, tables
from crosswalk.delivery.faults import ForkedLedger, LedgerTooNew, LedgerUnavailable
from crosswalk.delivery.states import TRANSITIONS

if TYPE_CHECKING:
    from collections.abc import Callable

READ_ONLY = "crosswalk_read_only"
_TRIGGERS = {"sqlite": rules.sqlite_triggers, "postgresql": rules.postgresql_triggers}
BUSY_S = 30
_IN_MEMORY = (None, "", ":memory:")
_UNUSABLE = frozenset({sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.DatabaseError})
"""What a driver raises when the database as a whole fails: DatabaseError itself is SQLite's word
for a file that is damaged or no database; its subclasses are about one statement."""


def _first(connection: sa.Connection) -> None:
    tables.META.create_all(connection)
    rows = [{"src": src.value, "dst": dst.value} for src, dst in TRANSITIONS]
    connection.execute(sa.insert(tables.transition), rows)
    ledger_id = secrets.token_hex(16)
    connection.execute(sa.insert(tables.meta), {"name": "ledger_id", "value": ledger_id})
    for statement in _TRIGGERS[connection.dialect.name]():
        connection.exec_driver_sql(statement)


MIGRATIONS: "tuple[Callable[[sa.Connection], None], ...]" = (_first,)
"""One function per schema version, in order; a released one is never changed."""


class Database:
    """A ledger's database. `url`: `sqlite:///path` or `postgresql+psycopg://...`.

    Raises LedgerUnavailable when it cannot be opened, LedgerTooNew when a newer version wrote it.
    """

    def __init__(self, url: str, now_us: int) -> None:
        self.pid = os.getpid()
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.in_memory = self.is_sqlite and self.engine.url.database in _IN_MEMORY
        with self.read() as connection:
            done = _version(connection)
        if done != len(MIGRATIONS):
            with self.write() as connection:
                _migrate(connection, now_us)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open a transaction that holds the write lock; it is durable once the block is left."""
        with self._transaction(self.engine) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction for reading only."""
        engine = self.engine.execution_options(**{READ_ONLY: True})
        with self._transaction(engine) as connection:
            yield connection

    @contextmanager
    def _transaction(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        if os.getpid() != self.pid:
            raise ForkedLedger("the ledger was opened before a fork; open it in the new process")
        try:
            with engine.begin() as connection:
                yield connection
        except sa.exc.DBAPIError as fault:
            if type(fault) not in _UNUSABLE:
                raise
            raise LedgerUnavailable(f"the ledger cannot be used: {_reason(fault)}") from None

    def close(self) -> None:
        """Close every connection; after that the object is not used again."""
        if os.getpid() == self.pid:
            self.engine.dispose()


def _engine(url: str) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise LedgerUnavailable("the ledger's URL cannot be read") from None
    if parsed.get_backend_name() not in _TRIGGERS:
        raise LedgerUnavailable("a ledger is sqlite:///path or postgresql+psycopg://...")
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed)
    engine = sa.create_engine(parsed, pool_size=2, pool_pre_ping=True, **_quiet())
    event.listen(engine, "connect", _postgresql_connect)
    return engine


def _quiet() -> dict[str, Any]:
    """Give the options that keep payloads out of logs; at DEBUG an engine shows whole rows."""
    name = "crosswalk-ledger"
    logging.getLogger(f"sqlalchemy.engine.Engine.{name}").setLevel(logging.WARNING)
    return {"hide_parameters": True, "logging_name": name}


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    options: dict[str, Any] = {**_quiet(), "connect_args": {"timeout": BUSY_S}}
    if url.database in _IN_MEMORY:
        options["poolclass"] = StaticPool
        options["connect_args"]["check_same_thread"] = False
    else:
        with suppress(OSError):  # what is wrong with the place is told by the first connection
            os.close(os.open(str(url.database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    engine = sa.create_engine(url, **options)
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connect(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode = DELETE", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: sa.Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _postgresql_connect(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
        cursor.execute("SET statement_timeout = '30s'")
    connection.commit()


def _migrate(connection: sa.Connection, now_us: int) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7204401)")
    done = _version(connection)
    if done > len(MIGRATIONS):
        raise LedgerTooNew(f"the ledger has version {done}, this program knows {len(MIGRATIONS)}")
    for number in range(done + 1, len(MIGRATIONS) + 1):
        MIGRATIONS[number - 1](connection)
        row = {"number": number, "applied_us": now_us}
        connection.execute(sa.insert(tables.migration), row)


def _version(connection: sa.Connection) -> int:
    if not sa.inspect(connection).has_table("migration"):
        return 0
    return connection.scalar(sa.select(sa.func.max(tables.migration.c.number))) or 0


def _reason(fault: sa.exc.DBAPIError) -> str:
    """Name the driver's fault by its class and first line; statements and values stay out."""
    lines = str(fault.orig).strip().splitlines()
    return lines[0] if lines else type(fault.orig).__name__
