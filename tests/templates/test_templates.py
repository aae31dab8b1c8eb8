"""File name templates print known values and do nothing else (safety A5, A6)."""

from datetime import datetime

import pytest

from crosswalk.documents.source import Scalar
from crosswalk.findings.diagnostics import Span
from crosswalk.running.context import Context, Run
from crosswalk.running.templates import BadTemplate, check_template, render

CONTEXT = Context({"City": "Elm"}, Run(datetime(2026, 1, 31, 8, 5, 9), "r1", "in.txt"))

GOOD = {
    "plain.txt": "plain.txt",
    "A_{{ run.date | format('yyyyMMdd') }}.txt": "A_20260131.txt",
    "A_{{ run.time | format('HHmmss') }}": "A_080509",
    "{{ run.datetime | format('yyyyMMddHHmmss') }}": "20260131080509",
    "{{ settings.City | upper }}-{{ run.id }}": "ELM-r1",
}

BAD = [
    "{% for x in range(99999) %}{% endfor %}",
    "{{ 'a' * 1000000000 }}",
    "{{ 2 ** 100000 }}",
    "{{ settings.City.center(1000000000) }}",
    "{{ settings.City | center(1000000000) }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ settings.__class__ }}",
    "{{ run.date.__class__ }}",
    "{{ run['date'] }}",
    "{{ run }}",
    "{{ settings.Cty }}",
    "{{ run.dat }}",
    "{{ nothing }}",
    "{{ run.date | format }}",
    "{{ run.date | format('YYYYMMDD') }}",
    "{{ run.date | format(run.id) }}",
    "{{ run.date | nofilter }}",
    "{% set x = 1 %}",
    "{% include 'x' %}",
    "{% macro m() %}{% endmacro %}",
    "{{ run.date if run.id else run.time }}",
    "{{ run.date",
    "{{ (run.id, run.id) }}",
    "{{ run.id ~ run.id }}",
]


@pytest.mark.parametrize("template", GOOD)
def test_a_good_template_is_rendered(template: str) -> None:
    assert findings(template) == []
    assert render(template, CONTEXT) == GOOD[template]


@pytest.mark.parametrize("template", BAD)
def test_everything_else_is_refused_before_and_when_it_is_rendered(template: str) -> None:
    assert findings(template) == ["CW437"]
    with pytest.raises(BadTemplate):
        render(template, CONTEXT)


def test_a_misspelt_setting_is_told_its_neighbour() -> None:
    node = Scalar(Span("x", 1, 1, 1, 1), "{{ settings.Cty }}", "", plain=True)
    assert check_template(node, {"City": "text"})[0].help == "did you mean 'City'?"


def findings(template: str) -> list[str]:
    node = Scalar(Span("x", 1, 1, 1, 1), template, template, plain=True)
    return [one.code for one in check_template(node, {"City": "text"})]
