"""What a run holds while it goes on, and the way of one unit through the reference.

Nothing is lost: the records read are those written, those rejected and those a `nest: when`
leaves out, and the run fails when that does not add up (safety F4).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from crosswalk.formats import textform
from crosswalk.model.controls import EXACT, wanted_sums
from crosswalk.model.records import Damage, Instance, Issue, Rejected
from crosswalk.planning import plan as p
from crosswalk.running.accounts import Held, Reject, Summary
from crosswalk.running.compile import Compiled, NotCompiled, compile_unit
from crosswalk.running.context import Context
from crosswalk.running.evaluate import Place
from crosswalk.running.interpret import Interpreter
from crosswalk.running.laws import Laws
from crosswalk.running.losses import causes_of
from crosswalk.running.occurrences import issue_of, lines_of, named
from crosswalk.running.rows import Cells, Part
from crosswalk.running.shares import Places, Share, Shares
from crosswalk.running.totals import amounts, fill_controls
from crosswalk.running.uniqueness import Met, collision, distinct_pairs, keyed_by_source
from crosswalk.running.unreadable import unmapped_records, unreadable, used_fields
from crosswalk.values.codecs import Problem

Totals = tuple[dict[str, int], dict[str, int]]
"""What the compiled function counted and added up."""

OnReject = Callable[[Reject], None]
OnNotice = Callable[[Issue], None]


class Mapper:
    """What one run of a plan over one input holds. Not reusable."""

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
        self.laws = Laws(self.interpreter)
        self.unmapped = unmapped_records(plan)
        self.shares = Shares(plan.target, places)
        self.summary = Summary()
        self.wanted = wanted_sums(plan.target)
        self.root = Instance(plan.source.root, 0, None, [[] for _ in plan.source.root.children])
        self.made_root = Instance(plan.target.root, 0, None)
        if not self.shares.several:
            self.share = self.shares.of("")
            self.share.root, self.share.tally = self.made_root, self.summary.tally
        self.key_is_source = self.is_flat() and keyed_by_source(self.node)
        self.code: Compiled | None = None
        if compiled:
            try:
                self.code = compile_unit(plan, self.interpreter)
                self.summary.compiled = "compiled"
            except NotCompiled as reason:
                self.summary.compiled = f"reference: {reason}"
        else:
            self.summary.compiled = "reference"
        self.where = ""
        self.reject_to: OnReject = lambda _: None
        self.notice_to: OnNotice = lambda _: None

    def is_flat(self) -> bool:
        """Tell whether the source is rows of one record type, read the quick way."""
        top = self.plan.source.root.children
        leaf = len(top) == 1 and top[0].record is not None and not top[0].children
        quick = leaf and textform.is_quick(self.plan.source.file)
        return quick and self.plan.unit is not None and self.node.source is top[0]

    @property
    def node(self) -> p.Node:
        """Give the plan of the repeating target unit."""
        assert self.plan.unit is not None
        return self.plan.root.children[self.plan.unit]

    def remember(self, line: int, cells: Cells) -> None:
        """Keep the file's first row for head records that take something from it."""
        if not self.root.children[0]:
            top = self.plan.source.root.children[0]
            self.root.children[0] = [Instance(top, line, [*cells], [], None, self.root)]

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
            place = Place(members, earlier or tuple(members), self.summary.units + 1)
            made = interpreter.make(node, place, self.made_root)
            self.laws.hold_all(members)
            fill_controls(made, self.wanted, interpreter.writers)
            share = self.share_of(made)
            text = share.emitter.text(made)
            pairs = distinct_pairs(interpreter, node, made, members)
            if pairs and not self.distinct(pairs):
                raise Rejected(collision(node, members))  # noqa: TRY301
        except Rejected as rejected:
            self.reject_unit(rejected.issue, lines, members)
            interpreter.notes.clear()
            return
        self.share = share
        share.tally.add(made, self.wanted)
        self.wrote(members, len(lines))
        self.summary.units += 1
        self.flush_notes()
        yield text

    def wrote(self, members: Sequence[Instance], count: int, but: Sequence[Instance] = ()) -> None:
        """Count records as written, and those among them that no entry uses as left out.

        The records of `but` are members whose own fate is told elsewhere.
        """
        if not self.unmapped:
            self.summary.written += count
            return
        idle = Counter(named(members, self.unmapped)) - Counter(named(but, self.unmapped))
        self.summary.wrote(count, idle)

    def share_of(self, made: Instance) -> Share:
        """Give the share of a made unit. Raises Rejected when its file cannot have a name."""
        try:
            return self.shares.of_made(made)
        except Problem as problem:
            issue = Issue(problem.code, problem.reason, made.line, made.line, made.branch.name)
            raise Rejected(issue) from problem

    def flush_notes(self) -> None:
        """Hand out what the reference noted."""
        for issue in self.interpreter.notes:
            self.notice(issue)
        self.interpreter.notes.clear()

    def notice(self, issue: Issue) -> None:
        """Count and hand out a notice."""
        self.summary.notices += 1
        self.notice_to(issue)

    # --- distinct ------------------------------------------------------------------------

    def counted(self) -> Totals | None:
        """Give the compiled totals so far, where a unit may have to be taken out of them again."""
        if self.code is None or not self.held.values:
            return None
        return dict(self.code.counts), dict(self.code.sums)

    def distinct(self, pairs: list[tuple[str, str]], before: Totals | None = None) -> bool:
        """Remember pairs by their hashes; False when one is held back.

        `before` are the compiled totals without the unit: one that is held back leaves them.
        """
        fine, met, held = True, self.met, self.held.values
        for source, target in pairs:
            key = hash(target)
            if key in held:
                fine = False
            met.targets.append(key)
            met.sources.append(met.groups[-1] if self.key_is_source else hash(source))
        pairs.clear()
        if not fine and before is not None and self.code is not None:
            self.code.counts.update(before[0])
            self.code.sums.update(before[1])
        return fine

    # --- rejects -------------------------------------------------------------------------

    def reject(
        self, issue: Issue, lines: tuple[int, ...], members: Sequence[Instance] = ()
    ) -> None:
        """Count and hand out a reject, with the control amounts that can still be read."""
        self.account(issue, lines, self.costs(members))

    def account(
        self, issue: Issue, lines: tuple[int, ...], costs: dict[str, Decimal | None]
    ) -> None:
        """Count and hand out a reject with its control amounts."""
        for name, amount in costs.items():
            if amount is None:
                self.summary.unreadable_amounts[name] = (
                    self.summary.unreadable_amounts.get(name, 0) + 1
                )
            else:
                before = self.summary.rejected_amounts.get(name, Decimal(0))
                self.summary.rejected_amounts[name] = EXACT.add(before, amount)
        self.summary.rejected += len(lines)
        self.summary.rejects += 1
        self.reject_to(Reject(issue, lines, costs))

    def reject_lost(self, lost: Instance, units: Sequence[Instance]) -> Damage:
        """Reject what is damaged: one reject for each cause, one for the units that are whole.

        Gives the first cause.
        """
        causes, held = causes_of(lost), lines_of(units)
        own = Counter(lines_of([lost])) - Counter(held)
        first = causes[0]
        for cause in reversed(causes):
            lines = (cause.line,) * cause.records
            if cause is first:
                lines = tuple(sorted((*lines, *own.elements())))
            self.reject(issue_of(cause), lines)
        if units:
            self.account(self.torn(held, first, lost.branch.name), held, self.costs_of(units))
        return first

    def costs_of(self, units: Sequence[Instance]) -> dict[str, Decimal | None]:
        """Give the control amounts of several units together; None where one cannot be read."""
        total: dict[str, Decimal | None] = {name: Decimal(0) for name in sorted(self.wanted)}
        try:
            groups = list(self.interpreter.groups(self.node, units))
        except Rejected:
            return self.costs(())
        for group in groups:
            for name, amount in self.costs(group).items():
                before = total[name]
                known = before is not None and amount is not None
                total[name] = EXACT.add(before, amount) if known else None  # type: ignore[arg-type]
        return total

    def costs(
        self, members: Sequence[Instance], *, whole: bool = True
    ) -> dict[str, Decimal | None]:
        """Give the control amounts of a unit; None where one cannot be read."""
        if not members:
            return dict.fromkeys(self.wanted)
        return amounts(self.interpreter, self.node, self.wanted, members, whole=whole)

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
            issue = replace(cause, reason=self.where + cause.reason) if self.where else cause
        else:
            issue = self.torn(rest, cause) if rest else faults[lines[0]]
        faults.pop(issue.line, None)
        whole = isinstance(cause, Issue)
        sound = tuple(line for line in lines if line not in faults)
        self.account(issue, sound, self.costs(members, whole=whole))
        for line, fault in faults.items():
            self.summary.rejected += lines.count(line)
            self.summary.rejects += 1
            self.reject_to(Reject(fault, (line,) * lines.count(line)))

    def torn(self, lines: Sequence[int], damage: Damage, name: str = "") -> Issue:
        """Say that whole records are not written because one of their group is damaged."""
        name = name or self.node.branch.name
        reason = f"not written, because line {damage.line} of the same {name} is damaged"
        return Issue("CW578", reason, lines[0], lines[-1], self.node.source.name)
