"""From a mapping document to the mapping it describes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from crosswalk.documents.access import child, flag, mapping, scalar, scalars, text
from crosswalk.documents.source import List, Map, Node, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Span
from crosswalk.findings.suggest import closest
from crosswalk.language.conditions import Condition
from crosswalk.language.matchers import parse_condition
from crosswalk.language.patterns import BadPattern, Pattern, parse
from crosswalk.model.mapping import (
    Agree,
    Calculation,
    Choose,
    Clean,
    Constant,
    Continues,
    Copy,
    Decide,
    DecisionUse,
    Delivery,
    Entry,
    FirstOf,
    FromRun,
    FromSetting,
    Join,
    Lookup,
    Mapping,
    Nest,
    Null,
    Number,
    Origin,
    Part,
    Sum,
    Target,
)

ORIGINS = (
    "from",
    "value",
    "setting",
    "run",
    "pattern",
    "add",
    "multiply",
    "continues",
    "choose",
    "first_of",
    "agree",
    "decide",
    "number",
    "null",
)
"""The keys of an entry that say where its value comes from; an entry has one of them."""

_BESIDE = {
    "less": "add",
    "running": "add",
    "start": "add",
    "divide": "multiply",
    "within": "agree",
}
"""Keys that go with a source, and which."""

_SIMPLE: dict[str, Callable[[str, Span], Origin]] = {
    "from": Copy,
    "value": Constant,
    "setting": FromSetting,
    "run": FromRun,
    "continues": Continues,
}


def read_mapping(node: Map) -> tuple[Mapping, list[Diagnostic]]:
    """Build the mapping of an effective document whose shape was checked, and the findings."""
    reader = _Reader()
    reader.read_patterns(node)
    reader.read_decisions(node)
    targets = reader.targets(mapping(node, "fields"))
    name, version = text(node, "name") or "", text(node, "version") or ""
    nests, broken = reader.nests(node), frozenset(reader.broken)
    made = Mapping(
        *(name, version, nests, targets, node.span, _places(node), broken, reader.decisions),
        reader.delivery(node),
    )
    return made, reader.findings


def _places(node: Map) -> dict[str, Span]:
    """Give the places of the keys below `fields`, and of `fields` itself."""
    entry = node.entries.get("fields")
    if entry is None or not isinstance(entry.value, Map):
        return {}
    return {"": entry.key.span} | {k: one.key.span for k, one in entry.value.entries.items()}


def read_backward(node: Map) -> tuple[Mapping | None, list[Diagnostic]]:
    """Build what the document says itself of the way back (`backward:`), None when nothing."""
    body = mapping(node, "backward")
    if body is None:
        return None, []
    reader = _Reader()
    reader.read_patterns(node)
    targets = reader.targets(mapping(body, "fields"))
    made = Mapping(text(node, "name") or "", "", reader.nests(body), targets, body.span)
    return made, reader.findings


@dataclass(slots=True)
class _Reader:
    """Reads entries, collecting findings; knows the document's named patterns and decisions."""

    patterns: dict[str, Pattern | None] = field(default_factory=dict)
    decisions: dict[str, DecisionUse] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)
    findings: list[Diagnostic] = field(default_factory=list)

    def wrong(self, code: str, message: str, span: Span, remedy: str = "") -> None:
        self.findings.append(Diagnostic(code, message, span, help=remedy))

    def read_patterns(self, node: Map) -> None:
        body = mapping(node, "patterns")
        for name, entry in (body.entries if body else {}).items():
            if isinstance(entry.value, Scalar):
                self.patterns[name] = self.parse_pattern(entry.value)

    def read_decisions(self, node: Map) -> None:
        body = mapping(node, "decisions")
        for name, entry in (body.entries if body else {}).items():
            if isinstance(entry.value, Map):
                self.decisions[name] = self.decision(name, entry.value, entry.key.span)

    def decision(self, name: str, node: Map, span: Span) -> DecisionUse:
        given = mapping(node, "inputs")
        inputs = []
        for one in given.entries.values() if given else ():
            read = self.entry(one.value)
            if read is not None:
                inputs.append((one.key, read))
        day = child(node, "day")
        return DecisionUse(
            name=name,
            rules=scalars(node, "rules"),
            inputs=tuple(inputs),
            day=None if day is None else self.entry(day),
            channel=scalar(node, "channel"),
            span=span,
        )

    def delivery(self, node: Map) -> Delivery | None:
        """Read what the document says of delivering what it makes."""
        body = mapping(node, "delivery")
        if body is None:
            return None
        key = child(body, "key")
        parts = key.items if isinstance(key, List) else (key,) if key is not None else ()

        def entry(name: str) -> Entry | None:
            found = child(body, name)
            return None if found is None else self.entry(found)

        return Delivery(
            kind=text(body, "kind") or "",
            key=tuple(filter(None, map(self.entry, parts))),
            amount=entry("amount"),
            currency=text(body, "currency") or "",
            voids=scalar(body, "voids"),
            receipt=scalar(body, "receipt"),
            subject=entry("subject"),
            answer=scalar(body, "answer"),
            span=node.entries["delivery"].key.span,
        )

    def decide(self, node: Scalar) -> Decide | None:
        """Find the decision that `decision.outcome` names."""
        name, dot, outcome = node.text.partition(".")
        use = self.decisions.get(name)
        if use is not None and dot:
            return Decide(use, outcome, node.span)
        if use is not None:
            message, remedy = f"'{name}' names no outcome", f"write {name}.<outcome>"
        else:
            near = closest(name, self.decisions)
            message = f"the mapping has no decision '{name}'"
            remedy = f"did you mean '{near}'?" if near else "declare it under decisions:"
        self.wrong("CW334", message, node.span, remedy)
        return None

    def parse_pattern(self, node: Scalar) -> Pattern | None:
        try:
            return parse(node.text)
        except BadPattern as wrong:
            self.wrong("CW411", wrong.message, node.span, wrong.help)
            return None

    def pattern(self, node: Scalar) -> Pattern | None:
        """Give a pattern by its name, or the one written in place (it has a `{`)."""
        if "{" in node.text:
            return self.parse_pattern(node)
        if node.text in self.patterns:
            return self.patterns[node.text]
        near = closest(node.text, self.patterns)
        remedy = f"did you mean '{near}'?" if near else "declare it under patterns:"
        self.wrong("CW302", f"no pattern is called '{node.text}'", node.span, remedy)
        return None

    def condition(self, node: Map, key: str) -> Condition | None:
        body = child(node, key)
        if body is None:
            return None
        made, findings = parse_condition(body)
        self.findings += findings
        return made

    def nests(self, node: Map) -> tuple[Nest, ...]:
        body = mapping(node, "nest")
        made = []
        for name, entry in (body.entries if body else {}).items():
            if isinstance(entry.value, Map):
                of = text(entry.value, "of") or name
                by = scalars(entry.value, "by")
                when = self.condition(entry.value, "when")
                none = flag(entry.value, "none")
                whole = self.whole_split(entry.value)
                split, at = scalar(entry.value, "split"), text(entry.value, "at") or ""
                cut = (split, at) if whole else (None, "")
                made.append(Nest(name, of, by, when, entry.value.span, none, *cut))
        return tuple(made)

    def whole_split(self, node: Map) -> bool:
        """Tell whether `split` and `at` stand together, and without `by`."""
        given = [key for key in ("split", "at", "by") if key in node.entries]
        if given in ([], ["split", "at"], ["by"]):
            return True
        message = (
            f"{' and '.join(given)} do not go together" if len(given) > 1 else "one is missing"
        )
        remedy = 'a text is split so: {of: row, split: Invoices, at: ","}'
        self.wrong("CW414", message, node.entries[given[0]].key.span, remedy)
        return False

    def targets(self, body: Map | None) -> tuple[Target, ...]:
        made = []
        for record, fields in (body.entries if body else {}).items():
            if not isinstance(fields.value, Map):
                continue
            for name, entry in fields.value.entries.items():
                read = self.entry(entry.value)
                if read is not None:
                    made.append(Target(record, name, read, entry.key.span))
                elif isinstance(entry.value, Map):
                    self.broken.add((record, name))
        return tuple(made)

    def entry(self, node: Node) -> Entry | None:
        if isinstance(node, Scalar):
            if node.value is None:
                return None
            return Entry(Copy(node.text, node.span), node.span)
        if not isinstance(node, Map):
            return None
        origin = self.origin(node)
        if origin is None:
            return None
        steps: tuple[Clean | Lookup, ...] = (*self.clean(node), *self.lookup(node))
        return Entry(
            origin,
            node.span,
            pick=text(node, "pick"),
            joint=text(node, "joint") or "",
            where=self.condition(node, "where"),
            when=self.condition(node, "when"),
            steps=steps,
            default=scalar(node, "default"),
            distinct=flag(node, "distinct"),
            unique=flag(node, "unique"),
            one_way=flag(node, "one_way"),
            note=text(node, "note") or "",
        )

    def origin(self, node: Map) -> Origin | None:
        given = [key for key in ORIGINS if key in node.entries]
        if given == ["from", "pattern"]:
            given = ["pattern"]
        if len(given) == 1:
            return self.one_origin(given[0], node) if self.beside(node) else None
        if not given:
            remedy = "give one of: " + ", ".join(ORIGINS)
            self.wrong("CW412", "the entry does not say where its value comes from", node.span)
            self.findings[-1] = replace(self.findings[-1], help=remedy)
            return None
        second = node.entries[given[1]].key.span
        message = f"the entry has {len(given)} sources: {', '.join(given)}"
        self.wrong("CW413", message, second, f"keep one of {' and '.join(given)}")
        return None

    def beside(self, node: Map) -> bool:
        """Tell whether keys that go with others stand beside them."""
        joined = text(node, "pick") == "join"
        if joined != ("joint" in node.entries):
            lacks, has = ("joint", "pick: join") if joined else ("pick: join", "joint")
            span = node.entries[has.partition(":")[0]].key.span
            remedy = 'say what stands between two texts: joint: ", "' if joined else "remove joint"
            self.wrong("CW414", f"the entry has no '{lacks}' beside its {has}", span, remedy)
            return False
        for key, source in _BESIDE.items():
            if key in node.entries and source not in node.entries:
                span = node.entries[key].key.span
                message = f"the entry has no '{source}' beside its {key}"
                self.wrong("CW414", message, span, f"remove {key}, or give {source}")
                return False
        return True

    def options(self, key: str, node: Map) -> Origin | None:
        """Read the options of a choice, of a fallback, or entries that must agree."""
        options, span = self.listed(node, key), node.entries[key].value.span
        if not options:
            return None
        if key == "agree":
            return Agree(options, span, scalar(node, "within"))
        return (Choose if key == "choose" else FirstOf)(options, span)

    def listed(self, node: Map, key: str) -> tuple[Entry, ...]:
        """Read the entries of a list; one alone counts as a list of one."""
        found = child(node, key)
        items = found.items if isinstance(found, List) else () if found is None else (found,)
        return tuple(filter(None, map(self.entry, items)))

    def calculation(self, key: str, node: Map) -> Origin:
        """Read a sum of fields, or what is calculated from entries."""
        by = {"add": "less", "multiply": "divide"}[key]
        parts = [child(node, key), child(node, by)]
        items = [i for one in parts for i in (one.items if isinstance(one, List) else (one,))]
        if key == "add" and not any(isinstance(item, Map) for item in items):
            return self.sum(node)
        for word in ("running", "start"):
            if word in node.entries:
                message = f"'{word}' goes with source fields, not with entries"
                self.wrong("CW414", message, node.entries[word].key.span, "name fields only")
        evenly = text(node, "pick") == "sum" or not _rounds_first(node)
        of, divided = self.listed(node, key), self.listed(node, by)
        return Calculation(key, of, divided, evenly, node.span)

    def one_origin(self, key: str, node: Map) -> Origin | None:  # noqa: PLR0911
        value = node.entries[key].value
        if key in ("choose", "first_of", "agree"):
            return self.options(key, node)
        if key in ("number", "null"):
            return (Number if key == "number" else Null)(value.span)
        if key in ("add", "multiply"):
            return self.calculation(key, node)
        if not isinstance(value, Scalar):
            return None
        if key == "pattern":
            return self.by_pattern(node, value)
        if key == "decide":
            return self.decide(value)
        if "part" in node.entries:
            span = node.entries["part"].key.span
            remedy = "add pattern: that says where the part stands"
            self.wrong("CW414", "the entry has no 'pattern' beside its part", span, remedy)
            return None
        simple: Origin = _SIMPLE[key](value.text, value.span)
        return simple

    def by_pattern(self, node: Map, value: Scalar) -> Origin | None:
        pattern = self.pattern(value)
        if pattern is None:
            return None
        source, part = scalar(node, "from"), scalar(node, "part")
        if source is None and part is None:
            fields = tuple(Copy(name, value.span) for name in pattern.names)
            return Join(pattern, fields, value.span)
        if source is None or part is None:
            missing = "from" if source is None else "part"
            remedy = f"add {missing}: to take a part out of a field"
            message = f"the entry has no '{missing}' beside its pattern"
            self.wrong("CW414", message, node.span, remedy)
            return None
        if part.text not in pattern.names:
            near = closest(part.text, pattern.names)
            remedy = f"did you mean '{near}'?" if near else f"it has {', '.join(pattern.names)}"
            self.wrong("CW302", f"the pattern has no part '{part.text}'", part.span, remedy)
            return None
        return Part(Copy(source.text, source.span), pattern, part.text, value.span)

    def sum(self, node: Map) -> Sum:
        def copies(key: str) -> tuple[Copy, ...]:
            return tuple(Copy(item.text, item.span) for item in scalars(node, key))

        start = scalar(node, "start")
        begin = None if start is None else Copy(start.text, start.span)
        return Sum(copies("add"), copies("less"), flag(node, "running"), begin, node.span)

    def clean(self, node: Map) -> tuple[Clean, ...]:
        body = child(node, "via")
        if not isinstance(body, List):
            return ()
        steps: list[tuple[str, Node | None, Span]] = []
        for item in body.items:
            if isinstance(item, Scalar):
                steps.append((item.text, None, item.span))
            elif isinstance(item, Map):
                steps += [(name, e.value, e.key.span) for name, e in item.entries.items()]
        return (Clean(tuple(steps), undo=False, span=body.span),)

    def lookup(self, node: Map) -> tuple[Lookup, ...]:
        table = scalar(node, "table")
        return () if table is None else (Lookup(table, back=False, span=table.span),)


def _rounds_first(node: Map) -> bool:
    """Tell whether the first operator of an entry is `round`."""
    via = child(node, "via")
    first = via.items[0] if isinstance(via, List) and via.items else None
    return isinstance(first, Map) and "round" in first.entries
