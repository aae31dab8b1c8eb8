"""Crosswalk: declarative mapping of billing and payment records.

`load` a folder of YAML documents, make a `Plan` of a mapping, apply it to records or files.
Importing the package does nothing; its names are looked up when they are used.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crosswalk.findings.diagnostics import Diagnostic
    from crosswalk.findings.errors import ConfigError, CrosswalkError, FormatProblem
    from crosswalk.library import Applied, Library, Plan, load
    from crosswalk.model.records import Issue
    from crosswalk.outbound.results import Answered, Delivered
    from crosswalk.running.accounts import Reject, Summary

__all__ = [
    "Answered",
    "Applied",
    "ConfigError",
    "CrosswalkError",
    "Delivered",
    "Diagnostic",
    "FormatProblem",
    "Issue",
    "Library",
    "Plan",
    "Reject",
    "Summary",
    "load",
]

_HOMES = {
    "Answered": "outbound.results",
    "Applied": "library",
    "ConfigError": "findings.errors",
    "CrosswalkError": "findings.errors",
    "Delivered": "outbound.results",
    "Diagnostic": "findings.diagnostics",
    "FormatProblem": "findings.errors",
    "Issue": "model.records",
    "Library": "library",
    "Plan": "library",
    "Reject": "running.accounts",
    "Summary": "running.accounts",
    "load": "library",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'crosswalk' has no attribute '{name}'")
    return getattr(importlib.import_module(f"crosswalk.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return list(__all__)
