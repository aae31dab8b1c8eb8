"""Asks each endpoint of a biller a question that changes nothing: is it there, does it let us in.

The question is `{ __typename }`, which every GraphQL service answers and none can book.
"""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from crosswalk.delivery.clock import SystemClock
from crosswalk.delivery.endpoint import Endpoint
from crosswalk.delivery.faults import CredentialRefused, CredentialUnavailable
from crosswalk.delivery.request import payload
from crosswalk.delivery.secrets import Secrets
from crosswalk.delivery.tokens import Tokens
from crosswalk.delivery.transport import Message, Transport
from crosswalk.delivery.wire import Ambiguous, NotSent, Reply, Seen
from crosswalk.findings.errors import ConfigError
from crosswalk.formats.jsontext import BadJsonError, decode
from crosswalk.golive.needs import Needs
from crosswalk.golive.ready import MET, MISSING, Item
from crosswalk.outbound.biller import endpoint_of
from crosswalk.project import Project, View

PROBE = "endpoint"
QUESTION = "query Probe { __typename }"
DEADLINE_S = 10.0
_OK, _REFUSED = 200, (401, 403)


def probe(project: Project, view: View, needs: Needs, secrets: Path | None) -> list[Item]:
    """Ask every endpoint that the flows in use need and that has its settings, once each.

    An endpoint without its settings is left out: that is an item of its own. Secrets are read now;
    a token that is had for the question is not kept.
    """
    found = {(one.name, one.url): one for one in _endpoints(project, view, needs)}
    with TemporaryDirectory() as folder:
        return asyncio.run(_ask_all(found.values(), Secrets(secrets), Path(folder)))


def _endpoints(project: Project, view: View, needs: Needs) -> Iterator[Endpoint]:
    for document in sorted(needs.documents, key=lambda one: one.file):
        if document.kind != "operation":
            continue
        try:
            operation = project.operation(f"{document.name}@{document.major}", view)
        except ConfigError:
            return  # the documents have findings, which are items of their own
        made, _ = endpoint_of(operation, view)
        if made is not None:
            yield made


async def _ask_all(endpoints: Iterable[Endpoint], secrets: Secrets, folder: Path) -> list[Item]:
    transport = Transport(secrets)
    tokens = Tokens(folder, secrets, transport, SystemClock())
    try:
        return list(await asyncio.gather(*(_ask(one, transport, tokens) for one in endpoints)))
    finally:
        await transport.close()


async def _ask(endpoint: Endpoint, transport: Transport, tokens: Tokens) -> Item:
    try:
        token = await tokens.get(endpoint)
        message = Message(payload(QUESTION, {}).encode(), token=token)
        wrong = _wrong(await transport.post(endpoint, message, DEADLINE_S))
    except (CredentialRefused, CredentialUnavailable) as fault:
        wrong = f"no token: {fault}"
    state, why = (MISSING, wrong) if wrong else (MET, "answers, and takes the credentials")
    return Item(endpoint.name, PROBE, state, f"The endpoint of setting {endpoint.name}.", why)


def _wrong(seen: Seen) -> str:
    """Say what is wrong with an answer, in words of our own; blank when nothing is."""
    match seen:
        case NotSent(reason="credential"):
            return "its user name, password or token cannot be read"
        case NotSent(reason=reason):
            return f"cannot be reached: {reason}"
        case Ambiguous(reason=reason):
            return f"gives no whole answer: {reason}"
        case Reply():
            return _refused(seen) or _said(seen.body)


def _refused(reply: Reply) -> str:
    if reply.status in _REFUSED:
        return f"refuses the credentials (status {reply.status})"
    if reply.status != _OK:
        return f"answers with status {reply.status}"
    return f"gives an answer that is {reply.flaw}" if reply.flaw else ""


def _said(body: bytes) -> str:
    try:
        made = decode(body.decode())
    except (UnicodeDecodeError, BadJsonError):
        return "does not answer in JSON"
    data = made.get("data") if isinstance(made, dict) else None
    if isinstance(data, dict) and isinstance(data.get("__typename"), str):
        return ""
    return "refuses the question, or is no GraphQL service"
