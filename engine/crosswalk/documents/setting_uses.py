"""Where a document names a setting: it must be there, and of the kind its use takes."""

from collections.abc import Iterable, Iterator

from crosswalk.documents.settings import Settings
from crosswalk.documents.source import Scalar
from crosswalk.findings.diagnostics import Diagnostic, Label
from crosswalk.findings.suggest import closest

ENDPOINT, SECRET, PLAIN, SWITCH = "a url", "a secret", "no secret", "a boolean"
"""What a use takes."""

_TYPES = {ENDPOINT: "url", SWITCH: "boolean"}


def check_uses(uses: Iterable[tuple[Scalar, str, str]], settings: Settings) -> Iterator[Diagnostic]:
    """Check (name of a setting, what it is used as, what that takes): findings CW308, CW470."""
    for one, name, takes in uses:
        declared = settings.declared.get(one.text)
        if declared is None:
            near = closest(one.text, settings.declared)
            remedy = f"did you mean '{near}'?" if near else "add it to a settings catalogue"
            yield Diagnostic("CW308", f"no setting is called '{one.text}'", one.span, help=remedy)
        elif declared.secret != (takes == SECRET) or declared.type != _TYPES.get(
            takes, declared.type
        ):
            message = f"setting {declared.title} cannot be the {name}: it must be {takes}"
            related = (Label(declared.span, "declared here"),)
            yield Diagnostic("CW470", message, one.span, related=related)
