"""Writing Python: scopes, names and constants of a function that is being generated."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from crosswalk.model.layout import Branch
from crosswalk.planning import plan as p
from crosswalk.running.interpret import Interpreter
from crosswalk.running.lower import Doubt
from crosswalk.values.spelling import Missing

BASE = "    "
"""The indentation of a function's body."""


class NotCompiled(Exception):  # noqa: N818
    """The plan holds something that only the reference does; says what."""


@dataclass(slots=True)
class Scope:
    """Where generated code stands.

    `cells` is the expression of the cells at hand, `instance` that of their occurrence (None for
    rows), `group` that of all members when there are several, `tail` tells that `cells` begin at
    column `head`. `known` remembers what was worked out here already, `same` the positions that
    all members must agree in.
    """

    branch: Branch
    cells: str
    instance: str | None
    group: str | None
    lines: list[str]
    indent: str = BASE
    known: dict[str, str] = field(default_factory=dict)
    same: dict[int, None] = field(default_factory=dict)
    tail: bool = False

    def add(self, line: str) -> None:
        """Add a line of code."""
        self.lines.append(self.indent + line)

    def deeper(self) -> "Scope":
        """Give the scope of a block below the line that was added last."""
        return replace(self, indent=self.indent + BASE, known=dict(self.known))


class Code:
    """The function being made: its plan, its constants, and what it counts."""

    def __init__(self, plan: p.Plan, interpreter: Interpreter, head: int) -> None:
        """Begin; `head` is the number of leading columns that members do not have."""
        self.plan, self.interpreter, self.head = plan, interpreter, head
        self.each: set[int] = set()
        self.copied: dict[int, str] = {}
        self.late: list[str] = []
        self.names: dict[str, Any] = {"Doubt": Doubt, "MISSING": Missing.MISSING}
        self._numbers = count()

    def const(self, value: Any, hint: str = "k") -> str:  # noqa: ANN401
        """Give a plan's object a name that generated code can use."""
        name = f"{hint}{next(self._numbers)}"
        self.names[name] = value
        return name

    def var(self) -> str:
        """Give a new variable's name."""
        return f"v{next(self._numbers)}"

    def raw(self, slot: p.Slot, scope: Scope) -> str:
        """Give the expression of a source cell."""
        position = slot.field.position
        if not slot.path.ups and not slot.path.downs:
            if scope.tail:
                self.each.add(position)
                return f"{scope.cells}[{position - self.head}]"
            return f"{scope.cells}[{position}]"
        return f"{self._elsewhere(slot.path, scope)}[{position}]"

    def _elsewhere(self, path: p.Path, scope: Scope) -> str:
        """Give the cells of another record: up, then down where there is one of each."""
        if scope.instance is None or path.many:
            raise NotCompiled("a way through the source that repeats")
        key = f"{path.ups}:{path.downs}"
        if key not in scope.known:
            name = self.var()
            steps = "".join(f".children[{index}][0]" for index in path.downs)
            scope.add(f"{name} = {scope.instance}{'.parent' * path.ups}{steps}.cells")
            scope.known[key] = name
        return scope.known[key]

    def members(self, path: p.Path, scope: Scope) -> str:
        """Give the expression of all occurrences that a way leads to."""
        if scope.instance is None:
            raise NotCompiled("records below a row")
        name = self.var()
        scope.add(f"{name} = [{scope.instance}{'.parent' * path.ups}]")
        for index in path.downs:
            scope.add(f"{name} = [x for y in {name} for x in y.children[{index}]]")
        return name

    def finish(self, parameters: str, lines: list[str]) -> tuple[Callable[..., Any], str]:
        """Compile the function; give it with its source text."""
        text = f"def unit({parameters}):\n" + "\n".join(lines) + "\n"
        exec(compile(text, f"<plan {self.plan.name}>", "exec"), self.names)  # noqa: S102
        return self.names["unit"], text


def escaped(text: str) -> str:
    """Make literal text safe inside the template of an f-string."""
    return text.replace("{", "{{").replace("}", "}}")
