"""The structure of a layout: `FH, invoice*(IH, CR, ID+)`.

Names stand in file order, or in any order where `&` stands between them; where `|` does, one of
them stands there. `*` means any number, `+`
at least one, `?` at most one, nothing exactly one; what stands in brackets belongs to each
occurrence. A name that is also a record has its own fields; any other name only groups what is in
its brackets.
"""

from dataclasses import dataclass, replace

from crosswalk.documents.source import Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.model.layout import Branch, Record

_MARKS = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_DEPTH = 12


class _Wrong(Exception):  # noqa: N818 - control flow inside this module
    """A structure that cannot be read: where (offset in the text) and why."""

    def __init__(self, offset: int, width: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.offset, self.width, self.message, self.remedy = offset, width, message, remedy


@dataclass(slots=True)
class _Reader:
    """A cursor over the text of a structure."""

    text: str
    records: dict[str, Record]
    at: int = 0
    used: frozenset[str] = frozenset()

    def blank(self) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def name(self) -> str:
        self.blank()
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ",&|()*+?":
            self.at += 1
        name = self.text[start : self.at].strip()
        if not name:
            raise _Wrong(start, 1, "a record or group name is missing here", _EXAMPLE)
        if name in self.used:
            raise _Wrong(start, len(name), f"'{name}' stands twice in the structure", _TWICE)
        self.used |= {name}
        return name

    def branches(self, depth: int) -> tuple[tuple[Branch, ...], str]:
        """Read what stands in one bracket; give the mark between them, "" for one alone."""
        if depth > _DEPTH:
            raise _Wrong(self.at, 1, f"the structure is more than {_DEPTH} levels deep", "")
        starts = [self.at]
        found = [self.branch(depth)]
        mark = self.text[self.at : self.at + 1]
        while mark in _BETWEEN and self.text[self.at : self.at + 1] == mark:
            self.at += 1
            starts.append(self.at)
            found.append(self.branch(depth))
        if self.text[self.at : self.at + 1] in _BETWEEN:
            raise _Wrong(self.at, 1, "commas, & and | do not mix in one bracket", _MIXED)
        if mark == "|":
            return self.alternatives(found, starts, depth), mark
        return tuple(found), mark

    def alternatives(
        self, found: list[Branch], starts: list[int], depth: int
    ) -> tuple[Branch, ...]:
        """Make each branch one that may be missing; the bracket says that one must be there."""
        if depth == 1:
            raise _Wrong(0, len(self.text), "one of several stands in no bracket", _EITHER)
        for one, start in zip(found, starts, strict=True):
            if (one.least, one.most) != (1, 1):
                message = f"'{one.name}' stands once where it is one of several"
                raise _Wrong(start, len(one.name), message, _EITHER)
        return tuple(replace(one, least=0) for one in found)

    def branch(self, depth: int) -> Branch:
        name = self.name()
        start = self.at
        least: int = 1
        most: int | None = 1
        if self.text[self.at : self.at + 1] in _MARKS:
            least, most = _MARKS[self.text[self.at]]
            self.at += 1
        self.blank()
        children: tuple[Branch, ...] = ()
        mark = ""
        if self.text[self.at : self.at + 1] == "(":
            self.at += 1
            children, mark = self.branches(depth + 1)
            if self.text[self.at : self.at + 1] != ")":
                raise _Wrong(self.at, 1, "a bracket is not closed", _EXAMPLE)
            self.at += 1
            self.blank()
        record = self.records.get(name)
        if record is None and not children:
            near = closest(name, self.records)
            remedy = f"did you mean '{near}'?" if near else "describe it under records"
            raise _Wrong(start - len(name), len(name), f"no record is called '{name}'", remedy)
        return Branch(name, record, least, most, children, mark == "&", mark == "|")


_EXAMPLE = "write it like: header, invoice*(head, line+), trailer?"
_MIXED = "give those with another mark a bracket of their own: head, body(name & note?), end"
_EITHER = "give the bracket a name and the mark: entry*(credit | debit)"
_BETWEEN = (",", "&", "|")
_TWICE = "a record type has one place in a file; give the second place another record"


def read_structure(
    node: Scalar, records: dict[str, Record]
) -> tuple[Branch | None, list[Diagnostic]]:
    """Read a structure into its root branch, whose children are the top-level branches."""
    reader = _Reader(node.text, records)
    try:
        children, mark = reader.branches(1)
        if reader.at < len(node.text):
            raise _Wrong(reader.at, 1, f"'{node.text[reader.at]}' is not expected here", _EXAMPLE)  # noqa: TRY301
    except _Wrong as wrong:
        place = _within(node, wrong.offset, wrong.width)
        return None, [Diagnostic("CW401", wrong.message, place, help=wrong.remedy)]
    unused = [name for name in records if name not in reader.used]
    findings = [
        Diagnostic(
            "CW402",
            f"record '{name}' has no place in the structure",
            records[name].span,
            help=f"name it in structure: {node.text}",
        )
        for name in unused
    ]
    return Branch("", None, 1, 1, children, mark == "&"), findings


def _within(node: Scalar, offset: int, width: int) -> Span:
    """Give the place of a part of a one-line scalar."""
    span = node.span
    if span.line != span.end_line:
        return span
    quote = (span.end_column - span.column - len(node.text)) // 2
    start = span.column + quote + offset
    return Span(span.file, span.line, start, span.line, start + max(width, 1))
