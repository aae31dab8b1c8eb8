"""Every folder in settings/ gives the values and findings of settings.json, and no secret."""

import base64
import json
import urllib.parse
from pathlib import Path
from typing import Any

import pytest
from tests.resolve.kit import shown

from crosswalk.documents.resolve import Layer, Settings, effective_settings, layers
from crosswalk.documents.setting_types import TYPES, value_type
from crosswalk.documents.workspace import Workspace, open_workspace
from crosswalk.findings.diagnostics import CODES, Diagnostic
from crosswalk.findings.report import Style, render
from crosswalk.values.codecs import TYPES as VALUE_TYPES
from crosswalk.values.codecs import canonical

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = json.loads((HERE / "settings.json").read_text("utf-8"))
CASES = sorted(path.name for path in (HERE / "settings").iterdir())
CANARY = "CANARY-5up3r"
STYLES: tuple[Style, ...] = ("full", "concise", "json", "github")


def open_case(name: str) -> tuple[Workspace, tuple[Layer, ...], Settings, list[Diagnostic]]:
    workspace, findings = open_workspace(HERE / "settings" / name)
    (biller,) = (one for one in workspace.of_kind("biller") if one.name == "town")
    found, wrong = layers(workspace, biller)
    made, more = effective_settings(workspace.of_kind("settings"), found)
    return workspace, found, made, [*findings, *wrong, *more]


def values(made: Settings) -> dict[str, str]:
    return {
        key: f"{one.value} {one.layer} {one.span}".replace("mappings/", "")
        for key, one in made.values.items()
    }


def test_every_case_has_expectations() -> None:
    assert sorted(EXPECTED) == CASES


@pytest.mark.parametrize("name", CASES)
def test_a_folder_has_the_listed_settings(name: str) -> None:
    _, _, made, findings = open_case(name)
    assert [shown(finding) for finding in findings] == EXPECTED[name]["findings"]
    assert values(made) == EXPECTED[name]["values"]
    assert all(finding.code in CODES for finding in findings)


@pytest.mark.parametrize("code", range(801, 811))
def test_every_finding_about_settings_has_a_case(code: int) -> None:
    said = [line for expected in EXPECTED.values() for line in expected["findings"]]
    assert any(f"CW{code} " in line for line in said)


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("secret")])
def test_a_secret_that_is_written_out_is_nowhere_else(name: str) -> None:
    workspace, found, made, findings = open_case(name)
    texts = {
        path.relative_to(workspace.root).as_posix(): path.read_text("utf-8")
        for path in workspace.root.rglob("*.yaml")
    }
    assert any(CANARY in text for text in texts.values())
    assert findings
    said = [render(findings, texts, style) for style in STYLES]
    said += [repr(thing) for thing in (workspace, found, made, findings, made.texts())]
    encoded = base64.b64encode(CANARY.encode()).decode()
    for text in said:
        assert CANARY not in text
        assert encoded not in text
        assert urllib.parse.quote(CANARY, safe="") not in text


def test_a_setting_is_found_by_number_and_by_name() -> None:
    made = open_case("good")[2]
    assert made.find("64") is made.find("CardCode") is not None
    assert made.find("nothing") is None
    assert open_case("missing")[2].find("BillerGuid") is None


def test_mappings_see_texts_but_no_references_and_no_secrets() -> None:
    made = open_case("good")[2]
    texts, types = made.texts(), made.types()
    assert texts["64"] == texts["CardCode"] == "4 | 97"
    assert texts["Fee"] == "1.50"
    assert not {"10", "RtdrPassword", "12", "PaymentsUrl"} & set(texts)
    assert not {"10", "RtdrPassword"} & set(types)
    assert (types["131"], types["Days"], types["128"]) == ("text", "integer", "date")
    for key, text in texts.items():
        canonical(types[key]).read(text)


def test_every_type_of_the_schema_is_known_and_seen_as_a_value() -> None:
    path = Path(__file__).parents[2] / "engine" / "crosswalk" / "schemas" / "settings.json"
    schema = json.loads(path.read_text("utf-8"))
    body = schema["properties"]["settings"]["additionalProperties"]["properties"]
    assert sorted(body["type"]["enum"]) == sorted(TYPES)
    assert {value_type(name) for name in TYPES} <= set(VALUE_TYPES)


def test_what_is_required_is_asked_of_billers_only() -> None:
    workspace, _, _, _ = open_case("missing")
    found, _ = layers(workspace, workspace.named("partner")[0])
    _, findings = effective_settings(workspace.of_kind("settings"), found)
    assert findings == []
