"""What a biller needs before it goes live, as its integrations say: roles, conditions, steps.

Source: facts 1.4 (12 conditions, 7 roles, 18 required parameters, 6 steps).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from crosswalk.documents.access import flag, mapping, number, scalar, scalars, text
from crosswalk.documents.settings import Settings
from crosswalk.documents.source import Entry, Map, Scalar
from crosswalk.documents.workspace import Workspace
from crosswalk.findings.diagnostics import Diagnostic, Label, Span
from crosswalk.findings.suggest import closest, quoted

CONDITION, PARAMETER = "condition", "parameter"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition or parameter.

    `settings` must have values; `at_least` and `includes` say more about the one setting.
    `document` holds it otherwise, for `case` of a decision; `alias` of it must be off.
    With `codes` a person confirms each code that the decision can give.
    """

    id: str
    kind: str
    number: int | None
    description: str
    without: str
    owners: tuple[Scalar, ...]
    settings: tuple[Scalar, ...]
    at_least: Scalar | None
    includes: Scalar | None
    document: Scalar | None
    case: Map | None
    alias: Scalar | None
    codes: bool
    optional: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One step of going live; `covers` are ids of what is settled when it is done."""

    id: str
    number: int | None
    description: str
    owners: tuple[Scalar, ...]
    covers: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person vouches for: who, and on which day (as text), for which codes."""

    id: Scalar
    by: str
    date: str
    codes: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the layers of a biller say together; a later layer replaces what it names again.

    `shared` are conditions and parameters of one name, which confirmations could not tell apart.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    requirements: Mapping[str, Requirement] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)
    confirmations: Mapping[str, Confirmation] = field(default_factory=dict)
    shared: tuple[tuple[Requirement, Requirement], ...] = ()


def read_readiness(documents: Iterable[Map]) -> Readiness:
    """Read the effective documents of the layers, base first, whose shape is known to be good."""
    roles: dict[str, str] = {}
    requirements: dict[str, Requirement] = {}
    steps: dict[str, Step] = {}
    confirmations: dict[str, Confirmation] = {}
    shared: list[tuple[Requirement, Requirement]] = []
    for node in documents:
        roles |= {key: text(body, "title") or key for key, _, body in _entries(node, "roles")}
        for name, kind in (("readiness", CONDITION), ("parameters", PARAMETER)):
            for key, entry, body in _entries(node, name):
                made = _requirement(key, kind, entry, body)
                before = requirements.setdefault(key, made)
                shared += [(made, before)] if before.kind != kind else []
                requirements[key] = made
        steps |= {key: _step(key, body) for key, _, body in _entries(node, "procedure")}
        for key, entry, body in _entries(node, "confirmations"):
            confirmations[key] = _confirmation(entry.key, body)
    return Readiness(roles, requirements, steps, confirmations, tuple(shared))


def _entries(node: Map, key: str) -> Iterator[tuple[str, Entry, Map]]:
    body = mapping(node, key)
    for name, entry in (body.entries if body else {}).items():
        if isinstance(entry.value, Map):
            yield name, entry, entry.value


def _requirement(key: str, kind: str, entry: Entry, body: Map) -> Requirement:
    return Requirement(
        id=key,
        kind=kind,
        number=number(body, "number"),
        description=text(body, "description") or "",
        without=text(body, "without") or "",
        owners=scalars(body, "owners"),
        settings=scalars(body, "settings"),
        at_least=scalar(body, "at_least"),
        includes=scalar(body, "includes"),
        document=scalar(body, "document"),
        case=mapping(body, "case"),
        alias=scalar(body, "alias"),
        codes=flag(body, "codes"),
        optional=flag(body, "optional"),
        span=entry.key.span,
    )


def _step(key: str, body: Map) -> Step:
    return Step(
        id=key,
        number=number(body, "number"),
        description=text(body, "description") or "",
        owners=scalars(body, "owners"),
        covers=scalars(body, "covers"),
    )


def _confirmation(key: Scalar, body: Map) -> Confirmation:
    return Confirmation(
        id=key,
        by=text(body, "by") or "",
        date=text(body, "date") or "",
        codes=tuple(one.text for one in scalars(body, "codes")),
        note=text(body, "note") or "",
    )


def check_readiness(
    found: Readiness, workspace: Workspace, settings: Settings
) -> Iterator[Diagnostic]:
    """Find names of roles, settings, documents, conditions and parameters that are not there.

    Findings CW308, CW311-CW315, CW820, CW821, CW822.
    """
    for one, other in found.shared:
        message = f"{quoted(one.id)} is both a {other.kind} and a {one.kind}"
        related = (Label(other.span, f"the {other.kind}"),)
        yield Diagnostic("CW822", message, one.span, help="rename one of the two", related=related)
    for one in found.requirements.values():
        yield from _names(one.owners, found.roles, "CW820", "role")
        yield from _names(one.settings, settings.declared, "CW308", "setting")
        if one.document is not None:
            yield from workspace.find(one.document)[1]
    for step in found.steps.values():
        yield from _names(step.owners, found.roles, "CW820", "role")
        yield from _names(step.covers, found.requirements, "CW821", "condition or parameter")
    ids = [one.id for one in found.confirmations.values()]
    yield from _names(ids, found.requirements, "CW821", "condition or parameter")


def _names(
    names: Iterable[Scalar], known: Mapping[str, object], code: str, what: str
) -> Iterator[Diagnostic]:
    for one in names:
        if one.text not in known:
            near = closest(one.text, known)
            remedy = f"did you mean '{near}'?" if near else f"declare the {what} first"
            message = f"no {what} is called {quoted(one.text)}"
            yield Diagnostic(code, message, one.span, help=remedy)
