"""What strict YAML allows in its characters and scalars, and its parser's problems in our words.

Pure functions over tables, used by `documents.source`. Source of the rules: authoring 2.2,
safety C2 and A3.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from crosswalk.findings.diagnostics import Diagnostic, Label, Span

MAX_FINDINGS = 100
MAX_DIGITS = 18

_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_TRUTH = "some YAML readers load true or false"
_AMBIGUOUS_WORDS = {
    **dict.fromkeys(("yes", "no", "on", "off", "true", "false"), _TRUTH),
    "null": "some YAML readers load no value",
}
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_FLOAT = "some YAML readers load a floating point number"
_AMBIGUOUS_NUMBERS = (
    (r"[-+]?0[0-9_]+(?:\.[0-9_]*)?", "YAML readers drop the zero or read an octal number"),
    (r"[-+]?0(?:[xX][0-9a-fA-F_]+|[oO][0-7_]+|[bB][01_]+)", "YAML readers load another number"),
    (r"[-+]?[0-9]+_[0-9_]*(?:\.[0-9_]*)?", "some YAML readers drop the underscores"),
    (r"[-+]?[0-9]+(?::[0-9]+)+(?:\.[0-9]*)?", "some YAML readers compute a base-60 number"),
    (r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ][0-9:. +Zz-]*)?", "some YAML readers load a date"),
    (r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+", _FLOAT),
    (r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", _FLOAT),
    (r"-?[1-9][0-9]*(?:\.[0-9]+)?", f"YAML readers round numbers of over {MAX_DIGITS} digits"),
    (r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)", "YAML readers load a number spelled another way"),
)

_SUSPECT = re.compile(
    r"(?P<tab>\t+)|(?P<directive>^%.*)|"
    r"(?P<bad>[^\n\x20-\x7e\xa0-\u200a\u200c-\u2027\u202f-\u205f\u2061-\u2065\u206a-\ud7ff"
    r"\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff])",
    re.MULTILINE,
)
_VERSION_DIRECTIVE = re.compile(r"%YAML +1\.2 *(?: #.*)?")
_TOKEN = re.compile(r"[^\s:,\[\]{}'\"]+|[^\n]|$", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S]?)")
_PLAIN_ESCAPES = frozenset('0abtnvfre "\\/N_LP\n')
_SURROGATES = range(0xD800, 0xE000)
_LAST_CODE_POINT = 0x10FFFF
_BMP_END = 0xFFFF

_LINE_UP = "indent it like the entries it belongs to, and write every entry as 'key: value'"
_COLON = (
    "quote text that contains ': ', or begin the key on its own line, indented like its neighbours"
)
_DASH = "begin the list on its own line, or quote text that begins with '- '"
# A fragment of the parser's context and problem (of both parsers), code, message, help.
_SYNTAX = (
    ("scanning an anchor", "CW105", "'&' begins an anchor", "quote text that begins with '&'"),
    ("scanning an alias", "CW105", "'*' begins an alias", "quote text that begins with '*'"),
    ("a tag", "CW106", "'!' begins a tag", "quote text that begins with '!'"),
    ("tag handle", "CW106", "'!' begins a tag", "quote text that begins with '!'"),
    ("document start", "CW108", "a second document begins here", "keep one document in a file"),
    ("document separator", "CW101", "this quote is never closed", "close it before '---'"),
    ("end of stream", "CW101", "this quote is never closed", "add the closing quote"),
    ("values are not allowed", "CW101", "a ':' cannot stand here", _COLON),
    ("that cannot start", "CW101", "text cannot begin with this character", "quote the text"),
    ("entries are not allowed", "CW101", "a list item cannot begin here", _DASH),
    ("keys are not allowed", "CW101", "a '?' key cannot begin here", _COLON),
    ("expected ':'", "CW101", "this is not 'key: value'", "write ': ' after the key"),
    ("',' or ']'", "CW101", "this list is not closed", "write ',' or close it with ']'"),
    ("',' or '}'", "CW101", "this map is not closed", "write ',' or close it with '}'"),
    ("node content", "CW101", "a value is missing here", "write the value or remove the sign"),
    ("block scalar", "CW101", "block text is not indented well", "begin it below '|' or '>'"),
    ("block mapping", "CW101", "this does not line up with the entries before it", _LINE_UP),
    ("block collection", "CW101", "this does not line up with the items before it", _LINE_UP),
    ("block sequence", "CW101", "this does not line up with the items before it", _LINE_UP),
)
_UNKNOWN = ["CW101", "this is not valid YAML", "compare it with its neighbours"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stopped the parser: its words and the offsets it names (-1: none)."""

    words: str
    context: int
    problem: int


def meaning(text: str) -> tuple[str | int | bool | Decimal | None, str]:
    """Give the value of a plain scalar and why it is refused as ambiguous ("" when it is not)."""
    if text in _WORDS:
        return _WORDS[text], ""
    if text[0] not in "+-.0123456789":
        return text, _AMBIGUOUS_WORDS.get(text.lower(), "")
    if len(text) <= MAX_DIGITS + 2 and sum(map(str.isdigit, text)) <= MAX_DIGITS:
        if _INTEGER.fullmatch(text):
            return int(text), ""
        if _DECIMAL.fullmatch(text):
            return Decimal(text), ""
    return text, next((why for form, why in _AMBIGUOUS_NUMBERS if re.fullmatch(form, text)), "")


def span_at(file: str, text: str, start: int, end: int) -> Span:
    """Turn offsets in `text` (newlines are LF) into a span."""
    line, last = text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1
    column, end_column = start - text.rfind("\n", 0, start), end - text.rfind("\n", 0, end)
    return Span(file, line, column, last, end_column)


def blanks_before(text: str, offset: int) -> int:
    """Count the spaces before a missing value, which is put right behind its ':'."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return len(line) - len(line.rstrip(" "))


def not_utf8(data: bytes, offset: int, file: str) -> Diagnostic:
    """Report the byte at an offset of a file, by line and column too."""
    before = data[:offset].decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")
    span = span_at(file, before + " ", len(before), len(before) + 1)
    message = f"byte 0x{data[offset]:02X} at offset {offset} is not UTF-8"
    return Diagnostic("CW112", message, span, help="save the file as UTF-8")


def clean(text: str, file: str, findings: list[Diagnostic]) -> str:
    """Report tabs, directives and invisible characters, and replace them by harmless ones.

    The result has the same length; after it both YAML parsers agree on every text.
    """

    def replace(match: re.Match[str]) -> str:
        found, group = match.group(), match.lastgroup
        allowed = group == "directive" and _VERSION_DIRECTIVE.fullmatch(found)
        if not allowed and len(findings) < MAX_FINDINGS:
            findings.append(_suspect(found, group, span_at(file, text, *match.span())))
        if group == "directive":
            return "#" + clean(found[1:], file, [])
        return " " * len(found) if group == "tab" else "\ufffd"

    return _SUSPECT.sub(replace, text)


def bad_escape(text: str, start: int) -> tuple[int, int]:
    """Give the range of the first escape after `start` that double quotes do not know."""
    for match in _ESCAPE.finditer(text, start):
        body = match.group()[1:]
        code = int(body[1:], 16) if len(body) > 1 else 0
        known = len(body) > 1 or body in _PLAIN_ESCAPES
        if not known or code in _SURROGATES or code > _LAST_CODE_POINT:
            return match.span()
    return start, start + 1


def explain(trouble: Trouble, text: str, file: str) -> Diagnostic:
    """Say in our words what stopped the parser, at the place an author must look at."""
    if "quoted scalar" in trouble.words and " end" not in trouble.words:
        return escape_finding(text, file, trouble.context)
    code, message, remedy = next(
        (words for fragment, *words in _SYNTAX if fragment in trouble.words), _UNKNOWN
    )
    quote = "quoted scalar" in trouble.words
    start, end = _token(text, trouble.context if quote else trouble.problem)
    if code == "CW101" and "block " in trouble.words:
        message, remedy = _block_trouble(text, start, end) or (message, remedy)
    opened = _opened(trouble, text, file) if " is not closed" in message else ()
    span = span_at(file, text, start, end)
    return Diagnostic(code, message, span, help=remedy, related=opened)


def _opened(trouble: Trouble, text: str, file: str) -> tuple[Label, ...]:
    start = trouble.context
    return (Label(span_at(file, text, start, start + 1), "opened here"),) if start >= 0 else ()


def _block_trouble(text: str, start: int, end: int) -> tuple[str, str] | None:
    """Name the cases in which the parser blames the indentation but a sign is to blame."""
    found = text[start:end]
    before = text[text.rfind("\n", 0, start) + 1 : start].rstrip()
    if found in {"]", "}"}:
        return f"this '{found}' closes nothing", "remove it"
    if found == ":":
        return "a key is missing before this ':'", "write the key, or quote the ':'"
    if before.endswith(("'", '"')):
        return "text follows the closing quote", "put the quotes around the whole text"
    if before.endswith(("]", "}")):
        return "text follows the closing bracket", "quote the whole text"
    return None


def escape_finding(text: str, file: str, start: int) -> Diagnostic:
    """Report the first unknown escape after the offset `start`."""
    first, last = bad_escape(text, start)
    return Diagnostic(
        "CW101",
        f"'{text[first:last]}' is not an escape that double quotes know",
        span_at(file, text, first, last),
        help="write the backslash twice, or use single quotes",
    )


def _token(text: str, offset: int) -> tuple[int, int]:
    """Give the word at an offset; behind the last word of the text, that word's end."""
    offset = max(0, min(offset, len(text.rstrip())))
    match = _TOKEN.match(text, offset)
    return match.span() if match else (offset, offset)


def _suspect(found: str, group: str | None, span: Span) -> Diagnostic:
    if group == "tab":
        remedy = 'use spaces; inside double quotes write "\\t"'
        return Diagnostic("CW104", "a tab cannot stand here", span, help=remedy)
    if group == "directive":
        message = "a line cannot begin with '%' (a directive)"
        remedy = "remove the line; the only directive is %YAML 1.2"
        return Diagnostic("CW107", message, span, help=remedy)
    number = ord(found)
    escape = f"\\U{number:08X}" if number > _BMP_END else f"\\u{number:04X}"
    remedy = "remove it" if number in _SURROGATES else f'remove it, or write "{escape}"'
    message = f"the character U+{number:04X} is not visible text"
    return Diagnostic("CW111", message, span, help=remedy)


def _at_start(code: str, message: str, file: str, remedy: str) -> Diagnostic:
    return Diagnostic(code, message, Span(file, 1, 1, 1, 1), help=remedy)


def too_large(file: str) -> Diagnostic:
    """Refuse a file beyond the size cap."""
    remedy = "split it into several documents, one per file"
    return _at_start("CW114", "the file is larger than 1 MiB", file, remedy)


def unreadable(file: str, reason: str) -> Diagnostic:
    """Report a file that the operating system does not hand over."""
    remedy = "check the path and its permissions"
    return _at_start("CW115", f"the file cannot be read: {reason}", file, remedy)


def empty(file: str) -> Diagnostic:
    """Report a document without content."""
    remedy = "begin with 'crosswalk: 1', 'kind' and 'name'"
    return _at_start("CW109", "the document is empty", file, remedy)
