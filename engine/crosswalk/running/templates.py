"""Templates for file names: Jinja2 in its sandbox, with a few words allowed and no more.

A template may print `settings.NAME`, `run.NAME` and, where a layout says `per`, `file.per`, through
the filters below. It has no loops,
no conditions, no calls and no arithmetic (safety A5, A6), and an unknown name is an error.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any

from crosswalk.documents.source import Scalar
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.suggest import closest
from crosswalk.planning.terms import RUN
from crosswalk.running.context import Context
from crosswalk.values.codecs import codec
from crosswalk.values.spelling import BadSpelling, Problem, Spelling

FILTERS = ("format", "upper", "lower")
"""What may be done to a value: `format('yyyyMMdd')` for dates and times, upper, lower."""


class BadTemplate(Exception):  # noqa: N818 - a finding about a declaration
    """A template that cannot be used: what is wrong, and the remedy."""

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002
        super().__init__(message)
        self.message, self.help = message, help


def check_template(
    node: Scalar, settings: Mapping[str, str], *, per: bool = False
) -> list[Diagnostic]:
    """Check a file name template against the settings that exist. Findings CW437."""
    try:
        _inspect(node.text, settings, _FILE if per else {})
    except BadTemplate as bad:
        return [Diagnostic("CW437", bad.message, node.span, help=bad.help)]
    return []


def render(text: str, context: Context, per: str | None = None) -> str:
    """Render a file name; `per` is the value that the file is for, where there are several.

    Raises BadTemplate for what `check_template` would find.
    """
    file = {} if per is None else {"per": per}
    _inspect(text, context.settings, file)
    run = {name: context.run.value(name) for name in RUN}
    made = _environment().from_string(text)
    return str(made.render(settings=dict(context.settings), run=run, file=file))


_FILE = {"per": "text"}


def _inspect(text: str, settings: Mapping[str, str], file: Mapping[str, str]) -> None:
    """Refuse everything but printing known names through known filters."""
    from jinja2 import TemplateSyntaxError, nodes

    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as wrong:
        raise BadTemplate(f"the template cannot be read: {wrong.message}", _SHAPE) from None
    for part in tree.body:
        if not isinstance(part, nodes.Output):
            raise BadTemplate("a template only prints values", _SHAPE)
        for one in part.nodes:
            if not isinstance(one, nodes.TemplateData):
                _value(one, {"settings": settings, "run": RUN, "file": file})


_Known = Mapping[str, Mapping[str, object]]


def _value(node: Any, names: _Known) -> None:  # noqa: ANN401 - Jinja2's nodes
    from jinja2 import nodes

    if isinstance(node, nodes.Filter):
        _filter(node)
        _value(node.node, names)
        return
    if not isinstance(node, nodes.Getattr) or not isinstance(node.node, nodes.Name):
        raise BadTemplate("a template only prints settings.NAME and run.NAME", _SHAPE)
    known = names.get(node.node.name)
    if known is None:
        raise BadTemplate(f"a template knows no '{node.node.name}'", _SHAPE)
    if node.attr not in known:
        near = closest(node.attr, known)
        remedy = f"did you mean '{near}'?" if near else _SHAPE
        raise BadTemplate(f"there is no {node.node.name}.{node.attr}", remedy)


def _filter(node: Any) -> None:  # noqa: ANN401
    from jinja2 import nodes

    if node.name not in FILTERS:
        raise BadTemplate(f"'{node.name}' is not a filter", f"filters are {', '.join(FILTERS)}")
    texts = [one.value for one in node.args if isinstance(one, nodes.Const)]
    extra = node.kwargs or node.dyn_args or node.dyn_kwargs or len(texts) < len(node.args)
    if extra or len(texts) != (1 if node.name == "format" else 0):
        raise BadTemplate(f"the filter '{node.name}' is not used rightly", _SHAPE)
    if node.name == "format":
        _pattern(texts[0])


_SHAPE = "for instance: INVOICES_{{ run.date | format('yyyyMMdd') }}.txt"


def _pattern(text: object) -> None:
    faults = []
    for kind in ("date", "time", "datetime"):
        try:
            codec(kind, Spelling(format=str(text)))
        except BadSpelling as bad:
            faults.append(bad)
    if len(faults) == 3:  # noqa: PLR2004 - none of the three kinds
        raise BadTemplate(faults[0].message, faults[0].help)


def _format(value: object, pattern: str) -> str:
    """Write a date, time or datetime by a pattern."""
    kind = {datetime: "datetime", date: "date", time: "time"}.get(type(value))
    if kind is None:
        raise BadTemplate("format is for dates and times", _SHAPE)
    try:
        return codec(kind, Spelling(format=pattern)).write(value)  # type: ignore[arg-type]
    except (BadSpelling, Problem) as wrong:
        raise BadTemplate(f"the {kind} cannot be written as {pattern}: {wrong}", _SHAPE) from None


@cache
def _environment() -> Any:  # noqa: ANN401 - the class is loaded late
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    made.filters = {"format": _format, "upper": str.upper, "lower": str.lower}
    made.globals.clear()
    made.tests.clear()
    return made
