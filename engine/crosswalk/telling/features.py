"""What a biller or an integration can do, as one table: its flows, then what else it supports."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby

from crosswalk.documents.installed import unmet
from crosswalk.planning.flows import Flow
from crosswalk.planning.support import Support
from crosswalk.project import Project, View

FLOWS, REFUSED, UNSAID = "flows", "refused", "not stated"


@dataclass(frozen=True, slots=True)
class Feature:
    """One row. `status` is that of the integration, or `refused` where the biller lacks something.

    `needs` is the partner's oldest version that can do it; `note` says why not, or how; `place`
    is the line that says so.
    """

    table: str
    item: str
    status: str
    value: str
    needs: str
    note: str
    place: str


def features(project: Project, view: View) -> list[Feature]:
    """Give the rows of a view, flows first. Source: facts 1.4, 2.20, 2.45."""
    flows = project.flows(view)
    rows = [_flow(one, project, view) for one in flows.values()]
    installed = next((one.installed for one in flows.values()), {})
    for line in project.support(view).values():
        lacks = list(unmet(line.item, line.minimum_version, (), installed, view.settings))
        rows.append(_line(line, lacks[0].message if lacks else ""))
    order = list(dict.fromkeys(one.table for one in rows))
    return sorted(rows, key=lambda one: order.index(one.table))


def _flow(flow: Flow, project: Project, view: View) -> Feature:
    refused = project.refusals(flow, view) if flow.supported else []
    how = ", ".join(filter(None, (flow.direction, flow.transmission, flow.frequency)))
    note = refused[0].message if refused else flow.reason or how
    mapping = flow.mapping.text if flow.mapping is not None else ""
    status = REFUSED if refused else flow.status
    least = flow.minimum_version.text if flow.minimum_version is not None else ""
    return Feature(FLOWS, flow.name, status, mapping, least, note, str(flow.span))


def _line(line: Support, lacks: str) -> Feature:
    return Feature(
        table=line.table,
        item=line.item,
        status=REFUSED if lacks else line.status or ("" if line.value else UNSAID),
        value="; ".join(filter(None, (line.value, "required" if line.required else ""))),
        needs=line.minimum_version.text if line.minimum_version is not None else "",
        note=lacks or line.note,
        place=str(line.span),
    )


# --- for people and tools ----------------------------------------------------------------------


def as_text(rows: list[Feature]) -> str:
    """Give aligned columns with a heading for each table."""
    return "\n".join(_text(rows))


def _text(rows: list[Feature]) -> Iterator[str]:
    if not rows:
        yield "no flows, and nothing else is said to be supported"
    wide = max((len(one.item) for one in rows), default=0)
    for number, (table, lines) in enumerate(groupby(rows, key=lambda one: one.table)):
        yield from ("", table) if number else (table,)
        for one in lines:
            said = "; ".join(filter(None, (one.value if table != FLOWS else "", one.note)))
            said = f"since {one.needs}; {said}".rstrip("; ") if one.needs else said
            yield f"  {one.item:<{wide}}  {one.status:<13}  {said}".rstrip()


def as_csv(rows: list[Feature]) -> str:
    """Give a header line and a line for each row."""
    made = io.StringIO()
    writer = csv.DictWriter(made, list(Feature.__dataclass_fields__), lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(one) for one in rows)
    return made.getvalue().rstrip("\n")


def as_markdown(rows: list[Feature]) -> str:
    """Give a table for each table."""
    return "\n".join(_markdown(rows))


def _markdown(rows: list[Feature]) -> Iterator[str]:
    for number, (table, lines) in enumerate(groupby(rows, key=lambda one: one.table)):
        yield from ("", f"## {table}", "") if number else (f"## {table}", "")
        yield from ("| item | status | value | needs | note |", "| --- | --- | --- | --- | --- |")
        for one in lines:
            cells = (one.item, one.status, one.value, one.needs, one.note)
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def as_json(name: str, rows: list[Feature]) -> str:
    """Give one object: the name asked for, and the rows."""
    body = {"schema_version": 1, "name": name, "features": [asdict(one) for one in rows]}
    return json.dumps(body, indent=2, ensure_ascii=False)
