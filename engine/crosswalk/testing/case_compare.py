"""What a case expected and what it got: field by field, reject by reject, byte by byte."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crosswalk.documents.access import text
from crosswalk.documents.source import List, Map, Node, Scalar
from crosswalk.findings.diagnostics import Span
from crosswalk.findings.suggest import closest
from crosswalk.model.layout import Branch, Field, File, Layout
from crosswalk.model.records import Issue
from crosswalk.planning import plan as p
from crosswalk.values.codecs import Problem, canonical

NOTHING = "(nothing)"
"""How the absence of a value or a record is told."""

Asserted = set[tuple[str, str]]
"""Target fields that an expectation names, as (record, field key)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected.

    `path` says where: `invoice[1].ID[2]`, `line 3`, `rejects[1]`; `field` which field or column;
    `decided_by` is the place of the entry (or layout field) that gave the value.
    """

    path: str
    field: str
    expected: str
    got: str
    decided_by: Span | None = None


@dataclass(slots=True)
class Comparer:
    """Holds the canonical output of a plan against expected records; collects differences."""

    plan: p.Plan
    found: list[Difference] = field(default_factory=list)
    asserted: Asserted = field(default_factory=set)
    rules: dict[tuple[str, int], Span] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index(self.plan.root)

    def _index(self, node: p.Node) -> None:
        if node.branch.record is not None:
            for one in node.assignments:
                self.rules[node.branch.record.name, one.field.position] = one.span
        for child in node.children:
            self._index(child)

    def records(self, expected: Sequence[Node], got: Sequence[object]) -> None:
        """Compare top-level occurrences: each repeating kind in number, others where named."""
        wanted, made = self._sorted(expected), sort_top(got, self.plan.target)
        for branch in self.plan.target.root.children:
            if branch.most is None or branch.name in wanted:
                self._several(branch, wanted.get(branch.name, []), made[branch.name], "")
        known = {branch.name for branch in self.plan.target.root.children}
        for name in wanted.keys() - known:
            self._unknown(name, known, "")

    def _sorted(self, expected: Sequence[Node]) -> dict[str, list[Node]]:
        """Give the expected occurrences by their branch's name."""
        top = self.plan.target.root.children
        if is_bare(self.plan.target):
            return {top[0].name: list(expected)}
        found: dict[str, list[Node]] = {}
        for item in expected:
            for name, entry in (item.entries if isinstance(item, Map) else {}).items():
                found.setdefault(name, []).extend(items(entry.value))
        return found

    def _several(
        self, branch: Branch, expected: Sequence[Node], got: Sequence[object], path: str
    ) -> None:
        if len(expected) != len(got):
            where = f"{path}{branch.name}"
            counts = (str(len(expected)), str(len(got)))
            self.found.append(Difference(where, "number of records", *counts))
        many = branch.most is None
        for number, (want, have) in enumerate(zip(expected, got, strict=False), 1):
            where = f"{path}{branch.name}[{number}]" if many else f"{path}{branch.name}"
            if isinstance(want, Map) and isinstance(have, dict):
                self._one(branch, want, have, where)

    def _one(self, branch: Branch, want: Map, have: Mapping[str, object], path: str) -> None:
        children = {child.name: child for child in branch.children}
        fields = aliases(branch)
        for key, entry in want.entries.items():
            if key in fields:
                self._field(branch, fields[key], entry.value, have, path)
            elif key in children:
                got = have.get(key)
                made = got if isinstance(got, list) else [] if got is None else [got]
                self._several(children[key], items(entry.value), made, f"{path}.")
            else:
                self._unknown(key, {*fields, *children}, path)

    def _field(
        self, branch: Branch, one: Field, want: Node, have: Mapping[str, object], path: str
    ) -> None:
        record = branch.record.name if branch.record is not None else ""
        self.asserted.add((record, one.key))
        expected, got = _wanted(one, want), plain_text(have.get(one.name))
        if expected != got:
            rule = self.rules.get((record, one.position))
            self.found.append(Difference(path, title(one), shown(expected), shown(got), rule))

    def _unknown(self, key: str, known: Iterable[str], path: str) -> None:
        near = closest(key, known)
        remedy = f"; did you mean '{near}'?" if near else ""
        self.found.append(Difference(path, key, f"there is no such field{remedy}", NOTHING))

    def everything(self, got: Sequence[object]) -> None:
        """Count every field that has a value as asserted: bytes were compared."""
        made = sort_top(got, self.plan.target)
        for branch in self.plan.target.root.children:
            for have in made[branch.name]:
                self._all_of(branch, have)

    def _all_of(self, branch: Branch, have: object) -> None:
        if not isinstance(have, dict):
            return
        if branch.record is not None:
            given = (one for one in branch.record.fields if have.get(one.name) is not None)
            self.asserted |= {(branch.record.name, one.key) for one in given}
        for child in branch.children:
            below = have.get(child.name)
            for one in below if isinstance(below, list) else [below]:
                self._all_of(child, one)


def is_bare(layout: Layout) -> bool:
    """Tell whether a line of the canonical form is the record itself, not `{branch: record}`."""
    return len(layout.root.children) == 1 and layout.root.children[0].most is None


def sort_top(got: Sequence[object], layout: Layout) -> dict[str, list[object]]:
    """Give the lines of the canonical form by top-level branch."""
    found: dict[str, list[object]] = {branch.name: [] for branch in layout.root.children}
    if is_bare(layout):
        found[layout.root.children[0].name] = list(got)
        return found
    for line in got:
        for name, body in (line if isinstance(line, dict) else {}).items():
            found[name].append(body)
    return found


def aliases(branch: Branch) -> dict[str, Field]:
    """Give the fields of a branch's record by id and by name."""
    fields = branch.record.fields if branch.record is not None else ()
    return {alias: one for one in fields for alias in (one.name, one.key)}


def items(node: Node) -> list[Node]:
    """Give the items of a list; anything else counts as a list of one, null as none."""
    if isinstance(node, List):
        return list(node.items)
    return [] if isinstance(node, Scalar) and node.value is None else [node]


def title(one: Field) -> str:
    """Call a field by id and name: `84 CustomField2`."""
    return one.name if one.name == one.key else f"{one.key} {one.name}"


def _wanted(one: Field, want: Node) -> str | None:
    """Give the canonical text of an expected value; None where no value is expected."""
    if not isinstance(want, Scalar):
        return "a value, not a map or a list"
    if want.value is None:
        return None
    made = canonical(one.codec.type, one.codec.spelling.decimals)
    try:
        return made.write(made.read(want.text))
    except Problem as wrong:
        return f"{want.text} (which {wrong.reason})"


def plain_text(value: object) -> str | None:
    """Give the text of a JSON scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return None if value is None else str(value)


def shown(value: str | None) -> str:
    """Show a value with its blanks and controls visible."""
    return NOTHING if value is None else f'"{visible(value)}"'


# --- rejects and notices ------------------------------------------------------------------


def compare_issues(
    what: str, expected: Sequence[Map], got: Sequence[Issue]
) -> Iterator[Difference]:
    """Compare rejects or notices one by one, in order; only what is given is compared."""
    for number in range(max(len(expected), len(got))):
        path = f"{what}[{number + 1}]"
        if number >= len(got):
            yield Difference(path, "", _said(expected[number]), NOTHING)
        elif number >= len(expected):
            yield Difference(path, "", NOTHING, told(got[number]), got[number].rule)
        else:
            yield from _issue(path, expected[number], got[number])


def _issue(path: str, want: Map, issue: Issue) -> Iterator[Difference]:
    names = {issue.field, issue.target}
    checks: dict[str, tuple[str, Callable[[str], bool]]] = {
        "line": (str(issue.line), lambda wish: wish == str(issue.line)),
        "code": (issue.code, lambda wish: wish == issue.code),
        "record": (issue.record, lambda wish: wish == issue.record),
        "field": (issue.field or issue.target, lambda wish: wish in names),
        "reason": (issue.reason, lambda wish: wish in issue.reason),
    }
    for key, (have, fits) in checks.items():
        wish = text(want, key)
        if wish is not None and not fits(wish):
            yield Difference(path, key, wish, have, issue.rule)


def _said(want: Map) -> str:
    return " ".join(e.value.text for e in want.entries.values() if isinstance(e.value, Scalar))


def told(issue: Issue) -> str:
    """Tell an issue in one line."""
    place = ".".join(filter(None, (issue.record, issue.field or issue.target)))
    return f"line {issue.line} {issue.code} {place}: {issue.reason}"


# --- bytes --------------------------------------------------------------------------------

_MARKS = {"\r": "␍", "\n": "␊", "\t": "⇥", "\0": "␀", "\ufeff": "<BOM>", "\xa0": "<NBSP>"}


def visible(text: str) -> str:
    """Make line ends, tabs, marks and NULs visible."""
    return "".join(_MARKS.get(one, one) for one in text)


def compare_bytes(expected: bytes, got: bytes, layout: Layout) -> Iterator[Difference]:
    """Compare two files line by line; of each line that differs the first column is told."""
    if expected == got:
        return
    want, have = (_lines(data, layout.file.encoding) for data in (expected, got))
    for number in range(max(len(want), len(have))):
        one = want[number] if number < len(want) else None
        other = have[number] if number < len(have) else None
        if one != other:
            yield _line(number + 1, one, other, layout)


def _lines(data: bytes, encoding: str) -> list[str]:
    return data.decode(encoding, "backslashreplace").split("\n")


def _line(number: int, one: str | None, other: str | None, layout: Layout) -> Difference:
    path = f"line {number}"
    if one is None or other is None:
        return Difference(path, "", shown(one), shown(other))
    file = layout.file
    want, have = pieces(one, file), pieces(other, file)
    at = next((i for i, (a, b) in enumerate(zip(want, have, strict=False)) if a != b), None)
    if at is None:
        return Difference(path, "number of columns", str(len(want)), str(len(have)))
    same = [piece.strip(file.quote_char) for piece in want] == [
        piece.strip(file.quote_char) for piece in have
    ]
    note = " (the values are equal; only the quoting differs)" if same else ""
    column = _column(have, at, layout)
    return Difference(path, column, visible(want[at]), visible(have[at]) + note)


def pieces(line: str, file: File) -> list[str]:
    """Cut a line at its delimiters, quotation marks kept; other forms stay whole."""
    if file.form != "delimited":
        return [line]
    found: list[str] = []
    for piece in line.split(file.delimiter):
        quoted = file.quote != "none" and found and found[-1].count(file.quote_char) % 2
        if quoted:
            found[-1] += file.delimiter + piece
        else:
            found.append(piece)
    return found


def _column(have: Sequence[str], at: int, layout: Layout) -> str:
    """Name the column of a record that its tag tells, or that is the only one."""
    for record in layout.records:
        tags = [tag for tag in record.tags if tag.always and tag.position < len(have)]
        fits = all(have[tag.position].strip(layout.file.quote_char) == tag.always for tag in tags)
        if fits and (tags or len(layout.records) == 1) and at < len(record.fields):
            return title(record.fields[at])
    return f"column {at + 1}"
