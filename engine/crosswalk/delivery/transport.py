"""HTTP, and the only module that knows httpx. Says what was seen of one attempt (delivery 1, D8).

No redirects, no environment proxies, no kept-alive connections, identity encoding, one deadline
from the look at the host name to the last byte. Nothing here is ever logged: httpx and httpcore
are silenced, their texts (which hold URLs) never leave this module.
"""

import asyncio
import logging
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from crosswalk.delivery.endpoint import Endpoint, Place, address_allowed, place
from crosswalk.delivery.faults import BadSetting
from crosswalk.delivery.secrets import Secrets
from crosswalk.delivery.wire import Ambiguous, NotSent, Reply, Seen

MAX_BODY = 1_000_000
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
_SILENCED = ("httpx", "httpcore")


@dataclass(slots=True)
class _Trace:
    """Notes when the first byte of the request is handed to the socket."""

    sent: bool = False

    async def note(self, name: str, _: dict[str, Any]) -> None:
        if name.endswith("send_request_headers.started"):
            self.sent = True


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: the bytes, their media type, the token if there is one, more headers."""

    body: bytes = field(repr=False)
    content_type: str = JSON
    token: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


class Transport:
    """Posts to endpoints. Made inside a running event loop, closed with `await close()`."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._clients: dict[str, httpx.AsyncClient] = {}
        for name in _SILENCED:
            logger = logging.getLogger(name)
            logger.setLevel(logging.CRITICAL + 1)
            logger.propagate = False

    async def post(
        self, endpoint: Endpoint, message: Message, deadline_s: float, url: str | None = None
    ) -> Seen:
        """Post once; ends within deadline_s whatever the other side does. Never raises for it."""
        trace = _Trace()
        try:
            async with asyncio.timeout(deadline_s):
                return await self._post(endpoint, message, url or endpoint.url, trace)
        except TimeoutError:
            reason = "deadline"
        except BadSetting as fault:
            reason = "host_refused" if fault.code == "CW710" else "credential"
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as fault:
            reason = _reason(fault)
        return Ambiguous(reason) if trace.sent else NotSent(reason)

    async def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    async def _post(self, endpoint: Endpoint, message: Message, url: str, trace: _Trace) -> Seen:
        where = place(endpoint, url)
        address = await _resolve(where, endpoint)
        request = self._request(endpoint, message, where, address)
        request.extensions["trace"] = trace.note
        response = await self._client(where.scheme).send(request, stream=True)
        try:
            return await _read(response)
        finally:
            await response.aclose()

    def _request(
        self, endpoint: Endpoint, message: Message, where: Place, address: str
    ) -> httpx.Request:
        host = f"[{address}]" if ":" in address else address
        headers = {
            "host": where.host_header,
            "accept": JSON,
            "accept-encoding": "identity",
            "content-type": message.content_type,
            "user-agent": "crosswalk",
            "connection": "close",
        }
        if message.token is not None:
            headers["authorization"] = f"Bearer {message.token}"
        elif endpoint.login is not None:
            user, password = (self._secrets.get(endpoint.biller, one) for one in endpoint.login)
            headers["authorization"] = _basic(user, password)
        headers |= {**endpoint.constants, **message.headers}
        for name, reference in endpoint.headers.items():
            headers[name] = self._secrets.get(endpoint.biller, reference)
        query = {
            name: self._secrets.get(endpoint.biller, reference)
            for name, reference in endpoint.query.items()
        }
        return httpx.Request(
            "POST",
            f"{where.scheme}://{host}:{where.port}{where.path}",
            params=query or None,
            headers=headers,
            content=message.body,
            extensions={"sni_hostname": where.host},
        )

    def _client(self, scheme: str) -> httpx.AsyncClient:
        if scheme not in self._clients:
            self._clients[scheme] = httpx.AsyncClient(
                verify=_tls(scheme),
                trust_env=False,
                follow_redirects=False,
                timeout=None,  # noqa: S113 - one deadline stands around all of it
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            )
        return self._clients[scheme]


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _tls(scheme: str) -> ssl.SSLContext:
    """Verify always; the context for plain http trusts nobody, it is never used."""
    if scheme == "http":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def _resolve(where: Place, endpoint: Endpoint) -> str:
    """Look the host up once; the address that was checked is the one connected to."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(address_allowed(one, test=endpoint.test) for one in addresses):
        raise BadSetting("CW710", "the host's address is not allowed")
    return addresses[0]


async def _read(response: httpx.Response) -> Reply:
    flaw = None
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        flaw = "encoded"
    body = bytearray()
    if flaw is None:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_BODY:
                flaw = "too_large"
                break
    return Reply(
        status=response.status_code,
        content_type=response.headers.get("content-type", ""),
        body=bytes(body[:MAX_BODY]),
        retry_after=response.headers.get("retry-after"),
        flaw=flaw,
    )


def _reason(fault: BaseException) -> str:
    """Name a fault by its class alone."""
    seen: BaseException | None = fault
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return "tls_untrusted"
        seen = seen.__cause__ or seen.__context__
    name = type(fault).__name__
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)[1:]
