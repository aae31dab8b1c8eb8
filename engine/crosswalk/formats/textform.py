"""The text forms (delimited, fixed-width): one way to read rows and one to write lines."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import delimited, separators
from crosswalk.formats.delimited_writer import Write
from crosswalk.formats.fixed_bytes import CARRIED, is_raw
from crosswalk.formats.lines import encoding_name
from crosswalk.formats.recoded import is_wide, narrow, recoded
from crosswalk.formats.sections import is_plain
from crosswalk.model.layout import File, Layout
from crosswalk.model.records import Damage, Row

FORMS = ("delimited", "fixed")


def read(stream: BinaryIO, layout: Layout) -> Iterator[Row | Damage]:
    """Yield the rows of a text form and the Damage of lines that are none. Raises FormatProblem."""
    source, meant = separators.taken(*recoded(stream, layout))
    if layout.file.form == "fixed":
        from crosswalk.formats import fixed

        return fixed.read(source, meant)
    return delimited.read(source, meant)


def writer(layout: Layout) -> Write:
    """Build the function from a record type and its texts to a line with its end.

    The function raises values.Problem for a text that the form cannot hold. Raises FormatProblem
    for a layout whose file is only read.
    """
    layout = narrow(layout)
    file = layout.file
    if file.until_line is not None or (file.from_line is not None and not file.header):
        message = "a file with other lines around its data can be read, but not written"
        raise FormatProblem("CW600", message)
    if file.form == "fixed":
        from crosswalk.formats import fixed

        return fixed.writer(layout)
    return delimited.writer(layout)


def header(layout: Layout) -> str:
    """Give the header line of a delimited file with its end."""
    return delimited.header(narrow(layout))


def filling(layout: Layout, records: int) -> str:
    """Give what follows so many records of a file in blocks."""
    if layout.file.blocks is None:
        return ""
    from crosswalk.formats import fixed

    return fixed.filling(narrow(layout), records)


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
