"""What a delivery works with for one biller: its operations and endpoints, by its settings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from crosswalk.delivery.capability import Operation as Capability
from crosswalk.delivery.endpoint import Endpoint, TokenSource
from crosswalk.delivery.secrets import Secrets
from crosswalk.delivery.setup import Setup
from crosswalk.documents.secret import Secret
from crosswalk.documents.source import Scalar
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.errors import ConfigError
from crosswalk.operations.operation import Operation
from crosswalk.operations.operation_settings import check_installed, differs
from crosswalk.operations.token import REFRESH
from crosswalk.project import Project, View


@dataclass(frozen=True, slots=True)
class Places:
    """Where a delivery keeps its tokens and mark, and where secrets in files are found.

    `state` belongs to one ledger and is private to the user (see `Setup`).
    """

    state: Path
    secrets: Path | None = None


def setup_of(project: Project, view: View, needed: Operation, places: Places) -> Setup:
    """Give the operations and endpoints of the view's biller.

    All of them, not only the one that is needed now: a run also works off what an earlier one
    left. Raises ConfigError when the needed one cannot be sent (CW484).
    """
    biller = view.owner.name if view.owner is not None else ""
    operations: dict[str, Capability] = {}
    endpoints: dict[tuple[str, str], Endpoint] = {}
    first: dict[str, Operation] = {}
    for operation in (needed, *_others(project, view, needed)):
        block = operation.capability
        made, problems = endpoint_of(operation, view)
        known = endpoints.get((biller, operation.endpoint.text), made)
        if made is not None and known != made:
            problems = [differs(operation, first[made.name])]
        if operation is needed and problems:
            raise ConfigError(problems)
        if block is not None and made is not None and not problems:
            operations[operation.name] = block
            endpoints[biller, made.name] = made
            first.setdefault(made.name, operation)
    return Setup(operations, endpoints, places.state, Secrets(places.secrets))


def _others(project: Project, view: View, needed: Operation) -> Iterator[Operation]:
    """Give the other operations that this biller's settings lead somewhere, newest version each."""
    for document in project.workspace.newest("operation"):
        if document.name == needed.name:
            continue
        made = project.operation(f"{document.name}@{document.major}", view)
        there = view.settings.find(made.endpoint.text) is not None
        if there and not list(check_installed(made, view.settings)):
            yield made


def endpoint_of(operation: Operation, view: View) -> tuple[Endpoint | None, list[Diagnostic]]:
    """Make the endpoint of an operation from the settings, or say what is missing (CW484).

    Hosts are those that the settings list, else the URL's own (safety C10).
    """
    settings = view.settings
    biller = view.owner.name if view.owner is not None and view.owner.kind == "biller" else ""
    url = _text(view, operation.endpoint)
    if not biller:
        return None, [_missing(operation.endpoint, "only a biller has endpoints", "give --biller")]
    if url is None:
        title = operation.endpoint.text
        return None, [_missing(operation.endpoint, f"setting {title} has no value", _SET_IT)]
    test = operation.test is not None and _text(view, operation.test) == "true"
    found = {name: settings.find(one.text) for name, one in operation.credentials.items()}
    secrets = {k: str(v.value) for k, v in found.items() if v and isinstance(v.value, Secret)}
    problems = [
        _missing(one, f"setting {one.text} has no value, and {name} is needed", _SET_IT)
        for name, one in operation.credentials.items()
        if name not in secrets
    ]
    headers, absent = _headers(operation, view)
    problems += absent
    token, lacking = token_of(operation, view)
    problems += lacking
    if problems:
        return None, problems
    hosts = {(urlsplit(one).hostname or "").lower() for one in (url, token and token.url) if one}
    login = (secrets["username"], secrets["password"]) if "password" in secrets else None
    return Endpoint(
        biller=biller,
        name=operation.endpoint.text,
        url=url,
        hosts=_hosts(view, operation.hosts) or frozenset(hosts),
        test=test,
        token=token,
        login=login,
        headers=headers,
        constants=_constants(operation, view),
    ), []


def _constants(operation: Operation, view: View) -> dict[str, str]:
    """Give the headers that carry no secret; one whose setting has no value is left out."""
    found = {
        name: _text(view, one) if setting else one.text
        for name, (one, setting) in operation.constants.items()
    }
    return {name: one for name, one in found.items() if one is not None}


def _headers(operation: Operation, view: View) -> tuple[dict[str, str], list[Diagnostic]]:
    """Give the headers that carry a secret, as references, or say which have none."""
    found = {name: view.settings.find(one.text) for name, one in operation.headers.items()}
    given = {k: str(v.value) for k, v in found.items() if v and isinstance(v.value, Secret)}
    return given, [
        _missing(one, f"setting {one.text} has no value, and header {name} needs it", _SET_IT)
        for name, one in operation.headers.items()
        if name not in given
    ]


def token_of(operation: Operation, view: View) -> tuple[TokenSource | None, list[Diagnostic]]:
    """Make the source of an operation's token; a pushed one is read anew from its file."""
    token = operation.token
    if token is None:
        return None, []
    found = {key: view.settings.find(one.text) for key, one in token.settings.items()}
    given = {key: str(one.value) for key, one in found.items() if one is not None}
    problems = [
        _missing(one, f"setting {one.text} has no value, and the token's {key} is needed", _SET_IT)
        for key, one in token.settings.items()
        if key not in given and key not in ("setting", "expires", "scope")
    ]
    if token.source != REFRESH:
        static = given.get("setting")
        return (TokenSource(static=static) if static is not None else None), problems
    made = TokenSource(
        url=given.get("url"),
        client_id=given.get("client_id"),
        client_secret=given.get("client_secret"),
        scope=given.get("scope"),
        basic=token.basic,
    )
    return made, problems


_SET_IT = "set it in the biller, or in an integration that the biller extends"


def _text(view: View, setting: Scalar) -> str | None:
    found = view.settings.find(setting.text)
    return found.value if found is not None and isinstance(found.value, str) else None


def _hosts(view: View, setting: Scalar | None) -> frozenset[str]:
    listed = _text(view, setting) if setting is not None else None
    return frozenset(filter(None, re.split(r"[ ,;]+", (listed or "").lower())))


def _missing(at: Scalar, message: str, remedy: str) -> Diagnostic:
    return Diagnostic("CW484", message, at.span, help=remedy)
