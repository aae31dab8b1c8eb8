"""What a condition may name and an outcome may be; one place for YAML and for partner JSON."""

from crosswalk.decisions.inputs import MOST_DIGITS, named
from crosswalk.decisions.model import Input, Outcome
from crosswalk.findings.suggest import quoted


def condition_value(one: Input, written: str) -> str | None:
    """Give the value that a condition names: a listed name, or a value of an open input.

    Whole numbers are written without leading zeros. None when it is no value of the input.
    """
    if one.values is not None:
        if written in one.values:
            return written
        folded = [name for name in one.values if name.casefold() == written.casefold()]
        return folded[0] if folded and one.ignore_case else None
    if one.kind == "integer":
        return str(int(written)) if is_whole(written) else None
    return (written.upper() if one.ignore_case else written).strip() or None


def is_whole(text: str) -> bool:
    """Tell whether a text is a whole number without a sign, of at most 18 digits."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


def coded_value(one: Input, code: str) -> str | None:
    """Give the value of an input by its text in records, as partner JSON has it."""
    if one.values is None:
        return condition_value(one, code.strip())
    if one.kind == "integer":
        code = str(int(code)) if is_whole(code.strip()) else code
    return named(one, code.strip())


def outcome_problem(outcome: Outcome, text: str) -> tuple[str, str]:
    """Give the code of a finding and what is wrong with an outcome's text; "" when nothing is."""
    if outcome.values and text not in outcome.values:
        known = ", ".join(outcome.values)
        return "RUL110", f"{quoted(text)} is not a {outcome.name}; known: {known}"
    if outcome.digits and not (text.isascii() and text.isdigit()):
        return "RUL004", f"{quoted(text)} is not a {outcome.name}: only digits are"
    if outcome.longest is not None and len(text) > outcome.longest:
        return "RUL004", f"{outcome.name} {quoted(text)} is longer than {outcome.longest}"
    if is_zero(outcome, text):
        return "RUL004", f"{quoted(text)} is no {outcome.name}: zero stands for none"
    return ("", "") if text.strip() else ("RUL004", f"{outcome.name} is blank")


def is_zero(outcome: Outcome, text: str) -> bool:
    """Tell whether a text is zeros alone where that is no value."""
    return outcome.not_zero and text != "" and not text.strip("0")
