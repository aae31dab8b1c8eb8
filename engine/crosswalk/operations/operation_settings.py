"""Holds an operation against the settings: those it names, and a biller's version and licences."""

import re
from collections.abc import Iterator

from crosswalk.documents.settings import Settings
from crosswalk.findings.diagnostics import Diagnostic, Label
from crosswalk.findings.suggest import closest
from crosswalk.operations.operation import Operation, is_older, version_parts

_TYPES = {"endpoint": "url", "test": "boolean"}
"""The types that some settings must have, by what they are for."""


def check_settings(operation: Operation, settings: Settings) -> Iterator[Diagnostic]:
    """Find settings of an operation that are not there, or not of the kind they must be."""
    wanted = [(operation.endpoint, "endpoint", False)]
    beside = {"hosts": operation.hosts, "test": operation.test}
    wanted += [(one, name, False) for name, one in beside.items() if one is not None]
    wanted += [(one, name, True) for name, one in operation.credentials.items()]
    wanted += [(one, name, False) for name, one in operation.installed.items()]
    for one, name, secret in wanted:
        declared = settings.declared.get(one.text)
        if declared is None:
            near = closest(one.text, settings.declared)
            remedy = f"did you mean '{near}'?" if near else "add it to a settings catalogue"
            yield Diagnostic("CW308", f"no setting is called '{one.text}'", one.span, help=remedy)
        elif declared.secret != secret or declared.type != _TYPES.get(name, declared.type):
            kind = "a secret" if secret else f"a {_TYPES[name]}" if name in _TYPES else "no secret"
            message = f"setting {declared.title} cannot be the {name}: it must be {kind}"
            related = (Label(declared.span, "declared here"),)
            yield Diagnostic("CW470", message, one.span, related=related)
    least = operation.minimum_version
    if least is not None and version_parts(least.text) is None:
        message = f"'{least.text}' is no version"
        yield Diagnostic("CW471", message, least.span, help="write numbers with points between")


def check_versions(operation: Operation, settings: Settings) -> Iterator[Diagnostic]:
    """Find a biller whose partner system is too old, or lacks a licence."""
    least, at = operation.minimum_version, operation.installed
    version = settings.find(at["version"].text) if "version" in at else None
    if least is not None and version is not None and isinstance(version.value, str):
        older = is_older(version.value, least.text)
        if older is None or older:
            state = "is older than" if older else "cannot be compared with"
            message = f"version {version.value} {state} {least.text}, which {operation.name} needs"
            related = (Label(least.span, "needed here"),)
            yield Diagnostic("CW471", message, version.span, related=related)
    held = settings.find(at["licences"].text) if "licences" in at else None
    if held is not None and isinstance(held.value, str):
        there = re.split(r"[ ,;]+", held.value)
        for licence in operation.licences:
            if licence not in there:
                message = f"licence {licence} is not there, and {operation.name} needs it"
                yield Diagnostic("CW475", message, held.span)
