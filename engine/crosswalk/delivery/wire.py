"""What was seen of one HTTP attempt, without any HTTP library in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotSent:
    """No byte of the request left this machine; `reason` is a word, never a library's text."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Bytes may have left and no complete answer came back (delivery 1.2)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its status, the headers that matter, and at most the allowed number of bytes.

    `flaw` is a word when the body cannot be taken at its word: `too_large` or `encoded`.
    """

    status: int
    content_type: str
    body: bytes
    retry_after: str | None = None
    flaw: str | None = None


Seen = NotSent | Ambiguous | Reply
