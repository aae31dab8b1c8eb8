"""From made records to the bytes of a file: head, body and tail by the target's form.

The head stands first and is known last, because its totals cover the body.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import textform
from crosswalk.formats.groups import Line, as_text, lines_of
from crosswalk.model.layout import Branch, Layout, in_line, titled
from crosswalk.model.records import Instance, Issue, Rejected
from crosswalk.planning import plan as p
from crosswalk.values.codecs import Problem, spell

if TYPE_CHECKING:
    from crosswalk.formats import jsonwriter, xmlwriter


class Emitter:
    """Writes the records of one file. Not shared between threads."""

    def __init__(self, layout: Layout) -> None:
        """Prepare for a layout. Raises FormatProblem for a form that cannot be written."""
        self.layout = layout
        form = layout.file.form
        self.document = _document(layout)
        self.encode = textform.encoder(layout)
        self.units = 0
        self.titled = _titled(layout)
        if self.document is not None:
            self.text: Callable[[Instance], str] = self._item
        elif form == "json-lines":
            from crosswalk.formats import jsonwriter

            self.text = jsonwriter.writer(layout)
        elif form in textform.FORMS:
            write = _lines(layout)
            self.text = lambda made: _flat(made, write)
        elif form == "values":
            self.text = _itself
        else:
            raise FormatProblem("CW600", f"form '{form}' cannot be written")

    def _item(self, made: Instance) -> str:
        """Give one repeating occurrence of a document, in JSON with the comma before it."""
        assert self.document is not None
        comma = "," if self.units and self.layout.file.form == "json" else ""
        self.units += 1
        return comma + self.document.item(made)

    def head(self, root: Instance, plan: p.Plan) -> bytes:
        """Give all that stands before the body. `root` holds the made file-level records."""
        pieces = [self._titles(0)]
        if self.document is not None:
            pieces.append(self.document.open())
        whole = len(root.children) if self.document is not None else 0
        end = plan.unit if plan.unit is not None else whole
        for index, group in enumerate(root.children[:end], 1):
            pieces += [self._single(one) for one in group]
            pieces.append(self._titles(index))
        if self.document is not None and self.units and plan.unit is not None:
            pieces.append(self.document.enter(plan.target.root.children[plan.unit].name))
        return textform.mark(self.layout.file) + self.encode("".join(pieces))

    def _titles(self, index: int) -> str:
        """Give the header line, if it stands before this branch at the top of the structure."""
        return textform.header(self.layout) if index == self.titled else ""

    def whole(self, root: Instance) -> str:
        """Give the body of a file that is one unit; a document's head holds it."""
        if self.document is not None:
            return ""
        pieces = []
        for index, group in enumerate(root.children):
            pieces.append(self._titles(index) if index else "")
            pieces += [self.text(one) for one in group]
        return "".join(pieces)

    def tail(self, root: Instance, plan: p.Plan, records: int) -> bytes:
        """Give all that stands after the body; a document's head is made before it.

        `records` are all of the file, which may have to be filled up.
        """
        after = root.children[plan.unit + 1 :] if plan.unit is not None else []
        pieces = [self._single(one) for group in after for one in group]
        if self.document is not None:
            pieces.append(self.document.close())
        pieces.append(textform.filling(self.layout, records))
        return self.encode("".join(pieces))

    def _single(self, one: Instance) -> str:
        """Write a record of the whole file. Raises FormatProblem: without it there is no file."""
        try:
            return self.text(one) if self.document is None else self.document.add(one)
        except Rejected as rejected:
            raise no_file(one.branch, rejected.issue) from rejected


def no_file(branch: Branch, issue: Issue) -> FormatProblem:
    """Say why a record that stands once for the whole file cannot be made or written."""
    name = ".".join(filter(None, (issue.record, issue.field)))
    return FormatProblem(
        issue.code,
        f"{branch.name} cannot be made: {name} {issue.reason}",
        line=issue.line or None,
        help="this record stands once for the whole file",
    )


def _titled(layout: Layout) -> int:
    """Give the branch at the top of a structure before which a header line stands, -1 for none."""
    if layout.file.form != "delimited" or not layout.file.header:
        return -1
    record = layout.records[titled(layout)]
    tops = [one.record is record for one in layout.root.children]
    return tops.index(True) if True in tops else 0


def _document(layout: Layout) -> "jsonwriter.Document | xmlwriter.Document | None":
    """Give the writer of a form that is one document, None for any other."""
    if layout.file.form == "json":
        from crosswalk.formats import jsonwriter

        return jsonwriter.document(layout)
    if layout.file.form == "xml":
        from crosswalk.formats import xmlwriter

        return xmlwriter.document(layout)
    return None


def _itself(made: Instance) -> str:
    """Hand a host the occurrence as it is; only `library` asks for the form "values"."""
    return made  # type: ignore[return-value]


Lines = Callable[[Instance], str]


def _lines(layout: Layout) -> Lines:
    """Build the function from a record, and those that stand in its line, to the line."""
    write, grouped = textform.writer(layout), lines_of(layout)

    def line(made: Instance) -> str:
        record = made.branch.record
        assert record is not None
        try:
            if record.ordinal in grouped:
                return write(*grouped[record.ordinal].put(made))
            return write(record, [as_text(cell) for cell in made.cells or ()])
        except Problem as problem:
            raise Rejected(_issue(problem, made, grouped.get(record.ordinal))) from problem

    return line


def _issue(problem: Problem, made: Instance, line: Line | None) -> Issue:
    """Say which field of a record, or of those in its line, its form cannot hold."""
    record = made.branch.record
    assert record is not None
    key = getattr(problem, "field", None)
    fields = record.fields if line is None else line.whole(line.more_of(made)).fields
    one = next((one for one in fields if one.key == key), None)
    if one is None:
        return Issue(problem.code, problem.reason, made.line, made.line, record.name)
    value = spell((made.values or ())[one.position]) if line is None and made.values else ""
    place = (made.line, made.line, record.name, one.name, value, one.name)
    return Issue(problem.code, problem.reason, *place)


def _flat(made: Instance, line: Lines) -> str:
    """Write an occurrence as lines: its own record first, then those below it."""
    pieces = []
    if made.branch.record is not None and made.cells is not None:
        pieces.append(line(made))
    for branch, group in zip(made.branch.children, made.children, strict=True):
        if not in_line(branch):
            pieces += [_flat(child, line) for child in group]
    return "".join(pieces)
