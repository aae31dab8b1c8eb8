"""Every row of the partner's tables, and where it lives: `coverage.csv` beside this module.

`state` of a row is what the partner's page says, in our words; `document` and `path` name the keys
that say the same here. docs/coverage.md is made of it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from crosswalk.documents.source import Map, Node
from crosswalk.findings.diagnostics import Span
from crosswalk.project import Project
from crosswalk.telling.features import UNSAID

ROOT = Path(__file__).parents[2]
PROJECT = Project(ROOT)
view = cache(PROJECT.view)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table of the source pages."""

    integration: str
    table: str
    number: str
    item: str
    state: str
    document: str
    path: str

    @property
    def keys(self) -> list[str]:
        return self.path.split("/", 2 if self.path.startswith("support/") else -1)


def read_rows() -> list[Row]:
    with (Path(__file__).parent / "coverage.csv").open(encoding="utf-8", newline="") as file:
        return [Row(**one) for one in csv.DictReader(file)]


@dataclass(frozen=True, slots=True)
class Home:
    """Where a row lives, and what is said there: its status, and the cases of a flow."""

    span: Span
    state: str = ""
    cases: int = 0
    reason: str = ""


@cache
def homes(row: Row) -> list[Home]:
    """Give the place of a row in each of its documents. Raises KeyError when there is none."""
    return [_home(row, name) for name in row.document.split()]


def _home(row: Row, name: str) -> Home:
    what, *rest = row.keys
    if what == "flows":
        return _flow(rest[0], name)
    if what == "support":
        one = PROJECT.support(view(name))[rest[0], rest[1]]
        said = (one.status, "required" if one.required else "", one.value)
        least = one.minimum_version.text if one.minimum_version is not None else ""
        return Home(one.span, " ".join(filter(None, (*said, least))) or UNSAID)
    document = next(one for one in PROJECT.workspace.documents if one.name == name)
    return Home(_span(document.node, row.keys))


def _flow(name: str, integration: str) -> Home:
    seen = view(integration)
    flow = PROJECT.flows(seen)[name]
    least = flow.minimum_version.text if flow.minimum_version is not None else ""
    state = " ".join(filter(None, (flow.status, least)))
    if flow.mapping is None:
        return Home(flow.span, state, reason=flow.reason)
    changed = any(
        layer.override_of(PROJECT.find(flow.mapping.text, "mapping")) for layer in seen.layers
    )
    return Home(flow.span, state, sum(_cases(flow.mapping.text, integration if changed else None)))


def _cases(mapping: str, integration: str | None) -> Iterator[int]:
    """Count the cases of a mapping; of those only that an integration's own billers have."""
    for document in PROJECT.documents("case"):
        said = {key: entry.value for key, entry in document.node.entries.items()}
        biller = getattr(said.get("biller"), "text", None)
        names = [one.name for one in view(biller).layers] if biller else []
        body = said["cases"]
        if getattr(said["mapping"], "text", "") == mapping and isinstance(body, Map):
            yield len(body.entries) if integration is None or integration in names else 0


def _span(node: Node, keys: list[str]) -> Span:
    span = node.span
    for key in keys:
        assert isinstance(node, Map)
        span, node = node.entries[key].key.span, node.entries[key].value
    return span


def page() -> str:
    """Give the generated part of docs/coverage.md."""
    return "\n".join(_page(read_rows()))


_TITLES = {"bif_customizations": "customisations of our file", "graphql_operations": "operations"}


def _page(rows: list[Row]) -> Iterator[str]:
    ordered = sorted(rows, key=lambda one: (one.integration, one.table))
    for (integration, table), found in groupby(
        ordered, key=lambda one: (one.integration, one.table)
    ):
        listed = list(found)
        title = _TITLES.get(table, table.replace("_", " "))
        yield from ("", f"## {integration}: {title} ({len(listed)})", "")
        yield from ("| row | here | where |", "| --- | --- | --- |")
        for row in listed:
            item = f"{row.number} {row.item}".strip()
            places = ", ".join(_link(one) for one in homes(row))
            yield f"| {item} | {_here(homes(row))} | {places} |"


def _here(found: list[Home]) -> str:
    cases = sum(one.cases for one in found)
    told = [found[0].state, f"{cases} cases" if cases else "", found[0].reason]
    return "; ".join(filter(None, told))


def _link(home: Home) -> str:
    at = f"{home.span.file}:{home.span.line}"
    return f"[{at.removeprefix('mappings/')}](../{home.span.file}#L{home.span.line})"
