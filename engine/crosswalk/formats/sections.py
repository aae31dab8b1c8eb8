"""Which lines of a text file are data, and which of them go on with the record before them.

`from_line` and `until_line` leave out what stands before and after the data (letterheads, totals
for people); `continuation` joins the lines of one record.
"""

from collections.abc import Callable, Iterator

from crosswalk.findings.errors import FormatProblem
from crosswalk.model.layout import Continuation, File
from crosswalk.model.records import Damage

Physical = tuple[int, str | Damage]
Logical = tuple[int, int, str | Damage]


def is_plain(file: File) -> bool:
    """Tell whether every line is data, a record of its own, and cut as the layout says."""
    whole = file.from_line is None and file.until_line is None
    cut = file.record_start is not None or file.newline == "cr"
    return whole and not cut and file.continuation is None and file.separators is None


def data_part(source: Iterator[Physical], file: File) -> Iterator[Physical]:
    """Leave out the lines before and after the data.

    The data begin with the first line that begins with `from_line` and end before the first that
    begins with `until_line`. Raises FormatProblem CW614 when one of them is declared and is not
    there: the file is not of this kind, or not whole.
    """
    begin, end = file.from_line, file.until_line
    inside = begin is None
    for number, text in source:
        shown = text.text if isinstance(text, Damage) else text
        if not inside and begin is not None and shown.startswith(begin):
            inside = True
        if inside and end is not None and shown.startswith(end):
            return
        if inside:
            yield number, text
    missing = begin if not inside else end
    if missing is not None:
        message = f"no line begins with '{missing}'"
        help_ = "is the file whole, and of this kind?"
        if file.quote != "none" and not missing.startswith(file.quote_char):
            help_ += " a quotation mark before it counts"
        raise FormatProblem("CW614", message, help=help_)


def continued(source: Iterator[Logical], rule: Continuation) -> Iterator[Logical]:
    """Join each line that goes on with the record before it to that record.

    A damaged line that goes on damages its record; one that goes on with nothing is Damage CW615.
    """
    goes_on = _goes_on(rule)
    held: Logical | None = None
    for first, last, text in source:
        rest = goes_on(text.text if isinstance(text, Damage) else text)
        if rest is None:
            if held is not None:
                yield held
            held = (first, last, text)
        elif held is None:
            shown = text.text if isinstance(text, Damage) else text
            reason = "the line goes on with a record, but there is none before it"
            yield first, last, Damage(first, last, "CW615", reason, shown)
        else:
            held = _joined(held, (first, last, text), rest, rule.joint)
    if held is not None:
        yield held


def _goes_on(rule: Continuation) -> Callable[[str], str | None]:
    """Build the function to what a line adds to the record before it; None for a new record."""
    starts, unless = rule.starts, rule.unless

    def by_start(text: str) -> str | None:
        found = next((start for start in starts if text.startswith(start)), None)
        return None if found is None else text[len(found) :]

    def otherwise(text: str) -> str | None:
        return None if text.startswith(unless) else text

    return by_start if starts else otherwise


def _joined(held: Logical, more: Logical, rest: str, joint: str) -> Logical:
    first, last = held[0], more[1]
    for text in (held[2], more[2]):
        if isinstance(text, Damage):
            before = held[2].text if isinstance(held[2], Damage) else held[2]
            whole = before + joint + rest
            return first, last, text._replace(line=first, end_line=last, text=whole)
    return first, last, f"{held[2]}{joint}{rest}"


def continues(text: str, file: File) -> bool:
    """Tell whether a line that is to be written would be read as the end of the record before."""
    rule = file.continuation
    return rule is not None and _goes_on(rule)(text) is not None
