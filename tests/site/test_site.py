"""The site says what the documents say, the same bytes each time, and runs nothing of it."""

import json
import re
import shutil
from collections import Counter
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crosswalk.cli.docs_command import command
from crosswalk.findings.errors import ConfigError
from crosswalk.project import Project
from crosswalk.site.build import build
from crosswalk.site.folder import NotOurs

HERE = Path(__file__).parent
PROJECT = HERE / "project"
ROOT = HERE.parents[1]
SHARED = ("style.css", "site.js")


_IDS, _LINKS = re.compile(rb' id="([^"]*)"'), re.compile(rb'<a href="([^"]*)"')


class Html(HTMLParser):
    """What is in a page: elements, anchors, links, and text that people see."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.scripts: list[str | None] = []
        self.events: list[str] = []
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        self.events += [name for name in given if name.startswith("on")]
        if given.get("id"):
            self.ids[given["id"] or ""] += 1
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag == "script":
            self.scripts.append(given.get("src"))

    def handle_data(self, data: str) -> None:
        self.text += data


def pages(made: dict[str, bytes]) -> dict[str, Html]:
    return {name: Html(data) for name, data in made.items() if name.endswith(".html")}


@pytest.fixture(scope="module")
def small() -> dict[str, bytes]:
    return build(Project(PROJECT))


@pytest.fixture(scope="module")
def shipped() -> dict[str, bytes]:
    project = Project(ROOT)
    return build(project, [project.documents("biller")[-1], project.documents("integration")[-1]])


def test_the_site_of_a_small_project_is_as_it_was(small: dict[str, bytes], snapshot: Any) -> None:
    snapshot.snapshot_dir = HERE / "snapshots"
    own = {name: data for name, data in small.items() if name not in SHARED}
    snapshot.assert_match_dir(own, "small")


def test_the_same_documents_give_the_same_bytes(small: dict[str, bytes], tmp_path: Path) -> None:
    shutil.copytree(PROJECT, tmp_path / "elsewhere")
    assert build(Project(tmp_path / "elsewhere")) == small


def test_text_of_documents_is_shown_and_never_run(small: dict[str, bytes]) -> None:
    made = pages(small)
    for page in made.values():
        assert page.scripts == ["search.js", "site.js"]
        assert page.events == []
        assert not {"i", "b", "u", "em", "img"} & set(page.tags)
    mill = made["biller.mill.1.html"].text
    for written in (
        "<script>alert('a description')</script> {{ 7 * 7 }} {% raw %} & \"quotes\"",
        "<i>Name</i>",
        "Number <b>with</b> a dash",
        "{{ settings.Town }}",
        "The sum, <em>as agreed</em>.",
        "<img src=x onerror=alert(1)>",
        "Mill & Creek",
        "<u>next</u> year",
        "no <i>images</i>",
        "The town <hall>",
        "Ann Low <ann@mill.example>",
    ):
        assert written in mill
    assert b"<" not in small["search.js"]


@pytest.fixture(scope="module")
def alone() -> dict[str, bytes]:
    project = Project(PROJECT)
    return build(project, project.documents("biller"))


@pytest.mark.parametrize("which", ["small", "shipped", "alone"])
def test_every_link_leads_to_one_place(which: str, request: pytest.FixtureRequest) -> None:
    made: dict[str, bytes] = request.getfixturevalue(which)
    ids = {name: _IDS.findall(data) for name, data in made.items() if name.endswith(".html")}
    for name, own in ids.items():
        assert len(set(own)) == len(own), name
        for link in set(_LINKS.findall(made[name])):
            file, _, at = unescape(link.decode()).partition("#")
            assert not at or escape(at).encode() in ids[file or name], f"{name}: {link!r}"
    for _, title, at, files in searched(made):
        assert [one for one in files if escape(at).encode() not in ids[one]] == [], title


def searched(made: dict[str, bytes]) -> list[tuple[str, str, str, list[str]]]:
    """Give kind, title and anchor of what the search finds, with the pages that it is on."""
    text = made["search.js"].decode().removeprefix("crosswalkIndex = ").rstrip().rstrip(";")
    index = json.loads(text.replace("pages:", '"pages":').replace("found:", '"found":'))
    pages = [file for file, _ in index["pages"]]
    return [(kind, title, at, [pages[n] for n in on]) for kind, title, _, at, on in index["found"]]


def test_pages_ask_for_nothing_but_the_files_beside_them(shipped: dict[str, bytes]) -> None:
    for name, data in shipped.items():
        text = data.decode()
        assert "src=" not in text.replace('src="search.js"', "").replace('src="site.js"', "")
        if name.endswith(".html"):
            assert "default-src 'none'" in text
    assert b"url(" not in shipped["style.css"]
    assert b"http" not in shipped["site.js"] + shipped["style.css"]


def test_every_field_setting_and_code_is_searched(small: dict[str, bytes]) -> None:
    found = searched(small)
    titles = {(kind, title) for kind, title, _, files in found if "biller.mill.1.html" in files}
    assert {
        ("field", "invoice.11 AccountNumber"),
        ("field", "row.Parcel"),
        ("field", "variables.number"),
        ("setting", "Password"),
        ("code", "S = 44"),
        ("rule", "card-a"),
        ("flow", "question"),
        ("operation", "town/ask"),
        ("feature", "Desk"),
        ("condition", "signed"),
    } <= titles


def test_the_page_of_a_biller_shows_what_is_its_own(small: dict[str, bytes]) -> None:
    made = pages(small)
    mill, town = made["biller.mill.1.html"].text, made["integration.town.1.html"].text
    assert "env:MILL_PASSWORD" in mill
    assert "yyyy-MM-dd" in mill
    assert "Parcel" not in town
    assert "M/d/yyyy" in town
    assert "town/unused" in made["other.html"].text
    assert "confirmed by Ann Low <ann@mill.example> on 2026-02-03" in mill
    assert "confirmed by" not in town


def run(*args: str) -> tuple[int, str]:
    try:
        done = CliRunner().invoke(command, args, obj=PROJECT, catch_exceptions=False)
    except NotOurs as refused:
        return 4, str(refused)
    return done.exit_code, done.output


def test_a_folder_is_replaced_only_when_it_holds_a_site(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "site"
    assert run("-o", str(folder))[0] == 0
    assert run("-o", str(folder))[0] == 4
    (folder / "left.html").write_text("from before")
    assert run("-o", str(folder), "--biller", "mill", "--replace")[0] == 0
    names = {one.name for one in folder.iterdir()}
    assert names == {"biller.mill.1.html", "index.html", "search.js", *SHARED}
    (folder / "letter.txt").write_text("not ours")
    code, told = run("-o", str(folder), "--replace")
    assert (code, "left as it is" in told) == (4, True)
    assert (folder / "letter.txt").exists()
    assert [one.name for one in folder.parent.iterdir()] == ["site"]


def test_documents_with_errors_give_no_design(tmp_path: Path) -> None:
    shutil.copytree(PROJECT, tmp_path / "wrong")
    path = tmp_path / "wrong" / "mappings" / "mill.yaml"
    path.write_text(path.read_text("utf-8").replace("12: Parcel", "12: Parsel"), "utf-8")
    project = Project(tmp_path / "wrong")
    with pytest.raises(ConfigError) as refused:
        build(project)
    assert [one.code for one in refused.value.findings if one.severity == "error"] == ["CW304"]
    [town] = project.documents("integration")
    assert "integration.town.1.html" in build(project, [town])
