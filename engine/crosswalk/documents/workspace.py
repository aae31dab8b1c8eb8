"""The documents of a folder: found by a quick look at their heads, read when first asked for."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from crosswalk.documents import schema
from crosswalk.documents.access import child
from crosswalk.documents.content import Keys, content
from crosswalk.documents.source import List, Map, Node, Scalar, read_file
from crosswalk.documents.yaml_rules import meaning, unreadable
from crosswalk.findings.diagnostics import Diagnostic, Label, Span, sort_key
from crosswalk.findings.suggest import closest, quoted

SKIPPED = frozenset({"fixtures", "expected"})
"""Folders that hold data, not documents."""

Read = Callable[[Path, str], tuple[Node | None, list[Diagnostic]]]

_HEAD_BYTES = 4096
_HEAD_LINE = re.compile(r"(crosswalk|kind|name|version):[ ]+([\"']?)([^\s\"'#]+)\2[ ]*")
_FILLER = re.compile(r"\s*(?:#.*)?")
_OURS = re.compile(rb"^(?:\xef\xbb\xbf)?crosswalk[ ]*:", re.MULTILINE)
_WORD = "[a-z0-9]+(?:-[a-z0-9]+)*"
_PART = "(?:0|[1-9][0-9]*)"
REFERENCE = re.compile(rf"({_WORD}(?:/{_WORD})*)(?:@({_PART}))?", re.ASCII)
"""A document as others name it: `name@major`, or `name` from a host."""

_LAYOUT_ORDER: tuple[Keys, ...] = (("records",), ("records", "*", "fields"))
_LAYER_ORDER = tuple(("override", "*", *path) for path in _LAYOUT_ORDER)
_ORDERED: dict[str, tuple[Keys, ...]] = {
    "layout": _LAYOUT_ORDER,
    "integration": _LAYER_ORDER,
    "biller": _LAYER_ORDER,
}


class _Body:
    """A document's text, read on first use and kept; reading twice gives the same."""

    __slots__ = ("_load", "_made", "_named")

    def __init__(self, load: Callable[[], tuple[Node | None, list[Diagnostic]]]) -> None:
        self._load = load
        self._made: tuple[Node | None, list[Diagnostic]] | None = None
        self._named: frozenset[str] | None = None

    def get(self) -> tuple[Node | None, list[Diagnostic]]:
        if self._made is None:
            self._made = self._load()
        return self._made

    def references(self) -> frozenset[str]:
        if self._named is None:
            node, _ = self.get()
            self._named = references(node) if isinstance(node, Map) else frozenset()
        return self._named


def references(node: Node) -> frozenset[str]:
    """Give the texts in a node that name a document as `name@major`."""
    return frozenset(one for one in _texts(node) if "@" in one and REFERENCE.fullmatch(one))


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, Scalar):
        yield node.text
    elif isinstance(node, List):
        for item in node.items:
            yield from _texts(item)
    else:
        for entry in node.entries.values():
            yield from _texts(entry.value)


@dataclass(frozen=True, slots=True)
class Document:
    """One document with a good head. `file` is relative to the workspace's root, with slashes.

    The text is read when `node`, `findings` or `hash` is first used.
    """

    kind: str
    name: str
    version: str
    file: str
    body: _Body = field(repr=False, compare=False)

    @property
    def major(self) -> int:
        """The number that references pin."""
        return int(self.version.partition(".")[0])

    @property
    def node(self) -> Map:
        """The whole document with places; an empty map when its text cannot be read."""
        node = self.body.get()[0]
        return node if isinstance(node, Map) else Map(Span(self.file, 1, 1, 1, 1), {})

    @property
    def references(self) -> frozenset[str]:
        """What the document names as `name@major`, there or not."""
        return self.body.references()

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the text (CW1xx)."""
        return tuple(self.body.get()[1])

    @property
    def hash(self) -> str:
        """`sha256:` of the content: see `content`."""
        text = content(self.node, _ORDERED.get(self.kind, ()))
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def place(self, key: str) -> Span:
        """Give the place of the value below a top-level key, of the document when it has none."""
        node = self.node
        found = child(node, key)
        return found.span if found is not None else Span(self.file, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The documents below a root, ordered by file; at most one of a name and major version."""

    root: Path
    documents: tuple[Document, ...]

    def named(self, name: str) -> tuple[Document, ...]:
        """Give the documents of a name, lowest major version first."""
        found = (document for document in self.documents if document.name == name)
        return tuple(sorted(found, key=lambda document: document.major))

    def of_kind(self, kind: str) -> tuple[Document, ...]:
        """Give the documents of a kind, ordered by file."""
        return tuple(document for document in self.documents if document.kind == kind)

    def newest(self, kind: str) -> tuple[Document, ...]:
        """Give the documents of a kind, of each name the one with the highest major version."""
        ordered = sorted(self.of_kind(kind), key=lambda one: int(one.major))
        return tuple({one.name: one for one in ordered}.values())

    def find(
        self, reference: Scalar | str, kind: str | None = None
    ) -> tuple[Document | None, list[Diagnostic]]:
        """Find the document that `name@major` names, of the kind when one is given.

        In a document (a Scalar) the major version must be pinned: without it the newest is given
        together with the finding. A host (a str) may leave it out. Findings CW311-CW315.
        """
        text = reference if isinstance(reference, str) else reference.text
        span = None if isinstance(reference, str) else reference.span
        match = REFERENCE.fullmatch(text)
        if match is None:
            message = f"{quoted(text)} does not name a document"
            return None, [Diagnostic("CW315", message, span, help="write name@major: some/thing@1")]
        name, pin = match.groups()
        choice = self.named(name)
        if not choice:
            return None, [self._unknown(name, span, kind)]
        found = next((one for one in choice if str(one.major) == pin), None)
        if pin is None:
            found = choice[-1]
        if found is None:
            return None, [_no_version(choice, pin, span)]
        if kind is not None and found.kind != kind:
            return None, [_other_kind(found, kind, span)]
        return found, [_unpinned(found, span)] if pin is None and span is not None else []

    def _unknown(self, name: str, span: Span | None, kind: str | None) -> Diagnostic:
        fitting = self.documents if kind is None else self.of_kind(kind)
        near = closest(name, {document.name for document in fitting})
        remedy = "write it, or name another one of this workspace"
        if near is not None:
            remedy = f"did you mean '{near}@{self.named(near)[-1].major}'?"
        message = f"no {kind or 'document'} is called {quoted(name)}"
        return Diagnostic("CW311", message, span, help=remedy)


def open_workspace(root: Path, *, read: Read = read_file) -> tuple[Workspace, list[Diagnostic]]:
    """Find the documents in the root's `mappings/` folder, or else below the root itself.

    Takes *.yaml and *.yml files, not those in hidden folders or in SKIPPED, whose top level has
    `crosswalk:`; other YAML is ignored unless its `kind` is one of ours. A document whose head
    (crosswalk, kind, name, version) is not good is left out and its findings are given; the
    findings of the others are theirs (`Document.findings`). `read` stands in for reading a file,
    for instance from an editor; it is asked for every file, where files are only skimmed.
    """
    findings: list[Diagnostic] = []
    documents: list[Document] = []
    if not root.is_dir():
        return Workspace(root, ()), [unreadable(str(root), "it is not a folder")]
    folder = root / "mappings" if (root / "mappings").is_dir() else root
    for path in _files(folder):
        found, wrong = _take(path, path.relative_to(root).as_posix(), read)
        findings += wrong
        if found is not None:
            documents.append(found)
    documents, wrong = _unique(documents)
    findings += wrong
    if not documents and not findings:
        shown = folder.relative_to(root).as_posix()
        remedy = "give the folder that holds mappings/"
        findings = [Diagnostic("CW317", f"no documents in folder {quoted(shown)}", help=remedy)]
    return Workspace(root, tuple(documents)), sorted(findings, key=sort_key)


def is_name(text: str) -> bool:
    """Tell whether a text can be the name of one document, without a folder."""
    return re.fullmatch(_WORD, text) is not None


def _files(folder: Path) -> Iterator[Path]:
    """Give the YAML files below a folder in the order of their paths, following no links."""
    found = []
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name[:1] != "." and name not in SKIPPED]
        found += [Path(here, name) for name in files if name.endswith((".yaml", ".yml"))]
    yield from sorted(path for path in found if not path.name.startswith("."))


def _take(path: Path, file: str, read: Read) -> tuple[Document | None, list[Diagnostic]]:
    """Give the document in a file, or what is wrong with its head, or neither."""
    body = _Body(partial(read, path, file))
    head = _skim(path) if read is read_file else None
    if head is not None:
        return Document(head["kind"], head["name"], head["version"], file, body), []
    node, findings = body.get()
    if not isinstance(node, Map):
        ours = node is None and _looks_ours(path)
        return None, findings if ours else []
    head = _head(node)
    if head is not None:
        return Document(head["kind"], head["name"], head["version"], file, body), []
    kind = child(node, "kind")
    text = kind.text if isinstance(kind, Scalar) else ""
    if "crosswalk" not in node.entries and text not in schema.KINDS:
        return None, []
    return None, [*findings, *schema.check_shape(node, text)]


def _skim(path: Path) -> dict[str, str] | None:
    """Read a head from the first lines of a file; None when it takes the parser to be sure.

    Only comments, blank lines and the four keys, each on a line of its own, may come first, and
    no indented line may follow: then these lines cannot mean anything else.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(_HEAD_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return None
    head: dict[str, str] = {}
    for line in text.replace("\r\n", "\n").split("\n")[:-1]:
        if len(head) == len(_CHECKS) and line.strip():
            return None if line[0].isspace() else head
        match = _HEAD_LINE.fullmatch(line)
        if match is not None and match[1] not in head:
            key, quote, value = match.groups()
            if not _good(key, value, (value, None) if quote else meaning(value)):
                return None
            head[key] = value
        elif not _FILLER.fullmatch(line):
            return None
    return None


def _head(node: Map) -> dict[str, str] | None:
    """Give the four texts of a good head."""
    head = {}
    for key in _CHECKS:
        value = child(node, key)
        if not isinstance(value, Scalar) or not _good(key, value.text, (value.value, None)):
            return None
        head[key] = value.text
    return head


def _good(key: str, text: str, meant: tuple[object, str | None]) -> bool:
    value, ambiguous = meant
    wanted = int if key == "crosswalk" else str
    return type(value) is wanted and not ambiguous and _CHECKS[key](text)


_CHECKS: dict[str, Callable[[str], bool]] = {
    "crosswalk": lambda text: text == str(schema.LANGUAGE),
    "kind": lambda text: text in schema.KINDS,
    "name": lambda text: schema.NAME.fullmatch(text) is not None,
    "version": lambda text: schema.VERSION.fullmatch(text) is not None,
}


def _looks_ours(path: Path) -> bool:
    """Tell whether a file that cannot be parsed was meant to be a document."""
    try:
        return _OURS.search(path.read_bytes()) is not None
    except OSError:
        return True


def _unique(documents: list[Document]) -> tuple[list[Document], list[Diagnostic]]:
    """Keep the first document of each name and major version; report the others."""
    seen: dict[tuple[str, int], Document] = {}
    findings = []
    for document in documents:
        first = seen.setdefault((document.name, document.major), document)
        if first is document:
            continue
        findings.append(
            Diagnostic(
                "CW310",
                f"{quoted(document.name)} has its version {document.major} in another file too",
                document.place("name"),
                label="this one is left out",
                help="rename one, remove one, or raise the major version of one",
                related=(Label(first.place("name"), "this one counts"),),
            )
        )
    return list(seen.values()), findings


def _no_version(choice: tuple[Document, ...], pin: str, span: Span | None) -> Diagnostic:
    name = choice[0].name
    there = ", ".join(f"{name}@{document.major}" for document in choice)
    related = tuple(Label(one.place("version"), f"version {one.version}") for one in choice)
    message = f"{quoted(name)} has no version {pin}"
    return Diagnostic("CW313", message, span, help=f"there is {there}", related=related)


def _other_kind(found: Document, kind: str, span: Span | None) -> Diagnostic:
    message = f"{quoted(found.name)} is of kind {found.kind}, not {kind}"
    related = (Label(found.place("kind"), "its kind"),)
    remedy = f"name a document of kind {kind}"
    return Diagnostic("CW314", message, span, help=remedy, related=related)


def _unpinned(found: Document, span: Span) -> Diagnostic:
    message = f"the reference to {quoted(found.name)} pins no version"
    return Diagnostic("CW312", message, span, help=f"write {found.name}@{found.major}")
