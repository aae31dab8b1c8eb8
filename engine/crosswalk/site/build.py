"""The whole site: a page per integration and biller, a first page, and what they share."""

from collections.abc import Sequence

from crosswalk.documents.access import text
from crosswalk.documents.layers import layers, used_documents
from crosswalk.documents.workspace import Document
from crosswalk.project import Project
from crosswalk.site.design import design, design_alone, page_file
from crosswalk.site.parts import Facts, Page, Piece, Row, Section, Table, plain
from crosswalk.site.render import beside, render
from crosswalk.site.seen import says

OWNERS = ("integration", "biller")


def build(project: Project, owners: Sequence[Document] | None = None) -> dict[str, bytes]:
    """Give the site's files by name; the same documents give the same bytes.

    `owners` are the integrations and billers to show, None for all of them and for what none of
    their flows leads to. Raises ConfigError when what is shown has errors.
    """
    shown = owners or [one for kind in OWNERS for one in project.documents(kind)]
    files = {page_file(one) for one in shown}
    pages = [design(project, one, files) for one in shown]
    if owners is None:
        other = design_alone(project, _used(project))
        pages += [other] if other is not None else []
    everything = [_first(project, pages, shown), *pages]
    made = {page.file: render(page, everything) for page in everything}
    return {**made, **beside(everything)}


def _used(project: Project) -> frozenset[Document]:
    """Give the documents that the flows of any owner lead to."""
    used: set[Document] = set()
    for kind in OWNERS:
        for owner in project.documents(kind):
            found, _ = layers(project.workspace, owner)
            used |= used_documents(project.workspace, found) or frozenset()
    return frozenset(used)


def _first(project: Project, pages: Sequence[Page], shown: Sequence[Document]) -> Page:
    """Make the first page: what there is."""
    titles = {"integration": "Integrations", "biller": "Billers"}
    sections = []
    for kind, title in titles.items():
        rows = tuple(_owner(one) for one in shown if one.kind == kind)
        table = Table(title, ("name", "what it is", "builds on", "version"), rows)
        sections += [Section(kind, title, (table,))] if rows else []
    if any(page.kind == "others" for page in pages):
        other = Facts((("documents", (Piece("Without an integration", "", "other.html"),)),))
        sections.append(Section("others", "Without an integration", (other,)))
    rows = tuple(_document(one) for one in project.workspace.documents)
    heads = ("document", "kind", "version", "what it is", "file")
    sections.append(Section("documents", "All documents", (Table("Documents", heads, rows),)))
    lead = "Technical design, made from the documents. Search fields, settings and codes above."
    return Page("index.html", "overview", "Overview", lead, tuple(sections))


def _owner(one: Document) -> Row:
    name = (Piece(one.name, "name", page_file(one)),)
    base = text(one.node, "extends") or ""
    return Row((name, plain(says(one.node)), plain(base), plain(one.version)))


def _document(one: Document) -> Row:
    cells = (one.name, one.kind, one.version, says(one.node), one.file)
    return Row(tuple(map(plain, cells)))
