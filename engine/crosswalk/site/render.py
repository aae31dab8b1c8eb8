"""Pages as HTML: the only place that draws them. All text is escaped, whatever documents hold.

Templates, style and script are files of the package. The pages need no network: a policy in each
allows nothing but the files beside it (safety C12).
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from crosswalk.site.parts import Facts, Listing, Page, Table, filled

STYLE, SCRIPT, INDEX = "style.css", "site.js", "search.js"
"""Files beside the pages: looks, conduct, and what the search finds."""


def render(page: Page, pages: Sequence[Page]) -> bytes:
    """Draw one page; `pages` are all of the site, for the way between them."""
    template = _environment().get_template("page.html")
    return str(template.render(page=page, pages=pages)).encode()


def beside(pages: Sequence[Page]) -> dict[str, bytes]:
    """Give the files that all pages share."""
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for number, page in enumerate(pages):
        for one in page.found:
            found.setdefault((one.kind, one.title, one.detail, one.id), []).append(number)
    names = json.dumps([[page.file, page.title] for page in pages], ensure_ascii=False)
    lines = ",\n".join(json.dumps([*one, on], ensure_ascii=False) for one, on in found.items())
    index = f"crosswalkIndex = {{\npages: {names},\nfound: [\n{lines}\n]}};\n"
    index = index.replace("<", "\\u003c").replace("\u2028", "\\u2028")
    shared = {name: _text(name).encode() for name in (STYLE, SCRIPT)}
    return {**shared, INDEX: index.encode()}


@cache
def _text(name: str) -> str:
    return files("crosswalk").joinpath("site", "templates", name).read_text("utf-8")


@cache
def _environment() -> Any:  # noqa: ANN401 - the class is loaded late
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["filled"] = filled
    made.tests |= {
        kind.__name__.lower(): lambda one, kind=kind: isinstance(one, kind)
        for kind in (Table, Facts, Listing)
    }
    return made
