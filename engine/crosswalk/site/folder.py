"""A site's folder: whole at its name, or as it was before."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from crosswalk.findings.errors import CrosswalkError

_SIGN = b'<meta name="generator" content="crosswalk docs">'


class NotOurs(CrosswalkError):  # noqa: N818 - says what stands there
    """The folder cannot be written: it holds something. Carries one sentence."""


def publish(made: Mapping[str, bytes], folder: Path, *, replace: bool) -> None:
    """Write the files into a new folder, then put it in its place.

    An empty folder is taken. One that holds a site is replaced where `replace` says so; anything
    else is refused (NotOurs). Raises OSError.
    """
    there = folder.exists() and any(folder.iterdir())
    if there and not replace:
        raise NotOurs(f": {folder} holds files; --replace writes a site anew")
    if there and not _is_site(folder):
        raise NotOurs(f": {folder} holds something other than a site; it is left as it is")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".crosswalk-") as beside:
        new, old = Path(beside, "new"), Path(beside, "old")
        new.mkdir()
        for name, data in made.items():
            (new / name).write_bytes(data)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)


def _is_site(folder: Path) -> bool:
    """Tell whether a folder holds what this command wrote, and nothing else."""
    names = {path.name for path in folder.iterdir()}
    first = folder / "index.html"
    own = all(name.endswith((".html", ".css", ".js")) for name in names)
    return own and first.is_file() and _SIGN in first.read_bytes()
