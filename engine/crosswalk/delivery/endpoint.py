"""Where a biller's requests go, and which hosts and addresses are allowed (safety C9, C10)."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crosswalk.delivery.faults import BadSetting

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class TokenSource:
    """How a biller's token is had; every secret is a reference (`env:NAME`, `file:name`).

    `static` is the reference of a token that does not change. Otherwise client credentials are
    posted to `url` as a form, or with `basic` as its login; the token is renewed `skew_s` before it
    expires. `scope` is no secret.
    """

    static: str | None = None
    url: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = None
    basic: bool = False
    skew_s: float = 90.0
    deadline_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of one biller. `test` alone allows http and loopback or private addresses.

    `hosts` are the only host names that may be asked; the URL holds no user, query or fragment:
    what is secret goes into `headers` or `query`, both name to secret reference. `constants` are
    headers that carry no secret, such as the version of an interface. `login` are the
    references of user name and password, where the partner wants them with every request.
    """

    biller: str
    name: str
    url: str
    hosts: frozenset[str]
    test: bool = False
    token: TokenSource | None = None
    login: tuple[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A checked URL in its parts."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The host as the Host header names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if PORTS[self.scheme] == self.port else f"{host}:{self.port}"


def place(endpoint: Endpoint, url: str) -> Place:
    """Check a URL of an endpoint. Raises BadSetting; the message never repeats the URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad(endpoint, "the URL cannot be read") from None
    host = (parts.hostname or "").lower()
    if parts.scheme not in PORTS or (parts.scheme == "http" and not endpoint.test):
        raise _bad(endpoint, "the URL must begin with https://")
    if parts.username is not None or parts.query or parts.fragment:
        raise _bad(endpoint, "the URL must hold no user, query or fragment")
    if host not in endpoint.hosts:
        raise _bad(endpoint, "the host is not among the biller's allowed hosts")
    if not all(32 < ord(letter) < 127 for letter in url):  # noqa: PLR2004 - printable ASCII
        raise _bad(endpoint, "the URL must be plain ASCII")
    return Place(parts.scheme, host, port or PORTS[parts.scheme], parts.path or "/")


def address_allowed(text: str, *, test: bool) -> bool:
    """Tell whether an IP address may be connected to.

    Public ones may; loopback and private ones only for a test endpoint; link-local (where cloud
    machines answer with their secrets), multicast and unspecified ones never.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        address = mapped
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if address.is_global:
        return True
    return test and (address.is_loopback or address.is_private)


def _bad(endpoint: Endpoint, message: str) -> BadSetting:
    return BadSetting("CW710", f"endpoint {endpoint.name} of {endpoint.biller}: {message}")
