"""The technical design of one integration or biller: a page with all that its flows lead to."""

from collections.abc import Callable, Collection, Iterator

from crosswalk.documents.access import mapping, text
from crosswalk.documents.content import flow_text
from crosswalk.documents.source import Map
from crosswalk.documents.workspace import Document
from crosswalk.project import Project
from crosswalk.site.decisions import decision_section
from crosswalk.site.fields import mapping_section
from crosswalk.site.flows import features_section, flows_section
from crosswalk.site.layouts import layout_section, operation_section, table_section
from crosswalk.site.parts import (
    Block,
    Cell,
    Facts,
    Page,
    Piece,
    Row,
    Section,
    Table,
    code,
    listed,
    plain,
)
from crosswalk.site.readiness import readiness_section
from crosswalk.site.seen import Seen, pinned, says, seen_alone, seen_by
from crosswalk.site.settings import changes_section, settings_section

Draw = Callable[[Seen, Document], Section]

_KINDS: tuple[tuple[str, str, tuple[str, ...], Draw], ...] = (
    ("mappings", "Mappings, field by field", ("mapping",), mapping_section),
    ("operations", "Operations", ("operation",), operation_section),
    ("decisions", "Decisions", ("decision", "rules"), decision_section),
    ("code-tables", "Code tables", ("code-table",), table_section),
    ("layouts", "Layouts", ("layout",), layout_section),
)


def design(project: Project, owner: Document, files: Collection[str]) -> Page:
    """Make the page of an integration or biller; `files` are the pages of the site.

    Raises ConfigError when its documents have errors.
    """
    seen = seen_by(project, owner)
    seen.find(owner.kind, owner.name, says(owner.node), "top")
    first = (_about(seen, owner, files), changes_section(seen), flows_section(seen))
    then = (features_section(seen), readiness_section(seen), *_documents(seen))
    last = (_cases(seen), _notes(seen), settings_section(seen))
    sections = tuple(one for one in (*first, *then, *last) if one is not None)
    return Page(
        page_file(owner), owner.kind, owner.name, says(owner.node), sections, tuple(seen.found)
    )


def design_alone(project: Project, used: frozenset[Document]) -> Page | None:
    """Make the page of the documents that no integration's flow leads to; None without any."""
    seen = seen_alone(project, used)
    sections = tuple(_documents(seen))
    lead = "Documents that no flow of an integration leads to, as they stand."
    if not sections:
        return None
    title = "Without an integration"
    return Page("other.html", "others", title, lead, sections, tuple(seen.found))


def page_file(owner: Document) -> str:
    """Name the file of an owner's page: names hold no dots, so no two are the same."""
    return f"{owner.kind}.{owner.name.replace('/', '.')}.{owner.major}.html"


def _documents(seen: Seen) -> Iterator[Section]:
    for at, title, kinds, draw in _KINDS:
        found = seen.of_kind(*kinds)
        if found:
            yield Section(at, title, (), tuple(draw(seen, one) for one in found))


def _about(seen: Seen, owner: Document, files: Collection[str]) -> Section:
    chain = [one.document for one in seen.view.layers]
    made = {one: page_file(one) if page_file(one) in files else "" for one in chain[:-1]}
    pages = listed(Piece(pinned(one), "", href) for one, href in made.items())
    pairs: list[tuple[str, Cell]] = [
        ("kind", plain(owner.kind)),
        ("number", plain(text(owner.node, "id") or "")),
        ("version", plain(owner.version)),
        ("builds on", pages),
        ("document", plain(owner.file)),
    ]
    return Section("about", "About", (Facts(tuple(pair for pair in pairs if pair[1])),))


def _cases(seen: Seen) -> Section | None:
    """Show the cases that test the page's mappings for this owner."""
    owner = seen.view.owner
    rows = [row for one in seen.project.documents("case") for row in _cases_of(seen, one, owner)]
    if not rows:
        return None
    heads = ("case", "what it shows", "mapping", "set in")
    return Section("cases", "Tested by", (Table("Cases", heads, tuple(rows)),))


def _cases_of(seen: Seen, document: Document, owner: Document | None) -> Iterator[Row]:
    node = document.node
    found, _ = seen.project.workspace.find(text(node, "mapping") or "")
    biller = text(node, "biller")
    listed_ = mapping(node, "cases")
    if found not in seen.documents or (biller and (owner is None or biller != owner.name)):
        return
    for name, entry in (listed_.entries if listed_ else {}).items():
        if isinstance(entry.value, Map):
            told = plain(text(entry.value, "description") or "")
            reads: Cell = (seen.reference(text(node, "mapping") or ""),)
            yield Row((plain(name), told, reads, seen.origin(entry.key.span)))


def _notes(seen: Seen) -> Section | None:
    """Gather what authors noted: `meta` of documents, and `note` of entries."""
    rows: list[Row] = []
    for document in seen.documents:
        node = seen.node(document)
        meta = mapping(node, "meta")
        for key, entry in (meta.entries if meta else {}).items():
            cells = ((seen.reference(pinned(document)),), plain(key), code(flow_text(entry.value)))
            rows.append(Row((*cells, seen.origin(entry.value.span))))
    blocks: tuple[Block, ...] = (
        Table("Kept with the documents", ("document", "about", "note", "set in"), tuple(rows)),
    )
    return Section("notes", "Assumptions and notes", blocks) if rows else None
