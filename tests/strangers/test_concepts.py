"""The concepts that strangers needed, one by one: what they read, write and refuse."""

from io import BytesIO

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crosswalk.documents.source import Map
from crosswalk.documents.source import read as read_yaml
from crosswalk.findings.diagnostics import Diagnostic
from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import textform
from crosswalk.model.layout import Layout
from crosswalk.model.records import Damage, Instance, Row
from crosswalk.planning.read_layout import read_layout
from crosswalk.running.assemble import assemble
from crosswalk.values.codecs import Missing, Problem, Spelling, codec

HEAD = "crosswalk: 1\nkind: layout\nname: demo/concept\nversion: 1.0.0\n"


def build(body: str) -> tuple[Layout | None, list[Diagnostic]]:
    node, findings = read_yaml(HEAD + body, "layout.yaml")
    assert isinstance(node, Map), findings
    return read_layout(node)


def layout(body: str) -> Layout:
    made, findings = build(body)
    assert made is not None
    assert findings == []
    return made


def one(file: str, fields: str) -> str:
    return (
        f"file: {{form: delimited, quote: none, {file}}}\nstructure: row*\n"
        f"records: {{row: {{fields: {fields}}}}}\n"
    )


def rows(text: str, made: Layout) -> list[Row | Damage]:
    return list(textform.read(BytesIO(text.encode()), made))


def cells(text: str, made: Layout) -> list[object]:
    return [row.cells if isinstance(row, Row) else row.code for row in rows(text, made)]


def line(texts: list[str], made: Layout) -> str:
    return textform.writer(made)(made.records[0], texts)


# ------------------------------------------------------------------------------ rest of a line

REST = one('delimiter: ":"', "{A: {type: text}, B: {type: text, rest: true, missing: empty}}")


def test_the_last_field_takes_the_rest_of_the_line_both_ways() -> None:
    made = layout(REST)
    assert cells("20:a:b:c\n20:\n20\n", made) == [
        ["20", "a:b:c"],
        ["20", ""],
        ["20", Missing.MISSING],
    ]
    assert line(["20", "a:b:c"], made) == "20:a:b:c\n"


def test_only_the_last_field_of_a_bare_line_can_take_the_rest() -> None:
    fields = "{A: {type: text, rest: true}, B: {type: text}}"
    assert [found.code for found in build(one('delimiter: ":"', fields))[1]] == ["CW410"]
    with pytest.raises(Problem):
        line(["a:b", "c"], layout(REST))


# --------------------------------------------------------------------------------- components

SEGMENT = one(
    'delimiter: "+", component: ":", escape: "?", record_end: "\'"',
    "{T: {type: text}, A: {type: text, component: 1}, B: {type: text, component: 2, "
    "missing: empty}, D: {type: text, component: 4, missing: empty}, "
    "E: {type: text, component: 1, missing: empty}, F: {type: text, missing: empty}}",
)


def test_components_stand_inside_their_element() -> None:
    assert cells("X+a:b::d+e+f'X+a'X+a?:?+?'??'", layout(SEGMENT)) == [
        ["X", "a", "b", "d", "e", "f"],
        ["X", "a", *[Missing.MISSING] * 4],
        ["X", "a:+'?", *[Missing.MISSING] * 4],
    ]


@pytest.mark.parametrize("text", ["X+a:b:c:d:e'", "X+a+e:f'", "X:Y+a'", "X+a+e+f+g'", "X'"])
def test_components_that_the_layout_does_not_have_are_damage(text: str) -> None:
    assert cells(text, layout(SEGMENT)) == ["CW606"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("ab :+?'\"", max_size=4), min_size=6, max_size=6))
def test_composite_segments_read_back_as_they_were_written(texts: list[str]) -> None:
    made = layout(SEGMENT)
    assume(texts[0].strip())
    assume(texts[0][0] not in " \t")
    (row,) = rows(line(texts, made), made)
    assert isinstance(row, Row)
    assert ["" if cell is Missing.MISSING else cell for cell in row.cells] == texts


def test_without_release_a_mark_in_a_component_is_refused() -> None:
    made = layout(one('delimiter: "*", component: ":"', "{A: {type: text, component: 1}}"))
    with pytest.raises(Problem):
        line(["a:b"], made)


# ------------------------------------------------------------------ sections and continuations

SECTION = one(
    'delimiter: ";", from_line: Date, until_line: Total, header: true', "{Date: {type: text}}"
)


def test_only_the_lines_between_the_marks_are_data() -> None:
    assert cells("letter;head\n\nDate\n1\n2\nTotal;3\nbye\n", layout(SECTION)) == [["1"], ["2"]]


@pytest.mark.parametrize("text", ["Date\n1\n2\n", "letter\n1\nTotal\n", ""])
def test_a_file_without_its_marks_is_refused(text: str) -> None:
    with pytest.raises(FormatProblem, match="CW614"):
        rows(text, layout(SECTION))


def test_a_file_with_lines_around_its_data_is_not_written() -> None:
    with pytest.raises(FormatProblem, match="CW600"):
        textform.writer(layout(SECTION))


def test_lines_that_go_on_are_joined_to_their_record() -> None:
    made = layout(
        one('delimiter: ",", continuation: {starts: "88,", joint: " "}', "{A: {type: text}}")
    )
    found = rows("a\n88,b\n88,c\nd\n", made)
    assert [(row.line, row.end_line) for row in found] == [(1, 3), (4, 4)]
    assert cells("a\n88,b\n88,c\nd\n", made) == [["a b c"], ["d"]]
    assert cells("88,b\nd\n", made) == ["CW615", ["d"]]


def test_a_damaged_line_that_goes_on_damages_its_record() -> None:
    made = layout(one('delimiter: ",", continuation: {starts: "+"}', "{A: {type: text}}"))
    assert cells("a\n+b\0\nd\n", made) == ["CW604", ["d"]]


def test_all_but_the_marked_lines_go_on() -> None:
    made = layout(
        one('delimiter: ",", continuation: {unless: ":", joint: "|"}', "{A: {type: text}}")
    )
    assert cells(":a\nb\n:c\n", made) == [[":a|b"], [":c"]]
    with pytest.raises(Problem):
        line(["b"], made)


# -------------------------------------------------------------------------- places decide types

TWINS = """
file: {form: delimited, delimiter: ",", quote: none}
structure: doc*(head, item*(line, note?), end, about?)
records:
  head: {fields: {T: {type: code, always: H, tag: true}}}
  line: {fields: {T: {type: code, always: L, tag: true}}}
  note: {fields: {T: {type: code, always: N, tag: true}, A: {type: text}}}
  end: {fields: {T: {type: code, always: E, tag: true}}}
  about: {fields: {T: {type: code, always: N, tag: true}, B: {type: text}}}
"""


def test_record_types_with_the_same_tag_are_told_apart_by_their_place() -> None:
    made = layout(TWINS.lstrip())
    source = BytesIO(b"H\nL\nN,of the line\nL\nE\nN,of all\nH\nE\n")
    first, second = assemble(textform.read(source, made), made)
    assert isinstance(first, Instance)
    assert isinstance(second, Instance)
    assert [len(group) for group in first.children] == [1, 2, 1, 1]
    assert [len(item.children[1]) for item in first.children[1]] == [1, 0]
    assert first.children[3][0].cells == ["N", "of all"]


def test_one_record_type_may_be_all_that_no_tag_names() -> None:
    text = TWINS.replace("T: {type: code, always: L, tag: true}", "T: {type: code}").lstrip()
    made = layout(text)
    source = BytesIO(b"H\nanything\nE\n")
    (found,) = assemble(textform.read(source, made), made)
    assert isinstance(found, Instance)


# ------------------------------------------------------------------------------------- numbers


def test_a_comma_that_always_stands_may_have_nothing_after_it() -> None:
    swift = codec("money", Spelling(point=",!"))
    assert [str(swift.read(text)) for text in ("10,", "10,5", "10,50")] == [
        "10.00",
        "10.50",
        "10.50",
    ]
    assert swift.write(swift.read("10,")) == "10,00"
    for text in ("10", "10.50", ","):
        with pytest.raises(Problem):
            swift.read(text)


def test_such_a_comma_stands_without_decimals_too() -> None:
    assert (
        codec("decimal", Spelling(point=",!", decimals=0)).write(
            codec("decimal", Spelling()).read("10")
        )
        == "10,"
    )
