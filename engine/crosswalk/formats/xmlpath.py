"""Paths of XML layouts: `Acct/Id/IBAN`, `Amt/@Ccy`, `@id`, `.`, `column[@name='Amount']`.

Steps are elements with `/` between them, an attribute may end the path, `.` is the text of the
record's own element. A condition in brackets compares an attribute, a child or the element's own
text with a literal; a number in brackets is the place among the elements of that name (`Cell[2]`).
Nothing else of XPath is there: no `//`, no axes, no functions.
"""

import re
from functools import cache
from typing import NamedTuple

LONGEST = 512
"""How many characters a path may have."""

STEPS = 32
"""How many elements a path may go down."""

_NCNAME = r"[A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u1fff\u3001-\ud7ff]"
_NCNAME += r"[\w.\-\u00b7]*"
_STEP = re.compile(rf"(?P<at>@?)(?:(?P<prefix>{_NCNAME}):)?(?P<local>{_NCNAME})")
_PLACE = re.compile(r"\[(?P<place>[1-9][0-9]{0,3})\]")
_VALUE = re.compile(r"=(?:'(?P<one>[^'<]*)'|\"(?P<two>[^\"<]*)\")")


class BadPathError(Exception):
    """A text that is no path; says why, in an author's words."""


class Step(NamedTuple):
    """One element or attribute of a path: its prefix (empty for none), its name, its conditions.

    `place` is which of the elements of this name it is, from 1; 0: any.
    """

    prefix: str
    local: str
    attribute: bool = False
    tests: tuple["Where", ...] = ()
    place: int = 0

    @property
    def name(self) -> str:
        """The name as the layout spells it, without `@`."""
        return f"{self.prefix}:{self.local}" if self.prefix else self.local

    def __str__(self) -> str:
        tests = "".join(f"[{test}]" for test in self.tests)
        tests += f"[{self.place}]" if self.place else ""
        return f"{'@' if self.attribute else ''}{self.name}{tests}"


class Where(NamedTuple):
    """A condition on an element: what stands at `steps` (none: its own text) is `value`."""

    steps: tuple[Step, ...]
    value: str

    def __str__(self) -> str:
        quote = '"' if "'" in self.value else "'"
        return f"{spelled(self.steps)}={quote}{self.value}{quote}"


def spelled(steps: tuple[Step, ...]) -> str:
    """Give a path as its text."""
    return "/".join(str(step) for step in steps) or "."


@cache
def parse(text: str) -> tuple[Step, ...]:
    """Read a path; `.` has no steps. Raises BadPathError."""
    if len(text) > LONGEST:
        raise BadPathError(f"is longer than {LONGEST} characters")
    steps, at = _steps(text, 0)
    if at < len(text):
        raise BadPathError(f"'{text[at : at + 20]}' is not expected here")
    return steps


def _steps(text: str, at: int, *, inner: bool = False) -> tuple[tuple[Step, ...], int]:
    """Read steps from a place on; give them and where they end."""
    if text[at : at + 1] == "." and text[at + 1 : at + 2] in ("", "="):
        return (), at + 1
    steps: list[Step] = []
    while True:
        step, at = _step(text, at, inner=inner)
        steps.append(step)
        if text[at : at + 1] != "/":
            return tuple(steps), at
        if step.attribute:
            raise BadPathError(f"nothing stands below the attribute '@{step.name}'")
        if len(steps) == STEPS:
            raise BadPathError(f"goes down more than {STEPS} elements")
        at += 1


def _step(text: str, at: int, *, inner: bool) -> tuple[Step, int]:
    found = _STEP.match(text, at)
    if found is None:
        raise BadPathError(_why(text, at))
    at = found.end()
    place = _PLACE.match(text, at) if not (inner or found["at"]) else None
    if place is not None:
        if text[place.end() : place.end() + 1] == "[":
            raise BadPathError("a place stands alone; conditions and places do not mix")
        return Step(found["prefix"] or "", found["local"], place=int(place["place"])), place.end()
    tests: list[Where] = []
    while text[at : at + 1] == "[":
        if inner or found["at"]:
            raise BadPathError("a condition stands only behind an element of the path itself")
        test, at = _test(text, at + 1)
        tests.append(test)
    return Step(found["prefix"] or "", found["local"], bool(found["at"]), tuple(tests)), at


def _test(text: str, at: int) -> tuple[Where, int]:
    if text[at : at + 1].isdigit():
        raise BadPathError("a place is a number from 1 to 9999 right behind the element: Cell[2]")
    steps, at = _steps(text, at, inner=True)
    found = _VALUE.match(text, at)
    if found is None:
        raise BadPathError("a condition is a path, '=' and a text in quotes: [@type='total']")
    at = found.end()
    if text[at : at + 1] != "]":
        raise BadPathError("a condition ends with ']'; write several as [..][..]")
    return Where(steps, found["one"] if found["one"] is not None else found["two"]), at + 1


def _why(text: str, at: int) -> str:
    if text[at : at + 1] == "/":
        lead = at == 0
        return "begins with '/'; paths begin with the first element" if lead else "holds '//'"
    if text[at : at + 2] == "..":
        return "goes up with '..'; take the value from the record above instead"
    rest = text[at : at + 20]
    return f"'{rest}' is no name of an element" if rest else "ends where a name is expected"
