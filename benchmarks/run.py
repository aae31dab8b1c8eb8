"""Measure W1 or W2: Crosswalk and its rivals on the same files, as whole processes, in turns.

Usage: python benchmarks/run.py [--work payments] --rows 100000 1000000 --rounds 5
                                [--only NAME ...] [--write]

Prints a Markdown table for each size: rows per second of CPU (user and system, the process and all
its children), wall time, peak memory (PSS), and ratios to the hand-tuned script; all are medians of
the rounds. With --write the tables replace the generated section of docs/performance.md.
"""

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

HOME = Path(__file__).resolve().parents[1]
RIVALS = "{home}/benchmarks/rivals"
PAYMENTS = "{home}/benchmarks/payments"


def crosswalk(mapping: str, *more: str) -> tuple[str, ...]:
    """Give the arguments of a run."""
    to = ("-o", "{out}", "--biller", "newport", "--at", "2026-01-31T08:00:00")
    return ("{crosswalk}", "run", mapping, "{in}", *to, *more)


@dataclass(frozen=True, slots=True)
class Contender:
    """A command to measure: its arguments, what it needs, and whether it does the whole job."""

    argv: tuple[str, ...]
    needs: str = ""
    whole: bool = True
    environment: tuple[tuple[str, str], ...] = ()
    largest: int = 5_000_000


@dataclass(frozen=True, slots=True)
class Work:
    """A job: how its file is generated, and who does it; the first one is the yardstick.

    In arguments {python}, {crosswalk}, {home}, {in}, {out} and {rows} are filled in.
    """

    generate: tuple[str, ...]
    contenders: Mapping[str, Contender]
    mark: str


INVOICE, PAYMENT = "caselle/ar/invoice", "caselle/cash-receipting/payment"
STATEMENT = Work(
    (
        *("{python}", "{home}/fixtures/generate.py", "{in}", "--rows", "{rows}", "--seed", "7"),
        *("--extra", "Parcel No", "--after", "Bill-to Attention"),
    ),
    {
        "hand-tuned Python": Contender(("{python}", f"{RIVALS}/handtuned.py", "{in}", "{out}")),
        "crosswalk, 1 process": Contender(crosswalk(INVOICE, "--jobs", "1"), needs="crosswalk"),
        "crosswalk, 2 processes": Contender(crosswalk(INVOICE, "--jobs", "2"), needs="crosswalk"),
        "crosswalk, reference": Contender(
            crosswalk(INVOICE, "--reference"), needs="crosswalk", largest=100_000
        ),
        "Polars eager, 2 threads": Contender(
            ("{python}", f"{RIVALS}/polars_eager.py", "{in}", "{out}"),
            needs="polars",
            environment=(("POLARS_MAX_THREADS", "2"),),
        ),
        "DuckDB SQL, 2 threads": Contender(
            ("{python}", f"{RIVALS}/duckdb_sql.py", "{in}", "{out}", "--threads", "2"),
            needs="duckdb",
        ),
        "straightforward Python": Contender(
            ("{python}", f"{RIVALS}/plain.py", "{in}", "{out}"), largest=1_000_000
        ),
        "Miller (part of the job)": Contender(
            ("sh", f"{RIVALS}/miller.sh", "{in}", "{out}"),
            needs="mlr",
            whole=False,
            largest=100_000,
        ),
    },
    "benchmarks/run.py",
)
RECEIPTS = Work(
    ("{python}", f"{PAYMENTS}/generate.py", "{in}", "--rows", "{rows}"),
    {
        "hand-tuned Python": Contender(("{python}", f"{PAYMENTS}/handtuned.py", "{in}", "{out}")),
        "crosswalk": Contender(crosswalk(PAYMENT), needs="crosswalk"),
        "crosswalk, reference": Contender(
            crosswalk(PAYMENT, "--reference"), needs="crosswalk", largest=100_000
        ),
        "Polars eager, 2 threads": Contender(
            ("{python}", f"{PAYMENTS}/polars_eager.py", "{in}", "{out}"),
            needs="polars",
            environment=(("POLARS_MAX_THREADS", "2"),),
        ),
        "DuckDB SQL, 2 threads": Contender(
            ("{python}", f"{PAYMENTS}/duckdb_sql.py", "{in}", "{out}", "--threads", "2"),
            needs="duckdb",
        ),
        "straightforward Python": Contender(
            ("{python}", f"{PAYMENTS}/plain.py", "{in}", "{out}"), largest=1_000_000
        ),
        "jq (without checks)": Contender(
            ("sh", f"{PAYMENTS}/jq.sh", "{in}", "{out}"), needs="jq", largest=1_000_000
        ),
    },
    "benchmarks/run.py --work payments",
)
WORKS = {"statement": STATEMENT, "payments": RECEIPTS}

YARDSTICK = "hand-tuned Python"
REPORT = HOME / "docs" / "performance.md"


@dataclass(frozen=True, slots=True)
class Measure:
    """One run: seconds of CPU and of wall time, peak megabytes of all its processes, SHA-256."""

    cpu: float
    wall: float
    peak: float
    digest: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the commands are: programs by name, and the folder of the files."""

    programs: Mapping[str, str]
    folder: Path

    def argv(self, template: Sequence[str], **more: str) -> list[str]:
        """Fill in a template."""
        return [part.format_map({**self.programs, "home": str(HOME), **more}) for part in template]

    def has(self, needs: str) -> bool:
        """Tell whether a program or Python package is there."""
        if needs == "crosswalk":
            return "crosswalk" in self.programs
        return not needs or find_spec(needs) is not None or shutil.which(needs) is not None


def programs() -> dict[str, str]:
    """Find Python and the crosswalk command beside it or on the path."""
    beside = Path(sys.executable).with_name("crosswalk")
    found = str(beside) if beside.exists() else shutil.which("crosswalk")
    return {"python": sys.executable} | ({"crosswalk": found} if found else {})


def tree_bytes(root: int) -> int:
    """Add up the memory of a process and of all below it that live, in bytes.

    Taken as proportional set size: a page that forked processes share counts once among them.
    """
    waiting, total = [root], 0
    while waiting:
        process = Path("/proc") / str(waiting.pop())
        try:
            found = re.search(r"Pss:\s+(\d+) kB", (process / "smaps_rollup").read_text())
            total += int(found[1]) * 1024 if found else 0
            for thread in (process / "task").iterdir():
                waiting += [int(child) for child in (thread / "children").read_text().split()]
        except OSError:
            continue
    return total


@contextmanager
def watched(process: int) -> Iterator[list[int]]:
    """Keep the largest memory of a process and its children, looked at fifty times a second."""
    largest, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(0.02):
            largest[0] = max(largest[0], tree_bytes(process))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield largest
    finally:
        done.set()
        watcher.join()


def digest(path: Path) -> str:
    """Hash a file, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def measure(contender: Contender, place: Place, source: Path) -> Measure:
    """Run one command to its end; a failure shows what it said and raises."""
    out = place.folder / "out.txt"
    out.unlink(missing_ok=True)
    argv = place.argv(contender.argv, **{"in": str(source), "out": str(out)})
    said = place.folder / "said.txt"
    environment = {**os.environ, **dict(contender.environment)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
    with said.open("wb") as errors:
        start = time.perf_counter()
        child = subprocess.Popen(
            argv, cwd=HOME, env=environment, stdout=errors, stderr=errors, stdin=subprocess.DEVNULL
        )
        with watched(child.pid) as largest:
            _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{argv}: {child.returncode}\n{said.read_text(errors='replace')}")
    return Measure(usage.ru_utime + usage.ru_stime, wall, largest[0] / 1e6, digest(out))


def rounds(
    chosen: Mapping[str, Contender], count: int, place: Place, source: Path
) -> dict[str, list[Measure]]:
    """Run all commands in turns; each round begins with another one."""
    found: dict[str, list[Measure]] = {name: [] for name in chosen}
    names = list(chosen)
    for number in range(count):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            found[name].append(measure(chosen[name], place, source))
    return found


def unlike(chosen: Mapping[str, Contender], found: Mapping[str, Sequence[Measure]]) -> list[str]:
    """Name the commands that do the whole job and whose output is not the yardstick's."""
    by_name = {name: {run.digest for run in found[name]} for name in found if chosen[name].whole}
    expected = by_name.get(YARDSTICK) or next(iter(by_name.values()), set())
    return [name for name, digests in by_name.items() if digests != expected or len(digests) > 1]


def table(work: Work, rows: int, found: Mapping[str, Sequence[Measure]], odd: Sequence[str]) -> str:
    """Write the medians as a Markdown table."""
    titles = "rows per CPU second | wall | peak memory | CPU to hand-tuned | wall to hand-tuned"
    lines = [f"| {rows:,} rows | {titles} | output |", "|---|---:|---:|---:|---:|---:|---|"]
    mid = {
        name: (
            median(run.cpu for run in runs),
            median(run.wall for run in runs),
            median(run.peak for run in runs),
        )
        for name, runs in found.items()
    }
    own = mid.get(YARDSTICK)
    for name, (cpu, wall, peak) in mid.items():
        ratios = f"{cpu / own[0]:.2f} | {wall / own[1]:.2f}" if own else " | "
        said = "differs" if name in odd else "equal" if work.contenders[name].whole else "part"
        lines.append(
            f"| {name} | {rows / cpu:,.0f} | {wall:.2f} s | {peak:,.0f} MB | {ratios} | {said} |"
        )
    return "\n".join(lines)


def choose(work: Work, only: Sequence[str], rows: int, place: Place) -> dict[str, Contender]:
    """Take the commands that are asked for, available and meant for a file of this size."""
    chosen = {}
    for name, contender in work.contenders.items():
        if only and not any(word in name for word in only):
            continue
        if not place.has(contender.needs):
            print(f"skipped {name}: {contender.needs} is not installed", file=sys.stderr)
        elif rows > contender.largest:
            print(f"skipped {name}: too slow for {rows:,} rows", file=sys.stderr)
        else:
            chosen[name] = contender
    return chosen


def machine() -> str:
    """Describe the machine in a line; figures of different machines cannot be compared."""
    return (
        f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}. Only ratios within one table count."
    )


def publish(text: str, mark: str) -> None:
    """Replace the generated section of the report, or begin one at its end."""
    begin, end = f"<!-- generated by {mark}: begin -->", f"<!-- generated by {mark}: end -->"
    before, after = REPORT.read_text("utf-8") if REPORT.exists() else "# Performance\n", "\n"
    if begin in before:
        before, _, rest = before.partition(begin)
        after = rest.partition(end)[2]
    REPORT.write_text(f"{before.rstrip()}\n\n{begin}\n{text}\n{end}{after}", "utf-8")


def main() -> None:
    """Measure what the command line asks for; outputs that differ make the exit code 1."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--work", choices=WORKS, default="statement")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", default=[], help="words of the commands' names")
    parser.add_argument("--folder", type=Path, help="keep the generated files here")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    asked = parser.parse_args()
    work = WORKS[asked.work]
    failed = False
    tables = [machine(), f"Medians of {asked.rounds} interleaved rounds."]
    with tempfile.TemporaryDirectory() as temporary:
        place = Place(programs(), asked.folder or Path(temporary))
        for rows in asked.rows:
            source = place.folder / f"{asked.work}-{rows}.txt"
            if not source.exists():
                argv = place.argv(work.generate, **{"in": str(source), "rows": str(rows)})
                subprocess.run(argv, check=True)
            chosen = choose(work, asked.only, rows, place)
            found = rounds(chosen, asked.rounds, place, source)
            odd = unlike(chosen, found)
            tables.append(table(work, rows, found, odd))
            print(tables[-1], flush=True)
            failed = failed or bool(odd)
            for name in odd:
                print(f"{name}: the output differs", file=sys.stderr)
    if asked.write:
        publish("\n\n".join(tables), work.mark)
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
