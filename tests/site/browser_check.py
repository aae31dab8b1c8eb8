"""Looks at the site in a real browser. Not part of the test suite: it needs a browser.

    python tests/site/browser_check.py --chromium /usr/bin/chromium --axe axe.min.js -o pictures

Wants Playwright (`pip install playwright`), a Chromium, and axe-core (`npm pack axe-core`) for the
accessibility rules; without --axe they are left out, and said to be. Pictures of each page in light
and dark, wide and narrow, are for people to look at. Exit code 1: something is wrong; 77: skipped.
"""

import argparse
import importlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crosswalk.project import Project
from crosswalk.site.build import build

ROOT = Path(__file__).resolve().parents[2]
SCHEMES, WIDTHS = ("light", "dark"), (1280, 400)
GRAVE = ("serious", "critical")
RULED = ("index.html", "biller.newport.1.html", "integration.caselle.utility.1.html", "other.html")
"""Pages that axe-core looks at: one of each kind. It needs half a minute for a long one."""

WANTED = {"IH.10": "IH.10 InvoiceNumber", "64 card": "64 (CardCodes)", "wtr": "WTR"}
"""What a search finds first."""


def main() -> int:
    """Check, and say what was checked."""
    parser = argparse.ArgumentParser(description="See the head of this file.")
    parser.add_argument("--chromium", default="/usr/bin/chromium", type=Path)
    parser.add_argument("--axe", type=Path, help="axe.min.js of axe-core")
    parser.add_argument("-o", "--pictures", type=Path, help="folder for pictures")
    given = parser.parse_args()
    try:
        playwright = importlib.import_module("playwright.sync_api")
    except ModuleNotFoundError:
        print("skipped: Playwright is not installed")  # noqa: T201
        return 77
    if not given.chromium.exists():
        print(f"skipped: there is no {given.chromium}")  # noqa: T201
        return 77
    with tempfile.TemporaryDirectory() as folder, playwright.sync_playwright() as started:
        for name, data in build(Project(ROOT)).items():
            (Path(folder) / name).write_bytes(data)
        browser = started.chromium.launch(
            executable_path=str(given.chromium), args=["--no-sandbox"]
        )
        wrong = list(_Check(browser, Path(folder), given.axe, given.pictures).run())
        browser.close()
    for one in wrong:
        print(f"wrong: {one}")  # noqa: T201
    return 1 if wrong else 0


class _Check:
    """The checks, over all pages of one site."""

    def __init__(self, browser: Any, site: Path, axe: Path | None, pictures: Path | None) -> None:
        self.browser, self.site, self.axe, self.pictures = browser, site, axe, pictures
        self.pages = sorted(one.name for one in site.glob("*.html"))

    def run(self) -> Iterator[str]:
        for scheme in SCHEMES:
            for width in WIDTHS:
                yield from self.look(scheme, width)
        yield from self.search()
        yield from self.lineage()
        yield from self.without_script()

    def open(self, **how: Any) -> tuple[Any, list[str]]:
        """Open a tab that keeps what the console says, and every request that leaves the folder."""
        tab = self.browser.new_context(**how).new_page()
        said: list[str] = []
        tab.on("console", lambda one: said.append(f"console {one.type}: {one.text}"))
        tab.on("pageerror", lambda one: said.append(f"error: {one}"))
        tab.on("request", lambda one: said.extend(_outside(one.url)))
        return tab, said

    def look(self, scheme: str, width: int) -> Iterator[str]:
        tab, said = self.open(color_scheme=scheme, viewport={"width": width, "height": 900})
        found: list[str] = []
        for name in self.pages:
            tab.goto(f"file://{self.site}/{name}")
            if tab.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{name} is wider than {width}")
            if self.pictures is not None:
                self.pictures.mkdir(parents=True, exist_ok=True)
                tab.screenshot(path=str(self.pictures / f"{scheme}-{width}-{name}.png"))
            if self.axe is not None and name in RULED:
                found += [f"{name} {scheme} {width}: {one}" for one in self.rules(tab)]
        ruled = f"axe-core on {len(RULED)}" if self.axe is not None else "without axe-core"
        print(f"{len(self.pages)} pages, {scheme}, {width} wide, {ruled}: {len(found)} wrong")  # noqa: T201
        tab.context.close()
        yield from found + said

    def rules(self, tab: Any) -> Iterator[str]:
        """Run axe-core from outside; the page lets it fetch nothing, so it does not try."""
        assert self.axe is not None
        tab.evaluate(self.axe.read_text("utf-8"))
        for one in tab.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")[
            "violations"
        ]:
            if one["impact"] in GRAVE:
                where = ", ".join(node["target"][0] for node in one["nodes"][:3])
                yield f"{one['impact']} {one['id']} at {where}"

    def search(self) -> Iterator[str]:
        """Find a field, a setting and a code by keyboard alone, and follow a hit to its line."""
        tab, said = self.open()
        tab.goto(f"file://{self.site}/index.html")
        for words, wanted in WANTED.items():
            tab.keyboard.press("/")
            tab.fill("#query", words)
            first = tab.inner_text("#hits li strong >> nth=0")
            if not first.startswith(wanted):
                yield f"search for '{words}' finds '{first}' first"
            tab.keyboard.press("Escape")
        tab.fill("#query", "IH.10 invoicenumber")
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("Enter")
        tab.wait_for_function("location.hash.startsWith('#target')")
        if "InvoiceNumber" not in tab.inner_text("tr:target"):
            yield "a hit does not lead to its line"
        tab.fill("#query", "no such thing at all")
        if tab.inner_text("#count") != "0 hits":
            yield "nothing found is not said"
        print("search: by number, name and code, by keyboard, to the line")  # noqa: T201
        yield from said

    def lineage(self) -> Iterator[str]:
        tab, said = self.open()
        tab.goto(f"file://{self.site}/biller.newport.1.html")
        line = tab.locator("tr[data-title='IH.10 InvoiceNumber'][data-feeds]")
        line.scroll_into_view_if_needed()
        line.hover()
        told = tab.inner_text("#lineage")
        if "Invoice/Ref No" not in told or "decided by" not in told:
            yield f"lineage says {told!r}"
        tab.locator("#lineage a >> nth=0").click()
        if "IH.10" not in tab.inner_text("#lineage") and "source." not in tab.url:
            yield "lineage does not lead to the source field"
        print("lineage: shown for a field, leads to its source")  # noqa: T201
        yield from said

    def without_script(self) -> Iterator[str]:
        tab, said = self.open(java_script_enabled=False)
        tab.goto(f"file://{self.site}/biller.newport.1.html")
        if tab.is_visible("#search") or not tab.is_visible("#settings"):
            yield "without script the page is not readable"
        print("without script: readable, no search shown")  # noqa: T201
        yield from said


def _outside(url: str) -> Iterator[str]:
    if not url.startswith("file:"):
        yield f"asks for {url}"


if __name__ == "__main__":
    sys.exit(main())
