"""docs/delivery.md as a new user follows it, over processes: what it shows is what happens.

Blocks after the fence `shell-session` are run in one shell; `server` marks what goes on beside it.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs.pages import ROOT, Block, as_expected, blocks, steps

PORT = "8700"
PAGE = (ROOT / "docs" / "delivery.md").read_text("utf-8")
END = "-- end of the command --"


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def environment(folder: Path) -> dict[str, str]:
    binaries = str(Path(sys.executable).parent)
    return {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT / "engine"),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }


class Shell:
    """One bash that lives for the whole story."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=environment(folder),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, command: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{command}code=$?; echo '{END}'; (exit $code)\n")
        self.process.stdin.flush()
        told = ""
        for line in self.process.stdout:
            if line.rstrip("\n") == END:
                return told
            told += line
        raise AssertionError(f"the shell ended: {told}")

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def server(block: Block, folder: Path, port: str) -> Iterator[None]:
    (step,) = steps(block.body)
    command = step.command.replace("\\\n", " ").strip() + f" --port {port}"
    with subprocess.Popen(
        ["bash", "-c", f"exec {command}"],
        cwd=folder,
        env=environment(folder),
        text=True,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert as_expected(step.told.replace(PORT, port), first), first
        try:
            yield
        finally:
            process.terminate()


def test_the_page_on_deliveries_can_be_followed(tmp_path: Path) -> None:
    port = free_port()
    for name in ("mappings", "fixtures"):
        shutil.copytree(ROOT / name, tmp_path / name)
    biller = tmp_path / "mappings" / "billers" / "riverton.yaml"
    biller.write_text(re.sub(rf":{PORT}/", f":{port}/", biller.read_text("utf-8")), "utf-8")
    story = [one for one in blocks(PAGE) if one.info[0] == "shell-session" or one.file]
    first, *rest = story
    assert first.info == ("shell-session", "server")
    assert len(rest) >= 4
    shell = Shell(tmp_path)
    try:
        with server(first, tmp_path, port):
            for block in rest:
                if block.file:
                    (tmp_path / block.file).write_text(block.body, "utf-8")
                for step in () if block.file else steps(block.body):
                    told = shell.run(step.command)
                    assert as_expected(step.told, told), f"{step.command}{told}"
    finally:
        shell.close()
