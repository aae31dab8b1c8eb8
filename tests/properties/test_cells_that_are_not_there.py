"""Cells that are missing, null or of another kind come out compiled as the reference says."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.kit import both, pair

TYPES = {"N": "text", "C": "code", "D": "date", "A": "money", "B": "boolean"}
POLICIES = ("", ", missing: empty", ", missing: empty, default: %s", ", 'null': empty, blank: keep")
LIMITS = ("", ", length: 3", ", required: true")
GOOD = {"N": "Ann", "C": "01", "D": "2026-01-31", "A": "1.50", "B": "true"}
ODD: tuple[Any, ...] = (None, "", " ", 1, True, "x|y", 'q"t\\', "\u00e9", "\ud7ff\x1f", "toolong")
STEPS = {"N": ("", ", via: [trim]", ", via: [upper], default: none"), "C": ("", ", via: [trim]")}
TARGETS = ("form: json-lines", 'form: delimited, delimiter: "|"', "form: delimited, quote: all")


@st.composite
def sides(draw: st.DrawFn) -> tuple[str, str, str]:
    """Draw the fields of a source, those of a target, and the entries between them."""
    source, target, entries = [], [], []
    for name, kind in TYPES.items():
        policy = draw(st.sampled_from(POLICIES))
        policy = policy % f'"{GOOD[name]}"' if "%" in policy else policy
        source.append(f"{name}: {{type: {kind}{policy}}}")
        limit = draw(st.sampled_from(LIMITS))
        target.append(f"{name}: {{type: {kind}{limit}}}")
        entries.append(f"{name}: {{from: {name}{draw(st.sampled_from(STEPS.get(name, ('',))))}}}")
    return ", ".join(source), ", ".join(target), ", ".join(entries)


def _plan(file: str, form: str, sides: tuple[str, str, str]) -> Any:
    source, target, entries = sides
    return pair(
        f"file: {{{file}}}\nstructure: row*\nrecords: {{row: {{fields: {{{source}}}}}}}",
        f"file: {{{form}}}\nstructure: out*\nrecords: {{out: {{fields: {{{target}}}}}}}",
        f"nest: {{out: {{of: row}}}}\nfields: {{out: {{{entries}}}}}",
    ).there


ROWS = st.lists(
    st.fixed_dictionaries(
        {}, optional={name: st.sampled_from((good, good, *ODD)) for name, good in GOOD.items()}
    ),
    max_size=6,
)


@settings(max_examples=120, deadline=None)
@given(sides=sides(), form=st.sampled_from(TARGETS), rows=ROWS)
def test_keys_that_are_not_there(
    sides: tuple[str, str, str], form: str, rows: list[dict[str, Any]]
) -> None:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    both(_plan("form: json-lines", form, sides), data)


@settings(max_examples=80, deadline=None)
@given(
    sides=sides(), form=st.sampled_from(TARGETS), rows=ROWS, names=st.sets(st.sampled_from("NCDAB"))
)
def test_columns_that_are_not_there(
    sides: tuple[str, str, str], form: str, rows: list[dict[str, Any]], names: set[str]
) -> None:
    header = sorted(names)
    lines = [header, *([str(row.get(name, "")) for name in header] for row in rows)]
    data = "".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in line) + "\n" for line in lines
    ).encode()
    both(_plan("form: delimited, header: true", form, sides), data)
