"""What an owner needs before going live: whose it is, what is met, and the steps to take.

Days do not count: a state that ends on a day is shown as it stands, so that pages do not change
by themselves.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from crosswalk.documents.readiness import CONDITION, PARAMETER, Readiness, Requirement, Step
from crosswalk.documents.source import Scalar
from crosswalk.golive.ready import CONFIRM, MET, MISSING, Item, ready
from crosswalk.site.parts import Block, Cell, Piece, Row, Section, Table, anchor, listed, plain
from crosswalk.site.seen import Seen

_LOOKS = {MET: "good", MISSING: "bad", CONFIRM: "warn"}
_KINDS = {CONDITION: "Conditions", PARAMETER: "Parameters"}
_ASKED = ("number", "what", "whose", "needs", "without it")


def readiness_section(seen: Seen) -> Section | None:
    """Show conditions, parameters, roles and procedure; for a biller with the state of each."""
    asked = seen.project.readiness(seen.view)
    if not asked.requirements:
        return None
    items = _items(seen)
    blocks: list[Block] = [_table(seen, asked, kind, items) for kind in _KINDS]
    blocks.append(_rest(seen, items, set(asked.requirements)))
    blocks.append(_steps(asked))
    return Section("readiness", "Before going live", tuple(blocks))


def _items(seen: Seen) -> dict[str, Item]:
    """Give the states of a biller's conditions; an integration has none."""
    owner = seen.view.owner
    if owner is None or owner.kind != "biller":
        return {}
    answer = ready(seen.project, owner.name, date.min)
    return {one.id: one for one in answer.items}


def _table(seen: Seen, asked: Readiness, kind: str, items: dict[str, Item]) -> Table:
    heads = (*_ASKED, *(("state", "why") if items else ()), "set in")
    rows = (one for one in asked.requirements.values() if one.kind == kind)
    return Table(_KINDS[kind], heads, tuple(_row(seen, asked, one, items) for one in rows))


def _row(seen: Seen, asked: Readiness, one: Requirement, items: dict[str, Item]) -> Row:
    at = anchor(one.kind, one.id)
    seen.find(one.kind, one.id, one.description, at)
    cells: tuple[Cell, ...] = (
        plain(str(one.number) if one.number is not None else ""),
        (Piece(one.id, "name"), Piece(f" {one.description}")),
        _owners(asked, one.owners),
        listed(_needs(seen, one)),
        plain(one.without),
    )
    if items:
        cells = (*cells, *_state(items.get(one.id)))
    return Row((*cells, seen.origin(one.span)), at, one.id)


def _needs(seen: Seen, one: Requirement) -> Iterator[Piece]:
    """Say what documents have to show."""
    yield from (seen.setting(name.text) for name in one.settings)
    if one.at_least is not None:
        yield Piece(f"at least {one.at_least.text}")
    if one.includes is not None:
        yield Piece(f"with {one.includes.text}")
    if one.document is not None:
        yield seen.reference(one.document.text)
    if one.codes:
        yield Piece("each code confirmed")
    if one.optional:
        yield Piece("optional", "plain")


def _state(item: Item | None) -> tuple[Cell, Cell]:
    if item is None:
        return (Piece("does not apply", "note"),), ()
    return (Piece(item.state, _LOOKS[item.state]),), plain(item.why)


def _owners(asked: Readiness, owners: Iterable[Scalar]) -> Cell:
    return listed(Piece(asked.roles.get(one.text, one.text)) for one in owners)


def _rest(seen: Seen, items: dict[str, Item], named: set[str]) -> Table:
    """Show what the flows in use need besides: settings, codes, a newer system."""
    rows = tuple(
        Row((plain(one.kind), plain(one.id), *_state(one), _places(seen, one)))
        for one in items.values()
        if one.id not in named
    )
    return Table(
        "What the flows in use need", ("kind", "what", "state", "why", "asked for in"), rows
    )


def _places(seen: Seen, one: Item) -> Cell:
    return seen.origin(one.places[0]) if one.places else ()


def _steps(asked: Readiness) -> Table:
    heads = ("number", "step", "whose", "settles")
    return Table("Procedure", heads, tuple(_step(asked, one) for one in asked.steps.values()))


def _step(asked: Readiness, one: Step) -> Row:
    kinds = {key: requirement.kind for key, requirement in asked.requirements.items()}
    covers = listed(
        Piece(name.text, "", f"#{anchor(kinds[name.text], name.text)}")
        for name in one.covers
        if name.text in kinds
    )
    number = plain(str(one.number) if one.number is not None else "")
    return Row((number, plain(one.description), _owners(asked, one.owners), covers))
