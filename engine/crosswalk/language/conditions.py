"""Conditions: what they are made of, what they mean, and how they are said in English.

A comparison with an absent value (absent, null or blank) is false; `not` is the exact opposite,
so `{not: X}` also holds where there is no value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, Union, assert_never

from crosswalk.findings.diagnostics import Span
from crosswalk.language.matcher_words import PLAIN, WORDS, Test
from crosswalk.values.codecs import Missing, Value

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Operand:
    """What an author wrote after a word, as text."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Compare:
    """One field held against one word.

    `reference` is as written: `Field`, `Record.Field`, `settings.X` or `run.x`.
    """

    reference: str
    word: str
    operands: tuple[Operand, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class All(Generic[C]):
    """Every part holds."""

    parts: tuple[C, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Generic[C]):
    """At least one part holds."""

    parts: tuple[C, ...]


@dataclass(frozen=True, slots=True)
class Not(Generic[C]):
    """The part does not hold."""

    part: C


@dataclass(frozen=True, slots=True)
class BoundCompare:
    """A comparison whose literals have the field's type; `test` judges the field's value."""

    reference: str
    test: Test
    written: Compare


@dataclass(frozen=True, slots=True)
class BoundSame:
    """A comparison of two fields; `test` judges both values."""

    reference: str
    other: str
    test: Callable[[Value | Missing, Value | Missing], bool]
    written: Compare


Condition = Union[Compare, "All[Condition]", "AnyOf[Condition]", "Not[Condition]"]
"""A condition as its author wrote it."""

BoundCondition = Union[
    BoundCompare,
    BoundSame,
    "All[BoundCondition]",
    "AnyOf[BoundCondition]",
    "Not[BoundCondition]",
]
"""A condition that can be held against values."""


def references(condition: Condition | BoundCondition) -> set[str]:
    """Give every reference that a condition names, as written."""
    match condition:
        case Compare(reference=reference, word="same_as", operands=(other, *_)):
            return {reference, other.text}
        case BoundSame(reference=reference, other=name):
            return {reference, name}
        case Compare(reference=reference) | BoundCompare(reference=reference):
            return {reference}
        case All(parts=parts) | AnyOf(parts=parts):
            return set().union(*(references(part) for part in parts))
        case Not(part=part):
            return references(part)
        case _:
            assert_never(condition)


def holds(condition: BoundCondition, get: Callable[[str], Value | Missing]) -> bool:
    """Hold a condition against the values that `get` gives for its references.

    Raises nothing itself; what `get` raises goes through.
    """
    match condition:
        case BoundCompare():
            return condition.test(get(condition.reference))
        case BoundSame():
            return condition.test(get(condition.reference), get(condition.other))
        case All():
            return all(holds(part, get) for part in condition.parts)
        case AnyOf():
            return any(holds(part, get) for part in condition.parts)
        case Not():
            return not holds(condition.part, get)
        case _:
            assert_never(condition)


def describe(condition: Condition | BoundCondition) -> str:
    """Say a condition in plain English: "Invoice Category Code is present"."""
    match condition:
        case BoundCompare(written=written) | BoundSame(written=written):
            return _say(written, denied=False)
        case Compare():
            return _say(condition, denied=False)
        case All(parts=parts):
            return " and ".join(_bracketed(part) for part in parts)
        case AnyOf(parts=parts):
            return " or ".join(_bracketed(part) for part in parts)
        case Not(part=part):
            return _opposite(part)
        case _:
            assert_never(condition)


def _opposite(part: Condition | BoundCondition) -> str:
    match part:
        case BoundCompare(written=written) | BoundSame(written=written):
            return _say(written, denied=True)
        case Compare():
            return _say(part, denied=True)
        case _:
            return f"not ({describe(part)})"


def _bracketed(part: Condition | BoundCondition) -> str:
    text = describe(part)
    return f"({text})" if isinstance(part, All | AnyOf) else text


def _say(written: Compare, *, denied: bool) -> str:
    word = PLAIN.get(written.word) or WORDS[written.word]
    names = [operand.text for operand in written.operands]
    between = " and " if word.takes == "pair" else " or "
    listed = between.join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    return f"{written.reference} {(word.denies if denied else word.says).format(listed)}"


def rename(condition: Condition, names: Mapping[str, str]) -> Condition:
    """Give the same condition about other references: those in `names`, old to new."""
    match condition:
        case Compare(word="same_as", operands=(other, *_)):
            operand = Operand(names.get(other.text, other.text), other.span)
            reference = names.get(condition.reference, condition.reference)
            return Compare(reference, condition.word, (operand,), condition.span)
        case Compare():
            reference = names.get(condition.reference, condition.reference)
            return Compare(reference, condition.word, condition.operands, condition.span)
        case All(parts=parts):
            return All(tuple(rename(part, names) for part in parts))
        case AnyOf(parts=parts):
            return AnyOf(tuple(rename(part, names) for part in parts))
        case Not(part=part):
            return Not(rename(part, names))
        case _:
            assert_never(condition)
