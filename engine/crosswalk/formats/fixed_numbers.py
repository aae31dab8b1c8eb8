"""Fields whose numbers stand in bytes (`usage`): what they hold, and what is wrong with them."""

from collections.abc import Iterator
from dataclasses import replace

from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.formats.lines import EBCDIC, encoding_name, is_multibyte
from crosswalk.model.layout import Field, File
from crosswalk.values.codecs import Problem
from crosswalk.values.stored import USAGES, Stored, stored_codec


def stored(field: Field) -> Stored:
    """Give the number that a placed field with `usage` holds."""
    assert field.usage is not None
    return Stored(field.usage, field.codec, field.width or 1, field.digits)


def in_bytes(field: Field, file: File) -> tuple[Field, list[Diagnostic]]:
    """Give a placed field with `usage` whose codec knows its bytes, and what is wrong with it."""
    wrong = [
        Diagnostic(code, f"field {field.key} {what}", field.span, help=help_)
        for code, what, help_ in _wrong(field, file)
    ]
    if wrong:
        return field, wrong
    number = stored(field)
    findings = []
    for word in (*field.values, *([field.always] if field.always else [])):
        try:
            number.write(word)
        except Problem as problem:
            message = f"field {field.key} cannot hold '{word}': {problem.reason}"
            findings.append(Diagnostic("CW429", message, field.span, help="correct the word"))
    return replace(field, codec=stored_codec(field.codec, number)), findings


def _wrong(field: Field, file: File) -> Iterator[tuple[str, str, str]]:
    """Give a code, a predicate and a remedy for the first thing that cannot be."""
    assert field.usage is not None
    if field.codec.type in ("text", "boolean"):
        yield "CW448", f"is {field.codec.type}, which has no digits", "leave usage out"
    elif file.newline not in ("none", "rdw") or file.record_end is not None:
        what = "is stored in bytes, of which one may be a line break"
        yield "CW448", what, "say newline: none under file, or rdw where lengths stand before"
    elif is_multibyte(file.encoding):
        what = f"is stored in bytes, beside text in {file.encoding}"
        yield "CW448", what, "name the one-byte encoding of the texts, such as cp037"
    elif field.usage.startswith("zoned") and encoding_name(file.encoding) not in EBCDIC:
        what = f"is zoned as in EBCDIC, the file is {file.encoding}"
        yield "CW448", what, "say encoding: cp037, or sign: overpunch instead of usage"
    else:
        yield from _size(field, field.usage)


def _size(field: Field, name: str) -> Iterator[tuple[str, str, str]]:
    usage, width, digits = USAGES[name], field.width or 1, field.digits
    if width not in usage.widths:
        known = usage.widths
        fits = f"{known[0]} to {known[-1]}" if isinstance(known, range) else "1, 2, 4 or 8"
        yield "CW429", f"cannot be {width} bytes wide", f"{name} numbers have {fits}"
    elif digits is not None and digits > usage.capacity(width):
        what = f"cannot hold {digits} digits in {width} bytes"
        yield "CW429", what, f"a {name} number of this width has {usage.capacity(width)}"
    elif digits is None and field.codec.type not in ("integer", "decimal", "money"):
        yield "CW448", f"is a {field.codec.type} of an unknown number of digits", "say digits:"
    elif field.codec.type == "decimal" and field.codec.spelling.decimals is None:
        yield "CW448", "does not say where its point would be", "say decimals:, 0 for none"
