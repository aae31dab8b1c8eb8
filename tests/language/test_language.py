import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tests.language.documents import CASES, FILES, Stream, stream

from crosswalk.checking import check
from crosswalk.documents.source import Map, Node, Scalar, read
from crosswalk.findings.diagnostics import Diagnostic, Severity
from crosswalk.language.matcher_words import PLAIN, WORDS
from crosswalk.language.operators import OPERATORS
from crosswalk.project import Project
from crosswalk.testing.cases import run_cases


@pytest.mark.parametrize("file", FILES)
def test_what_the_file_says_holds(file: str, tmp_path: Path) -> None:
    told = stream(file)
    project = told.project(tmp_path)
    findings = [one for one in check(project) if one.severity is not Severity.INFO]
    hold_findings(findings, told.expected.get("findings", []), project)
    if "classes" in told.expected or "gaps" in told.expected:
        hold_classes(project, told)
    ran = 0
    if not findings:
        for document in project.documents("case"):
            for result in run_cases(project, document):
                ran += 1
                lines = [
                    f"{d.path} {d.field}: expected {d.expected}, got {d.got}"
                    for d in result.differences
                ]
                assert result.passed, "\n".join([result.name, *lines])
    assert ran or told.expected, f"{file} shows nothing"


def hold_findings(found: list[Diagnostic], expected: object, project: Project) -> None:
    assert isinstance(expected, list)
    left = list(found)
    for wish in expected:
        fits = [one for one in left if _fits(one, wish, project)]
        assert fits, f"no finding {wish} among\n" + "\n".join(map(_shown, left))
        left.remove(fits[0])
    assert not left, "unexpected findings:\n" + "\n".join(map(_shown, left))


def _fits(one: Diagnostic, wish: dict[str, str], project: Project) -> bool:
    told = f"{one.message} {one.help}"
    return (
        one.code == wish["code"]
        and wish.get("says", "") in told
        and ("at" not in wish or _text_at(one, project) == wish["at"])
    )


def _text_at(one: Diagnostic, project: Project) -> str:
    """The text that a finding underlines (of the first line, when it spans several)."""
    assert one.span is not None
    text = (project.text(one.span.file) or "").split("\n")
    line = text[one.span.line - 1]
    single = one.span.line == one.span.end_line
    return line[one.span.column - 1 : one.span.end_column - 1 if single else None].strip()


def _shown(one: Diagnostic) -> str:
    return f"  {one.span} {one.code} {one.message} ({one.help})"


def hold_classes(project: Project, told: Stream) -> None:
    view = project.view(None)
    inverse = project.inverse(project.parts("mapping", view))
    wished: Any = told.expected.get("classes", {})
    made = {}
    for one in inverse.classes:
        if one.reason != "not mapped":
            said = f"{one.verdict.value}: {one.reason}" if one.reason else one.verdict.value
            made[f"{one.record}.{one.field.key}"] = said
    shortened = {
        key: said[: len(wished[key])] if wished.get(key) else said for key, said in made.items()
    }
    assert shortened == wished
    gaps: Any = told.expected.get("gaps", [])
    assert len(inverse.gaps) == len(gaps), inverse.gaps
    assert all(wish in str(got) for wish, got in zip(gaps, inverse.gaps, strict=True)), inverse.gaps


# --- nothing of the language is without a case --------------------------------------------


def used() -> set[str]:
    """Every key and every scalar of the documents in `cases/`, as `key` and `key: value`."""
    found: set[str] = set()
    for file in FILES:
        for name, text in stream(file).documents.items():
            node, _ = read(text, name)
            if node is not None:
                _collect(node, found)
    return found


def _collect(node: Node, found: set[str]) -> None:
    if isinstance(node, Map):
        for key, entry in node.entries.items():
            found.add(key)
            if isinstance(entry.value, Scalar):
                found.add(f"{key}: {entry.value.text}")
            _collect(entry.value, found)
    elif isinstance(node, Scalar):
        found.add(node.text)
    else:
        for item in node.items:
            _collect(item, found)


def words() -> set[str]:
    """Every key of the schemas of layouts, mappings and code tables, and every listed value."""
    wanted = {*WORDS, *OPERATORS, *(f": {word}" for word in PLAIN)}
    for kind in ("layout", "mapping", "code-table"):
        text = (files("crosswalk") / "schemas" / f"{kind}.json").read_text("utf-8")
        _schema_words(json.loads(text), "", wanted)
    return wanted - NOT_HERE


def _schema_words(schema: dict[str, Any], key: str, wanted: set[str]) -> None:
    for name, inner in schema.get("properties", {}).items():
        wanted.add(name)
        _schema_words(inner, name, wanted)
    wanted |= {f"{key}: {value}" for value in schema.get("enum", ()) if isinstance(value, str)}
    for part in ("additionalProperties", "items"):
        if isinstance(schema.get(part), dict):
            _schema_words(schema[part], key, wanted)


SIGNS = ("", "-unsigned")
NOT_HERE = {
    *("form: xml", "namespaces", "indent", "doctype", "markup", "places"),
    *("markup: cdata", "markup: text"),  # a form of its own: tests/formats, tests/strangers
    *("form: sheet", "sheet"),  # a workbook is no text: tests/formats/test_sheet.py
    "per",  # several output files: tests/flow/test_several_files.py
    *("form: fixed", "width", "align", "align: left", "align: right", "pad:  ", "pad: 0"),
    *("record_length", "trailing_blanks", "trailing_blanks: cut", "trailing_blanks: optional"),
    *("trailing_blanks: required", "rest", "starts", "from_line", "until_line", "continuation"),
    *(
        "blocks",
        "blocks_of",
        "fill",
        "newline: rdw",
        "newline: cr",
        "record_start",
        "bare",
        "times",
        "positions",
        "usage",
        "json: key",
    ),
    *(f"positions: {unit}" for unit in ("bytes", "characters")),
    *(f"usage: {kind}{sign}" for kind in ("binary", "packed", "zoned") for sign in SIGNS),
    # of the fixed and composite forms, and keys of JSON objects: tests/formats
    *("component", "joint", "modulo", "unless", "newline: none"),
    # of delivery: tests/operations, tests/delivery
    *("answer", "currency", "delivery", "key", "receipt", "subject", "voids"),
    *("kind: change", "kind: payment", "kind: question", "kind: void"),
    "meta",
    "note",
    "after",  # of overrides: tests/resolve
    "before",
}


def test_every_word_of_the_language_has_a_case() -> None:
    have = used()
    plain = {": present", ": absent"} & {f": {text.rpartition(': ')[2]}" for text in have}
    assert sorted(words() - have - plain) == []


def test_cases_are_found() -> None:
    assert len(FILES) > 50
    assert all((CASES / file).is_file() for file in FILES)
