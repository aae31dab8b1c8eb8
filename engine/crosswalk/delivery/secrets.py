"""A biller's secrets by reference; another biller's reference is refused (safety C7, C9, A21)."""

from collections.abc import Mapping
from pathlib import Path

from crosswalk.delivery.faults import BadSetting
from crosswalk.documents.secret import Secret, SettingsError, namespace, well_formed


class Secrets:
    """Reads `env:NAME` and `file:NAME`. Values are never kept, shown or part of a message.

    For the biller `newtown` an environment name begins with `NEWTOWN_`, a file with `newtown/`,
    below `root` and readable by its owner only.
    """

    def __init__(self, root: Path | None = None, env: Mapping[str, str] | None = None) -> None:
        self._root = root
        self._env = env

    def __repr__(self) -> str:
        return "Secrets()"

    def get(self, biller: str, reference: str) -> str:
        """Return a secret's value. Raises BadSetting when it is another's, or cannot be had."""
        source, _, name = reference.partition(":")
        secret = Secret(source, name)
        if source not in ("env", "file") or not well_formed(secret):
            raise BadSetting("CW711", f"a secret of {biller} is no reference (env: or file:)")
        if not name.startswith(namespace(biller, source)):
            begins = namespace(biller, source)
            raise BadSetting("CW712", f"a secret of {biller} must be named {source}:{begins}...")
        try:
            return secret.reveal(environ=self._env, folder=self._root)
        except SettingsError as fault:
            raise BadSetting("CW711", fault.message) from None
