"""Reading a partner's JSON answer: exact numbers, no duplicate keys, no surprises."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from crosswalk.delivery.capability import Operation, Refusal

LONGEST = 200
"""How many characters of a reference the ledger keeps."""


class Unreadable(ValueError):  # noqa: N818 - says what is the case
    """The bytes are not one plain JSON document."""


def read(body: bytes) -> object:
    """Parse bytes as JSON; numbers with a point become Decimal. Raises Unreadable."""
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_refuse,
            object_pairs_hook=_unique,
        )
    except (ValueError, RecursionError, InvalidOperation):
        raise Unreadable from None


def at(answer: object, path: Sequence[str]) -> object:
    """Follow names through objects; None where one is missing."""
    for name in path:
        if not isinstance(answer, dict):
            return None
        answer = answer.get(name)
    return answer


def ours(operation: Operation, variables: object, name: str) -> object:
    """Give a value of ours by its field's name, wherever among the variables it stands."""
    return at(variables, operation.places.get(name, (name,)))


def every(answer: object, path: Sequence[str]) -> list[object] | None:
    """Give all that stands at a path, through lists on the way and at its end; none for a null.

    None where a name is missing: then it is not known what there is.

    >>> every({"a": {"edges": [{"node": {"n": 1}}, {"node": {"n": 2}}]}}, ["a", "edges", "node"])
    [{'n': 1}, {'n': 2}]
    """
    found: list[object] = [answer]
    for number, name in enumerate(path, 1):
        inner: list[object] = []
        for one in found:
            if not isinstance(one, dict) or name not in one:
                return None
            value = one[name]
            last = value is None and number == len(path)
            inner += value if isinstance(value, list) else [] if last else [value]
        found = inner
    return found


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that an answer's data name: code and message, "" where the partner gives none."""

    code: str
    message: str


def faults(answer: object, refusal: Refusal | None) -> list[Fault]:
    """Give the faults that an answer's own data name; none where nothing is declared or there."""
    if refusal is None:
        return []
    found = at(answer, refusal.path)
    listed = found if isinstance(found, list) else [] if found is None else [found]
    told = [_fault(one, refusal) for one in listed]
    return [one for one in told if not refusal.values or one.code in refusal.values]


def _fault(value: object, refusal: Refusal) -> Fault:
    def told(key: str | None) -> str:
        inner = value.get(key) if isinstance(value, dict) and key else None
        return code_of(inner) or ""

    code = told(refusal.code)
    if refusal.code is None:
        code = str(value).lower() if isinstance(value, bool) else code_of(value) or ""
    return Fault(code, told(refusal.message))


def code_of(value: object) -> str | None:
    """Give a partner's code as text: a text, or a whole number as it is written; None for others.

    >>> code_of(17)
    '17'
    """
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if whole or isinstance(value, str) else None


def same(ours: object, theirs: object) -> bool:
    """Compare a variable of ours with what the partner says, exactly.

    Text and a whole number agree when the number is written like the text: `101`, never `0101`.
    """
    if isinstance(ours, Decimal) or isinstance(theirs, Decimal):
        return same_amount(ours, theirs)
    if {type(ours), type(theirs)} == {int, str}:
        return str(ours) == str(theirs)
    return type(ours) is type(theirs) and ours == theirs


def same_amount(ours: object, theirs: object) -> bool:
    """Compare two amounts by value, whether they are text or numbers; two nothings differ."""
    left, right = number(ours), number(theirs)
    return left is not None and left == right


def number(value: object) -> Decimal | None:
    """Read a plain number from text, an integer or a Decimal; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    text = str(value)
    if len(text) > 40 or text.strip("+-0123456789.") != "":  # noqa: PLR2004 - far above money
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def reference(value: object) -> str | None:
    """Return the partner's reference as text; None when it is missing or not exact (facts 3.1).

    One that cannot be kept (over 200 characters, control characters, half a character) is none:
    what became of the payment is then unknown, and a person sees it.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    return text if text.strip() and text.isprintable() and len(text) <= LONGEST else None


def _refuse(_: str) -> NoReturn:
    raise Unreadable


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable
    return found
