"""From the partner's JSON to a rule set, keeping how it was written (payment codes 9)."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from crosswalk.decisions.jsonnodes import read_json, write_json
from crosswalk.decisions.legacy_order import export_order
from crosswalk.decisions.model import Hints, Input, Legacy, LegacyKey, Model, Outcome, Rule, RuleSet
from crosswalk.decisions.read_rules import accepts, digest
from crosswalk.decisions.values import coded_value, outcome_problem
from crosswalk.decisions.wording import rule_id
from crosswalk.documents.source import Entry, List, Map, Node, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Severity, Span, has_errors
from crosswalk.findings.suggest import closest, quoted

_NEAR = 0.75


def import_legacy(
    text: str, model: Model, file: str = "", name: str = "imported", *, salvage: bool = False
) -> tuple[RuleSet | None, list[Diagnostic]]:
    """Read the partner's JSON of a rule set.

    Findings: RUL001 not JSON, RUL002 container, RUL003 unknown property (an error when it is
    nearly a known one), RUL004 missing or of the wrong kind, RUL105 unknown value, RUL110 unknown
    outcome. Any error leaves nothing, except with `salvage`: then faulty entries are left out and
    unknown properties kept without effect, as the partner reads it (payment codes 2.6).
    """
    node, findings = read_json(text, file)
    if node is None or model.legacy is None:
        return None, findings
    reader = _Reader(model, model.legacy)
    entries = reader.container(node)
    findings = reader.findings
    if entries is None or not isinstance(node, Map):
        return None, findings
    rules = reader.rules(entries)
    if has_errors(findings) and not salvage:
        return None, findings
    made = RuleSet(
        name=name,
        version="1.0.0",
        use=f"{model.name}@{model.version.partition('.')[0]}",
        rules=tuple(rules),
        span=node.span,
        hints=reader.document_hints(node),
        digest=digest(rules),
    )
    order = tuple(rule.id for rule in rules)
    if order != tuple(rule.id for rule in export_order(made, model)):
        made = replace(made, legacy_order=order)
    return made, findings


class _Skip(Exception):  # noqa: N818 - control flow: this entry cannot be used
    """An entry is left out; the finding says why."""


@dataclass(slots=True)
class _Entry:
    """What is gathered while one entry is read."""

    when: dict[str, tuple[str, ...]] = field(default_factory=dict)
    then: dict[str, str] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    empty: dict[str, str] = field(default_factory=dict)
    spelling: dict[str, Mapping[str, str]] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)


class _Reader:
    def __init__(self, model: Model, legacy: Legacy) -> None:
        self.findings: list[Diagnostic] = []
        self._model = model
        self._legacy = legacy
        self._keys = {key.key: key for key in legacy.keys}
        self._inputs = {one.name: one for one in model.inputs}

    # ------------------------------------------------------------------------------- document

    def container(self, node: Node) -> tuple[Node, ...] | None:
        name = self._legacy.container
        if not isinstance(node, Map):
            self._note("RUL002", "the document is not an object", node.span, f'{{"{name}": [...]}}')
            return None
        entry = node.entries.get(name)
        if entry is None:
            near = closest(name, node.entries)
            remedy = f"is {quoted(near)} meant?" if near else f'write {{"{name}": [...]}}'
            self._note("RUL002", f"key {quoted(name)} is missing", node.span, remedy)
            return None
        if not isinstance(entry.value, List):
            self._note("RUL002", f"{name} is not a list", entry.value.span, "write [ ... ]")
            return None
        for key, other in node.entries.items():
            if key != name:
                self._unknown(key, other.key.span, [name])
        return entry.value.items

    def document_hints(self, node: Map) -> Hints:
        name = self._legacy.container
        extra = {k: write_json(e.value) for k, e in node.entries.items() if k != name}
        return Hints(keys=tuple(node.entries) if extra else (), extra=extra)

    def rules(self, entries: Iterable[Node]) -> list[Rule]:
        made: list[Rule] = []
        for node in entries:
            if not isinstance(node, Map):
                self._note("RUL004", "an entry is not an object", node.span)
                continue
            try:
                read = self._entry(node)
            except _Skip:
                continue
            name = rule_id(self._model, read.when, (rule.id for rule in made))
            made.append(self._rule(name, len(made), node, read))
        return made

    def _rule(self, name: str, order: int, node: Map, read: _Entry) -> Rule:
        usual = [key.key for key in self._legacy.keys if key.key in node.entries]
        keys = tuple(node.entries) if list(node.entries) != usual else ()
        hints = Hints(keys, read.kinds, read.empty, read.spelling, read.extra)
        effective = accepts(self._model, read.when)
        return Rule(
            name, order, read.when, read.then, effective, node.span, read.spans, hints=hints
        )

    # ---------------------------------------------------------------------------------- entry

    def _entry(self, node: Map) -> _Entry:
        made, faulty = _Entry(), False
        for name, entry in node.entries.items():
            key = self._keys.get(name)
            try:
                if key is None:
                    self._unknown(name, entry.key.span, self._keys)
                    made.extra[name] = write_json(entry.value)
                elif key.input is not None:
                    self._condition(made, key, self._inputs[key.input], entry)
                elif key.outcome is not None:
                    self._outcome(made, key, self._model.by_name[key.outcome], entry)
                else:
                    message = f"{name} has no effect yet; it is kept"
                    self._note("RUL003", message, entry.key.span, severity=Severity.WARNING)
                    made.extra[name] = write_json(entry.value)
            except _Skip:
                faulty = True
        self._complete(node, made)
        if faulty:
            raise _Skip
        return made

    def _complete(self, node: Map, made: _Entry) -> None:
        for key in self._legacy.keys:
            if key.input and self._inputs[key.input].single and key.input not in made.when:
                if key.key not in node.entries or key.key in made.empty:
                    self._refuse("RUL004", f"{key.key} is missing", node.span, "add it")
                raise _Skip

    def _condition(self, made: _Entry, key: LegacyKey, one: Input, entry: Entry) -> None:
        node = entry.value
        if self._blank(made, key, node):
            return
        if isinstance(node, List) != (key.kind == "list"):
            self._other_form(made, key, node)
        items = node.items if isinstance(node, List) else (node,)
        values: list[str] = []
        for item in items:
            value, written = self._value(made, key, one, item)
            if value in values:
                self._refuse("RUL004", f"{key.key} has {quoted(written)} twice", item.span)
            values.append(value)
        made.when[one.name] = tuple(values)
        made.spans[f"when.{one.name}"] = node.span

    def _other_form(self, made: _Entry, key: LegacyKey, node: Node) -> None:
        """A text in place of a list is read as a list of one; a list in place of a value is not."""
        if isinstance(node, List):
            message = f"{key.key} takes one value"
            self._refuse("RUL004", message, node.span, "write one entry for each")
        message = f"{key.key} is a list; the text is read as a list of one"
        self._note("RUL004", message, node.span, "write [ ... ]", Severity.WARNING)
        made.kinds[key.key] = "text"

    def _value(self, made: _Entry, key: LegacyKey, one: Input, node: Node) -> tuple[str, str]:
        code = self._code(made, key, node)
        value = coded_value(one, code)
        if value is None:
            near = closest(code, (one.values or {}).values())
            remedy = f"did you mean {quoted(near)}?" if near else ""
            self._refuse("RUL105", f"{key.key}: {quoted(code)} is not known", node.span, remedy)
            raise AssertionError
        usual = value if one.values is None else one.values[value]
        if usual != code:
            made.spelling[key.key] = {**made.spelling.get(key.key, {}), value: code}
        return value, code

    def _code(self, made: _Entry, key: LegacyKey, node: Node) -> str:
        """Give the text of a number or text, and note its kind where it is not the usual one."""
        if not isinstance(node, Scalar) or isinstance(node.value, bool) or node.value is None:
            self._refuse("RUL004", f"{key.key} is neither a number nor a text", node.span)
            raise AssertionError
        if key.kind == "list":
            if node.plain:
                self._refuse("RUL004", f"{key.key} takes texts", node.span)
            return node.text
        kind = "text" if not node.plain else "number"
        code = node.text
        if isinstance(node.value, Decimal):
            kind, code = "decimal", self._whole(key, node.value, node)
        if kind != usual_kind(key, code):
            made.kinds[key.key] = kind
        return code

    def _whole(self, key: LegacyKey, value: Decimal, node: Scalar) -> str:
        if value != value.to_integral_value() or value.adjusted() > 17:  # noqa: PLR2004 - digits
            self._refuse("RUL004", f"{key.key} {node.text} is not a whole number", node.span)
        message = f"{key.key} {node.text} is written with a decimal point"
        self._note("RUL004", message, node.span, "write it without", Severity.WARNING)
        return str(int(value))

    def _outcome(self, made: _Entry, key: LegacyKey, one: Outcome, entry: Entry) -> None:
        if self._blank(made, key, entry.value):
            return
        code = self._code(made, key, entry.value)
        problem, message = outcome_problem(one, code)
        if problem:
            self._refuse(problem, f"{key.key}: {message}", entry.value.span)
        made.then[one.name] = code
        made.spans[f"then.{one.name}"] = entry.value.span

    def _blank(self, made: _Entry, key: LegacyKey, node: Node) -> bool:
        """Note a value that is there but empty; it counts as not given (A18)."""
        kind = _emptiness(node)
        if kind is None:
            return False
        made.empty[key.key] = kind
        meaning = "every value matches" if key.input else "the base setting gives it"
        message = f"{key.key} is empty: {meaning}; other readers may differ"
        self._note("RUL004", message, node.span, f"leave {key.key} out", Severity.WARNING)
        return True

    # -------------------------------------------------------------------------------- findings

    def _unknown(self, name: str, span: Span, known: Iterable[str]) -> None:
        near = _near_miss(name, known)
        if near is not None:
            message = f"{quoted(name)} is not known and would be ignored"
            self._note("RUL003", message, span, f"did you mean {quoted(near)}?")
        else:
            message = f"{quoted(name)} is not known; it is kept without effect"
            self._note("RUL003", message, span, severity=Severity.WARNING)

    def _note(
        self,
        code: str,
        message: str,
        span: Span,
        remedy: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.findings.append(Diagnostic(code, message, span, severity, help=remedy))

    def _refuse(self, code: str, message: str, span: Span, remedy: str = "") -> None:
        self._note(code, message, span, remedy)
        raise _Skip


def usual_kind(key: LegacyKey, code: str) -> str:
    """Give the kind of JSON value that a code has without a hint: `number` or `text`."""
    canonical = code == "0" or (code.isascii() and code.isdigit() and code[0] != "0")
    return "number" if key.kind == "number" and canonical else "text"


def _emptiness(node: Node) -> str | None:
    if isinstance(node, List):
        return None if node.items else "list"
    if isinstance(node, Scalar) and node.value is None:
        return "null"
    return "text" if isinstance(node, Scalar) and node.value == "" else None


def _near_miss(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that an unknown one is nearly (ratio 0.75, or the same but for case)."""
    return next(_nearly(name, known), None)


def _nearly(name: str, known: Iterable[str]) -> Iterator[str]:
    for other in known:
        ratio = difflib.SequenceMatcher(None, name, other).ratio()
        if ratio >= _NEAR or other.casefold() == name.casefold():
            yield other
