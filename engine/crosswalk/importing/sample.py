"""A layout proposed from a sample file: its form, its records, and types where they are sure."""

import re

from crosswalk.importing.grid import Refused
from crosswalk.importing.propose_layout import Head, Proposal, finished
from crosswalk.importing.sample_delimited import is_table, propose_delimited, refuse_unknown, split
from crosswalk.importing.sample_fields import Shape
from crosswalk.importing.sample_fixed import is_aligned, is_fixed, propose_aligned, propose_fixed
from crosswalk.importing.sample_json import parse, propose_json
from crosswalk.importing.sample_sheet import WORKBOOKS, propose_sheet
from crosswalk.importing.sample_tagged import propose_tagged, segments_of
from crosswalk.importing.sample_text import Sample, read_sample
from crosswalk.importing.sample_xml import propose_xml
from crosswalk.importing.verify import verify
from crosswalk.importing.yaml_lines import line

_KNOWN = {
    "SWIFT (MT940)": ("{1:", ":20:", ":01:"),
    "OFX 1, whose elements have no end tags": ("OFXHEADER:",),
}
"""Kinds of files for which nothing is proposed, by what they begin with."""


def propose_sample(data: bytes, head: Head) -> tuple[Proposal, list[str]]:
    """Propose a layout for a file, and say what was seen. Raises Refused when nothing is sure.

    A value of the sample is never read as another: a type is only proposed when it reads every
    value of its column and writes it again as it stands, and no other type does.
    """
    shape = propose_sheet(data) if data.startswith(WORKBOOKS) else _shape(read_sample(data))
    lines = [*head.lines(), "", *shape.lines()]
    said, wrong = verify("".join(f"{_MARK.sub('', one)}\n" for one in lines), head, data)
    lines += [line(0, "", [one]).strip() for one in wrong]
    made = finished(lines, sum(len(one.columns) for one in shape.records))
    return made, [_form(shape), *shape.told, said, *wrong]


_MARK = re.compile(r"\s*# TODO: .*")


def _form(shape: Shape) -> str:
    told = ", ".join(f"{key} {value}" for key, value in shape.file.items() if key != "form")
    return f"{shape.file['form']}{': ' if told else ''}{told}"


def _shape(sample: Sample) -> Shape:
    text = sample.text
    parsed = parse(text)
    if parsed is not None:
        return propose_json(sample, parsed[0], by_line=parsed[1])
    if text.lstrip().startswith("<"):
        return propose_xml(sample)
    for kind, begins in _KNOWN.items():
        if text.startswith(begins):
            raise Refused(f"this looks like {kind}: see docs/howto-files.md for a layout of it")
    return _of_lines(sample, text)


def _of_lines(sample: Sample, text: str) -> Shape:
    segments = segments_of(text)
    if segments is not None and segments.end is not None:
        return propose_tagged(sample, segments)
    rows = split(text)
    if rows is not None and is_table(rows):
        return propose_delimited(sample, rows)
    if segments is not None:
        return propose_tagged(sample, segments)
    if is_fixed(sample.lines):
        return propose_fixed(sample)
    if rows is None and is_aligned(sample.lines):
        return propose_aligned(sample)
    raise refuse_unknown(rows)
