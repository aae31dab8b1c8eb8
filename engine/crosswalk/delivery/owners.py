"""Who is sending, and proof that a worker is dead: a lock that only its death releases.

On one host the proof is an exclusive file lock held for the worker's life: the kernel releases it
at death, and a stopped worker still holds it (delivery 3.3). On PostgreSQL it is a session's
advisory lock, checked again right before each send; a network split can leave a small window.
"""

import fcntl
import os
import secrets
import time
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from crosswalk.delivery.database import Database
from crosswalk.delivery.faults import LedgerUnavailable

OLD_S = 3600.0


class Owner(Protocol):
    """A living worker's claim to be alive."""

    name: str
    proof: str

    def holds(self) -> bool:
        """Tell whether the lock is certainly still held."""
        ...

    def is_dead(self, proof: str) -> bool:
        """Tell whether the worker behind another proof is certainly dead."""
        ...

    def bury(self, proof: str) -> None:
        """Remove what is left of a dead worker whose deliveries were all taken over."""
        ...

    def remove(self) -> None:
        """Remove what is left of this worker itself, at a clean end."""
        ...

    def close(self) -> None:
        """Give the lock back."""
        ...


class FileOwner:
    """A worker of this host; its lock file lies in `folder`, beside the ledger."""

    def __init__(self, folder: Path) -> None:
        self.name = secrets.token_hex(8)
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / lock_name(self.name)
        self.proof = f"file:{self._path.name}"
        self._lock = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._pid = os.getpid()

    def holds(self) -> bool:
        """Tell whether the lock file is still ours: not after a fork, not when it was removed."""
        try:
            ours, there = os.fstat(self._lock), self._path.stat()
        except OSError:
            return False
        return os.getpid() == self._pid and ours.st_ino == there.st_ino

    def is_dead(self, proof: str) -> bool:
        """Tell whether another worker's lock is free. A missing file proves nothing."""
        kind, _, name = proof.partition(":")
        if kind != "file" or Path(name).name != name:
            return False
        path = self._folder / name
        return path.exists() and not is_locked(path)

    def bury(self, proof: str) -> None:
        """Remove a dead worker's lock file."""
        if self.is_dead(proof):
            (self._folder / proof.partition(":")[2]).unlink(missing_ok=True)

    def sweep(self, known: set[str]) -> None:
        """Remove old lock files of workers that died before they claimed anything."""
        for path in self._folder.glob("*.lock"):
            proof = f"file:{path.name}"
            if proof not in known and _age_s(path) > OLD_S and self.is_dead(proof):
                path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the lock file: nothing of ours is unsettled."""
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Give the lock back; the file stays, so that unsettled rows can still be taken over."""
        os.close(self._lock)


class SessionOwner:
    """A worker anywhere, by an advisory lock of a PostgreSQL session of its own."""

    def __init__(self, database: Database) -> None:
        self.name = secrets.token_hex(8)
        self.proof = f"session:{_key(self.name)}"
        self._connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._pid = os.getpid()
        if not self._lock(_key(self.name)):
            raise LedgerUnavailable("the worker's lock could not be taken")

    def holds(self) -> bool:
        """Ask the database whether the session is still there with its lock."""
        if os.getpid() != self._pid:
            return False
        query = sa.text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND pid = pg_backend_pid() AND granted"
        )
        try:
            return bool(self._connection.scalar(query))
        except sa.exc.DBAPIError:
            return False

    def is_dead(self, proof: str) -> bool:
        """Tell whether another session's lock is free."""
        kind, _, key = proof.partition(":")
        if kind != "session" or not key.lstrip("-").isdigit():
            return False
        if not self._lock(int(key)):
            return False
        self._connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": int(key)})
        return True

    def bury(self, proof: str) -> None:
        """Do nothing: a session leaves nothing behind."""

    def remove(self) -> None:
        """Do nothing: a session leaves nothing behind."""

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _lock(self, key: int) -> bool:
        query = sa.text("SELECT pg_try_advisory_lock(:key)")
        return bool(self._connection.scalar(query, {"key": key}))


def lock_name(worker: str) -> str:
    """Give the name of a worker's lock file."""
    return f"{worker}.lock"


def is_locked(path: Path) -> bool:
    """Tell whether a lock file is there and held; one that cannot be opened is not held by us."""
    try:
        other = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(other)
    return False


def is_session(database: Database, worker: str) -> bool:
    """Tell whether a session still holds a worker's advisory lock; the look lets go again."""
    query = sa.text("SELECT pg_try_advisory_xact_lock(:key)")
    with database.write() as connection:
        return not connection.scalar(query, {"key": _key(worker)})


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def _key(name: str) -> int:
    return int(name[:15], 16)
