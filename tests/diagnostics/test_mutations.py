"""Whatever an author does to the shipped documents, the check answers with findings.

CROSSWALK_MUTATIONS=1000 python -m pytest tests/diagnostics/test_mutations.py
"""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crosswalk.checking import check
from crosswalk.documents.source import List, Map, Node, read
from crosswalk.documents.workspace import Workspace
from crosswalk.findings.diagnostics import CODES, Diagnostic, Severity
from crosswalk.findings.errors import ConfigError
from crosswalk.project import BACKWARD, FORWARD, Project

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "mappings").rglob("*.yaml"))
MUTATIONS, BATCHES = int(os.environ.get("CROSSWALK_MUTATIONS", "300")), 10
pytestmark = pytest.mark.no_cover
Lines = list[str]
Span = tuple[int, int]


def block(lines: Lines, at: int) -> Span:
    """Give the lines of the entry that begins at a line: it and those indented below it."""
    depth = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > depth
    ):
        end += 1
    return at, end


def drop(lines: Lines, span: Span, _: random.Random) -> None:
    del lines[span[0] : span[1]]


def duplicate(lines: Lines, span: Span, _: random.Random) -> None:
    lines[span[1] : span[1]] = lines[span[0] : span[1]]


def rename(lines: Lines, span: Span, dice: random.Random) -> None:
    line = lines[span[0]]
    start = len(line) - len(line.lstrip())
    at = dice.randrange(start, len(line)) if len(line) > start else start
    lines[span[0]] = line[:at] + dice.choice("xZ0-_ é") + line[at + 1 :]


def retype(lines: Lines, span: Span, dice: random.Random) -> None:
    key, colon, _ = lines[span[0]].partition(":")
    value = dice.choice(
        ["", " 7", " true", " null", " []", " {}", " [a, b]", " {a: b}", ' "x"', " 042"]
    )
    if colon:
        lines[span[0] : span[1]] = [f"{key}:{value}"]


def move(lines: Lines, span: Span, dice: random.Random) -> None:
    taken = lines[span[0] : span[1]]
    del lines[span[0] : span[1]]
    at = dice.randrange(len(lines) + 1)
    lines[at:at] = taken


def shorten(lines: Lines, span: Span, dice: random.Random) -> None:
    """Take a piece out of a line: flow maps lose an entry, a bracket or a value."""
    line = lines[span[0]]
    first, last = sorted((dice.randrange(len(line) + 1), dice.randrange(len(line) + 1)))
    lines[span[0]] = line[:first] + line[last:]


MUTATORS: list[Callable[[Lines, Span, random.Random], None]] = [
    drop, duplicate, rename, retype, move, shorten,
]  # fmt: skip


def mutated(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    places = [at for at, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    dice.choice(MUTATORS)(lines, block(lines, dice.choice(places)), dice)
    return "\n".join(lines)


def neighbours(path: Path, root: Path) -> None:
    """Leave out billers and files that the mutated document has nothing to do with."""
    shutil.rmtree(root / "mappings", ignore_errors=True)
    batch = "batch" in path.parts or path.stem in OF_BATCH
    kept = {path.stem.split(".")[0], "newport"}

    def unrelated(folder: str, names: list[str]) -> set[str]:
        at = Path(folder).name
        if at == "caselle" and not batch:
            return {"batch"}
        if at != "billers":
            return set()
        return {one for one in names if one.endswith(".yaml") and one.split(".")[0] not in kept}

    shutil.copytree(ROOT / "mappings", root / "mappings", ignore=unrelated)


OF_BATCH = ("elk-ridge", "stone-creek")


def examine(root: Path, dice: random.Random) -> list[Diagnostic]:
    """Check, and ask for a plan; only findings may come out."""
    project = Project(root)
    findings = check(project)
    try:
        direction = dice.choice((FORWARD, BACKWARD))
        project.plan("caselle/ar/invoice", project.view("newport"), direction)
    except ConfigError as refused:
        findings += refused.findings
    return findings


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_mutated_document_gives_findings_and_never_a_traceback(
    batch: int, tmp_path: Path
) -> None:
    dice = random.Random(batch)
    for _ in range(MUTATIONS // BATCHES):
        path = dice.choice(FILES)
        neighbours(path, tmp_path)
        copy = tmp_path / path.relative_to(ROOT)
        original = path.read_text("utf-8")
        copy.write_text(changed := mutated(original, dice), "utf-8")
        try:
            findings = examine(tmp_path, dice)
        except Exception as fault:
            raise AssertionError(f"{path.name} as\n{changed}") from fault
        assert {one.code for one in findings} <= set(CODES)


@pytest.mark.parametrize("name", ["statement-file.yaml", "elk-ridge.yaml", "update-phone.yaml"])
def test_what_a_mutation_is_tried_among_has_no_findings(name: str, tmp_path: Path) -> None:
    (path, *_) = [one for one in FILES if one.name == name]
    neighbours(path, tmp_path)
    assert [one for one in check(Project(tmp_path)) if one.severity is Severity.ERROR] == []


def test_the_mutations_reach_the_meaning_of_documents(tmp_path: Path) -> None:
    """Most mutants must still be YAML, or the test above would only test the parser."""
    dice = random.Random(1)
    read_well: list[Node] = []
    for _ in range(100):
        node, findings = read(mutated(dice.choice(FILES).read_text("utf-8"), dice), "x.yaml")
        if isinstance(node, (Map, List)) and not findings:
            read_well.append(node)
    assert len(read_well) > 50
    assert isinstance(Project(tmp_path).workspace, Workspace)
