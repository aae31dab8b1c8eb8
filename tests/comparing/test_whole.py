"""Nothing that a document can say is forgotten: whoever adds a key says what it does."""

import json
from dataclasses import fields
from importlib.resources import files
from typing import Any

import pytest

from crosswalk.comparing import decisions, kinds, layouts, operations, tables
from crosswalk.model.layout import Field, Layout, Record
from crosswalk.model.mapping import Entry, Mapping

HEAD = {"crosswalk", "kind", "name", "version", "description", "meta"}
KEYS = {
    "mapping": {*kinds.MAPPING, "nest", "patterns", "decisions", "fields", "backward"},
    "layout": {"file", "structure", "records", "checks"},
    "code-table": {"codes", "back", "otherwise"},
    "operation": {*operations.KEYS, "document", "minimum_version", "variables", "response"},
    "decision": {*decisions.DECISION},
    "rules": {*decisions.RULES, "rules"},
    "settings": {"settings"},
    "integration": {*kinds.OWNER, "flows", "settings", "override"},
    "biller": {*kinds.OWNER, "settings", "override"},
}
"""The keys of each kind that are compared."""


def schema(kind: str) -> Any:
    return json.loads(files("crosswalk").joinpath("schemas", f"{kind}.json").read_text("utf-8"))


@pytest.mark.parametrize("kind", KEYS)
def test_every_key_of_a_kind_is_compared(kind: str) -> None:
    assert set(schema(kind)["properties"]) - HEAD - KEYS[kind] == set()


def test_every_kind_but_cases_is_compared() -> None:
    assert set(kinds.KINDS) == set(KEYS)


def test_every_part_of_a_field_and_a_layout_is_compared() -> None:
    own = {"key", "position", "codec", "span", "control", "unique", "counted"}
    policies = {"on_missing", "on_null", "on_blank", "on_invalid", "on_long"}
    facets = {name for name, _, _ in layouts.FACETS}
    assert {one.name for one in fields(Field)} - own - policies - facets == set()
    record = {"name", "ordinal", "fields", "span", *layouts.PLACED}
    assert {one.name for one in fields(Record)} == record
    assert {one.name for one in fields(Layout)} == {
        "name", "version", "file", "root", "records", "span", "checks", "per",
    }  # fmt: skip


def test_every_part_of_an_entry_and_a_mapping_is_compared() -> None:
    assert {one.name for one in fields(Entry)} == {
        "origin", "span", "pick", "joint", "where", "when", "steps", "default", "distinct",
        "unique", "one_way", "note",
    }  # fmt: skip
    assert {one.name for one in fields(Mapping)} == {
        "name", "version", "nest", "targets", "span", "places", "broken", "decisions", "delivery",
    }  # fmt: skip


def test_every_key_of_a_flow_is_judged() -> None:
    flow = schema("integration")["properties"]["flows"]["additionalProperties"]["properties"]
    said = {"description", "frequency", "reason"}
    assert set(flow) - said - set(tables.FLOW) == set()
