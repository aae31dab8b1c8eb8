"""A biller's partner system as installed: its version and licences, held against a need."""

import re
from collections.abc import Iterator, Mapping, Sequence

from crosswalk.documents.access import mapping, scalar
from crosswalk.documents.settings import Setting, Settings
from crosswalk.documents.source import Map, Scalar
from crosswalk.findings.diagnostics import Diagnostic, Label, Severity
from crosswalk.values.versions import is_older


def read_installed(node: Map) -> dict[str, Scalar]:
    """Give the settings that say what is installed, by what they say: version, licences."""
    body = mapping(node, "installed")
    entries = body.entries if body is not None else {}
    found = {
        key: scalar(entry.value, "setting")
        for key, entry in entries.items()
        if isinstance(entry.value, Map)
    }
    return {key: setting for key, setting in found.items() if setting is not None}


def unmet(
    who: str,
    least: Scalar | None,
    licences: Sequence[str],
    installed: Mapping[str, Scalar],
    settings: Settings,
) -> Iterator[Diagnostic]:
    """Find what keeps a biller from using `who`: an older version (CW471), a licence (CW475).

    Both are warnings: a biller may lack what it does not use, and who asks for it is refused. A
    setting that no layer sets is not compared: nothing is known. Source: facts 2.20, 2.21.
    """
    version = _installed("version", installed, settings)
    if least is not None and version is not None:
        older = is_older(str(version.value), least.text)
        if older is None or older:
            state = "is older than" if older else "cannot be compared with"
            message = f"version {version.value} {state} {least.text}, which {who} needs"
            related = (Label(least.span, "needed here"),)
            remedy = "correct the setting once the biller's system is updated"
            remedy = remedy if older else "write numbers with points between"
            weight = Severity.WARNING if older else Severity.ERROR
            yield Diagnostic("CW471", message, version.span, weight, help=remedy, related=related)
    held = _installed("licences", installed, settings)
    there = re.split(r"[ ,;]+", str(held.value)) if held is not None else []
    for licence in licences:
        if held is not None and licence not in there:
            message = f"licence {licence} is not there, and {who} needs it"
            remedy = "add it to the setting once the biller has it"
            yield Diagnostic("CW475", message, held.span, Severity.WARNING, help=remedy)


def _installed(what: str, installed: Mapping[str, Scalar], settings: Settings) -> Setting | None:
    """Give a setting of what is installed when its value stands in a document."""
    found = settings.find(installed[what].text) if what in installed else None
    return found if found is not None and isinstance(found.value, str) else None
