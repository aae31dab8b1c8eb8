"""Every command shown in the documentation prints what the page says, and tables are current.

`pytest tests/docs --snapshot-update` writes the pages anew; read the difference before you commit.
"""

import re
from pathlib import Path

import pytest
from tests.docs.generated import part
from tests.docs.pages import ROOT, as_expected, blocks, masked, run, steps

from crosswalk.cli.main import COMMANDS, EPILOG
from crosswalk.language.operators import OPERATORS
from crosswalk.language.operators import reference as operator_reference
from crosswalk.telling.reference import fill

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
TEXTS = [*PAGES, ROOT / "ARCHITECTURE.md", ROOT / "CHANGELOG.md"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def settle(path: Path, made: str, config: pytest.Config) -> None:
    """Compare a page with what it should be, or write it."""
    page = path.read_text("utf-8")
    if made != page and config.getoption("snapshot_update"):
        path.write_text(made, "utf-8")
        pytest.fail(f"{name(path)} was written anew")
    assert made == page, "see the docstring of this module"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_generated_parts_are_current(path: Path, pytestconfig: pytest.Config) -> None:
    settle(path, fill(path.read_text("utf-8"), part), pytestconfig)


def test_operator_reference_is_current(pytestconfig: pytest.Config) -> None:
    settle(ROOT / "docs" / "operators.md", operator_reference(), pytestconfig)


@pytest.mark.parametrize(
    "path", [one for one in PAGES if "```console" in one.read_text("utf-8")], ids=name
)
def test_commands_print_what_the_page_shows(
    path: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    settle(path, run(path.read_text("utf-8"), tmp_path / "project"), pytestconfig)


def test_every_command_and_exit_code_is_documented() -> None:
    told = "".join(path.read_text("utf-8") for path in PAGES)
    assert [one for one in COMMANDS if f"crosswalk {one}" not in told] == []
    readme = (ROOT / "README.md").read_text("utf-8")
    codes = re.findall(r"^ +(\d+) ", EPILOG, re.MULTILINE)
    assert codes
    assert [code for code in codes if f"| {code} |" not in readme] == []


def test_every_operator_is_in_the_language_reference() -> None:
    told = (ROOT / "docs" / "language.md").read_text("utf-8")
    assert [one for one in OPERATORS if f"(operators.md#{one})" not in told] == []


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    broken = [one for one in links if "://" not in one and not (path.parent / one).exists()]
    assert broken == []


def test_architecture_is_short_and_names_every_module() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert len(text.splitlines()) <= 200
    package = ROOT / "engine" / "crosswalk"
    beside = {"cli", "decisions", "delivery", "sandbox"}  # rooms that are named as a whole
    modules = [one.relative_to(package) for one in package.rglob("*.py")]
    named = [one for one in modules if one.parts[0] not in beside and one.stem[0] != "_"]
    assert named
    assert [str(one) for one in named if f"`{one.stem}`" not in text] == []


def test_architecture_names_tests_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = re.findall(r"`(tests/[^`]+?)(?:::(\w+))?`", text)
    assert named
    for file, test in named:
        assert (ROOT / file).exists(), file
        assert not test or f"def {test}(" in (ROOT / file).read_text("utf-8"), test


def test_every_field_of_the_invoice_file_is_shown_beside_the_partners_and_classed() -> None:
    text = (ROOT / "docs" / "invoice-file.md").read_text("utf-8")
    beside = re.findall(r"^\| (\d+) \|", text, re.MULTILINE)
    classed = re.findall(r"^\| (?:FH|IH|CR|ID) \| (\d+) \|", text, re.MULTILINE)
    assert len(set(beside)) == len(beside) == 53
    assert beside == classed


# --- the harness itself ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "told", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("a … c\n", "a b c\n", True),
        ("a … c\n", "a b d\n", False),
        ("a\n…\n", "a\nb\nc\n", True),
        ("a\n…\nd\n", "a\nb\nc\n", False),
        ("", "", True),
        ("", "a\n", False),
    ],
)
def test_expected_output_matches_only_what_it_says(expected: str, told: str, same: bool) -> None:
    assert as_expected(expected, told) is same


def test_times_are_masked_and_nothing_else() -> None:
    told = "40 records in 0.0 s (1,872 a second, compiled)\n  written  40 records as 11 units\n"
    same = "40 records in … s (… a second, …)\n  written  40 records as 11 units\n"
    assert masked(told) == same


def test_commands_are_told_from_their_output() -> None:
    page = "```console\n$ one \\\n    two\nprinted\n$ three\n```\n"
    (block,) = blocks(page)
    assert [(one.command, one.told) for one in steps(block.body)] == [
        ("one \\\n    two\n", "printed\n"),
        ("three\n", ""),
    ]


def test_a_page_that_shows_something_else_is_found(tmp_path: Path) -> None:
    file = "<!-- folder: empty -->\n```text file=a/b.txt\nhello\n```\n"
    page = file + "```console\n$ cat a/b.txt\nbye\n```\n"
    assert run(page, tmp_path / "here") == page.replace("bye", "hello")
