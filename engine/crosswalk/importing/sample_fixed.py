"""A sample of lines of one width: columns where blanks show them, else kinds of lines only."""

from collections.abc import Sequence

from crosswalk.importing.readings import Reading, reading_of
from crosswalk.importing.sample_delimited import header_of
from crosswalk.importing.sample_fields import Column, Proposed, Shape, named
from crosswalk.importing.sample_structure import structure_of
from crosswalk.importing.sample_tagged import NESTING
from crosswalk.importing.sample_text import SPEC, Sample
from crosswalk.importing.text_grid import aligned
from crosswalk.importing.yaml_lines import text as quoted

_LEAST_LINES, _LEAST_WIDTH = 2, 10
_MOST_KINDS = 12
_OPEN = f"where the fields stand is not in the file: {SPEC.replace('table', 'table --as fixed')}"


def is_aligned(lines: Sequence[str]) -> bool:
    """Tell whether lines of different widths are lined up in columns under a header."""
    return len(lines) > _LEAST_LINES and len(aligned(lines)) > 1


def propose_aligned(sample: Sample) -> Shape:
    """Propose a layout for lines that are lined up in columns, the last of them of any length."""
    lines = sample.lines
    width = max(map(len, lines))
    cuts = [(start, end or width) for start, end in aligned(lines)]
    rows = [[one[start:end].strip() for start, end in cuts] for one in lines]
    header, sure = header_of(rows)
    file = {"form": "fixed", "trailing_blanks": "cut", **sample.keys}
    file |= {"skip_lines": "1"} if header else {}
    doubts = [*sample.doubts, _OPEN, "" if sure or not header else "is the first line a header?"]
    names = named(rows[0]) if header else _numbered(cuts)
    columns = _cut(lines[1:] if header else lines, cuts, names)
    shape = Shape(file, "row*", [Proposed("row", columns)], doubts)
    shape.told.append(f"{len(lines)} lines, lined up in {len(cuts)} columns")
    return shape


def is_fixed(lines: Sequence[str]) -> bool:
    """Tell whether all lines have one width."""
    widths = {len(one) for one in lines}
    return len(lines) >= _LEAST_LINES and len(widths) == 1 and min(widths) >= _LEAST_WIDTH


def propose_fixed(sample: Sample) -> Shape:
    """Propose a layout of one record, cut at blanks; or of a record for each first character."""
    lines = sample.lines
    width = len(lines[0])
    file = {"form": "fixed", "record_length": str(width), **sample.keys}
    kinds = list(dict.fromkeys(one[0] for one in lines))
    several = 1 < len(kinds) <= min(_MOST_KINDS, len(lines) - 1) and "".join(kinds).isalnum()
    cuts = _cuts(lines)
    if len(cuts) > _FEW or not several:
        doubts = [*sample.doubts, _OPEN]
        shape = Shape(file, "row*", [Proposed("row", _cut(lines, cuts, _numbered(cuts)))], doubts)
        shape.told.append(
            f"{len(lines)} lines of {width} characters, {len(cuts)} columns by blanks"
        )
        return shape
    structure, named = structure_of([f"r{one[0]}" for one in lines])
    records = [Proposed(name, _tagged(kind[1:], width)) for name, kind in named.items()]
    shape = Shape(file, structure, records, list(sample.doubts), NESTING)
    shape.told.append(f"{len(lines)} lines of {width} characters, {len(kinds)} kinds by the first")
    return shape


def _numbered(cuts: Sequence[tuple[int, int]]) -> list[tuple[str, list[str]]]:
    return [(f"Field {number}", []) for number in range(1, len(cuts) + 1)]


_FEW = 2
_SURE = ("date", "datetime", "time", "money", "decimal")


def _cuts(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Give start and end of the columns that blanks part in every line."""
    width = len(lines[0])
    blank = [all(one[at] == " " for one in lines) for at in range(width)]
    starts = [at for at in range(width) if not blank[at] and (at == 0 or blank[at - 1])]
    return list(zip(starts, [*starts[1:], width], strict=True))


def _cut(
    lines: Sequence[str], cuts: Sequence[tuple[int, int]], names: Sequence[tuple[str, list[str]]]
) -> list[Column]:
    """Give the columns between cuts; blanks to the right of numbers and dates are a field too."""
    columns = []
    for number, ((start, end), (name, doubts)) in enumerate(zip(cuts, names, strict=True)):
        begin = start if number else 0
        values = [one[begin:end] for one in lines]
        made = reading_of("", [one.strip() for one in values])
        right = end
        if made.type in _SURE:
            right = begin + max(len(one.rstrip()) for one in values)
        else:
            made = Reading("text")
        columns.append(Column(name, values, made, _place(begin, right), doubts=doubts))
        if right < end:
            columns.append(Column(f"After {name}", [], Reading("text"), _place(right, end)))
    return columns


def _place(start: int, end: int) -> dict[str, str]:
    return {"start": str(start + 1), "width": str(end - start)}


def _tagged(kind: str, width: int) -> list[Column]:
    place = {"start": "1", "width": "1"}
    tag = Column("Type", [], Reading("code"), place, {"always": quoted(kind), "tag": "true"})
    place = {"start": "2", "width": str(width - 1)}
    return [tag, Column("Rest", [], Reading(), place, doubts=[_OPEN])]
