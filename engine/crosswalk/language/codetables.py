"""Code tables: two columns of codes, read from left to right and, where it is settled, back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crosswalk.documents.access import flag, mapping, scalar, text
from crosswalk.documents.source import Entry, Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Label, Severity, Span
from crosswalk.findings.suggest import closest
from crosswalk.values.spelling import Problem, Value


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A table of codes. Codes are text and compared exactly, or without case (`ignore_case`).

    `codes` and `backs` are the two directions (with `ignore_case`, their keys are folded); `merged`
    names, for a right code, the left codes that become it and have no way back; `otherwise` is the
    right code for all left codes that are not in the table.
    """

    name: str
    codes: Mapping[str, str]
    backs: Mapping[str, str]
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    otherwise: str | None = None
    ignore_case: bool = False
    loss: str = ""

    @property
    def exact(self) -> bool:
        """Tell whether every code that goes forward comes back the same."""
        return not self.loss

    @property
    def reversible(self) -> bool:
        """Tell whether every right code has one left code to go back to."""
        reached = {*self.codes.values(), *filter(None, (self.otherwise,))}
        return all(self._key(code) in self.backs for code in reached)

    def forward(self, value: Value) -> Value:
        """Give the right code for a left one.

        Raises Problem CW561 for a code that is not in the table, CW541 for what is not text.
        """
        key = self._key(value)
        found = self.codes.get(key, self.otherwise)
        if found is None:
            raise Problem("CW561", self._unknown(key, self.codes))
        return found

    def back(self, value: Value) -> Value:
        """Give the left code for a right one.

        Raises Problem CW561 as `forward`, and CW562 where several left codes become this one.
        """
        key = self._key(value)
        found = self.backs.get(key)
        if found is not None:
            return found
        several = [f"'{code}'" for code in self.merged.get(key, ())]
        if self.otherwise is not None and key == self._key(self.otherwise):
            several.append("any code that is not listed")
        if several:
            told = " or ".join(several)
            raise Problem("CW562", f"has several ways back in code table {self.name}: {told}")
        raise Problem("CW561", self._unknown(key, self.backs))

    def _key(self, value: Value) -> str:
        if not isinstance(value, str):
            raise Problem("CW541", "is not of type text or code")
        return value.casefold() if self.ignore_case else value

    def _unknown(self, key: str, known: Mapping[str, str]) -> str:
        near = closest(key, known)
        nearest = f" (the nearest is '{near}')" if near else ""
        return f"is not in code table {self.name}{nearest}"


def read_code_table(node: Map) -> tuple[CodeTable, list[Diagnostic]]:
    """Build the table of an effective document whose shape was checked, and the findings.

    Findings: CW441 a code twice, CW442 a code without a partner, CW443 `back` names no code of
    the table, CW444 (information) codes that merge and have no way back.
    """
    reader = _Reader(text(node, "name") or "", flag(node, "ignore_case"))
    codes = reader.column(mapping(node, "codes"))
    given = reader.column(mapping(node, "back"))
    declared = scalar(node, "otherwise")
    otherwise = None if declared is None else declared.text
    backs, merged = reader.turn(codes, given, otherwise)
    table = CodeTable(
        name=reader.name,
        codes={key: row.right for key, row in codes.items()},
        backs=backs,
        merged=merged,
        otherwise=otherwise,
        ignore_case=reader.ignore_case,
        loss=_loss(codes, backs, otherwise, reader),
    )
    return table, reader.findings


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a table as written."""

    left: str
    right: str
    span: Span
    right_span: Span


@dataclass(slots=True)
class _Reader:
    """Reads the columns of one table, collecting findings."""

    name: str
    ignore_case: bool
    findings: list[Diagnostic] = field(default_factory=list)

    def key(self, code: str) -> str:
        return code.casefold() if self.ignore_case else code

    def column(self, node: Map | None) -> dict[str, _Row]:
        """Read a column.

        Codes that differ only in blanks (or in case, where it does not count) are one code twice.
        """
        rows: dict[str, _Row] = {}
        for left, entry in (node.entries if node else {}).items():
            row = self.row(left, entry)
            if row is None:
                continue
            first = rows.setdefault(" ".join(self.key(left).split()), row)
            if first is not row:
                self.twice(first, row)
        return {self.key(row.left): row for row in rows.values()}

    def row(self, left: str, entry: Entry) -> _Row | None:
        value = entry.value
        if isinstance(value, Scalar) and value.value is not None and value.text.strip():
            return _Row(left, value.text, entry.key.span, value.span)
        message = f"code '{left}' has no partner"
        finding = Diagnostic("CW442", message, entry.key.span, help=f'write {left}: "code"')
        self.findings.append(finding)
        return None

    def twice(self, first: _Row, row: _Row) -> None:
        case = " and upper and lower case" if self.ignore_case else ""
        message = f"'{row.left}' and '{first.left}' are one code but for blanks{case}"
        related = (Label(first.span, "first set here"),)
        self.findings.append(
            Diagnostic("CW441", message, row.span, help="keep one of them", related=related)
        )

    def turn(
        self, codes: dict[str, _Row], given: dict[str, _Row], otherwise: str | None
    ) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
        """Work out the way back, and which codes have none."""
        lefts: dict[str, list[_Row]] = {}
        for row in codes.values():
            lefts.setdefault(self.key(row.right), []).append(row)
        backs = {key: rows[0].left for key, rows in lefts.items() if len(rows) == 1}
        if otherwise is not None:
            backs.pop(self.key(otherwise), None)
        for key, row in given.items():
            found = codes.get(self.key(row.right))
            if found is None:
                self.stray(row, codes)
            else:
                backs[key] = found.left
        merged = {
            key: tuple(row.left for row in rows) for key, rows in lefts.items() if key not in backs
        }
        self.tell_merged({key: rows for key, rows in lefts.items() if key in merged})
        return backs, merged

    def stray(self, row: _Row, codes: dict[str, _Row]) -> None:
        near = closest(row.right, (one.left for one in codes.values()))
        remedy = f"did you mean '{near}'?" if near else "name a code that stands under codes:"
        message = f"back: '{row.right}' is not a code of this table"
        self.findings.append(Diagnostic("CW443", message, row.right_span, help=remedy))

    def tell_merged(self, merged: dict[str, list[_Row]]) -> None:
        for rows in merged.values():
            if len(rows) < 2:  # noqa: PLR2004 - one code that shares its partner with `otherwise`
                continue
            first, *_, last = rows
            message = f"{_listed(rows)} all become '{first.right}': there is no way back for it"
            remedy = (
                f'say which one it is on the way back: back: {{"{first.right}": "{first.left}"}}'
            )
            self.findings.append(
                Diagnostic("CW444", message, last.span, severity=Severity.INFO, help=remedy)
            )


def _listed(rows: list[_Row]) -> str:
    return ", ".join(f"'{row.left}'" for row in rows)


def _loss(
    codes: dict[str, _Row], backs: dict[str, str], otherwise: str | None, reader: _Reader
) -> str:
    """Name the codes that do not come back the same."""
    changed = [row for row in codes.values() if backs.get(reader.key(row.right)) != row.left]
    losses = [f"'{row.left}' becomes '{row.right}' like others" for row in changed]
    if reader.ignore_case and codes:
        losses.append("upper and lower case of a code")
    if otherwise is not None:
        losses.append(f"every other code becomes '{otherwise}'")
    return "; ".join(losses)
