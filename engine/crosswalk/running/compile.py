"""The compiled form: one Python function per plan, specialised for its records.

The source text is put together from a closed set of statements; values of the plan never stand
in it, they are constants by reference. A function takes the source records of one unit and
gives the text of its target records. It only has to be right when it returns: any exception
sends the unit through the reference interpreter, which decides and reports.

A plan that holds something not lowered here raises NotCompiled, and runs in the reference.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from json.encoder import encode_basestring
from typing import Any

from crosswalk.formats.fitting import Shapes
from crosswalk.model.controls import has_controls
from crosswalk.planning import plan as p
from crosswalk.running.code import BASE, Code, NotCompiled, Scope
from crosswalk.running.compile_cells import Cells
from crosswalk.running.compile_laws import SourceLaws
from crosswalk.running.compile_records import Records
from crosswalk.running.compile_values import Values
from crosswalk.running.interpret import Interpreter

__all__ = ["Compiled", "NotCompiled", "compile_unit"]


Held = tuple[dict[str, int], dict[str, int], list[tuple[str, str]], list[str], list[int]]
"""What a unit's function counts in: counts, sums, pairs, keys and number of `Compiled`."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A unit's function.

    `unit(first, members)` gives the text. When `flat`, `first` are the cells of the first row and
    members the cells of every row from column `head` on, tuples where they are of these `shapes`
    (`formats.fitting`); else they are Instances. With `several`
    it gives the text and how many target units it holds.
    `sums` holds the running control sums in minor units by `Record.Field`, `counts` the branch
    counts, `pairs` what `distinct` compares: (source text, target text), `number` how many units
    there were before. Where the target has several files, `keys` holds the text that each unit's
    file is for, and `unit` gives with `several` a list of texts.
    """

    unit: Callable[..., Any]
    flat: bool
    several: bool
    head: int
    shapes: Shapes
    counts: dict[str, int]
    sums: dict[str, int]
    pairs: list[tuple[str, str]]
    keys: list[str]
    number: list[int]
    source: str


def compile_unit(plan: p.Plan, interpreter: Interpreter) -> Compiled:
    """Generate and compile the function of a plan's unit, in the interpreter's context.

    Raises NotCompiled.
    """
    if plan.unit is None:
        raise NotCompiled("the whole file is one unit")
    if _splits(plan.root):
        raise NotCompiled("a text split into records")
    made = _Compiler(Code(plan, interpreter, 0)).build()
    if made.head:
        made = _Compiler(Code(plan, interpreter, made.head)).build()
    return made


def _splits(node: p.Node) -> bool:
    return node.split is not None or any(map(_splits, node.children))


class _Compiler:
    """Generates the structure: units, groups, repeated records."""

    def __init__(self, code: Code) -> None:
        self.code, self.plan = code, code.plan
        assert self.plan.unit is not None
        self.node = self.plan.root.children[self.plan.unit]
        self.values = Values(code)
        self.cells = Cells(self.values)
        self.records = Records(self.cells)
        self.json = self.cells.json

    def build(self) -> Compiled:
        path = self.node.path
        if path is None or path.ups:
            raise NotCompiled("a unit that is not made of the file's records")
        several = len(path.downs) > 1
        top = self.plan.source.root.children[path.downs[0]]
        flat = not top.children and top.record is not None and self.values.text
        lines: list[str] = []
        group = "rows" if self.node.keys else None
        scope = Scope(top, "r0", None if flat else "i0", group, lines)
        laws = SourceLaws(self.code, text=self.values.text)
        if flat:
            laws.of_rows(scope)
        else:
            scope.add("r0 = i0.cells")
            laws.of_occurrences(scope)
        mark = len(lines)
        text = self.many(path, scope) if several else self.one(scope)
        self.same_check(scope, mark, flat=flat)
        held = self.held()
        scope.add(f"t = {text}")
        lines += [BASE + late for late in self.code.late]
        scope.add("return t, n" if several else "return t")
        unit, source = self.code.finish("r0, rows" if flat else "i0, rows", lines)
        head = min(self.code.each, default=0) if flat and group else 0
        if any(slot.field.position >= head for slot in self.node.keys):
            head = 0
        shapes = Shapes(self.cells.marks, self.code.copied)
        return Compiled(unit, flat, several, head, shapes, *held, source)

    def held(self) -> Held:
        """Give the function what it counts in, by the names that it has for it."""
        counts, sums = dict.fromkeys(self.cells.counted, 0), dict.fromkeys(self.cells.summed, 0)
        pairs: list[tuple[str, str]] = []
        keys: list[str] = []
        number = [0]
        names = {"C": counts, "S": sums, "D": pairs.append, "K": keys.append, "N": number}
        self.code.names |= names
        return counts, sums, pairs, keys, number

    def one(self, scope: Scope) -> str:
        """Generate the one target unit of a source unit."""
        self.count(self.node, "1", scope)
        return self.framed(self.occurrence(self.node, scope))

    def many(self, path: p.Path, scope: Scope) -> str:
        """Generate all target units that a streamed occurrence holds."""
        if self.node.keys or self.node.when is not None:
            raise NotCompiled("groups or conditions below a streamed record")
        members = self.code.members(replace(path, downs=path.downs[1:]), scope)
        inner, made = self.block(members, scope, rows=False)
        inner.known["number"] = f"N[0] + len({made}) + 1"
        inner.branch = self.node.source
        text = self.framed(self.occurrence(self.node, inner))
        inner.add(f"{made}.append({text})")
        scope.add(f"n = len({made})")
        self.count(self.node, f"len({made})", scope)
        return made if self.plan.target.per is not None else f'"".join({made})'

    def framed(self, body: str) -> str:
        """Give the text of a whole unit; in JSON lines, its line."""
        if not self.json:
            return body
        record = self.node.branch.record
        if record is not None and record.path is not None:
            raise NotCompiled("a JSON path")
        bare = len(self.plan.target.root.children) == 1
        key = encode_basestring(self.node.branch.name)
        if bare:
            return f"{body} + {chr(10)!r}"
        return f"{f'{{{key}:'!r} + {body} + {'}' + chr(10)!r}"

    def occurrence(self, node: p.Node, scope: Scope) -> str:
        """Generate one occurrence of a target branch; give the expression of its text."""
        if node.when is not None:
            scope.add(f"if not ({self.values.condition(node.when, scope)}): raise Doubt")
        if node.branch.one_of:
            raise NotCompiled("either one record or another")
        if has_controls(node.branch):
            raise NotCompiled("control totals inside a unit")
        own = self.records.record(node, scope) if node.branch.record is not None else None
        parts = [(child, self.child(child, scope)) for child in node.children]
        if not self.json:
            return " + ".join(filter(None, [own, *(text for _, text in parts)])) or '""'
        pieces = [own] if own else []
        pieces += [self.member(child, text, scope) for child, text in parts]
        if all(child.branch.least or child.branch.most is None for child, _ in parts):
            return '"{" + ' + ' + "," + '.join(pieces) + ' + "}"'
        return f"""'{{' + ','.join(filter(None, ({", ".join(pieces)},))) + '}}'"""

    def member(self, node: p.Node, text: str, scope: Scope) -> str:
        """Give the expression of a child in its JSON object: a key that may be absent gives ''."""
        if node.branch.record is not None and node.branch.record.path is not None:
            raise NotCompiled("a JSON path")
        key = self.code.const(encode_basestring(node.branch.name) + ":")
        if node.branch.most is None:
            return f'{key} + "[" + {text} + "]"'
        if node.branch.least:
            return f"{key} + {text}"
        made = self.code.var()
        scope.add(f"{made} = {text}")
        return f"({key} + {made} if {made} else '')"

    def child(self, node: p.Node, scope: Scope) -> str:
        """Generate a child branch: made once, or for each of its source records."""
        if node.none:
            return '""'
        if node.path is None:
            if not node.branch.least or node.when is not None:
                raise NotCompiled("an optional record")
            self.count(node, "1", scope)
            return self.occurrence(node, scope)
        if node.keys or node.path.ups:
            raise NotCompiled("a group inside a unit")
        return self.loop(node, node.path, scope)

    def loop(self, node: p.Node, path: p.Path, scope: Scope) -> str:
        """Generate the repetition of a record below the unit."""
        if path.downs:
            members, rows = self.code.members(path, scope), False
        else:
            members, rows = (
                scope.group or f"({scope.instance or scope.cells},)",
                scope.instance is None,
            )
        if node.branch.least:
            scope.add(f"if not {members}: raise Doubt")
        inner, made = self.block(members, scope, rows=rows)
        inner.branch = node.source
        if node.when is not None:
            inner.add(f"if not ({self.values.condition(node.when, inner)}): continue")
        text = self.occurrence(replace(node, when=None), inner)
        inner.add(f"{made}.append({text})")
        if node.branch.least and node.when is not None:
            scope.add(f"if not {made}: raise Doubt")
        if node.branch.most is not None:
            scope.add(f"if len({made}) > 1: raise Doubt")
        self.count(node, f"len({made})", scope)
        return f"""{'","' if self.json else '""'}.join({made})"""

    def block(self, members: str, scope: Scope, *, rows: bool) -> tuple[Scope, str]:
        """Begin a loop over members; give the scope of its body and the list it fills."""
        made, item = self.code.var(), self.code.var()
        inner = Scope(scope.branch, item, None, None, scope.lines, scope.indent + BASE)
        inner.tail = rows and scope.group is not None
        scope.add(f"{made} = []")
        inner.known["number"] = f"len({made}) + 1"
        inner.known["loop"] = f"{len(scope.lines)} {len(scope.indent)}"
        scope.add(f"for {item} in {members}:")
        if not rows:
            inner.instance, inner.cells = item, self.code.var()
            inner.add(f"{inner.cells} = {item}.cells")
        return inner, made

    def count(self, node: p.Node, amount: str, scope: Scope) -> None:
        """Generate what a control total wants to count."""
        if node.branch.name in self.cells.counted:
            if scope.indent != BASE:
                raise NotCompiled("a control total over records that repeat twice")
            self.code.late.append(f"C[{self.code.const(node.branch.name)}] += {amount}")

    def same_check(self, scope: Scope, mark: int, *, flat: bool) -> None:
        """Let a group be doubted whose records differ where all must agree."""
        if scope.group is None or not scope.same:
            return
        compared = [one for one in sorted(scope.same) if not flat or one >= self.code.head]
        of, away = ("x", self.code.head) if flat else ("x.cells", 0)
        tests = [f"{of}[{at - away}] != r0[{at}]" for at in compared]
        if tests:
            scope.lines[mark:mark] = [
                f"{BASE}if len({scope.group}) > 1:",
                f"{BASE}    for x in {scope.group}:",
                f"{BASE}        if {' or '.join(tests)}: raise Doubt",
            ]
