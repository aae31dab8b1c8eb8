"""Lines of YAML that a proposal is made of; what is written reads back as the same text."""

import re
from collections.abc import Iterable, Mapping
from json import dumps

from crosswalk.documents.yaml_rules import meaning

_BARE = re.compile(r"[^\W\d](?:[\w ./&()+%$@!'^*=~?;-]|#)*", re.UNICODE)
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}")


def text(value: str) -> str:
    """Write a text so that it reads as the same text, without quotes where it can be."""
    bare = _BARE.fullmatch(value) is not None and " #" not in value and value.strip() == value
    if bare and value.isprintable() and meaning(value) == (value, ""):
        return value
    escaped = "".join(map(_visible, dumps(value, ensure_ascii=False)))
    return escaped if value != "" else '""'


def _visible(sign: str) -> str:
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04X}" if ord(sign) <= _BMP_END else f"\\U{ord(sign):08X}"


_BMP_END = 0xFFFF


def key(name: str) -> str:
    """Write a key of a map: a whole number stands as it is."""
    return name if _WHOLE.fullmatch(name) else text(name)


def flow(pairs: Mapping[str, str]) -> str:
    """Write a map on one line; the values are written already."""
    return f"{{{', '.join(f'{name}: {value}' for name, value in pairs.items())}}}"


def line(indent: int, content: str, doubts: Iterable[str] = ()) -> str:
    """Write a line, with what is left to decide as its comment `# TODO: ...`."""
    told = "; ".join(dict.fromkeys(filter(None, doubts)))
    said = " ".join("".join(sign if sign.isprintable() else " " for sign in told).split())
    return f"{' ' * indent}{content}{f'  # TODO: {said}' if said else ''}".rstrip()


def comment(said: str) -> str:
    """Write a comment of one line."""
    return f"# {' '.join(''.join(sign if sign.isprintable() else ' ' for sign in said).split())}"


def slug(title: str, *, otherwise: str) -> str:
    """Make the name of a record of a title: "Invoice Header" is invoice-header, one word stays."""
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", title):
        return title
    return _NOT_NAME.sub("-", title.casefold()).strip("-") or otherwise
