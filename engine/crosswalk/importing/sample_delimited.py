"""A sample with one kind of line: columns between delimiters, with or without a header."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import groupby

from crosswalk.importing.grid import Refused
from crosswalk.importing.readings import reading_of
from crosswalk.importing.sample_fields import Column, Proposed, Shape, named
from crosswalk.importing.sample_text import Sample
from crosswalk.importing.yaml_lines import text as quoted

_DELIMITERS = (",", ";", "\t", "|")
_HEADERLIKE = re.compile(r"[^\W\d_]", re.UNICODE)
_LEAST_COLUMNS, _LEAST_ROWS = 2, 2
_WELL = 0.9


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a text by one delimiter; `first` and `last` bound those of one width."""

    delimiter: str
    rows: list[list[str]]
    first: int
    last: int

    @property
    def width(self) -> int:
        """How many columns the rows of the run have."""
        return len(self.rows[self.first])

    @property
    def run(self) -> list[list[str]]:
        """The rows of one width that stand together, without the empty ones between them."""
        return [row for row in self.rows[self.first : self.last] if any(row)]

    @property
    def share(self) -> float:
        """Which part of all rows that are not empty is in the run."""
        return len(self.run) / max(1, sum(any(row) for row in self.rows))


def split(text: str) -> Rows | None:
    """Choose the delimiter that gives the longest run of rows of one width, two columns or more."""
    found = [one for delimiter in _DELIMITERS if (one := _longest(text, delimiter)) is not None]
    return max(found, key=lambda one: (round(one.share, 2), one.width), default=None)


def _longest(text: str, delimiter: str) -> Rows | None:
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        try:
            rows = [row.split(delimiter) for row in text.splitlines()]
        except ValueError:
            return None
    filled = [at for at, row in enumerate(rows) if any(row)]
    runs = [list(run) for _, run in groupby(filled, key=lambda at: len(rows[at]))]
    wide = [run for run in runs if len(rows[run[0]]) >= _LEAST_COLUMNS]
    best = max(wide, key=len, default=None)
    return Rows(delimiter, rows, best[0], best[-1] + 1) if best else None


def is_table(found: Rows) -> bool:
    """Tell whether nearly all lines have one number of columns, or those below a header line."""
    if found.share >= _WELL or len(found.run) >= len([row for row in found.rows if any(row)]) - 1:
        return True
    return len(found.run) > _LEAST_ROWS and header_of(found.run)[0]


def propose_delimited(sample: Sample, found: Rows) -> Shape:
    """Propose a layout with one record, `row`, for lines of one number of columns."""
    doubts = list(sample.doubts)
    header, sure = header_of(found.run)
    if not sure:
        doubts.append("is the first line a header?" if header else "no header: name the columns")
    body = found.run[1:] if header else found.run
    body, below = _without_total(body)
    names = named(found.run[0] if header else [""] * found.width)
    columns = []
    for at, (name, wrong) in enumerate(names):
        column = Column(name, [row[at] for row in body], doubts=wrong if header else [])
        if header and name != found.run[0][at]:
            column.last["column"] = quoted(found.run[0][at])
        columns.append(column)
    file = {"form": "delimited", "delimiter": quoted(found.delimiter), **_quoting(sample, found)}
    file |= {"header": "true"} if header else {}
    file |= sample.keys | _ends(found, below, doubts, header=header)
    for key in {"from_line", "until_line"} & set(file):
        file[key] = _as_it_stands(file[key], sample.text)
    shape = Shape(file, "row*", [Proposed("row", columns)], doubts)
    shape.told.append(f"{len(body)} rows of {found.width} columns")
    return shape


def _ends(
    found: Rows, below: list[list[str]], doubts: list[str], *, header: bool
) -> dict[str, str]:
    """Say which lines before the header and after the last row are no data."""
    keys = {}
    before = [row for row in found.rows[: found.first] if any(row)]
    if before:
        doubts.append(f"{found.first} lines stand before the data and are left out")
        if header and not any(row[:1] == found.run[0][:1] for row in before):
            keys["from_line"] = found.run[0][0]
        else:
            keys["skip_lines"] = str(found.first)
    after = [*below, *(row for row in found.rows[found.last :] if any(row))]
    if after:
        keys |= _until(after[0][0], doubts)
    if any(not any(row) for row in found.rows[found.first : found.last]):
        keys["skip_blank"] = "true"
    return keys


def _as_it_stands(mark: str, text: str) -> str:
    """Give the beginning of a line as YAML, with the quotation mark that it has in the file."""
    bare = re.search(rf"^{re.escape(mark)}", text, re.MULTILINE)
    return quoted(mark if bare else f'"{mark}')


def _until(below: str, doubts: list[str]) -> dict[str, str]:
    """Say what the first line below the data begins with, unless a row may begin so as well."""
    start = re.match(r"[^\W\d]*", below)
    mark = start[0] if start and start[0] else below
    if not mark or mark[0].isdigit():
        doubts.append(
            f"'{below}' stands below the data and begins as a row may: describe that line as a last"
            " record (structure: row*, total)"
        )
        return {}
    doubts.append(f"'{below}' stands below the data: is all from there on left out?")
    return {"until_line": mark}


def header_of(rows: Sequence[Sequence[str]]) -> tuple[bool, bool]:
    """Tell whether the first row names the columns, and whether that is sure.

    It does when all its cells differ and hold letters, and some column below has a type that its
    first cell has not.
    """
    first, body = rows[0], rows[1:]
    filled = [one.strip() for one in first if one.strip()]
    words = all(_HEADERLIKE.search(one) for one in filled)
    if not words or len(filled) < len(first) - 1 or len(set(filled)) < len(filled) - 1:
        return False, False
    if not body:
        return True, False
    plain = {"text", "code"}
    typed = any(
        reading_of("", [row[at] for row in body]).type not in plain
        and reading_of("", [first[at]]).type in plain
        for at in range(len(first))
    )
    digits = any(
        all(row[at].strip().lstrip("-").isdigit() for row in body) for at in range(len(first))
    )
    return True, typed or digits


def _without_total(body: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """Part a last row that is none: without it a first column of dates is dates again."""
    if len(body) <= _LEAST_ROWS:
        return body, []
    column = [row[0] for row in body]
    whole, part = reading_of("date", column), reading_of("date", column[:-1])
    if part.type in ("date", "datetime") and whole.type not in ("date", "datetime"):
        return body[:-1], body[-1:]
    return body, []


def _quoting(sample: Sample, found: Rows) -> dict[str, str]:
    """Say how values are quoted, as far as the sample shows it."""
    if '"' not in sample.text:
        return {}
    keys = {}
    if _parsed_loosely(found, sample.text):
        return {"quote": "none"}
    if _all_quoted(sample, found):
        keys["quote"] = "all"
    if any("\n" in cell for row in found.run for cell in row):
        keys["multiline"] = "true"
    return keys


def _parsed_loosely(found: Rows, text: str) -> bool:
    """Tell whether quotation marks are plain characters: values hold them, and none is doubled."""
    return '""' not in text and any('"' in cell for row in found.rows for cell in row)


def _all_quoted(sample: Sample, found: Rows) -> bool:
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=found.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows(found.run)
    return out.getvalue().replace("\r\n", "\n").strip() in sample.text.replace("\r\n", "\n")


def refuse_unknown(found: Rows | None) -> Refused:
    """Say what was seen of a file whose form is not recognised."""
    if found is None:
        return Refused("no delimiter divides its lines, and they differ in length")
    seen = f"by {found.delimiter!r} only {len(found.run)} lines have the same number of columns"
    return Refused(f"its lines have no form that is recognised: {seen}")
