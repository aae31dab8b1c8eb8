"""The types of settings: how the text of a value is checked, without ever repeating it."""

import json
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from crosswalk.values.codecs import Problem, canonical

_TRIPLE = re.compile(r"[ ]*[0-9]*[ ]*(?:\|[ ]*[0-9]*[ ]*){1,2}")
_FLAGS = re.compile(r"[A-Za-z0-9_-]+(?:[ ,;]+[A-Za-z0-9_-]+)*")
_BLANK = re.compile(r"[\x00-\x20\x7f]")
_BASIC = ("text", "code", "integer", "decimal", "money", "date", "boolean")


def check_value(type: str, text: str) -> None:  # noqa: A002 - the word of the language
    """Check that a text is a value of a type of TYPES. Raises Problem, which never repeats it."""
    TYPES[type](text)


def value_type(type: str) -> str:  # noqa: A002
    """Give the type (of crosswalk.values.codecs) that a mapping sees when it reads a setting."""
    return type if type in _BASIC else "text"


def _codec(type: str) -> Callable[[str], object]:  # noqa: A002
    return canonical(type).read


def _url(text: str) -> None:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Problem("CW804", "is not a URL") from None
    if parts.scheme not in ("http", "https") or not host or _BLANK.search(text):
        raise Problem("CW804", "is not a URL that begins with https://")
    if parts.username is not None or parts.password is not None:
        raise Problem("CW805", "holds a user name or password")


def _triple(text: str) -> None:
    if not _TRIPLE.fullmatch(text):
        raise Problem("CW804", "is not two or three numbers with | between: 101|99|0")


def _flags(text: str) -> None:
    if not _FLAGS.fullmatch(text.strip()):
        raise Problem("CW804", "is not a list of words with commas between")


def _json(text: str) -> None:
    def refuse(_: object) -> object:
        raise ValueError

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Problem("CW804", "is JSON in which a key stands twice")
        return found

    try:
        json.loads(text, parse_constant=refuse, parse_float=str, object_pairs_hook=once)
    except (ValueError, RecursionError):
        residue = "; remove the word before the first bracket" if text[:4] == "json" else ""
        raise Problem("CW804", f"is not JSON{residue}") from None


TYPES: dict[str, Callable[[str], object]] = {
    **{name: _codec(name) for name in _BASIC},
    "url": _url,
    "triple": _triple,
    "flags": _flags,
    "json": _json,
}
"""What reads the text of each type; raises Problem. Source: payment codes 2.3, 2.9 and 10."""
