"""Writing the delimited form: a record's texts to one line that reads back as the same texts.

A text that the form cannot hold is refused, never altered (safety A12, A13): the form's own
marks where nothing can quote or release them, line breaks in a one-line form, characters that
the encoding does not have.
"""

import re
from collections.abc import Callable, Sequence

from crosswalk.formats.columns import column_name
from crosswalk.formats.groups import physical
from crosswalk.formats.lines import encoding_of, is_multibyte
from crosswalk.formats.quoting import escapable, is_blank, release_of, spans_lines
from crosswalk.formats.sections import continues
from crosswalk.model.layout import File, Layout, Record, titled
from crosswalk.values.codecs import Problem

LINE_ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}

Write = Callable[[Record, Sequence[str]], str]


class Unwritable(Problem):
    """A text that the form cannot hold; `field` is the key of the field, if one is to blame."""

    def __init__(self, code: str, reason: str, field: str | None = None) -> None:
        super().__init__(code, reason)
        self.field = field


def writer(layout: Layout) -> Write:
    """Build the function from a record type and its texts, by position, to a line with its end.

    It raises Unwritable (a values.Problem) CW620 for a mark of the form that cannot be written,
    CW621 for NUL and line breaks, CW622 for a character the encoding does not have.
    Raises FormatProblem CW602 for an encoding that is not supported.
    """
    file = layout.file
    rest = any(record.fields[-1].rest for record in layout.records)
    join, suspect = _join(file, quotes=not rest), _suspect(file)
    inspect = _inspector(file)
    end = line_end(file)

    def write(record: Record, texts: Sequence[str]) -> str:
        line = join(texts)
        if line is None or suspect(line):
            line = inspect(record, texts)
        return line + end

    return write


def header(layout: Layout) -> str:
    """Give the header line with its end: the column names of the record type that has one."""
    record = physical(layout).records[titled(layout)]
    return writer(layout)(record, [column_name(field) for field in record.fields])


def line_end(file: File) -> str:
    """Give what ends a line. After a `record_end` comes a line break, unless `newline: none`."""
    newline = LINE_ENDS.get(file.newline, "")
    if file.record_end is None:
        return newline or ("\n" if file.record_start is None else "")
    return file.record_end if file.record_end[-1] in "\r\n" else file.record_end + newline


# ----------------------------------------------------------------------------- the quick way


def _escape(file: File) -> Callable[[str], str]:
    """Build the function that makes a text safe between quotes, or between delimiters."""
    release, quote = release_of(file), file.quote_char
    if release is not None:
        table = str.maketrans({mark: release + mark for mark in escapable(file)})
        return lambda text: text.translate(table)
    if file.quote != "none" and file.escape == "doubled":
        return lambda text: text.replace(quote, quote + quote) if quote in text else text
    return lambda text: text


def _quoter(file: File) -> Callable[[str], str]:
    escape, quote = _escape(file), file.quote_char
    return lambda text: f"{quote}{escape(text)}{quote}"


def _join(file: File, *, quotes: bool) -> Callable[[Sequence[str]], str | None]:
    """Build the quick line of texts; None when the careful way must be taken.

    With `quotes` every text that holds a mark may be quoted.
    """
    delimiter, quote = file.delimiter, file.quote_char
    if file.quote == "all":
        return _join_all(file)
    marks = re.compile("|".join(map(re.escape, {quote, release_of(file) or quote})))
    bare, quoted = file.quote == "none", _quoter(file)
    quotes = quotes and not bare and file.escape == "doubled"

    def join(texts: Sequence[str]) -> str | None:
        line = delimiter.join(texts)
        if line.count(delimiter) == len(texts) - 1 and (bare or quote not in line):
            return line
        if not quotes:
            return None
        return delimiter.join(
            [quoted(text) if quote in text or delimiter in text else text for text in texts]
        )

    def careful(texts: Sequence[str]) -> str | None:
        line = join(texts)
        return None if line is None or marks.search(line) else line

    # A delimiter of several characters may arise between two texts ("a|" + "||" + "b").
    if len(delimiter) > 1:
        return lambda _: None
    return join if release_of(file) is None else careful


def _join_all(file: File) -> Callable[[Sequence[str]], str | None]:
    quote, release = file.quote_char, release_of(file)
    separator = quote + file.delimiter + quote

    def join(texts: Sequence[str]) -> str | None:
        line = quote + separator.join(texts) + quote
        if line.count(quote) != 2 * len(texts) or (release and release in line):
            return None
        return line

    return join


def _suspect(file: File) -> Callable[[str], bool]:
    """Build the test for lines that need the careful way for another reason than their marks."""
    encoding, end = encoding_of(file), file.record_end
    breaks = re.compile("[\0\r\n]")
    misread = _misread(file)

    def suspect(line: str) -> bool:
        if breaks.search(line) or misread(line):
            return True
        if end and (line + end).find(end) != len(line):
            return True
        return not line.isascii() and not _encodes(line, encoding)

    return suspect


def _encodes(text: str, encoding: str) -> bool:
    try:
        refuse_unmappable(encoding, "", text)
    except Unwritable:
        return False
    return True


def _misread(file: File) -> Callable[[str], bool]:
    """Build the test for beginnings that a reader would take for something else.

    A byte order mark, a comment, a blank line, white space after a `record_end`.
    """
    starts = ("\ufeff", *filter(None, [file.comment]), *(" \t\r\n" if file.record_end else ()))
    if file.continuation is not None:
        return lambda line: (
            line.startswith(starts)
            or continues(line, file)
            or (file.skip_blank and is_blank(line, file))
        )
    if file.skip_blank:
        return lambda line: line.startswith(starts) or is_blank(line, file)
    return lambda line: line.startswith(starts)


# --------------------------------------------------------------------------- the careful way


def _inspector(file: File) -> Write:
    """Build the careful writer: it finds the text that is to blame, or quotes what needs it."""
    encoding = encoding_of(file)
    form = _bare_form(file) if file.quote == "none" else _quoted_form(file)
    misread = _misread(file)
    quoted = None if file.quote == "none" else _quoter(file)

    def inspect(record: Record, texts: Sequence[str]) -> str:
        keys = [field.key for field in record.fields]
        for key, text in zip(keys, texts, strict=True):
            _refuse_breaks(file, key, text)
            refuse_unmappable(encoding, key, text)
        forms = [form] * len(keys)
        if record.fields[-1].rest:
            forms[-1] = _as_it_is
        parts = [make(key, text) for make, key, text in zip(forms, keys, texts, strict=True)]
        if misread(file.delimiter.join(parts)):
            if quoted is None:
                raise Unwritable("CW620", "begins like a comment or a blank line", keys[0])
            parts[0] = quoted(texts[0])
        return file.delimiter.join(parts)

    return inspect


def _as_it_is(_: str, text: str) -> str:
    return text


def _refuse_breaks(file: File, key: str, text: str) -> None:
    if "\0" in text:
        raise Unwritable("CW621", "holds a NUL character", key)
    broken = text.replace("\r\n", "").replace("\n", "") if spans_lines(file) else text
    if "\r" in broken or "\n" in broken:
        raise Unwritable("CW621", "holds a line break, a record is one line in this file", key)
    if file.record_end and file.record_end in text and not _releases(file):
        raise Unwritable("CW620", f"holds '{file.record_end}', which ends a record", key)


def _releases(file: File) -> bool:
    return file.quote == "none" and release_of(file) is not None


def refuse_unmappable(encoding: str, key: str, text: str) -> None:
    """Raise Unwritable CW622 for a character that the encoding does not have.

    Nor may it become another one: cp932 would write U+00A3 as U+FFE1.
    """
    try:
        raw = text.encode(encoding)
    except UnicodeEncodeError as fault:
        code = ord(text[fault.start])
    else:
        if not is_multibyte(encoding) or (back := raw.decode(encoding)) == text:
            return
        code = ord(next(one for one, other in zip(text, back, strict=False) if one != other))
    raise Unwritable("CW622", f"holds U+{code:04X}, which {encoding} does not have", key)


def _bare_form(file: File) -> Callable[[str, str], str]:
    """Texts without quotes: a mark must be released, or cannot be written."""
    escape, released = _escape(file), release_of(file) is not None
    marks = [mark for mark in (file.delimiter, file.record_end) if mark]

    def form(key: str, text: str) -> str:
        for mark in () if released else marks:
            if (text + mark).find(mark) != len(text):
                raise Unwritable("CW620", f"holds '{mark}', which nothing can quote here", key)
        return escape(text)

    return form


def _quoted_form(file: File) -> Callable[[str, str], str]:
    """Texts in quotes: where asked for or needed."""
    quoted, escape, quote = _quoter(file), _escape(file), file.quote_char
    everywhere, helpless = file.quote == "all", file.escape == "none"
    marks = [mark for mark in (file.delimiter, file.record_end) if mark]

    def form(key: str, text: str) -> str:
        if helpless and quote in text:
            raise Unwritable("CW620", f"holds {quote}, which nothing can escape here", key)
        if everywhere or quote in text or "\n" in text:
            return quoted(text)
        if any((text + mark).find(mark) != len(text) for mark in marks):
            return quoted(text)
        return escape(text)

    return form
