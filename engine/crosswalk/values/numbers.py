"""Text forms of integer, decimal and money: exact, strict, never an exponent (safety F7, F8, A14).

A number is read only as it is declared: ASCII digits, at most 38 of them, one point, and sign,
thousands separators and currency symbol where the spelling has them. Nothing is ever rounded.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from crosswalk.values.signs import SIGN_FORMS, SIGNS, SignForm
from crosswalk.values.spelling import BadSpelling, Codec, Problem, Spelling, Value, refuse_options

MAX_DIGITS = 38
MAX_DECIMALS = 18
MONEY_DECIMALS = 2
POINTS = (".", ",", ",!", "implied")
GROUPS = (",", ".", " ", "'")
_LIKE = {" ": "\u00a0\u202f", "'": "\u2019"}
"""What is read for a blank (no-break blanks) and for an apostrophe (a typographic one)."""
_INT_BITS = 127  # 10**38 has 127 bits


@dataclass(frozen=True, slots=True)
class _Form:
    """A spelling that was checked; `group` and `symbol` are "" when there is none."""

    whole: bool
    decimals: int | None
    point: str
    group: str
    grouped: bool
    sign: SignForm
    symbol: str
    marked: bool
    must_point: bool
    unit: str = ""
    measured: bool = False

    @property
    def head(self) -> str:
        """The symbol as written."""
        return self.symbol if self.marked else ""

    @property
    def tail(self) -> str:
        """The unit as written."""
        return self.unit if self.measured else ""


def number_codec(type: str, spelling: Spelling) -> Codec:  # noqa: A002
    """Build the codec of an integer, decimal or money. Raises BadSpelling."""
    integer = type == "integer"
    common = ("group", "sign", "symbol", "unit")
    refuse_options(type, spelling, common if integer else (*common, "decimals", "point"))
    form = _form(type, spelling)
    fast = _fast(form)
    read = _integer_reader(form) if integer else _decimal_reader(form)
    return Codec(type, spelling, read, _writer(type, form, fast), fast)


def _form(type: str, spelling: Spelling) -> _Form:  # noqa: A002
    decimals = spelling.decimals
    if decimals is None and type != "decimal":
        decimals = 0 if type == "integer" else MONEY_DECIMALS
    if spelling.point not in POINTS:
        message = f"'{spelling.point}' is no decimal point"
        raise BadSpelling("point", message, "use . , ,! or implied")
    if decimals is not None and not 0 <= decimals <= MAX_DECIMALS:
        raise BadSpelling("decimals", f"{decimals} decimals", f"use 0 to {MAX_DECIMALS}")
    if spelling.point == "implied" and not decimals:
        raise BadSpelling("point", "point: implied needs decimals", "add decimals: 2")
    sign = SIGN_FORMS.get(spelling.sign)
    if sign is None:
        raise BadSpelling("sign", f"'{spelling.sign}' is no sign form", f"use {', '.join(SIGNS)}")
    if spelling.point == ",!" and spelling.sign == "overpunch":
        message = "an overpunched number ends in a digit, not in a comma"
        raise BadSpelling("point", message, "use point: , or implied")
    group, grouped = _group(spelling)
    symbol, marked = _mark("symbol", spelling.symbol, "symbol, such as $; `$?`")
    unit, measured = _mark("unit", spelling.unit, "unit, such as % or ' EUR'; `%?`")
    if unit and spelling.sign == "overpunch":
        raise BadSpelling("unit", "an overpunched number ends in a digit", "leave unit out")
    integer = type == "integer"
    point, must = spelling.point.removesuffix("!"), spelling.point.endswith("!")
    form = _Form(integer, decimals, point, group, grouped, sign, symbol, marked, must)
    return replace(form, unit=unit, measured=measured)


def _optional(text: str) -> tuple[str, bool]:
    """Split off the `?` that means: read it, do not write it."""
    return text.removesuffix("?"), not text.endswith("?")


def _group(spelling: Spelling) -> tuple[str, bool]:
    if spelling.group is None:
        return "", False
    group, written = _optional(spelling.group)
    if group not in GROUPS:
        remedy = """use "," "." " " or "'"; `,?` reads it but does not write it"""
        raise BadSpelling("group", f"'{spelling.group}' is no thousands separator", remedy)
    if group == spelling.point[:1]:
        raise BadSpelling("group", "group and point are the same character", "change one of them")
    if spelling.point == "implied":
        raise BadSpelling("group", "point: implied has digits only", "leave group out")
    return group, written


def _mark(key: str, declared: str | None, what: str) -> tuple[str, bool]:
    """Check what stands before or after a number."""
    if declared is None:
        return "", False
    mark, written = _optional(declared)
    if not mark.strip() or not mark.isprintable() or re.search(r"[\d+\-().,'?]", mark):
        remedy = f"write the {what} reads it but does not write it"
        noun = "currency symbol" if key == "symbol" else key
        raise BadSpelling(key, f"'{declared}' is no {noun}", remedy)
    return mark, written


def _fast(form: _Form) -> str | None:
    """Give the regex of texts that are canonical as they stand: plain, no zero before, no -0."""
    decimals, minus = form.decimals, form.sign.minus
    plain_point = not form.must_point and (form.point == "." or decimals == 0)
    if minus is None or not plain_point or form.marked or form.measured:
        return None
    limit = 3 if form.grouped else MAX_DIGITS - (MAX_DECIMALS + 1 if decimals is None else decimals)
    whole = f"[1-9][0-9]{{0,{limit - 1}}}"
    if decimals == 0:
        return f"(?:{minus}{whole}|0)"
    if decimals is None:
        less = r"0\.0{0,17}[1-9][0-9]{0,17}"
        return rf"(?:{minus}(?:{whole}(?:\.[0-9]{{1,18}})?|{less})|0(?:\.0{{1,18}})?)"
    count = f"{{{decimals}}}"
    return rf"(?:{minus}(?:{whole}\.[0-9]{count}|0\.(?!0{count})[0-9]{count})|0\.0{count})"


def _quick(form: _Form) -> Callable[[str], object]:
    """Give the test for texts that Decimal() and int() may take as they stand."""
    minus, decimals = form.sign.minus, form.decimals
    if minus is None or (form.point != "." and not form.whole):
        return lambda _text: None
    limit = MAX_DIGITS - (MAX_DECIMALS if decimals is None else decimals)
    fraction = r"(?:\.[0-9]{1,18})?" if decimals is None else rf"\.[0-9]{{{decimals}}}"
    source = f"{minus}[0-9]{{1,{limit}}}{fraction if decimals != 0 else ''}"
    return re.compile(source, re.ASCII).fullmatch


def _integer_reader(form: _Form) -> Callable[[str], int]:
    quick, take = _quick(form), _digits_reader(form)

    def read(text: str) -> int:
        if quick(text):
            return int(text)
        negative, whole, _ = take(text)
        return -int(whole) if negative else int(whole)

    return read


def _decimal_reader(form: _Form) -> Callable[[str], Decimal]:
    quick, take = _quick(form), _digits_reader(form)

    def read(text: str) -> Decimal:
        if quick(text):
            value = Decimal(text)
        else:
            negative, whole, fraction = take(text)
            sign, point = "-" if negative else "", "." if fraction else ""
            value = Decimal(f"{sign}{whole}{point}{fraction}")
        return value or value.copy_abs()

    return read


def _digits_reader(form: _Form) -> Callable[[str], tuple[bool, str, str]]:
    """Give the function that takes a text apart: negative, whole digits, decimals as declared."""
    take, decimals = _taker(form), form.decimals
    split, ungroup = _splitter(form), _ungrouper(form.group)
    places = decimals or 0

    def parts(text: str) -> tuple[bool, str, str]:
        negative, body = take(text)
        whole, fraction = split(body)
        whole = ungroup(whole)
        if not (whole + fraction).isascii() or not (whole + fraction).isdigit() or not whole:
            raise _not_a_number(body)
        if decimals is not None and len(fraction) > decimals:
            raise _too_many_decimals(form)
        fraction = fraction.ljust(places, "0")
        if len(whole) + len(fraction) > MAX_DIGITS:
            raise Problem("CW526", f"has more than {MAX_DIGITS} digits")
        return negative, whole, fraction

    return parts


def _taker(form: _Form) -> Callable[[str], tuple[bool, str]]:
    """Give the function that takes off sign, symbol and unit; a minus may stand after a symbol."""
    sign, symbol, unit = form.sign.take, form.symbol, form.unit
    within = bool(symbol) and form.sign is SIGN_FORMS["leading"]

    def take(text: str) -> tuple[bool, str]:
        negative, body = sign(text)
        bare = body.removeprefix(symbol)
        if within and not negative and bare != body:
            negative, bare = sign(bare)
        return negative, bare.removesuffix(unit) if unit else bare

    return take


def _splitter(form: _Form) -> Callable[[str], tuple[str, str]]:
    point, decimals, must = form.point, form.decimals or 0, form.must_point

    def implied(body: str) -> tuple[str, str]:
        body = body.zfill(decimals + 1) if body else body
        return body[:-decimals], body[-decimals:]

    def pointed(body: str) -> tuple[str, str]:
        whole, found, fraction = body.partition(point)
        if must and not found:
            raise Problem("CW522", f"has no {point}, which always stands in this spelling")
        if found and not fraction and not must:
            raise Problem("CW522", "has a point without a digit after it")
        return whole, fraction

    return implied if point == "implied" else pointed


def _ungrouper(group: str) -> Callable[[str], str]:
    if not group:
        return lambda whole: whole
    placed = re.compile(f"[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+", re.ASCII).fullmatch
    others = str.maketrans(dict.fromkeys(_LIKE.get(group, ""), group))

    def ungroup(whole: str) -> str:
        whole = whole.translate(others) if others and not whole.isascii() else whole
        return whole.replace(group, "") if group in whole and placed(whole) else whole

    return ungroup


def _not_a_number(body: str) -> Problem:
    """Say why a text without its declared sign and symbol is refused."""
    if body != body.strip():
        return Problem("CW522", "has blanks before or after the number")
    if body.startswith(("+", "-", "(")) or body.endswith(("+", "-", ")")):
        return Problem("CW523", "has a sign other than declared")
    if re.fullmatch(r"[0-9][0-9.,' ]*[0-9]", body, re.ASCII):
        return Problem("CW524", "has separators that are not declared or not at their places")
    return Problem("CW522", "is not a number of plain digits")


def _too_many_decimals(form: _Form) -> Problem:
    if not form.decimals:
        return Problem("CW525", "has decimals, where a whole number is expected")
    return Problem("CW525", f"has more than {form.decimals} decimals")


def _writer(type: str, form: _Form, fast: str | None) -> Callable[[Value], str]:  # noqa: A002
    plain = re.compile(fast, re.ASCII).fullmatch if fast else None

    def write(value: Value) -> str:
        exact = _exact(type, value, form)
        if plain is not None and plain(exact):
            return exact
        digits = exact.removeprefix("-")
        whole, _, fraction = digits.partition(".")
        whole, fraction = _fit(whole, fraction, form)
        if form.grouped:
            whole = f"{int(whole):,}".replace(",", form.group)
        pointed = (fraction or form.must_point) and form.point != "implied"
        point = form.point if pointed else ""
        negative = digits != exact and bool(digits.strip("0."))
        return form.sign.put(negative, f"{form.head}{whole}{point}{fraction}{form.tail}")

    return write


def _exact(type: str, value: Value, form: _Form) -> str:  # noqa: A002
    """Give all digits of a number in plain notation; an int is exact as a decimal too."""
    if isinstance(value, int) and not isinstance(value, bool):
        if value.bit_length() > _INT_BITS:
            raise Problem("CW526", f"has more than {MAX_DIGITS} digits")
        return str(value)
    if not isinstance(value, Decimal) or form.whole:
        raise Problem("CW531", f"is not a number of type {type}")
    if not value.is_finite():
        raise Problem("CW522", "is not a finite number")
    if not value and (form.decimals is not None or value.adjusted() > 0):
        return "0"
    if not -MAX_DIGITS <= value.adjusted() <= MAX_DIGITS:
        raise Problem("CW526", f"has more than {MAX_DIGITS} digits")
    return format(value, "f")


def _fit(whole: str, fraction: str, form: _Form) -> tuple[str, str]:
    """Bring the decimals to the declared number; only zeros are dropped, nothing is rounded."""
    if form.decimals is not None:
        if fraction[form.decimals :].strip("0"):
            raise _too_many_decimals(form)
        fraction = fraction[: form.decimals].ljust(form.decimals, "0")
    if len(whole) + len(fraction) > MAX_DIGITS:
        raise Problem("CW526", f"has more than {MAX_DIGITS} digits")
    return whole, fraction
