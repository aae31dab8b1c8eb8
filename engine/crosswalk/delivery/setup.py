"""What a delivery run works with: operations, endpoints, waiting times, places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crosswalk.delivery.capability import Operation
from crosswalk.delivery.endpoint import Endpoint, place
from crosswalk.delivery.faults import BadSetting
from crosswalk.delivery.policy import Policy
from crosswalk.delivery.secrets import Secrets


@dataclass(frozen=True, slots=True)
class Setup:
    """Operations by name, endpoints by biller and name; `state` is a folder private to the user.

    `state` keeps the tokens (in `tokens/`) and the mark of the ledger that was delivered with
    (`ledger.json`). It must be shared by all workers of a machine, and belongs to one ledger.
    """

    operations: Mapping[str, Operation]
    endpoints: Mapping[tuple[str, str], Endpoint]
    state: Path
    secrets: Secrets = field(default_factory=Secrets)
    policy: Policy = field(default_factory=Policy)

    def operation(self, name: str) -> Operation:
        """Return an operation by name. Raises BadSetting."""
        found = self.operations.get(name)
        if found is None:
            raise BadSetting("CW713", f"there is no operation {name}")
        return found

    def endpoint(self, biller: str, name: str) -> Endpoint:
        """Return a biller's endpoint, its URL checked. Raises BadSetting."""
        found = self.endpoints.get((biller, name))
        if found is None or found.biller != biller:
            raise BadSetting("CW713", f"{biller} has no endpoint {name}")
        place(found, found.url)
        return found

    def quiet_s(self, name: str) -> float:
        """Return an operation's quiet period; of one that is not known, a quarter of an hour."""
        found = self.operations.get(name)
        return 900.0 if found is None else found.quiet_s

    @property
    def billers(self) -> tuple[str, ...]:
        """The billers whose deliveries this set-up may touch."""
        return tuple(sorted({biller for biller, _ in self.endpoints}))
