"""The way of a file: read, map, write; what cannot be mapped goes to the rejects."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import BinaryIO

from crosswalk.model.controls import EXACT, controlled, tally_of
from crosswalk.model.records import Instance, Rejected
from crosswalk.planning import plan as p
from crosswalk.running.accounts import Summary
from crosswalk.running.emit import no_file
from crosswalk.running.evaluate import Place
from crosswalk.running.flat import Flat
from crosswalk.running.mapper import Mapper, OnNotice, OnReject
from crosswalk.running.nested import Nested
from crosswalk.running.shares import Share, Sink
from crosswalk.running.totals import decimals, records, write_controls

EVERY = 256
"""After how many units their text is written out and progress is told."""

OnProgress = Callable[[Summary], None]


class Flow(Mapper):
    """One run of a plan over one input. Not reusable."""

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
        count = 0
        if self.plan.target.file.blocks is not None:
            whole = self.plan.unit is None
            tally = tally_of(of.root, self.wanted) if whole else of.tally
            count = records(self.plan.target, tally)
        return of.emitter.tail(of.root, self.plan, count)

    def head(self, share: Share | None = None) -> bytes:
        """Give what stands before the body: marks, header line, and the head records."""
        of = share or self.share
        return of.emitter.head(of.root, self.plan)

    def texts(self, stream: BinaryIO) -> Iterator[str]:
        """Give the text of each target unit."""
        way = Flat(self) if self.is_flat() else Nested(self)
        return way.texts(stream)

    # --- the records of the whole file ---------------------------------------------------

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
                write_controls(one, share.tally, self.interpreter.writers)

    def once(self, node: p.Node, place: Place, share: Share) -> list[Instance]:
        """Make a record of the whole file. Raises FormatProblem: without it there is no file."""
        try:
            return list(self.interpreter.occurrences(node, place, share.root))
        except Rejected as rejected:
            raise no_file(node.branch, rejected.issue) from rejected

    def merge_compiled(self) -> None:
        """Add what the compiled function counted."""
        if self.code is None:
            return
        for name, count in self.code.counts.items():
            self.summary.tally.counts[name] = self.summary.tally.counts.get(name, 0) + count
        for name, minor in self.code.sums.items():
            self.summary.tally.plus(
                name, Decimal(minor).scaleb(-decimals(self.plan.target, name), EXACT)
            )
        self.code.counts.update(dict.fromkeys(self.code.counts, 0))
        self.code.sums.update(dict.fromkeys(self.code.sums, 0))
