"""A sample with several kinds of lines or segments, told apart by their first element."""

import re
from dataclasses import dataclass

from crosswalk.importing.grid import Refused
from crosswalk.importing.readings import Reading, reading_of
from crosswalk.importing.sample_fields import Column, Proposed, Shape
from crosswalk.importing.sample_structure import structure_of
from crosswalk.importing.sample_text import Sample
from crosswalk.importing.yaml_lines import text as quoted

_TAG = re.compile(r"[A-Za-z0-9]{1,8}")
_TERMINATORS = "~'/|$"
_DELIMITERS = ("|", "\t", ";", ",", "*", "+", "^")
_MOST_TAGS = 60
_LEAST = 3
_ISA, _UNA = 106, 9
NESTING = "this is what the sample shows: may others be absent, repeat, or stand elsewhere?"


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments of a file with the signs that part them."""

    rows: list[list[str]]
    delimiter: str
    end: str | None = None
    component: str | None = None
    release: str | None = None


def segments_of(text: str) -> Segments | None:
    """Cut a text into segments by the signs of X12 or EDIFACT, or those that all lines share."""
    if text.startswith("ISA") and len(text) >= _ISA:
        return _cut(text, (text[3], text[_ISA - 1], text[_ISA - 2], None))
    if text.startswith("UNA") and len(text) > _UNA:
        return _cut(text[9:], (text[4], text[8], text[3], text[6].strip() or None))
    if text.startswith(("UNB+", "UNH+")):
        return _cut(text, ("+", "'", ":", "?"))
    return _by_lines(text)


def _cut(text: str, signs: tuple[str, str, str | None, str | None]) -> Segments:
    delimiter, end, component, release = signs
    free = rf"(?<!{re.escape(release)})" if release else ""
    parts = [one.strip("\r\n") for one in re.split(free + re.escape(end), text)]
    rows = [re.split(free + re.escape(delimiter), one) for one in parts if one.strip()]
    if not rows or not all(_TAG.fullmatch(row[0]) for row in rows):
        raise Refused(f"segments that end with {end!r} do not all begin with a tag")
    used = component is not None and any(component in cell for row in rows for cell in row)
    return Segments(rows, delimiter, end, component if used else None, release)


def _by_lines(text: str) -> Segments | None:
    lines = [one.rstrip("\r") for one in text.split("\n") if one.strip()]
    last = {one[-1] for one in lines}
    end = last.pop() if len(last) == 1 else ""
    end = end if end in _TERMINATORS else ""
    bare = [one.removesuffix(end) if end else one for one in lines]
    found = [
        Segments(rows, delimiter, end or None)
        for delimiter in _DELIMITERS
        if delimiter != end and (rows := _tagged([one.split(delimiter) for one in bare]))
    ]
    return max(found, key=lambda one: sum(map(len, one.rows)), default=None)


def _tagged(rows: list[list[str]]) -> list[list[str]]:
    """Give the rows when their first cells are tags: few, short, on lines of different widths."""
    tags = [row[0] for row in rows]
    if not 1 < len(set(tags)) <= min(_MOST_TAGS, len(rows)) or not all(map(_TAG.fullmatch, tags)):
        return []
    widths: dict[str, set[int]] = {}
    for row in rows:
        widths.setdefault(row[0], set()).add(len(row))
    several = len({max(one) for one in widths.values()}) > 1
    return rows if several and len(rows) >= _LEAST and max(map(len, rows)) > _LEAST else []


def propose_tagged(sample: Sample, found: Segments) -> Shape:
    """Propose a layout with one record for each tag; the structure is what the sample shows."""
    names = {tag: tag if tag[0].isalpha() else f"r{tag}" for tag in dict.fromkeys(_tags(found))}
    file = {"form": "delimited", "delimiter": quoted(found.delimiter), "quote": "none"}
    if found.component:
        file["component"] = quoted(found.component)
    if found.release:
        file["escape"] = quoted(found.release)
    if separators := _separators(sample.text, found):
        file["separators"] = separators
    file |= sample.keys
    if found.end:
        file |= {"record_end": quoted(found.end)}
        file["newline"] = "lf" if "\n" in sample.text.strip() else "none"
        if "\r\n" in sample.text:
            file["newline"] = "crlf"
    structure, kinds = structure_of([names[tag] for tag in _tags(found)])
    tags = {name: tag for tag, name in names.items()}
    records = [Proposed(name, _columns(tags[kind], found)) for name, kind in kinds.items()]
    shape = Shape(file, structure, records, list(sample.doubts), NESTING)
    shape.told.append(f"{len(found.rows)} lines of {len(records)} kinds, told by their first value")
    return shape


def _separators(text: str, found: Segments) -> str:
    """Say where an interchange tells its own separators."""
    if text.startswith("UNA"):
        return "{starts: UNA, component: 4, delimiter: 5, escape: 7, record_end: 9, skip: 9}"
    if text.startswith("ISA"):
        component = f", component: {_ISA - 1}" if found.component else ""
        return f"{{starts: ISA, delimiter: 4{component}, record_end: {_ISA}}}"
    return ""


def _tags(found: Segments) -> list[str]:
    return [row[0] for row in found.rows]


def _columns(tag: str, found: Segments) -> list[Column]:
    rows = [one for one in found.rows if one[0] == tag]
    always = Reading("code")
    columns = [Column(_name(tag, 0), [], always, last={"always": quoted(tag), "tag": "true"})]
    least = min(map(len, rows))
    for at in range(1, max(map(len, rows))):
        values = [row[at] for row in rows if at < len(row)]
        absent = {"missing": "empty"} if at >= least else {}
        columns += _elements(_name(tag, at), values, found, absent)
    return columns


def _elements(
    name: str, values: list[str], found: Segments, absent: dict[str, str]
) -> list[Column]:
    """Give the column of an element, or those of its components."""
    sign = found.component
    if sign is None or not any(sign in one for one in values):
        keep = {"blank": "keep"} if found.end and _only_blanks(values) else {}
        return [Column(name, values, _in_edi(name, values, found), last=keep | absent)]
    parts = [one.split(sign) for one in values]
    made = []
    for at in range(max(map(len, parts))):
        inner = [one[at] for one in parts if at < len(one)]
        keys = {"component": str(at + 1)} | absent
        if any(at >= len(one) for one in parts):
            keys["missing"] = "empty"
        part = f"{name}-{at + 1}"
        made.append(Column(part, inner, _in_edi(part, inner, found), last=keys))
    return made


def _in_edi(name: str, values: list[str], found: Segments) -> Reading | None:
    """Read the values of a segment with a terminator: whole numbers there are codes."""
    if found.end is None:
        return None
    made = reading_of(name, values)
    if made.doubt and made.type == "code":
        return Reading("code")
    return Reading() if not any(map(str.strip, values)) else made


def _only_blanks(values: list[str]) -> bool:
    return any(values) and not any(map(str.strip, values))


def _name(tag: str, at: int) -> str:
    return f"{tag}{at:02d}" if tag.isalpha() and tag.isupper() and len(tag) > 1 else _plain(at)


def _plain(at: int) -> str:
    return f"Field {at}" if at else "Tag"
