"""One attempt at one delivery: token, a last look at the lock, the request, at most one replay."""

from dataclasses import dataclass

from crosswalk.delivery.capability import Operation
from crosswalk.delivery.classify import Verdict, classify
from crosswalk.delivery.clock import SECOND_US, Clock
from crosswalk.delivery.endpoint import Endpoint
from crosswalk.delivery.faults import BadSetting, CredentialRefused, CredentialUnavailable
from crosswalk.delivery.journal import Delivery
from crosswalk.delivery.owners import Owner
from crosswalk.delivery.request import sent_key
from crosswalk.delivery.setup import Setup
from crosswalk.delivery.states import Outcome
from crosswalk.delivery.tokens import Posts, Tokens
from crosswalk.delivery.transport import Message

LATEST_START_S = 5.0
"""A request that did not leave this long after its SENDING was committed does not leave at all."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what a worker has claimed. Holds no state between two attempts."""

    setup: Setup
    posts: Posts
    tokens: Tokens
    owner: Owner
    clock: Clock

    async def send(self, delivery: Delivery) -> Verdict:
        """Make one attempt at a delivery in SENDING and say what it means."""
        try:
            operation = self.setup.operation(delivery.operation)
            endpoint = self.setup.endpoint(delivery.biller, delivery.endpoint)
        except BadSetting as fault:
            return Verdict(Outcome.HELD, f"setting_{fault.code.lower()}")
        try:
            token = await self.tokens.get(endpoint)
            verdict = await self._post(delivery, operation, endpoint, token)
            if token is None or not _may_replay(verdict):
                return verdict
            fresh = await self.tokens.get(endpoint, stale=token)
            return await self._post(delivery, operation, endpoint, fresh)
        except CredentialRefused:
            return Verdict(Outcome.HELD, "credential")
        except CredentialUnavailable:
            return Verdict(Outcome.NOT_EXECUTED, "no_token", trouble=True)

    async def _post(
        self, delivery: Delivery, operation: Operation, endpoint: Endpoint, token: str | None
    ) -> Verdict:
        if not self._may_start(delivery, operation):
            return Verdict(Outcome.NOT_EXECUTED, "claim_too_old")
        headers: dict[str, str] = {}
        if operation.idempotency is not None:
            key = sent_key(delivery.biller, delivery.operation, delivery.idem_key)
            headers[operation.idempotency.header] = key
        message = Message(delivery.payload.encode(), token=token, headers=headers)
        seen = await self.posts.post(endpoint, message, operation.deadline_s)
        return classify(operation, delivery.variables, seen)

    def _may_start(self, delivery: Delivery, operation: Operation) -> bool:
        """Look once more, right before the send: is the lock ours, is the claim still young."""
        age_us = self.clock.now_us() - (delivery.sent_at_us or 0)
        youngest = (LATEST_START_S + operation.deadline_s) * SECOND_US
        return 0 <= age_us < youngest and self.owner.holds()


def _may_replay(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.HELD and verdict.reason == "unauthorized"
