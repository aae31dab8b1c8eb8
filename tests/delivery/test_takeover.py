"""Workers that stop, die, fork or run out of disk (D4, D5, D15, delivery 3.3)."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.delivery import partner, running

from crosswalk.delivery.ledger import Ledger
from crosswalk.delivery.owners import FileOwner
from crosswalk.sandbox.server import Sandbox

WORKER = Path(__file__).resolve().parent / "crash_worker.py"


def start(sandbox: Sandbox, folder: Path, database: str, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), sandbox.url, str(folder), database, *more]
    with (folder / "worker.out").open("w") as out:
        return subprocess.Popen(command, stdout=out, text=True)


def until(seen: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_stopped_worker_is_not_taken_over_and_its_payment_is_posted_once(
    sandbox: Sandbox, database: str, tmp_path: Path
) -> None:
    stopped = start(sandbox, tmp_path, database, "1", "0.3")
    marker = tmp_path / "worker.out"
    until(lambda: marker.read_text() == "sending\n")
    os.kill(stopped.pid, signal.SIGSTOP)
    time.sleep(1.5)  # far longer than deadline and quiet period
    second = running.deliver(sandbox, database, tmp_path, [partner.payment("g-0", "inv-1", 100)])
    assert second.requests == 0
    assert [one.state for one in second.totals] == ["SENDING"]
    os.kill(stopped.pid, signal.SIGCONT)
    assert stopped.wait(timeout=20) == 0
    running.deliver(sandbox, database, tmp_path, [])
    assert len(sandbox.store.find({})) == 1
    assert running.rows(database)[0]["state"] == "POSTED"


@pytest.mark.parametrize("fault", ["slow", "late", "silent"])
def test_a_killed_workers_payment_is_taken_over_as_unknown(
    sandbox: Sandbox, database: str, tmp_path: Path, fault: str
) -> None:
    sandbox.behaviour.faults.add(fault)
    killed = start(sandbox, tmp_path, database, "1")
    until(lambda: running.mutations(sandbox))
    killed.kill()
    killed.wait()
    running.deliver(sandbox, database, tmp_path, [])
    row = running.rows(database)[0]
    reasons = [one["reason"] for one in running.history(database)["events"]]
    assert "worker_died" in reasons or "deadline" in reasons
    assert (row["state"], len(sandbox.store.find({}))) == ("POSTED", 1)


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_intent_is_on_disk_before_the_first_byte_leaves(sandbox: Sandbox, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/ledger.db"
    trace = tmp_path / "trace"
    calls = "trace=fsync,fdatasync,connect,sendto,sendmsg,write,pwrite64,openat"
    command = ["strace", "-f", "-tt", "-s", "9000", "-e", calls, "-o", str(trace), sys.executable]
    command += [str(WORKER), sandbox.url, str(tmp_path), database, "1"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    lines = trace.read_text(errors="replace").splitlines()
    sent = next(
        n
        for n, line in enumerate(lines)
        if "POST /graphql" in line or ("connect(" in line and f"htons({sandbox.port})" in line)
    )
    intent = max(n for n, line in enumerate(lines[:sent]) if "SENDING" in line)
    synced = [
        n for n, line in enumerate(lines[:sent]) if re.search(r"f(data)?sync\(.*\) += 0", line)
    ]
    assert any(n > intent for n in synced)


@pytest.mark.parametrize("limit", [200_000])
def test_a_full_disk_stops_sending(sandbox: Sandbox, tmp_path: Path, limit: int) -> None:
    """The ledger's file may not grow beyond `limit`: every payment that left was noted before."""
    database = f"sqlite:///{tmp_path}/ledger.db"

    def starve() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, str(WORKER), sandbox.url, str(tmp_path), database, "60"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, preexec_fn=starve, check=False
    )
    assert done.returncode == 5
    assert "the ledger cannot be used" in done.stdout
    sent = len(running.mutations(sandbox))
    assert sent < 60
    time.sleep(0.3)
    assert len(running.mutations(sandbox)) == sent
    running.deliver(
        sandbox, database, tmp_path, [partner.payment(f"g-{n}", "inv-1", 100) for n in range(60)]
    )
    assert {row["state"] for row in running.rows(database)} == {"POSTED"}
    assert len(sandbox.store.find({})) == 60


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_full_file_system_stops_sending(sandbox: Sandbox, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(small)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("mount is not allowed here")
    try:
        worker = start(sandbox, tmp_path, f"sqlite:///{small}/ledger.db", "60")
        until(lambda: running.mutations(sandbox))
        full_at = 0
        filler = small / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 1024)
            except OSError:
                full_at = len(running.mutations(sandbox))
        assert worker.wait(timeout=30) == 5
        assert len(running.mutations(sandbox)) <= full_at + 2
        filler.unlink()
        running.deliver(
            sandbox,
            f"sqlite:///{small}/ledger.db",
            tmp_path,
            [partner.payment(f"g-{n}", "inv-1", 100) for n in range(60)],
        )
        assert len(sandbox.store.find({})) == 60
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_missing_lock_file_proves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "workers"
    one, other = FileOwner(folder), FileOwner(folder)
    assert not one.is_dead(other.proof)
    assert not one.is_dead("file:../../etc/passwd")
    assert not one.is_dead("file:gone.lock")
    assert not one.is_dead("session:1")
    (folder / f"{one.name}.lock").unlink()
    assert not one.holds()
    other.close()
    assert one.is_dead(other.proof)
    one.close()


def test_old_lock_files_of_nobody_are_swept_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "workers"
    one, living = FileOwner(folder), FileOwner(folder)
    for name in ("old", "known", "young"):
        (folder / f"{name}.lock").touch()
    for path in folder.iterdir():
        if path.stem != "young":
            os.utime(path, (0, 0))
    one.sweep({"file:known.lock"})
    left = {path.stem for path in folder.iterdir()}
    assert left == {one.name, living.name, "known", "young"}
    one.close()
    living.close()


def test_a_session_owner_is_dead_when_its_session_is(database: str) -> None:
    first, second = Ledger(database), Ledger(database)
    one, other = first.owner(), second.owner()
    assert one.holds()
    assert not one.is_dead(other.proof)
    other.close()
    second.close()
    until(lambda: one.is_dead(other.proof))
    one.close()
    first.close()


def test_forked_children_lose_no_commit(tmp_path: Path) -> None:
    """Forty commits in a child of a process whose ledger is open are all there (delivery 1.7)."""
    from crosswalk.delivery.freeze import freeze

    url = f"sqlite:///{tmp_path}/ledger.db"
    parent = Ledger(url)
    operation = partner.operations()["create_receipt"]
    pid = os.fork()
    if pid == 0:
        child = Ledger(url)
        for number in range(40):
            child.submit([freeze(partner.payment(f"g-{number}", "i", 1), operation)], "child")
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    parent.close()
    assert len(running.rows(url)) == 40


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_finishes_what_is_in_the_air_and_a_second_start_goes_on(
    sandbox: Sandbox, database: str, tmp_path: Path, name: signal.Signals
) -> None:
    sandbox.behaviour.work_s = 0.1
    worker = start(sandbox, tmp_path, database, "20")
    until(lambda: len(running.mutations(sandbox)) >= 3)
    worker.send_signal(name)
    assert worker.wait(timeout=20) == 0
    states = [row["state"] for row in running.rows(database)]
    assert "SENDING" not in states
    assert "READY" in states
    payments = [partner.payment(f"g-{n}", "inv-1", 100) for n in range(20)]
    summary = running.deliver(sandbox, database, tmp_path, payments)
    assert summary.complete
    assert len(sandbox.store.find({})) == 20


def test_a_worker_whose_lock_is_gone_sends_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/ledger.db"
    worker = start(sandbox, tmp_path, database, "5", "0.0")
    folder = tmp_path / "ledger.db.workers"
    until(lambda: folder.exists() and list(folder.iterdir()))
    for one in folder.iterdir():
        one.unlink()
    assert worker.wait(timeout=20) == 0
    assert len(sandbox.store.find({})) < 5
