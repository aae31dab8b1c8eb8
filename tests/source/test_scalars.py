"""Plain scalars mean what they look like, or are refused (authoring 2.2, safety C2 and A3)."""

import json
from pathlib import Path

import pytest

from crosswalk.documents.source import Map, Scalar, plain, read

TABLE = json.loads((Path(__file__).parent / "scalars.json").read_text("utf-8"))


def scalar_of(text: str) -> Scalar:
    node, findings = read(f"key: {text}\n", "f.yaml")
    assert not findings
    assert isinstance(node, Map)
    value = node.entries["key"].value
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize(("text", "kind", "shown"), TABLE["values"])
def test_an_unambiguous_plain_scalar_has_one_type_and_keeps_its_text(
    text: str, kind: str, shown: str
) -> None:
    scalar = scalar_of(text)
    assert (type(scalar.value).__name__, str(scalar.value)) == (kind, shown)
    assert scalar.text == text
    assert scalar.plain


@pytest.mark.parametrize("text", TABLE["ambiguous"])
@pytest.mark.parametrize("form", ["key: {}", "{}: value", "- {}"])
def test_an_ambiguous_plain_scalar_is_refused_wherever_it_stands(text: str, form: str) -> None:
    _, findings = read(form.format(text), "f.yaml")
    assert [finding.code for finding in findings] == ["CW103"]
    assert f'quote it: "{text}"' in findings[0].help


@pytest.mark.parametrize("text", TABLE["ambiguous"])
@pytest.mark.parametrize("form", ['key: "{}"', "key: '{}'", "key: |-\n  {}"])
def test_the_remedy_gives_the_text_itself(text: str, form: str) -> None:
    node, findings = read(form.format(text), "f.yaml")
    assert not findings
    assert node is not None
    assert plain(node) == {"key": text}


@pytest.mark.parametrize("text", TABLE["ambiguous"])
def test_a_refused_scalar_stays_in_the_tree_as_text(text: str) -> None:
    node, _ = read(f"key: {text}", "f.yaml")
    assert node is not None
    assert plain(node) == {"key": text}


def test_keys_are_text_whatever_they_look_like() -> None:
    node, findings = read('1: a\n1.10: b\nnull: c\ntrue: d\n"042": e\n', "f.yaml")
    assert not findings
    assert node is not None
    assert plain(node) == {"1": "a", "1.10": "b", "null": "c", "true": "d", "042": "e"}


def test_a_number_key_and_the_same_text_quoted_are_one_key() -> None:
    _, findings = read('1: a\n"1": b\n', "f.yaml")
    assert [finding.code for finding in findings] == ["CW102"]
