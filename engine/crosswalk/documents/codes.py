"""What each code of a finding or reject means: title, explanation, a wrong and a right example."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from crosswalk.documents.access import text
from crosswalk.documents.source import Map, read
from crosswalk.findings.diagnostics import CODES
from crosswalk.findings.suggest import closest

_PARTS = {
    "CW1": "YAML",
    "CW2": "Shape of documents",
    "CW3": "Names, layers and versions",
    "CW4": "Meaning of layouts, mappings and tables",
    "CW5": "Records at run time",
    "CW6": "Files",
    "CW7": "Delivery",
    "CW8": "Settings",
    "RUL": "Decision tables",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One code for people."""

    code: str
    title: str
    means: str
    wrong: str
    right: str


@cache
def explained() -> dict[str, Explained]:
    """Give every explanation by its code, as codes.yaml has them."""
    source = (files("crosswalk.documents") / "codes.yaml").read_text("utf-8")
    node, findings = read(source, "codes.yaml")
    if not isinstance(node, Map) or findings:
        raise ValueError(f"codes.yaml: {findings[0].message if findings else 'no map'}")
    found = {}
    for code, entry in node.entries.items():
        body = entry.value if isinstance(entry.value, Map) else Map(node.span, {})
        means, wrong, right = (text(body, key) or "" for key in ("means", "wrong", "right"))
        found[code] = Explained(code, CODES.get(code, ""), means, wrong, right)
    return found


def explain_code(code: str) -> Explained:
    """Give the explanation of a code in any case. Raises KeyError with a suggestion."""
    known = explained()
    found = known.get(code.upper())
    if found is None:
        near = closest(code.upper(), known)
        raise KeyError(f"there is no code {code}" + (f"; did you mean {near}?" if near else ""))
    return found


def codes_page() -> str:
    """Give docs/codes.md: every code by part, for readers without a terminal."""
    return "\n".join(_page(explained().values()))


def _page(listed: Iterable[Explained]) -> Iterator[str]:
    yield "# Codes"
    yield ""
    yield "Made from `codes.yaml` by `documents.codes.codes_page`; see also `crosswalk rule CODE`."
    part = ""
    for one in listed:
        if part != one.code[:3]:
            part = one.code[:3]
            name = part if part == "RUL" else f"{part}xx"
            yield from ("", f"## {name}: {_PARTS[part]}")
        yield from ("", f"### {one.code}: {one.title}", "", one.means, "", "```yaml")
        yield from ("# wrong", one.wrong, "# right", one.right, "```")
    yield ""
