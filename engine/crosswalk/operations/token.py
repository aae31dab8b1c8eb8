"""How an operation's token is had: it stays, is refreshed, or is pushed by the partner.

Source: facts 2.27 (settings 126 to 128); which way a refresh goes is open, so it is declared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crosswalk.documents.access import mapping, scalar, text
from crosswalk.documents.settings import Secret, Settings
from crosswalk.documents.source import Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span

STATIC, REFRESH, PUSHED = "static", "refresh", "pushed"

_NEEDS = {STATIC: ("setting",), REFRESH: ("url", "client_secret"), PUSHED: ("setting",)}
_MAY = {STATIC: ("expires",), REFRESH: ("client_id", "expires", "scope"), PUSHED: ("expires",)}


@dataclass(frozen=True, slots=True)
class Token:
    """A token's source, and the settings it takes by what they are.

    `settings` may have: setting (the token itself), url, client_id, client_secret, expires, scope.
    `basic`: id and secret of who asks are a login, no part of the form.
    """

    source: str
    settings: Mapping[str, Scalar]
    span: Span
    basic: bool = False


def read_token(node: Map) -> Token | None:
    """Read `credentials: token` of an operation whose shape was checked; None without one."""
    credentials = mapping(node, "credentials")
    body = mapping(credentials, "token") if credentials is not None else None
    if body is None:
        return None
    found: dict[str, Scalar] = {}
    for key in ("setting", "url", "client_id", "client_secret", "expires", "scope"):
        below = mapping(body, key)
        named = scalar(below, "setting") if below is not None else scalar(body, key)
        if named is not None:
            found[key] = named
    basic = text(body, "login") == "basic"
    return Token(text(body, "source") or STATIC, found, body.span, basic)


def check_token(token: Token) -> Iterator[Diagnostic]:
    """Find what a token's source lacks or cannot use (CW476)."""
    needs, may = _NEEDS[token.source], _MAY[token.source]
    for key in needs:
        if key not in token.settings:
            message = f"a token that is {_WORDS[token.source]} needs {key}"
            remedy = f"add {key}: " + ("NAME" if key == "setting" else "{setting: NAME}")
            yield Diagnostic("CW476", message, token.span, help=remedy)
    if token.basic and (token.source != REFRESH or "client_id" not in token.settings):
        message = "login: basic needs the name of who asks"
        yield Diagnostic("CW476", message, token.span, help="add client_id: {setting: NAME}")
    for key, one in token.settings.items():
        if key not in (*needs, *may):
            message = f"{key} is not for a token that is {_WORDS[token.source]}"
            yield Diagnostic("CW476", message, one.span, help="remove it, or give its source:")


def check_pushed(token: Token, settings: Settings) -> Iterator[Diagnostic]:
    """Find a biller's pushed token that stands where nothing new can be put (CW476)."""
    held = token.settings.get("setting")
    given = settings.find(held.text) if held is not None and token.source == PUSHED else None
    if given is not None and isinstance(given.value, Secret) and given.value.source != "file":
        message = f"setting {given.declared.title} is pushed, so it must be kept in a file"
        remedy = "write {file: folder/name}; what receives the token replaces that file"
        yield Diagnostic("CW476", message, given.span, help=remedy)


_WORDS = {STATIC: "static", REFRESH: "refreshed", PUSHED: "pushed"}
