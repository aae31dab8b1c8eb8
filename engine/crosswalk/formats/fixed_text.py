"""One value in its place: padding put on and taken off.

Numbers stored in bytes are put into bytes here, each a character of the file's encoding.

The law: what `put` writes `take` gives back. A value for which that would not hold is refused,
never altered; only blanks at the padded end of a text are the same as padding.
"""

import re
from collections.abc import Callable

from crosswalk.formats.delimited_writer import Unwritable
from crosswalk.formats.fixed_bytes import CARRIED, sizer
from crosswalk.formats.fixed_numbers import stored
from crosswalk.formats.fixed_places import NUMBERS
from crosswalk.model.layout import Field, File
from crosswalk.values.codecs import Problem
from crosswalk.values.stored import shown

_SIGNED = re.compile(r"[^0-9]*")


def take(field: Field, file: File) -> Callable[[str], str]:
    """Build the function from the text at a field's place to its value, "" where it is blank.

    Zeros before a number stay, they mean nothing there. Zeros before a code are padding if the
    layout says so; a date of zeros only is no date. Bytes that are no number are shown as such
    (X'40'), which their codec refuses.
    """
    if field.usage is not None:
        return _take_stored(field, file.encoding)
    if field.pad == "0":
        return _take_zeros(field)
    if field.align == "right":
        return lambda text: text.lstrip(" ")
    return lambda text: text.rstrip(" ")


def _take_zeros(field: Field) -> Callable[[str], str]:
    kind = field.codec.type
    if kind in NUMBERS:
        return lambda text: text.lstrip(" ")
    if kind in ("text", "code"):
        return lambda text: text.lstrip("0") if text.strip(" ") else ""
    return lambda text: text if text.strip("0").strip(" ") else ""


def _take_stored(field: Field, encoding: str) -> Callable[[str], str]:
    number, first = stored(field), field.start or 1

    def read(text: str) -> str:
        raw = text.encode(encoding, CARRIED)
        try:
            return number.read(raw)
        except Problem:
            return shown(raw, first)

    return read


def put(field: Field, file: File) -> Callable[[str], str]:
    """Build the function from a value's text to the text at the field's place.

    It raises Unwritable CW623 for a text wider than the place, CW624 for one whose own characters
    would be taken for padding; for numbers in bytes also CW523 and CW529.
    """
    if field.usage is not None:
        return _put_stored(field, file.encoding)
    width, size, unit = field.width or 1, sizer(file), file.positions
    fill, back, kept = _filler(field), take(field, file), _kept(field, file)

    def spell(text: str) -> str:
        text = kept(text)
        length = size(text)
        if length > width:
            reason = f"has {length} {unit}, the field is {width} wide"
            raise Unwritable("CW623", reason, field.key)
        made = fill(text, width - length + len(text))
        if back(made) != text and not (field.pad == "0" and field.codec.type in NUMBERS):
            raise Unwritable("CW624", "cannot be told from the padding of its field", field.key)
        return made

    return spell


def _put_stored(field: Field, encoding: str) -> Callable[[str], str]:
    number = stored(field)

    def spell(text: str) -> str:
        try:
            return number.write(text).decode(encoding, CARRIED)
        except Problem as wrong:
            raise Unwritable(wrong.code, wrong.reason, field.key) from None

    return spell


def _kept(field: Field, file: File) -> Callable[[str], str]:
    """Build the function to what of a text has a meaning: all, but for blanks beside padding."""
    if field.codec.type != "text" or field.pad != " ":
        return lambda text: text
    return take(field, file)


def _filler(field: Field) -> Callable[[str, int], str]:
    if field.align == "left":
        return lambda text, width: text.ljust(width, field.pad)
    if field.pad == "0" and field.codec.type in NUMBERS:
        return _zeros(field.codec.spelling.sign)
    return lambda text, width: text.rjust(width, field.pad)


def _zeros(sign: str) -> Callable[[str, int], str]:
    """Put zeros between what stands before the digits of a number and its digits."""

    def fill(text: str, width: int) -> str:
        if not text:
            return " " * width
        marks = _SIGNED.match(text)
        at = 0 if sign == "overpunch" or marks is None else marks.end()
        return text[:at] + "0" * (width - len(text)) + text[at:]

    return fill
