"""Where a place of a text (GraphQL, JSON) stands in the YAML file that holds the text."""

from collections.abc import Callable
from dataclasses import dataclass

from crosswalk.documents.source import Scalar
from crosswalk.findings.diagnostics import Span

Text = Callable[[str], str | None]
"""Gives the text of a file of the workspace, None when it cannot be read."""


@dataclass(frozen=True, slots=True)
class Places:
    """Places of a text that a scalar holds; known exactly in a literal block and on one line."""

    scalar: Scalar
    lines: tuple[str, ...]
    first: int
    indent: int

    def at(self, line: int, column: int, length: int = 1) -> Span:
        """Give the place in the file of a line and column (both from 1) of the text."""
        whole = self.scalar.span
        row = self.first + line - 1
        if not self.lines or row > len(self.lines):
            return whole
        begin = min(self.indent + column, len(self.lines[row - 1]) + 1)
        end = max(min(begin + length, len(self.lines[row - 1]) + 1), begin + 1)
        return Span(whole.file, row, begin, row, end)


def places_of(scalar: Scalar, text: Text) -> Places:
    """Find out where the lines of a scalar's text stand in its file."""
    content = text(scalar.span.file)
    lines = tuple((content or "").replace("\r\n", "\n").split("\n"))
    row, span = scalar.span.line, scalar.span
    head = lines[row - 1][span.column - 1 :] if row <= len(lines) else ""
    if content is None or not head:
        return Places(scalar, (), 1, 0)
    if head.startswith("|"):
        return Places(scalar, lines, row + 1, _indent(scalar.text, lines[row:]))
    on_one_line = span.line == span.end_line and "\n" not in scalar.text
    if on_one_line and not head.startswith(">"):
        quoted = head[:1] in "\"'"
        return Places(scalar, lines, row, span.column - 1 + quoted)
    return Places(scalar, (), 1, 0)


def _indent(value: str, lines: tuple[str, ...]) -> int:
    """Give the blanks before each line of a literal block, from its first line with text."""
    for ours, theirs in zip(value.split("\n"), lines, strict=False):
        if ours.strip():
            return len(theirs) - len(ours)
    return 0
