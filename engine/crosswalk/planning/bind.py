"""From a mapping and two layouts to a plan: every name found, every type compared."""

from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace

from crosswalk.findings.diagnostics import Diagnostic, Label, Span, has_errors
from crosswalk.findings.suggest import closest
from crosswalk.language.codetables import CodeTable
from crosswalk.language.matchers import bind as bind_condition
from crosswalk.language.matchers import references
from crosswalk.model.layout import Branch, Field, Layout, Record, branches
from crosswalk.model.mapping import Continues, Entry, Mapping, Nest, Target
from crosswalk.planning.deciding import Judge, Judges
from crosswalk.planning.plan import (
    Assignment,
    BoundCheck,
    Chunk,
    Node,
    Numbered,
    Path,
    Plan,
    Slot,
    Term,
)
from crosswalk.planning.scopes import Scope, Tree
from crosswalk.planning.term_words import options_of
from crosswalk.planning.terms import Terms

_FITS = {
    ("text", "code"),
    ("code", "text"),
    ("integer", "decimal"),
    ("integer", "money"),
    ("decimal", "money"),
    ("money", "decimal"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What a mapping may name besides fields.

    Code tables by `name@major`, settings by id with their types, decisions by the mapping's name
    for them.
    """

    tables: Table[str, CodeTable]
    settings: Table[str, str]
    decisions: Table[str, Judge] = field(default_factory=dict)


def bind(
    mapping: Mapping, source: Layout, target: Layout, names: Names, direction: str
) -> tuple[Plan | None, list[Diagnostic]]:
    """Bind a mapping. Returns the plan, or None when errors stand in its way, and the findings."""
    binder = _Binder(mapping, Tree(source), target, names)
    root = binder.node(target.root, Scope(source.root), top=True)
    laws, unlawful = bind_checks(source)
    checks, wrong = bind_checks(target)
    findings = [*binder.findings, *binder.strays(), *unlawful, *wrong]
    if has_errors(findings):
        return None, findings
    repeating = [
        i for i, one in enumerate(root.children) if one.branch.most is None and not one.none
    ]
    unit = repeating[0] if len(repeating) == 1 else None
    findings += [
        Diagnostic("CW341", f"'number' has nothing to count in {name}", span, help=_NO_NUMBER)
        for name, span in _numbers(root)
    ]
    findings += [
        Diagnostic("CW342", f"nothing to compare {name} with", span, help=_NO_OTHER)
        for number, child in enumerate(root.children)
        for name, span in (_compared(child) if number != unit else ())
    ]
    numbered = unit is not None and any(_numbers(root.children[unit]))
    if numbered and target.per is not None:
        name, span = next(_numbers(root.children[unit or 0]))
        message = f"'number' in {name} cannot count in several files"
        findings.append(Diagnostic("CW341", message, span, help="number the records below"))
    if has_errors(findings):
        return None, findings
    if unit is not None and binder.terms.waits:
        return None, [*findings, *binder.terms.waits]
    plan = Plan(
        name=mapping.name,
        version=mapping.version,
        direction=direction,
        source=source,
        target=target,
        root=root,
        unit=unit,
        numbered=numbered,
        settings={name: names.settings[name] for name in sorted(binder.terms.settings)},
        source_checks=laws,
        target_checks=checks,
    )
    return plan, findings


_NO_OTHER = (
    "`distinct` and `unique` compare the records that repeat at the top of the file, of one kind"
)
_NO_NUMBER = "records that repeat are numbered; of this one there is one in the file"


def _numbers(node: Node) -> Iterator[tuple[str, Span]]:
    """Give the entries of an occurrence that take its number, as (field, place)."""
    for one in node.assignments:
        if one.term is not None and _is_number(one.term):
            yield one.field.name, one.span
    for child in node.children:
        if child.path is None:
            yield from _numbers(child)


def _compared(node: Node) -> Iterator[tuple[str, Span]]:
    """Give the entries whose values must be told apart, as (field, place)."""
    for one in node.assignments:
        if one.distinct or one.unique:
            yield one.field.name, one.span
    for child in node.children:
        yield from _compared(child)


def _is_number(term: Term) -> bool:
    """Tell whether a value is made of a number that is counted."""
    return isinstance(term.origin, Numbered) or any(map(_is_number, options_of(term.origin)))


@dataclass(slots=True)
class _Binder:
    mapping: Mapping
    tree: Tree
    target: Layout
    names: Names
    findings: list[Diagnostic] = field(default_factory=list)
    terms: Terms = field(init=False)
    used: set[tuple[str, str]] = field(default_factory=set)
    nests: dict[str, Nest] = field(init=False)

    def __post_init__(self) -> None:
        judges = Judges(self.names.decisions, self.names.settings, self.findings)
        self.terms = Terms(self.tree, self.names.tables, self.names.settings, self.findings, judges)
        self.nests = {nest.branch: nest for nest in self.mapping.nest}

    def wrong(self, code: str, message: str, span: Span, remedy: str = "") -> None:
        self.findings.append(Diagnostic(code, message, span, help=remedy))

    def node(self, branch: Branch, outer: Scope, *, top: bool = False) -> Node:
        """Bind one target branch and those below it."""
        nest = self.nests.get(branch.name)
        if nest is not None and nest.none:
            self.without(branch, nest)
            return Node(branch, outer.branch, None, (), None, (), (), none=True)
        scope = outer
        path: Path | None = None
        keys: tuple[Slot, ...] = ()
        if not top and (nest is not None or branch.most is None):
            found = self.scope(branch, nest, outer)
            if found is None:
                return Node(branch, outer.branch, None, (), None, (), ())
            scope, path, keys = found
        split = None
        if nest is not None and nest.split is not None:
            split = self.split(nest, scope, top=not outer.branch.name)
        when = None
        if nest is not None and nest.when is not None:
            when = self.terms.when(nest.when, replace(scope, grouped=False), nest.span)
        assignments = self.assignments(branch.record, scope) if branch.record else ()
        children = tuple(self.node(child, scope) for child in branch.children)
        at = nest.at if nest is not None else ""
        return Node(
            branch, scope.branch, path, keys, when, assignments, children, split=split, at=at
        )

    def split(self, nest: Nest, scope: Scope, *, top: bool) -> Slot | None:
        """Find the field whose text is split into records."""
        assert nest.split is not None
        slot = self.terms.slot(nest.split.text, nest.split.span, Scope(scope.branch))
        if top:
            remedy = "make a record of the whole one, and the split ones inside it"
            message = f"'{nest.branch}' is a record of the file; only records inside one are split"
            self.wrong("CW305", message, nest.split.span, remedy)
        elif slot is not None and (slot.path.ups or slot.path.downs):
            message = f"'{nest.split.text}' is no field of {nest.of}"
            self.wrong("CW304", message, nest.split.span, f"name a field of {nest.of}")
        elif slot is not None and slot.field.codec.type not in ("text", "code"):
            message = f"a {slot.field.codec.type} cannot be split"
            self.wrong("CW422", message, nest.split.span, "declare the field as text")
        return slot

    def without(self, branch: Branch, nest: Nest) -> None:
        """Find records that are said not to be made, but must be, or have entries."""
        if branch.least:
            remedy = f"say under nest: `{branch.name}: {{of: ...}}`"
            message = f"'{branch.name}' cannot be none: {self.target.name} needs it"
            self.wrong("CW305", message, nest.span, remedy)
        below = {branch.name, *(one.name for one in branches(branch))}
        for target in self.mapping.targets:
            if target.record in below:
                message = f"'{target.record}' has an entry, but nest says that there are none"
                self.wrong("CW305", message, target.key_span, "remove the entry, or none: true")
                self.used.add((target.record, target.field))

    def scope(
        self, branch: Branch, nest: Nest | None, outer: Scope
    ) -> tuple[Scope, Path | None, tuple[Slot, ...]] | None:
        """Find the source records that a repeating target branch is made of; None when unknown."""
        name = nest.of if nest else branch.name
        span = nest.span if nest else self.mapping.places.get("") or self.mapping.span
        of = self.tree.branches.get(name)
        if of is None or not name:
            near = closest(name, self.tree.branches)
            sources = ", ".join(filter(None, self.tree.branches))
            remedy = (
                f"did you mean '{near}'?"
                if nest and near
                else (f"say under nest: `{branch.name}: {{of: ...}}`; the source has {sources}")
            )
            if nest is None and not branch.least:
                remedy += f"; for none of them `{branch.name}: {{none: true}}`"
            self.wrong("CW305", f"'{branch.name}' repeats, but nothing says of what", span, remedy)
            return None
        path = self.tree.path(outer.branch, of)
        if path.ups == 0 and not path.downs:
            path = Path(0, (), outer.grouped)
        inner = Scope(of, grouped=bool(nest and nest.by))
        keys = []
        for key in nest.by if nest else ():
            slot = self.terms.slot(key.text, key.span, Scope(of))
            if slot is not None:
                keys.append(slot)
        return inner, path, tuple(keys)

    def assignments(self, record: Record, scope: Scope) -> tuple[Assignment, ...]:
        entries = dict(self.entries(record))
        chains = self.chains(record, entries)
        made = []
        for one in record.fields:
            target = entries.get(one.key)
            if target is None:
                self.unfilled(record, one)
                made.append(Assignment(one, None, distinct=False, span=one.span))
                continue
            term = self.term(one, target, chains, entries, scope)
            entry = target.entry
            span = target.key_span
            made.append(Assignment(one, term, entry.distinct, span, entry.unique))
        return tuple(made)

    def entries(self, record: Record) -> Iterator[tuple[str, Target]]:
        """Give the entries of a record by field key; two entries for one field are an error."""
        keys = {alias: one.key for one in record.fields for alias in (one.name, one.key)}
        seen: dict[str, Target] = {}
        for target in self.mapping.targets:
            if target.record != record.name:
                continue
            self.used.add((target.record, target.field))
            key = keys.get(target.field)
            if key is None:
                near = closest(target.field, keys)
                remedy = f"did you mean '{near}'?" if near else f"see {self.target.name}"
                message = f"{self.target.name} has no field '{target.field}' in {record.name}"
                self.wrong("CW306", message, target.key_span, remedy)
            elif key in seen:
                names = f"'{seen[key].field}' and '{target.field}'"
                message = f"field {key} is filled twice, as {names}"
                self.wrong("CW415", message, target.key_span, "keep one of them")
            else:
                seen[key] = target
                yield key, target

    def unfilled(self, record: Record, one: Field) -> None:
        given = one.always is not None or one.control is not None or one.default is not None
        broken = {(record.name, one.key), (record.name, one.name)} & self.mapping.broken
        if one.required and not given and not broken:
            what = f"{one.key} {one.name}" if one.name != one.key else one.key
            places = self.mapping.places
            place = places.get(record.name) or places.get("") or self.mapping.span
            message = f"required field {what} of {record.name} has no source"
            remedy = f"add under fields: {record.name}: {one.key}: <source field>"
            related = (Label(one.span, "required here"),)
            self.findings.append(Diagnostic("CW416", message, place, help=remedy, related=related))

    def chains(self, record: Record, entries: dict[str, Target]) -> dict[str, tuple[Field, ...]]:
        """Find the chains of `continues`: for every field in one, all fields in order."""
        keys = {alias: one for one in record.fields for alias in (one.name, one.key)}
        follows: dict[str, Field] = {}
        for key, target in entries.items():
            origin = target.entry.origin
            if not isinstance(origin, Continues):
                continue
            before = keys.get(origin.field)
            if before is None or before.key not in entries or before.key == key:
                near = closest(origin.field, entries)
                remedy = f"did you mean '{near}'?" if near else "name a field that has an entry"
                message = f"'{origin.field}' is no mapped field of {record.name} to continue"
                self.wrong("CW417", message, origin.span, remedy)
            elif before.key in follows:
                message = f"field {before.key} is continued twice"
                self.wrong("CW417", message, origin.span, "each field continues at one other")
            else:
                follows[before.key] = keys[key]
        found: dict[str, tuple[Field, ...]] = {}
        for key, target in entries.items():
            if isinstance(target.entry.origin, Continues) or key not in follows:
                continue
            chain = [keys[key]]
            while chain[-1].key in follows and len(chain) <= len(entries):
                chain.append(follows[chain[-1].key])
            found |= {one.key: tuple(chain) for one in chain}
        return found

    def term(
        self,
        one: Field,
        target: Target,
        chains: dict[str, tuple[Field, ...]],
        entries: dict[str, Target],
        scope: Scope,
    ) -> Term | None:
        chain = chains.get(one.key)
        if chain is None and isinstance(target.entry.origin, Continues):
            return None
        entry = entries[chain[0].key].entry if chain else target.entry
        term = self.terms.term(entry, scope, one)
        if term is None:
            return None
        if chain:
            lengths = tuple(link.length for link in chain)
            whole = term
            term = Term(Chunk(whole, chain.index(one), lengths), "text", target.entry.span)
        self.compare(one, term, target.entry)
        return term

    def compare(self, one: Field, term: Term, entry: Entry) -> None:
        wanted = one.codec.type
        if term.type in (wanted, "any") or (term.type, wanted) in _FITS:
            return
        self.wrong(
            "CW418",
            f"field {one.key} is {wanted}, its source is {term.type}",
            entry.span,
            _CONVERT.format(given=term.type, wanted=wanted),
        )

    def strays(self) -> list[Diagnostic]:
        """Find entries and nestings for records that the target does not have."""
        records = {record.name for record in self.target.records}
        branches = _names(self.target.root)
        findings: list[Diagnostic] = []
        for target in self.mapping.targets:
            if target.record not in records and target.record not in {f.label for f in findings}:
                near = closest(target.record, records)
                remedy = f"did you mean '{near}'?" if near else f"it has {', '.join(records)}"
                message = f"{self.target.name} has no record '{target.record}'"
                place = target.key_span
                label = target.record
                findings.append(Diagnostic("CW307", message, place, label=label, help=remedy))
        for nest in self.mapping.nest:
            if nest.branch not in branches:
                near = closest(nest.branch, branches)
                remedy = f"did you mean '{near}'?" if near else f"it has {', '.join(branches)}"
                message = f"the structure of {self.target.name} has no '{nest.branch}'"
                findings.append(Diagnostic("CW307", message, nest.span, help=remedy))
        return findings


def bind_checks(layout: Layout) -> tuple[dict[str, tuple[BoundCheck, ...]], list[Diagnostic]]:
    """Bind the laws of a layout to the fields of their records."""
    found: dict[str, tuple[BoundCheck, ...]] = {}
    findings: list[Diagnostic] = []
    records = {record.name: record for record in layout.records}
    for check in layout.checks:
        record = records[check.record]
        fields = {alias: one for one in record.fields for alias in (one.name, one.key)}
        names = references(check.expect) | (references(check.when) if check.when else set())
        unknown = sorted(name for name in names if name not in fields)
        if unknown:
            near = closest(unknown[0], fields)
            remedy = f"did you mean '{near}'?" if near else f"see the fields of {record.name}"
            message = f"check '{check.name}': {record.name} has no field '{unknown[0]}'"
            findings.append(Diagnostic("CW306", message, check.span, help=remedy))
            continue

        def look(name: str, fields: dict[str, Field] = fields) -> tuple[str, int | None]:
            codec = fields[name].codec
            return codec.type, codec.spelling.decimals

        expect, wrong = bind_condition(check.expect, look)
        findings += wrong
        when = None
        if check.when is not None:
            when, wrong = bind_condition(check.when, look)
            findings += wrong
        if expect is not None:
            bound = BoundCheck(
                check.name,
                when,
                expect,
                {name: fields[name].position for name in sorted(names)},
                check.reject,
                check.because,
                check.span,
            )
            found[record.name] = (*found.get(record.name, ()), bound)
    return found, findings


_CONVERT = (
    "declare the source field as {wanted} in its layout, or convert it with via: read_as/write_as"
)


def _names(branch: Branch) -> list[str]:
    return [name for child in branch.children for name in (child.name, *_names(child))]
