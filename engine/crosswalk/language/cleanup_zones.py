"""The operator for time zones: a moment of one zone, as the clocks of another show it."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import cache

from crosswalk.findings.suggest import closest
from crosswalk.language.cleanup import (
    BadParameter,
    Bound,
    Example,
    Fails,
    Operator,
    Parameter,
    a_map,
    a_text,
)
from crosswalk.values.spelling import Problem


@cache
def zone_of(name: str, key: str) -> tzinfo:
    """Find a time zone by its name in the IANA database. Raises BadParameter."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = closest(name, available_timezones())
        remedy = f"did you mean '{near}'?" if near else "for instance America/Denver, or UTC"
        raise BadParameter(f"no time zone is called '{name}'", remedy, key=key) from None


def _bind_zone(parameter: Parameter, _type: str) -> Bound:
    here, there = zone_of(parameter["from"], "from"), zone_of(parameter["to"], "to")
    exact = "" if parameter["from"] == parameter["to"] else "the hour that is set back"
    return Bound(_moved(here, there), _moved(there, here), exact)


def _moved(here: tzinfo, there: tzinfo) -> Callable[[datetime], datetime]:
    """Read a moment by the clocks of one zone and write it by those of another."""

    def moved(value: datetime) -> datetime:
        first, second = (value.replace(tzinfo=here, fold=fold) for fold in (0, 1))
        try:
            if first.utcoffset() != second.utcoffset():
                again = first.astimezone(UTC).astimezone(here).replace(tzinfo=None)
                state = "stands twice" if again == value else "does not exist"
                raise Problem("CW546", f"{state} by the clocks of {here}")
            return first.astimezone(there).replace(tzinfo=None, fold=0)
        except OverflowError:
            raise Problem("CW544", "leaves the years 1 to 9999 in the other time zone") from None

    return moved


_DENVER = {"from": "UTC", "to": "America/Denver"}
_BACK = {"from": "America/Denver", "to": "UTC"}

ZONE_OPERATORS: tuple[Operator, ...] = (
    Operator(
        "zone",
        a_map(
            "Two time zones by their names, UTC or America/Denver.",
            {
                "from": a_text("Whose clocks the moment is written by."),
                "to": a_text("Whose clocks it is wanted by."),
            },
            required=("from", "to"),
        ),
        ("datetime",),
        None,
        _bind_zone,
        "the hour that is set back",
        "Moves a date with time to another time zone. A moment that stands twice or not at all by "
        "the clocks of its zone is refused.",
        (
            Example(_DENVER, datetime(2026, 1, 1, 2, 30), datetime(2025, 12, 31, 19, 30)),  # noqa: DTZ001
            Example(_DENVER, datetime(2026, 7, 1, 2, 30), datetime(2026, 6, 30, 20, 30)),  # noqa: DTZ001
            Example(_BACK, datetime(2026, 3, 8, 2, 30), Fails("CW546")),  # noqa: DTZ001
            Example(_BACK, datetime(2026, 11, 1, 1, 30), Fails("CW546")),  # noqa: DTZ001
        ),
    ),
)
