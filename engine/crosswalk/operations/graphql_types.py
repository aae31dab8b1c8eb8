"""Which fields may fill, or read, which GraphQL types. Nothing is converted by guess."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from crosswalk.model.layout import Field
from crosswalk.values.codecs import Problem

_TEXTS = ("text", "code")
_NUMBERS = ("decimal", "money", "integer")
_DAYS = {"Date": ("date",), "DateTime": ("datetime",), "Time": ("time",)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the partner wants: the type's name, its kind, and whether it must have a value.

    `kind` is scalar, enum, list or object; `values` those of an enum; `shown` is `Int!`.
    """

    name: str
    kind: str
    shown: str
    required: bool
    values: tuple[str, ...] = ()

    @staticmethod
    def of(given: Any, *, required: bool) -> "Wanted":  # noqa: ANN401 - a type of graphql-core
        """Describe a GraphQL type."""
        from graphql.type import get_nullable_type, is_enum_type, is_list_type, is_scalar_type

        inner = get_nullable_type(given)
        if is_list_type(inner):
            return Wanted(str(inner), "list", str(given), required)
        if is_enum_type(inner):
            return Wanted(inner.name, "enum", str(given), required, tuple(inner.values))
        kind = "scalar" if is_scalar_type(inner) else "object"
        return Wanted(inner.name, kind, str(given), required)


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a field does not fit a type: goes on after "field X "."""

    message: str
    help: str


def misfit(one: Field, wanted: Wanted) -> Misfit | None:
    """Say why a field does not fit the partner's type; None when it does."""
    if wanted.kind in ("list", "object"):
        message = f"holds one value, the partner wants {wanted.shown}"
        return Misfit(message, "give the path of a value inside it")
    if wanted.kind == "enum":
        return _enum(one, wanted)
    fits, remedy = _scalar(one, wanted.name)
    if fits:
        return None
    message = f"is {one.codec.type} as JSON {one.json}, the partner wants {wanted.shown}"
    return Misfit(message, remedy)


def takes_text(kind: Any) -> bool:  # noqa: ANN401 - a type of graphql-core
    """Tell whether a type can be JSON text: String, or a scalar of the partner's own."""
    from graphql.type import get_nullable_type, is_scalar_type

    inner = get_nullable_type(kind)
    return is_scalar_type(inner) and inner.name not in ("Int", "Float", "Boolean", "ID")


def holds_anything(kind: Any) -> bool:  # noqa: ANN401 - a type of graphql-core
    """Tell whether a type is a scalar of the partner's own, which may be an object or a list."""
    from graphql.type import get_nullable_type, is_scalar_type

    inner = get_nullable_type(kind)
    return is_scalar_type(inner) and inner.name not in _RULES


def _enum(one: Field, wanted: Wanted) -> Misfit | None:
    if one.codec.type not in _TEXTS or one.json != "text":
        message = f"is {one.codec.type}, the partner wants a word of {wanted.name}"
        return Misfit(message, "say type: text and values:")
    if not one.values:
        message = f"may hold any text, the partner wants a word of {wanted.name}"
        return Misfit(message, f"say values: [{', '.join(wanted.values)}]")
    odd = [value for value in one.values if value not in wanted.values]
    if not odd:
        return None
    return Misfit(f"may hold '{odd[0]}', which {wanted.name} has not", "remove the value")


def _scalar(one: Field, name: str) -> tuple[bool, str]:
    """Tell whether a field fits a scalar, and the remedy when it does not."""
    rule = _RULES.get(name)
    if rule is None:
        return True, ""
    pairs, remedy = rule
    kind = one.codec.type
    fits = (kind, one.json) in pairs or ("any", one.json) in pairs
    bent = kind in _MOMENTS and name in _DAYS and not _iso(one)
    return fits and not bent, remedy


def _iso(one: Field) -> bool:
    """Tell whether a field writes ISO 8601: without a format, or in one that is read as such."""
    if one.codec.spelling.format is None:
        return True
    moment = datetime(2026, 12, 31, 23, 58, 59, tzinfo=UTC)
    sample: dict[str, Any] = {
        "date": moment.date(),
        "time": moment.time(),
        "datetime": moment,
    }
    kinds: dict[str, Any] = {"date": date, "time": time, "datetime": datetime}
    reads = kinds[one.codec.type].fromisoformat
    try:
        return bool(reads(one.codec.write(sample[one.codec.type])))
    except (Problem, ValueError):
        return False


def _pairs(kinds: tuple[str, ...], *forms: str) -> frozenset[tuple[str, str]]:
    return frozenset((kind, form) for kind in kinds for form in forms)


_MOMENTS = ("date", "datetime", "time")
_RULES = {
    "Int": (_pairs(("integer",), "number"), "say type: integer, json: number"),
    "Float": (_pairs(_NUMBERS, "number"), "say type: decimal, json: number"),
    "Boolean": (_pairs(("boolean",), "boolean"), "say type: boolean"),
    "String": (_pairs(("any",), "text"), "say type: text"),
    "ID": (_pairs(_TEXTS, "text") | _pairs(("integer",), "text", "number"), "say type: text"),
    **{
        name: (_pairs(kinds, "text"), f"say type: {kinds[0]}, without a format")
        for name, kinds in _DAYS.items()
    },
    **{
        name: (_pairs(_NUMBERS, "text", "number"), "say type: money or decimal")
        for name in ("Decimal", "Money", "BigDecimal")
    },
}
"""By scalar: which types of field in which form of JSON fit it, and the remedy."""
