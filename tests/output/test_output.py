"""Output files: whole or absent, never over another file, nothing left behind (safety F1-F3)."""

import hashlib
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from crosswalk.findings.errors import FormatProblem
from crosswalk.running import output
from crosswalk.running.output import Staged, copy, safe_name, sweep
from crosswalk.values.codecs import Problem

LEFT = ".crosswalk-999999-0123456789ab.part"

WRITER = """
import sys
from pathlib import Path
from crosswalk.running.output import Staged
for number in range(10_000):
    with Staged(Path(sys.argv[1]) / f"{number}.txt", headed=True) as out:
        for row in range(2_000):
            out.write(b"%08d\\n" % row)
        out.head(b"HEAD 2000\\n")
    print(number, flush=True)
"""
WHOLE = b"HEAD 2000\n" + b"".join(b"%08d\n" % row for row in range(2_000))


def _stage(target: Path | str, meanwhile: Callable[[], object]) -> None:
    """Write an output during which something else happens."""
    with Staged(target) as out:
        out.write(b"new")
        meanwhile()


def _fail() -> None:
    raise ZeroDivisionError


def _files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_killed_run_leaves_whole_files_or_none(tmp_path: Path) -> None:
    digest = hashlib.sha256(WHOLE).digest()
    engine = Path(output.__file__).parents[2]
    seen = left = 0
    for kill in range(40):
        directory = tmp_path / str(kill)
        directory.mkdir()
        command = [sys.executable, "-S", "-c", WRITER, str(directory)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, env={"PYTHONPATH": str(engine)}
        ) as run:
            assert run.stdout is not None
            run.stdout.readline()
            time.sleep((kill * 37 % 100) / 10_000)
            run.send_signal(signal.SIGKILL)
        for path in directory.iterdir():
            if path.name.startswith("."):
                left += 1
            else:
                assert hashlib.sha256(path.read_bytes()).digest() == digest
                seen += 1
        sweep(directory)
        assert not [name for name in _files(directory) if name.startswith(".")]
    assert seen >= 40
    assert left > 0


def test_an_existing_file_is_refused_and_kept(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    with pytest.raises(FormatProblem) as refused, Staged(target):
        pytest.fail("the target exists")
    assert (refused.value.code, refused.value.file) == ("CW660", str(target))
    assert target.read_bytes() == b"old"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with pytest.raises(FormatProblem) as refused:
        _stage(target, lambda: target.write_bytes(b"old"))
    assert refused.value.code == "CW660"
    assert target.read_bytes() == b"old"
    assert _files(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("dangling", [True, False])
def test_a_symbolic_link_at_the_name_is_never_followed(
    tmp_path: Path, *, early: bool, dangling: bool
) -> None:
    target, other = tmp_path / "a.txt", tmp_path / "other"
    if not dangling:
        other.write_bytes(b"old")
    if early:
        target.symlink_to(other)
    with pytest.raises(FormatProblem) as refused:
        _stage(target, lambda: target.symlink_to(other))
    assert refused.value.code == "CW660"
    assert target.is_symlink()
    assert other.exists() is not dangling
    assert dangling or other.read_bytes() == b"old"


def test_replace_puts_the_new_file_in_place_of_the_old(tmp_path: Path) -> None:
    target, other = tmp_path / "a.txt", tmp_path / "other"
    other.write_bytes(b"old")
    target.symlink_to(other)
    with Staged(target, replace=True) as out:
        out.write(b"new")
        assert target.read_bytes() == b"old"
    assert (target.is_symlink(), target.read_bytes(), other.read_bytes()) == (False, b"new", b"old")


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        _stage(tmp_path / "a.txt", _fail)
    assert _files(tmp_path) == []


@pytest.mark.parametrize("failing", [1, 2])
def test_a_failed_fsync_is_fatal_and_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    calls: list[int] = []

    def fsync(number: int) -> None:
        calls.append(number)
        if len(calls) == failing:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(FormatProblem, match="Input/output error"), Staged(tmp_path / "a") as out:
        out.write(b"x")
    assert len(calls) == failing
    assert _files(tmp_path) == []


def test_file_and_directory_are_forced_to_disk_before_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: list[bool] = []
    real = os.fsync

    def fsync(number: int) -> None:
        kinds.append(stat.S_ISDIR(os.fstat(number).st_mode))
        real(number)

    monkeypatch.setattr(os, "fsync", fsync)
    with Staged(tmp_path / "a") as out:
        out.write(b"x")
    assert kinds == [False, True]


def test_a_file_is_private_until_it_is_whole(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with Staged(tmp_path / "a") as out:
            (temporary,) = tmp_path.iterdir()
            assert stat.S_IMODE(temporary.stat().st_mode) == 0o600
            out.write(b"x")
        with Staged(tmp_path / "b", mode=0o600):
            pass
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in "ab"]
    assert modes == [0o640, 0o600]


def test_only_abandoned_temporary_files_are_swept(tmp_path: Path) -> None:
    (tmp_path / LEFT).write_bytes(b"half")
    (tmp_path / ".crosswalk-note.part").write_bytes(b"mine")
    (tmp_path / LEFT.replace("0", "a", 1)).symlink_to(tmp_path / ".crosswalk-note.part")
    with Staged(tmp_path / "a") as first, Staged(tmp_path / "b") as second:
        first.write(b"1")
        second.write(b"2")
        assert LEFT not in _files(tmp_path)
    assert (tmp_path / "a").read_bytes() + (tmp_path / "b").read_bytes() == b"12"
    assert (tmp_path / ".crosswalk-note.part").read_bytes() == b"mine"


@pytest.mark.parametrize("inside", [True, False])
def test_the_head_known_last_stands_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, inside: bool
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(18, "Invalid cross-device link")

    if not inside:
        monkeypatch.setattr(os, "copy_file_range", refuse)
    part = tmp_path / "part"
    part.write_bytes(b"skipped" + b"P" * 3_000_000)
    with Staged(tmp_path / "a", headed=True) as out:
        out.write(b"one\n")
        with part.open("rb") as source:
            source.read(7)
            out.take(source)
        out.write(b"two\n")
        out.take(BytesIO(b"three\n"))
        out.head(b"COUNT 2\n")
    assert (tmp_path / "a").read_bytes() == b"COUNT 2\none\n" + b"P" * 3_000_000 + b"two\nthree\n"
    assert _files(tmp_path) == ["a", "part"]


def test_a_headed_output_without_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatProblem, match="head"), Staged(tmp_path / "a", headed=True) as out:
        out.write(b"x")
    assert _files(tmp_path) == []


def test_copying_reports_what_the_system_refuses(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with (
        (tmp_path / "a").open("rb") as source,
        Path("/dev/full").open("wb", buffering=0) as target,
        pytest.raises(OSError, match="No space left"),
    ):
        copy(source, target)


def test_standard_output_gets_everything_or_nothing(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    with Staged("-", headed=True) as out:
        out.write(b"body\n")
        out.head(b"head\n")
    assert capfdbinary.readouterr().out == b"head\nbody\n"
    with pytest.raises(ZeroDivisionError):
        _stage("-", _fail)
    assert capfdbinary.readouterr().out == b""


def test_a_directory_that_is_not_there_is_a_format_problem(tmp_path: Path) -> None:
    with pytest.raises(FormatProblem) as refused, Staged(tmp_path / "no" / "a"):
        pytest.fail("there is no directory")
    assert refused.value.code == "CW662"


SAFE = ["a", "BIF_6f1c-0a52_20210214093000.txt", "A.b", "x" * 120, "nullable", "com10", "a..b"]
UNSAFE = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "1-1/1/2021",
    "a\\b",
    "a\0b",
    "a\n",
    "a b",
    "\u202egpj.exe",
    "é",
    "٣",
    "x" * 121,
    ".hidden",
    "-rf",
    "a.",
    "NUL",
    "con.txt",
    "Com1.tar.gz",
    "lpt9",
    "a:b",
    "~a",
    "%2e",
]


@pytest.mark.parametrize("name", SAFE)
def test_a_safe_name_is_given_back(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize("name", UNSAFE, ids=ascii)
def test_an_unsafe_name_is_refused(name: str) -> None:
    with pytest.raises(Problem) as refused:
        safe_name(name)
    assert refused.value.code == "CW661"
