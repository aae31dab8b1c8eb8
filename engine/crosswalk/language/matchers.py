"""Conditions in YAML: read, bound to the types of the fields they name, and their JSON Schema.

`Field: A` (equal), `Field: [A, B]` (one of), `Field: present`, `Field: absent`, or a map of the
words of `matcher_words`; several fields, or several words, must all hold. `any:`, `all:` and
`not:` put conditions together. One vocabulary serves when, where, expect and decision rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

from crosswalk.documents.source import List, Map, Node, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.language.conditions import (
    All,
    AnyOf,
    BoundCompare,
    BoundCondition,
    BoundSame,
    Compare,
    Condition,
    Not,
    Operand,
    describe,
    holds,
    references,
    rename,
)
from crosswalk.language.matcher_words import EVERY, PLAIN, TEXTS, WORDS, Word, is_absent
from crosswalk.language.patterns import BadPattern, parse
from crosswalk.values.codecs import Missing, Problem, Value, canonical

__all__ = [
    "All",
    "AnyOf",
    "BoundCompare",
    "BoundCondition",
    "BoundSame",
    "Compare",
    "Condition",
    "Not",
    "Operand",
    "bind",
    "describe",
    "holds",
    "is_absent",
    "parse_condition",
    "references",
    "rename",
    "schema",
]

_EXAMPLE = "for instance {Amount: {at_least: 10}} or {Category: present}"
_SEVERAL = frozenset({"values", "texts", "pair"})
_NUMBERS = frozenset({"integer", "decimal", "money"})


def parse_condition(node: Node) -> tuple[Condition | None, list[Diagnostic]]:
    """Read a condition; None and the findings (CW431-CW433) where it cannot be read."""
    reader = _Reader()
    made = reader.condition(node)
    return (None if reader.findings else made), reader.findings


@dataclass(slots=True)
class _Reader:
    """Reads conditions, collecting findings."""

    findings: list[Diagnostic] = field(default_factory=list)

    def wrong(self, code: str, message: str, span: Span, remedy: str) -> None:
        self.findings.append(Diagnostic(code, message, span, help=remedy))

    def condition(self, node: Node) -> Condition | None:
        if not isinstance(node, Map) or not node.entries:
            message = "a condition is a map of fields and what they must be"
            self.wrong("CW432", message, node.span, _EXAMPLE)
            return None
        parts: list[Condition | None] = []
        for name, entry in node.entries.items():
            if name in ("any", "all"):
                parts.append(self.several(name, entry.value))
            elif name == "not":
                inner = self.condition(entry.value)
                parts.append(None if inner is None else Not(inner))
            else:
                parts.append(self.matcher(name, entry.value))
        return _together(parts)

    def several(self, name: str, node: Node) -> Condition | None:
        if not isinstance(node, List) or not node.items:
            message = f"'{name}' takes a list of conditions"
            self.wrong("CW432", message, node.span, f"{name}: [{{Field: A}}, {{Other: present}}]")
            return None
        made = [self.condition(item) for item in node.items]
        good = tuple(part for part in made if part is not None)
        return All(good) if name == "all" else AnyOf(good)

    def matcher(self, name: str, node: Node) -> Condition | None:
        """Read what one field must be."""
        match node:
            case Scalar():
                return self.plain(name, node)
            case List():
                return self.one_of(name, node)
            case Map(entries=entries) if entries:
                return _together([self.word(name, e.key, e.value) for e in entries.values()])
            case Map():
                self.wrong("CW432", f"nothing is said about '{name}'", node.span, _EXAMPLE)
                return None
            case _:
                assert_never(node)

    def plain(self, name: str, node: Scalar) -> Condition | None:
        if node.text in PLAIN:
            return Compare(name, node.text, (), node.span)
        operand = self.operand(node)
        return None if operand is None else Compare(name, "equals", (operand,), node.span)

    def one_of(self, name: str, node: List) -> Condition | None:
        """Read a list: any of its values, or `present` or `absent`."""
        if not node.items:
            self.wrong("CW432", f"'{name}' can never be one of no values", node.span, _EXAMPLE)
        if all(isinstance(one, Scalar) and one.text not in PLAIN for one in node.items):
            operands = self.operands(node)
            return Compare(name, "in", operands, node.span) if operands else None
        made = [self.matcher(name, item) for item in node.items]
        return AnyOf(tuple(part for part in made if part is not None))

    def word(self, name: str, key: Scalar, node: Node) -> Condition | None:
        if key.text == "not":
            inner = self.matcher(name, node)
            return None if inner is None else Not(inner)
        word = WORDS.get(key.text)
        if word is None:
            self.wrong(
                "CW431", f"'{key.text}' is not a word of conditions", key.span, _known(key.text)
            )
            return None
        operands = self.operands(node)
        if not operands or not self.countable(key.text, word, operands, node):
            return None
        return Compare(name, key.text, operands, key.span)

    def countable(self, name: str, word: Word, operands: tuple[Operand, ...], node: Node) -> bool:
        """Check how many operands there are, and those that are not values of the field."""
        if word.takes == "pair" and len(operands) != len(("low", "high")):
            self.wrong("CW433", f"'{name}' takes two values", node.span, f"{name}: [1, 10]")
            return False
        if word.takes not in _SEVERAL and len(operands) > 1:
            self.wrong("CW433", f"'{name}' takes one value", node.span, "keep one of them")
            return False
        text = operands[0].text
        if word.takes == "count" and not (text.isascii() and text.isdigit() and int(text[:9])):
            self.wrong("CW433", f"'{name}' takes a whole number from 1 on", node.span, "")
            return False
        return word.takes != "shape" or self.shape(text, node)

    def shape(self, text: str, node: Node) -> bool:
        try:
            parse(text, shape=True)
        except BadPattern as bad:
            self.wrong("CW433", bad.message, node.span, bad.help)
            return False
        return True

    def operands(self, node: Node) -> tuple[Operand, ...]:
        """Read one value or a list of values; empty when one of them cannot be read."""
        items = node.items if isinstance(node, List) else (node,)
        made = [self.operand(item) for item in items]
        good = tuple(one for one in made if one is not None)
        return good if len(good) == len(made) else ()

    def operand(self, node: Node) -> Operand | None:
        if not isinstance(node, Scalar):
            self.wrong("CW432", "a value is expected here", node.span, _EXAMPLE)
        elif node.value is None or not node.text.strip():
            remedy = "write absent for 'no value', present for 'any value'"
            self.wrong("CW433", "a condition does not compare with nothing", node.span, remedy)
        else:
            return Operand(node.text, node.span)
        return None


def _known(word: str) -> str:
    if word in PLAIN:
        return f"write it without a map: Field: {word}"
    near = closest(word, (*WORDS, "not"))
    return f"did you mean '{near}'?" if near else f"words are {', '.join(WORDS)} and not"


def _together(parts: list[Condition | None]) -> Condition | None:
    good = tuple(part for part in parts if part is not None)
    return good[0] if len(good) == 1 else All(good)


Lookup = Callable[[str], tuple[str, int | None] | None]
"""Gives the type and the decimals of a reference; None when it names nothing."""


def bind(condition: Condition, lookup: Lookup) -> tuple[BoundCondition | None, list[Diagnostic]]:
    """Give literals the types of the fields they are compared with.

    Returns None and the findings (CW434-CW436) where a literal is not a value of its field's type
    or a word is not for that type. A reference that `lookup` does not know is CW436.
    """
    findings: list[Diagnostic] = []
    made = _bind(condition, lookup, findings)
    return (None if findings else made), findings


def _bind(
    condition: Condition, lookup: Lookup, findings: list[Diagnostic]
) -> BoundCondition | None:
    match condition:
        case Compare():
            try:
                return _compare(condition, lookup)
            except _Refused as refused:
                findings.append(refused.finding)
                return None
        case Not(part=part):
            inner = _bind(part, lookup, findings)
            return None if inner is None else Not(inner)
        case All(parts=parts) | AnyOf(parts=parts):
            made = [_bind(part, lookup, findings) for part in parts]
            good = tuple(one for one in made if one is not None)
            return All(good) if isinstance(condition, All) else AnyOf(good)
        case _:
            assert_never(condition)


class _Refused(Exception):  # noqa: N818
    """A comparison that does not fit its field."""

    def __init__(self, code: str, message: str, span: Span, remedy: str = "") -> None:
        super().__init__(message)
        self.finding = Diagnostic(code, message, span, help=remedy)


def _compare(written: Compare, lookup: Lookup) -> BoundCompare | BoundSame:
    kind, decimals = _type(written.reference, written.span, lookup)
    word = PLAIN.get(written.word) or WORDS[written.word]
    if kind not in word.types:
        what = "texts" if word.types == TEXTS else "numbers, dates and times"
        message = f"'{written.word}' is for {what}; {written.reference} is {kind}"
        fitting = ", ".join(name for name, one in WORDS.items() if kind in one.types)
        raise _Refused("CW435", message, written.span, f"words for {kind}: {fitting}")
    if word.takes == "field":
        return _same(written, kind, lookup)
    values = tuple(_literal(one, word, kind, decimals, written) for one in written.operands)
    if word.takes == "pair" and values[0] > values[1]:
        remedy = "write the smaller value first"
        raise _Refused("CW434", "no value lies between these two", written.span, remedy)
    return BoundCompare(written.reference, word.make(values), written)


def _type(reference: str, span: Span, lookup: Lookup) -> tuple[str, int | None]:
    found = lookup(reference)
    if found is None:
        raise _Refused("CW436", f"nothing is called '{reference}'", span)
    kind, decimals = found
    return (kind if kind in EVERY else "text"), decimals


def _literal(
    operand: Operand, word: Word, kind: str, decimals: int | None, written: Compare
) -> Any:  # noqa: ANN401
    if word.takes == "count":
        return int(operand.text)
    if word.takes in ("texts", "shape"):
        return operand.text
    try:
        return canonical(kind, decimals).read(operand.text)
    except Problem as problem:
        message = f"'{operand.text}' is not a value of {written.reference}: {problem.reason}"
        raise _Refused(
            "CW434", message, operand.span, f"{written.reference} is {kind}"
        ) from problem


def _same(written: Compare, kind: str, lookup: Lookup) -> BoundSame:
    other = written.operands[0]
    second, _ = _type(other.text, other.span, lookup)
    if kind != second and not any({kind, second} <= family for family in (TEXTS, _NUMBERS)):
        message = (
            f"{written.reference} is {kind}, {other.text} is {second}: they are never the same"
        )
        raise _Refused("CW435", message, other.span, "compare fields of one type")
    return BoundSame(written.reference, other.text, _equal_values, written)


def _equal_values(one: Value | Missing, other: Value | Missing) -> bool:
    return not is_absent(one) and one == other


def schema() -> Mapping[str, Any]:
    """Give the definitions `condition` and `matcher` for a JSON Schema's `$defs`."""
    condition = {"$ref": "#/$defs/condition"}
    scalar = {"type": ["string", "integer", "number", "boolean", "object"]}
    words = {name: word.schema() for name, word in WORDS.items()}
    opposite = {"description": "The opposite; also holds where there is no value."}
    listed = {"type": "array", "items": condition, "minItems": 1}
    return {
        "condition": {
            "description": "Fields and what they must be; all must hold.",
            "type": "object",
            "minProperties": 1,
            "properties": {
                "any": {"description": "At least one of these conditions holds.", **listed},
                "all": {"description": "All of these conditions hold.", **listed},
                "not": {"description": "This condition does not hold.", **condition},
            },
            "additionalProperties": {"$ref": "#/$defs/matcher"},
        },
        "matcher": {
            "description": "A value, a list of values, present, absent, or words such as at_least.",
            "type": [*scalar["type"], "array"],
            "items": scalar,
            "minItems": 1,
            "minProperties": 1,
            "properties": {**words, "not": {**opposite, "$ref": "#/$defs/matcher"}},
            "additionalProperties": False,
        },
    }
