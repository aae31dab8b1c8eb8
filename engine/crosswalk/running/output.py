"""Output files: whole at their final name, or not there at all (safety F1 to F3, F14, F15).

The bytes go to a temporary file in the same directory, are forced to disk, and get their final
name with a hard link, which never overwrites. POSIX only.
"""

import errno
import fcntl
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import UnsupportedOperation
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, BinaryIO, Self, cast

from crosswalk.findings.errors import FormatProblem
from crosswalk.values.codecs import Problem

_NAME = re.compile(r"[A-Za-z0-9._-]{1,120}")
_DEVICES = {"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10)}
_TEMPORARY = re.compile(r"\.crosswalk-[0-9]+-[0-9a-f]{12}\.part")
_PIECE = 1 << 20
_NOT_SUPPORTED = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM}


def safe_name(text: str) -> str:
    """Give back a file name that stays inside its directory on every system.

    Allowed are 1 to 120 of `A-Z a-z 0-9 . _ -`, not beginning with a dot or dash, not ending
    with a dot, not a reserved device name. Raises Problem CW661 (safety F14, A16).
    """
    if not _NAME.fullmatch(text):
        raise Problem("CW661", "a file name holds 1 to 120 letters, digits, dots, _ or - only")
    if text[0] in ".-" or text[-1] == ".":
        raise Problem("CW661", "a file name does not begin with a dot or dash or end with a dot")
    if text.partition(".")[0].lower() in _DEVICES:
        raise Problem("CW661", "a file name is not the name of a device")
    return text


def sweep(directory: Path) -> int:
    """Remove temporary files of runs that died; give how many. Raises OSError.

    A running process holds a lock on its file; one that nobody holds is left over.
    """
    found = (path for path in directory.iterdir() if _TEMPORARY.fullmatch(path.name))
    return sum(_remove_abandoned(path) for path in found)


def _remove_abandoned(path: Path) -> bool:
    """Remove a temporary file that nobody holds, while holding it ourselves."""
    try:
        number = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    except OSError:
        return False
    finally:
        os.close(number)
    return True


class _Temporary:
    """A temporary file of our own: locked while we live, readable by us only."""

    def __init__(self, directory: Path) -> None:
        while True:
            self.path = directory / f".crosswalk-{os.getpid()}-{token_hex(6)}.part"
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            self.file: BinaryIO = os.fdopen(
                os.open(self.path, flags, 0o600), "w+b", buffering=_PIECE
            )
            if self._lock():
                return
            self.file.close()

    def _lock(self) -> bool:
        """Lock the file; False when a sweep took it before we could."""
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return os.fstat(self.file.fileno()).st_nlink == 1

    def drop(self) -> None:
        """Remove the file, before its lock is given up."""
        with suppress(FileNotFoundError):
            self.path.unlink()
        with suppress(OSError):
            self.file.close()


class _Unnamed:
    """A temporary file without a name, for what goes to standard output."""

    path = None

    def __init__(self) -> None:
        file: IO[bytes] = TemporaryFile(buffering=_PIECE)  # noqa: SIM115 - closed by drop
        self.file = cast("BinaryIO", file)

    def drop(self) -> None:
        """Let the file go."""
        with suppress(OSError):
            self.file.close()


class Staged:
    """An output file being written; a context manager that publishes it when all went well.

    `target` is a path, or `-` for standard output: that is spooled too, and copied out only
    when all went well, so a failed run prints nothing. `replace` lets an existing file be
    replaced, atomically. `headed` says that the beginning is known last: the body is spooled
    apart and `head` must be called before the end. `mode` are the permission bits of the
    published file, by default those the process's umask gives.

    Every method raises FormatProblem: CW660 for an output that exists, CW662 for what the
    system refuses. A failed fsync is never tried again (safety F15).
    """

    def __init__(
        self,
        target: Path | str,
        *,
        replace: bool = False,
        headed: bool = False,
        mode: int | None = None,
    ) -> None:
        self._stdout = str(target) == "-"
        self.target = Path(target)
        self._replace = replace
        self._headed = headed
        self._mode = mode
        self._head: bytes | None = None
        self._open: list[_Temporary | _Unnamed] = []

    def __enter__(self) -> Self:
        """Sweep what crashed runs left, refuse an existing target, begin."""
        with self._explained():
            if not self._stdout:
                sweep(self.target.parent)
                if not self._replace and os.path.lexists(self.target):
                    raise self._exists()
            self._begin()
        return self

    def _begin(self) -> BinaryIO:
        temporary = _Unnamed() if self._stdout else _Temporary(self.target.parent)
        self._open.append(temporary)
        return temporary.file

    def write(self, data: bytes) -> None:
        """Add bytes to the output, or to its body."""
        with self._explained():
            self._open[0].file.write(data)

    def head(self, data: bytes) -> None:
        """Set the beginning of a headed output."""
        self._head = data

    def take(self, source: BinaryIO) -> None:
        """Add all that is left of an open file, copied by the system where it can."""
        with self._explained():
            copy(source, self._open[0].file)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Publish, or remove every trace after an error."""
        try:
            if kind is None:
                self.prepare()
                self.publish()
        finally:
            self.drop()

    def prepare(self) -> None:
        """Put the whole output together and on the disk, under its temporary name."""
        with self._explained():
            if self._headed:
                self._assemble()
            whole = self._open[-1]
            if whole.path is not None:
                whole.file.flush()
                mode = self._mode if self._mode is not None else _by_umask()
                os.fchmod(whole.file.fileno(), mode)
                os.fsync(whole.file.fileno())

    def publish(self) -> None:
        """Give a prepared output its name, or copy it to standard output."""
        whole = self._open[-1]
        with self._explained():
            if whole.path is not None:
                self._publish(whole.path)
                return
            whole.file.seek(0)
            shutil.copyfileobj(whole.file, sys.stdout.buffer, _PIECE)
            sys.stdout.buffer.flush()

    def withdraw(self) -> None:
        """Take back a published output; one that replaced another file, or was printed, stays."""
        if not self._stdout and not self._replace:
            with suppress(OSError):
                self.target.unlink()

    def drop(self) -> None:
        """Remove the temporary files."""
        for temporary in self._open:
            temporary.drop()

    def _assemble(self) -> None:
        """Write the head to a second file and the body after it."""
        if self._head is None:
            name = str(self.target)
            raise FormatProblem("CW662", "the head of the output was never given", name)
        body = self._open[0].file
        whole = self._begin()
        whole.write(self._head)
        body.seek(0)
        copy(body, whole)

    @property
    def printed(self) -> bool:
        """Tell whether the output goes to standard output."""
        return self._stdout

    def _publish(self, path: Path) -> None:
        """Give the file its name and make the name last."""
        if self._replace:
            path.replace(self.target)
            _sync_directory(self.target.parent)
            return
        try:
            os.link(path, self.target, follow_symlinks=False)
        except FileExistsError:
            raise self._exists() from None
        try:
            _sync_directory(self.target.parent)
        except OSError:
            self.target.unlink()
            raise

    def _exists(self) -> FormatProblem:
        return FormatProblem(
            "CW660",
            "the output exists already, it is not overwritten",
            str(self.target),
            help="give another name, or ask for it to be replaced",
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            reason = fault.strerror or type(fault).__name__
            message = f"the output cannot be written: {reason}"
            raise FormatProblem("CW662", message, str(self.target)) from fault


def _by_umask() -> int:
    """Give the mode of an ordinary new file; the umask can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_directory(directory: Path) -> None:
    number = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def copy(source: BinaryIO, target: BinaryIO) -> None:
    """Copy what is left of one open file to the end of another, inside the system if it can.

    Raises OSError. A source that is no file of the system (io.BytesIO) is read and written.
    """
    target.flush()
    try:
        numbers = source.fileno(), target.fileno()
    except UnsupportedOperation:
        numbers = None
    if numbers is not None:
        source.seek(_copy_inside(*numbers, source.tell()))
        target.seek(0, os.SEEK_END)
    shutil.copyfileobj(source, target, _PIECE)


def _copy_inside(source: int, target: int, at: int) -> int:
    """Copy from a place in one file to the current place in another; give how far it went."""
    try:
        while done := os.copy_file_range(source, target, _PIECE << 6, offset_src=at):
            at += done
    except OSError as fault:
        if fault.errno not in _NOT_SUPPORTED:
            raise
    return at
