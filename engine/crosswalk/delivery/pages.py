"""Reading a partner's list page by page: which page comes next, and when the list is whole.

Pure: it is told each answer and gives the variables of the next question. A list that cannot be
known to be whole stops with a reason; it is never cut off in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crosswalk.delivery import answers
from crosswalk.delivery.faults import DeliveryError
from crosswalk.delivery.request import Json

OFFSET, PAGE = "offset", "page"
MOST_PAGES = 1000
MOST_BYTES = 1 << 30
"""The most that the pages of one question may have together, in bytes."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paging:
    """How a partner's list is read to its end.

    `variable` is where among our variables a page's beginning stands. `next` leads to what goes
    there for the page after (a cursor, a token); without it, `count` says that it counts records
    (`offset`, from 0) or pages (`page`, from 1). `more` leads to true or false, `total` to the
    number of all records, `records` to those of a page. `unique` is where each record has what no
    other has.
    """

    variable: Path
    next: Path | None = None
    count: str | None = None
    more: Path | None = None
    records: Path | None = None
    total: Path | None = None
    unique: Path | None = None
    most_pages: int = MOST_PAGES


class Stuck(DeliveryError):  # noqa: N818 - says what is the case
    """The next page, or whether there is one, is not known; `reason` says why in a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Walk:
    """One list being read: `pages` and `records` so far."""

    paging: Paging
    variables: Mapping[str, Json]
    pages: int = 0
    records: int = 0
    _began: set[object] = field(default_factory=set)
    _met: set[object] = field(default_factory=set)

    def first(self) -> dict[str, Json]:
        """Give the variables of the first page; what was mapped is where the list begins."""
        start = answers.at(self.variables, self.paging.variable)
        if start is None and self.paging.count is not None:
            start = 0 if self.paging.count == OFFSET else 1
        self._began.add(_told(start))
        return self._at(start)

    def after(self, answer: object) -> dict[str, Json] | None:
        """Take the answer to a page; give the variables of the next one, None at the end.

        Raises Stuck.
        """
        self.pages += 1
        found = self._found(answer)
        self.records += len(found)
        following = self._next(answer, len(found))
        if following is None:
            self._whole(answer)
            return None
        if _told(following) in self._began:
            raise Stuck("the partner names a page again that was read before")
        if self.pages >= self.paging.most_pages:
            raise Stuck(
                f"there are more than {self.pages} pages; raise most_pages if that is right"
            )
        self._began.add(_told(following))
        return self._at(following)

    def _found(self, answer: object) -> list[object]:
        """Give the records of a page, none of which came before."""
        path = self.paging.records
        if path is None:
            return []
        found = answers.every(answer, path)
        if found is None or answers.at(answer, path[:-1]) is None:
            raise Stuck(f"a page has no list at {'.'.join(path)}")
        for one in found if self.paging.unique is not None else ():
            told = _told(answers.at(one, self.paging.unique or ()))
            if told is None:
                raise Stuck(f"a record has no {'.'.join(self.paging.unique or ())}")
            if told in self._met:
                raise Stuck("a record came on two pages: the list changed while it was read")
            self._met.add(told)
        return found

    def _next(self, answer: object, found: int) -> object:
        """Give where the next page begins; None at the end."""
        paging = self.paging
        more = self._more(answer)
        if paging.next is not None:
            following = answers.at(answer, paging.next)
            if more is False:
                return None
            if following is None or following == "":
                if more or answers.every(answer, paging.next) is None:
                    raise Stuck(f"nothing at {'.'.join(paging.next)} says where to go on")
                return None
            if isinstance(following, bool) or not isinstance(following, str | int):
                raise Stuck(f"what stands at {'.'.join(paging.next)} is no place to go on")
            return following
        if more is False or (more is None and found == 0):
            return None
        if found == 0:
            raise Stuck("a page without records says that there are more")
        at = self.pages if paging.count == PAGE else self.records
        began = answers.at(self.variables, paging.variable)
        return at + (began if isinstance(began, int) else 1 if paging.count == PAGE else 0)

    def _more(self, answer: object) -> bool | None:
        """Tell what the partner says about more; None where it says nothing."""
        if self.paging.more is not None:
            more = answers.at(answer, self.paging.more)
            if not isinstance(more, bool):
                raise Stuck(f"{'.'.join(self.paging.more)} is neither true nor false")
            return more
        return None

    def _whole(self, answer: object) -> None:
        """Compare the number of records with the partner's own."""
        if self.paging.total is None:
            return
        total = answers.number(answers.at(answer, self.paging.total))
        if total is None or total != self.records:
            shown = "no number" if total is None else f"{total}"
            where = ".".join(self.paging.total)
            raise Stuck(f"{self.records} records came, and {where} says {shown}")

    def _at(self, start: object) -> dict[str, Json]:
        return _put(self.variables, self.paging.variable, start)


def _put(variables: object, path: Path, value: object) -> dict[str, Json]:
    """Give variables with a value at a path; without it where there is none."""
    made: dict[str, Json] = dict(variables) if isinstance(variables, Mapping) else {}
    name, *below = path
    if below:
        made[name] = _put(made.get(name), tuple(below), value)
        if not made[name]:
            del made[name]
    elif value is None:
        made.pop(name, None)
    else:
        made[name] = value  # type: ignore[assignment]
    return made


def _told(value: object) -> object:
    """Give what tells two places or records apart: 1 is not "1"."""
    return (type(value).__name__, str(value)) if value is not None else None
