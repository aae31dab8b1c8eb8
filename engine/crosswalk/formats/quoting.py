"""The grammar of one line of a delimited form: values, delimiters, quotes and escapes.

Reading is strict: a line either follows the grammar or is refused with the place of the fault;
nothing is repaired (safety F5, A11). Source of the escape choices: facts, contradiction 17.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from crosswalk.model.layout import File


class Fault(NamedTuple):
    """Where a line leaves the grammar: the value's place (from 0) and why."""

    column: int
    reason: str


Exact = Callable[[str], list[str] | Fault]
Fast = Callable[[str], list[str] | None]


def release_of(file: File) -> str | None:
    """Give the character that makes the next one literal, if the layout declares one."""
    if file.escape == "backslash":
        return "\\"
    return file.escape if len(file.escape) == 1 else None


def escapable(file: File) -> str:
    """Give the characters a release character may stand before: the ones with a meaning."""
    quote = "" if file.quote == "none" else file.quote_char
    end = (file.record_end or "")[:1].strip()
    return (release_of(file) or "") + quote + file.delimiter[0] + end


def spans_lines(file: File) -> bool:
    """Tell whether a quoted value may hold line breaks."""
    return file.multiline and file.quote != "none"


def is_blank(text: str, file: File) -> bool:
    """Tell a line without anything on it; a delimiter that is white space is something."""
    return not text.strip(" \t".replace(file.delimiter, ""))


def passed_over(file: File) -> Callable[[str], bool]:
    """Build the test for lines that are not records: comments, and blank lines if skipped."""
    comment, skip_blank = file.comment, file.skip_blank

    def passed(text: str) -> bool:
        if comment and text.startswith(comment):
            return True
        return skip_blank and is_blank(text, file)

    return passed


# ------------------------------------------------------------------------------- exact grammar


def exact(file: File) -> Exact:
    """Build the reader of one line that follows the grammar to the letter and places faults."""
    if file.quote != "none":
        return _quoted(file)
    release = release_of(file)
    return _plain(file.delimiter) if release is None else _released(file, release)


def _plain(delimiter: str) -> Exact:
    def split(text: str) -> list[str] | Fault:
        return text.split(delimiter)

    return split


def _released(file: File, release: str) -> Exact:
    """Read the unquoted form with a release character.

    After a backslash only a character with a meaning may stand; another release character (`?` in
    EDI) makes any character literal, as its standard says.
    """
    token = re.compile(f"{re.escape(release)}(.)?|{re.escape(file.delimiter)}", re.DOTALL)
    allowed = escapable(file) if release == "\\" else None

    def split(text: str) -> list[str] | Fault:
        values: list[str] = []
        parts: list[str] = []
        at = 0
        for match in token.finditer(text):
            parts.append(text[at : match.start()])
            at = match.end()
            literal = match[1]
            if literal is not None and (allowed is None or literal in allowed):
                parts.append(literal)
            elif match[0].startswith(release):
                return Fault(len(values), f"'{release}' stands before nothing it could release")
            else:
                values.append("".join(parts))
                parts.clear()
        return [*values, "".join(parts) + text[at:]]

    return split


def _field(file: File) -> re.Pattern[str]:
    """Build the pattern of one value: group 1 is a quoted body, group 2 an unquoted one."""
    quote, delimiter = re.escape(file.quote_char), re.escape(file.delimiter)
    release = release_of(file)
    if release is not None:
        mark = re.escape(release)
        freed = f"{mark}[{re.escape(escapable(file))}]"
        body = f"(?:[^{quote}{mark}]|{freed})*+"
        bare = f"(?:(?!{delimiter})[^{quote}{mark}]|{freed})*+"
    else:
        body = f"(?:[^{quote}]|{quote}{quote})*+" if file.escape == "doubled" else f"[^{quote}]*+"
        bare = f"(?:(?!{delimiter})[^{quote}])*+"
    unquoted = f"|({bare})" if file.quote == "needed" else "|(?!)()"
    return re.compile(f"(?:{quote}({body}){quote}{unquoted})(?={delimiter}|\\Z)")


def _unescape(file: File) -> Callable[[str], str]:
    release, quote = release_of(file), file.quote_char
    if release is not None:
        pattern = re.compile(f"{re.escape(release)}(.)", re.DOTALL)
        return lambda body: pattern.sub(r"\1", body) if release in body else body
    return lambda body: body.replace(quote + quote, quote)


def _quoted(file: File) -> Exact:
    field, width, unescape = _field(file), len(file.delimiter), _unescape(file)
    release = release_of(file)

    def split(text: str) -> list[str] | Fault:
        values: list[str] = []
        at = 0
        while match := field.match(text, at):
            body = match[1]
            if body is None:
                body = match[2] if release is None else unescape(match[2])
            else:
                body = unescape(body)
            values.append(body)
            at = match.end()
            if at == len(text):
                return values
            at += width
        return Fault(len(values), _why(text, at, file))

    return split


def _why(text: str, at: int, file: File) -> str:
    """Say what is wrong with the value that starts at `at`."""
    quote = file.quote_char
    place = f"(character {at + 1})"
    if not text.startswith(quote, at):
        if file.quote == "all":
            return f"a value does not start with a quote {place}"
        return f"a quote or escape stands inside a value that is not quoted {place}"
    if quote not in text[at + 1 :]:
        return f"the quote that opens a value is never closed {place}"
    return f"a quote or escape inside a quoted value is not written as the layout says {place}"


# --------------------------------------------------------------------------------- fast reading


def fast(file: File, count: int | None) -> Fast:
    """Build the quick reader of well-formed lines; None means: ask the exact reader.

    What it returns is what `exact` returns. `count` is how many values a line holds, None when
    that depends on the record type. Source: execution, "Reader".
    """
    if file.quote == "all":
        return _fast_all(file, count)
    marks = release_of(file) or ""
    if file.quote != "none":
        marks += file.quote_char
    return _fast_bare(file, count, marks)


def _fast_all(file: File, count: int | None) -> Fast:
    """All quotes of the line must be the outer two and those of the separators between values."""
    quote, release = file.quote_char, release_of(file)
    separator = quote + file.delimiter + quote
    doubled = file.escape == "doubled"

    def split(text: str) -> list[str] | None:
        values = text[1:-1].split(separator)
        if (
            (count is not None and len(values) != count)
            or text[:1] != quote
            or text[-1:] != quote
            or len(text) == 1
        ):
            return None
        if text.count(quote) == 2 * len(values):
            return values
        return _single(values, quote) if doubled else None

    def careful(text: str) -> list[str] | None:
        return None if release and release in text else split(text)

    return split if release is None else careful


def _single(values: list[str], quote: str) -> list[str] | None:
    """Make one quote of two; None where a quote stands alone."""
    for place, value in enumerate(values):
        if quote in value:
            if quote in value.replace(quote + quote, ""):
                return None
            values[place] = value.replace(quote + quote, quote)
    return values


def _fast_bare(file: File, count: int | None, marks: str) -> Fast:
    """Without quotes and escapes in the line, delimiters are all there is."""
    delimiter, quote, passed = file.delimiter, file.quote_char, passed_over(file)
    quoted = marks == quote and file.escape == "doubled" and len(delimiter) == 1

    def split(text: str) -> list[str] | None:
        values: list[str] | None = None
        for mark in marks:
            if mark in text:
                values = _apart(text, delimiter, quote) if quoted else None
                break
        else:
            values = text.split(delimiter)
        return values if count is None or (values is not None and len(values) == count) else None

    def careful(text: str) -> list[str] | None:
        return None if passed(text) else split(text)

    return careful if file.comment or file.skip_blank else split


def _apart(text: str, delimiter: str, quote: str) -> list[str] | None:
    """Split a line with quotes, where they are doubled inside: cut at them, then between them.

    Every other piece is inside quotes. An empty piece between two of those is a doubled quote; any
    other piece outside must have delimiters next to the quotes.
    """
    pieces = text.split(quote)
    if len(pieces) % 2 == 0:
        return None
    values = pieces[0].split(delimiter)
    if values.pop():
        return None
    body, last = pieces[1], len(pieces) - 1
    for at in range(2, last, 2):
        outside = pieces[at]
        if not outside:
            body += quote + pieces[at + 1]
            continue
        between = outside.split(delimiter)
        if between[0] or between[-1] or len(between) < 2:  # noqa: PLR2004
            return None
        values.append(body)
        values += between[1:-1]
        body = pieces[at + 1]
    values.append(body)
    after = pieces[last].split(delimiter)
    return None if after[0] else values + after[1:]
