"""Pages of the documentation: their blocks, run in a folder, and their generated parts.

Blocks between fences are of these kinds, told by what stands after the opening fence:

    console              commands after `$ `, each followed by what it prints
    yaml file=PATH       the text of a file, written before what follows is run (any language)
    yaml add=PATH        text put at the end of a file
    diff file=PATH       a change of a file: lines with `-` become those with `+`

A page runs in a copy of the project's mappings/ and fixtures/, or in an empty folder where it holds
`<!-- folder: empty -->`. The sign … stands for any text in a line, and alone on a line for any
lines. A command that fails is followed by `$ echo $?`.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ANY = "…"

_UNUSED = shutil.ignore_patterns("*.case.yaml", "releases.json")

_FENCE = re.compile(r"^```([^\n`]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_TIMES = (
    (re.compile(r"\b[\d,]+(?:\.\d+)? s\b"), f"{ANY} s"),
    (re.compile(r"\([\d,]+ a second, [^)\n]*\)"), f"({ANY} a second, {ANY})"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: the words after the fence, its text, and where the text stands."""

    info: tuple[str, ...]
    body: str
    start: int
    end: int

    @property
    def file(self) -> str | None:
        """The file that the block writes or changes."""
        return self.word("file=") or self.word("add=")

    def word(self, start: str) -> str | None:
        """Give the rest of the word after the fence that begins so."""
        return next((w.removeprefix(start) for w in self.info if w.startswith(start)), None)


@dataclass(frozen=True, slots=True)
class Step:
    """A command and what it prints; `told` ends with a newline unless it is empty."""

    command: str
    told: str


def blocks(page: str) -> list[Block]:
    """Give the fenced blocks of a page."""
    return [
        Block(tuple(found[1].split()), found[2], found.start(2), found.end(2))
        for found in _FENCE.finditer(page)
    ]


def steps(body: str) -> list[Step]:
    """Take a console block apart. A command goes on where its line ends with a backslash."""
    made: list[Step] = []
    lines = iter(body.splitlines(keepends=True))
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\\n"):
                command += next(lines)
            made.append(Step(command, ""))
        else:
            made[-1] = Step(made[-1].command, made[-1].told + line)
    return made


def as_expected(expected: str, told: str) -> bool:
    """Tell whether a command printed what the page shows."""
    pattern = []
    for line in expected.splitlines():
        if line.strip() == ANY:
            pattern.append("(?:.*\n)*?")
        else:
            pattern.append(".*".join(map(re.escape, line.rstrip().split(ANY))) + "\n")
    plain = "".join(line.rstrip() + "\n" for line in told.splitlines())
    return re.fullmatch("".join(pattern), plain) is not None


def masked(told: str) -> str:
    """Put … for what differs from run to run."""
    for times, sign in _TIMES:
        told = times.sub(sign, told)
    return "".join(line.rstrip() + "\n" for line in told.splitlines())


@dataclass(slots=True)
class Shell:
    """Runs the blocks of one page, one after another, in one folder."""

    folder: Path
    code: int = 0

    def prepare(self, page: str) -> None:
        """Fill the folder with a copy of the project, unless the page wants it empty."""
        if "<!-- folder: empty -->" in page:
            self.folder.mkdir()
            return
        for name in ("mappings", "fixtures"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=_UNUSED)

    def run(self, step: Step) -> str:
        """Run a command; what it prints, both streams in one."""
        binaries = str(Path(sys.executable).parent)
        environment = {
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT / "engine"),
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "100",
            "NO_COLOR": "1",
        }
        done = subprocess.run(
            ["bash", "-c", f"(exit {self.code}); {step.command}"],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        self.code = done.returncode
        return done.stdout.decode()

    def write(self, block: Block) -> None:
        """Write or change the file of a block."""
        assert block.file is not None
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        if block.info[0] != "diff":
            before = path.read_text("utf-8") if block.word("add=") else ""
            path.write_text(before + block.body, "utf-8")
            return
        before, after = _change(block.body)
        text = path.read_text("utf-8")
        assert text.count(before) == 1, (
            f"{block.file} holds this {text.count(before)} times: {before}"
        )
        path.write_text(text.replace(before, after), "utf-8")


def _change(body: str) -> tuple[str, str]:
    lines = body.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    return before, after


def run(page: str, folder: Path) -> str:
    """Run all blocks of a page; the page with what was printed in place of what differs."""
    shell = Shell(folder)
    shell.prepare(page)
    made, at = "", 0
    for block in blocks(page):
        if block.info[0] == "console":
            made += page[at : block.start] + "".join(_console(shell, block))
            at = block.end
        elif block.file is not None:
            shell.write(block)
    return made + page[at:]


def _console(shell: Shell, block: Block) -> Iterator[str]:
    all_steps = steps(block.body)
    for number, step in enumerate(all_steps):
        told = shell.run(step)
        asked = all_steps[number + 1].command if number + 1 < len(all_steps) else ""
        assert shell.code == 0 or asked == "echo $?\n", f"failed: {step.command}{told}"
        yield f"$ {step.command}"
        yield step.told if as_expected(step.told, told) else masked(told)
