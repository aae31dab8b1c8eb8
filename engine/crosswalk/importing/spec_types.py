"""What a spec table says of a field's type, in the many ways in which tables say it.

Only what the words say is taken; what they leave open is a doubt in words, never a guess.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crosswalk.documents.source import Map, Scalar, read
from crosswalk.values.datepatterns import read_pattern
from crosswalk.values.spelling import BadSpelling

TYPES = ("text", "code", "integer", "decimal", "money", "date", "time", "datetime", "boolean")
SPELLING = ("decimals", "point", "group", "sign", "symbol", "usage", "digits")

_WORDS = {
    **dict.fromkeys(("text", "string", "str", "char", "character", "varchar", "nvarchar"), "text"),
    **dict.fromkeys(("alphanumeric", "alpha numeric", "alphanum", "alpha", "an", "a n"), "text"),
    **dict.fromkeys(("a", "x", "ans", "nchar", "varchar2", "free text", "memo"), "text"),
    **dict.fromkeys(("guid", "uuid"), "text"),
    **dict.fromkeys(("code", "enum", "enumeration", "identifier"), "code"),
    **dict.fromkeys(("integer", "int", "bigint", "smallint", "tinyint", "whole number"), "integer"),
    **dict.fromkeys(("count", "long"), "integer"),
    **dict.fromkeys(("money", "currency", "amount", "dollar amount", "dollars"), "money"),
    **dict.fromkeys(("decimal", "dec"), "decimal"),
    **dict.fromkeys(("datetime", "date time", "timestamp", "date and time"), "datetime"),
    **{one: one for one in ("date", "time")},
    **dict.fromkeys(("boolean", "bool", "flag", "bit", "yes no", "logical"), "boolean"),
    **dict.fromkeys(("number", "numeric", "num", "n", "digits", "digit"), "number"),
    **dict.fromkeys(("float", "double", "real"), "number"),
}
_SIZED = re.compile(r"([a-z][a-z0-9 ]*?)[ .]*\(?(\d+)(?:[.,v ]+(\d+))?\)?")
_PICTURE = re.compile(r"(?:pic )?(s?)9(?:\((\d+)\)|(9*))(?:(v|\.)9(?:\((\d+)\)|(9*)))?")
_USAGE = re.compile(
    r"(.+?) (?:usage )?(?:is )?(?:(?P<packed>(?:comp|computational) 3|packed decimal|packed)"
    r"|(?:comp|computational)(?: [45])?|binary)"
)
_MOST_PACKED, _BINARY_WIDTHS = 31, {4: 2, 9: 4, 18: 8}
_TEXT_PICTURE = re.compile(r"(?:pic )?[xa](?:\((\d+)\)|([xa]*))")
_MASK = re.compile(r"[cymdhsaton0-9fzi:/.,\- _\"']+", re.IGNORECASE)
_LETTERS = re.compile(
    r"(?i:CC(?=YY)|MONTH|MON|MI|AM|TT)|Y+|y+|M+|m+|D+|d+|H+|h+|S+|s+|.", re.DOTALL
)
_NUMBER = "digits: is it integer, decimal, money, or a code that keeps its zeros?"


@dataclass(frozen=True, slots=True)
class Declared:
    """A type with its spelling keys. `doubt` says what is open; `said` is the table's own type.

    Where the type is open, it is text: the value is taken as it stands, never read wrongly.
    """

    type: str = "text"
    keys: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    doubt: str = ""
    said: str = ""


def declared(kind: str, form: str, decimals: str = "") -> Declared:
    """Read the cells of type, format and decimals together."""
    made = _read(kind, form)
    if decimals.isdecimal() and made.type in ("money", "decimal"):
        made = replace(made, keys={"decimals": decimals, **made.keys})
    elif decimals.isdecimal() and int(decimals) and made.said in ("", "number"):
        doubt = f"{decimals} decimals: is it decimal or money, and is the point written?"
        return Declared(length=made.length, doubt=doubt, said="number")
    return made


def _read(kind: str, form: str) -> Declared:
    if not kind and not form:
        return Declared(doubt="the table gives no type")
    if not kind:
        return _of_word(form) or _of_mask("", form) or _unknown(form)
    made = _of_word(kind)
    if made is None:
        return _of_mask("", kind) or _unknown(kind)
    if not form:
        return _without_form(made)
    return _with_form(made, form)


def _unknown(text: str) -> Declared:
    return Declared(doubt=f"the table says '{text}': which type is it?", said=text)


def _without_form(made: Declared) -> Declared:
    if made.said in ("date", "time", "datetime"):
        return Declared(doubt=f"a {made.said}, in which form?", said=made.said)
    if made.said == "boolean" and "format" not in made.keys:
        return Declared(doubt="a boolean, by which two words?", said="boolean")
    return made


def _with_form(made: Declared, form: str) -> Declared:
    """Add what the format says to a type."""
    if made.said in ("date", "time", "datetime", "boolean"):
        found = _of_mask(made.said, form)
        return found or replace(_without_form(made), doubt=f"{made.said} in the form '{form}'?")
    if made.type in ("integer", "decimal", "money"):
        keys = _spelling(form)
        if keys is not None:
            return replace(made, keys={**made.keys, **keys})
    other = _of_word(form)
    if other is not None and not other.doubt and _same(made.type, other.type):
        return replace(made, length=made.length or other.length, keys={**other.keys, **made.keys})
    if made.said == "number":
        return other or _of_mask("", form) or made
    return replace(made, doubt=f"what does the format '{form}' say?")


def _same(kind: str, other: str) -> bool:
    """Tell whether two types are one, or a picture of digits says how an amount is written."""
    return kind == other or (kind, other) == ("money", "decimal")


def _of_word(text: str) -> Declared | None:
    """Read a type's word, a sized one (`AN 35`, `decimal(10,2)`) or a picture (`9(7)V99`)."""
    said = " ".join(re.sub(r"[_/\-]", " ", text.casefold()).split())
    picture = _of_picture(said)
    if picture is not None:
        return picture
    if said in _WORDS:
        return _typed(_WORDS[said])
    sized = _SIZED.fullmatch(said)
    if sized is None or sized[1].strip() not in _WORDS:
        return None
    return _of_size(_WORDS[sized[1].strip()], int(sized[2]), sized[3])


def _typed(word: str) -> Declared:
    if word == "number":
        return Declared(doubt=_NUMBER, said=word)
    if word in ("date", "time", "datetime", "boolean"):
        return Declared(said=word)
    return Declared(word, said=word)


def _of_size(word: str, size: int, decimals: str | None) -> Declared:
    if decimals is not None and int(decimals):
        return Declared("decimal", {"decimals": decimals}, said=word)
    if word == "number":
        return Declared(length=size, doubt=_NUMBER, said=word)
    made = _typed(word)
    return replace(made, length=size) if made.type in ("text", "code") and not made.doubt else made


def _of_picture(said: str) -> Declared | None:
    if text := _TEXT_PICTURE.fullmatch(said):
        return Declared(length=int(text[1]) if text[1] else len(text[2]) + 1, said="text")
    if used := _USAGE.fullmatch(said):
        return _of_bytes(used[1], "packed" if used["packed"] else "binary")
    found = _PICTURE.fullmatch(said)
    if found is None:
        return None
    whole = int(found[2]) if found[2] else len(found[3]) + 1
    if found[4] is None:
        signed = "signed " if found[1] else ""
        return Declared(length=whole, doubt=signed + _NUMBER, said="number")
    places = int(found[5]) if found[5] else len(found[6] or "") + 1
    if found[1]:
        doubt = f"{places} decimals and a sign: how is the sign written?"
        return Declared(length=whole + places, doubt=doubt, said="number")
    point = {"point": "implied"} if found[4] == "v" else {}
    return Declared("decimal", {"decimals": str(places), **point}, said="decimal")


def _of_bytes(picture: str, usage: str) -> Declared | None:
    """Read the picture of a number in bytes; its length is that of the bytes."""
    found = _PICTURE.fullmatch(picture)
    if found is None or found[4] == ".":
        return None
    whole = int(found[2]) if found[2] else len(found[3]) + 1
    places = 0 if found[4] is None else int(found[5]) if found[5] else len(found[6] or "") + 1
    digits = whole + places
    if usage == "packed":
        width = digits // 2 + 1 if digits <= _MOST_PACKED else None
    else:
        width = next((size for most, size in _BINARY_WIDTHS.items() if digits <= most), None)
    if width is None:
        return Declared(
            doubt=f"a {usage} number of {digits} digits: how wide is it?", said="number"
        )
    word = usage if found[1] else f"{usage}-unsigned"
    keys = {"usage": word, "digits": str(digits)}
    if places:
        return Declared("decimal", {"decimals": str(places), **keys}, width, said="decimal")
    doubt = "whole digits: an integer, a date, or a code that keeps its zeros?"
    return Declared("integer", keys, width, doubt, said="integer")


def _of_mask(kind: str, form: str) -> Declared | None:
    """Read a mask of dates (`MM/DD/YYYY`) or the two words of a boolean (`Y/N`)."""
    yes, slash, no = form.partition("/")
    if kind == "boolean":
        told = slash and yes.strip() and no.strip() and "/" not in no
        keys = {"format": f"{yes.strip()}/{no.strip()}"}
        return Declared("boolean", keys, said="boolean") if told else None
    if not kind and form.casefold() in ("y/n", "yes/no", "true/false", "t/f"):
        return Declared("boolean", {"format": form}, said="boolean")
    if not _MASK.fullmatch(form) or not re.search("[ymdhs]", form, re.IGNORECASE):
        return None
    for pattern in dict.fromkeys((form, _pattern(form))):
        for one in (kind,) if kind else ("date", "datetime", "time"):
            try:
                read_pattern(one, pattern)
            except BadSpelling:
                continue
            return Declared(one, {"format": pattern}, said=one)
    return None


def _pattern(mask: str) -> str:
    """Write a mask of capital letters as a pattern: `MM/DD/YYYY HH:MM` is `MM/dd/yyyy HH:mm`."""
    pieces: list[str] = []
    clock, half = False, re.search(r"[tT]{2}|[aA][mM]", mask) is not None
    for run in _LETTERS.findall(mask):
        small = run.casefold()
        clock = small[0] == "h" or (clock and small[0] not in "yd")
        if small in _MASK_WORDS:
            pieces.append(_MASK_WORDS[small])
        elif small[0] == "m":
            pieces.append(small if clock else run.upper())
        elif small[0] == "h":
            pieces.append(small if half else run.upper())
        else:
            pieces.append(small if small[0] in "yds" else run)
    return "".join(pieces)


_MASK_WORDS = {"mi": "mm", "cc": "yy", "am": "a", "tt": "a", "mon": "MMM", "month": "MMMM"}


def _spelling(form: str) -> dict[str, str] | None:
    """Read the spelling of a number as an export writes it: `decimals: 3, point: implied`."""
    node, findings = read(f"{{{form}}}", "")
    if findings or not isinstance(node, Map) or not set(node.entries) <= set(SPELLING):
        return None
    values = {key: entry.value for key, entry in node.entries.items()}
    if not all(isinstance(one, Scalar) for one in values.values()):
        return None
    return {key: one.text for key, one in values.items() if isinstance(one, Scalar)}
