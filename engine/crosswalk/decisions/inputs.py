"""From the raw inputs of a case to its cell: repairs are noted, nothing unknown is ignored."""

from collections.abc import Mapping
from dataclasses import dataclass

from crosswalk.decisions.model import Alias, Cell, Input, Model, Reason
from crosswalk.findings.suggest import closest, quoted
from crosswalk.values.codecs import Missing

MOST_DIGITS = 18
"""How long a whole number may be."""
ABSENT = "-"
"""How an absent value is shown."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case that was understood: its cell, how each value is shown, and what was repaired."""

    cell: Cell
    shown: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Refused(Exception):  # noqa: N818 - a result of reading, always caught by the decision
    """An input that cannot be used; `subject` is its name."""

    def __init__(self, reason: Reason, subject: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.subject = subject
        self.message = message


def understand(model: Model, raw: Mapping[str, object], aliases: tuple[Alias, ...] = ()) -> Case:
    """Give the cell of a case (payment codes 2.2).

    Values are text, whole numbers, None or MISSING. Raises Refused for an unknown input name, a
    value of the wrong type, a missing required value and a value that is not listed.
    """
    for name in raw:
        if name not in model.positions:
            near = closest(name, model.positions)
            remedy = f"; did you mean '{near}'?" if near else ""
            raise Refused(Reason.INPUT_ERROR, name, f"no input is called {quoted(name)}{remedy}")
    notes: list[str] = []
    cell: list[str | None] = []
    shown: list[str] = []
    for one in model.inputs:
        value, seen = _meant(one, cell, raw.get(one.name), notes)
        cell.append(value)
        shown.append(seen)
    for alias in aliases:
        was = cell[alias.position]
        if was in alias.values:
            cell[alias.position] = shown[alias.position] = alias.becomes
            name = model.inputs[alias.position].name
            notes.append(f"{name} {was} is taken as {alias.becomes} (setting {alias.setting})")
    return Case(tuple(cell), tuple(shown), tuple(notes))


def _meant(
    one: Input, cell: list[str | None], raw: object, notes: list[str]
) -> tuple[str | None, str]:
    """Read one input; a value that has no meaning for this case is dropped."""
    if all(cell[position] in values for position, values in one.gates):
        return read_value(one, raw, notes)
    if raw not in (None, Missing.MISSING, ""):
        others = ", ".join(str(cell[position]) for position, _ in one.gates)
        notes.append(f"{one.name} has no meaning for {others} and is left out")
    return None, ABSENT


def read_value(one: Input, raw: object, notes: list[str]) -> tuple[str | None, str]:
    """Give the name of an input's value (None: absent or not listed) and how it is shown."""
    written = _integer(one, raw, notes) if one.kind == "integer" else _text(one, raw, notes)
    if written is None:
        if one.required:
            raise Refused(Reason.INPUT_ERROR, one.name, f"{one.name} is missing")
        return None, ABSENT
    if one.values is None:
        return written, written
    name = named(one, written)
    if name is None and one.refuses:
        message = f"{quoted(written)} is not a value of {one.name}"
        raise Refused(Reason.UNKNOWN_VALUE, one.name, message)
    if name is None:
        notes.append(f"{one.name} {quoted(written)} is not listed")
        return None, f"other ({written})"
    if one.values[name] != written:
        notes.append(f"{one.name}: {quoted(written)} is taken as {quoted(one.values[name])}")
    return name, name


def named(one: Input, written: str) -> str | None:
    """Give the name of a listed value by its text in records."""
    for name, code in (one.values or {}).items():
        if code == written or (one.ignore_case and code.casefold() == written.casefold()):
            return name
    return None


def _integer(one: Input, raw: object, notes: list[str]) -> str | None:
    if raw is None or isinstance(raw, Missing):
        return None
    if isinstance(raw, str):
        digits = raw.strip()
        if not digits:
            return None
        if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS:
            notes.append(f"{one.name}: the text {quoted(raw)} is taken as a number")
            return str(int(digits))
    elif isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 10**MOST_DIGITS:
        return str(raw)
    raise Refused(Reason.INPUT_ERROR, one.name, f"{one.name} is not a whole number")


def _text(one: Input, raw: object, notes: list[str]) -> str | None:
    if raw is None or isinstance(raw, Missing):
        return None
    if not isinstance(raw, str):
        raise Refused(Reason.INPUT_ERROR, one.name, f"{one.name} is not text")
    written = raw.strip()
    if one.ignore_case and one.values is None:
        written = written.upper()
    if written != raw and written:
        notes.append(f"{one.name}: {quoted(raw)} is taken as {quoted(written)}")
    return written or None
