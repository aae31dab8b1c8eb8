"""The occurrences of an XML document while it is read: begun, ended, handed out, rejected.

What is wrong inside a repeating top-level occurrence costs that occurrence; what is wrong outside
of one refuses the file, because it is about all records.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.xmlnodes import Open
from crosswalk.model.layout import Layout
from crosswalk.model.records import Damage, Instance

RECORD = 64 << 20
"""The largest occurrence of a top-level record, in bytes."""


class _Given(list[Any]):
    """The cells of an occurrence that was handed out: none of them can be filled any more."""

    def __getitem__(self, _: Any) -> Any:  # noqa: ANN401
        return None


_GIVEN = _Given()


class Records:
    """The occurrences of one document.

    `top` is the repeating top-level occurrence that is open and `begins` its first byte, `singles`
    those that stand once, of which several may be open; `damage` is what is wrong with `top`, `out`
    what can be handed out. `line`, `byte` and `column` tell where the parser is.
    """

    def __init__(
        self,
        layout: Layout,
        line: Callable[[], int],
        byte: Callable[[], int],
        column: Callable[[], int],
    ) -> None:
        self.branches, self.any_order = layout.root.children, layout.root.any_order
        self.line, self.byte, self.column = line, byte, column
        self.out: list[Instance | Damage] = []
        self.emitted = [0] * len(self.branches)
        self.last = 0
        self.top: Open | None = None
        self.singles: list[Open] = []
        self.damage: Damage | None = None
        self.begins = self.begun = 0
        self.where = ""

    def open(self, opened: Open) -> None:
        """Begin an occurrence of a branch."""
        home, owner = opened.home, opened.owner
        if owner is None:
            self.begin(opened)
        elif owner.given:
            self.late(owner, home.branch.name)
        cells = None if opened.blank is None else opened.blank.copy()
        above = None if owner is None else owner.instance
        inner: list[list[Instance]] = [[] for _ in home.branch.children]
        made = Instance(home.branch, self.line(), cells, inner, None, above)
        opened.cells, opened.instance = cells, made
        if above is not None:
            others = above.children[home.index]
            if others and not home.repeats:
                self.hurt("CW654", f"'{home.element.step}' stands twice in one record", _MANY)
            others.append(made)

    def begin(self, opened: Open) -> None:
        """Begin a top-level occurrence: those around it are handed out before."""
        for one in self.singles:
            if not one.given:
                self.emit(one)
                one.given, one.cells = True, _GIVEN
        if opened.home.repeats:
            self.top, self.begins, self.damage = opened, self.byte(), None
            self.where = self.told_where(opened)
            return
        if self.emitted[opened.home.index]:
            name = opened.home.branch.name
            self.stop("CW654", f"a second '{name}' is in the file, the structure has one", _MANY)
        opened.given = False
        self.singles.append(opened)

    def told_where(self, opened: Open) -> str:
        """Tell which occurrence begins, where its line does not: several are in one."""
        line, before = self.line(), self.begun
        self.begun = line
        if line not in (1, before):
            return ""
        number = self.emitted[opened.home.index] + 1
        return f"{opened.home.branch.name} {number} (column {self.column() + 1}): "

    def close(self, opened: Open) -> None:
        """End an occurrence; hand it out when it is a top-level one."""
        if opened.instance is not None:
            opened.instance.end = self.line()
        if opened is self.top:
            self.emit(opened)
            self.top = None
        elif opened.owner is not None:
            self.complete(opened)
        else:
            self.singles.remove(opened)
            if not opened.given:
                self.emit(opened)

    def complete(self, opened: Open) -> None:
        """Refuse an occurrence that lacks a record it must have."""
        assert opened.instance is not None
        branch = opened.instance.branch
        for child, found in zip(branch.children, opened.instance.children, strict=True):
            if child.least and not found:
                self.hurt("CW632", f"{branch.name} lacks '{child.name}'")

    def emit(self, opened: Open) -> None:
        """Hand out a top-level occurrence, in the order of the structure."""
        self.complete(opened)
        index, name = opened.home.index, opened.home.branch.name
        if index < self.last and not self.any_order:
            other = self.branches[self.last].name
            reason = f"'{name}' stands after '{other}', in the structure before it"
            self.stop("CW654", reason, "name them in the order of the file")
        if not self.any_order:
            self.expect(index, f"before '{name}'")
        self.last = index
        self.emitted[index] += 1
        assert opened.instance is not None
        self.out.append(opened.instance if self.damage is None else self.damage)
        self.damage = None

    def expect(self, index: int, where: str) -> None:
        """Refuse a document in which a top-level record is not there. Raises FormatProblem."""
        for branch, count in zip(self.branches[:index], self.emitted, strict=False):
            if branch.least and not count:
                help_ = f"if it may be missing, say '{branch.name}?' or '{branch.name}*'"
                self.stop("CW631", f"'{branch.name}' is not in the file {where}", help_)

    def stop(self, code: str, reason: str, help_: str = "") -> NoReturn:
        """Refuse the whole file."""
        raise FormatProblem(code, reason, line=self.line(), help=help_)

    def hurt(self, code: str, reason: str, help_: str = "", field: str | None = None) -> None:
        """Reject the occurrence that is open; outside of one, refuse the file."""
        if self.top is None:
            self.stop(code, reason, help_)
        if self.damage is None:
            line = self.line()
            told = f"{self.where}{reason}; {help_}" if help_ else f"{self.where}{reason}"
            name = self.top.home.branch.name
            self.damage = Damage(line, line, code, told, "", field, (name,))

    def bounds(self, at: int) -> None:
        """Reject an occurrence that has become too large at byte `at`; let go of what it holds."""
        top = self.top
        if top is None or self.damage is not None or at - self.begins <= RECORD:
            return
        self.hurt("CW652", f"{top.home.branch.name} has more than {RECORD} bytes", _SPLIT)
        if top.instance is not None:
            top.instance.children = [[] for _ in top.instance.children]

    def twice(self, opened: Open, position: int) -> None:
        """Refuse a second value of one field."""
        record = opened.home.branch.record
        assert record is not None
        one = record.fields[position]
        if opened.given:
            self.late(opened, one.path or one.name)
        reason = f"'{one.path or one.name}' stands twice in one {record.name}"
        self.hurt("CW654", reason, "make it a record that repeats", one.name)

    def late(self, opened: Open, name: str) -> NoReturn:
        """Refuse a part of a record that comes after the records inside it began."""
        record = opened.home.branch.name
        reason = (
            f"'{name}' of {record} stands after records that the structure names after {record}"
        )
        self.stop("CW654", reason, "make it a record of its own, named where it stands")


_MANY = "say in the structure that it repeats: name*"
_SPLIT = "name the record that repeats inside it at the top of the structure, to be read one by one"
