"""The text forms (delimited, fixed-width): one way to read rows and one to write lines."""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import delimited, separators
from crosswalk.formats.breaks import begins, broken
from crosswalk.formats.delimited_writer import Unwritable, Write, line_end
from crosswalk.formats.fixed_bytes import CARRIED, is_raw
from crosswalk.formats.groups import physical
from crosswalk.formats.lines import encoding_name
from crosswalk.formats.recoded import is_wide, narrow, recoded
from crosswalk.formats.record_types import taken_for
from crosswalk.formats.sections import is_plain
from crosswalk.model.layout import File, Layout, Record
from crosswalk.model.records import Damage, Row

FORMS = ("delimited", "fixed")


def read(stream: BinaryIO, layout: Layout) -> Iterator[Row | Damage]:
    """Yield the rows of a text form and the Damage of lines that are none. Raises FormatProblem.

    Rows are whole lines: `groups` cuts out of them what stands in columns that repeat.
    """
    source, meant = separators.taken(*broken(*recoded(stream, layout)))
    if layout.file.form == "fixed":
        from crosswalk.formats import fixed

        return fixed.read(source, meant)
    return delimited.read(source, meant)


def writer(layout: Layout) -> Write:
    """Build the function from a record type and its texts to a line with its end.

    It takes whole lines, as `groups` puts them together, and raises values.Problem for a text that
    the form cannot hold. Raises FormatProblem for a layout whose file is only read.
    """
    layout = narrow(layout)
    file = layout.file
    if file.until_line is not None or (file.from_line is not None and not file.header):
        message = "a file with other lines around its data can be read, but not written"
        raise FormatProblem("CW600", message)
    if file.skip_lines:
        message = "a file whose first lines are skipped can be read, but not written"
        raise FormatProblem("CW600", message)
    if file.from_line is not None and not header(layout).startswith(file.from_line):
        message = f"the header line that would be written does not begin with '{file.from_line}'"
        raise FormatProblem("CW600", message, help="say from_line as the header begins")
    if file.form == "fixed":
        from crosswalk.formats import fixed

        return _told_apart(fixed.writer(physical(layout)), layout)
    write = _told_apart(delimited.writer(physical(layout)), layout)
    return write if file.record_start is None else _beginning(write, file)


def _told_apart(write: Write, layout: Layout) -> Write:
    """Refuse a record that would be read as one of another type, whose tags its line holds."""
    others = taken_for(physical(layout))
    if not others:
        return write
    type_of = _typer(layout)

    def careful(record: Record, texts: Sequence[str]) -> str:
        line = write(record, texts)
        if record.ordinal in others:
            found = type_of(line)
            for other in others[record.ordinal]:
                if other.ordinal == found:
                    what = f"would be read as {other.name}, whose tag stands in its line"
                    raise Unwritable("CW620", what, record.fields[0].key)
        return line

    return careful


def _typer(layout: Layout) -> Callable[[str], int]:
    """Build the function from a written line, with its end, to the record type it is read as."""
    if layout.file.form == "delimited":
        end, type_of = len(line_end(layout.file)), delimited.typer(layout)
        return lambda line: type_of(line[: len(line) - end])
    from crosswalk.formats import fixed

    return fixed.typer(layout)


def _beginning(write: Write, file: File) -> Write:
    """Refuse a line that would be read as more than one record, or as a part of one."""
    end, is_one = len(line_end(file)), begins(file)

    def careful(record: Record, texts: Sequence[str]) -> str:
        line = write(record, texts)
        if not is_one(line[: len(line) - end]):
            what = f"'{file.record_start}' begins a record, and no other place may hold it"
            raise Unwritable("CW620", what, record.fields[0].key)
        return line

    return careful


def header(layout: Layout) -> str:
    """Give the header line of a delimited file with its end."""
    return delimited.header(narrow(layout))


def filling(layout: Layout, records: int) -> str:
    """Give what follows so many records of a file in blocks."""
    if layout.file.blocks is None:
        return ""
    from crosswalk.formats import fixed

    return fixed.filling(physical(narrow(layout)), records)


def encoder(layout: Layout) -> Callable[[str], bytes]:
    """Build the function from written text to bytes; pieces of a file can be encoded one by one."""
    name, errors = layout.file.encoding, CARRIED if is_raw(layout) else "strict"
    if encoding_name(name) == "utf-16":
        name = "utf-16-le"
    return lambda text: text.encode(name, errors)


def mark(file: File) -> bytes:
    """Give the byte order mark that a file begins with, if it has one."""
    if is_wide(file):
        always = encoding_name(file.encoding) == "utf-16"
        name = "utf-16-le" if always else file.encoding
        return "\ufeff".encode(name) if always or file.bom else b""
    return b"\xef\xbb\xbf" if file.bom else b""


def is_quick(file: File) -> bool:
    """Tell whether lines are delimited records of simple values, which have a quick way."""
    simple = file.component is None and is_plain(file) and not is_wide(file)
    return file.form == "delimited" and simple
