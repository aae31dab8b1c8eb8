"""Prepared requests as the deliveries that go into the ledger."""

from collections.abc import Iterator
from hashlib import sha256

from crosswalk.delivery.request import Kind, Request
from crosswalk.outbound.prepared import Deliverable, Item


def requests_of(found: Deliverable, items: tuple[Item, ...], file: str) -> Iterator[Request]:
    """Give the delivery of each prepared request; `file` names where the records came from."""
    delivery = found.delivery
    fill = delivery.receipt.text if delivery.receipt is not None else None
    for item in items:
        key = key_of(item.parts)
        is_change = delivery.kind == Kind.CHANGE
        yield Request(
            biller=found.biller,
            operation=found.operation.name,
            document=found.operation.document.text,
            variables={k: v for k, v in item.prepared.variables.items() if k != fill},
            key=hidden(key) if is_change else key,
            kind=Kind(delivery.kind),
            amount_minor=item.amount_minor,
            currency=delivery.currency or "USD",
            mapping=found.origin,
            source=f"{file}#{item.number}",
            target=key if delivery.voids is not None else None,
            target_operation=delivery.voids.text.partition("@")[0] if delivery.voids else None,
            fill=fill,
            subject=None if item.subject is None else hidden(item.subject),
        )


def key_of(parts: tuple[str, ...]) -> str:
    """Put the parts of a key together so that no two lists of parts give one key.

    >>> key_of(("a|b", "c")), key_of(("a", "b|c"))
    ('a%7Cb|c', 'a|b%7Cc')
    """
    return "|".join(part.replace("%", "%25").replace("|", "%7C") for part in parts)


def hidden(text: str) -> str:
    """Give the hash of a text: what tells changes apart is a customer's data (safety C8)."""
    return sha256(text.encode()).hexdigest()
