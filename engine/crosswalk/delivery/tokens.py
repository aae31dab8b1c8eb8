"""Tokens: one refresh per expiry across threads and processes (delivery D10, safety A24).

The token lives in a file that only its owner can read, never in the ledger. Who finds it expired
takes a file lock, looks again, and only then asks the token service; the others wait for the file.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from crosswalk.delivery import answers
from crosswalk.delivery.clock import SECOND_US, Clock
from crosswalk.delivery.endpoint import Endpoint, TokenSource
from crosswalk.delivery.faults import BadSetting, CredentialRefused, CredentialUnavailable
from crosswalk.delivery.secrets import Secrets
from crosswalk.delivery.transport import FORM, Message
from crosswalk.delivery.wire import Reply, Seen

OK = 200
REFUSED = frozenset({400, 401, 403})
FAILED_FOR_US = 2 * SECOND_US


class Posts(Protocol):
    """Whatever can post a message: the transport, or a simulation of it."""

    async def post(
        self, endpoint: Endpoint, message: Message, deadline_s: float, url: str | None = None
    ) -> Seen:
        """Post once and say what was seen."""
        ...


@dataclass(frozen=True, slots=True)
class _Held:
    token: str = field(default="", repr=False)
    expires_us: int = 0
    failed_us: int = 0
    refused: bool = False


class Tokens:
    """Hands out tokens; `folder` is shared by all workers of a machine and private to its user."""

    def __init__(self, folder: Path, secrets: Secrets, posts: Posts, clock: Clock) -> None:
        self._folder = folder
        self._secrets = secrets
        self._posts = posts
        self._clock = clock

    async def get(self, endpoint: Endpoint, stale: str | None = None) -> str | None:
        """Return a token that is good for now; `stale` is one the partner just refused.

        None when the endpoint takes none. Raises CredentialRefused, CredentialUnavailable.
        """
        source = endpoint.token
        if source is None:
            return None
        if source.static is not None:
            return self._static(endpoint, source.static, stale)
        path = self._path(endpoint, source)
        held = self._read(path)
        if self._good(held, source, stale):
            return held.token
        asked_us = self._clock.now_us()
        async with _locked(path.with_suffix(".lock"), source.deadline_s):
            held = self._read(path)
            if self._good(held, source, stale):
                return held.token
            if held.failed_us > asked_us - FAILED_FOR_US:
                raise _failure(held)
            return await self._refresh(endpoint, source, path)

    def _static(self, endpoint: Endpoint, reference: str, stale: str | None) -> str:
        try:
            token = self._secrets.get(endpoint.biller, reference)
        except BadSetting as fault:
            raise CredentialRefused(fault.message) from None
        if token == stale:
            raise CredentialRefused("the partner refused the token")
        return token

    def _good(self, held: _Held, source: TokenSource, stale: str | None) -> bool:
        until = held.expires_us - int(source.skew_s * SECOND_US)
        return bool(held.token) and held.token != stale and self._clock.now_us() < until

    async def _refresh(self, endpoint: Endpoint, source: TokenSource, path: Path) -> str:
        try:
            form = self._form(endpoint, source)
        except BadSetting as fault:
            raise CredentialRefused(fault.message) from None
        bare = Endpoint(
            endpoint.biller,
            f"{endpoint.name}.token",
            "",
            endpoint.hosts,
            test=endpoint.test,
            login=(source.client_id or "", source.client_secret or "") if source.basic else None,
        )
        message = Message(urlencode(form).encode(), FORM)
        began = self._clock.now_us()
        seen = await self._posts.post(bare, message, source.deadline_s, source.url)
        held = _held(seen, began)
        _write(path, held)
        if not held.token:
            raise _failure(held)
        return held.token

    def _form(self, endpoint: Endpoint, source: TokenSource) -> dict[str, str]:
        form = {"grant_type": "client_credentials"}
        for name, reference in (
            ("client_id", source.client_id),
            ("client_secret", source.client_secret),
        ):
            if reference is not None and not source.basic:
                form[name] = self._secrets.get(endpoint.biller, reference)
        return form | ({"scope": source.scope} if source.scope else {})

    def _path(self, endpoint: Endpoint, source: TokenSource) -> Path:
        """One file per biller, service, client and scope: never shared between billers."""
        parts = (endpoint.biller, source.url, source.client_id, source.client_secret, source.scope)
        name = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"

    def _read(self, path: Path) -> _Held:
        try:
            found = answers.read(path.read_bytes())
        except (OSError, answers.Unreadable):
            return _Held()
        return _kept(found)


def _kept(found: object) -> _Held:
    """Read what was kept; a file of any other form counts as no token at all."""
    token, expires = answers.at(found, ["token"]), answers.at(found, ["expires_us"])
    failed, refused = answers.at(found, ["failed_us"]), answers.at(found, ["refused"])
    if not isinstance(token, str) or type(expires) is not int or type(failed) is not int:
        return _Held()
    return _Held(token, expires, failed, refused is True)


def _held(seen: Seen, began_us: int) -> _Held:
    """Read the token service's answer; an expiry that cannot be read counts as expired."""
    if not isinstance(seen, Reply) or seen.status != OK or seen.flaw is not None:
        refused = isinstance(seen, Reply) and seen.status in REFUSED
        return _Held(failed_us=began_us, refused=refused)
    try:
        answer = answers.read(seen.body)
    except answers.Unreadable:
        return _Held(failed_us=began_us)
    token = answers.at(answer, ["access_token"])
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        return _Held(failed_us=began_us)
    seconds = answers.number(answers.at(answer, ["expires_in"]))
    lasts = int(min(max(seconds or 0, 0), 10**7) * SECOND_US)
    return _Held(token, began_us + lasts)


def _failure(held: _Held) -> CredentialRefused | CredentialUnavailable:
    if held.refused:
        return CredentialRefused("the token service refused the credential")
    return CredentialUnavailable("the token service gave no token")


@asynccontextmanager
async def _locked(path: Path, patience_s: float) -> AsyncIterator[None]:
    """Hold an exclusive file lock; works between threads as well, each opens the file anew."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + patience_s
        while not _try(handle):
            if time.monotonic() > until:
                raise CredentialUnavailable("another worker is still refreshing the token")
            await asyncio.sleep(0.01)
        yield
    finally:
        os.close(handle)


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, held: _Held) -> None:
    """Replace the file in one step; a reader sees the old token or the new one."""
    text = json.dumps(
        {
            "token": held.token,
            "expires_us": held.expires_us,
            "failed_us": held.failed_us,
            "refused": held.refused,
        }
    )
    new = path.with_suffix(".new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
