"""A mapping proposed from a spec table: one line for each row, in the order of the table."""

from collections.abc import Iterator, Sequence

from crosswalk.importing.propose_layout import (
    Head,
    Proposal,
    continued,
    finished,
    odd_lines,
    record_names,
)
from crosswalk.importing.spec import Row, Spec
from crosswalk.importing.yaml_lines import comment, flow, key, line, text
from crosswalk.model.layout import Branch, Layout


def propose_mapping(spec: Spec, head: Head, source: Layout, target: Layout) -> Proposal:
    """Propose a mapping between the two layouts that the table is about."""
    lines = list(head.lines())
    for side, layout in (("from", source), ("to", target)):
        lines.append(f"{side}: {layout.name}@{layout.version.partition('.')[0]}")
    lines += ["", *_nest(source, target), "fields:"]
    names = record_names(spec)
    for title, rows in spec.records().items():
        body = list(_entries(rows))
        if any(not one.lstrip().startswith("#") for one in body):
            lines.append(f"  {key(names[title])}:")
        lines += body
    return finished([*lines, *odd_lines(spec)], len(spec.rows))


def _nest(source: Layout, target: Layout) -> Iterator[str]:
    of = key(source.records[-1].name) if source.records else "row"
    repeating = [one for one in _branches(target.root) if one.most is None]
    if not repeating:
        return
    yield "nest:"
    for one in repeating:
        doubt = "is there one for each row, or for rows with the same value: by: [Field]?"
        yield line(2, f"{key(one.name)}: {{of: {of}}}", [doubt])
    yield ""


def _branches(branch: Branch) -> Iterator[Branch]:
    for one in branch.children:
        yield one
        yield from _branches(one)


def _entries(rows: Sequence[Row]) -> Iterator[str]:
    before: dict[str, Row] = {}
    for row in rows:
        if row.always is not None:
            said = f"{row.key}: always {row.always!r}, says the layout"
            yield f"    {comment(said)}"
            continue
        pairs, doubts = _entry(row, rows, before)
        content = text(row.partner) if pairs is None else flow(pairs)
        yield line(4, f"{key(row.key or row.partner)}: {content}", doubts)
        if row.partner:
            before[continued(row.partner) or row.partner] = row


def _entry(
    row: Row, rows: Sequence[Row], before: dict[str, Row]
) -> tuple[dict[str, str] | None, list[str]]:
    """Give the keys of an entry (None: the plain field) and what is open."""
    if not row.partner or row.in_file is False:
        said = row.description or "the table names no field of the partner's"
        return {}, [f"not in the partner's file: {said}", *row.doubts]
    base = continued(row.partner)
    if base is not None and base in before:
        said = "a field that goes on with another: how long may each be?"
        return {"continues": key(before[base].key)}, [said, row.rule]
    shared = [one.key for one in rows if one.partner == row.partner]
    together = f"{', '.join(shared)} all come from '{row.partner}': how is it taken apart?"
    return None, [together if len(shared) > 1 else "", row.rule]
