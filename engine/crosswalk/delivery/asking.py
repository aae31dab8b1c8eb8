"""Questions to a partner (balances, look-ups): reads, so they may be asked again freely."""

from collections.abc import Mapping

from crosswalk.delivery import answers, documents
from crosswalk.delivery.clock import Clock
from crosswalk.delivery.endpoint import Endpoint
from crosswalk.delivery.faults import BadSetting, DeliveryError
from crosswalk.delivery.policy import doubled
from crosswalk.delivery.request import Json, payload
from crosswalk.delivery.setup import Setup
from crosswalk.delivery.tokens import Posts, Tokens
from crosswalk.delivery.transport import Message
from crosswalk.delivery.wire import NotSent, Reply, Seen

OK = 200
UNAUTHORIZED = 401


class NoAnswer(DeliveryError):  # noqa: N818 - says what is the case
    """The partner gave no usable answer to a question; `reason` is a word."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the partner gave no answer: {reason}")
        self.reason = reason


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


async def ask(  # noqa: PLR0913 - a question is just that much
    setup: Setup,
    posts: Posts,
    tokens: Tokens,
    clock: Clock,
    *,
    biller: str,
    operation: str,
    document: str,
    variables: Mapping[str, Json],
) -> object:
    """Ask a question of a biller's partner and return what stands at the operation's path.

    Tried up to the operation's max_attempts times. Raises NoAnswer, BadSetting.
    """
    block = setup.operation(operation)
    found = documents.check(block, document)
    if found:
        raise BadSetting(found[0].code, found[0].message)
    endpoint = setup.endpoint(biller, block.endpoint)
    body = payload(document, variables)
    reason = "nothing"
    for attempt in range(block.max_attempts):
        if attempt:
            await clock.sleep(doubled(setup.policy.first_s, attempt - 1, setup.policy.most_s))
        seen = await put(posts, tokens, endpoint, body, block.deadline_s)
        answer, reason = _answer(seen)
        if answer is not None:
            return answers.at(answer, block.success.path)
    raise NoAnswer(reason)


def _answer(seen: Seen) -> tuple[dict[str, object] | None, str]:
    if not isinstance(seen, Reply):
        return None, seen.reason
    if seen.status != OK or seen.flaw is not None:
        return None, seen.flaw or f"http_{seen.status}"
    try:
        answer = answers.read(seen.body)
    except answers.Unreadable:
        return None, "not_json"
    if not isinstance(answer, dict) or answer.get("errors") or answer.get("data") is None:
        return None, "errors"
    return answer, ""
