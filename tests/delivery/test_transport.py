"""HTTP under attack: deadlines, sizes, hosts, redirects, certificates (D8, safety C10, C11)."""

import asyncio
import resource
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.delivery import partner

from crosswalk.delivery.endpoint import Endpoint, address_allowed, place
from crosswalk.delivery.faults import BadSetting
from crosswalk.delivery.secrets import Secrets
from crosswalk.delivery.transport import Message, Transport
from crosswalk.delivery.wire import Ambiguous, NotSent, Reply, Seen
from crosswalk.sandbox.server import Sandbox

BODY = partner.payment("g-1", "inv-1", 100)


def post(endpoint: Endpoint, deadline_s: float = 1.0, secrets: Secrets | None = None) -> Seen:
    from crosswalk.delivery.request import payload

    async def work() -> Seen:
        transport = Transport(secrets or Secrets(env={}))
        try:
            body = payload(BODY.document, BODY.variables).encode()
            return await transport.post(endpoint, Message(body), deadline_s)
        finally:
            await transport.close()

    return asyncio.run(work())


@pytest.mark.parametrize("fault", ["drip_headers", "drip_body", "silent", "huge", "gzip"])
def test_an_attempt_ends_inside_its_deadline_with_little_memory(
    sandbox: Sandbox, fault: str
) -> None:
    sandbox.behaviour.slow_s = 4.0
    sandbox.behaviour.faults.add(fault)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    seen = post(partner.endpoint(sandbox.url), deadline_s=1.0)
    assert time.monotonic() - began < 2.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    flaw = seen.flaw if isinstance(seen, Reply) else None
    assert isinstance(seen, Ambiguous) or flaw in ("too_large", "encoded")


def test_a_redirect_is_an_answer_never_followed(sandbox: Sandbox) -> None:
    sandbox.behaviour.faults.add("redirect")
    seen = post(partner.endpoint(sandbox.url))
    assert isinstance(seen, Reply)
    assert seen.status == 307
    assert len(sandbox.arrivals) == 1


def test_proxy_settings_of_the_environment_are_ignored(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert isinstance(post(partner.endpoint(sandbox.url)), Reply)


def test_nothing_was_sent_when_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert post(partner.endpoint(f"http://127.0.0.1:{port}/graphql")) == NotSent("connect_error")


def test_a_server_that_never_accepts_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/graphql"
        began = time.monotonic()
        seen = post(partner.endpoint(url), deadline_s=0.5)
        assert time.monotonic() - began < 1.5
        assert isinstance(seen, Ambiguous | NotSent)


def with_url(
    url: str, *, test: bool = False, hosts: tuple[str, ...] = ("pay.example",)
) -> Endpoint:
    return Endpoint("newtown", "cash", url, frozenset(hosts), test=test)


@pytest.mark.parametrize(
    "url",
    [
        "http://pay.example/x",
        "ftp://pay.example/x",
        "https://other.example/x",
        "https://pay.example.other.example/x",
        "https://pay.example@other.example/x",
        f"https://user:{1234}@pay.example/x",
        "https://pay.example/x?BK=canary",
        "https://pay.example/x#part",
        "https://pay.example:70000/x",
        "https://p\u0430y.example/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https:///x",
    ],
)
def test_a_url_outside_the_allowed_hosts_is_refused_without_being_repeated(url: str) -> None:
    endpoint = with_url(url)
    with pytest.raises(BadSetting) as refused:
        place(endpoint, url)
    assert url not in str(refused.value)
    assert "canary" not in str(refused.value)
    assert post(endpoint) == NotSent("host_refused")


@pytest.mark.parametrize(
    ("address", "public", "test"),
    [
        ("93.184.216.34", True, True),
        ("127.0.0.1", False, True),
        ("10.1.2.3", False, True),
        ("192.168.1.1", False, True),
        ("::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),  # noqa: S104
        ("224.0.0.1", False, False),
    ],
)
def test_addresses(address: str, public: bool, test: bool) -> None:
    assert address_allowed(address, test=False) is public
    assert address_allowed(address, test=True) is test


def test_a_name_that_leads_to_this_machine_is_refused_unless_it_is_a_test_endpoint() -> None:
    assert post(with_url("https://localhost/x", hosts=("localhost",))) == NotSent("host_refused")


@pytest.fixture
def untrusted(tmp_path: Path) -> Iterator[str]:
    """A TLS server with a certificate that nobody signed."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += [
        "-subj",
        "/CN=localhost",
        "-keyout",
        str(tmp_path / "key"),
        "-out",
        str(tmp_path / "cert"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            plain, _ = server.accept()
            with plain, context.wrap_socket(plain, server_side=True) as secure:
                secure.recv(1000)
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://localhost:{server.getsockname()[1]}/graphql"
    server.close()
    thread.join(5)


def test_an_untrusted_certificate_is_refused_before_anything_is_sent(untrusted: str) -> None:
    endpoint = with_url(untrusted, test=True, hosts=("localhost",))
    assert post(endpoint) == NotSent("tls_untrusted")


def test_a_secret_of_another_biller_is_refused(sandbox: Sandbox) -> None:
    thief = Endpoint(
        "newtown",
        "cash",
        sandbox.url,
        frozenset({"127.0.0.1"}),
        test=True,
        headers={"x-biller": "env:OLDTOWN_KEY"},
    )
    secrets = Secrets(env={"OLDTOWN_KEY": "canary", "NEWTOWN_KEY": "mine"})
    assert post(thief, secrets=secrets) == NotSent("credential")
    assert sandbox.arrivals == []


def test_headers_and_query_are_sent_from_the_billers_own_secrets(sandbox: Sandbox) -> None:
    endpoint = Endpoint(
        "newtown",
        "cash",
        sandbox.url,
        frozenset({"127.0.0.1"}),
        test=True,
        headers={"x-biller": "env:NEWTOWN_KEY"},
        query={"BK": "env:NEWTOWN_KEY"},
    )
    assert isinstance(post(endpoint, secrets=Secrets(env={"NEWTOWN_KEY": "mine"})), Reply)
    assert sandbox.arrivals[0].headers["x-biller"] == "mine"
    assert sandbox.arrivals[0].headers["accept-encoding"] == "identity"
    assert sandbox.arrivals[0].headers["connection"] == "close"
