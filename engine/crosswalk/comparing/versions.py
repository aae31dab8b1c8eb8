"""Whether the version of a changed document was raised by as much as the change needs."""

from collections.abc import Iterator

from crosswalk.comparing.change import ADDITIVE, BREAKING
from crosswalk.comparing.compare import Compared
from crosswalk.findings.diagnostics import Diagnostic, Label, Severity


def check_versions(compared: list[Compared]) -> Iterator[Diagnostic]:
    """Find documents whose version was not raised.

    A breaking change that kept the major version is an error (CW338): whoever pins the document
    gets it without asking. Another change of meaning that kept the version is a warning (CW339).
    """
    for one in compared:
        if one.was is None or one.now is None or one.was.name != one.now.name:
            continue
        was, now = (tuple(map(int, side.version.split("."))) for side in (one.was, one.now))
        if one.effect is BREAKING and now[0] <= was[0]:
            yield _finding(one, "CW338", f"{now[0] + 1}.0.0", Severity.ERROR)
        elif one.effect is ADDITIVE and now <= was:
            yield _finding(one, "CW339", f"{was[0]}.{was[1] + 1}.0", Severity.WARNING)


def _finding(one: Compared, code: str, version: str, severity: Severity) -> Diagnostic:
    assert one.now is not None
    kept = "the major version" if severity is Severity.ERROR else "the version"
    breaks = "a breaking change" if severity is Severity.ERROR else "a change of meaning"
    first = next(change for change in one.changes if change.effect is one.effect)
    related = (Label(first.place, f"{first.what}: {first.reason}"),) if first.place else ()
    return Diagnostic(
        code,
        f"{breaks} of '{one.name}' kept {kept}",
        one.now.place("version"),
        severity,
        help=f"write version: {version}",
        related=related,
    )
