"""How cases, outcomes and rules are written in findings, matrices and explanations."""

import json
import re
from collections.abc import Iterable, Mapping

from crosswalk.decisions.model import Accepts, Cell, Model

_NOT_ID = re.compile(r"[^a-z0-9]+")
_LONGEST_ID = 80
ANY = "-"
"""How "absent or not listed" is shown."""


def case_text(model: Model, cell: Cell) -> str:
    """Write a cell as a concrete input: `type=card invoice_type=42`, without absent inputs."""
    pieces = []
    for one, value in zip(model.inputs, cell, strict=True):
        if value is not None:
            pieces.append(f"{one.name}={value}")
        elif one.required and not one.gates:
            pieces.append(f"{one.name}=(any other)")
    return " ".join(pieces) or "no input at all"


def told(model: Model) -> tuple[str, ...]:
    """Give the outcomes that can differ: those without a single listed value."""
    return tuple(one.name for one in model.outcomes if len(one.values) != 1)


def values_text(model: Model, values: Mapping[str, str | None]) -> str:
    """Write the outcomes that can differ as `777/555/0`; `?` where there is none."""
    return "/".join(values.get(name) or "?" for name in told(model))


def rule_text(
    model: Model, name: str, when: Mapping[str, Iterable[str]], then: Mapping[str, str]
) -> str:
    """Write a rule as one line of YAML."""
    conditions = ", ".join(
        f"{one.name}: {_condition(list(when[one.name]))}"
        for one in model.inputs
        if one.name in when
    )
    outcomes = ", ".join(f"{key}: {quote(value)}" for key, value in then.items())
    return f"{name}: {{when: {{{conditions}}}, then: {{{outcomes}}}}}"


def _condition(values: list[str]) -> str:
    shown = [scalar(value) for value in values]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"


_BARE = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_-]*|[1-9][0-9]{0,17})")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


def scalar(text: str) -> str:
    """Write a text so that strict YAML reads it as it is, without quotes where it can be."""
    bare = _BARE.fullmatch(text) and text.casefold() not in _WORDS
    return text if bare else quote(text)


def quote(text: str) -> str:
    """Write a text in double quotes for YAML; characters that cannot be seen are escaped."""
    return "".join(map(_escaped, json.dumps(text, ensure_ascii=False)))


def _escaped(letter: str) -> str:
    if letter == " " or (letter.isprintable() and letter != "\ufeff"):
        return letter
    code = ord(letter)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004


def conditions_of(model: Model, accepts: Accepts) -> dict[str, tuple[str, ...]]:
    """Give the conditions that come to what is accepted, values in the model's order."""
    made = {}
    for one, wanted in zip(model.inputs, accepts, strict=True):
        if wanted is not None:
            made[one.name] = tuple(v for v in one.values or sorted(wanted) if v in wanted)
    return made


def rule_id(model: Model, when: Mapping[str, Iterable[str]], taken: Iterable[str] = ()) -> str:
    """Make a rule's id from its values: `credit-card-visa-42`, with `-2` where it is taken."""
    values = [value for one in model.inputs for value in when.get(one.name, ())]
    name = _NOT_ID.sub("-", "-".join(values).lower()).strip("-")[:_LONGEST_ID] or "any"
    known, number, made = set(taken), 1, name
    while made in known:
        number += 1
        made = f"{name}-{number}"
    return made
