"""The head of a document (crosswalk, kind, name, version) is checked before its schema."""

import json
from pathlib import Path
from typing import Any

import pytest

from crosswalk.documents import schema
from crosswalk.documents.schema import KINDS, check_shape
from crosswalk.documents.source import read

HEAD = {"crosswalk": "1", "kind": "layout", "name": "some/thing", "version": "1.0.0"}
SCHEMA = json.loads((Path(__file__).parent / "small.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def _small_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    def stand_in(_kind: str) -> Any:
        return SCHEMA

    make = vars(schema)["_validator"]
    monkeypatch.setattr(schema, "schema_of", stand_in)
    monkeypatch.setattr(schema, "_validator_of", lambda _kind: make(SCHEMA))


def check(text: str, kind: str = "layout") -> list[tuple[str, str, str, str]]:
    node, findings = read(text, "f.yaml")
    assert not findings
    assert node is not None
    return [(f.code, str(f.span), f.label, f.help) for f in check_shape(node, kind)]


def document(**changes: str | None) -> str:
    head = {key: value for key, value in {**HEAD, **changes}.items() if value is not None}
    return "".join(f"{key}: {value}\n" for key, value in head.items()) + (
        "records: {FH: {fields: {}}}\n"
    )


def test_a_good_head_has_no_findings() -> None:
    assert check(document()) == []


@pytest.mark.parametrize(
    ("changes", "code", "line", "remedy"),
    [
        ({"crosswalk": "2"}, "CW210", 1, "write crosswalk: 1"),
        ({"crosswalk": '"1"'}, "CW210", 1, "write crosswalk: 1"),
        ({"crosswalk": "true"}, "CW210", 1, "write crosswalk: 1"),
        ({"kind": "mapping"}, "CW211", 2, "write kind: layout"),
        ({"name": "Some Thing"}, "CW212", 3, "small letters"),
        ({"name": "a//b"}, "CW212", 3, "small letters"),
        ({"name": "12"}, "CW202", 3, 'quote it: "12"'),
        ({"version": "1.0"}, "CW213", 4, "1.0.0"),
        ({"version": "1.00.0"}, "CW213", 4, "1.0.0"),
        ({"version": "[1]"}, "CW202", 4, "write text"),
        ({"crosswalk": None}, "CW203", 1, "add 'crosswalk: ...'"),
        ({"version": None}, "CW203", 1, "add 'version: ...'"),
    ],
)
def test_a_wrong_head_is_found_once(
    changes: dict[str, str | None], code: str, line: int, remedy: str
) -> None:
    ((found, span, _, help_),) = check(document(**changes))
    assert (found, span.split(":")[1]) == (code, str(line))
    assert remedy in help_


def test_an_unknown_kind_is_guessed() -> None:
    ((code, _, label, help_),) = check(document(kind="mapping-table"), "mapping-table")
    assert (code, label) == ("CW211", "")
    assert all(kind in help_ for kind in KINDS)
    ((_, _, label, _),) = check(document(kind="layuot"), "layuot")
    assert label == "did you mean 'layout'?"


@pytest.mark.parametrize("text", ["just text", "[a, b]", "12"])
def test_a_document_is_a_map(text: str) -> None:
    assert [finding[:2] for finding in check(text)] == [("CW202", "f.yaml:1:1")]
