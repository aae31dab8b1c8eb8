"""One payment, void or change as it is handed over, and the bytes that are frozen for it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

Json = None | bool | int | str | Decimal | list["Json"] | dict[str, "Json"]


class Kind(StrEnum):
    """What a request is about."""

    PAYMENT = "payment"
    VOID = "void"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Request:
    """What a mapping made of one record.

    biller, operation: whose and which operation; document: the static GraphQL text, values only
    travel as variables (safety C4); variables: JSON values, amounts as exact text (a Decimal is
    written as an exact JSON number). key: the idempotency key, unique per biller and operation: a
    payment over several bills has one per bill (facts 2.34). amount_minor: in the currency's
    minor unit, above zero, None for a change. mapping, source: where it came from, for people.
    target, fill: for a void, the key of the payment's delivery and the variable that takes its
    receipt number. subject: whose data a change is about; changes of one keep their order.
    """

    biller: str
    operation: str
    document: str
    variables: Mapping[str, Json]
    key: str
    kind: Kind = Kind.PAYMENT
    amount_minor: int | None = None
    currency: str = "USD"
    mapping: str = ""
    source: str = ""
    target: str | None = None
    target_operation: str | None = None
    fill: str | None = None
    subject: str | None = None


def payload(document: str, variables: Mapping[str, Json]) -> str:
    """Write the body of a request: one spelling for the same content, so bytes can be compared.

    >>> payload("query Q { a }", {"b": "1.10"})
    '{"query":"query Q { a }","variables":{"b":"1.10"}}'
    """
    encoder = msgspec.json.Encoder(decimal_format="number", order="sorted")
    return encoder.encode({"query": document, "variables": dict(variables)}).decode()


def sent_key(biller: str, operation: str, key: str) -> str:
    """Give the idempotency key that travels: the same for every attempt at one delivery.

    It has the form of a UUID, which every partner takes, and shows nothing of the payment.

    >>> sent_key("a-city", "partner/pay", "g-1")
    '6ed006b4-ba8f-8ad8-b855-731b3823621a'
    """
    parts = bytearray(hashlib.sha256(f"{biller}\n{operation}\n{key}".encode()).digest()[:16])
    parts[6], parts[8] = parts[6] & 0x0F | 0x80, parts[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(parts)))


def hidden(reference: str) -> str:
    """Give what is kept of a change's reference: it may be a customer's number (safety C8).

    >>> len(hidden("10-1"))
    16
    """
    return digest(reference)[:16]


def digest(text: str) -> str:
    """Return the sha256 of a text in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
