"""Shows findings to people (full, concise), tools (json) and code hosts (github).

Control characters of author text never reach the terminal; colour only when asked for.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from crosswalk.findings.diagnostics import Diagnostic, Label, Severity, Span, sort_key

Style = Literal["full", "concise", "json", "github"]
Texts = Callable[[str], str | None]
Sources = Mapping[str, str] | Texts

WIDTH = 100
_TAB = "    "
_CUT = "…"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SGR = {
    Severity.ERROR: "1;31",
    Severity.WARNING: "1;33",
    Severity.INFO: "1;36",
}
_BOLD, _DIM = "1", "34"
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_NOUNS = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("note", "notes"),
}


def render(
    findings: Iterable[Diagnostic], sources: Sources, style: Style, *, color: bool = False
) -> str:
    """Give the findings as one text, ordered by file, line, column and code.

    `sources` gives the text of a file by the name in its spans (a mapping, or a callable that
    may give None): excerpts are left out for files it does not know. Styles: "full" (excerpts,
    ends with a summary), "concise" (one line each), "json" (schema version 1), "github"
    (workflow commands, worst first). `color` adds ANSI colours to the first two.
    """
    ordered = sorted(findings, key=sort_key)
    if style == "json":
        return _json(ordered)
    if style == "github":
        return "".join(_command(finding) for finding in sorted(ordered, key=_rank))
    paint = _ansi if color else _bare
    if style == "concise":
        return "".join(_concise(finding, paint) for finding in ordered)
    texts: Texts = sources if callable(sources) else sources.get
    blocks = [_full(finding, texts, paint) for finding in ordered]
    return "\n".join([*blocks, summary(ordered) + "\n"])


def summary(findings: Iterable[Diagnostic]) -> str:
    """Give one line such as "5 findings (4 errors, 1 warning) in 3 files"."""
    findings = list(findings)
    if not findings:
        return "no findings"
    counts = Counter(finding.severity for finding in findings)
    parts = [_counted(counts[kind], *_NOUNS[kind]) for kind in _WORST_FIRST if counts[kind]]
    files = len({finding.span.file for finding in findings if finding.span})
    where = f" in {_counted(files, 'file', 'files')}" if files else ""
    return f"{_counted(len(findings), 'finding', 'findings')} ({', '.join(parts)}){where}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _rank(finding: Diagnostic) -> int:
    return _WORST_FIRST.index(finding.severity)


Paint = Callable[[str, str], str]


def _ansi(text: str, sgr: str) -> str:
    return f"\x1b[{sgr}m{text}\x1b[0m" if text else ""


def _bare(text: str, _sgr: str) -> str:
    return text


def _safe(char: str) -> str:
    """One character as a terminal may show it: control, format and surrogate become U+FFFD."""
    if char == "\t":
        return _TAB
    return "\ufffd" if unicodedata.category(char) in _HIDDEN else char


def _line(text: str) -> str:
    return "".join(map(_safe, text))


def _columns(char: str) -> int:
    """Give the terminal columns of a shown character: 0 combining, 2 wide, else 1."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _columns_of(text: str) -> int:
    return sum(map(_columns, text))


# Full style


@dataclass(frozen=True, slots=True)
class _Page:
    """What all excerpts of one finding share."""

    texts: Texts
    paint: Paint
    gutter: int

    def numbered(self, number: int, text: str) -> str:
        return f"{self.paint(f'{number:>{self.gutter}} |', _DIM)} {text}"

    def marked(self, indent: int, marks: str) -> str:
        return f"{' ' * self.gutter} {self.paint('|', _DIM)} {' ' * indent}{marks}"


def _full(finding: Diagnostic, texts: Texts, paint: Paint) -> str:
    sgr = _SGR[finding.severity]
    head = paint(f"{finding.severity}[{finding.code}]", sgr)
    lines = [f"{head}{paint(': ' + _line(finding.message), _BOLD)}"]
    page = _Page(texts, paint, _gutter(finding))
    if finding.span:
        main = Label(finding.span, finding.label)
        lines += _excerpt(page, "-->", main, sgr, context=not finding.related)
    for label in finding.related:
        lines += _excerpt(page, ":::", label, _DIM, context=False)
    if finding.help:
        lines.append(f"{' ' * page.gutter} {paint('= help:', _BOLD)} {_line(finding.help)}")
    return "\n".join(lines) + "\n"


def _gutter(finding: Diagnostic) -> int:
    """Give the width of the largest line number that will be shown, at least two."""
    spans = [label.span for label in finding.related]
    spans += [finding.span] if finding.span else []
    return max([2, *(len(str(span.line)) for span in spans)])


def _excerpt(page: _Page, arrow: str, label: Label, sgr: str, *, context: bool) -> list[str]:
    span, words = label.span, _line(label.text)
    place = f"{' ' * page.gutter}{page.paint(arrow, _DIM)} {_line(str(span))}"
    lines = (page.texts(span.file) or "").removeprefix("\ufeff").split("\n")
    source = lines[span.line - 1].removesuffix("\r") if span.line <= len(lines) else ""
    if not source.strip():
        return [f"{place}: {words}" if words else place]
    result = [place]
    for number in _parent(lines, span.line) if context else []:
        result.append(page.numbered(number, _cut_right(_line(lines[number - 1].rstrip()))))
        if number < span.line - 1:
            result.append(page.paint("...", _DIM))
    shown, indent, carets = _window(source, span)
    marks = page.paint(f"{'^' * carets} {words}".rstrip(), sgr)
    return [*result, page.numbered(span.line, shown), page.marked(indent, marks)]


def _parent(lines: list[str], number: int) -> list[int]:
    """Give the number of the nearest line above that is indented less: the key it belongs to."""
    indent = _indent(lines[number - 1])
    for above in range(number - 1, 0, -1):
        line = lines[above - 1]
        if line.strip() and not line.lstrip().startswith("#") and _indent(line) < indent:
            return [above]
    return []


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _window(source: str, span: Span) -> tuple[str, int, int]:
    """Give the line cut around the range, the columns before the caret, and the caret's width."""
    start = min(span.column - 1, len(source))
    end = span.end_column - 1 if span.end_line == span.line else len(source)
    before, marked, after = (
        _line(part) for part in (source[:start], source[start:end], source[end:])
    )
    room = WIDTH - min(_columns_of(marked), WIDTH // 2)
    if _columns_of(before + marked + after) > WIDTH:
        before = _cut_left(before, max(room - _columns_of(after), room * 2 // 3))
        marked = _cut_right(marked, WIDTH // 2)
        after = _cut_right(after, WIDTH - _columns_of(before + marked))
    return before + marked + after, _columns_of(before), max(1, _columns_of(marked))


def _cut_right(text: str, width: int = WIDTH) -> str:
    if _columns_of(text) <= width:
        return text
    kept, used = [], 1
    for char in text:
        used += _columns(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept) + _CUT


def _cut_left(text: str, width: int) -> str:
    if _columns_of(text) <= width:
        return text
    kept, used = [], 1
    for char in reversed(text):
        used += _columns(char)
        if used > width:
            break
        kept.append(char)
    return _CUT + "".join(reversed(kept))


# Concise, GitHub and JSON


def _concise(finding: Diagnostic, paint: Paint) -> str:
    place = f"{_line(str(finding.span))}: " if finding.span else ""
    remedy = f" ({_line(_advice(finding))})" if _advice(finding) else ""
    severity = paint(f"{finding.severity}:", _SGR[finding.severity])
    return f"{place}{finding.code} {severity} {_line(finding.message)}{remedy}\n"


def _advice(finding: Diagnostic) -> str:
    return "; ".join(filter(None, (finding.label, finding.help)))


def _command(finding: Diagnostic) -> str:
    """Give a workflow command; columns only where the range lies on one line."""
    properties: dict[str, object] = {}
    span = finding.span
    if span:
        properties = {"file": span.file, "line": span.line, "endLine": span.end_line}
        if span.line == span.end_line:
            properties |= {"col": span.column, "endColumn": span.end_column}
    properties["title"] = finding.code
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    parts = [finding.message, finding.label, f"help: {finding.help}" if finding.help else ""]
    parts += [f"{label.text}: {label.span}" for label in finding.related]
    message = _data("\n".join(filter(None, parts)))
    return f"::{_COMMANDS[finding.severity]} {listed}::{message}\n"


def _data(text: str) -> str:
    text = "\n".join(_line(part) for part in text.split("\n"))
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _json(findings: list[Diagnostic]) -> str:
    counts: dict[str, int] = {kind.value: 0 for kind in _WORST_FIRST}
    counts |= Counter(finding.severity.value for finding in findings)
    counts["files"] = len({finding.span.file for finding in findings if finding.span})
    body = {
        "schema_version": 1,
        "findings": [_item(finding) for finding in findings],
        "counts": counts,
    }
    return json.dumps(body, indent=2) + "\n"


def _item(finding: Diagnostic) -> dict[str, object]:
    related = [{"label": label.text, **_where(label.span)} for label in finding.related]
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "label": finding.label,
        "help": finding.help,
        **_where(finding.span),
        "related": related,
    }


def _where(span: Span | None) -> dict[str, object]:
    names = ("file", "line", "column", "end_line", "end_column")
    return {name: getattr(span, name) if span else None for name in names}
