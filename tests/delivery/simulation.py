"""A world without sockets: a partner in memory, a told clock, workers that can die (D16)."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.delivery import partner

from crosswalk.delivery.clock import SECOND_US
from crosswalk.delivery.due import Scope
from crosswalk.delivery.endpoint import Endpoint
from crosswalk.delivery.freeze import freeze
from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.policy import Policy
from crosswalk.delivery.request import Request
from crosswalk.delivery.sender import Sender
from crosswalk.delivery.setup import Setup
from crosswalk.delivery.tokens import Tokens
from crosswalk.delivery.transport import Message
from crosswalk.delivery.wire import Ambiguous, NotSent, Reply, Seen
from crosswalk.delivery.worker import Pace, Worker

LATE_S = 40.0
DEADLINE_S = 10.0
PROCESSING_S = 60.0


class Died(BaseException):
    """The worker is no more: nothing after this line of it happens."""


class Clock:
    def __init__(self) -> None:
        self.us = 1_800_000_000 * SECOND_US

    def now_us(self) -> int:
        return self.us

    async def sleep(self, seconds: float) -> None:
        self.us += int(seconds * SECOND_US)


class Owner:
    """A worker's life, in memory."""

    def __init__(self, name: str, dead: set[str]) -> None:
        self.name = name
        self.proof = f"memory:{name}"
        self._dead = dead

    def holds(self) -> bool:
        return self.name not in self._dead

    def is_dead(self, proof: str) -> bool:
        return proof.partition(":")[2] in self._dead

    def bury(self, proof: str) -> None:
        pass

    def remove(self) -> None:
        pass

    def close(self) -> None:
        pass


@dataclass
class Partner:
    """Receipts and voids; commits late when told to, never deduplicates."""

    clock: Clock
    receipts: list[dict[str, Any]] = field(default_factory=list)
    late: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    fault: str = "none"
    voids: int = 0

    def settle(self) -> None:
        due = [one for one in self.late if one[0] <= self.clock.us]
        self.late = [one for one in self.late if one[0] > self.clock.us]
        for _, variables in due:
            self.commit(variables)

    def commit(self, variables: dict[str, Any]) -> dict[str, Any]:
        if "receiptNumber" in variables:
            found = next(
                one for one in self.receipts if one["receiptNumber"] == variables["receiptNumber"]
            )
            found["voided"] = True
            found["voids"] += 1
            return found
        number = f"5.{len(self.receipts):05d}"
        self.receipts.append(variables | {"receiptNumber": number, "voided": False, "voids": 0})
        return self.receipts[-1]

    async def post(
        self, endpoint: Endpoint, message: Message, deadline_s: float, url: str | None = None
    ) -> Seen:
        del endpoint, deadline_s, url
        self.settle()
        body = json.loads(message.body)
        fault, self.fault = self.fault, "none"
        if "query Find" in body["query"]:
            return self.find(body["variables"], fault)
        root = "void_receipt" if "void_receipt" in body["query"] else "create_receipt"
        return self.mutate(root, body["variables"], fault)

    def find(self, wanted: dict[str, Any], fault: str) -> Seen:
        if fault != "none":
            return Ambiguous("read_error")
        found = [
            one
            for one in self.receipts
            if all(one[name] == value for name, value in wanted.items())
        ]
        return reply({"data": {"receipt": found}})

    def mutate(self, root: str, variables: dict[str, Any], fault: str) -> Seen:
        if fault == "die_before":
            raise Died
        if fault == "not_sent":
            return NotSent("connect_error")
        if fault == "late":
            self.late.append((self.clock.us + int(LATE_S * SECOND_US), variables))
            return Ambiguous("deadline")
        if fault == "late_and_die":
            self.late.append((self.clock.us + int(LATE_S * SECOND_US), variables))
            raise Died
        if fault == "refused":
            error = {"path": [root], "extensions": {"code": "ACCOUNT_UNKNOWN"}}
            return reply({"data": {root: None}, "errors": [error]})
        if fault in BEFORE:
            return BEFORE[fault]
        receipt = self.commit(variables)
        if fault == "die_after":
            raise Died
        return AFTER.get(fault, reply({"data": {root: receipt}}))


def reply(content: Any, status: int = 200) -> Reply:
    return Reply(status, "application/json", json.dumps(content).encode())


BEFORE: dict[str, Seen] = {
    "500_before": reply({}, 500),
    "throttled": Reply(429, "application/json", b"{}", retry_after="3"),
    "errors_before": reply({"data": None, "errors": [{}]}),
    "drop_before": Ambiguous("read_error"),
}
AFTER: dict[str, Seen] = {
    "500_after": reply({}, 500),
    "errors_after": reply({"data": None, "errors": [{}]}),
    "drop_after": Ambiguous("read_error"),
    "malformed": Reply(200, "application/json", b"{"),
}
FAULTS = (
    "none",
    "die_before",
    "die_after",
    "not_sent",
    "late",
    "late_and_die",
    "refused",
    *BEFORE,
    *AFTER,
)


class InlineWorker(Worker):
    """A worker whose ledger calls happen at once, so that a schedule is repeatable."""

    async def call(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)


class World:
    """One ledger, one partner, and as many workers as died so far plus one."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.partner = Partner(self.clock)
        self.ledger = Ledger("sqlite://", self.clock)
        operations = partner.operations(DEADLINE_S, PROCESSING_S)
        endpoints = {("newtown", "cash"): partner.endpoint("http://127.0.0.1:1/graphql")}
        self.setup = Setup(operations, endpoints, partner.ROOT, policy=Policy())
        self.dead: set[str] = set()
        self.requests: list[Request] = []
        self.scope = Scope(("newtown",), 5)
        self.born = 0
        self.worker = self.birth()

    def birth(self) -> InlineWorker:
        self.born += 1
        owner = Owner(f"w{self.born}", self.dead)
        tokens = Tokens(partner.ROOT, self.setup.secrets, self.partner, self.clock)
        sender = Sender(self.setup, self.partner, tokens, owner, self.clock)
        self.owner = owner
        return InlineWorker(self.ledger, sender, Pace())

    def submit(self, *requests: Request) -> None:
        self.requests += [one for one in requests if one not in self.requests]
        frozen = [freeze(one, self.setup.operations[one.operation]) for one in requests]
        self.ledger.submit(frozen, "simulation")

    def send(self, fault: str) -> None:
        """Let the worker make one attempt, if there is one to make."""
        self.partner.fault = fault
        self.ledger.recover(self.owner, self.setup.quiet_s)
        self.ledger.release("simulation")
        claimed = self.ledger.claim(self.owner, self.scope)
        if claimed is not None:
            self.live(self.worker.send(claimed))

    def ask(self, fault: str = "none") -> None:
        """Let the worker ask about one unknown outcome, if one is due."""
        self.partner.fault = fault
        found = self.ledger.claim_lookup(self.scope, self.setup.policy.lookup_s)
        if found is not None:
            self.live(self.worker.look_up(found))

    def live(self, work: Any) -> None:
        """Run a coroutine that never really waits; a death starts the next worker."""
        try:
            work.send(None)
        except StopIteration:
            return
        except Died:
            self.dead.add(self.owner.name)
            self.worker = self.birth()
        else:
            work.close()
            raise AssertionError("the simulation waited for something real")

    def wait(self, seconds: float) -> None:
        self.clock.us += int(seconds * SECOND_US)
        self.partner.settle()

    def drain(self) -> None:
        for _ in range(60):
            self.send("none")
            self.ask()
            self.wait(120)
            if self.ledger.next_due_us(self.scope) is None and not self.sending():
                return

    def sending(self) -> bool:
        with self.ledger.database.read() as connection:
            query = "SELECT count(*) FROM delivery WHERE state = 'SENDING'"
            return bool(connection.exec_driver_sql(query).scalar())

    def close(self) -> None:
        self.worker._thread.shutdown()
        self.ledger.close()
