"""A mapping as tables: each target field with its sources and rule, each source field's ways."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from crosswalk.documents.workspace import Document
from crosswalk.language.conditions import describe
from crosswalk.model import mapping as m
from crosswalk.model.layout import Field, Layout, Record
from crosswalk.planning.invert import Class, Classified, Inverse
from crosswalk.planning.plan import Plan
from crosswalk.planning.read_mapping import read_mapping
from crosswalk.site.lineage import Key, Lineage, lineage
from crosswalk.site.parts import (
    Block,
    Cell,
    Facts,
    Piece,
    Row,
    Section,
    Table,
    anchor,
    link,
    listed,
    plain,
    worded,
)
from crosswalk.site.seen import Seen, pinned, says
from crosswalk.telling.entry_words import law_of, rule_of, sources_of

_BADGES = {Class.EXACT: "good", Class.LOSES: "warn", Class.ONE_WAY: "plain"}


def mapping_section(seen: Seen, document: Document) -> Section:
    """Show a mapping in both directions. Raises ConfigError when it has errors."""
    parts, plan = seen.parts(document)
    assert parts.source is not None
    assert parts.target is not None
    written, _ = read_mapping(parts.document.node)
    shown = _Shown(seen, pinned(document), written, plan, seen.project.inverse(parts))
    for name in plan.settings:
        seen.setting(name, pinned(document))
    for name in parts.names.tables:
        seen.readers.setdefault(name, {})[pinned(document)] = None
    seen.find("mapping", document.name, says(parts.document.node), shown.name)
    ends = Facts(
        (
            ("from", (seen.reference(f"{plan.source.name}@{plan.source.version[0]}"),)),
            ("to", (seen.reference(f"{plan.target.name}@{plan.target.version[0]}"),)),
            ("version", plain(document.version)),
            ("document", plain(document.file)),
        )
    )
    blocks: tuple[Block, ...] = (says(parts.document.node), ends, shown.nest(), shown.back())
    sides = (
        Section(
            anchor("target", shown.name),
            f"Where the fields of {plan.target.name} come from",
            tuple(shown.targets()),
        ),
        Section(
            anchor("source", shown.name),
            f"Where the fields of {plan.source.name} go",
            tuple(shown.sources()),
        ),
    )
    return Section(shown.name, document.name, blocks, sides)


def head_of(layout: Layout) -> tuple[str, ...]:
    """Give the heads of a field's names: its id too where it has one besides its name."""
    with_ids = any(one.key != one.name for record in layout.records for one in record.fields)
    return ("FileSpecID", "field") if with_ids else ("field",)


def names_of(layout: Layout, field: Field) -> tuple[Cell, ...]:
    """Give the cells below these heads."""
    name = (Piece(field.name, "name"),)
    return (plain(field.key), name) if len(head_of(layout)) > 1 else (name,)


def told_of(name: str, field: Field) -> str:
    """Say for the search whose field it is, and what it means."""
    return f"{name}: {field.description}" if field.description else name


def type_of(field: Field) -> Cell:
    """Give a field's type, its length, and whether it must hold a value."""
    length = f", at most {field.length} characters" if field.length else ""
    needed = (Piece(" "), Piece("required", "plain")) if field.required else ()
    return (Piece(field.codec.type + length), *needed)


@dataclass
class _Shown:
    """One mapping on one page. `name` is the anchor of its section."""

    seen: Seen
    name: str
    mapping: m.Mapping
    plan: Plan
    inverse: Inverse

    @cached_property
    def lineage(self) -> Lineage:
        return lineage(self.plan)

    @cached_property
    def entries(self) -> dict[Key, m.Target]:
        return {(one.record, one.field): one for one in self.mapping.targets}

    @cached_property
    def verdicts(self) -> dict[Key, Classified]:
        return {(one.record, one.field.key): one for one in self.inverse.classes}

    @cached_property
    def backs(self) -> dict[Key, m.Entry]:
        return {(one.record, one.field): one.entry for one in self.inverse.mapping.targets}

    def nest(self) -> Table:
        """Say how repeating records arise."""
        rows = []
        for one in self.mapping.nest:
            by = ", ".join(key.text for key in one.by)
            how = f"each {one.of}" if not by else f"each run of {one.of} with equal {by}"
            if one.split is not None:
                how = f"each value of {one.split.text} in {one.of}, with {one.at} between"
            when = f", where {describe(one.when)}" if one.when else ""
            rows.append(Row((plain(one.branch), plain(how + when), self.seen.origin(one.span))))
        return Table("Records arise so", ("record", "one for", "set in"), tuple(rows))

    def back(self) -> Facts:
        """Say what becomes of the fields on the way back, in numbers, and what is in the way."""
        counts = [
            Piece(f"{kind.value} {sum(one.verdict is kind for one in self.inverse.classes)}", look)
            for kind, look in _BADGES.items()
        ]
        gaps = [Piece(gap.text, "bad") for gap in self.inverse.gaps]
        derived = (Piece("can be derived"),) if not gaps else listed(gaps)
        return Facts((("fields on the way back", listed(counts)), ("the way back", derived)))

    # --- one way ---------------------------------------------------------------------------

    def targets(self) -> Iterator[Block]:
        """Give a table for each target record."""
        layout = self.plan.target
        heads = (*head_of(layout), "type", "comes from", "how", "way back", "set in")
        for record in layout.records:
            rows = tuple(self.target(record, one) for one in record.fields)
            yield Table(f"Record {record.name}", heads, rows)

    def target(self, record: Record, field: Field) -> Row:
        key = (record.name, field.key)
        entry = self.entries.get(key) or self.entries.get((record.name, field.name))
        at = self.at("target", key)
        title = f"{record.name}.{field.key}" + (f" {field.name}" if field.key != field.name else "")
        feeds, told = (group.get(key, ()) for group in (self.lineage.feeds, self.lineage.decides))
        self.seen.find("field", title, told_of(self.mapping.name, field), at)
        cells = (
            *names_of(self.plan.target, field),
            type_of(field),
            listed(
                (
                    *self.named(self.plan.source, "source", feeds, told),
                    *(self.besides(entry.entry) if entry else ()),
                )
            ),
            self.how(field, entry),
            self.verdict(key),
            self.seen.origin(entry.key_span if entry else field.span),
        )
        return Row(
            cells,
            at,
            title,
            tuple(self.at("source", one) for one in feeds),
            tuple(self.at("source", one) for one in told),
        )

    def besides(self, entry: m.Entry) -> Iterator[Piece]:
        """Give what an entry reads besides fields: settings, rules of decisions, code tables."""
        match entry.origin:
            case m.FromSetting(name=name):
                yield self.seen.setting(name)
            case m.Decide(use=use):
                yield from (self.seen.reference(one.text) for one in use.rules)
            case m.Choose(options=options) | m.FirstOf(options=options):
                for option in options:
                    yield from self.besides(option)
            case _:
                pass
        for step in entry.steps:
            if isinstance(step, m.Lookup):
                yield self.seen.reference(step.table.text)

    def how(self, field: Field, target: m.Target | None) -> Cell:
        law = law_of(field)
        if law or target is None:
            return worded(law) or (Piece("not mapped", "note"),)
        note = target.entry.note
        return (*worded(rule_of(target.entry)), *((Piece(f" {note}", "note"),) if note else ()))

    def verdict(self, key: Key) -> Cell:
        found = self.verdicts.get(key)
        if found is None:
            return ()
        reason = (Piece(f" {found.reason}", "note"),) if found.reason else ()
        return (Piece(found.verdict.value, _BADGES[found.verdict]), *reason)

    # --- and the other ---------------------------------------------------------------------

    def sources(self) -> Iterator[Block]:
        """Give a table for each source record."""
        layout = self.plan.source
        heads = (*head_of(layout), "type", "goes to", "on the way back comes from", "set in")
        for record in layout.records:
            rows = tuple(self.source(record, one) for one in record.fields)
            yield Table(f"Record {record.name}", heads, rows)

    def source(self, record: Record, field: Field) -> Row:
        key = (record.name, field.key)
        fed, told = (
            tuple(target for target, sources in group.items() if key in sources)
            for group in (self.lineage.feeds, self.lineage.decides)
        )
        groups = [Piece(f"keeps {name} apart", "note") for name in self.lineage.groups.get(key, ())]
        at = self.at("source", key)
        title = f"{record.name}.{field.name}"
        self.seen.find("field", title, told_of(self.mapping.name, field), at)
        named = self.named(self.plan.target, "target", fed, told)
        goes = listed((*named, *groups))
        cells = (
            *names_of(self.plan.source, field),
            type_of(field),
            goes or (Piece("not used", "note"),),
            self.returns(record, field),
            self.seen.origin(field.span),
        )
        return Row(cells, at, title)

    def returns(self, record: Record, field: Field) -> Cell:
        """Say what gives a source field its value on the way back."""
        names = (field.key, field.name)
        found = (self.backs.get((record.name, name)) for name in names)
        entry = next(filter(None, found), None)
        if entry is None:
            return (Piece("nothing", "note"),)
        told, rule = ", ".join(dict.fromkeys(sources_of(entry))), rule_of(entry)
        return (*plain(told), *plain("; " if told and rule else ""), *worded(rule))

    # --- names of the other side -----------------------------------------------------------

    def named(
        self, layout: Layout, side: str, keys: tuple[Key, ...], told: tuple[Key, ...]
    ) -> list[Piece]:
        """Give fields of one side as links; those that only decide say so."""
        several = len(layout.records) > 1
        fields = {(r.name, one.key): one for r in layout.records for one in r.fields}
        pieces = []
        for key in (*keys, *told):
            one = fields[key]
            name = one.name if one.key == one.name else f"{one.key} {one.name}"
            shown = f"{key[0]}.{name}" if several else name
            pieces.append(link(shown, self.at(side, key), "decides" if key in told else ""))
        return pieces

    def at(self, side: str, key: Key) -> str:
        return anchor(side, self.name, *key)
