"""Crosswalk: declarative mapping of billing and payment records.

`load` a folder of YAML documents, make a `Plan` of a mapping, apply it to records or files.
Importing the package does nothing; its names are looked up when they are used.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crosswalk.accounts import Reject, Summary
    from crosswalk.diagnostics import Diagnostic
    from crosswalk.errors import ConfigError, CrosswalkError, FormatProblem
    from crosswalk.library import Applied, Library, Plan, load
    from crosswalk.records import Issue

__all__ = [
    "Applied",
    "ConfigError",
    "CrosswalkError",
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
    "Applied": "library",
    "ConfigError": "errors",
    "CrosswalkError": "errors",
    "Diagnostic": "diagnostics",
    "FormatProblem": "errors",
    "Issue": "records",
    "Library": "library",
    "Plan": "library",
    "Reject": "accounts",
    "Summary": "accounts",
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
