"""Values that become one are found alike by both executions, whatever marks they hold (F12)."""

from io import BytesIO

import pytest
from tests.properties.kit import CONTEXT, pair

from crosswalk.running.flow import Flow

SOURCE = """
file: {form: delimited, delimiter: "|", quote: all, header: true}
structure: row*
records:
  row: {fields: {K: {type: text, required: true}, D: {type: date, invalid: empty}}}
"""
TARGET = """
file: {form: %s}
structure: out*
records:
  out: {fields: {K: {type: text}, D: {type: date}}}
"""
MAPPING = """
nest: {out: {of: row}}
fields:
  out: {K: {from: K, via: [trim], distinct: true}, D: D}
"""


@pytest.mark.parametrize("form", ["json-lines", "delimited"])
@pytest.mark.parametrize("text", ["ab", 'a""b', "a\\b", "é"])
@pytest.mark.parametrize("day", ["2026-01-01", "x"])
def test_a_collision_is_found_by_both_executions(form: str, text: str, day: str) -> None:
    """A day that cannot be read sends its row through the reference, the other is compiled."""
    plan = pair(SOURCE, TARGET % form, MAPPING).there
    data = f'"K"|"D"\n"{text} "|"2026-01-01"\n"{text}"|"{day}"\n'.encode()
    found = []
    for compiled in (True, False):
        flow = Flow(plan, CONTEXT, compiled=compiled)
        flow.run(BytesIO(data), lambda _: None, lambda _: None)
        found.append(flow.met.collisions())
    assert found[0] == found[1]
    assert len(found[0].values) == 1
