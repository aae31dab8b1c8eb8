"""The tables of a file, whatever it is: told by its content, not by its name."""

import re

from crosswalk.importing.grid import MAX_BYTES, Grid, Refused
from crosswalk.importing.html_grid import html_tables
from crosswalk.importing.sample_sheet import WORKBOOKS
from crosswalk.importing.sheet_grid import sheets
from crosswalk.importing.text_grid import text_tables

_PAGE = re.compile(r"<table[\s>]", re.IGNORECASE)


def read_grids(data: bytes, title: str) -> tuple[list[Grid], list[str]]:
    """Give the tables of a file of at most 32 MiB, and what is worth knowing of the reading.

    Raises Refused when there is no table or it cannot be read.
    """
    if len(data) > MAX_BYTES:
        raise Refused(f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB")
    if data.startswith(WORKBOOKS):
        return [one for one in sheets(data) if one.rows], []
    text, told = _decoded(data)
    found = html_tables(text) if _PAGE.search(text) else text_tables(text, title)
    found = [one for one in found if one.rows]
    if not found:
        raise Refused("there is no table in it")
    return found, told


def _decoded(data: bytes) -> tuple[str, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), ["read as Windows-1252: it is not UTF-8"]
