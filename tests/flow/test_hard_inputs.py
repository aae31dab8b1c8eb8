"""Mutated bytes, memory, files that exist, pipes and Ctrl-C."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.flow.kit import BILLERS, ROOT, context, generated, run, shipped

STATEMENT = BILLERS / "newport" / "statement.txt"
MARKS = (
    b'"',
    b"|",
    b"\r",
    b"\n",
    b"\0",
    b"\xe9",
    b"\xff\xfe",
    b"{",
    b"}",
    b"[",
    b",",
    b":",
    b"9" * 50,
)


def crosswalk(*arguments: str, data: bytes | None = None) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [*launcher(), "run", "caselle/ar/invoice", *arguments, "--biller", "newport"],
        input=data,
        capture_output=True,
        check=False,
        cwd=ROOT,
        timeout=60,
    )


def launcher() -> list[str]:
    path = f"import sys; sys.path.insert(0, {str(ROOT / 'engine')!r})"
    code = f"{path}; from crosswalk.cli import main; main()"
    return [sys.executable, "-c", code]


def mutated(data: bytes, draw: random.Random) -> bytes:
    """Change a few bytes: put in, take out, repeat, cut off."""
    made = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(made) + 1)
        match draw.randrange(5):
            case 0:
                made[at:at] = draw.choice(MARKS)
            case 1:
                del made[at : at + draw.randint(1, 9)]
            case 2:
                made[at:at] = made[at : at + draw.randint(1, 200)]
            case 3:
                made[at : at + 1] = bytes([draw.randrange(256)])
            case _:
                if draw.random() < 0.1:
                    del made[at:]
    return bytes(made)


def sources() -> dict[str, tuple[bytes, str, str | None]]:
    """Give inputs of each form: bytes, direction, source form."""
    statement = generated(24, 4).data
    flat = run(shipped(), statement).output or b""
    lines = run(shipped(target="json-lines"), statement).output or b""
    rows = run(shipped(direction="backward", target="json-lines"), flat).output or b""
    return {
        "statement": (statement, "forward", None),
        "tagged": (flat, "backward", None),
        "json-lines": (lines, "backward", "json-lines"),
        "json-rows": (rows, "forward", "json-lines"),
    }


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["statement", "tagged", "json-lines", "json-rows"])
def test_mutated_bytes_give_rejects_or_a_fault_of_ours_and_never_hang(name: str) -> None:
    data, direction, source = sources()[name]
    plan = shipped("newport", direction, None, source)
    draw = random.Random(7)
    for _ in range(60):
        case = mutated(data, draw)
        started = time.perf_counter()
        made = run(plan, case, context())
        law = run(plan, case, context(), compiled=False)
        assert time.perf_counter() - started < 4
        assert made.visible() == law.visible(), case


def test_an_existing_file_is_kept_unless_asked(tmp_path: Path) -> None:
    for name in ("out", "rejects"):
        kept = tmp_path / name
        kept.write_text("mine")
        out, rejects = str(tmp_path / "out"), str(tmp_path / "rejects")
        done = crosswalk(str(STATEMENT), "-o", out, "--rejects", rejects)
        assert done.returncode not in (0, 3), done.stderr
        assert b"Traceback" not in done.stderr
        assert [one.name for one in tmp_path.iterdir()] == [name]
        assert kept.read_text() == "mine"
        kept.unlink()
    (tmp_path / "out").write_text("mine")
    done = crosswalk(str(STATEMENT), "-o", str(tmp_path / "out"), "--replace")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").read_bytes().startswith(b"FH|")


def test_pipes_carry_the_same_bytes_as_files(tmp_path: Path) -> None:
    at = ("--at", "2026-02-01")
    piped = crosswalk("-", *at, data=STATEMENT.read_bytes())
    out = tmp_path / "out"
    filed = crosswalk(str(STATEMENT), "-o", str(out), *at)
    assert (piped.returncode, filed.returncode) == (0, 0), piped.stderr + filed.stderr
    assert piped.stdout == out.read_bytes()
    assert piped.stdout


def test_rejects_are_told_by_exit_code_three(tmp_path: Path) -> None:
    damaged = BILLERS / "newport" / "damaged.txt"
    rejects = tmp_path / "rejects"
    done = crosswalk(str(damaged), "-o", str(tmp_path / "out"), "--rejects", str(rejects))
    assert done.returncode == 3, done.stderr
    assert all(json.loads(line)["reason"] for line in rejects.read_text("utf-8").splitlines())


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, jobs: str) -> None:
    source, folder = tmp_path / "in", tmp_path / "made"
    folder.mkdir()
    header, rows = generated(2000, 1).data.split(b"\n", 1)
    with source.open("wb") as file:
        file.write(header + b"\n")
        for number in range(100):
            file.write(rows.replace(b'"00', b'"%02d' % number))
    out, rejects = str(folder / "out"), str(folder / "rejects")
    arguments = ["-o", out, "--rejects", rejects, "--jobs", jobs, "--biller", "newport"]
    command = [*launcher(), "run", "caselle/ar/invoice", str(source), *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    while not list(folder.iterdir()) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode not in (0, 3), told
    assert b"Traceback" not in told
    assert list(folder.iterdir()) == []


PEAK = """
import gc, resource, sys
sys.path[:0] = [{root!r}, {engine!r}]
from pathlib import Path
from tests.flow.kit import context, shipped
from crosswalk.running.convert import Files, convert
source, out = map(Path, sys.argv[1:])
convert(shipped(), context(), source, Files(out))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(source: Path) -> int:
    code = PEAK.format(root=str(ROOT), engine=str(ROOT / "engine"))
    out = source.with_suffix(".out")
    done = subprocess.run(
        [sys.executable, "-c", code, str(source), str(out)], capture_output=True, check=True
    )
    return int(done.stdout) * (1 if sys.platform == "darwin" else 1024)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    header, rows = generated(2000, 1).data.split(b"\n", 1)
    peaks = []
    for times in (10, 100):
        source = tmp_path / f"{times}.txt"
        with source.open("wb") as file:
            file.write(header + b"\n")
            for number in range(times):
                file.write(rows.replace(b'\n"', b'\n"%02d' % number))
        peaks.append(peak(source))
    assert peaks[1] - peaks[0] < 10 << 20, peaks
