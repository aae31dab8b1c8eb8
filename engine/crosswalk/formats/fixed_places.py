"""Where the fields of a fixed-width record stand, and what is wrong with that.

A field stands at its `start` (from 1) or right after the field before it, and is `width`
characters wide, or bytes where the layout says so. Source: issue 5, "Fixed-width".
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from crosswalk.findings.diagnostics import Diagnostic, Severity
from crosswalk.formats.fixed_bytes import is_spread, sizer
from crosswalk.formats.fixed_numbers import in_bytes
from crosswalk.model.layout import Field, File, Record

NUMBERS = frozenset({"integer", "decimal", "money"})
TEXTS = frozenset({"text", "code"})


def placed(record: Record, file: File) -> tuple[Record, list[Diagnostic]]:
    """Give a record whose fields all know their `start`, and the findings about their places.

    Text that is cut or refused when it is too long gets its width as `length`.
    """
    fields: list[Field] = []
    findings: list[Diagnostic] = []
    after = 1
    for field in record.fields:
        if field.width is None:
            findings.append(_no_width(field))
        start, width = field.start or after, field.width or 1
        after = start + width
        made = replace(field, start=start, width=width, length=_length(field, width))
        wide = is_spread(file) and made.length is not None
        fields.append(replace(made, counted=file.encoding) if wide else made)
    findings += [*_beyond(fields, file), *_overlaps(fields), *_gaps(fields, file)]
    findings += [found for field in fields for found in _padding(field, file)]
    for number, field in enumerate(fields):
        if field.usage is not None:
            fields[number], wrong = in_bytes(field, file)
            findings += wrong
    return replace(record, fields=tuple(fields)), findings


def record_length(record: Record, file: File) -> int:
    """Give how many characters a line of this record type has."""
    return file.record_length or max((end_of(field) for field in record.fields), default=0)


def end_of(field: Field) -> int:
    """Give the last position of a placed field, from 1."""
    return (field.start or 1) + (field.width or 1) - 1


def _length(field: Field, width: int) -> int | None:
    if field.codec.type not in TEXTS or field.usage is not None:
        return field.length
    return width if field.length is None else min(width, field.length)


def _no_width(field: Field) -> Diagnostic:
    message = f"field {field.key} of a fixed-width record has no width"
    return Diagnostic("CW428", message, field.span, help="add width: and, if need be, start:")


def _beyond(fields: Iterable[Field], file: File) -> Iterator[Diagnostic]:
    limit = file.record_length
    for field in fields:
        if limit is not None and end_of(field) > limit:
            message = f"field {field.key} ends at {end_of(field)}, a record has {limit}"
            message += f" {file.positions}"
            yield Diagnostic("CW409", message, field.span, help="correct its start or width")


def _overlaps(fields: list[Field]) -> Iterator[Diagnostic]:
    ordered = sorted(fields, key=lambda field: field.start or 1)
    widest: Field | None = None
    for field in ordered:
        if widest is not None and (field.start or 1) <= end_of(widest):
            message = (
                f"field {field.key} ({_place(field)}) overlaps field {widest.key} "
                f"({_place(widest)})"
            )
            yield Diagnostic("CW430", message, field.span, help="a position belongs to one field")
        if widest is None or end_of(field) > end_of(widest):
            widest = field


def _gaps(fields: list[Field], file: File) -> Iterator[Diagnostic]:
    after = 1
    for field in sorted(fields, key=lambda one: one.start or 1):
        start = field.start or 1
        if start > after:
            yield _gap(after, start - 1, field)
        after = max(after, end_of(field) + 1)
    if fields and file.record_length is not None and after <= file.record_length:
        yield _gap(after, file.record_length, fields[-1])


def _gap(first: int, last: int, field: Field) -> Diagnostic:
    message = f"positions {first} to {last} belong to no field: not read, and written blank"
    return Diagnostic("CW426", message, field.span, Severity.INFO, help="declare a filler field")


def _place(field: Field) -> str:
    return f"{field.start} to {end_of(field)}"


def _padding(field: Field, file: File) -> Iterator[Diagnostic]:
    """Find padding that could not be told from the value, and words that are too long."""
    if field.usage is not None:
        return
    size = sizer(file)
    filled = field.pad == "0" and field.codec.type in NUMBERS | TEXTS
    if filled and field.align == "left":
        yield _unclear(field, "is padded with zeros on the right", "say align: right")
    if field.pad == "0" and field.codec.spelling.group:
        yield _unclear(field, "has thousands separators and is padded with zeros", "drop group")
    for word in (*field.values, *([field.always] if field.always else [])):
        if size(word) > (field.width or 1):
            yield _unclear(field, f"cannot hold '{word}'", f"it is {field.width} wide")


def _unclear(field: Field, what: str, remedy: str) -> Diagnostic:
    return Diagnostic("CW429", f"field {field.key} {what}", field.span, help=remedy)
