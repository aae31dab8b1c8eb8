"""Faults that stop a delivery run as a whole; what happens to one payment is a state, no fault."""

from crosswalk.findings.errors import CrosswalkError


class DeliveryError(CrosswalkError):
    """A fault of the delivery. Its text never holds a secret, a URL query or a payer's data."""


class LedgerUnavailable(DeliveryError):  # noqa: N818 - says what is the case
    """The ledger cannot be read or committed (disk full, read-only, connection lost)."""


class LedgerLost(DeliveryError):  # noqa: N818
    """The ledger is not the one this place has delivered with, or an older copy of it."""


class LedgerTooNew(DeliveryError):  # noqa: N818
    """The ledger was written by a newer version."""


class ForkedLedger(DeliveryError):  # noqa: N818
    """The ledger was opened in another process (delivery 1.7); open it anew after a fork."""


class IllegalStep(DeliveryError):  # noqa: N818
    """A step that the state machine does not have, or one that came too late."""


class CredentialRefused(DeliveryError):  # noqa: N818
    """The partner's token service refused the credential; a person must act."""


class CredentialUnavailable(DeliveryError):  # noqa: N818
    """No token could be had this time; trying later may help."""


class BadSetting(DeliveryError):  # noqa: N818
    """A setting of an operation or an endpoint that the delivery refuses, with its code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"[{code}] {message}")
        self.code = code
        self.message = message
