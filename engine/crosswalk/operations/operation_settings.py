"""Holds an operation against the settings that it names."""

from collections.abc import Iterator

from crosswalk.documents.installed import unmet
from crosswalk.documents.setting_uses import ENDPOINT, PLAIN, SECRET, SWITCH, check_uses
from crosswalk.documents.settings import Settings
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.operations.operation import Operation
from crosswalk.operations.token import check_token
from crosswalk.values.versions import version_parts


def check_settings(operation: Operation, settings: Settings) -> Iterator[Diagnostic]:
    """Find settings of an operation that are not there, or not of the kind they must be."""
    uses = [(operation.endpoint, "endpoint", ENDPOINT)]
    beside = {"hosts": (operation.hosts, PLAIN), "test": (operation.test, SWITCH)}
    uses += [(one, name, takes) for name, (one, takes) in beside.items() if one is not None]
    uses += [(one, name, SECRET) for name, one in operation.credentials.items()]
    uses += [(one, name, PLAIN) for name, one in operation.installed.items()]
    token = operation.token
    kinds = {"url": ENDPOINT, "client_id": SECRET, "client_secret": SECRET, "expires": PLAIN}
    named = token.settings if token is not None else {}
    uses += [(one, f"token's {key}", kinds[key]) for key, one in named.items() if key in kinds]
    yield from check_uses(uses, settings)
    if token is not None:
        yield from check_token(token)
    least = operation.minimum_version
    if least is not None and version_parts(least.text) is None:
        message = f"'{least.text}' is no version"
        yield Diagnostic("CW471", message, least.span, help="write numbers with points between")


def check_installed(operation: Operation, settings: Settings) -> Iterator[Diagnostic]:
    """Find why a biller's partner system cannot take an operation: its version, its licences."""
    least, held = operation.minimum_version, operation.installed
    yield from unmet(operation.name, least, operation.licences, held, settings)
