"""Files that nobody here had seen: each is mapped by YAML alone, without a word of code."""

from datetime import datetime
from pathlib import Path

import pytest

from crosswalk.checking import check
from crosswalk.findings.diagnostics import Severity
from crosswalk.findings.errors import FormatProblem
from crosswalk.project import CANONICAL, Project
from crosswalk.running.context import Context, Run
from crosswalk.running.convert import Files, convert

HERE = Path(__file__).parent
NAMES = sorted(path.parent.name for path in HERE.glob("*/mapping.yaml"))
AT = datetime(2021, 2, 1, 8, 0)


@pytest.fixture(scope="module")
def project() -> Project:
    return Project(HERE)


def source_of(name: str, folder: Path) -> Path:
    """The input of a stranger; one in bytes that are no text is kept as hex."""
    text = HERE / name / "input.txt"
    if text.exists():
        return text
    made = folder / f"{name}.bin"
    made.write_bytes(bytes.fromhex((HERE / name / "input.hex").read_text("ascii")))
    return made


def mapped(project: Project, name: str, source: Path, folder: Path, *, compiled: bool) -> str:
    plan = project.plan(f"strangers/{name}", project.view(None), target_form=CANONICAL)
    out = folder / f"{name}-{compiled}.jsonl"
    result = convert(plan, Context({}, Run(AT, "1", name)), source, Files(out), compiled=compiled)
    assert [reject.issue for reject in result.rejects] == []
    assert result.summary.control_problems == []
    return out.read_text("utf-8")


def test_at_least_twelve_shapes_are_tried() -> None:
    assert len(NAMES) >= 12


def test_the_check_finds_nothing_wrong_with_them(project: Project) -> None:
    found = [one for one in check(project) if one.severity is not Severity.INFO]
    assert found == []


@pytest.mark.parametrize("compiled", [False, True], ids=["reference", "compiled"])
@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_becomes_what_is_expected(
    project: Project, name: str, tmp_path: Path, *, compiled: bool
) -> None:
    made = mapped(project, name, source_of(name, tmp_path), tmp_path, compiled=compiled)
    assert made == (HERE / name / "expected.jsonl").read_text("utf-8")


OTHERS = {
    "x12-820": ("*~>", "|\n:", ""),
    "edifact": ("+:?'", "|!;~", "UNA!|.; ~"),
}
"""By stranger: separators, others in their places, and what says so before the data."""


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_may_bring_separators_of_its_own(
    project: Project, name: str, tmp_path: Path
) -> None:
    old, new, before = OTHERS[name]
    text = (HERE / name / "input.txt").read_text("utf-8")
    if "\n" in new:  # its segments stand on lines, which here are their ends
        text = text.replace("\n", "")
    source = tmp_path / "other.txt"
    other = text.replace("?+", "\0").translate(str.maketrans(old, new)).replace("\0", "+")
    source.write_text(before + other, "utf-8")
    made = mapped(project, name, source, tmp_path, compiled=True)
    assert made == (HERE / name / "expected.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    ("begin", "told"),
    [
        ("UNA:+.? A", "'A' stands at place 9 as record_end"),
        ("UNA::.? '", "':' stands at place 4, as component and as delimiter"),
        ("UNA:+,? '", "the file's decimal mark is ',', and field"),
        ("UNA:+", "the file ends there"),
    ],
)
def test_separators_that_cannot_be_are_refused(
    project: Project, begin: str, told: str, tmp_path: Path
) -> None:
    source = tmp_path / "other.txt"
    source.write_text(begin, "utf-8")
    with pytest.raises(FormatProblem) as refused:
        mapped(project, "edifact", source, tmp_path, compiled=True)
    assert refused.value.code == "CW616"
    assert told in str(refused.value)
