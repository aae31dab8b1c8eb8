"""The documents of a project as they were at a revision, through git, in a folder of their own."""

import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.errors import ConfigError

_WAIT_S = 60


@contextmanager
def at_revision(root: Path, revision: str) -> Iterator[Path]:
    """Give a folder with the project's documents at a revision; it is gone afterwards.

    Nothing is fetched and the working tree is not touched. Raises ConfigError (CW340) when there
    is no repository, no such revision, no project at it, or no git.
    """
    commit = _git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if commit is None:
        top = _git(root, "rev-parse", "--show-toplevel")
        if top is None:
            raise _refusal(
                f"{root.resolve().name} is in no git repository",
                "compare two documents, or two billers",
            )
        raise _refusal(
            f"there is no revision '{revision}'",
            "name a branch, a tag or a commit of this repository",
        )
    name = commit.decode().strip()
    folder = (
        ["mappings"] if _git(root, "rev-parse", "--verify", "--quiet", f"{name}:./mappings") else []
    )
    packed = _git(root, "archive", "--format=tar", name, *folder)
    if packed is None:
        raise _refusal(
            f"there is no project here at revision '{revision}'", "name a later revision"
        )
    with TemporaryDirectory(prefix="crosswalk-") as made:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(made, filter="data")
        yield Path(made)


def _git(root: Path, *args: str) -> bytes | None:
    """Run git in the project's folder; None when it fails."""
    outside = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}
    environ = {key: value for key, value in os.environ.items() if key not in outside}
    try:
        done = subprocess.run(  # noqa: S603 - no shell; a revision is checked before it is used
            ["git", "-C", str(root), *args],  # noqa: S607 - the caller's git
            capture_output=True,
            check=False,
            timeout=_WAIT_S,
            env=environ,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise _refusal("git is not installed", "compare two documents, or two billers") from None
    return done.stdout if done.returncode == 0 else None


def _refusal(message: str, remedy: str) -> ConfigError:
    return ConfigError([Diagnostic("CW340", message, None, help=remedy)])
