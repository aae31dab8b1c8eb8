"""A code table proposed from a table of codes; codes are texts, zeros and all."""

from collections.abc import Iterator
from json import dumps

from crosswalk.importing.grid import Grid
from crosswalk.importing.headers import Columns
from crosswalk.importing.propose_layout import Head, Proposal, finished
from crosswalk.importing.yaml_lines import line


def code_rows(table: Grid, columns: Columns) -> Iterator[tuple[int, str, str, str]]:
    """Give the rows of a table of codes: their number, the partner's code, ours, what it means."""
    for number, cells in list(zip(table.lines, table.rows, strict=True))[columns.first + 1 :]:
        left, right = columns.cell(cells, "left"), columns.cell(cells, "right")
        if left or right:
            yield number, left, right, columns.cell(cells, "description")


def propose_codes(table: Grid, columns: Columns, head: Head) -> Proposal:
    """Propose a code table: the partner's code on the left, ours on the right."""
    lines, seen, rows = [*head.lines(), "", "codes:"], set[str](), 0
    for number, left, right, said in code_rows(table, columns):
        rows += 1
        if not left or left in seen:
            why = f"row {number}: '{left}' stands twice" if left else f"row {number} has no code"
            lines.append(f"  {line(0, '', [f'{why}; its other side is {right!r}']).strip()}")
            continue
        seen.add(left)
        doubt = "" if right else f"which of our codes is '{left}'?"
        content = f"{dumps(left, ensure_ascii=False)}: {dumps(right, ensure_ascii=False)}"
        lines.append(line(2, content if not said or doubt else f"{content}  # {said}", [doubt]))
    if not seen:
        lines[-1] = "codes: {}"
    return finished(lines, rows)
