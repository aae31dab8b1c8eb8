"""Writing the fixed-width form: a record's texts to one line that reads back as the same texts.

A text that does not fit its place is refused, never cut here: the layout's `too_long` policy has
cut what may be cut before (safety A12, A13).
"""

from collections.abc import Callable, Sequence

from crosswalk.formats import fixed_bytes
from crosswalk.formats.delimited_writer import LINE_ENDS, Unwritable, refuse_unmappable
from crosswalk.formats.fixed_places import record_length
from crosswalk.formats.fixed_text import put
from crosswalk.formats.sections import continues
from crosswalk.model.layout import File, Layout, Record

Write = Callable[[Record, Sequence[str]], str]
Spell = Callable[[Sequence[str]], str]


def writer(layout: Layout) -> Write:
    """Build the function from a record type and its texts, by position, to a line with its end.

    It raises Unwritable (a values.Problem) CW620 for a line that would be taken for something
    else, CW621 for NUL and line breaks, CW622 for a character the encoding does not have, CW623
    for a text wider than its field, CW624 for one that padding would hide, CW523 and CW529 for a
    number that its bytes cannot say. Raises FormatProblem CW602 (encoding).
    """
    file = layout.file
    bare = file.newline == "rdw" or fixed_bytes.is_endless(file)
    encoding = fixed_bytes.byte_encoding(layout) if bare else file.encoding
    spellers = tuple(_speller(record, file) for record in layout.records)
    end, cut, refuse = line_end(file), file.trailing_blanks == "cut", _refuser(file)
    described = file.newline == "rdw"
    fill = None if file.blocks is None else filler(layout)

    def write(record: Record, texts: Sequence[str]) -> str:
        line = spellers[record.ordinal](texts)
        if cut:
            line = line.rstrip(" ")
        refuse(record, texts, line)
        if line == fill:
            what = "looks like a record that fills up a block"
            raise Unwritable("CW620", what, record.fields[0].key)
        return fixed_bytes.prefixed(line, encoding) if described else line + end

    return write


def filler(layout: Layout) -> str:
    """Give the record that fills up the last block of a file in blocks."""
    assert layout.file.blocks is not None
    length = max(record_length(record, layout.file) for record in layout.records)
    return layout.file.blocks.fill * length


def filling(layout: Layout, records: int) -> str:
    """Give what fills up the last block after so many records; nothing where there are none."""
    blocks = layout.file.blocks
    if blocks is None:
        return ""
    return (filler(layout) + line_end(layout.file)) * (-records % blocks.records)


def line_end(file: File) -> str:
    """Give what ends a line; nothing in a file of blocks."""
    newline = LINE_ENDS.get(file.newline, "")
    if file.record_end is None:
        return newline
    return file.record_end if file.record_end[-1] in "\r\n" else file.record_end + newline


def _speller(record: Record, file: File) -> Spell:
    """Build the function that puts the texts of a record at their places, blanks in the gaps."""
    places = []
    at = 1
    for field in sorted(record.fields, key=lambda field: field.start or 1):
        start = field.start or 1
        places.append((" " * (start - at), put(field, file), field.position))
        at = start + (field.width or 1)
    tail = " " * (record_length(record, file) + 1 - at)

    def spell(texts: Sequence[str]) -> str:
        return "".join(gap + fill(texts[position]) for gap, fill, position in places) + tail

    return spell


def _refuser(file: File) -> Callable[[Record, Sequence[str], str], None]:
    """Build the check of a whole line: it must read back as this record in this encoding."""
    starts = tuple(filter(None, ("\ufeff", file.comment)))
    marks = [mark for mark in ("\0", "\r", "\n", file.record_end) if mark]

    def refuse(record: Record, texts: Sequence[str], line: str) -> None:
        for mark in marks:
            if mark in line and (mark in "".join(texts) or mark == file.record_end):
                code, what = _named(mark)
                raise Unwritable(code, f"holds {what}", _blamed(record, texts, mark))
        first = record.fields[0].key
        if (
            line.startswith(starts)
            or continues(line, file)
            or (file.skip_blank and not line.strip(" "))
        ):
            raise Unwritable("CW620", "begins like a comment or a blank line", first)
        if file.record_end and line[:1] in " \t":
            raise Unwritable(
                "CW620", "begins with a blank, which is lost after a record's end", first
            )
        if not line.isascii():
            for field, text in zip(record.fields, texts, strict=True):
                refuse_unmappable(file.encoding, field.key, text)

    return refuse


def _named(mark: str) -> tuple[str, str]:
    names = {"\0": "a NUL character", "\r": "a line break", "\n": "a line break"}
    return ("CW621", names[mark]) if mark in names else ("CW620", f"'{mark}', which ends a record")


def _blamed(record: Record, texts: Sequence[str], mark: str) -> str:
    fields = zip(record.fields, texts, strict=True)
    return next((field.key for field, text in fields if mark in text), record.fields[0].key)
