"""Flows: the exchanges of an integration, by name, as a biller's layers leave them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crosswalk.documents.access import flag, mapping, scalar, scalars, text
from crosswalk.documents.installed import read_installed, unmet
from crosswalk.documents.settings import Settings
from crosswalk.documents.source import Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest, quoted
from crosswalk.values.versions import version_parts

SUPPORTED = "supported"


@dataclass(frozen=True, slots=True)
class Flow:
    """One exchange. `integration` names the document that declares it, `span` its place there.

    `mapping` (name@major) is None where the flow is not supported; then `reason` says why.
    `installed` are the settings that say what the biller's partner system is.
    """

    name: str
    integration: str
    description: str
    direction: str
    mapping: Scalar | None
    backward: bool
    transmission: str
    frequency: str
    status: str
    reason: str
    minimum_version: Scalar | None
    licences: tuple[str, ...]
    installed: Mapping[str, Scalar]
    span: Span

    @property
    def supported(self) -> bool:
        """Whether the integration can do it at all."""
        return self.status == SUPPORTED

    @property
    def title(self) -> str:
        """How findings call it: `flow ach-reject of partner/product`."""
        return f"flow {self.name} of {self.integration}"


def read_flows(documents: Iterable[tuple[str, Map]]) -> dict[str, Flow]:
    """Give the flows by name from effective integrations (name, node), base first.

    A flow that a later one declares again is that one's. Flows of all take what is installed from
    the last that says it.
    """
    known = list(documents)
    installed: dict[str, Scalar] = {}
    for _, node in known:
        installed |= read_installed(node)
    found: dict[str, Flow] = {}
    for integration, node in known:
        body = mapping(node, "flows")
        for name, entry in (body.entries if body is not None else {}).items():
            if isinstance(entry.value, Map):
                found[name] = _flow(name, integration, entry.value, installed, entry.key.span)
    return found


def _flow(
    name: str, integration: str, node: Map, installed: Mapping[str, Scalar], span: Span
) -> Flow:
    return Flow(
        name=name,
        integration=integration,
        description=text(node, "description") or "",
        direction=text(node, "direction") or "",
        mapping=scalar(node, "mapping"),
        backward=flag(node, "backward"),
        transmission=text(node, "transmission") or "",
        frequency=text(node, "frequency") or "",
        status=text(node, "status") or SUPPORTED,
        reason=text(node, "reason") or "",
        minimum_version=scalar(node, "minimum_version"),
        licences=tuple(one.text for one in scalars(node, "licences")),
        installed=installed,
        span=span,
    )


def missing_flow(name: str, flows: Mapping[str, Flow], owner: str) -> Diagnostic:
    """Say that nobody has a flow of this name (CW335), with the one that was probably meant."""
    if not owner:
        message = f"no mapping is called {quoted(name)}"
        remedy = "a flow is named together with its biller: add --biller"
        return Diagnostic("CW335", message, help=remedy)
    near = closest(name, flows)
    remedy = f"did you mean '{near}'?" if near else f"there is {', '.join(flows) or 'none'}"
    return Diagnostic("CW335", f"{owner} has no flow {quoted(name)}", help=remedy)


def refusals(flow: Flow, settings: Settings) -> Iterator[Diagnostic]:
    """Find why a biller cannot use a flow: not supported (CW336), version, licences."""
    if not flow.supported:
        message = f"{flow.title} is {_STATUS[flow.status]}: {flow.reason}"
        remedy = "leave it out, or use an integration that supports it"
        yield Diagnostic("CW336", message, flow.span, help=remedy)
    yield from unmet(flow.title, flow.minimum_version, flow.licences, flow.installed, settings)


_STATUS = {
    "not supported": "not supported",
    "n/a": "not applicable",
    "waiting": "not supported yet",
}


def check_flow(flow: Flow) -> Iterator[Diagnostic]:
    """Find a flow that says too little (CW337), or a version that is none (CW471)."""
    if flow.supported and flow.mapping is None:
        message = f"{flow.title} has no mapping"
        remedy = "add mapping:, or status: not supported with its reason:"
        yield Diagnostic("CW337", message, flow.span, help=remedy)
    if not flow.supported and not flow.reason:
        message = f"{flow.title} is {_STATUS[flow.status]}, and does not say why"
        yield Diagnostic("CW337", message, flow.span, help="add reason:")
    least = flow.minimum_version
    if least is not None and version_parts(least.text) is None:
        message = f"{quoted(least.text)} is no version"
        yield Diagnostic("CW471", message, least.span, help="write numbers with points between")
