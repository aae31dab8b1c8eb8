"""Telling the record types of a text form apart by their tag fields."""

from collections.abc import Callable
from dataclasses import dataclass

from crosswalk.findings.suggest import closest
from crosswalk.model.layout import Field, Layout, Record, first_unmarked, last_unmarked
from crosswalk.model.records import Damage

Choose = Callable[[list[str]], int]
"""From the values of a line (by position) to the ordinal of its record type, -1 when none."""


@dataclass(frozen=True, slots=True)
class _Tag:
    position: int
    texts: frozenset[str]


def _texts(field: Field) -> tuple[str, ...]:
    return field.values if field.always is None else (field.always,)


def chooser(layout: Layout) -> Choose | None:
    """Build the choice of record type; None when there is one type without a tag.

    Types are tried in document order; one without a tag is taken when no other matches.
    """
    records = layout.records
    if len(records) == 1 and not records[0].tags:
        return None
    if all(len(record.tags) == 1 for record in records):
        positions = {record.tags[0].position for record in records}
        if len(positions) == 1:
            return _by_one_tag(records, positions.pop())
    return _by_all_tags(records)


def twins(layout: Layout) -> dict[int, tuple[int, ...]]:
    """Give, for record types whose tags are alike, all of them in document order, by ordinal.

    Which of them a line is, its place in the structure tells. Of those without a tag, the first
    lines of the file come first and the last ones last.
    """
    rank = {one.name: 0 for one in first_unmarked(layout.root)}
    rank |= {one.name: 2 for one in last_unmarked(layout.root)}
    groups: dict[object, list[int]] = {}
    for record in sorted(layout.records, key=lambda record: rank.get(record.name, 1)):
        tags = {
            (tag.start or tag.position, tag.component, frozenset(_texts(tag)))
            for tag in record.tags
        }
        groups.setdefault(frozenset(tags), []).append(record.ordinal)
    return {one: tuple(same) for same in groups.values() if len(same) > 1 for one in same}


def taken_for(layout: Layout) -> dict[int, tuple[Record, ...]]:
    """Give, by ordinal, the types that a written line may be read as instead of its own.

    They are tried before it, and no tag of its own keeps theirs from standing in the line.
    """
    same, tried = twins(layout), sorted(layout.records, key=lambda record: not record.tags)
    found = {}
    for at, record in enumerate(tried):
        alike = same.get(record.ordinal, ())
        others = [one for one in tried[:at] if one.ordinal not in alike]
        found[record.ordinal] = tuple(one for one in others if not _apart(one, record))
    return {ordinal: others for ordinal, others in found.items() if others}


def _apart(one: Record, other: Record) -> bool:
    """Tell whether tags at one place keep the lines of two record types apart."""
    places = {_place(tag): frozenset(_texts(tag)) for tag in other.tags}
    return any(
        _place(tag) in places and places[_place(tag)].isdisjoint(_texts(tag)) for tag in one.tags
    )


def _place(tag: Field) -> tuple[int, int | None, int | None]:
    return tag.start or tag.position, tag.width, tag.component


def _by_one_tag(records: tuple[Record, ...], position: int) -> Choose:
    types: dict[str, int] = {}
    for record in records:
        for text in _texts(record.tags[0]):
            types.setdefault(text, record.ordinal)

    def choose(values: list[str]) -> int:
        return types.get(values[position], -1) if position < len(values) else -1

    return choose


def _by_all_tags(records: tuple[Record, ...]) -> Choose:
    tagged = sorted(records, key=lambda record: not record.tags)
    types = [
        ([_Tag(tag.position, frozenset(_texts(tag))) for tag in record.tags], record.ordinal)
        for record in tagged
    ]

    def choose(values: list[str]) -> int:
        for tags, ordinal in types:
            if all(t.position < len(values) and values[t.position] in t.texts for t in tags):
                return ordinal
        return -1

    return choose


def recognised(row: Damage, layout: Layout) -> list[int]:
    """Give the record types that a damaged line still tells by its tags, in document order."""
    if row.code in _NO_TAG:
        return []
    return [one.ordinal for one in layout.records if one.tags and _tells(row.text, one, layout)]


_NO_TAG = ("CW607", "CW608")
"""Damage to a line whose tags were read, and are no record type's."""


def _tells(text: str, record: Record, layout: Layout) -> bool:
    """Tell whether a text has the tags of a record type, as far as it goes."""
    quote = layout.file.quote_char
    cells = [cell.strip(quote) for cell in text.split(layout.file.delimiter)]
    for tag in record.tags:
        texts = _texts(tag)
        if tag.start is not None:
            if not text.startswith(texts, tag.start - 1):
                return False
        elif tag.position == 0:
            begin = text.lstrip(quote)
            if not any(_begins(begin, one) for one in texts):
                return False
        elif len(cells) > 1 and tag.component is None and _other(cells, tag.position, texts):
            return False
    return any(tag.start is not None or tag.position == 0 for tag in record.tags)


def _begins(text: str, tag: str) -> bool:
    """Tell whether a text begins with a tag, and not with a longer word."""
    return bool(tag) and text.startswith(tag) and not text[len(tag) : len(tag) + 1].isalnum()


def _other(cells: list[str], position: int, texts: tuple[str, ...]) -> bool:
    return position < len(cells) and cells[position] not in texts


def no_type(values: list[str], layout: Layout) -> str:
    """Say that no record type matches; a near miss is shown, other content is not."""
    tags = [tag for record in layout.records for tag in record.tags]
    known = sorted({text for tag in tags for text in _texts(tag)})
    for position in sorted({tag.position for tag in tags}):
        found = values[position] if position < len(values) else ""
        near = closest(found, known)
        if near is not None:
            return f"no record type is tagged '{found}'; did you mean '{near}'?"
    return f"no record type matches; the tags are {', '.join(known)}"
