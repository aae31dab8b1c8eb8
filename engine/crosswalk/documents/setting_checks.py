"""What `check` says of a biller's settings: groups with a gap, dates that end, what nobody reads.

None of it stops a run. Source: payment codes 10 (SET105, SET106, SET109).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from crosswalk.documents.access import scalars
from crosswalk.documents.layers import Layer
from crosswalk.documents.settings import Declared, Setting, Settings
from crosswalk.documents.source import List, Map, Node, Scalar
from crosswalk.documents.workspace import Document
from crosswalk.findings.diagnostics import Diagnostic, Label, Severity
from crosswalk.findings.suggest import closest
from crosswalk.values.codecs import canonical

_READ = re.compile(r"\bsettings\.([A-Za-z_0-9][A-Za-z0-9_-]*)")
"""How conditions and file names call a setting; elsewhere keys `setting`, `settings` name it."""


def check_catalogue(settings: Settings) -> Iterator[Diagnostic]:
    """Find declarations that contradict themselves or another (CW815)."""
    for one in {id(one): one for one in settings.declared.values()}.values():
        if one.expires is not None and one.type != "date":
            message = f"setting {one.title} expires, but is {one.type}"
            yield Diagnostic("CW815", message, one.span, help="expires: is for dates")
        for key in one.needs:
            if key not in settings.declared:
                near = closest(key, settings.declared)
                remedy = f"did you mean '{near}'?" if near else "declare it in a catalogue"
                message = f"setting {one.title} needs '{key}', which is not declared"
                yield Diagnostic("CW815", message, one.span, help=remedy)


def check_settings_of(
    settings: Settings, found: tuple[Layer, ...], used: frozenset[Document] | None, on: date | None
) -> Iterator[Diagnostic]:
    """Check the settings of a biller, the last of its layers.

    `used` are the documents of its flows, None when it has no flows. Findings CW812 (a
    group with a gap), CW813 (a last day that is near or over; only when `on`, the day of the
    check, is given), CW814 (nothing reads the setting).
    """
    for one in settings.values.values():
        yield from _gaps(one, settings)
        if on is not None:
            yield from _ends(one, on)
    if used is not None:
        yield from _unread(settings, found, used)


def _gaps(one: Setting, settings: Settings) -> Iterator[Diagnostic]:
    """Find what a setting needs beside it and no layer gives."""
    for key in one.declared.needs:
        other = settings.declared.get(key)
        if other is not None and settings.find(key) is None:
            message = f"setting {one.declared.title} does not go without setting {other.title}"
            related = (Label(other.span, f"{other.title} is declared here"),)
            remedy = f"set {other.id} too, or leave out {one.declared.id}"
            yield Diagnostic("CW812", message, one.span, help=remedy, related=related)


def _ends(one: Setting, on: date) -> Iterator[Diagnostic]:
    """Find a last day that is over, or not further away than the catalogue says."""
    days = one.declared.expires
    if days is None or one.declared.type != "date" or not isinstance(one.value, str):
        return
    last = canonical("date").read(one.value)
    if not isinstance(last, date) or last - on > timedelta(days=days):
        return
    left = (last - on).days
    when = f"ends in {left} days" if left > 0 else "ends today" if left == 0 else "is over"
    message = f"setting {one.declared.title} {when}: {last.isoformat()}"
    remedy = "renew it, then write the new day"
    yield Diagnostic("CW813", message, one.span, Severity.WARNING, help=remedy)


def _unread(
    settings: Settings, found: tuple[Layer, ...], used: Iterable[Document]
) -> Iterator[Diagnostic]:
    """Find settings that the biller itself gives, and that no document of its flows reads."""
    nodes: list[Node] = [one.node for one in used]
    nodes += [entry.value for layer in found for entry in layer.overrides().values()]
    read = _known({name for node in nodes for name in settings_read(node)}, settings)
    for one in settings.values.values():
        known = one.declared
        if one.layer == found[-1].name and known.id not in read and not known.required:
            message = f"setting {known.title} is set, but no flow reads it"
            remedy = "remove it, or add the flow that needs it"
            yield Diagnostic("CW814", message, one.span, Severity.WARNING, help=remedy)


def _known(names: set[str], settings: Settings) -> set[str]:
    """Give the ids of settings that are called by id or name."""
    found: list[Declared | None] = [settings.declared.get(name) for name in names]
    return {one.id for one in found if one is not None}


def settings_read(node: Node) -> Iterator[str]:
    """Give the settings that a document names, by id or name, wherever it does."""
    if isinstance(node, Scalar):
        yield from _READ.findall(node.text)
    elif isinstance(node, List):
        for item in node.items:
            yield from settings_read(item)
    else:
        yield from _read_below(node)


def _read_below(node: Map) -> Iterator[str]:
    for key, entry in node.entries.items():
        yield from _READ.findall(key)
        if key == "setting" and isinstance(entry.value, Scalar):
            yield entry.value.text
        elif key == "settings" and not isinstance(entry.value, Map):
            yield from (one.text for one in scalars(node, key))
        else:
            yield from settings_read(entry.value)
