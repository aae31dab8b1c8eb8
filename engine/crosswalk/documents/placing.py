"""The place of a layout's field among the others, said by `after:` or `before:` in an override."""

from crosswalk.documents.access import text
from crosswalk.documents.source import Entry, Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Label
from crosswalk.findings.suggest import closest, quoted

ANCHORS = ("after", "before")
"""Keys of a field in an override that are used up here and never reach the layout."""


def place(entries: dict[str, Entry], over: Map, findings: list[Diagnostic]) -> dict[str, Entry]:
    """Give the fields in the order that the override of them asks for.

    Fields placed by one anchor keep the order of the override; an anchor may be a field that
    the override adds. Findings: an unknown anchor or anchors that wait for each other (CW327),
    both words at once (CW328); then the field stays where it is, a new one at the end.
    """
    asked = _asked(entries, over, findings)
    order = [key for key in entries if key not in asked]
    last: dict[str, str] = {}
    while asked:
        ready = next((key for key, (_, anchor) in asked.items() if anchor not in asked), None)
        if ready is None:
            _circle(over, list(asked), findings)
            return {key: entries[key] for key in [*order, *asked]}
        word, anchor = asked.pop(ready)
        if word == "before":
            order.insert(order.index(anchor), ready)
        else:
            order.insert(order.index(_end(last, anchor)) + 1, ready)
            last[anchor] = ready
    return {key: entries[key] for key in order}


def _end(last: dict[str, str], anchor: str) -> str:
    """Give the last of the fields that were placed after a field, or after one of those."""
    while anchor in last:
        anchor = last[anchor]
    return anchor


def _asked(
    entries: dict[str, Entry], over: Map, findings: list[Diagnostic]
) -> dict[str, tuple[str, str]]:
    """Give word and anchor (a key) of each field that the override places."""
    keys = {text(one.value, "name"): k for k, one in entries.items() if isinstance(one.value, Map)}
    asked = {}
    for key, entry in over.entries.items():
        said = _anchors(entry)
        if not said or key not in entries:
            continue
        word, at = said[0]
        anchor = at.text if at.text in entries else keys.get(at.text)
        if len(said) > 1:
            findings.append(_both(key, said))
        elif anchor is None or anchor == key:
            findings.append(_unknown(key, word, at, [one for one in entries if one != key]))
        else:
            asked[key] = (word, anchor)
    return asked


def _anchors(entry: Entry) -> list[tuple[str, Scalar]]:
    if not isinstance(entry.value, Map):
        return []
    found = ((word, entry.value.entries.get(word)) for word in ANCHORS)
    return [(word, one.value) for word, one in found if one and isinstance(one.value, Scalar)]


def _unknown(key: str, word: str, at: Scalar, known: list[str]) -> Diagnostic:
    near = closest(at.text, known)
    remedy = f"did you mean '{near}'?" if near else "name another field of this record"
    reason = "which is not there" if at.text != key else "which is the field itself"
    message = f"field {quoted(key)} cannot stand {word} {quoted(at.text)}, {reason}"
    return Diagnostic("CW327", message, at.span, help=remedy)


def _both(key: str, said: list[tuple[str, Scalar]]) -> Diagnostic:
    message = f"field {quoted(key)} has two places"
    first, second = (at.span for _, at in said)
    related = (Label(first, "one place"),)
    return Diagnostic("CW328", message, second, help="keep after or before", related=related)


def _circle(over: Map, keys: list[str], findings: list[Diagnostic]) -> None:
    names = ", ".join(quoted(key) for key in keys)
    message = f"fields {names} wait for each other to be placed"
    span = over.entries[keys[0]].key.span
    findings.append(Diagnostic("CW327", message, span, help="place one of them by another field"))
