"""Reads the decision documents that the tests of this folder share."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from crosswalk.decisions.base import Bound, bind
from crosswalk.decisions.load import bind_legacy, load_model, load_rules
from crosswalk.decisions.model import Model, RuleSet
from crosswalk.documents.source import Map, plain, read
from crosswalk.findings.diagnostics import Diagnostic, has_errors

HERE = Path(__file__).parent
MAPPINGS = HERE.parents[1] / "mappings" / "caselle" / "cash-receipting"
OLD = {"64": "101|99|0", "65": "101|98|99"}
NEW = {"64": "101|97|0", "65": "101|95|0"}


@cache
def model() -> Model:
    path = MAPPINGS / "payment-code.yaml"
    made, findings = load_model(path.read_text("utf-8"), path.name)
    assert made is not None, findings
    return made


@cache
def rules(name: str) -> RuleSet:
    """Give a rule set of sets/, or the shipped one called go-forward."""
    path = (MAPPINGS if name == "go-forward" else HERE / "sets") / f"{name}.yaml"
    made, findings = load_rules(path.read_text("utf-8"), path.name, model())
    assert made is not None, findings
    return made


def bound(name: str, settings: Mapping[str, str]) -> Bound:
    """Bind `sample`, `legacy sample` (the JSON) or `none`."""
    kind, _, legacy = name.partition(" ")
    if legacy:
        text = (HERE / "legacy" / f"{legacy}.json").read_text("utf-8")
        return bind_legacy(text, model(), settings, f"{legacy}.json")[0]
    return bind(model(), None if kind == "none" else rules(kind), settings)[0]


def rules_of(text: str, of: Model | None = None, head: str = "") -> RuleSet:
    """Read rules given as lines `id: {when: ..., then: ...}`."""
    made, findings = read_lines(text, of, head)
    assert made is not None, findings
    return made


def read_lines(
    text: str, of: Model | None = None, head: str = ""
) -> tuple[RuleSet | None, list[Diagnostic]]:
    use = of or model()
    lines = "".join(f"  {line.strip()}\n" for line in text.strip().splitlines())
    document = "crosswalk: 1\nkind: rules\nname: test/lines\nversion: 1.0.0\n"
    document += f"use: {use.name}@1\n{head}rules:\n{lines}"
    return load_rules(document, "lines.yaml", use)


def data(name: str) -> dict[str, Any]:
    """Read a YAML file of this folder as plain values."""
    node, findings = read((HERE / name).read_text("utf-8"), name)
    assert not has_errors(findings), findings
    assert isinstance(node, Map)
    return cast("dict[str, Any]", plain(node))
