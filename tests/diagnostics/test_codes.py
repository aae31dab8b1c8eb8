"""Every code is registered once, used somewhere, and explained with a wrong and a right example."""

import re
from pathlib import Path

import pytest

import crosswalk
from crosswalk.documents.codes import codes_page, explain_code, explained
from crosswalk.findings.diagnostics import CODES

ROOT = Path(__file__).parents[2]
ENGINE = Path(crosswalk.__file__ or "").parent
_CODE = re.compile(r'"((?:CW|RUL)[0-9]{3})"')


def used() -> set[str]:
    files = (path for path in ENGINE.rglob("*.py") if path.name != "diagnostics.py")
    return {code for path in files for code in _CODE.findall(path.read_text("utf-8"))}


def test_every_code_used_in_the_engine_is_registered() -> None:
    assert used() - set(CODES) == set()


def test_every_registered_code_is_used() -> None:
    assert set(CODES) - used() == set()


def test_every_code_is_explained_and_no_other() -> None:
    assert set(explained()) == set(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_an_explanation_has_a_title_a_meaning_and_two_different_examples(code: str) -> None:
    found = explain_code(code.lower())
    assert found.title == CODES[code]
    assert found.means.endswith(".")
    assert found.wrong
    assert found.right
    assert found.wrong != found.right


def test_an_unknown_code_is_refused_with_a_suggestion() -> None:
    with pytest.raises(KeyError, match="did you mean CW10"):
        explain_code("CW1O1")


def test_the_page_names_every_code() -> None:
    page = codes_page()
    assert all(f"### {code}: {title}\n" in page for code, title in CODES.items())


def test_the_committed_page_is_the_one_that_is_made() -> None:
    page = ROOT / "docs" / "codes.md"
    assert page.read_text("utf-8") == codes_page(), "crosswalk rule --page > docs/codes.md"
