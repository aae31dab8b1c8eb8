"""What is written reads back as records of the same types; what would not is rejected."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.kit import CONTEXT, both, pair

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import textform
from crosswalk.model.records import Row
from crosswalk.running.flow import Flow

SOURCE = """
file: {form: delimited, delimiter: ";", quote: all, header: true}
structure: r*
records: {r: {fields: {A: {type: text}, B: {type: text}}}}
"""
MAPPING = """
nest: {row: {of: r}}
fields: {row: {A: A, B: B}}
"""
TARGET = """
file: {%s}
structure: %s
records:
  row: {fields: {A: {type: text%s}, B: {type: text%s}}}
  total:
    fields:
      T: {type: code, always: T%s, tag: true}
      N: {type: integer, equals: {count: row}%s}
"""
NARROW, WIDE = ", width: 1", ", width: 9"
FORMS = {
    "form: delimited": ("", ""),
    "form: delimited, quote: all": ("", ""),
    'form: delimited, header: true, delimiter: "|"': ("", ""),
    "form: delimited, multiline: true": ("", ""),
    'form: delimited, comment: "#"': ("", ""),
    'form: delimited, continuation: {starts: ["+"]}': ("", ""),
    'form: delimited, quote: none, component: ":", record_end: "~"': ("", ""),
    "form: fixed, record_length: 10": (NARROW, WIDE),
    'form: fixed, record_length: 10, comment: "#"': (NARROW, WIDE),
    "form: fixed, record_length: 10, newline: none, encoding: ascii": (NARROW, WIDE),
    "form: fixed, record_length: 10, newline: rdw, encoding: cp037": (NARROW, WIDE),
    "form: fixed, positions: bytes, record_length: 10": (NARROW, WIDE),
}
PLANS = {
    (form, structure): pair(SOURCE, TARGET % (form, structure, *widths, *widths), MAPPING).there
    for form, widths in FORMS.items()
    for structure in ("row*, total", "total, row*")
}


def _file(rows: list[tuple[str, str]]) -> bytes:
    lines = [("A", "B"), *rows]
    return "".join(f'"{one}";"{other}"\n' for one, other in lines).encode()


@pytest.mark.parametrize(("form", "structure"), PLANS)
def test_a_row_that_begins_with_the_tag_of_the_total_is_rejected(form: str, structure: str) -> None:
    made = both(PLANS[form, structure], _file([("x", "1"), ("T", "2"), ("y", "3")]))
    (reject,) = made.rejects
    assert (reject.issue.code, reject.issue.field, made.summary.written) == ("CW620", "A", 2)
    assert "would be read as total" in reject.issue.reason


@pytest.mark.parametrize("form", [*FORMS])
def test_a_row_that_has_a_tag_of_its_own_may_begin_with_any_text(form: str) -> None:
    widths = FORMS[form]
    target = TARGET % (form, "row*, total", *widths, *widths)
    target = target.replace("A: {type: text", "A: {type: code, values: [R, S], tag: true")
    plan = pair(SOURCE, target, MAPPING).there
    assert not both(plan, _file([("R", "T"), ("S", "R")])).rejects


@pytest.mark.parametrize("values", ["[R, T]", "[T]"])
def test_a_type_that_is_tried_first_has_what_both_are_tagged_with(values: str) -> None:
    target = TARGET % ("form: delimited", "row*, total", "", "", "", "")
    target = target.replace("B: {type: text", f"B: {{type: code, values: {values}, tag: true")
    target = target.replace(
        "  row:", "  zero: {fields: {Z: {type: code, always: Z, tag: true}}}\n  row:"
    )
    target = target.replace("structure: ", "structure: zero?, ")
    plan = pair(SOURCE, target, MAPPING.replace("nest: {", "nest: {zero: {none: true}, ")).there
    made = both(plan, _file([("T", "T"), ("Z", "T")]))
    assert [one.issue.reason for one in made.rejects] == [
        "would be read as zero, whose tag stands in its line"
    ]


@settings(max_examples=150, deadline=None)
@given(
    which=st.sampled_from([*PLANS]),
    rows=st.lists(
        st.tuples(
            st.sampled_from(("x", "T", "#", "+", "t", "", " ", "~", "A")),
            st.sampled_from(("1", "T", "+", "", "B", "a,b", "a:b")),
        ),
        max_size=5,
    ),
)
def test_all_that_is_written_reads_back_as_records_of_its_type(
    which: tuple[str, str], rows: list[tuple[str, str]]
) -> None:
    plan = PLANS[which]
    made = both(plan, _file(rows))
    found = list(textform.read(BytesIO(made.output), plan.target))
    assert all(isinstance(one, Row) for one in found), found
    names = [plan.target.records[one.ordinal].name for one in found if isinstance(one, Row)]
    count = len(rows) - len(made.rejects)
    expected = ["row"] * count
    assert names == (["total", *expected] if which[1].startswith("total") else [*expected, "total"])


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("skip_lines: 1", "first lines are skipped"),
        ("header: true, from_line: X", "does not begin with 'X'"),
        ("until_line: X", "other lines around"),
    ],
)
def test_a_file_that_its_layout_would_not_read_is_not_written(file: str, reason: str) -> None:
    target = TARGET % (f"form: delimited, {file}", "row*, total", "", "", "", "")
    with pytest.raises(FormatProblem, match=reason):
        both(pair(SOURCE, target, MAPPING).there, _file([("x", "1")]))


@pytest.mark.parametrize("structure", ["head, row*", "row*, head"])
@pytest.mark.parametrize(("file", "name"), [("", "R"), (", quote: none", "a,b")])
def test_a_head_that_cannot_be_written_is_a_fault_of_the_input(
    structure: str, file: str, name: str
) -> None:
    records = """
records:
  head: {fields: {N: {type: text}, X: {type: text, always: x}}}
  row: {fields: {T: {type: code, always: R, tag: true}, A: {type: text}}}
"""
    source = """
file: {form: delimited, delimiter: ";"}
structure: h, r*
records:
  h: {fields: {T: {type: code, always: H, tag: true}, N: {type: text}}}
  r: {fields: {T: {type: code, always: R, tag: true}, A: {type: text}}}
"""
    target = f"file: {{form: delimited{file}}}\nstructure: {structure}{records}"
    mapping = "nest: {row: {of: r}}\nfields: {head: {N: h.N}, row: {A: A}}"
    plan = pair(source, target, mapping).there
    for compiled in (False, True):
        flow = Flow(plan, CONTEXT, compiled=compiled)
        with pytest.raises(FormatProblem, match=r"head cannot be made: head\.N") as fault:
            _written(flow, f"H;{name}\nR;1\n".encode())
        assert fault.value.code == "CW620"


def _written(flow: Flow, data: bytes) -> bytes:
    body: list[bytes] = []
    flow.run(BytesIO(data), body.append, lambda _: None, lambda _: None)
    return flow.head() + b"".join(body)
