"""Operators for numbers, dates and booleans, and between text and typed values."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    InvalidOperation,
)
from typing import Any

from crosswalk.language.cleanup import (
    CLASSES,
    EXACT_NUMBERS,
    NUMBERS,
    TEXTS,
    BadParameter,
    Bound,
    Example,
    Fails,
    Operator,
    Parameter,
    a_list,
    a_map,
    a_number,
    a_text,
    a_word,
    same,
    simple,
)
from crosswalk.values.codecs import codec
from crosswalk.values.spelling import BadSpelling, Codec, Problem, Spelling

_TYPED = tuple(name for name in CLASSES if name not in TEXTS)
_DIGITS = 120
_MODES = {
    "half-up": ROUND_HALF_UP,
    "half-even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}
_SPELLING: dict[str, Any] = {
    "format": {
        **a_list("Pattern of a date or time (or several); Y/N of a boolean."),
        "type": ["string", "array"],
    },
    "decimals": a_number("Places after the point.", 0, 18),
    "point": a_text("Decimal point: . or , or implied."),
    "group": a_text("Thousands separator."),
    "sign": a_text("Where the sign stands, as in a layout."),
    "symbol": a_text("Currency symbol before the first digit."),
    "unit": a_text("What stands after the last digit: % or a currency."),
}


def _negate(value: int | Decimal) -> int | Decimal:
    if isinstance(value, Decimal):
        return value.copy_negate() if value else value
    return -value


def _absolute(value: int | Decimal) -> int | Decimal:
    return value.copy_abs() if isinstance(value, Decimal) else abs(value)


def _opposite(value: bool) -> bool:  # noqa: FBT001 - the value itself
    return not value


def _date_of(value: datetime) -> date:
    return value.date()


def _time_of(value: datetime) -> time:
    return value.time()


def _bind_shift(parameter: Parameter, _type: str) -> Bound:
    days = timedelta(days=parameter["days"])

    def shift(by: timedelta) -> Callable[[date], date]:
        def shifted(value: date) -> date:
            try:
                return value + by
            except OverflowError:
                raise Problem("CW544", "leaves the years 1 to 9999 when shifted") from None

        return shifted

    return Bound(shift(days), shift(-days))


def _scaled_type(parameter: Parameter, type_in: str) -> str:
    wanted: str | None = parameter.get("type")
    if wanted is not None:
        return wanted
    return "decimal" if type_in == "integer" and parameter["power"] < 0 else type_in


def _bind_scale_by(parameter: Parameter, type_in: str) -> Bound:
    power: int = parameter["power"]
    gives = _scaled_type(parameter, type_in)
    return Bound(_scaler(power, gives), _scaler(-power, type_in))


def _scaler(power: int, gives: str) -> Callable[[int | Decimal], int | Decimal]:
    """Multiply by 10 to a power, exactly; a whole number that would get decimals is refused."""
    context = Context(prec=_DIGITS)

    def scale(value: int | Decimal) -> int | Decimal:
        moved = Decimal(value).scaleb(power, context)
        if gives == "integer":
            if moved != moved.to_integral_value():
                raise Problem("CW545", "is not a whole number after scaling")
            return int(moved)
        exponent = moved.as_tuple().exponent
        far = isinstance(exponent, int) and exponent > 0
        return moved.quantize(Decimal(1), context=context) if far else moved

    return scale


def _bind_round(parameter: Parameter, _type: str) -> Bound:
    unit = Decimal(1).scaleb(-parameter["decimals"])
    mode, context = _MODES[parameter["mode"]], Context(prec=_DIGITS)

    def rounded(value: Decimal) -> Decimal:
        try:
            result = value.quantize(unit, rounding=mode, context=context)
        except InvalidOperation:
            raise Problem("CW544", "has too many digits to be rounded") from None
        return result or result.copy_abs()

    return Bound(rounded, same, f"decimals after the first {parameter['decimals']}")


def _codec(kind: str, parameter: Parameter) -> Codec:
    """Build the codec of a declared spelling. Raises BadParameter."""
    spelling: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in parameter.items()
        if key != "type"
    }
    try:
        return codec(kind, Spelling(**spelling))
    except BadSpelling as bad:
        raise BadParameter(bad.message, bad.help, key=bad.key) from bad


def _bind_read_as(parameter: Parameter, _type: str) -> Bound:
    made = _codec(parameter["type"], parameter)
    return Bound(made.read, made.write, "other spellings of the same value")


def _bind_write_as(parameter: Parameter, type_in: str) -> Bound:
    """Bind to the codec of the type; "any" is the first type that has such a spelling."""
    kinds = _TYPED if type_in == "any" else (type_in,)
    for kind in kinds[:-1]:
        try:
            made = _codec(kind, parameter)
        except BadParameter:
            continue
        return Bound(made.write, made.read, settled=kind)
    made = _codec(kinds[-1], parameter)
    return Bound(made.write, made.read, settled=kinds[-1])


VALUE_OPERATORS: tuple[Operator, ...] = (
    Operator(
        "negate",
        None,
        NUMBERS,
        None,
        simple(_negate, _negate),
        "",
        "Changes the sign.",
        (
            Example(None, Decimal("12.50"), Decimal("-12.50"), "money"),
            Example(None, Decimal("0.00"), Decimal("0.00"), "money"),
            Example(None, -3, 3),
        ),
    ),
    Operator(
        "absolute",
        None,
        NUMBERS,
        None,
        simple(_absolute, None, "the sign"),
        "the sign",
        "Leaves out the sign.",
        (Example(None, Decimal("-12.50"), Decimal("12.50"), "money"), Example(None, 3, 3)),
    ),
    Operator(
        "scale_by",
        a_map(
            "The power of ten, and the type of the result.",
            {
                "power": a_number(
                    "Power of ten: 2 makes cents of units, -2 units of cents.", -18, 18
                ),
                "type": a_word(
                    "Type of the result; the same type when left out (decimal for a whole number "
                    "with a negative power).",
                    NUMBERS,
                ),
            },
            required=("power",),
        ),
        NUMBERS,
        _scaled_type,
        _bind_scale_by,
        "",
        "Multiplies by a power of ten, exactly. A result of type integer must be whole.",
        (
            Example({"power": 2, "type": "integer"}, Decimal("12.34"), 1234, "money"),
            Example({"power": -2, "type": "money"}, 1234, Decimal("12.34")),
            Example({"power": 1, "type": "integer"}, Decimal("12.34"), Fails("CW545"), "money"),
            Example({"power": 3}, Decimal("1.5"), Decimal(1500), "decimal"),
            Example({"power": -2}, 5, Decimal("0.05")),
        ),
    ),
    Operator(
        "round",
        a_map(
            "The number of decimals and what to do with a half.",
            {
                "decimals": a_number("Places after the point.", 0, 18),
                "mode": a_word(
                    "half-up (0.5 away from zero), half-even (0.5 to the even digit), down "
                    "(towards zero) or up (away from zero).",
                    _MODES,
                ),
            },
            required=("decimals", "mode"),
        ),
        EXACT_NUMBERS,
        None,
        _bind_round,
        "decimals after the ones kept",
        "Rounds. Nothing else in a mapping ever rounds a number.",
        (
            Example({"decimals": 2, "mode": "half-up"}, Decimal("2.665"), Decimal("2.67")),
            Example({"decimals": 2, "mode": "half-even"}, Decimal("2.665"), Decimal("2.66")),
            Example({"decimals": 2, "mode": "down"}, Decimal("-0.009"), Decimal("0.00")),
            Example({"decimals": 0, "mode": "up"}, Decimal("2.1"), Decimal(3)),
        ),
    ),
    Operator(
        "opposite",
        None,
        ("boolean",),
        None,
        simple(_opposite, _opposite),
        "",
        "Makes true false, and false true.",
        (Example(None, given=True, gives=False),),
    ),
    Operator(
        "shift",
        a_map(
            "How far.",
            {"days": a_number("Days; negative is earlier.", -36_600, 36_600)},
            required=("days",),
        ),
        ("date", "datetime"),
        None,
        _bind_shift,
        "",
        "Moves a date by days.",
        (
            Example({"days": 30}, date(2021, 2, 14), date(2021, 3, 16)),
            Example({"days": -1}, date(2021, 3, 1), date(2021, 2, 28)),
            Example({"days": 1}, date(9999, 12, 31), Fails("CW544")),
        ),
    ),
    Operator(
        "date_of",
        None,
        ("datetime",),
        "date",
        simple(_date_of, None, "the time of day"),
        "the time of day",
        "Keeps the date of a date with time, as it is written (no change of time zone).",
        (Example(None, datetime(2021, 2, 14, 9, 30), date(2021, 2, 14)),),  # noqa: DTZ001
    ),
    Operator(
        "time_of",
        None,
        ("datetime",),
        "time",
        simple(_time_of, None, "the date"),
        "the date",
        "Keeps the time of a date with time, as it is written (no change of time zone).",
        (Example(None, datetime(2021, 2, 14, 9, 30), time(9, 30)),),  # noqa: DTZ001
    ),
    Operator(
        "read_as",
        a_map(
            "The type, and how its text is spelt.",
            {"type": a_word("The type of the result.", _TYPED), **_SPELLING},
            required=("type",),
        ),
        TEXTS,
        lambda parameter, _type: str(parameter["type"]),
        _bind_read_as,
        "other spellings of the same value",
        "Reads text as a typed value, spelt as a layout would declare it.",
        (
            Example({"type": "date", "format": "M/d/yyyy"}, "2/14/2021", date(2021, 2, 14)),
            Example({"type": "money", "decimals": 2}, "12.50", Decimal("12.50")),
            Example({"type": "integer"}, "twelve", Fails("CW522")),
        ),
    ),
    Operator(
        "write_as",
        a_map("How the text is spelt; {} is the canonical form.", _SPELLING),
        _TYPED,
        "text",
        _bind_write_as,
        "",
        "Writes a typed value as text, spelt as a layout would declare it.",
        (
            Example({"format": "MM/dd/yyyy"}, date(2021, 2, 14), "02/14/2021", "date"),
            Example({"decimals": 2}, Decimal("12.5"), "12.50", "money"),
            Example({}, 7, "7", "integer"),
        ),
    ),
)
