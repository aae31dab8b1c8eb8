"""A confirmation goes into the biller's text; everything else of the text stays as it was."""

from datetime import date

import pytest

from crosswalk.documents.source import Map, plain, read
from crosswalk.golive.confirm import Word, with_confirmation

HEAD = "# A comment.\ncrosswalk: 1\nkind: biller\nname: a\nversion: 1.0.0\nextends: b@1\n"
OLD = '{by: Bo, date: "2026-01-01"}'
TEXTS = {
    "without": HEAD + "settings: {A: 1}  # why\n",
    "without a last line end": HEAD + "settings: {A: 1}",
    "empty": HEAD + "confirmations:\nsettings: {A: 1}\n",
    "one": HEAD + f"confirmations:\n  old: {OLD}  # seen\n\n# after\nsettings: {{A: 1}}\n",
    "deep indentation": HEAD + f"confirmations:\n      old: {OLD}\nsettings: {{A: 1}}\n",
    "block": HEAD
    + 'confirmations:\n  old:\n    by: Bo\n    date: "2026-01-01"\n    note: >\n      long\n'
    + "      text\n# after\nsettings: {A: 1}\n",
    "at the end": HEAD + f"settings: {{A: 1}}\nconfirmations:\n  old: {OLD}",
    "flow": HEAD + f"confirmations: {{old: {OLD}}}  # seen\nsettings: {{A: 1}}\n",
    "empty flow": HEAD + "confirmations: {}\nsettings: {A: 1}\n",
    "said before": HEAD + f"confirmations:\n  form: {OLD}  # seen\n  old: {OLD}\n",
    "said before in a block": HEAD
    + f'confirmations:\n  form:\n    by: Bo\n    date: "2026-01-01"\n  old: {OLD}\n',
}
WORDS = {
    "plain": Word("form", "Ada", date(2026, 3, 1)),
    "all": Word("form", "Ada Byron: me", date(2026, 3, 1), ("95", "096"), 'she said "yes" # so'),
}


def data(text: str) -> dict[str, object]:
    node, findings = read(text, "f")
    assert not findings
    assert isinstance(node, Map)
    found = plain(node)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("name", TEXTS)
def test_the_text_says_it_and_all_else_as_before(name: str, word: str, newline: str) -> None:
    text, said = TEXTS[name].replace("\n", newline), WORDS[word]
    made = with_confirmation(text, "f", said)
    before, after = data(text), data(made)
    wanted = {"by": said.by, "date": "2026-03-01"}
    wanted |= {"codes": list(said.codes)} if said.codes else {}  # type: ignore[dict-item]
    wanted |= {"note": said.note} if said.note else {}
    old = before.pop("confirmations", None) or {}
    assert after.pop("confirmations") == {**old, "form": wanted}  # type: ignore[dict-item]
    assert after == before
    assert ("\r" in made) == (newline == "\r\n")
    for line in text.splitlines():
        if "confirmations" not in line and "form" not in line and "block" not in name:
            assert line in made.splitlines()
    assert made.count("#") - text.count("#") == (said.note or "").count("#")


@pytest.mark.parametrize("name", TEXTS)
def test_saying_it_twice_changes_nothing_more(name: str) -> None:
    once = with_confirmation(TEXTS[name], "f", WORDS["all"])
    assert with_confirmation(once, "f", WORDS["all"]) == once
