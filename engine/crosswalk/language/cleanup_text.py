"""Operators for text and codes."""

import re
from collections.abc import Callable

from crosswalk.language.cleanup import (
    TEXTS,
    BadParameter,
    Bound,
    Example,
    Fails,
    Operator,
    Parameter,
    a_map,
    a_number,
    a_text,
    a_word,
    same,
    simple,
)
from crosswalk.values.characters import (
    is_alphanumeric,
    is_digit,
    is_letter,
    is_printable_ascii,
    whole_characters,
)
from crosswalk.values.spelling import Problem

_KEEP = {
    "alphanumeric": is_alphanumeric,
    "digits": is_digit,
    "letters": is_letter,
    "ascii": is_printable_ascii,
}


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _bind_keep(parameter: Parameter, _type: str) -> Bound:
    belongs = _KEEP[parameter]
    what = "characters outside ASCII" if parameter == "ascii" else f"everything but {parameter}"
    others = bytes(code for code in range(128) if not belongs(chr(code)))

    def keep(text: str) -> str:
        if text.isascii():
            return text.encode().translate(None, others).decode()
        return "".join(filter(belongs, text))

    return Bound(keep, same, what)


def _bind_drop(parameter: Parameter, _type: str) -> Bound:
    table = str.maketrans("", "", parameter)
    return Bound(lambda text: text.translate(table), same, f"the characters {parameter!r}")


def _bind_strip_leading(parameter: Parameter, _type: str) -> Bound:
    return Bound(lambda text: text.lstrip(parameter), same, f"leading {parameter!r}")


def _bind_strip_trailing(parameter: Parameter, _type: str) -> Bound:
    return Bound(lambda text: text.rstrip(parameter), same, f"trailing {parameter!r}")


def _bind_pad(parameter: Parameter, _type: str) -> Bound:
    width, mark = parameter["to"], parameter.get("with", " ")
    left = parameter.get("side", "left") == "left"

    def unpad(text: str) -> str:
        if len(text) > width:
            return text
        return (text.lstrip(mark) if left else text.rstrip(mark)) or mark

    loss = f"{'leading' if left else 'trailing'} {mark!r} that the value had itself"
    if left:
        return Bound(lambda text: text.rjust(width, mark), unpad, loss)
    return Bound(lambda text: text.ljust(width, mark), unpad, loss)


def _bind_cut(parameter: Parameter, _type: str) -> Bound:
    last, length = parameter.get("last"), parameter.get("length")
    if last is not None:
        if "from" in parameter or length is not None:
            raise BadParameter("'cut' takes last alone, or from and length", key="last")
        return Bound(
            lambda text: whole_characters(text, max(len(text) - last, 0), len(text)),
            None,
            f"all but the last {last} characters",
        )
    start = parameter.get("from", 1) - 1
    if length is None:
        return Bound(
            lambda text: whole_characters(text, start, len(text)),
            None,
            f"the first {start} characters",
        )
    end = start + length
    loss = f"all but characters {start + 1} to {end}"
    return Bound(lambda text: whole_characters(text, start, min(end, len(text))), None, loss)


def _beside(side: int, lost: str) -> Callable[[Parameter, str], Bound]:
    """Make the `bind` of before (side 0) and after (side 2)."""

    def bind(parameter: Parameter, _type: str) -> Bound:
        def keep(text: str) -> str:
            pieces = text.partition(parameter)
            if not pieces[1]:
                raise Problem("CW542", f"has no '{parameter}'")
            return pieces[side]

        return Bound(keep, None, f"what {lost} '{parameter}'")

    return bind


def _bind_prefix(parameter: Parameter, _type: str) -> Bound:
    def remove(text: str) -> str:
        if not text.startswith(parameter):
            raise Problem("CW543", f"does not begin with '{parameter}'")
        return text[len(parameter) :]

    return Bound(lambda text: parameter + text, remove)


def _bind_suffix(parameter: Parameter, _type: str) -> Bound:
    def remove(text: str) -> str:
        if not text.endswith(parameter):
            raise Problem("CW543", f"does not end with '{parameter}'")
        return text[: -len(parameter)]

    return Bound(lambda text: text + parameter, remove)


def _bind_replace(parameter: Parameter, _type: str) -> Bound:
    if "" in parameter:
        raise BadParameter(
            "'replace' cannot replace nothing", "name the text to be replaced", key=""
        )
    olds, news = list(parameter), list(parameter.values())
    forward = _replacer(dict(zip(olds, news, strict=True)))
    swapped = sorted(olds) == sorted(news) and all(len(old) == 1 for old in olds)
    if len(set(news)) < len(news) or "" in news:
        return Bound(forward, None, "which of the replaced texts stood there")
    backward = _replacer(dict(zip(news, olds, strict=True)))
    return Bound(forward, backward, "" if swapped else "a text that held the new text already")


def _replacer(pairs: dict[str, str]) -> Callable[[str], str]:
    """Replace all at once, from left to right, the longest text first; literal, hence linear."""
    longest_first = sorted(pairs, key=len, reverse=True)
    find = re.compile("|".join(re.escape(old) for old in longest_first))
    return lambda text: find.sub(lambda found: pairs[found[0]], text)


TEXT_OPERATORS: tuple[Operator, ...] = (
    Operator(
        "trim",
        None,
        TEXTS,
        None,
        simple(str.strip, same, "blanks at both ends"),
        "blanks at both ends",
        "Removes white space at both ends.",
        (Example(None, "  Ann Lee ", "Ann Lee"), Example(None, "   ", "")),
    ),
    Operator(
        "squeeze",
        None,
        TEXTS,
        None,
        simple(_squeeze, same, "blanks at both ends and runs of blanks"),
        "blanks at both ends and runs of blanks",
        "Makes every run of white space, line breaks too, one blank; trims both ends.",
        (Example(None, " 12  Elm\n St ", "12 Elm St"),),
    ),
    Operator(
        "upper",
        None,
        TEXTS,
        None,
        simple(str.upper, same, "upper and lower case"),
        "upper and lower case",
        "Makes every letter upper case.",
        (Example(None, "Elm st", "ELM ST"), Example(None, "Straße", "STRASSE")),
    ),
    Operator(
        "lower",
        None,
        TEXTS,
        None,
        simple(str.lower, same, "upper and lower case"),
        "upper and lower case",
        "Makes every letter lower case.",
        (Example(None, "Ann@Example.COM", "ann@example.com"),),
    ),
    Operator(
        "keep",
        a_word(
            "alphanumeric (letters and 0-9), digits (0-9), letters (of any alphabet) or ascii "
            "(blank and visible ASCII).",
            _KEEP,
        ),
        TEXTS,
        None,
        _bind_keep,
        "every other character",
        "Keeps only characters of one class. Two accounts may become the same text: add "
        "`distinct: true` to a field that must tell them apart.",
        (
            Example("alphanumeric", "10-1.2", "1012"),
            Example("digits", "(435) 555-0101", "4355550101"),
            Example("letters", "O'Neil 2", "ONeil"),
            Example("ascii", "Café", "Caf"),
        ),
    ),
    Operator(
        "drop",
        a_text("The characters to leave out.", most=100),
        TEXTS,
        None,
        _bind_drop,
        "the characters named",
        "Leaves out every one of these characters.",
        (Example("-. ", "10-1. 2", "1012"),),
    ),
    Operator(
        "strip_leading",
        a_text("The characters to strip.", most=100),
        TEXTS,
        None,
        _bind_strip_leading,
        "the characters at the beginning",
        "Strips these characters from the beginning. A text of nothing else becomes blank.",
        (Example("0", "000420", "420"), Example("0", "000", "")),
    ),
    Operator(
        "strip_trailing",
        a_text("The characters to strip.", most=100),
        TEXTS,
        None,
        _bind_strip_trailing,
        "the characters at the end",
        "Strips these characters from the end. A text of nothing else becomes blank.",
        (Example(".*", "Smith**.", "Smith"),),
    ),
    Operator(
        "pad",
        a_map(
            "The width, the character and the side.",
            {
                "to": a_number("The width in characters.", 1, 10_000),
                "with": a_text("One character; a blank when left out.", most=1),
                "side": a_word("Where it is put; left when left out.", ("left", "right")),
            },
            required=("to",),
        ),
        TEXTS,
        None,
        _bind_pad,
        "the padding character at that side of the value itself",
        "Fills up to a width. A longer text stays as it is. The way back strips the character, but "
        "keeps the last one; only a value that has it at that side itself does not come back.",
        (
            Example({"to": 6, "with": "0"}, "420", "000420"),
            Example({"to": 5, "side": "right"}, "ab", "ab   "),
            Example({"to": 2, "with": "0"}, "420", "420"),
        ),
    ),
    Operator(
        "cut",
        a_map(
            "Which characters to keep; the first is number 1.",
            {
                "from": a_number("The first character to keep; 1 when left out.", 1, 10_000),
                "length": a_number("How many; to the end when left out.", 1, 10_000),
                "last": a_number("How many at the end; alone.", 1, 10_000),
            },
        )
        | {"minProperties": 1},
        TEXTS,
        None,
        _bind_cut,
        "the other characters",
        "Keeps some of the characters by their place. An accent is never parted from its letter: "
        "what would be split is left out.",
        (
            Example({"from": 3, "length": 2}, "ABCDEF", "CD"),
            Example({"last": 4}, "4000123456", "3456"),
            Example({"from": 9}, "short", ""),
            Example({"length": 4}, "cafe\u0301s", "caf"),
        ),
    ),
    Operator(
        "before",
        a_text("The separator."),
        TEXTS,
        None,
        _beside(0, "follows"),
        "what follows the separator",
        "Keeps what stands before the first occurrence of a separator, which must be there.",
        (Example(" - ", "1001 - Water", "1001"), Example("-", "1001", Fails("CW542"))),
    ),
    Operator(
        "after",
        a_text("The separator."),
        TEXTS,
        None,
        _beside(2, "precedes"),
        "what precedes the separator",
        "Keeps what stands after the first occurrence of a separator, which must be there.",
        (Example(" - ", "1001 - Water - A", "Water - A"), Example("-", "1001", Fails("CW542"))),
    ),
    Operator(
        "replace",
        {
            "type": "object",
            "description": "Old text: new text.",
            "minProperties": 1,
            "additionalProperties": {"type": "string", "description": "The new text."},
        },
        TEXTS,
        None,
        _bind_replace,
        "the old text, where the new one may have stood already",
        "Replaces texts by others, all at once, the longest first; literal, no patterns. Exact "
        "only where single characters change places.",
        (
            Example({"&": "and", " Ave.": " Avenue"}, "Elm & Oak Ave.", "Elm and Oak Avenue"),
            Example({"a": "b", "b": "a"}, "abba", "baab"),
            Example({"-": ""}, "10-12", "1012"),
        ),
    ),
    Operator(
        "prefix",
        a_text("The text to put in front."),
        TEXTS,
        None,
        _bind_prefix,
        "",
        "Puts a text in front. The way back removes it; it must be there.",
        (Example("UT-", "1001", "UT-1001"),),
    ),
    Operator(
        "suffix",
        a_text("The text to put at the end."),
        TEXTS,
        None,
        _bind_suffix,
        "",
        "Puts a text at the end. The way back removes it; it must be there.",
        (Example("-A", "1001", "1001-A"),),
    ),
)
