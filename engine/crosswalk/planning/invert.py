"""The way back: derive from a mapping the mapping in the other direction, where there is one.

Every target field is classified: exact (comes back the same), loses (comes back with less, and
what is lost), one way (does not come back). A direction in which a required field of the other
side has nothing to come from cannot be derived; the check says which field and what to add.
"""

from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from enum import StrEnum

from crosswalk.findings.diagnostics import Span
from crosswalk.language.codetables import CodeTable
from crosswalk.language.conditions import Condition, references, rename
from crosswalk.language.operators import BadParameter, Chain, bind_chain
from crosswalk.model import mapping as m
from crosswalk.model.layout import Field, Layout, Record, branches
from crosswalk.planning.scopes import Scope, Tree


class Class(StrEnum):
    """What becomes of a target field on the way back."""

    EXACT = "exact"
    LOSES = "loses"
    ONE_WAY = "one way"


@dataclass(frozen=True, slots=True)
class Classified:
    """One target field and what becomes of it on the way back."""

    record: str
    field: Field
    verdict: Class
    reason: str


@dataclass(frozen=True, slots=True)
class Inverse:
    """The derived mapping, the classification of every target field, and what stands in the way.

    `gaps` names required source fields (with a reason) that nothing gives.
    """

    mapping: m.Mapping
    classes: tuple[Classified, ...]
    gaps: tuple["Gap", ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What the way back lacks: in words, with the forward entry that does not go back."""

    text: str
    span: Span

    def __str__(self) -> str:
        """Say it."""
        return self.text


@dataclass(frozen=True, slots=True)
class _Given:
    """An entry of the way back for one source field; `loss` is empty when it is exact."""

    entry: m.Entry
    loss: str


def invert(
    mapping: m.Mapping,
    source: Layout,
    target: Layout,
    tables: Table[str, CodeTable],
    backward: m.Mapping | None,
) -> Inverse:
    """Derive the way back of a mapping; what the document says itself of it comes first."""
    work = _Work(mapping, Tree(source), target, tables)
    work.pieces |= split_records(mapping, target)
    work.collect()
    targets = {(one.record, one.field): one for one in work.targets()}
    for one in backward.targets if backward else ():
        targets[one.record, work.key(one)] = one
    nests = {nest.branch: nest for nest in work.nests()}
    nests |= {nest.branch: nest for nest in (backward.nest if backward else ())}
    made = m.Mapping(
        mapping.name, mapping.version, tuple(nests.values()), tuple(targets.values()), mapping.span
    )
    gaps = tuple(work.gaps(set(targets), set(nests)))
    return Inverse(made, tuple(work.classes()), gaps)


@dataclass(slots=True)
class _Work:
    mapping: m.Mapping
    tree: Tree
    target: Layout
    tables: Table[str, CodeTable]
    given: dict[tuple[str, str], list[_Given]] = field(default_factory=dict)
    verdicts: dict[tuple[str, str], tuple[Class, str]] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    pieces: set[str] = field(default_factory=set)
    parts: dict[tuple[str, str, int], list[tuple[str, m.Entry, str]]] = field(default_factory=dict)

    def key(self, one: m.Target) -> str:
        """Give the key of a source field that an entry of the way back names by key or name."""
        for record, candidate in self.tree.fields.get(f"{one.record}.{one.field}", []):
            if record.name == one.record:
                return candidate.key
        return one.field

    def collect(self) -> None:
        """Go through the entries: plain ones first, because conditions lean on them."""
        entries = [(r, f, t) for r, f, t in self.pairs() if t is not None]
        order = sorted(entries, key=lambda item: not isinstance(item[2].entry.origin, m.Copy))
        for record, one, target in order:
            assert target is not None
            verdict = self.undo(record, one, target.entry)
            self.verdicts[record.name, one.key] = verdict
        self.join_parts()

    def pairs(self) -> Iterator[tuple[Record, Field, m.Target | None]]:
        """Give every target field with its entry, if it has one."""
        entries = {(t.record, t.field): t for t in self.mapping.targets}
        for record in self.target.records:
            for one in record.fields:
                found = entries.get((record.name, one.key)) or entries.get((record.name, one.name))
                yield record, one, found

    def undo(  # noqa: C901, PLR0911, PLR0912 - one case for each kind of origin
        self, record: Record, one: Field, entry: m.Entry
    ) -> tuple[Class, str]:
        """Find what an entry gives on the way back, and classify its field."""
        if entry.one_way:
            return Class.ONE_WAY, "declared one way"
        if record.name in self.pieces:
            return Class.ONE_WAY, "made of a piece of a text"
        if entry.pick not in (None, "same") or entry.where is not None:
            which = {None: "chosen", "join": "texts"}.get(entry.pick, entry.pick)
            return Class.ONE_WAY, f"the {which} of several records"
        here = m.Copy(f"{record.name}.{one.key}", entry.span)
        match entry.origin:
            case m.Copy():
                return self.undo_copy(record, one, entry, here)
            case m.Part():
                return self.undo_part(entry, entry.origin, here)
            case m.Join():
                return self.undo_join(entry, entry.origin, here, None)
            case m.Choose():
                return self.undo_choice(entry, entry.origin, here)
            case m.Continues():
                return self.undo_continued(record, one)
            case m.Constant(text=text):
                return Class.ONE_WAY, f"always '{text}', set again by the mapping"
            case m.FromSetting(name=name):
                return Class.ONE_WAY, f"setting {name}, set again for the biller"
            case m.FromRun(name=name):
                return Class.ONE_WAY, f"the {name} of the run"
            case m.FirstOf():
                return Class.ONE_WAY, "which option gave the value is not known"
            case m.Sum() | m.Calculation(word="add"):
                return Class.ONE_WAY, "a sum cannot be taken apart"
            case m.Calculation():
                return Class.ONE_WAY, "a product cannot be taken apart"
            case m.Agree(options=(first, *_)) if isinstance(first.origin, m.Copy):
                return self.undo_copy(record, one, first, here)
            case m.Number():
                return Class.ONE_WAY, "counted again by the mapping"
            case m.Decide(use=use):
                return Class.ONE_WAY, f"decided by {use.name}, decided again by the mapping"
            case _:
                return Class.ONE_WAY, "it has no value to give back"

    def undo_copy(
        self, record: Record, one: Field, entry: m.Entry, here: m.Copy
    ) -> tuple[Class, str]:
        assert isinstance(entry.origin, m.Copy)
        name = entry.origin.field
        chain = self.chain(record, one)
        start = _gather(chain, record, here) if len(chain) > 1 else here
        made = self.reverse(entry, m.Entry(start, entry.span))
        if made is None:
            return Class.ONE_WAY, self.why(entry)
        back, loss = made
        if entry.when is not None:
            loss = loss or "kept only where its condition holds"
        if entry.default is not None:
            loss = loss or "a default cannot be told from a value"
        if not loss and not entry.steps and len(chain) == 1:
            self.plain.setdefault(self.full(name), here.field)
        self.give(name, back, loss)
        return (Class.LOSES, loss) if loss else (Class.EXACT, "")

    def reverse(self, entry: m.Entry, back: m.Entry) -> tuple[m.Entry, str] | None:
        """Turn an entry's steps round. None when a step has no way back."""
        steps: list[m.Clean | m.Lookup] = []
        losses = []
        for step in reversed(entry.steps):
            if isinstance(step, m.Lookup):
                table = self.tables.get(step.table.text)
                if table is None or (table.loss and not table.reversible):
                    return None
                losses.append(table.loss)
                steps.append(replace(step, back=True))
                continue
            chain = self.bound(step)
            if chain is None or chain.backward is None:
                return None
            losses.extend(chain.loss)
            steps.append(replace(step, undo=True, takes=self.type_of(entry)))
        return replace(back, steps=tuple(steps)), "; ".join(filter(None, losses))

    def type_of(self, entry: m.Entry) -> str:
        """Give the type of the value that an entry's operators begin with."""
        if isinstance(entry.origin, m.Copy):
            found = self.tree.fields.get(entry.origin.field, [])
            return found[0][1].codec.type if found else "any"
        return "text" if isinstance(entry.origin, (m.Part, m.Join)) else "any"

    def bound(self, step: m.Clean) -> Chain | None:
        """Bind a chain of operators for its inverse; None when it is wrong (told elsewhere)."""
        try:
            return bind_chain(step.steps, "any")
        except BadParameter:
            return None

    def why(self, entry: m.Entry) -> str:
        names = [name for s in entry.steps if isinstance(s, m.Clean) for name, _, _ in s.steps]
        names += ["table" for s in entry.steps if isinstance(s, m.Lookup)]
        return f"{', '.join(names)} cannot be undone"

    def undo_part(self, entry: m.Entry, origin: m.Part, here: m.Copy) -> tuple[Class, str]:
        made = self.reverse(entry, m.Entry(here, entry.span))
        if made is None:
            return Class.ONE_WAY, self.why(entry)
        back, loss = made
        name = self.full(origin.field.field)
        key = (name, origin.field.field, id(origin.pattern))
        self.parts.setdefault(key, []).append((origin.part, back, loss))
        self._patterns[key] = origin
        missing = [part for part in origin.pattern.names if part not in self._parts_of(origin)]
        if missing:
            return (
                Class.ONE_WAY,
                f"{origin.field.field} needs {', '.join(missing)} too to come back",
            )
        return (Class.LOSES, loss) if loss else (Class.EXACT, "")

    def _parts_of(self, origin: m.Part) -> set[str]:
        """Give the parts of a field that the mapping takes and lets come back."""
        taken = (one.entry for one in self.mapping.targets if not one.entry.one_way)
        return {
            one.origin.part
            for one in taken
            if isinstance(one.origin, m.Part)
            and one.origin.pattern is origin.pattern
            and self.full(one.origin.field.field) == self.full(origin.field.field)
        }

    _patterns: dict[tuple[str, str, int], m.Part] = field(default_factory=dict)

    def join_parts(self) -> None:
        """Give the fields that were taken apart, where all their parts come back."""
        for key, parts in self.parts.items():
            origin = self._patterns[key]
            have = {name: back for name, back, _ in parts}
            if set(have) != set(origin.pattern.names):
                continue
            rebuilt = m.Rebuild(
                origin.pattern, tuple((n, have[n]) for n in origin.pattern.names), origin.span
            )
            losses = "; ".join(filter(None, (loss for _, _, loss in parts)))
            self.give(key[1], m.Entry(rebuilt, origin.span), losses)

    def undo_join(
        self, entry: m.Entry, origin: m.Join, here: m.Copy, when: Condition | None
    ) -> tuple[Class, str]:
        lost = []
        for name, copy in zip(origin.pattern.names, origin.fields, strict=True):
            if self.is_text(copy.field):
                part = m.Entry(self.part_of(origin, name, here), entry.span, when=when)
                self.give(copy.field, part, "" if when is None else "conditional")
            elif self.full(copy.field) not in self.plain:
                lost.append(copy.field)
        return _verdict(lost)

    def is_text(self, name: str) -> bool:
        """Tell whether a source field is text, so that a part of a text can become it."""
        found = self.tree.fields.get(name, [])
        return bool(found) and found[0][1].codec.type in ("text", "code")

    def part_of(self, origin: m.Join, name: str, here: m.Copy) -> m.Part | m.Remainder:
        """Give how a part of a joined text is found: by the other parts where they come back."""
        if origin.pattern.variants:
            return m.Part(here, origin.pattern, name, origin.span)
        others = []
        for other, copy in zip(origin.pattern.names, origin.fields, strict=True):
            if other == name:
                continue
            seen = self.plain.get(self.full(copy.field))
            if seen is None:
                return m.Part(here, origin.pattern, name, origin.span)
            codec = self.tree.fields[copy.field][0][1].codec
            others.append((other, m.Copy(seen, origin.span), codec))
        return m.Remainder(here, origin.pattern, name, tuple(others), origin.span)

    def undo_choice(self, entry: m.Entry, origin: m.Choose, here: m.Copy) -> tuple[Class, str]:  # noqa: ARG002, C901
        """Turn a choice round when its conditions can be seen from the other side."""
        options: list[tuple[Condition | None, m.Entry]] = []
        for option in origin.options:
            when = option.when
            if when is not None:
                names = {self.full(name): name for name in references(when)}
                hidden = [n for full, n in names.items() if full not in self.plain]
                if hidden:
                    return (
                        Class.ONE_WAY,
                        f"its condition on {hidden[0]} cannot be seen on the way back",
                    )
                when = rename(when, {name: self.plain[full] for full, name in names.items()})
            options.append((when, option))
        shared: dict[str, list[m.Entry]] = {}
        for when, option in options:
            if option.pick not in (None, "same") or option.steps:
                return Class.ONE_WAY, "an option cannot be undone"
            for name, back in self.simple(option, here):
                shared.setdefault(name, []).append(replace(back, when=when))
        lost = []
        for name, backs in shared.items():
            plain = all(isinstance(back.origin, m.Copy) for back in backs)
            if len(backs) == len(options) and (plain or self.is_text(name)):
                self.give(name, m.Entry(m.Choose(tuple(backs), origin.span), origin.span), "")
            elif self.full(name) not in self.plain:
                lost.append(name)
        return _verdict(lost)

    def simple(self, option: m.Entry, here: m.Copy) -> Iterator[tuple[str, m.Entry]]:
        """Give what one option of a choice says of source fields, seen from the other side."""
        if isinstance(option.origin, m.Copy):
            yield option.origin.field, m.Entry(here, option.span)
        if isinstance(option.origin, m.Join):
            for name, copy in zip(option.origin.pattern.names, option.origin.fields, strict=True):
                yield copy.field, m.Entry(self.part_of(option.origin, name, here), option.span)

    def undo_continued(self, record: Record, one: Field) -> tuple[Class, str]:
        start = self.chain_start(record, one)
        return self.verdicts.get((record.name, start), (Class.EXACT, ""))

    def chain(self, record: Record, one: Field) -> list[Field]:
        """Give a field and those that continue it, in order."""
        links = dict(self.links(record))
        chain = [one]
        while chain[-1].key in links and len(chain) <= len(record.fields):
            chain.append(links[chain[-1].key])
        return chain

    def chain_start(self, record: Record, one: Field) -> str:
        before = {after.key: key for key, after in self.links(record)}
        key = one.key
        for _ in record.fields:
            key = before.get(key, key)
        return key

    def links(self, record: Record) -> Iterator[tuple[str, Field]]:
        keys = {alias: f.key for f in record.fields for alias in (f.name, f.key)}
        for found, one, target in self.pairs():
            if found is record and target and isinstance(target.entry.origin, m.Continues):
                yield keys.get(target.entry.origin.field, ""), one

    def full(self, name: str) -> str:
        """Give a source field's full name, so that two spellings of it are one."""
        found = self.tree.fields.get(name, [])
        return f"{found[0][0].name}.{found[0][1].key}" if len(found) >= 1 else name

    def give(self, name: str, entry: m.Entry, loss: str) -> None:
        found = self.tree.fields.get(name, [])
        if found:
            record, one = found[0]
            self.given.setdefault((record.name, one.key), []).append(_Given(entry, loss))

    def targets(self) -> Iterator[m.Target]:
        """Give the entries of the way back: the exact ones, which must agree, or one that loses."""
        for (record, key), given in self.given.items():
            exact = [one.entry for one in given if not one.loss]
            entry = exact[0] if exact else given[0].entry
            if len(exact) > 1:
                entry = m.Entry(m.Agree(tuple(exact), exact[0].span), exact[0].span)
            yield m.Target(record, key, entry, entry.span)

    def nests(self) -> Iterator[m.Nest]:
        """Say of what each repeating source record is made on the way back."""
        known = {b.name: b for b in branches(self.target.root)}
        made: dict[str, list[m.Nest]] = {}
        named = {nest.branch: nest for nest in self.mapping.nest}
        for branch in known.values():
            nest = named.get(branch.name)
            if nest is None and branch.most is None and branch.name in self.tree.branches:
                nest = m.Nest(branch.name, branch.name, (), None, self.mapping.span)
            if nest is not None and not nest.by and not nest.none and nest.split is None:
                made.setdefault(nest.of, []).append(nest)
        for of, nests in made.items():
            if len(nests) == 1:
                yield m.Nest(of, nests[0].branch, (), None, nests[0].span)

    def gaps(self, targets: set[tuple[str, str]], nests: set[str]) -> Iterator[Gap]:
        """Name what the way back lacks."""
        for branch in branches(self.tree.layout.root):
            if branch.most is None and branch.name not in nests:
                told = f"nothing says of what {branch.name} is made (backward: nest)"
                yield Gap(told, self.mapping.span)
        for record in self.tree.layout.records:
            for one in record.fields:
                given = one.always is not None or one.control is not None or one.default is not None
                if one.required and not given and (record.name, one.key) not in targets:
                    yield self.gap(record, one)

    def gap(self, source: Record, wanted: Field) -> Gap:
        """Say why a required source field has nothing to come from: the entries that use it."""
        name = f"{source.name}.{wanted.name}"
        for record, one, target in self.pairs():
            if target is None or f"{source.name}.{wanted.key}" not in self.used(target.entry):
                continue
            _, reason = self.verdicts.get((record.name, one.key), (Class.ONE_WAY, ""))
            told = f"field {one.key} does not give back {name}"
            return Gap(f"{told}: {reason}" if reason else told, target.entry.span)
        return Gap(f"no field gives back the required {name}", self.mapping.span)

    def used(self, entry: m.Entry) -> set[str]:
        """Give the full names of the source fields that an entry takes values from."""
        match entry.origin:
            case m.Copy(field=name) | m.Part(field=m.Copy(field=name)):
                return {self.full(name)}
            case m.Join(fields=copies) | m.Gather(fields=copies):
                return {self.full(copy.field) for copy in copies}
            case m.Sum(add=add, less=less):
                return {self.full(copy.field) for copy in (*add, *less)}
            case _:
                return set[str]().union(*map(self.used, m.entries_of(entry.origin)))

    def classes(self) -> Iterator[Classified]:
        for record, one, target in self.pairs():
            if one.always is not None:
                yield Classified(record.name, one, Class.EXACT, f"always '{one.always}'")
            elif one.control is not None:
                yield Classified(
                    record.name, one, Class.EXACT, "control total, computed and verified"
                )
            elif target is None:
                yield Classified(record.name, one, Class.ONE_WAY, "not mapped")
            else:
                verdict, reason = self.verdicts[record.name, one.key]
                yield Classified(record.name, one, verdict, reason)


def split_records(mapping: m.Mapping, target: Layout) -> set[str]:
    """Give the names of target records that are made of pieces of a text."""
    split = {nest.branch for nest in mapping.nest if nest.split is not None}
    tops = [branch for branch in branches(target.root) if branch.name in split]
    return {one.name for top in tops for one in (top, *branches(top))}


def _gather(chain: list[Field], record: Record, here: m.Copy) -> m.Gather:
    copies = tuple(m.Copy(f"{record.name}.{one.key}", here.span) for one in chain)
    return m.Gather(copies, tuple(one.length for one in chain), here.span)


def _verdict(lost: list[str]) -> tuple[Class, str]:
    """Classify a field by what does not come back from it."""
    if not lost:
        return Class.EXACT, ""
    return Class.LOSES, f"{', '.join(lost)} does not come back from the text"


__all__ = ["Class", "Classified", "Inverse", "Scope", "Span", "invert"]
