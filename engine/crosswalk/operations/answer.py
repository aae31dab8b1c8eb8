"""A partner's answer as data: its errors, whether it is partial, and the JSON that is mapped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crosswalk.delivery.answers import at, code_of, faults, same
from crosswalk.delivery.capability import Operation
from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.jsonshape import ShapeError
from crosswalk.formats.jsontext import decode, encode

LONGEST = 200
CODE = ("extensions", "code")
"""Where an error has its code, unless the operation says otherwise."""


@dataclass(frozen=True, slots=True)
class PartnerError:
    """One error of an answer: the partner's code ("" where it gives none), message and path."""

    code: str
    message: str
    path: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is JSON of GraphQL's shape.

    `partial` tells that there are errors and some data all the same; `body` is the answer on one
    line, with null and absent kept apart and numbers exact.
    """

    errors: tuple[PartnerError, ...]
    partial: bool
    body: bytes


def read_answer(
    data: bytes,
    promised: Operation | None = None,
    opened: Callable[[object], None] = lambda _: None,
) -> Answer:
    """Read a recorded answer; with what its operation promises, faults among its data too.

    `opened` puts what JSON texts among the data hold in their place. Raises FormatProblem
    (CW640-CW646) when it is none of GraphQL's.
    """
    try:
        value = decode(data.removeprefix(b"\xef\xbb\xbf"))
    except ShapeError as wrong:
        raise FormatProblem(wrong.code, wrong.reason) from None
    if not isinstance(value, dict) or not ("data" in value or "errors" in value):
        raise FormatProblem("CW645", "an answer is an object with data, or errors, or both")
    listed = value.get("errors")
    if listed is not None and not isinstance(listed, list):
        raise FormatProblem("CW645", "'errors' must be a list")
    opened(value)
    where = promised.error_code if promised is not None else CODE
    errors = tuple(_error(one, where) for one in listed or ())
    found = value.get("data")
    partial = isinstance(found, dict) and any(one is not None for one in found.values())
    told = (*errors, *_refusals(value, promised))
    return Answer(told, bool(errors) and partial, (encode(value) + "\n").encode())


def _refusals(value: object, promised: Operation | None) -> tuple[PartnerError, ...]:
    """Give the faults that the data of an answer without its reference name."""
    if promised is None:
        return ()
    if at(value, promised.success.path) is not None:
        if not _as_expected(value, promised):
            return (PartnerError("", "the answer's data do not say that it was done", ""),)
        if promised.refusal is None or not promised.refusal.values:
            return ()
    if promised.refusal is None:
        return ()
    path = ".".join(promised.refusal.path)
    found = faults(value, promised.refusal)
    return tuple(PartnerError(one.code, one.message[:LONGEST], path) for one in found)


def _as_expected(value: object, promised: Operation) -> bool:
    """Tell whether an answer has, beside its reference, what it has when it was done."""
    return all(
        any(same(one, at(value, path)) for one in values)
        for path, values in promised.success.expect.items()
    )


def _error(value: object, where: Sequence[str]) -> PartnerError:
    if not isinstance(value, dict):
        return PartnerError("", "an error that is no object", "")
    path = value.get("path")
    steps = path if isinstance(path, list) else []
    return PartnerError(
        code_of(at(value, where)) or "",
        str(value.get("message") or "")[:LONGEST],
        ".".join(str(step) for step in steps),
    )
