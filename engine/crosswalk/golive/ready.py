"""Holds a biller against what its integrations ask for before going live (facts 1.4).

Each condition and parameter, and each setting that the flows in use need, is met, missing, or to
be confirmed by a person. Nothing is sent and no secret is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from crosswalk.checking import check
from crosswalk.documents.readiness import Readiness, Requirement
from crosswalk.documents.settings import Setting
from crosswalk.documents.source import Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Severity, Span
from crosswalk.golive.needs import Needs, needs_of
from crosswalk.golive.tenders import Tenders, codes_of
from crosswalk.language.codetables import read_code_table
from crosswalk.project import Project, View
from crosswalk.values.versions import is_older

MET, MISSING, CONFIRM = "met", "missing", "confirm"
FINDING, SETTING, FLOW, CODES = "finding", "setting", "flow", "codes"
_TOLD_HERE = frozenset({"CW806", "CW810", "RUL609"})
"""Findings of `check` about settings without a value; here each is an item of its own."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the answer: what it is about, its state, why, and whose it is (role ids).

    `kind` is condition, parameter, setting, flow, codes or finding; `places` are where it is
    asked for. `by_person` says that nothing but a person's word settles it, for all of `codes`.
    """

    id: str
    kind: str
    state: str
    description: str
    why: str
    owners: tuple[str, ...] = ()
    places: tuple[Span, ...] = ()
    number: int | None = None
    codes: tuple[str, ...] = ()
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a biller can go live: every item, with the needs and the layers' words behind it."""

    biller: str
    version: str
    items: tuple[Item, ...]
    needs: Needs
    asked: Readiness

    def of(self, state: str) -> tuple[Item, ...]:
        """Give the items of a state."""
        return tuple(one for one in self.items if one.state == state)

    @property
    def ready(self) -> bool:
        """Nothing is missing and nothing waits for a confirmation."""
        return all(one.state == MET for one in self.items)


def ready(project: Project, biller: str, day: date) -> Answer:
    """Judge everything a biller needs, as of a day. Raises ConfigError for an unknown biller."""
    view = project.view(biller)
    assert view.owner is not None
    asked, needs = project.readiness(view), needs_of(project, view, day)
    judge = _Judge(project, view, needs, asked, day, view.owner.name)
    items = [judge.item(one) for one in asked.requirements.values() if judge.applies(one)]
    named = judge.named()
    items += [one for one in judge.settings() if one.id not in named]
    items += judge.flows({one.id for one in items if one.state == MISSING})
    items += judge.open_cases()
    items += judge.findings({*named, *needs.settings})
    return Answer(view.owner.name, view.owner.version, tuple(items), needs, asked)


@dataclass(frozen=True, slots=True)
class _Judge:
    project: Project
    view: View
    needs: Needs
    asked: Readiness
    day: date
    owner: str

    def item(self, one: Requirement) -> Item:
        """Judge a condition or parameter: first what documents show, then what a person says."""
        tenders = self.tenders(one)
        wrong, shown = self.shown(one, tenders)
        codes = tuple(tenders.codes) if one.codes and tenders is not None else ()
        by_person = not wrong and not shown
        state, why = MET, shown
        if wrong:
            state, why = (MET, f"{wrong}; optional") if one.optional else (MISSING, wrong)
        elif by_person:
            state, why = self.confirmed(one, codes)
        owners = tuple(role.text for role in one.owners)
        return Item(
            id=one.id,
            kind=one.kind,
            state=state,
            description=one.description,
            why=why,
            owners=owners,
            places=(one.span,),
            number=one.number,
            codes=codes,
            by_person=by_person,
        )

    def applies(self, one: Requirement) -> bool:
        """Tell whether an alias matters: some rule is for a value that it would replace."""
        tenders = self.tenders(one)
        if one.alias is None or tenders is None:
            return True
        alias = next((a for a in tenders.model.aliases if a.name == one.alias.text), None)
        name = tenders.model.inputs[alias.position].name if alias is not None else ""
        return alias is None or any((name, value) in tenders.mentioned for value in alias.values)

    def tenders(self, one: Requirement) -> Tenders | None:
        """Give what the flows decide by the decision that a requirement names."""
        return self.needs.tenders.get(one.document.text.partition("@")[0]) if one.document else None

    def shown(self, one: Requirement, tenders: Tenders | None) -> tuple[str, str]:
        """Say what documents show: what is wrong, and else what is there (blank: nothing)."""
        told = []
        for name in one.settings:
            wrong, shown = self.setting(one, name)
            if wrong:
                return wrong, ""
            told.append(shown)
        if one.alias is not None and tenders is not None:
            return self.alias(one.alias.text, tenders), ""
        if one.case is not None and tenders is not None:
            return _case(one.case, tenders)
        return self.table(one) if one.document is not None else ("", "; ".join(told))

    def setting(self, one: Requirement, name: Scalar) -> tuple[str, str]:
        found, declared = self.view.settings.find(name.text), self.view.settings.declared[name.text]
        if found is None:
            return f"setting {declared.title} has no value", ""
        value = found.value if isinstance(found.value, str) else str(found.value)
        told = f"setting {declared.title} is {value}"
        wrong = self.less(one, found) if isinstance(found.value, str) else ""
        return (f"{told}, {wrong}", "") if wrong else ("", told)

    def less(self, one: Requirement, found: Setting) -> str:
        """Say what a setting's value falls short of."""
        value = str(found.value)
        if one.at_least is not None and is_older(value, one.at_least.text) is not False:
            return f"not {one.at_least.text} or later"
        held = value.replace(",", " ").replace(";", " ").split()
        if one.includes is not None and one.includes.text not in held:
            return f"without {one.includes.text}"
        if found.declared.expires is not None and value < self.day.isoformat():
            return f"which is over on {self.day.isoformat()}"
        return ""

    def alias(self, name: str, tenders: Tenders) -> str:
        for one in tenders.model.aliases:
            set_to = self.view.settings.texts().get(one.setting)
            if one.name == name and set_to == one.equals:
                return f"setting {one.setting} is {set_to}"
        return ""

    def table(self, one: Requirement) -> tuple[str, str]:
        """Judge a code table by whether it has codes; other documents show nothing."""
        document = self.project.workspace.find(one.document)[0] if one.document else None
        if document is None or document.kind != "code-table":
            return "", ""
        table, _ = read_code_table(self.project.effective(document, self.view).node)
        told = f"{len(table.codes) or 'no'} codes in {document.name}"
        return ("", told) if table.codes else (told, "")

    def confirmed(self, one: Requirement, codes: tuple[str, ...]) -> tuple[str, str]:
        """Say who confirmed something, or what is still to be confirmed."""
        found = self.asked.confirmations.get(one.id)
        if found is None:
            return CONFIRM, f"for {', '.join(codes)}" if codes else "nobody confirmed it yet"
        new = [code for code in codes if code not in found.codes]
        if new:
            told = ", ".join(found.codes) or "no code"
            return CONFIRM, f"confirmed for {told}; new: {', '.join(new)}"
        told = f"confirmed by {found.by} on {found.date}"
        return MET, f"{told}: {found.note}" if found.note else told

    def named(self) -> set[str]:
        """Give the settings that conditions and parameters name, by id."""
        known = self.view.settings.declared
        asked = (name.text for one in self.asked.requirements.values() for name in one.settings)
        return {known[name].id for name in asked if name in known}

    def settings(self) -> Iterator[Item]:
        """Judge the settings of the flows in use, by whether they have a value."""
        for key, need in sorted(self.needs.settings.items(), key=_by_number):
            there = self.view.settings.values.get(key)
            uses = ", ".join(dict.fromkeys(use.what for use in need.uses))
            places = tuple(use.span for use in need.uses)
            state, why = (MET, "set") if there is not None else (MISSING, "has no value")
            yield Item(key, SETTING, state, need.declared.description, f"{why}; {uses}", (), places)

    def flows(self, missing: set[str]) -> Iterator[Item]:
        """Name the flows that the biller's partner system is not up to, where no condition does."""
        asked = self.asked.requirements
        named = [name.text for key in missing & set(asked) for name in asked[key].settings]
        found = (self.view.settings.find(name) for name in named)
        told = {setting.span for setting in found if setting is not None}
        for flow in self.needs.flows.values():
            for one in self.project.refusals(flow, self.view):
                places = (one.span,) if one.span is not None else ()
                if one.span not in told:
                    yield Item(flow.name, FLOW, MISSING, flow.description, one.message, (), places)

    def open_cases(self) -> Iterator[Item]:
        """Name the cases for which the rules give no code."""
        for name, found in self.needs.tenders.items():
            for told in found.open:
                yield Item(name, CODES, MISSING, "Every payment has its codes.", f"no {told}")

    def findings(self, judged: set[str]) -> Iterator[Item]:
        """Give what `check` has against the documents of the flows in use, unless told already."""
        ours = {one.file for one in self.needs.documents}
        ours |= {layer.document.file for layer in self.view.layers}
        gaps = set(self.gaps(judged))
        spans = {self.view.settings.declared[key].span for key in judged}
        for one in check(self.project, owner=self.owner):
            place = one.span
            mine = place is None or place.file in ours
            told = one.code in _TOLD_HERE or (place and (place.file, place.line) in gaps)
            echo = one.code == "CW812" and any(label.span in spans for label in one.related)
            if one.severity is Severity.ERROR and mine and not (told or echo):
                yield _finding(one)

    def gaps(self, judged: set[str]) -> Iterator[tuple[str, int]]:
        """Give the lines of settings without a value that are items here."""
        for layer in self.view.layers:
            for key, entry in layer.settings().items():
                known = self.view.settings.declared.get(key)
                empty = isinstance(entry.value, Scalar) and entry.value.value is None
                if empty and known is not None and known.id in judged:
                    yield entry.key.span.file, entry.key.span.line


def _by_number(one: tuple[str, object]) -> tuple[bool, int, str]:
    key = one[0]
    return (not key.isdecimal(), int(key) if key.isdecimal() else 0, key)


def _finding(one: Diagnostic) -> Item:
    places = (one.span,) if one.span is not None else ()
    return Item(one.code, FINDING, MISSING, "", one.message, (), places)


def _case(case: Map, tenders: Tenders) -> tuple[str, str]:
    """Judge a case of a decision."""
    wanted = {
        key: entry.value.text
        for key, entry in case.entries.items()
        if isinstance(entry.value, Scalar)
    }
    codes, all_have = codes_of(tenders, wanted)
    told = " ".join(f"{key} {value}" for key, value in wanted.items())
    if not all_have:
        return f"no {tenders.outcome} for {told}", ""
    return "", f"{tenders.outcome} {', '.join(codes)}"
