"""What the columns of a spec table are, told by the words of their headers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crosswalk.findings.suggest import closest
from crosswalk.importing.grid import Grid, Refused

ROLES: dict[str, tuple[str, ...]] = {
    "id": (
        *("id", "filespecid", "file spec id", "field id", "field no", "field number", "field nr"),
        *("no", "nr", "number", "seq", "sequence", "item", "element id", "spec id"),
    ),
    "field": (
        *("field", "field name", "name", "our field", "target field", "target", "element"),
        *("column", "column name", "data element", "attribute", "element name", "fieldname"),
    ),
    "partner": (
        *("partner field", "partner field name", "source field", "source", "their field"),
        *("partner", "source column", "source field name", "mapped from", "maps from", "maps to"),
        *("customer field", "software field", "vendor field", "external field", "input field"),
    ),
    "record": ("record", "record type", "segment", "row type", "line type", "section", "rec type"),
    "required": (
        *("required", "req", "mandatory", "is required", "usage", "m o", "r o", "m c o"),
        *("required optional", "mandatory optional", "presence", "obligation"),
    ),
    "optional": ("optional", "nullable", "null", "nulls", "nulls allowed", "allow null"),
    "in file": ("in file", "in file y n", "infile", "provided", "available", "sent", "in use"),
    "type": ("type", "data type", "datatype", "field type", "value type"),
    "format": ("format", "mask", "picture", "pic", "date format", "field format", "pattern"),
    "length": (
        *("length", "len", "max length", "maximum length", "max len", "char limit", "size"),
        *("character limit", "max characters", "max", "field length", "width", "characters"),
        "bytes",
    ),
    "decimals": ("decimals", "scale", "decimal places", "dec", "decimal"),
    "start": ("start", "start position", "begin", "from", "from position", "starting position"),
    "end": ("end", "end position", "to", "to position", "thru", "through", "ending position"),
    "position": ("position", "positions", "pos", "columns", "col", "cols", "location", "place"),
    "always": ("always", "constant", "fixed value", "constant value"),
    "values": ("values", "allowed values", "valid values", "code list", "codes", "enumeration"),
    "description": (
        *("description", "desc", "note", "notes", "comment", "comments", "remark", "remarks"),
        *("definition", "meaning", "explanation", "field description", "rule", "rules", "details"),
    ),
    "how": ("how",),
    "left": ("partner code", "their code", "code", "source code", "source value", "key", "from"),
    "right": ("our code", "our value", "target code", "target value", "mapped to", "value", "to"),
    "ignore": (),
}
"""The roles of columns, each with the headers that mean it. The most telling stand first."""

TABLES = tuple(role for role in ROLES if role not in ("left", "right"))
CODES = ("left", "right", "description", "ignore")
SEVERAL = frozenset({"description", "ignore"})
"""Roles that more than one column may have."""

_PARTNERS = frozenset({"partner", "source", "their", "customer", "vendor", "software", "external"})
_WORDS = re.compile(r"[a-z0-9]+")
_SEARCHED = 40


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table by role, and what was made of its header.

    `first` is the row (from 0) with the header; `theirs` the roles whose header says that they are
    about the partner's side ("Partner Format").
    """

    places: Mapping[str, tuple[int, ...]]
    first: int
    told: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]
    theirs: frozenset[str]

    def cell(self, row: Sequence[str], role: str) -> str:
        """Give what a row holds for a role; several columns are joined, nothing is ''."""
        texts = (row[at] for at in self.places.get(role, ()) if at < len(row))
        return "; ".join(dict.fromkeys(text for text in texts if text))


def words(text: str) -> str:
    """Give a header as small words: "FileSpecID #" is `filespecid`, "In_File Y/N" `in file y n`."""
    return " ".join(_WORDS.findall(text.replace("_", " ").casefold()))


def find_columns(
    table: Grid, given: Mapping[str, str], roles: tuple[str, ...] = TABLES
) -> Columns | None:
    """Find the header row of a table, the row with the most known headers; None without two.

    `given` says what columns are, by header: it comes before what the words say. Raises Refused
    when it names a header or role that is not there.
    """
    best: Columns | None = None
    for at, row in enumerate(table.rows[:_SEARCHED]):
        found = _columns(at, row, given, roles)
        if found is not None and (best is None or len(found.told) > len(best.told)):
            best = found
    _refuse_strangers(table, given, roles, best)
    return best


def _columns(
    at: int, row: Sequence[str], given: Mapping[str, str], roles: tuple[str, ...]
) -> Columns | None:
    chosen = {words(header): role for header, role in given.items()}
    wanted: list[tuple[int, int, str]] = []  # how sure (0 is best), column, role
    for column, header in enumerate(row):
        said = words(header)
        if said in chosen:
            wanted.append((-1, column, chosen[said]))
        elif said:
            wanted += [(sure, column, role) for sure, role in _meanings(said, roles)]
    places: dict[str, tuple[int, ...]] = {}
    taken: dict[int, str] = {}
    for _, column, role in sorted(wanted, key=lambda one: one[:2]):
        if column not in taken and (role not in places or role in SEVERAL):
            places[role] = (*places.get(role, ()), column)
            taken[column] = role
    if len({row[column] for column in taken}) < _LEAST:
        return None
    told = tuple((row[column], taken[column]) for column in sorted(taken))
    unknown = tuple(text for column, text in enumerate(row) if text and column not in taken)
    theirs = frozenset(
        role for column, role in taken.items() if set(words(row[column]).split()) & _PARTNERS
    )
    return Columns(places, at, told, unknown, theirs)


_LEAST = 2


def _meanings(said: str, roles: tuple[str, ...]) -> list[tuple[int, str]]:
    """Give the roles that a header may have, with how sure that is (0 is best)."""
    found = []
    for role in roles:
        phrases = ROLES[role]
        if said in phrases:
            found.append((phrases.index(said), role))
        elif any(said.endswith(f" {phrase}") for phrase in phrases):
            found.append((_LESS_SURE, role))
    return found


_LESS_SURE = 100


def _refuse_strangers(
    table: Grid, given: Mapping[str, str], roles: tuple[str, ...], found: Columns | None
) -> None:
    for header, role in given.items():
        if role not in roles:
            near = closest(role, roles)
            remedy = f"did you mean {near!r}?" if near else "one of: " + ", ".join(roles)
            raise Refused(f"{role!r} is no role of a column; {remedy}")
        row = table.rows[found.first] if found else ()
        if words(header) not in map(words, row):
            near = closest(header, [one for one in row if one])
            remedy = f"; did you mean {near!r}?" if near else ""
            raise Refused(f"no column has the header {header!r}{remedy}")
