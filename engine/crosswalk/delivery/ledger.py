"""The ledger: every delivery, every attempt, every step, durable before anything is sent."""

from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa

from crosswalk.delivery import due, intake, journal, owners, settling, tables, takeover
from crosswalk.delivery.classify import Verdict
from crosswalk.delivery.clock import SECOND_US, Clock, SystemClock
from crosswalk.delivery.database import Database
from crosswalk.delivery.due import Scope
from crosswalk.delivery.faults import IllegalStep, LedgerUnavailable
from crosswalk.delivery.freeze import Frozen
from crosswalk.delivery.intake import Submitted
from crosswalk.delivery.journal import Delivery, Note
from crosswalk.delivery.owners import FileOwner, Owner, SessionOwner
from crosswalk.delivery.settling import Plan
from crosswalk.delivery.states import State

D = tables.delivery.c
RACES = 5


class Ledger:
    """A ledger by URL: `sqlite:///path` (default kind) or `postgresql+psycopg://...`.

    Every method is one transaction. Raises LedgerUnavailable when it cannot be made durable.
    """

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.database = Database(url, self.clock.now_us())

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    def owner(self) -> Owner:
        """Become a worker of this ledger: take a lock that only this process's death releases."""
        if not self.database.is_sqlite:
            return SessionOwner(self.database)
        if self.database.in_memory:
            raise LedgerUnavailable("a ledger is kept on disk: what is in memory is soon forgotten")
        owner = FileOwner(self._workers())
        owner.sweep(takeover.proofs(self.database))
        return owner

    def is_alive(self, worker: str) -> bool:
        """Tell whether a worker still holds its lock, as far as it can be seen from here."""
        if self.database.is_sqlite:
            return owners.is_locked(self._workers() / owners.lock_name(worker))
        return owners.is_session(self.database, worker)

    def _workers(self) -> Path:
        path = Path(str(self.database.engine.url.database)).resolve()
        return path.with_name(path.name + ".workers")

    def ledger_id(self) -> str:
        """Return the identity this ledger was created with."""
        with self.database.read() as connection:
            query = sa.select(tables.meta.c.value).where(tables.meta.c.name == "ledger_id")
            return str(connection.scalar(query))

    def submit(self, batch: Sequence[Frozen], who: str) -> list[Submitted]:
        """Add requests that are not there yet, all in one transaction, in order."""
        for _ in range(RACES):
            try:
                return self._submit(batch, who)
            except sa.exc.IntegrityError:  # another worker handed one of them over meanwhile
                continue
        return self._submit(batch, who)

    def _submit(self, batch: Sequence[Frozen], who: str) -> list[Submitted]:
        with self.database.write() as connection:
            note = Note(who, self.clock.now_us(), "submitted")
            return [intake.submit(connection, frozen, note) for frozen in batch]

    def claim(self, owner: Owner, scope: Scope) -> Delivery | None:
        """Move one due delivery to SENDING under an owner, with its attempt; None: nothing due.

        An endpoint whose breaker is open or held gets nothing; one whose breaker was open and has
        run out gets one at a time.
        """
        now = self.clock.now_us()
        query = due.to_send(now, scope)
        with self.database.read() as connection:
            if connection.execute(query).first() is None:
                return None
        with self.database.write() as connection:
            row = connection.execute(query.with_for_update(skip_locked=True)).first()
            return None if row is None else settling.begin(connection, journal.of(row), owner, now)

    def settle(self, delivery: Delivery, verdict: Verdict, plan: Plan) -> Delivery:
        """Record what an attempt showed and take the steps that follow from it.

        A receipt number that another delivery has, or gets at the same moment, goes to review.
        """
        try:
            return self._settle(delivery, verdict, plan)
        except sa.exc.IntegrityError:
            return self._settle(delivery, settling.taken(verdict), plan)

    def _settle(self, delivery: Delivery, verdict: Verdict, plan: Plan) -> Delivery:
        with self.database.write() as connection:
            return settling.settle(connection, delivery, verdict, plan, self.clock.now_us())

    def claim_lookup(self, scope: Scope, waits_s: Sequence[float]) -> Delivery | None:
        """Take one delivery of unknown outcome whose quiet period is over, to ask about it.

        It comes up again after the next of `waits_s` should the question not be answered.
        """
        now = self.clock.now_us()
        query = due.to_ask(now, scope)
        with self.database.read() as connection:
            if connection.execute(query).first() is None:
                return None
        with self.database.write() as connection:
            row = connection.execute(query.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            delivery = journal.of(row)
            wait = waits_s[min(delivery.lookups, len(waits_s) - 1)]
            again = now + int(wait * SECOND_US)
            return journal.update(
                connection, delivery, next_at_us=again, lookups=delivery.lookups + 1
            )

    def siblings(self, delivery: Delivery) -> list[Delivery]:
        """Return every delivery of the same operation that the partner knows by the same key."""
        same = (
            (D.biller == delivery.biller)
            & (D.operation == delivery.operation)
            & (D.match_key == delivery.match_key)
        )
        with self.database.read() as connection:
            rows = connection.execute(sa.select(*journal.COLUMNS).where(same))
            return [journal.of(row) for row in rows]

    def resolve(self, delivery: Delivery, state: State, note: Note, **changes: object) -> bool:
        """Take one step out of UNKNOWN; False when somebody else changed it meanwhile."""
        try:
            with self.database.write() as connection:
                journal.step(connection, delivery, state, note, **changes)
        except IllegalStep:
            return False
        return True

    def recover(self, owner: Owner, quiet_s: Callable[[str], float]) -> int:
        """Take over what dead workers left in SENDING: it is UNKNOWN, always (delivery 3.3)."""
        return takeover.recover(self.database, owner, self.clock.now_us(), quiet_s)

    def retire(self, owner: Owner) -> None:
        """Leave no trace of a worker that ends with nothing in the air."""
        if takeover.retire(self.database, owner):
            owner.remove()

    def release(self, who: str) -> int:
        """Make voids ready whose payment is posted now; cancel those whose payment never was."""
        return takeover.release(self.database, Note(who, self.clock.now_us(), "payment_posted"))

    def next_due_us(self, scope: Scope) -> int | None:
        """Return when the next delivery could be sent or asked about; None: nothing is open."""
        now = self.clock.now_us()
        with self.database.read() as connection:
            found = connection.scalar(due.when(scope))
        return None if found is None else max(int(found), now)

    def start_run(self, run_id: str) -> None:
        """Record that a run began."""
        row = {"run_id": run_id, "started_us": self.clock.now_us(), "submitted": 0}
        with self.database.write() as connection:
            connection.execute(sa.insert(tables.run), row | {"state": "open"})

    def end_run(self, run_id: str, submitted: int, state: str) -> None:
        """Record how a run ended."""
        values = {"ended_us": self.clock.now_us(), "submitted": submitted, "state": state}
        with self.database.write() as connection:
            connection.execute(
                sa.update(tables.run).where(tables.run.c.run_id == run_id).values(**values)
            )
