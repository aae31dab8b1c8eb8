"""The sandbox partner on a socket of its own: threads, plain HTTP/1.1, faults down to the reset."""

import gzip
import json
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs

from crosswalk.sandbox import graph
from crosswalk.sandbox.faults import FAULTS, Fault, Faults, Show, When
from crosswalk.sandbox.graph import Partner
from crosswalk.sandbox.store import Store

PHRASES = {200: "OK", 307: "Moved", 400: "Bad", 401: "Who", 403: "No", 404: "Where", 429: "Slowly"}
MAX_REQUEST = 2_000_000
ABRUPT = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Behaviour:
    """How the partner behaves, in seconds; `token` are the credentials it asks for, if any."""

    slow_s: float = 2.0
    late_s: float = 1.0
    work_s: float = 0.0
    token: tuple[str, str] | None = None
    token_lasts_s: float = 600.0
    token_takes_s: float = 0.0
    faults: Faults = field(default_factory=Faults)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as it came in: when, for which path, which fault it got, its header names."""

    at: float
    path: str
    fault: str
    headers: dict[str, str]
    body: bytes


class Sandbox:
    """A running partner. `with Sandbox(...) as partner:` serves on `partner.url` until left."""

    def __init__(
        self, partner: Partner, store: Store, behaviour: Behaviour | None = None, port: int = 0
    ) -> None:
        self.partner = partner
        self.store = store
        self.behaviour = behaviour or Behaviour()
        self.arrivals: list[Arrival] = []
        self.tokens: dict[str, float] = {}
        self._late: list[threading.Timer] = []
        self._server = _Server(("127.0.0.1", port), self)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Where it takes GraphQL requests."""
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def token_url(self) -> str:
        """Where it hands out tokens."""
        return f"http://127.0.0.1:{self.port}/token"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.wait_late()

    def serve(self) -> None:
        """Serve until stopped."""
        self._server.serve_forever(poll_interval=0.05)

    def wait_late(self) -> None:
        """Wait until every late commit has happened."""
        for timer in list(self._late):
            timer.join()

    def handle(self, path: str, headers: dict[str, str], body: bytes, wire: "_Wire") -> None:
        """Answer one request."""
        routes: dict[str, Callable[[], None]] = {
            "/graphql": lambda: self._graphql(headers, body, wire),
            "/token": lambda: self._token(headers, body, wire),
            "/receipts": lambda: wire.json(200, {"receipts": self.store.find({})}),
        }
        routes.get(path, lambda: wire.json(404, {}))()

    def _note(self, path: str, fault: str, headers: dict[str, str], body: bytes) -> None:
        self.arrivals.append(Arrival(time.time(), path, fault, headers, body))

    def _graphql(self, headers: dict[str, str], body: bytes, wire: "_Wire") -> None:
        if self.behaviour.token is not None and not self._known(headers):
            self._note("/graphql", "token", headers, body)
            wire.json(401, {"error": "unauthorized"})
            return
        asked = graph.understand(self.partner, body)
        fault = self.behaviour.faults.choose(reads=asked.is_query)
        self._note("/graphql", "query" if asked.is_query else fault.show, headers, body)
        time.sleep(self.behaviour.work_s)
        _SHOWS[fault.show](self, asked, fault, wire)

    def _known(self, headers: dict[str, str]) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and self.tokens.get(token, 0.0) > time.time()

    def _token(self, headers: dict[str, str], body: bytes, wire: "_Wire") -> None:
        self._note("/token", "none", headers, body)
        time.sleep(self.behaviour.token_takes_s)
        form = parse_qs(body.decode())
        given = (form.get("client_id", [""])[0], form.get("client_secret", [""])[0])
        if given != self.behaviour.token:
            wire.json(401, {"error": "invalid_client"})
            return
        token = f"token-{len(self.tokens) + 1}"
        self.tokens[token] = time.time() + self.behaviour.token_lasts_s
        wire.json(200, {"access_token": token, "expires_in": int(self.behaviour.token_lasts_s)})

    def execute(self, asked: graph.Asked, fault: Fault) -> dict[str, Any]:
        """Let a request take effect as the fault says; {} when it has none now."""
        if fault.when is When.NOW or asked.is_query:
            return graph.answer(self.partner, self.store, asked, fault)
        if fault.when is When.LATE:
            work = (self.partner, self.store, asked, FAULTS["none"])
            timer = threading.Timer(self.behaviour.late_s, graph.answer, work)
            timer.start()
            self._late.append(timer)
        return {}


class _Wire:
    """The client's socket, and the ways to end a conversation on it."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def json(self, status: int, content: object, headers: str = "") -> None:
        self.send(status, json.dumps(content).encode(), "application/json", headers)

    def send(self, status: int, body: bytes, media: str, headers: str = "") -> None:
        self.connection.sendall(self.head(status, len(body), media, headers) + body)

    def head(self, status: int, length: int, media: str, headers: str = "") -> bytes:
        lines = f"HTTP/1.1 {status} {PHRASES.get(status, 'Broken')}\r\nContent-Type: {media}\r\n"
        return f"{lines}Content-Length: {length}\r\n{headers}Connection: close\r\n\r\n".encode()

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
        self.connection.close()

    def drip(self, content: bytes, pause_s: float, size: int) -> None:
        for start in range(0, len(content), size):
            self.connection.sendall(content[start : start + size])
            time.sleep(pause_s)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        super().__init__(address, _Conversation)


class _Conversation(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server = self.server
        if not isinstance(server, _Server):
            raise TypeError
        try:
            self.request.settimeout(30)
            path, headers, body = _read(self.request)
            server.sandbox.handle(path, headers, body, _Wire(self.request))
        except (OSError, ValueError):
            return


def _read(connection: socket.socket) -> tuple[str, dict[str, str], bytes]:
    content = b""
    while b"\r\n\r\n" not in content:
        more = connection.recv(65536)
        content += more
        if not more or len(content) > MAX_REQUEST:
            raise ValueError("no request")
    head, _, body = content.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    length = min(int(headers.get("content-length", "0")), MAX_REQUEST)
    while len(body) < length:
        more = connection.recv(65536)
        if not more:
            raise ValueError("short request")
        body += more
    return first.split(" ")[1].partition("?")[0], headers, body


def _proper(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    result = sandbox.execute(asked, fault)
    errors = result.get("errors", ())
    never_ran = bool(errors) and all("path" not in error for error in errors)
    wire.json(400 if never_ran else 200, result)


def _errors(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    if fault.when is When.NOW:
        _proper(sandbox, asked, fault, wire)
        return
    field = sandbox.partner.does["create"]["field"]
    code = "ACCOUNT_UNKNOWN" if fault.show is Show.REFUSED else "INTERNAL"
    error = {"message": "no", "path": [field], "extensions": {"code": code}}
    wire.json(200, {"data": {field: None}, "errors": [error]})


def _reset(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    sandbox.execute(asked, fault)
    wire.reset()


def _close(sandbox: Sandbox, asked: graph.Asked, fault: Fault, _: _Wire) -> None:
    sandbox.execute(asked, fault)


def _silent(sandbox: Sandbox, asked: graph.Asked, fault: Fault, _: _Wire) -> None:
    sandbox.execute(asked, fault)
    time.sleep(sandbox.behaviour.slow_s)


def _slow(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    result = sandbox.execute(asked, fault)
    time.sleep(sandbox.behaviour.slow_s)
    wire.json(200, result)


def _status(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    sandbox.execute(asked, fault)
    headers = f"Retry-After: {fault.retry_after}\r\n" if fault.retry_after is not None else ""
    wire.json(fault.status, {"error": "as told"}, headers)


def _malformed(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    text = json.dumps(sandbox.execute(asked, fault))
    wire.send(200, text[: len(text) // 2].encode(), "application/json")


def _truncated(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    text = json.dumps(sandbox.execute(asked, fault)).encode()
    wire.connection.sendall(wire.head(200, len(text), "application/json") + text[: len(text) // 2])


def _html(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    sandbox.execute(asked, fault)
    wire.send(200, b"<html>Welcome</html>", "text/html")


def _taken(sandbox: Sandbox, _: graph.Asked, __: Fault, wire: _Wire) -> None:
    """Answer with the very first receipt, whoever's it is."""
    first = dict(sandbox.store.find({})[0])
    wire.json(200, {"data": {sandbox.partner.does["create"]["field"]: first}})


def _drip_headers(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    sandbox.execute(asked, fault)
    wire.connection.sendall(b"HTTP/1.1 200 OK\r\n")
    wire.drip(b"X-A: b\r\n" * 60, 0.25, 8)


def _drip_body(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    text = json.dumps(sandbox.execute(asked, fault)).encode()
    wire.connection.sendall(wire.head(200, len(text), "application/json"))
    wire.drip(text, 0.25, 2)


def _gzip(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    """Send about 290 KB that would unpack to 300 MB."""
    sandbox.execute(asked, fault)
    wire.send(200, _bomb(), "application/json", "Content-Encoding: gzip\r\n")


def _bomb() -> bytes:
    block = gzip.compress(b" " * 1_000_000, 9)
    return block * 300


def _huge(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    sandbox.execute(asked, fault)
    wire.connection.sendall(wire.head(200, 300_000_000, "application/json"))
    for _ in range(300):
        wire.connection.sendall(b" " * 1_000_000)


def _redirect(sandbox: Sandbox, asked: graph.Asked, fault: Fault, wire: _Wire) -> None:
    sandbox.execute(asked, fault)
    wire.json(fault.status, {}, f"Location: {sandbox.url}\r\n")


_SHOWS: dict[Show, Callable[[Sandbox, graph.Asked, Fault, _Wire], None]] = {
    Show.PROPER: _proper,
    Show.RESET: _reset,
    Show.CLOSE: _close,
    Show.SILENT: _silent,
    Show.SLOW: _slow,
    Show.STATUS: _status,
    Show.MALFORMED: _malformed,
    Show.TRUNCATED: _truncated,
    Show.HTML: _html,
    Show.PARTIAL: _proper,
    Show.REFUSED: _errors,
    Show.ERRORS: _errors,
    Show.ECHO: _proper,
    Show.TAKEN: _taken,
    Show.DRIP_HEADERS: _drip_headers,
    Show.DRIP_BODY: _drip_body,
    Show.GZIP: _gzip,
    Show.HUGE: _huge,
    Show.REDIRECT: _redirect,
}
