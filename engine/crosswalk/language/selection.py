"""Selecting parts of a JSON document by JMESPath, with bounded expressions."""

from typing import Any

from crosswalk.findings.errors import FormatProblem

LONGEST = 256
"""How many characters an expression may have (safety A7)."""

DEEPEST = 24
"""How deeply the parts of an expression may be nested."""

WIDEST = 4
"""How many flatten and multi-select parts an expression may have; each can multiply its input."""

_WIDE = frozenset({"flatten", "multi_select_list", "multi_select_dict"})


def select(expression: str, value: object) -> object:
    """Give what a JMESPath expression selects in a decoded JSON value; None for nothing.

    Raises FormatProblem CW647 for an expression that is wrong, too long, too deep, too wide or
    that calls functions (they would compute, and turn exact numbers into floats).
    """
    import jmespath
    from jmespath.exceptions import JMESPathError

    if len(expression) > LONGEST:
        raise _refused(expression, f"has more than {LONGEST} characters")
    try:
        compiled = jmespath.compile(expression)
        _inspect(expression, compiled.parsed)
        found: object = compiled.search(value)
    except (JMESPathError, RecursionError) as wrong:
        raise _refused(expression, "is not a JMESPath expression") from wrong
    return found


def _inspect(expression: str, parsed: Any) -> None:  # noqa: ANN401 - the library's untyped tree
    wide, level, depth = 0, [parsed], 0
    while level:
        depth += 1
        kinds = [node["type"] for node in level]
        wide += sum(kind in _WIDE for kind in kinds)
        if "function_expression" in kinds:
            raise _refused(expression, "calls a function, only selecting is allowed")
        level = [child for node in level for child in node["children"] if isinstance(child, dict)]
    if depth > DEEPEST or wide > WIDEST:
        raise _refused(expression, "is too deep or multiplies its input too often")


def _refused(expression: str, reason: str) -> FormatProblem:
    return FormatProblem("CW647", f"path '{expression[:80]}' {reason}")
