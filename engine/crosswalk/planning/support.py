"""What an integration supports beside its flows: tables of products, features and the like."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crosswalk.documents.access import child, flag, mapping, scalar, text
from crosswalk.documents.source import Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import quoted
from crosswalk.values.versions import version_parts


@dataclass(frozen=True, slots=True)
class Support:
    """One line of a table. `status` is empty where the partner says nothing.

    `value` is what the partner gives beside the status; `integration` the document that says it.
    """

    table: str
    item: str
    status: str
    value: str
    required: bool
    minimum_version: Scalar | None
    note: str
    integration: str
    span: Span


def read_support(documents: Iterable[tuple[str, Map]]) -> dict[tuple[str, str], Support]:
    """Give the lines by table and item from integrations (name, node), base first.

    A line that a later document has again is that one's, at the place of the first.
    """
    found: dict[tuple[str, str], Support] = {}
    for integration, node in documents:
        body = mapping(node, "support")
        for table, entry in (body.entries if body is not None else {}).items():
            for item, line in (entry.value.entries if isinstance(entry.value, Map) else {}).items():
                if isinstance(line.value, Map):
                    found[table, item] = _line(table, item, line.value, integration, line.key.span)
    return found


def _line(table: str, item: str, node: Map, integration: str, span: Span) -> Support:
    value = child(node, "value")
    return Support(
        table=table,
        item=item,
        status=text(node, "status") or "",
        value=value.text if isinstance(value, Scalar) else "",
        required=flag(node, "required"),
        minimum_version=scalar(node, "minimum_version"),
        note=text(node, "note") or "",
        integration=integration,
        span=span,
    )


def check_support(lines: Iterable[Support]) -> Iterator[Diagnostic]:
    """Find a version that is none (CW471)."""
    for one in lines:
        least = one.minimum_version
        if least is not None and version_parts(least.text) is None:
            message = f"{quoted(least.text)} is no version"
            yield Diagnostic("CW471", message, least.span, help="write numbers with points between")
