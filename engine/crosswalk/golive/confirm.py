"""Recording who confirmed a condition: a patch of the biller's text that keeps the rest."""

from dataclasses import dataclass
from datetime import date

from crosswalk.decisions.wording import quote, scalar
from crosswalk.documents.access import mapping
from crosswalk.documents.content import content
from crosswalk.documents.source import Entry, Map, read
from crosswalk.findings.diagnostics import Span
from crosswalk.findings.errors import ConfigError
from crosswalk.golive.patch import after, replaced

_KEY = "confirmations"


@dataclass(frozen=True, slots=True)
class Word:
    """What a person vouches for: the id, who says so, on which day, for which codes."""

    id: str
    by: str
    day: date
    codes: tuple[str, ...] = ()
    note: str | None = None

    def text(self) -> str:
        """Write it as a YAML map on one line."""
        parts = [f"by: {scalar(self.by)}", f"date: {quote(self.day.isoformat())}"]
        if self.codes:
            parts.append(f"codes: [{', '.join(map(quote, self.codes))}]")
        if self.note:
            parts.append(f"note: {quote(self.note)}")
        return f"{{{', '.join(parts)}}}"


def with_confirmation(text: str, file: str, word: Word) -> str:
    """Put a confirmation into a biller's text, in place of an earlier one of the same id.

    Comments, order, quotes and line ends stay as they are. Raises ConfigError for a text that
    cannot be read, and ValueError where the result would not say what it should, in odd YAML.
    """
    node, findings = read(text, file)
    if not isinstance(node, Map):
        raise ConfigError(findings)
    made = _patched(text, node, word)
    new, _ = read(made, file)
    if not isinstance(new, Map) or not _says(node, new, word):
        raise ValueError(f"put it into {file} by hand, below {_KEY}: {word.id}: {word.text()}")
    return made


def _patched(text: str, node: Map, word: Word) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    mine = f"{word.id}: {word.text()}"
    entry = node.entries.get(_KEY)
    body = mapping(node, _KEY)
    if entry is None:
        return f"{text if text.endswith(end) else text + end}{_KEY}:{end}  {mine}{end}"
    if body is None or not body.entries:
        return replaced(text, _after(entry.key.span, entry.value.span), f":{end}  {mine}")
    if word.id in body.entries:
        old = body.entries[word.id]
        return replaced(text, _after(old.key.span, old.value.span), f": {word.text()}")
    first, last = next(iter(body.entries.values())), list(body.entries.values())[-1]
    if first.key.span.line == entry.key.span.line:
        return replaced(text, _at_end(last.value.span), f", {mine}")
    indent = " " * (first.key.span.column - 1)
    return replaced(text, after(last), f"{indent}{mine}{end}")


def _after(key: Span, value: Span) -> Span:
    """Give the range from the end of a key to the end of its value."""
    return Span(key.file, key.end_line, key.end_column, value.end_line, value.end_column)


def _at_end(span: Span) -> Span:
    return Span(span.file, span.end_line, span.end_column, span.end_line, span.end_column)


def _says(before: Map, made: Map, word: Word) -> bool:
    """Tell whether a text says what it said, and the confirmation."""
    body = mapping(made, _KEY)
    found = body.entries.get(word.id) if body is not None else None
    wanted, _ = read(word.text(), "")
    if found is None or wanted is None or content(found.value) != content(wanted):
        return False
    return content(_without(before, word.id)) == content(_without(made, word.id))


def _without(node: Map, id: str) -> Map:  # noqa: A002 - the word of the language
    """Give a document without one confirmation."""
    entries = dict(node.entries)
    entry = entries.pop(_KEY, None)
    body = mapping(node, _KEY)
    if entry is not None and body is not None:
        kept = {key: one for key, one in body.entries.items() if key != id}
        if kept:
            entries[_KEY] = Entry(entry.key, Map(body.span, kept))
    return Map(node.span, entries)
