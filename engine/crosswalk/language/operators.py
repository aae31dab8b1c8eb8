"""The closed table of clean-up operators (`via:`), chains of them, their schema and reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from crosswalk.documents.source import Map, Node, plain
from crosswalk.findings.diagnostics import Span
from crosswalk.findings.suggest import closest
from crosswalk.language.cleanup import (
    BadParameter,
    Bound,
    Example,
    Fails,
    Operator,
    Parameter,
    check_parameter,
    guard,
)
from crosswalk.language.cleanup_accounts import ACCOUNT_OPERATORS
from crosswalk.language.cleanup_text import TEXT_OPERATORS
from crosswalk.language.cleanup_values import VALUE_OPERATORS
from crosswalk.language.cleanup_zones import ZONE_OPERATORS
from crosswalk.values.spelling import Value

__all__ = [
    "OPERATORS",
    "BadParameter",
    "Bound",
    "Chain",
    "Example",
    "Fails",
    "Link",
    "Operator",
    "bind_chain",
    "bind_operator",
    "reference",
    "schema",
]

OPERATORS: dict[str, Operator] = {
    one.name: one
    for one in (*TEXT_OPERATORS, *ACCOUNT_OPERATORS, *VALUE_OPERATORS, *ZONE_OPERATORS)
}
"""Every operator by its name, in the order of the documentation."""


class Link(NamedTuple):
    """One bound operator of a chain. `apply` raises Problem; it never sees an absent value."""

    name: str
    apply: Any
    span: Span


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators bound one after another.

    `backward` holds the inverses from last to first, None when one of them has none. `loss` says
    what the way back does not restore, operator by operator; empty when it restores everything.
    """

    forward: tuple[Link, ...]
    backward: tuple[Link, ...] | None
    loss: tuple[str, ...]
    takes: str
    gives: str

    def apply(self, value: Value) -> Value:
        """Send a present value forward; what follows a blank is passed over. Raises Problem."""
        return _run(self.forward, value)

    def undo(self, value: Value) -> Value:
        """Send a present value back. Raises Problem; ValueError when there is no way back."""
        if self.backward is None:
            raise ValueError("the chain has no way back")
        return _run(self.backward, value)


def _run(links: tuple[Link, ...], value: Value) -> Value:
    for link in links:
        if value is None or (isinstance(value, str) and not value.strip()):
            break
        value = link.apply(value)
    return value


def bind_chain(steps: Sequence[tuple[str, Node | None, Span]], type_in: str) -> Chain:
    """Bind operators (name, parameter, place) one after another for values of `type_in`.

    The type "any" (a value whose type is settled elsewhere) fits every operator. Raises
    BadParameter for an unknown operator, a wrong parameter, or a type that an operator is not for.
    """
    forward: list[Link] = []
    backward: list[Link | None] = []
    losses: list[str] = []
    takes, kind = "", type_in
    for name, parameter, span in steps:
        operator = _named(name, span)
        made, accepts, result = _bind(operator, parameter, span, kind)
        takes = takes or accepts[0]
        losses += [f"{name}: {made.loss}"] if made.loss else []
        forward.append(Link(name, guard(made.forward, accepts), span))
        undo = made.backward and guard(made.backward, _back_types(operator, kind, result))
        backward.append(None if undo is None else Link(name, undo, span))
        kind = result
    known = [link for link in reversed(backward) if link is not None]
    complete = tuple(known) if len(known) == len(backward) else None
    return Chain(tuple(forward), complete, tuple(losses), takes or type_in, kind)


def bind_operator(operator: Operator, parameter: Parameter, type_in: str) -> Bound:
    """Bind one operator to a parameter given as plain data. Raises BadParameter."""
    check_parameter(operator.name, operator.parameter, parameter)
    return operator.bind(parameter, type_in)


def _named(name: str, span: Span) -> Operator:
    found = OPERATORS.get(name)
    if found is not None:
        return found
    near = closest(name, OPERATORS)
    remedy = f"did you mean '{near}'?" if near else "operators are " + ", ".join(OPERATORS)
    raise BadParameter(f"'{name}' is not an operator", remedy, span)


def _bind(
    operator: Operator, node: Node | None, span: Span, kind: str
) -> tuple[Bound, tuple[str, ...], str]:
    """Bind one operator of a chain; give it with the types it accepts and the type it gives."""
    if kind != "any" and kind not in operator.takes:
        remedy = f"it takes {' or '.join(operator.takes)}" + _converter(operator, kind)
        raise BadParameter(f"'{operator.name}' is not for type {kind}", remedy, span)
    parameter = None if node is None else plain(node)
    try:
        made = bind_operator(operator, parameter, kind)
    except BadParameter as bad:
        raise BadParameter(bad.message, bad.help, _place(node, bad.key) or span) from bad
    settled = (made.settled,) if made.settled else operator.takes
    accepts = settled if kind == "any" else (kind,)
    return made, accepts, operator.result(parameter, accepts[0])


def _converter(operator: Operator, kind: str) -> str:
    """Name the operator that would make the value fit."""
    if "text" in operator.takes:
        return "; put write_as before it"
    return "; put read_as before it" if kind in ("text", "code") else ""


def _back_types(operator: Operator, kind: str, result: str) -> tuple[str, ...]:
    return operator.takes if kind == "any" and operator.gives is None else (result,)


def _place(node: Node | None, key: str | None) -> Span | None:
    if isinstance(node, Map) and key in node.entries:
        return node.entries[key].value.span
    return None if node is None else node.span


def schema() -> dict[str, Any]:
    """Give the JSON Schema of one item of `via:`: an operator's name, or a map of one operator."""
    alone = [one.name for one in OPERATORS.values() if one.parameter is None]
    return {
        "description": "One clean-up operator; see the reference of operators.",
        "type": ["string", "object"],
        "if": {"type": "string"},
        "then": {"enum": alone},
        "properties": {
            one.name: {**one.parameter, "description": f"{one.doc} {one.parameter['description']}"}
            for one in OPERATORS.values()
            if one.parameter is not None
        },
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def reference() -> str:
    """Write the Markdown reference of the operators, generated from the table."""
    return "\n\n".join(["# Operators", _INTRODUCTION, *map(_section, OPERATORS.values())]) + "\n"


_INTRODUCTION = """\
Operators stand in `via:` and are applied one after another, from left to right. They never see an
absent value, and where a text becomes blank the rest is passed over: blank stays blank."""


def _section(operator: Operator) -> str:
    lines = [f"## {operator.name}", "", operator.doc, ""]
    gives = operator.gives if isinstance(operator.gives, str) else "the same type"
    gives = "the type declared" if callable(operator.gives) else gives
    lines += [f"- Takes {', '.join(operator.takes)}; gives {gives}.", *_parameter(operator)]
    lines += [f"- Loses: {operator.loss}." if operator.loss else "- Exact both ways.", ""]
    lines += ["| written | given | gives |", "| --- | --- | --- |"]
    lines += [
        f"| `{_written(operator, one.parameter)}` | `{_shown(one.given)}` | {_outcome(one.gives)} |"
        for one in operator.examples
    ]
    return "\n".join(lines)


def _parameter(operator: Operator) -> list[str]:
    if operator.parameter is None:
        return []
    lines = [f"- Parameter: {operator.parameter['description']}"]
    for name, part in operator.parameter.get("properties", {}).items():
        needed = " (required)" if name in operator.parameter.get("required", ()) else ""
        lines.append(f"  - `{name}`{needed}: {part['description']}")
    return lines


def _written(operator: Operator, parameter: Parameter) -> str:
    return operator.name if parameter is None else f"{operator.name}: {_flow(parameter)}"


def _flow(parameter: Parameter) -> str:
    """Write a parameter as YAML in one line."""
    if isinstance(parameter, dict):
        inner = ", ".join(f"{_flow(key)}: {_flow(value)}" for key, value in parameter.items())
        return f"{{{inner}}}"
    if isinstance(parameter, list):
        return f"[{', '.join(map(_flow, parameter))}]"
    simple = isinstance(parameter, int) or parameter.replace("_", "a").isalpha()
    return str(parameter) if simple else f'"{parameter}"'


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("\n", "\\n") if not isinstance(value, str) or value else '""'


def _outcome(outcome: Value | Fails) -> str:
    return f"refused ({outcome.code})" if isinstance(outcome, Fails) else f"`{_shown(outcome)}`"
