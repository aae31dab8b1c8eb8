"""Holds an operation against the settings that it names."""

import re
from collections.abc import Iterable, Iterator, Mapping

from crosswalk.documents.installed import unmet
from crosswalk.documents.setting_uses import ENDPOINT, PLAIN, SECRET, SWITCH, check_uses
from crosswalk.documents.settings import Settings
from crosswalk.documents.source import Scalar
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.operations.operation import Operation
from crosswalk.operations.token import check_token
from crosswalk.values.versions import version_parts


def check_settings(operation: Operation, settings: Settings) -> Iterator[Diagnostic]:
    """Find settings of an operation that are not there, or not of the kind they must be."""
    uses = [(operation.endpoint, "endpoint", ENDPOINT)]
    beside = {"hosts": (operation.hosts, PLAIN), "test": (operation.test, SWITCH)}
    uses += [(one, name, takes) for name, (one, takes) in beside.items() if one is not None]
    uses += [(one, name, SECRET) for name, one in operation.credentials.items()]
    uses += [(one, f"header {name}", SECRET) for name, one in operation.headers.items()]
    plain = {name: one for name, (one, setting) in operation.constants.items() if setting}
    uses += [(one, f"header {name}", PLAIN) for name, one in plain.items()]
    uses += [(one, name, PLAIN) for name, one in operation.installed.items()]
    token = operation.token
    kinds = {"url": ENDPOINT, "client_id": SECRET, "client_secret": SECRET, "expires": PLAIN}
    kinds["scope"] = PLAIN
    named = token.settings if token is not None else {}
    uses += [(one, f"token's {key}", kinds[key]) for key, one in named.items() if key in kinds]
    yield from check_uses(uses, settings)
    if token is not None:
        yield from check_token(token)
    yield from _headers(operation)
    least = operation.minimum_version
    if least is not None and version_parts(least.text) is None:
        message = f"'{least.text}' is no version"
        yield Diagnostic("CW471", message, least.span, help="write numbers with points between")


def _headers(operation: Operation) -> Iterator[Diagnostic]:
    """Find headers that cannot be sent so: no names, named twice, or set by the request itself."""
    logged_in = bool(operation.credentials) or operation.token is not None
    named = [(name, one.span) for name, (one, _) in operation.constants.items()]
    named += [(name, one.span) for name, one in operation.headers.items()]
    block = operation.capability
    if block is not None and block.idempotency is not None:
        named.append((block.idempotency.header, operation.node.entries["capability"].key.span))
    before: set[str] = set()
    for name, span in named:
        low = name.lower()
        taken = low in _OURS or (low == "authorization" and logged_in)
        told = "is set by the request itself" if taken else "is no name of a header"
        told = "is named twice" if low in before else told
        if taken or low in before or not _HEADER(name):
            remedy = "such as X-Api-Key; a name, password or token stands beside headers"
            yield Diagnostic("CW470", f"'{name}' {told}", span, help=remedy)
        before.add(low)


_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}").fullmatch
_OURS = frozenset(
    {"accept", "accept-encoding", "connection", "content-encoding", "content-length"}
    | {"content-type", "cookie", "expect", "host", "te", "transfer-encoding", "upgrade"}
)


def check_together(operations: Iterable[Operation], settings: Settings) -> Iterator[Diagnostic]:
    """Find operations that go to one endpoint of a biller in different ways (CW484).

    A delivery goes by one login, one list of hosts and one kind of token for each endpoint. Only
    operations whose endpoint has a value, and that the biller's system can take, are compared.
    """
    first: dict[str, tuple[Operation, object]] = {}
    for one in operations:
        if settings.find(one.endpoint.text) is None or any(check_installed(one, settings)):
            continue
        other, way = first.setdefault(one.endpoint.text, (one, _way(one, settings)))
        if way != _way(one, settings):
            yield differs(one, other)


def differs(operation: Operation, other: Operation) -> Diagnostic:
    """Say that two operations go to one endpoint in different ways."""
    there = operation.endpoint.text
    message = f"{other.name} goes to endpoint {there} in another way than {operation.name}"
    remedy = "give both the same credentials, headers, hosts and test, or settings of their own"
    return Diagnostic("CW484", message, operation.endpoint.span, help=remedy)


def _way(operation: Operation, settings: Settings) -> object:
    """Give how an operation goes to its endpoint, by what the settings say."""

    def values(named: Mapping[str, Scalar]) -> dict[str, object]:
        found = {key: settings.find(one.text) for key, one in named.items()}
        return {key: one.value if one is not None else None for key, one in found.items()}

    beside = {"hosts": operation.hosts, "test": operation.test}
    token = operation.token
    return (
        values({key: one for key, one in beside.items() if one is not None}),
        values(operation.credentials),
        values(operation.headers),
        {name: one.text for name, (one, _) in operation.constants.items()},
        None if token is None else (token.source, values(token.settings)),
    )


def check_installed(operation: Operation, settings: Settings) -> Iterator[Diagnostic]:
    """Find why a biller's partner system cannot take an operation: its version, its licences."""
    least, held = operation.minimum_version, operation.installed
    yield from unmet(operation.name, least, operation.licences, held, settings)
