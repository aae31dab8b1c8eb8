"""What an owner exchanges with the partner and can do, and what cannot be done and why."""

from itertools import groupby

from crosswalk.planning.flows import Flow
from crosswalk.site.parts import Cell, Piece, Row, Section, Table, anchor, plain
from crosswalk.site.seen import Seen
from crosswalk.telling.features import FLOWS, REFUSED, Feature, features

_LOOKS = {"supported": "good", REFUSED: "bad", "not supported": "warn", "waiting": "warn"}


def flows_section(seen: Seen) -> Section | None:
    """Show the flows of all layers, with what the biller lacks for them."""
    found = seen.project.flows(seen.view)
    if not found:
        return None
    rows = tuple(_flow(seen, one) for one in found.values())
    heads = ("flow", "what", "can be used", "mapping", "travels", "from version", "set in")
    table = Table("What is exchanged", heads, rows)
    return Section("flows", "Flows", (table,))


def _flow(seen: Seen, flow: Flow) -> Row:
    at = anchor("flow", flow.name)
    seen.find("flow", flow.name, flow.description, at)
    runs: list[Piece] = [seen.reference(flow.mapping.text)] if flow.mapping is not None else []
    if flow.backward:
        runs += [Piece(" "), Piece("backward", "plain")]
    least = flow.minimum_version.text if flow.minimum_version is not None else ""
    cells = (
        (Piece(flow.name, "name"), Piece(f" {flow.direction}", "note")),
        plain(flow.description),
        _can(seen, flow),
        tuple(runs),
        plain(", ".join(filter(None, (flow.transmission, flow.frequency)))),
        plain(least),
        seen.origin(flow.span),
    )
    return Row(cells, at, f"flow {flow.name}")


def _can(seen: Seen, flow: Flow) -> Cell:
    """Say whether a flow can be used, and else why not."""
    if not flow.supported:
        return (_badge(flow.status), Piece(f" {flow.reason}", "note"))
    refused = seen.project.refusals(flow, seen.view)
    if refused:
        return (_badge(REFUSED), Piece(f" {refused[0].message}", "note"))
    return (_badge(flow.status),)


def features_section(seen: Seen) -> Section | None:
    """Show the tables of products, features and the like, as `crosswalk features` does."""
    rows = [one for one in features(seen.project, seen.view) if one.table != FLOWS]
    tables = tuple(
        Table(
            table[:1].upper() + table[1:],
            ("what", "status", "value", "from version", "note", "set in"),
            tuple(_feature(seen, one) for one in lines),
        )
        for table, lines in groupby(rows, key=lambda one: one.table)
    )
    return Section("features", "Products and features", tables) if tables else None


def _feature(seen: Seen, one: Feature) -> Row:
    at = anchor("feature", one.table, one.item)
    seen.find("feature", one.item, ": ".join(filter(None, (one.table, one.status))), at)
    file, line, _ = one.place.rsplit(":", 2)
    status = (_badge(one.status),) if one.status else ()
    cells = (plain(one.item), status, plain(one.value), plain(one.needs), plain(one.note))
    return Row((*cells, seen.placed(file, int(line))), at, one.item)


def _badge(status: str) -> Piece:
    return Piece(status, _LOOKS.get(status, "plain"))
