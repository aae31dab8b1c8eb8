"""A project whose sandbox biller goes to a partner that runs for one test, and the command line."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from unittest import mock

from tests.delivery import partner

from crosswalk.cli.main import main
from crosswalk.outbound.prepared import Deliverable, Items, deliverable, items_of
from crosswalk.project import Project
from crosswalk.running.context import Context, Run
from crosswalk.sandbox.server import Sandbox

ROOT = Path(__file__).resolve().parents[2]
RIVERTON = ROOT / "fixtures" / "billers" / "riverton"
PAYMENT, VOID = "caselle/cash-receipting/payment", "caselle/cash-receipting/void"
REJECT, PAPERLESS = "caselle/cash-receipting/reject", "caselle/ar/paperless"
BALANCE = "caselle/ar/balance-request"
AT = datetime(2026, 2, 2, 9, 0)
CANARIES = ("canary-user", "canary/pass+word")
LOGIN = dict(zip(("RIVERTON_USERNAME", "RIVERTON_PASSWORD"), CANARIES, strict=True))
SANDBOX_URL = "http://127.0.0.1:8700/graphql"
Change = tuple[str, str, str]


def project_in(folder: Path, url: str, changes: tuple[Change, ...] = ()) -> Path:
    """Copy the shipped documents, the sandbox biller at a URL, with changes (file, old, new)."""
    shutil.copytree(ROOT / "mappings", folder / "mappings")
    for file in (folder / "mappings").rglob("*.case.yaml"):
        file.unlink()
    biller = folder / "mappings" / "billers" / "riverton.yaml"
    for name, old, new in changes:
        path = folder / "mappings" / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new), "utf-8")
    here, there = (one.removesuffix("graphql") for one in (SANDBOX_URL, url))
    biller.write_text(biller.read_text("utf-8").replace(here, there), "utf-8")
    return folder


def made(project: Project, mapping: str, data: bytes) -> tuple[Deliverable, Items]:
    view = project.view("riverton")
    found = deliverable(project, mapping, view)
    context = Context(view.settings.texts(), Run(AT, "", "in.jsonl"))
    return found, items_of(found, data, context)


@dataclass(frozen=True, slots=True)
class Place:
    """A project with a running partner; `ledger` is a file or a URL."""

    folder: Path
    sandbox: Sandbox
    ledger: str

    def crosswalk(self, *args: object) -> int:
        """Run the command line in this process; what it prints is for capsys."""
        command = [str(one) for one in ("crosswalk", "-C", self.folder, *args)]
        environment = LOGIN | {"CROSSWALK_LEDGER": self.ledger}
        with mock.patch.dict("os.environ", environment), mock.patch.object(sys, "argv", command):
            try:
                main()
            except SystemExit as end:
                return end.code if isinstance(end.code, int) else 0
        return 0

    def deliver(self, mapping: str, file: Path, *more: object) -> int:
        state = ("--state", self.folder / "state")
        return self.crosswalk("deliver", mapping, file, "--biller", "riverton", *state, *more)

    def receipts(self) -> list[dict[str, object]]:
        return self.sandbox.store.find({})


@contextmanager
def place(folder: Path, ledger: str, *changes: Change) -> Iterator[Place]:
    with partner.sandbox(folder) as running:
        project = project_in(folder / "project", running.url, changes)
        yield Place(project, running, ledger)


Opened = Callable[..., Place]
