"""Runs of the shipped mapping over generated statement files, and what the truth says of them."""

import csv
import importlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crosswalk.findings.errors import FormatProblem
from crosswalk.planning.plan import Plan
from crosswalk.project import Project, View
from crosswalk.running.accounts import Summary
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, Result, convert

ROOT = Path(__file__).parents[2]
BILLERS = ROOT / "fixtures" / "billers"
MEMORY = Path("/dev/shm")  # noqa: S108 - hundreds of runs, each of which syncs its files
AT = datetime(2026, 2, 1, 8, 30)
MAPPING = "caselle/ar/invoice"
EXTRAS = {
    "newport": (("Parcel No",), ("Bill-to Attention",), ()),
    "alder-falls": (("Meter Route",), ("Customer email",), ("Running Balance",)),
}


def script(name: str) -> Any:
    """Load a script of fixtures/ as a module."""
    folder = str(ROOT / "fixtures")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)


@dataclass(frozen=True, slots=True)
class Made:
    """A generated statement file: its bytes, the same without damage, the truth about damage."""

    data: bytes = field(repr=False)
    whole: bytes = field(repr=False)
    truth: list[dict[str, Any]] = field(repr=False)
    delimiter: str = "|"

    @property
    def rows(self) -> list[dict[str, str]]:
        """The undamaged rows, by the standard library's reader; row n stands on line n + 2."""
        text = StringIO(self.whole.decode(), newline="")
        return list(csv.DictReader(text, delimiter=self.delimiter, strict=True))

    def struck(self) -> set[str]:
        """Give the customers that have a damaged line."""
        return {one["customer"] for one in self.truth}


def form_of(biller: str) -> Any:
    """Give the generator's form of a biller's files."""
    generate = script("generate")
    extras, after, dropped = EXTRAS[biller]
    names = generate.columns(extras, after, dropped)
    if biller == "newport":
        return generate.Form(names, extras, "|", "all", "\r\n", "M/d/yyyy")
    return generate.Form(names, extras, ";", "needed", "\r\n", "yyyy-MM-dd")


@lru_cache(maxsize=64)
def generated(
    rows: int, seed: int, share: float = 0.0, *, biller: str = "newport", collide: int = 0
) -> Made:
    """Generate a statement file, `share` of its lines damaged, `collide` pairs of like numbers."""
    generate, invented = script("generate"), script("invented")
    form = form_of(biller)
    odd, pairs = generate.Plant(0, 2), generate.Plant(collide, 6, 2)

    def lines() -> Iterator[list[str]]:
        return generate.statement(rows, invented.Draw(seed), form, odd, pairs)  # type: ignore[no-any-return]

    whole = b"".join(generate.encoded(lines(), form))
    if not share:
        return Made(whole, whole, [], form.delimiter)
    truth = StringIO()
    harm = generate.Harm(share, invented.Draw(seed + 1), Path("truth"))
    data = b"".join(generate.damaged(lines(), form, harm, truth))
    told = [json.loads(line) for line in truth.getvalue().splitlines()]
    return Made(data, whole, told, form.delimiter)


@lru_cache(maxsize=1)
def project() -> Project:
    return Project(ROOT / "mappings")


@lru_cache(maxsize=8)
def view(biller: str) -> View:
    return project().view(biller)


@lru_cache(maxsize=32)
def shipped(
    biller: str = "newport",
    direction: str = "forward",
    target: str | None = None,
    source: str | None = None,
) -> Plan:
    """Give the plan of the shipped mapping."""
    return project().plan(MAPPING, view(biller), direction, source_form=source, target_form=target)


def context(biller: str = "newport") -> Context:
    return Context(view(biller).settings.texts(), Run(AT, "run-1", "statement.txt"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left behind; `output` is None when nothing was published."""

    output: bytes | None = field(repr=False)
    rejects: bytes | None = field(repr=False)
    fault: str = ""
    summary: Summary = field(default_factory=Summary)
    notices: tuple[str, ...] = field(default=(), repr=False)

    @property
    def told(self) -> list[dict[str, Any]]:
        """The reject records."""
        return [json.loads(line) for line in (self.rejects or b"").decode().splitlines()]

    @property
    def text(self) -> str:
        """The output; the test fails when there is none."""
        assert self.output is not None, self.fault
        return self.output.decode()

    def visible(self) -> tuple[Any, ...]:
        """Give all that must be alike however a run is executed."""
        s = self.summary
        counts = (s.read, s.written, s.rejected, s.left_out, s.units, s.rejects, s.notices)
        written = {name: amount for name, amount in s.tally.sums.items() if amount}
        amounts = (s.rejected_amounts, s.unreadable_amounts, written)
        return (self.output, self.rejects, self.fault, counts, amounts, self.notices)


def run(
    plan: Plan, data: bytes, given: Context | None = None, *, jobs: int = 1, compiled: bool = True
) -> Outcome:
    """Run a plan over some bytes, files and all."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        source = folder / "in"
        source.write_bytes(data)
        files = Files(folder / "out", folder / "rejects")
        try:
            result = convert(plan, given or context(), source, files, jobs=jobs, compiled=compiled)
        except FormatProblem as problem:
            left = [one.name for one in folder.iterdir()]
            assert left == ["in"], left
            fault = str(problem).replace(str(folder), "")
            return Outcome(None, None, fault)
        return _outcome(folder, result)


def _outcome(folder: Path, result: Result) -> Outcome:
    shown = tuple(f"{one.line} {one.code} {one.field} {one.reason}" for one in result.notices)
    out, rejects = (folder / "out").read_bytes(), (folder / "rejects").read_bytes()
    return Outcome(out, rejects, "", result.summary, shown)


def invoices(text: str, delimiter: str = "|") -> dict[str, str]:
    """Cut our flat invoice file into invoices, by account number."""
    found: dict[str, str] = {}
    block: list[str] = []
    for line in [*text.splitlines(keepends=True), f"IH{delimiter}"]:
        if line.startswith(f"IH{delimiter}") and block:
            account = next(csv.reader([block[1]], delimiter=delimiter))[1]
            assert account not in found, account
            found[account] = "".join(block)
            block = []
        if not line.startswith("FH"):
            block.append(line)
    return found


def cleaned(number: str) -> str:
    """Keep the letters and digits of an account number."""
    return "".join(mark for mark in number if mark.isalnum())


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Write rows as the generator does: every value quoted, quotes doubled, CRLF."""
    lines = [
        "|".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (header, *rows)
    ]
    return "".join(line + "\r\n" for line in lines).encode()


def amount(text: str) -> Decimal:
    return Decimal(text)
