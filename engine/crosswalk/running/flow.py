"""The way of a file: read, map, write; what cannot be mapped goes to the rejects.

Nothing is lost: the records read are those written, those rejected and those a `nest: when`
leaves out, and the run fails when that does not add up (safety F4).
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import textform
from crosswalk.formats.fitting import Shapes
from crosswalk.model.controls import EXACT, Tally, controlled, present, tally_of, wanted_sums
from crosswalk.model.layout import branches
from crosswalk.model.records import Cell, Damage, Instance, Issue, Rejected
from crosswalk.planning import plan as p
from crosswalk.running.accounts import Held, Reject, Summary
from crosswalk.running.assemble import Spoiled, assemble
from crosswalk.running.compile import Compiled, NotCompiled, compile_unit
from crosswalk.running.compile_cells import places
from crosswalk.running.interpret import Context, Interpreter, Place, spell
from crosswalk.running.occurrences import (
    below,
    distinct_assignments,
    issue_of,
    lines_of,
    size_of,
    walk,
)
from crosswalk.running.rows import Cells, Group, Grouping, Part, read_groups, read_rows
from crosswalk.running.shares import Places, Share, Shares, Sink
from crosswalk.running.source_controls import SourceControls
from crosswalk.running.uniqueness import Met
from crosswalk.running.unreadable import unreadable, used_fields
from crosswalk.values.codecs import Problem

EVERY = 2048
"""After how many units their text is written out and progress is told."""


Totals = tuple[dict[str, int], dict[str, int]]
"""What the compiled function counted and added up."""

OnReject = Callable[[Reject], None]
OnNotice = Callable[[Issue], None]
OnProgress = Callable[[Summary], None]


class Flow:
    """One run of a plan over one input. Not reusable."""

    def __init__(  # noqa: PLR0913
        self,
        plan: p.Plan,
        context: Context,
        *,
        compiled: bool = True,
        held: Held | None = None,
        part: Part | None = None,
        places: Places | None = None,
    ) -> None:
        """Prepare a run.

        `held` is what an earlier attempt found to collide; `part` says that the input is only a
        part of a flat file; `places` is where the files go when the target has several.
        """
        self.plan, self.context, self.held, self.part = plan, context, held or Held(), part
        self.met = Met()
        self.interpreter = Interpreter(plan, context)
        self.shares = Shares(plan.target, places)
        self.summary = Summary()
        self.wanted = wanted_sums(plan.target)
        self.root = Instance(plan.source.root, 0, None, [[] for _ in plan.source.root.children])
        self.looked_up = _looked_up(plan)
        self.made_root = Instance(plan.target.root, 0, None)
        if not self.shares.several:
            self.share = self.shares.of("")
            self.share.root, self.share.tally = self.made_root, self.summary.tally
        self.key_is_source = self.keyed_by_source()
        self.code: Compiled | None = None
        if compiled:
            try:
                self.code = compile_unit(plan, self.interpreter)
                self.summary.compiled = "compiled"
            except NotCompiled as reason:
                self.summary.compiled = f"reference: {reason}"
        else:
            self.summary.compiled = "reference"

    # --- whole runs ----------------------------------------------------------------------

    def run(
        self,
        stream: BinaryIO,
        body: Sink,
        reject: OnReject,
        notice: OnNotice = lambda _: None,
        progress: OnProgress = lambda _: None,
    ) -> Summary:
        """Map a whole input. `body` gets the target's records after the head, in blocks.

        Raises FormatProblem when the input as a whole cannot be used.
        """
        self.units(stream, body, reject, notice, progress)
        self.settle()
        body(self.tail())
        return self.summary

    def units(
        self,
        stream: BinaryIO,
        body: Sink,
        reject: OnReject,
        notice: OnNotice = lambda _: None,
        progress: OnProgress = lambda _: None,
    ) -> None:
        """Map the units of an input (or of a part of it), without the records of the file."""
        self.reject_to, self.notice_to = reject, notice
        for count, text in enumerate(self.texts(stream), 1):
            self.share.pieces.append(text)
            if count % EVERY == 0:
                self.summary.emitted += self.shares.write_out(body)
                progress(self.summary)
        self.summary.emitted += self.shares.write_out(body)
        self.merge_compiled()
        progress(self.summary)

    def tail(self, share: Share | None = None) -> bytes:
        """Give what stands after the body of a file, once the run is settled."""
        of = share or self.share
        return of.emitter.tail(of.root, self.plan)

    def head(self, share: Share | None = None) -> bytes:
        """Give what stands before the body: marks, header line, and the head records."""
        of = share or self.share
        return of.emitter.head(of.root, self.plan)

    def texts(self, stream: BinaryIO) -> Iterator[str]:
        """Give the text of each target unit."""
        if self.plan.unit is None:
            yield from self.whole(stream)
        elif self.is_flat():
            yield from self.flat(stream) if self.node.keys else self.rows(stream)
        else:
            yield from self.tree(stream)

    def is_flat(self) -> bool:
        """Tell whether the source is rows of one record type, read the quick way."""
        top = self.plan.source.root.children
        leaf = len(top) == 1 and top[0].record is not None and not top[0].children
        return leaf and textform.is_quick(self.plan.source.file) and self.node.source is top[0]

    @property
    def node(self) -> p.Node:
        """Give the plan of the repeating target unit."""
        assert self.plan.unit is not None
        return self.plan.root.children[self.plan.unit]

    # --- flat sources --------------------------------------------------------------------

    def flat(self, stream: BinaryIO) -> Iterator[str]:
        """Map rows of one record type, grouped by the unit's keys."""
        keys = tuple(slot.field.position for slot in self.node.keys)
        grouping = Grouping(
            keys, self.same_key, self.faulty_key, self.plain_keys(), *self.quick_rows()
        )
        for group in read_groups(stream, self.plan.source, grouping, self.part):
            if isinstance(group, Damage):
                self.reject_row(group)
                continue
            self.summary.read += len(group.tails)
            if not self.together(group.first, keys):
                self.reject_apart(group)
                continue
            text = None if group.damages or group.odd else self.mapped(group.first, group.tails)
            if text is not None:
                self.remember(group.lines[0], group.first)
                yield text
                continue
            yield from self.replay(group)

    def rows(self, stream: BinaryIO) -> Iterator[str]:
        """Map rows of one record type, each a unit of its own."""
        for line, cells in read_rows(stream, self.plan.source, self.part):
            if isinstance(cells, Damage):
                self.reject_row(cells)
                continue
            self.summary.read += 1
            text = self.mapped(cells, (cells,))
            if text is not None:
                self.remember(line, cells)
                yield text
                continue
            yield from self.replay(Group(cells, 0, cells, line))

    def reject_row(self, damage: Damage) -> None:
        """Reject a line that cannot be read and is nobody's."""
        self.summary.read += 1
        self.reject(issue_of(damage), (damage.line,))

    def mapped(self, first: Cells, tails: Sequence[Cells]) -> str | None:
        """Try the compiled function on rows; None when the reference must look."""
        code = self.code
        if code is None:
            return None
        before = self.counted() if self.held.values else None
        try:
            text: str = code.unit(first, tails)
        except Exception:  # noqa: BLE001 - the reference says what is wrong
            code.pairs.clear()
            return None
        if code.pairs and not self.distinct(code.pairs, before):
            return None
        if self.shares.several and not self.shared():
            return None
        self.summary.written += len(tails)
        self.summary.units += 1
        return text

    def quick_rows(self) -> tuple[int, Shapes | None]:
        """Give how many columns the rows of a group share, and what a row must be like to fit."""
        return (0, None) if self.code is None else (self.code.head, self.code.shapes)

    def faulty_key(self, cells: Cells, line: int) -> Damage | None:
        """Tell why the keys of a row cannot be read, None when they can."""
        top = self.plan.source.root.children[0]
        try:
            for slot in self.node.keys:
                if not present(self.interpreter.field(slot, Instance(top, line, [*cells]))):
                    reason = "is blank, but tells which records belong together"
                    return Damage(line, line, "CW503", reason, self.joined(cells), slot.field.name)
        except Rejected as rejected:
            issue = rejected.issue
            return Damage(line, line, issue.code, issue.reason, self.joined(cells), issue.field)
        return None

    def joined(self, cells: Sequence[Cell]) -> str:
        """Give the text of a row as far as it matters for telling whose it is."""
        return self.plan.source.file.delimiter.join(str(cell) for cell in cells)

    def together(self, cells: Cells, keys: tuple[int, ...]) -> bool:
        """Remember a group's key by its hash; False when its records stand at several places."""
        key = hash(cells[keys[0]] if len(keys) == 1 else tuple([cells[at] for at in keys]))
        self.met.groups.append(key)
        return key not in self.held.groups

    def reject_apart(self, group: Group) -> None:
        """Reject a group whose records do not stand together in the file."""
        name = self.node.branch.name
        reason = f"the records of one {name} do not stand together; all parts of it are held back"
        lines = tuple(group.lines)
        top = self.plan.source.root.children[0]
        members = [
            Instance(top, line, cells, [], None, self.root)
            for line, cells in zip(group.lines, group.rows(), strict=True)
        ]
        for damage in group.damages:
            self.summary.read += 1
            self.reject(issue_of(damage), (damage.line,))
        issue = Issue("CW580", reason, lines[0], lines[-1], self.node.source.name)
        self.reject(issue, lines, members)

    def plain_keys(self) -> bool:
        """Tell whether keys are texts that are equal only when written alike."""
        fields = [slot.field for slot in self.node.keys]
        return all(
            one.codec.type == "text" and not (one.values or one.always or one.length)
            for one in fields
        )

    def same_key(self, one: Cells, other: Cells) -> bool:
        """Compare the keys of two rows by their values, where their texts differ."""
        if all(slot.field.codec.type in ("text", "code") for slot in self.node.keys):
            return False
        top = self.plan.source.root.children[0]
        try:
            return all(
                self.interpreter.field(slot, Instance(top, 0, [*one]))
                == self.interpreter.field(slot, Instance(top, 0, [*other]))
                for slot in self.node.keys
            )
        except Rejected:
            return False

    def remember(self, line: int, cells: Cells) -> None:
        """Keep the file's first row for head records that take something from it."""
        if not self.root.children[0]:
            top = self.plan.source.root.children[0]
            self.root.children[0] = [Instance(top, line, [*cells], [], None, self.root)]

    def replay(self, group: Group) -> Iterator[str]:
        """Map a group by the reference; damage in it rejects the whole group."""
        top = self.plan.source.root.children[0]
        lines = tuple(group.lines)
        members = [
            Instance(top, line, cells, [], None, self.root)
            for line, cells in zip(group.lines, group.rows(), strict=True)
        ]
        if group.damages:
            for damage in group.damages:
                self.summary.read += 1
                self.reject(issue_of(damage), (damage.line,))
            self.reject_unit(group.damages[0], lines, members)
            self.interpreter.notes.clear()
            return
        self.remember(group.lines[0], group.first)
        self.summary.replayed += 1
        yield from self.refer(members, lines)

    def torn(self, lines: Sequence[int], damage: Damage) -> Issue:
        """Say that whole records are not written because one of their group is damaged."""
        name = self.node.branch.name
        reason = f"not written, because line {damage.line} of the same {name} is damaged"
        return Issue("CW578", reason, lines[0], lines[-1], self.node.source.name)

    # --- nested sources ------------------------------------------------------------------

    def tree(self, stream: BinaryIO) -> Iterator[str]:
        """Map nested occurrences as they are read."""
        node, verify = self.node, SourceControls(self.interpreter, self.summary)
        path = node.path.downs if node.path is not None else ()
        index = path[0] if path else 0
        streamed = self.plan.source.root.children[index]
        waiting: list[Instance] = []
        for item in self.items(stream):
            if not isinstance(item, Instance):
                self.spoiled(item, verify)
                continue
            verify.add(item)
            if item.branch is not streamed:
                self.place(item)
                continue
            item.parent = self.root
            self.summary.read += size_of(item)
            if len(path) == 1 and node.keys:
                if waiting and not self.joins(waiting[0], item):
                    yield from self.unit(waiting)
                    waiting = []
                waiting.append(item)
            else:
                yield from self.unit([item])
        if waiting:
            yield from self.unit(waiting)
        verify.finish()

    def items(self, stream: BinaryIO) -> Iterator[Instance | Spoiled | Damage]:
        """Give the top-level occurrences of an input; only its own form is imported."""
        form = self.plan.source.file.form
        if form == "values":
            return iter(stream)  # type: ignore[arg-type]
        if form in ("json", "json-lines"):
            from crosswalk.formats import jsonform

            return jsonform.read(stream, self.plan.source)
        if form in textform.FORMS:
            return assemble(textform.read(stream, self.plan.source), self.plan.source)
        if form == "xml":
            from crosswalk.formats import xmlform

            return xmlform.read(stream, self.plan.source)
        if form == "sheet":
            from crosswalk.formats import sheetform

            return assemble(sheetform.read(stream, self.plan.source), self.plan.source)
        raise FormatProblem("CW600", f"form '{form}' cannot be read")

    def place(self, item: Instance) -> None:
        """Keep a file-level record where later records find it; of several all they look up."""
        item.parent = self.root
        others = self.root.children[self.plan.source.root.children.index(item.branch)]
        if item.branch.name not in self.looked_up:
            others.clear()
        others.append(item)
        self.summary.read += size_of(item)
        self.summary.written += size_of(item)

    def joins(self, one: Instance, other: Instance) -> bool:
        """Tell whether two streamed occurrences belong to one group."""
        try:
            return all(
                self.interpreter.field(slot, one) == self.interpreter.field(slot, other)
                for slot in self.node.keys
            )
        except Rejected:
            return False

    def spoiled(self, item: Spoiled | Damage, verify: SourceControls) -> None:
        """Reject what could not be read. Raises FormatProblem for a file that is cut off."""
        if isinstance(item, Damage) and item.code == "CW631" and not verify.damaged:
            help_ = "it may be cut off; a record that may be left out has a ? in the structure"
            raise FormatProblem(item.code, item.reason, line=item.line or None, help=help_)
        verify.damaged = True
        if isinstance(item, Damage):
            lines: tuple[int, ...] = () if item.code == "CW631" else (item.line,)
            self.summary.read += len(lines)
            self.reject(issue_of(item), lines)
            return
        self.summary.read += item.rows
        first, *rest = item.damages
        lines = tuple(range(item.first, item.first + item.rows))
        for damage in rest:
            self.reject(issue_of(damage), ())
        self.reject(issue_of(first), lines)

    def unit(self, members: list[Instance]) -> Iterator[str]:
        """Map one streamed occurrence (or group of them)."""
        index = self.plan.source.root.children.index(members[0].branch)
        self.root.children[index] = members
        size = sum(size_of(one) for one in members)
        direct = self.node.path is not None and len(self.node.path.downs) == 1
        if self.code is not None:
            text, units = self.quick(members)
            if text is not None:
                self.summary.written += size
                self.summary.units += units
                yield from self.dealt(text, units)
                return
        self.summary.replayed += 1
        if direct:
            yield from self.refer(members, lines_of(members))
        else:
            yield from self.parts(members)

    def quick(self, members: list[Instance]) -> tuple[Any, int]:
        """Try the compiled function; no text when the reference must look."""
        code = self.code
        assert code is not None
        code.keys.clear()
        before = self.counted()
        try:
            made = code.unit(*self.given(members))
            for key in code.keys:
                self.shares.of(key)
        except Exception:  # noqa: BLE001 - the reference says what is wrong
            code.pairs.clear()
            return None, 0
        text, units = made if code.several else (made, 1)
        fine = not code.pairs or self.distinct(code.pairs, before)
        return (text if fine else None), units

    def dealt(self, made: Any, units: int) -> Iterator[str]:  # noqa: ANN401 - as the function gives it
        """Give the texts of the compiled function, each to the share it belongs to."""
        assert self.code is not None
        if not self.shares.several:
            self.summary.emitted += units - 1
            yield made
            return
        texts = made if self.code.several else [made]
        for key, text in zip(tuple(self.code.keys), texts, strict=True):
            self.share = self.shares.of(key)
            yield text

    def shared(self) -> bool:
        """Find the share of a row's unit; False when its file cannot have a name."""
        assert self.code is not None
        try:
            self.share = self.shares.of(self.code.keys[-1])
        except Problem:
            return False
        finally:
            self.code.keys.clear()
        return True

    def given(self, members: list[Instance]) -> tuple[Any, list[Any]]:
        """Give what the compiled function takes. Raises ValueError for rows it cannot take."""
        assert self.code is not None
        if not self.code.flat:
            return members[0], members
        rows, head = [one.cells or [] for one in members], self.code.head
        if not head:
            return rows[0], rows
        if any(row[:head] != rows[0][:head] for row in rows):
            raise ValueError("a row does not begin like the first of its group")
        return rows[0], [row[head:] for row in rows]

    def parts(self, members: list[Instance]) -> Iterator[str]:
        """Map the several target units that one streamed occurrence holds."""
        from crosswalk.running.interpret import follow

        assert self.node.path is not None
        found = follow(self.node.path, Place((self.root,)))
        counted = 0
        for group in self.interpreter.groups(self.node, found):
            lines = lines_of(group)
            counted += len(lines)
            yield from self.refer(group, lines, tuple(found))
        rest = sum(size_of(one) for one in members) - counted
        self.summary.written += rest

    def whole(self, stream: BinaryIO) -> Iterator[str]:
        """Map a file that is one unit: all its records are held at once."""
        size = 0
        for item in self.items(stream):
            if not isinstance(item, Instance):
                self.spoiled(item, SourceControls(self.interpreter, self.summary))
                continue
            item.parent = self.root
            size += size_of(item)
            self.root.children[self.plan.source.root.children.index(item.branch)].append(item)
        self.summary.read += size
        try:
            made = self.interpreter.make(self.plan.root, Place((self.root,)))
            self.fill_controls(made)
            self.made_root = self.share.root = made
            pieces = (one for group in made.children for one in group)
            emitter = self.share.emitter
            document = emitter.document is not None  # the head holds it
            text = "" if document else "".join(emitter.text(one) for one in pieces)
        except Rejected as rejected:
            self.reject(rejected.issue, tuple(range(size)))
            return
        self.summary.written += size
        self.summary.units += 1
        self.flush_notes()
        yield text

    # --- the reference -------------------------------------------------------------------

    def refer(
        self, members: list[Instance], lines: tuple[int, ...], earlier: tuple[Instance, ...] = ()
    ) -> Iterator[str]:
        """Map one unit by the reference interpreter."""
        interpreter, node = self.interpreter, self.node
        interpreter.notes.clear()
        try:
            if not interpreter.applies(node.when, Place(members[:1])):
                self.summary.left_out += len(lines)
                return
            place = Place(members, earlier or tuple(members))
            made = interpreter.make(node, place, self.made_root)
            self.fill_controls(made)
            share = self.share_of(made)
            text = share.emitter.text(made)
            pairs = self.distinct_pairs(made, members)
            if pairs and not self.distinct(pairs):
                raise Rejected(self.collision(members))  # noqa: TRY301
        except Rejected as rejected:
            self.reject_unit(rejected.issue, lines, members)
            interpreter.notes.clear()
            return
        self.share = share
        share.tally.add(made, self.wanted)
        self.summary.written += len(lines)
        self.summary.units += 1
        self.flush_notes()
        yield text

    def share_of(self, made: Instance) -> Share:
        """Give the share of a made unit. Raises Rejected when its file cannot have a name."""
        try:
            return self.shares.of_made(made)
        except Problem as problem:
            issue = Issue(problem.code, problem.reason, made.line, made.line, made.branch.name)
            raise Rejected(issue) from problem

    def fill_controls(self, made: Instance) -> None:
        """Compute the control totals inside a unit."""
        inner = list(controlled(made))
        if made.branch.record is not None and any(f.control for f in made.branch.record.fields):
            inner.append((made, made))
        for one, group in inner:
            tally = tally_of(group, self.wanted)
            self.write_controls(one, tally)

    def write_controls(self, one: Instance, tally: Tally) -> None:
        """Fill in a record's control totals from a tally."""
        record = one.branch.record
        assert record is not None
        assert one.cells is not None
        for target in record.fields:
            if target.control is not None:
                value = tally.total(target.control, target)
                writer = self.interpreter.writers[record.name, target.position]
                one.cells[target.position] = writer(value, [])
                if one.values is not None:
                    one.values[target.position] = value

    def settle(self) -> None:
        """Make the records of the whole file, now that all totals are known."""
        if self.plan.unit is None:
            return
        for share in self.shares:
            self.settle_share(share)
            if self.shares.several:
                self.summary.tally.merge(share.tally)
        self.flush_notes()

    def settle_share(self, share: Share) -> None:
        """Make the records of one whole file."""
        place = Place((self.root,))
        children: list[list[Instance]] = []
        for number, child in enumerate(self.plan.root.children):
            if number == self.plan.unit:
                children.append([])
                continue
            children.append(self.once(child, place, share))
        share.root.children = children
        for group in children:
            for one in group:
                share.tally.add(one, self.wanted)
        for one, group_of in controlled(share.root):
            if group_of is share.root:
                self.write_controls(one, share.tally)

    def once(self, node: p.Node, place: Place, share: Share) -> list[Instance]:
        """Make a record of the whole file. Raises FormatProblem: without it there is no file."""
        try:
            return list(self.interpreter.occurrences(node, place, share.root))
        except Rejected as rejected:
            issue = rejected.issue
            name = ".".join(filter(None, (issue.record, issue.field)))
            raise FormatProblem(
                issue.code,
                f"{node.branch.name} cannot be made: {name} {issue.reason}",
                line=issue.line or None,
                help="this record stands once for the whole file",
            ) from rejected

    def merge_compiled(self) -> None:
        """Add what the compiled function counted."""
        if self.code is None:
            return
        for name, count in self.code.counts.items():
            self.summary.tally.counts[name] = self.summary.tally.counts.get(name, 0) + count
        for name, minor in self.code.sums.items():
            self.summary.tally.plus(name, Decimal(minor).scaleb(-self.places(name), EXACT))
        self.code.counts.update(dict.fromkeys(self.code.counts, 0))
        self.code.sums.update(dict.fromkeys(self.code.sums, 0))

    def places(self, name: str) -> int:
        """Give the decimals of a target field by `Record.Field`."""
        record, _, field_name = name.partition(".")
        for one in self.plan.target.records:
            for target in one.fields if one.name == record else ():
                if field_name in (target.key, target.name):
                    return places(target) or 0
        return 2

    # --- distinct ------------------------------------------------------------------------

    def keyed_by_source(self) -> bool:
        """Tell whether what `distinct` compares is the very field that groups the records."""
        if self.plan.unit is None or not self.is_flat() or len(self.node.keys) != 1:
            return False
        key = self.node.keys[0].field
        origins = [a.term.origin for _, a in distinct_assignments(self.node) if a.term is not None]
        return all(isinstance(o, p.FieldValue) and o.slot.field is key for o in origins)

    def distinct_pairs(self, made: Instance, members: list[Instance]) -> list[tuple[str, str]]:
        """Give (source text, target text) of every `distinct` entry of a unit."""
        pairs = []
        for node, assignment in distinct_assignments(self.node):
            for one in below(made, node.branch.name):
                term = assignment.term
                assert term is not None
                bare = p.Term(term.origin, term.type, term.span, term.pick, term.over)
                source = self.interpreter.term(bare, Place(members))
                value = (one.values or [])[assignment.field.position]
                text = assignment.field.codec.write(value) if present(value) else ""
                pairs.append((spell(source), text))
        return pairs

    def counted(self) -> Totals | None:
        """Give the compiled totals so far, where a unit may have to be taken out of them again."""
        if self.code is None or not self.held.values:
            return None
        return dict(self.code.counts), dict(self.code.sums)

    def distinct(self, pairs: list[tuple[str, str]], before: Totals | None = None) -> bool:
        """Remember pairs by their hashes; False when one is held back.

        `before` are the compiled totals without the unit: one that is held back leaves them.
        """
        fine = True
        for source, target in pairs:
            key = hash(target)
            if key in self.held.values:
                fine = False
            self.met.targets.append(key)
            self.met.sources.append(self.met.groups[-1] if self.key_is_source else hash(source))
        pairs.clear()
        if not fine and before is not None and self.code is not None:
            self.code.counts.update(before[0])
            self.code.sums.update(before[1])
        return fine

    def collision(self, members: list[Instance]) -> Issue:
        """Say that two different values became one."""
        node, assignment = next(iter(distinct_assignments(self.node)))
        reason = "another record has a different value that becomes the same; both are held back"
        line = members[0].line
        record = node.branch.record
        name = record.name if record else ""
        return Issue("CW579", reason, line, line, name, assignment.field.name, rule=assignment.span)

    # --- rejects -------------------------------------------------------------------------

    def reject(
        self, issue: Issue, lines: tuple[int, ...], members: Sequence[Instance] = ()
    ) -> None:
        """Count and hand out a reject, with the control amounts that can still be read."""
        amounts = self.amounts(members) if members else dict.fromkeys(self.wanted)
        for name, amount in amounts.items():
            if amount is None:
                self.summary.unreadable_amounts[name] = (
                    self.summary.unreadable_amounts.get(name, 0) + 1
                )
            else:
                before = self.summary.rejected_amounts.get(name, Decimal(0))
                self.summary.rejected_amounts[name] = EXACT.add(before, amount)
        self.summary.rejected += len(lines)
        self.summary.rejects += 1
        self.reject_to(Reject(issue, lines, amounts))

    def reject_unit(
        self,
        cause: Issue | Damage,
        lines: tuple[int, ...],
        members: Sequence[Instance],
    ) -> None:
        """Reject a unit; other lines of it that cannot be read either are rejects of their own."""
        found = unreadable(self.interpreter, members, used_fields(self.node))
        faults = {one.line: one for one in found}
        rest = tuple(line for line in lines if line not in faults)
        if isinstance(cause, Issue):
            issue = cause
        else:
            issue = self.torn(rest, cause) if rest else faults[lines[0]]
        faults.pop(issue.line, None)
        self.reject(issue, tuple(line for line in lines if line not in faults), members)
        for line, fault in faults.items():
            self.summary.rejected += lines.count(line)
            self.summary.rejects += 1
            self.reject_to(Reject(fault, (line,) * lines.count(line)))

    def amounts(self, members: Sequence[Instance]) -> dict[str, Decimal | None]:
        """Evaluate only the control amounts of a unit that is rejected."""
        found: dict[str, Decimal | None] = {}
        for name in sorted(self.wanted):
            found[name] = None
            for node, assignment in walk(self.node):
                record = node.branch.record
                assert record is not None
                aliases = (
                    f"{record.name}.{assignment.field.key}",
                    f"{record.name}.{assignment.field.name}",
                )
                if name in aliases and assignment.term is not None and node.path is None:
                    found[name] = self.amount(assignment.term, members)
        return found

    def amount(self, term: p.Term, members: Sequence[Instance]) -> Decimal | None:
        """Evaluate one control amount; None when it cannot be read."""
        try:
            value = self.interpreter.term(term, Place(members))
        except Exception:  # noqa: BLE001 - the reference says what is wrong
            return None
        return Decimal(value) if isinstance(value, (int, Decimal)) else None

    def flush_notes(self) -> None:
        """Hand out what the reference noted."""
        for issue in self.interpreter.notes:
            self.summary.notices += 1
            self.notice_to(issue)
        self.interpreter.notes.clear()


def _looked_up(plan: p.Plan) -> frozenset[str]:
    """Give the repeating branches of a file, besides the unit's, in which values are looked up."""
    used = used_fields(plan.root)
    return frozenset(
        top.name
        for top in plan.source.root.children
        if top.most is None
        and any(one.record and one.record.name in used for one in (top, *branches(top)))
    )
