"""Patches of a document's text at recorded places: entries out, lines in, a value replaced."""

from collections.abc import Iterable

from crosswalk.documents.source import Entry, Map
from crosswalk.findings.diagnostics import Span

Key = tuple[str, str]
"""An entry of a document: its top key and its own."""


def replaced(text: str, span: Span, new: str) -> str:
    """Replace a range of a text; the end of a missing last line end is added where it is needed."""
    lines = text.splitlines(keepends=True)
    if span.line > len(lines) and lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    start = sum(map(len, lines[: span.line - 1])) + span.column - 1
    stop = sum(map(len, lines[: span.end_line - 1])) + span.end_column - 1
    joined = "".join(lines)
    return joined[:start] + new + joined[stop:]


def last_line(entry: Entry) -> int:
    """Give the last line of an entry."""
    span = entry.value.span
    return span.end_line if span.end_column > 1 else span.end_line - 1


def after(entry: Entry) -> Span:
    """Give the place at the begin of the line below an entry."""
    line = last_line(entry) + 1
    return Span(entry.key.span.file, line, 1, line, 1)


def without(text: str, node: Map, gone: Iterable[Key]) -> tuple[str, list[Key]]:
    """Take entries of top-level maps out, by (top key, key), with the comment on their lines.

    A map that is left empty goes too. Gives the text, and what could not be taken out because it
    shares its lines.
    """
    lines = text.splitlines(keepends=True)
    drop: set[int] = set()
    kept: list[Key] = []
    wanted = set(gone)
    for top in {key for key, _ in wanted}:
        holder = node.entries[top]
        entries = holder.value.entries if isinstance(holder.value, Map) else {}
        mine = [key for key in entries if (top, key) in wanted]
        if holder.key.span.line == holder.value.span.line:
            kept += [(top, key) for key in mine]
            continue
        whole = len(mine) == len(entries)
        for one in [holder] if whole else [entries[key] for key in mine]:
            drop |= set(range(one.key.span.line, last_line(one) + 1))
    return "".join(line for number, line in enumerate(lines, 1) if number not in drop), kept
