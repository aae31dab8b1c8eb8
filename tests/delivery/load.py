"""The payments of the kill loop, from a seed, and the partner's and our times in it."""

import random

from tests.delivery import partner

from crosswalk.delivery.endpoint import TokenSource
from crosswalk.delivery.request import Request

TIMES = {"deadline_s": 0.12, "processing_s": 1.8}
LATE_S = 0.8
SLOW_S = 0.2


def token(url: str) -> TokenSource:
    return TokenSource(
        url=url.replace("/graphql", "/token"),
        client_id=partner.CLIENT_REF,
        client_secret=partner.SECRET_REF,
        skew_s=1.0,
    )


def requests(count: int, seed: int) -> list[Request]:
    """Payments over one to three bills each, some bills of one payment equal in amount; some voids.

    A void follows its payment at once, so that it often waits for it.
    """
    chance = random.Random(seed)
    made: list[Request] = []
    number = 0
    while len(made) < count:
        number += 1
        cents = chance.randrange(1, 100_000)
        for bill in range(chance.choice((1, 1, 2, 3))):
            cents = cents if chance.random() < 0.5 else chance.randrange(1, 100_000)
            paid = partner.payment(f"guid-{seed}-{number}", f"inv-{bill + 1}", cents)
            made.append(paid)
            if chance.random() < 0.05:
                made.append(partner.void(paid))
    return made[:count]
