"""Secrets: references in documents, read at run time and here only (safety C7, C9)."""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crosswalk.findings.errors import CrosswalkError

_NOT_WORD = re.compile(r"[^A-Z0-9]+")
_ENV = re.compile(r"[A-Z][A-Z0-9_]*")
_FILE_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LARGEST = 64 * 1024


class SettingsError(CrosswalkError):
    """A setting that cannot be used at run time. Names the reference, never the value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        """`[CW8xx] message`."""
        return f"[{self.code}] {self.message}"


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a value is kept: `source` is "env" or "file", `name` the variable or the file.

    Nothing here holds the value; only `reveal` reads it, each time anew.
    """

    source: str
    name: str

    def __repr__(self) -> str:
        return f"Secret({self})"

    def __str__(self) -> str:
        """`env:NAME` or `file:name`: the reference, which is safe to print."""
        return f"{self.source}:{self.name}"

    def reveal(
        self, *, environ: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> str:
        """Read the value now, from the process environment or below the secrets folder.

        A file's last line end is not part of the value. Raises SettingsError (CW811) when it is
        absent, empty, not UTF-8, over 64 KiB, outside the folder, or readable by others.
        """
        if self.source == "env":
            value = (os.environ if environ is None else environ).get(self.name, "")
        else:
            value = self._file(folder)
        if not value:
            raise SettingsError("CW811", f"{self} is absent or empty")
        return value

    def _file(self, folder: Path | None) -> str:
        if folder is None:
            raise SettingsError("CW811", f"{self} needs a secrets folder")
        try:
            path = (folder / self.name).resolve(strict=True)
            if not path.is_relative_to(folder.resolve()):
                raise SettingsError("CW811", f"{self} leads out of the secrets folder")
            with path.open("rb") as stream:
                mode = os.fstat(stream.fileno()).st_mode
                data = stream.read(_LARGEST + 1)
        except (OSError, ValueError) as error:
            raise SettingsError("CW811", f"{self}: {type(error).__name__}") from None
        if mode & _OTHERS:
            raise SettingsError("CW811", f"{self} can be read by others; set its mode to 0600")
        return self._text(data)

    def _text(self, data: bytes) -> str:
        try:
            text = data.decode("utf-8") if len(data) <= _LARGEST else None
        except UnicodeDecodeError:
            text = None
        if text is None:
            raise SettingsError("CW811", f"{self} is not UTF-8 text of at most 64 KiB")
        return text.removesuffix("\n").removesuffix("\r")


def well_formed(secret: Secret) -> bool:
    """Tell whether a reference can name a variable (SHOUTED_LIKE_THIS) or a file (a/relative.path).

    Parts of a file begin with no dot, so they cannot climb.
    """
    if secret.source == "env":
        return _ENV.fullmatch(secret.name) is not None
    return all(_FILE_PART.fullmatch(part) for part in secret.name.split("/"))


def namespace(owner: str, source: str) -> str:
    """Give what the references of a document begin with: `SOME_THING_` or `some/thing/`."""
    if source == "env":
        return f"{_NOT_WORD.sub('_', owner.upper())}_"
    return f"{owner}/"


def belongs_to(secret: Secret, owners: tuple[str, ...]) -> tuple[str, ...]:
    """Name the owners whose namespace holds a reference; the longest namespace counts.

    More than one owner means that their names are spelt alike, and the reference is nobody's.
    """
    spaces = {owner: namespace(owner, secret.source) for owner in owners}
    fitting = {owner: space for owner, space in spaces.items() if secret.name.startswith(space)}
    longest = max(map(len, fitting.values()), default=0)
    return tuple(owner for owner, space in fitting.items() if len(space) == longest)
