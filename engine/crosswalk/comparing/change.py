"""A change of meaning: what it is about, both sides, what it does to those who rely on it."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import TypeVar

from crosswalk.documents.content import content
from crosswalk.documents.source import List, Map, Node, Scalar
from crosswalk.findings.diagnostics import Span
from crosswalk.language.patterns import Pattern
from crosswalk.model import mapping as m

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Effect(StrEnum):
    """What a change does. In doubt it breaks.

    breaking: something that was accepted is refused, or comes out otherwise than before.
    additive: what came out before comes out the same; more is accepted or filled.
    none: nothing that the engine does is different.
    """

    BREAKING = "breaking"
    ADDITIVE = "additive"
    NONE = "none"


BREAKING, ADDITIVE, NONE = Effect


@dataclass(frozen=True, slots=True)
class Change:
    """One change in a document (named name@major). No text on a side: it was not, or is not, there.

    `was` and `now` are the places. `target` is the record and key of the field that it is about.
    """

    document: str
    what: str
    before: str | None
    after: str | None
    effect: Effect
    reason: str
    was: Span | None
    now: Span | None
    target: tuple[str, str] | None = None

    @property
    def place(self) -> Span | None:
        """Where the change is written: on the new side, where there still is something."""
        return self.now or self.was


def place_in(node: Map, *path: str) -> Span:
    """Give the place of what stands at a path, or of the last key on the way there."""
    span = node.span
    here: Node = node
    for key in path:
        if not isinstance(here, Map) or key not in here.entries:
            return span
        entry = here.entries[key]
        span, here = entry.key.span, entry.value
    return here.span if isinstance(here, Scalar) else span


Texts = tuple[str | None, str | None]
"""What is said on both sides."""

Told = tuple[Effect, str]
"""An effect with its reason."""


def both(before: Mapping[K, T], after: Mapping[K, T]) -> Iterator[tuple[K, T | None, T | None]]:
    """Pair what two maps hold by key, in the order of the new side; what is gone comes last."""
    for key, now in after.items():
        yield key, before.get(key), now
    for key, was in before.items():
        if key not in after:
            yield key, was, None


def meaning(thing: object, name: Callable[[str], str]) -> object:  # noqa: PLR0911 - one for each
    """Give what a part of a mapping means, without places, remarks and spellings, to compare.

    `name` gives a source field's one name for every way to write it.
    """
    match thing:
        case Span():
            return None
        case Scalar():
            return thing.text
        case Map() | List():
            return content(thing)
        case Pattern():
            return thing.text
        case m.Copy(field=field):
            return name(field)
        case tuple():
            return tuple(meaning(one, name) for one in thing)
        case _:
            pass
    if not is_dataclass(thing):
        return thing
    said = {one.name: meaning(getattr(thing, one.name), name) for one in fields(thing)}
    return (type(thing).__name__, *_usual(thing, said, name).items())


def _usual(thing: object, said: dict[str, object], name: Callable[[str], str]) -> dict[str, object]:
    """Leave out what says nothing, and give what is not written its usual value."""
    if isinstance(thing, m.Entry):
        del said["note"]
        said["pick"] = said["pick"] or "same"
    if isinstance(thing, m.DecisionUse):
        del said["name"]
    if "reference" in said:
        said["reference"] = name(str(said["reference"]))
    return said
