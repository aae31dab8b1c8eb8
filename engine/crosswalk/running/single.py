"""The compiled form on one record at a time: a host's dict in, a dict of typed values out.

For plans that make their units of single records and nothing beside them: the commonest work of a
service. What the compiled function doubts is left to a flow, which decides and reports.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

import msgspec

from crosswalk.formats import jsonform
from crosswalk.model.layout import Branch
from crosswalk.model.records import Instance
from crosswalk.planning import plan as p
from crosswalk.running.compile import NotCompiled, compile_unit
from crosswalk.running.context import Context
from crosswalk.running.interpret import Interpreter
from crosswalk.running.occurrences import distinct_assignments, named, size_of
from crosswalk.running.unreadable import unmapped_records
from crosswalk.values.spelling import Codec

_DECODE = msgspec.json.Decoder().decode

Shape = Callable[[Any], dict[str, Any]]


class Single:
    """The compiled function of a canonical plan (JSON lines both sides) in one context."""

    def __init__(self, plan: p.Plan, context: Context) -> None:
        """Compile a plan. Raises NotCompiled for one whose units are not single records."""
        if not _alone(plan):
            raise NotCompiled("units that are not made of single records")
        self._unmapped = unmapped_records(plan)
        self._code = compile_unit(plan, Interpreter(plan, context))
        self._take = jsonform.read_line(plan.source).take
        self._given = _given(plan.source.root.children[0])
        self._shape = _shape(plan.target.root.children[0])

    def make(
        self, record: Mapping[str, Any], number: int
    ) -> tuple[list[dict[str, Any]], int, Counter[str]] | None:
        """Map one record: its units, how many source records it holds, and which no entry uses.

        None when the reference must look at it.
        """
        try:
            found = self._take(self._given(record), number)
            if not isinstance(found, Instance):
                return None
            made = self._code.unit(found, [found])
            text = made[0] if self._code.several else made
            lines = text.split("\n")[:-1]
            idle = Counter(named([found], self._unmapped) if self._unmapped else ())
            return [self._shape(_DECODE(line)) for line in lines], size_of(found), idle
        except Exception:  # noqa: BLE001 - the reference says what is wrong
            return None


def _alone(plan: p.Plan) -> bool:
    """Tell whether each unit is made of one source record, and the file holds nothing else."""
    if plan.unit is None or plan.numbered or len(plan.target.root.children) != 1:
        return False
    node = plan.root.children[plan.unit]
    source = plan.source.root.children
    single = len(source) == 1 and source[0].most is None and not node.keys
    return single and not any(True for _ in distinct_assignments(node))


def run_values(part: object) -> frozenset[str]:
    """Give the values of the run (date, time, datetime, id, file) that a plan reads."""
    return frozenset(_run_values(part))


def _run_values(part: object) -> Iterator[str]:
    match part:
        case p.RunValue(name):
            yield name
        case str() if part.startswith("run."):
            yield part.removeprefix("run.")
        case tuple() | list() | frozenset():
            for one in part:
                yield from _run_values(one)
        case dict():
            yield from _run_values(tuple(part.values()))
        case _ if is_dataclass(part) and not isinstance(part, (type, Branch)):
            for one in fields(part):
                yield from _run_values(getattr(part, one.name))
        case _:
            pass


# --- a host's values as JSON, and back ---------------------------------------------------


def _given(branch: Branch) -> Shape:
    """Build the function from a host's dict to an object of the canonical form.

    It raises TypeError for a value that only the reference can judge.
    """
    typed = _typed(branch)
    below = {child.name: _given(child) for child in branch.children}

    def inner(name: str, value: Any) -> Any:  # noqa: ANN401
        if name in below:
            take = below[name]
            return (
                [take(one) for one in value] if isinstance(value, list) else value and take(value)
            )
        if name in typed and isinstance(value, Decimal):
            return format(value, "f")
        if name in typed and isinstance(value, date | time):
            return value.isoformat()
        raise TypeError(name)

    def given(record: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: value if value.__class__ in _JSON else inner(name, value)
            for name, value in record.items()
        }

    return given


def _shape(branch: Branch) -> Shape:
    """Build the function from an object of the canonical form to typed values."""
    reads = [(name, codec.read) for name, codec in _typed(branch).items()]
    below = [(child.name, _shape(child), child.most is None) for child in branch.children]

    def shape(made: dict[str, Any]) -> dict[str, Any]:
        for name, read in reads:
            value = made.get(name)
            if value is not None:
                made[name] = read(value)
        for name, inner, repeats in below:
            found = made.get(name)
            if found is not None:
                made[name] = [inner(one) for one in found] if repeats else inner(found)
        return made

    return shape


def _typed(branch: Branch) -> dict[str, Codec]:
    """Give the fields whose values are text in the canonical form, and more than that to a host."""
    fields = branch.record.fields if branch.record is not None else ()
    return {one.name: one.codec for one in fields if one.codec.type in _TYPED}


_TYPED = frozenset({"decimal", "money", "date", "time", "datetime"})
_JSON = frozenset({str, int, bool, type(None)})
