"""What render shows, for people, tools and code hosts; compared byte by byte."""

import json
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosswalk.findings.diagnostics import Diagnostic, Label, Severity, Span
from crosswalk.findings.report import Style, render, summary

HERE = Path(__file__).parent
LONG = "x" * 150
SOURCES = {
    "a.yaml": (
        "fields:\n  # a note\n  IH:\n"
        "    9: {form: Date}\n    10: {name: 漢字 e\u0301t\u00e9, form: x}\n"
    ),
    "b,1:2.yaml": f"note: {LONG} here {LONG}\r\n\ttab: \x1b[31mred\n",
}


class Snapshot(Protocol):
    snapshot_dir: Path

    def assert_match(self, value: bytes, name: str) -> None: ...


def at(file: str, line: int, column: int, length: int = 1) -> Span:
    return Span(file, line, column, line, column + length)


FINDINGS = [
    Diagnostic("CW305", "rule 4 is never reached", severity=Severity.WARNING, help="move it up"),
    Diagnostic("CW201", "unknown key 'form'", at("a.yaml", 4, 9, 4), label="did you mean 'from'?"),
    Diagnostic("CW201", "unknown key 'form'", at("a.yaml", 5, 26, 4), help="keys: from, name"),
    Diagnostic("CW401", "cut around the caret", at("b,1:2.yaml", 1, 158, 4), label="this word"),
    Diagnostic("CW401", "a range of lines", Span("a.yaml", 4, 8, 5, 3), Severity.INFO),
    Diagnostic("CW401", "100% \x1b[31mred\nline", at("b,1:2.yaml", 2, 2, 3), help="two\nlines"),
    Diagnostic("CW401", "behind the end", at("a.yaml", 40, 1), label="here"),
    Diagnostic(
        "CW402",
        "two sources",
        at("a.yaml", 5, 26, 4),
        related=(Label(at("a.yaml", 4, 9, 4), "first"), Label(at("none.yaml", 1, 1), "and here")),
    ),
]


@pytest.mark.parametrize("style", ["full", "concise", "json", "github"])
@pytest.mark.parametrize("color", [False, True])
def test_a_report_is_rendered_like_its_snapshot(
    style: Style, *, color: bool, snapshot: Snapshot
) -> None:
    shown = render(reversed(FINDINGS), SOURCES, style, color=color)
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match(shown.encode(), f"{style}{'-color' if color else ''}.txt")


def test_sources_may_be_a_callable() -> None:
    assert render(FINDINGS, SOURCES.get, "full") == render(FINDINGS, SOURCES, "full")


def test_json_holds_every_part_of_a_finding() -> None:
    body = json.loads(render(FINDINGS, {}, "json"))
    assert body["schema_version"] == 1
    assert body["counts"] == {"error": 6, "warning": 1, "info": 1, "files": 2}
    last = next(item for item in body["findings"] if item["related"])
    assert last["related"][0] == {
        "label": "first",
        "file": "a.yaml",
        "line": 4,
        "column": 9,
        "end_line": 4,
        "end_column": 13,
    }
    assert body["findings"][0]["file"] is None


def test_github_shows_errors_before_warnings_and_notes() -> None:
    lines = render(FINDINGS, {}, "github").splitlines()
    commands = [line.split()[0] for line in lines]
    assert commands == ["::error"] * 6 + ["::warning", "::notice"]


def test_github_cannot_be_given_a_command_by_author_text() -> None:
    evil = "x\n::add-mask::y\r\n::error file=a,line=1::z"
    shown = render([Diagnostic("CW201", evil, at(evil, 1, 1), label=evil, help=evil)], {}, "github")
    assert shown.count("\n") == 1
    head, _, _ = shown.removeprefix("::error ").partition("::")
    assert dict(pair.split("=", 1) for pair in head.split(","))["line"] == "1"


@pytest.mark.parametrize("style", ["full", "concise", "github"])
@given(text=st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_control_character_of_author_text_reaches_the_terminal(style: Style, text: str) -> None:
    finding = Diagnostic("CW201", text, at("f", 1, 3, 5), label=text, help=text)
    shown = render([finding], {"f": text}, style)
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in shown if char != "\n")
    shown.encode("utf-8")


@given(
    line=st.text(st.characters(exclude_characters="\n\r"), max_size=300),
    column=st.integers(1, 320),
    length=st.integers(0, 320),
)
@settings(max_examples=200, deadline=None)
def test_an_excerpt_is_never_wider_than_the_page_whatever_the_line(
    line: str, column: int, length: int
) -> None:
    finding = Diagnostic("CW201", "m", at("f", 1, column, length))
    shown = render([finding], {"f": line}, "full").splitlines()
    assert all(len(text) <= 2 * 105 for text in shown)
    plain = line.isascii() and line.isprintable()
    assert not plain or all(len(text) <= 105 for text in shown)


def test_nothing_found_is_said() -> None:
    assert summary([]) == "no findings"
    assert render([], {}, "full") == "no findings\n"
    assert render([], {}, "concise") == ""
    assert render([], {}, "github") == ""


def test_the_summary_counts_and_uses_the_singular() -> None:
    assert summary(FINDINGS[:2]) == "2 findings (1 error, 1 warning) in 1 file"
    assert summary(FINDINGS[:1]) == "1 finding (1 warning)"
    assert summary(FINDINGS) == "8 findings (6 errors, 1 warning, 1 note) in 2 files"
