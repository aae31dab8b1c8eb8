"""The attack corpus is refused in time, with a place (safety C1, A1-A4)."""

import subprocess
import sys
from pathlib import Path

import pytest

from crosswalk.documents.source import MAX_BYTES, List, Map, plain, read, read_file
from crosswalk.findings.diagnostics import Diagnostic

BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
REFUSED = {
    "alias bomb": (BOMB, "CW105"),
    "merge bomb": ("a: &a {x: 1}\nb: {<<: [*a, *a]}\n", "CW105"),
    "100,000 brackets": ("[" * 100_000, "CW113"),
    "a megabyte of brackets": ("[" * MAX_BYTES, "CW113"),
    "100,000 braces": ("{a: " * 100_000, "CW113"),
    "100,000 dashes": ("- " * 100_000, "CW113"),
    "100,000 question marks": ("? " * 100_000, "CW113"),
    "over a megabyte": ("#" * (MAX_BYTES + 1), "CW114"),
    "too many values": ("[" + "a," * 110_000 + "]", "CW114"),
    "a number of a million digits": ("a: " + "1" * 1_000_000, "CW103"),
    "a million underscores": ("a: " + "1_" * 500_000, "CW103"),
    "a million colons": ("a: " + "1:1" * 300_000, "CW103"),
    "duplicate keys without end": ("a: b\n" * 200_000, "CW102"),
    "python object": ("a: !!python/object/apply:os.system [id]", "CW106"),
    "two documents": ("a: 1\n---\nb: 2\n", "CW108"),
    "two documents after an end": ("a: 1\n...\nb: 2\n", "CW108"),
    "NUL": ("a: x\0y\n", "CW111"),
    "NEL as a hidden line break": ("a: x\x85b: y\n", "CW111"),
    "line separator": ("a: x\u2028b: y\n", "CW111"),
    "lone carriage return": ("a: x\rb: y\n", "CW111"),
    "byte order mark inside": ("a: x\ufeffy\n", "CW111"),
    "lone surrogate": ("a: \ud800\n", "CW111"),
    "escaped surrogate": ('a: "\\ud800"\n', "CW101"),
    "impossible code point": ('a: "\\U00110000"\n', "CW101"),
    "larger than any integer": ('a: "\\UFFFFFFFF"\n', "CW101"),
    "endless quote": ('a: "' + "x\n" * 500_000, "CW101"),
    "long key": ("x" * 2000 + ": 1", "CW101"),
}


TIMED = """
import sys, time
from crosswalk.documents.source import read
text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
start = time.process_time()
read(text, "f.yaml")
print(time.process_time() - start)
"""


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_an_attack_is_refused_with_a_place_within_two_seconds(text: str, code: str) -> None:
    """The seconds are the processor's, in a process of its own that nothing else slows down."""
    data = text.encode("utf-8", "surrogatepass")
    done = subprocess.run(
        [sys.executable, "-c", TIMED], input=data, capture_output=True, check=True
    )
    assert float(done.stdout) < 2
    _, findings = read(text, "f.yaml")
    assert code in [finding.code for finding in findings]
    assert all(finding.span is not None and finding.help for finding in findings)
    assert len(findings) <= 101


@pytest.mark.parametrize(
    "name", [name for name, (text, _) in REFUSED.items() if len(text) < 200_001]
)
def test_the_python_parser_refuses_an_attack_in_the_same_words(name: str) -> None:
    text, _ = REFUSED[name]
    assert read(text, "f.yaml", pure=True) == read(text, "f.yaml")


def test_a_megabyte_of_text_in_one_scalar_is_text() -> None:
    text = "x" * (MAX_BYTES - 5)
    node, findings = read(f"a: {text}", "f.yaml")
    assert not findings
    assert node is not None
    assert plain(node) == {"a": text}


def test_forty_levels_are_read_and_forty_one_are_not() -> None:
    assert read("[" * 40 + "]" * 40, "f.yaml")[1] == []
    assert [f.code for f in read("[" * 41 + "]" * 41, "f.yaml")[1]] == ["CW113"]


def test_windows_files_read_like_unix_files() -> None:
    unix = "a: 1\nb:\n  - x\n  - |\n    two\n    lines\n"
    windows = "\ufeff" + unix.replace("\n", "\r\n")
    assert read(windows, "f.yaml") == read(unix, "f.yaml")
    assert read(windows, "f.yaml")[1] == []


def test_yaml_1_2_may_be_declared() -> None:
    node, findings = read("%YAML 1.2\n---\na: 1\n...\n", "f.yaml")
    assert not findings
    assert node is not None
    assert plain(node) == {"a": 1}


def test_reading_goes_on_without_the_refused_parts() -> None:
    node, _ = read("a: 1\nb: *x\na: 2\nc: [*x, !t y]\n<<: z\n", "f.yaml")
    assert node is not None
    assert plain(node) == {"a": 1, "c": ["y"]}


def codes(result: tuple[object, list[Diagnostic]]) -> list[str]:
    return [finding.code for finding in result[1]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: 1\n", []),
        (b"\xef\xbb\xbfa: 1\r\n", []),
        (b"a: caf\xe9\n", ["CW112"]),
        (b"a: \xed\xa0\x80\n", ["CW112"]),
        ("a: 1\n".encode("utf-16"), ["CW112"]),
        (b"\xef\xbb\xbf" + b"#" * MAX_BYTES, ["CW109"]),
        (b"#" * (MAX_BYTES + 1), ["CW114"]),
        (b"", ["CW109"]),
    ],
)
def test_a_file_is_read_as_utf8_or_refused(
    tmp_path: Path, data: bytes, expected: list[str]
) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(data)
    assert codes(read_file(path, "f.yaml")) == expected


def test_a_byte_that_is_not_utf8_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"a: caf\xe9\nb: NO\n")
    node, findings = read_file(path, "f.yaml")
    assert [str(finding.span) for finding in findings] == ["f.yaml:1:7", "f.yaml:2:4"]
    assert isinstance(node, Map)
    assert list(node.entries) == ["a", "b"]


def test_what_is_not_a_file_is_a_finding(tmp_path: Path) -> None:
    assert codes(read_file(tmp_path, "folder")) == ["CW115"]
    assert codes(read_file(tmp_path / "none.yaml", "none.yaml")) == ["CW115"]
    assert codes(read_file(Path("nul\0name"), "odd")) == ["CW115"]


def test_spans_of_collections_reach_from_the_first_sign_to_the_last() -> None:
    node, _ = read("a:\n  - x\n  - {b: 1,\n     c: 2}\nd: 1\n", "f.yaml")
    assert isinstance(node, Map)
    items = node.entries["a"].value
    assert isinstance(items, List)
    span = items.span
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 3, 4, 11)
    assert items.items[1].span == items.items[1].span.__class__("f.yaml", 3, 5, 4, 11)
