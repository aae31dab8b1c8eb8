"""Questions to a partner (balances, look-ups): reads, so they may be asked again freely."""

from collections.abc import Mapping
from dataclasses import dataclass

from crosswalk.delivery import answers, documents
from crosswalk.delivery.capability import Operation
from crosswalk.delivery.classify import codes_of
from crosswalk.delivery.clock import Clock
from crosswalk.delivery.endpoint import Endpoint
from crosswalk.delivery.faults import BadSetting, DeliveryError
from crosswalk.delivery.policy import doubled, retry_after_s
from crosswalk.delivery.request import Json, payload
from crosswalk.delivery.setup import Setup
from crosswalk.delivery.tokens import Posts, Tokens
from crosswalk.delivery.transport import Message
from crosswalk.delivery.wire import NotSent, Reply, Seen

OK = 200
UNAUTHORIZED = 401


class NoAnswer(DeliveryError):  # noqa: N818 - says what is the case
    """The partner gave no usable answer to a question; `reason` is a word.

    `codes` are those of its errors: words, no message text.
    """

    def __init__(self, reason: str, codes: tuple[str, ...] = ()) -> None:
        told = f" ({', '.join(codes)})" if codes else ""
        super().__init__(f"the partner gave no answer: {reason}{told}")
        self.reason = reason
        self.codes = codes


LONGEST_WAIT_S = 300.0
"""A partner that wants to be left alone for longer than this is not asked again."""


async def put(
    posts: Posts, tokens: Tokens, endpoint: Endpoint, body: str, deadline_s: float
) -> Seen:
    """Ask once, with a fresh token and once more should the token be refused."""
    try:
        token = await tokens.get(endpoint)
        seen = await posts.post(endpoint, Message(body.encode(), token=token), deadline_s)
        if token is None or not isinstance(seen, Reply) or seen.status != UNAUTHORIZED:
            return seen
        fresh = await tokens.get(endpoint, stale=token)
    except DeliveryError:
        return NotSent("credential")
    return await posts.post(endpoint, Message(body.encode(), token=fresh), deadline_s)


@dataclass(frozen=True, slots=True)
class Asker:
    """What a question to a biller's partner goes through."""

    setup: Setup
    posts: Posts
    tokens: Tokens
    clock: Clock

    async def ask(
        self, biller: str, operation: str, document: str, variables: Mapping[str, Json]
    ) -> object:
        """Ask a question and return what stands at the operation's path.

        Tried up to the operation's max_attempts times. Raises NoAnswer, BadSetting.
        """
        answer, _ = await self.whole(biller, operation, document, variables)
        return answers.at(answer, self.setup.operation(operation).success.path)

    async def whole(
        self, biller: str, operation: str, document: str, variables: Mapping[str, Json]
    ) -> tuple[dict[str, object], int]:
        """Ask a question and return the whole answer, and how many bytes it had.

        Tried up to the operation's max_attempts times. Raises NoAnswer, BadSetting.
        """
        block = self.setup.operation(operation)
        found = documents.check(block, document)
        if found:
            raise BadSetting(found[0].code, found[0].message)
        endpoint = self.setup.endpoint(biller, block.endpoint)
        body = payload(document, variables)
        fault, wait_s = NoAnswer("nothing"), 0.0
        for attempt in range(block.max_attempts):
            if attempt:
                await self.clock.sleep(wait_s)
            seen = await put(self.posts, self.tokens, endpoint, body, block.deadline_s)
            answer, fault = _answer(seen, block)
            if answer is not None and isinstance(seen, Reply):
                return answer, len(seen.body)
            wait_s = self._wait_s(attempt, seen)
            if wait_s > LONGEST_WAIT_S:
                break
        raise fault

    def _wait_s(self, attempt: int, seen: Seen) -> float:
        """Say how long to wait before asking again; at least as long as the partner says."""
        policy = self.setup.policy
        wait_s = doubled(policy.first_s, attempt, policy.most_s)
        header = seen.retry_after if isinstance(seen, Reply) else None
        return max(wait_s, retry_after_s(header, self.clock.now_us()) or 0.0)


def _answer(seen: Seen, block: Operation) -> tuple[dict[str, object] | None, NoAnswer]:
    if not isinstance(seen, Reply):
        return None, NoAnswer(seen.reason)
    if seen.status != OK or seen.flaw is not None:
        return None, NoAnswer(seen.flaw or f"http_{seen.status}")
    try:
        answer = answers.read(seen.body)
    except answers.Unreadable:
        return None, NoAnswer("not_json")
    if not isinstance(answer, dict) or answer.get("errors") or answer.get("data") is None:
        return None, NoAnswer("errors", codes_of(answer, block))
    return answer, NoAnswer("nothing")
