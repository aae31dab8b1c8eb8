"""Each finding of an operation has a case that triggers it; the partner as it stands has none.

`checks.json` holds for each case the changes of a file (file, old, new) and the findings.
"""

import json
from pathlib import Path

import pytest
from tests.operations.kit import HERE, changed, told

from crosswalk.checking import check
from crosswalk.project import Project
from crosswalk.values.versions import is_older, version_parts

CASES = json.loads((HERE / "checks.json").read_text("utf-8"))
MEANT = {f"CW{number}" for number in (*range(461, 477), *range(701, 709))} | {"CW308", "CW805"}


def test_the_partner_as_it_stands_has_no_finding(tmp_path: Path) -> None:
    assert told(check(changed(tmp_path, []))) == []


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_found_at_its_place(case: str, tmp_path: Path) -> None:
    changes = [tuple(change) for change in CASES[case]["changes"]]
    assert CASES[case]["findings"]
    assert told(check(changed(tmp_path, changes))) == CASES[case]["findings"]


def test_every_code_about_operations_has_a_case() -> None:
    codes = {line.split()[0] for case in CASES.values() for line in case["findings"]}
    assert MEANT - codes == set()


PLACES = {
    "text-where-a-variable-belongs": ['"red"'],
    "number-where-a-variable-belongs": ["5"],
    "value-interpolated": ["{{"],
    "unknown-field": ["fees", "capability"],
    "unknown-type": ["Zones"],
    "variable-without-field": ["doors"],
    "lookup-unknown-field": ["hoder"],
    "document-two-root-fields": ["cancel_permit"],
}


@pytest.mark.parametrize("case", PLACES)
def test_a_place_inside_the_document_is_the_text_that_is_wrong(case: str, tmp_path: Path) -> None:
    project = changed(tmp_path, [tuple(one) for one in CASES[case]["changes"]])
    spans = [one.span for one in check(project) if one.span and one.span.file == "buy.yaml"]
    lines = (tmp_path / "buy.yaml").read_text("utf-8").splitlines()
    found = [lines[span.line - 1][span.column - 1 : span.end_column - 1] for span in spans]
    assert found == PLACES[case]


@pytest.mark.parametrize("style", ['"{}"', "'{}'", "{}"])
def test_a_document_on_one_line_has_its_places_too(style: str, tmp_path: Path) -> None:
    text = (
        tmp_path / "buy.yaml",
        "query Find($number: String!) { permit(number: $number) { nr } }",
    )[1]
    body = (HERE / "permits" / "buy.yaml").read_text("utf-8")
    head, tail = body.split("document: |", 1)
    tail = "endpoint:" + tail.split("\nendpoint:", 1)[1].split("\nminimum", 1)[0]
    variables = "variables: {fields: {number: {type: text, required: true}}}"
    project = changed(tmp_path, [])
    for name in ("to-permit.yaml", "from-permit.yaml"):
        (tmp_path / name).unlink()
    if style == "{}":
        text = "query Find($number: String!) { permit(number: $number) { nr } }"
        text = text.replace(": ", ":")
    document = f"{head}document: {style.format(text)}\n{tail}\n{variables}\n"
    (tmp_path / "buy.yaml").write_text(document, "utf-8")
    project = Project(tmp_path)
    (finding,) = (one for one in check(project) if one.code == "CW462")
    assert finding.span is not None
    line = document.splitlines()[finding.span.line - 1]
    assert line[finding.span.column - 1 : finding.span.end_column - 1] == "nr"


@pytest.mark.parametrize(
    ("version", "than", "older"),
    [
        ("2021.02.160", "2021.05", True),
        ("2021.05", "2021.02.160", False),
        ("2021.10", "2021.9", False),
        ("2021.5", "2021.05.0", False),
        ("2021.05", "2021.5.1", True),
        ("2021.05b", "2021.05", None),
        ("", "1", None),
        ("١.٢", "1", None),
    ],
)
def test_versions_are_compared_part_by_part_as_whole_numbers(
    version: str,
    than: str,
    older: bool | None,
) -> None:
    assert is_older(version, than) is older


def test_a_part_of_a_version_is_bounded() -> None:
    assert version_parts("1." + "9" * 5000) is None
