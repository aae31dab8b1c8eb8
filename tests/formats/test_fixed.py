"""The fixed-width form: places, padding, lengths, record types, blocks; what is found wrong."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.formats.kit import cells, damage

from crosswalk.documents.source import Map
from crosswalk.documents.source import read as read_yaml
from crosswalk.findings.diagnostics import Diagnostic, Severity
from crosswalk.formats.fixed import filling, read, writer
from crosswalk.model.layout import Layout
from crosswalk.model.records import Damage, Row
from crosswalk.planning.read_layout import read_layout
from crosswalk.values.codecs import Problem

HEAD = "crosswalk: 1\nkind: layout\nname: demo/fixed\nversion: 1.0.0\n"


def build(fields: str, file: str = "") -> tuple[Layout | None, list[Diagnostic]]:
    records = f"structure: row*\nrecords: {{row: {{fields: {fields}}}}}\n"
    text = f"{HEAD}file: {{form: fixed{file}}}\n{records}"
    node, findings = read_yaml(text, "layout.yaml")
    assert isinstance(node, Map), findings
    return read_layout(node)


def layout(fields: str, file: str = "") -> Layout:
    made, findings = build(fields, file)
    assert made is not None, findings
    assert [one for one in findings if one.severity is Severity.ERROR] == []
    return made


def codes(fields: str, file: str = "") -> list[str]:
    return [one.code for one in build(fields, file)[1]]


def rows(data: str, made: Layout, encoding: str = "utf-8") -> list[Row | Damage]:
    return list(read(BytesIO(data.encode(encoding)), made))


def line(texts: list[str], made: Layout) -> str:
    return writer(made)(made.records[0], texts)


TWO = "{A: {type: text, width: 4}, B: {type: money, width: 6}}"


def test_fields_stand_one_after_another_without_padding() -> None:
    assert cells(rows("ab    1.50\n", layout(TWO))[0]) == ["ab", "1.50"]


def test_a_start_leaves_a_gap_that_is_written_blank() -> None:
    made = layout("{A: {type: text, width: 2}, B: {type: text, start: 5, width: 2}}")
    assert line(["x", "y"], made) == "x   y \n"
    assert cells(rows("x ??y \n", made)[0]) == ["x", "y"]


@pytest.mark.parametrize("data", ["ab    1.5\n", "ab    1.500\n"])
def test_a_line_of_another_length_names_both_lengths(data: str) -> None:
    found = damage(rows(data, layout(TWO))[0])
    assert (found.code, found.reason) == ("CW613", f"expected 10 characters, got {len(data) - 1}")


def test_a_damaged_line_costs_no_neighbour() -> None:
    found = rows("ab    1.50\nshort\ncd    2.50\n", layout(TWO))
    assert [type(one) for one in found] == [Row, Damage, Row]


@pytest.mark.parametrize("policy", ["optional", "cut"])
def test_short_lines_are_allowed_only_if_declared(policy: str) -> None:
    made = layout(
        "{A: {type: text, width: 4}, B: {type: text, width: 4}}", f", trailing_blanks: {policy}"
    )
    assert cells(rows("abc\n", made)[0]) == ["abc", ""]
    assert damage(rows("abcdefghi\n", made)[0]).code == "CW613"
    assert line(["abc", ""], made) == {"optional": "abc     \n", "cut": "abc\n"}[policy]


@pytest.mark.parametrize(
    ("field", "text", "written"),
    [
        ("{type: money, width: 8}", "-1.50", "   -1.50"),
        ("{type: money, width: 8, align: left}", "-1.50", "-1.50   "),
        ('{type: money, width: 8, pad: "0"}', "-1.50", "-0001.50"),
        ('{type: money, width: 8, pad: "0", sign: parentheses}', "(1.50)", "(001.50)"),
        ('{type: money, width: 8, pad: "0", sign: trailing}', "1.50-", "0001.50-"),
        ('{type: money, width: 8, pad: "0", symbol: $}', "$1.50", "$0001.50"),
        ('{type: money, width: 5, pad: "0", point: implied, sign: overpunch}', "5}", "0005}"),
        ('{type: money, width: 4, pad: "0", point: implied, sign: overpunch}', "{", "000{"),
        ('{type: integer, width: 4, pad: "0"}', "", "    "),
        ('{type: code, width: 6, align: right, pad: "0"}', "42", "000042"),
        ("{type: code, width: 6}", "0042", "0042  "),
        ('{type: date, format: yyyyMMdd, width: 8, pad: "0"}', "", "00000000"),
    ],
)
def test_padding_stands_where_it_belongs(field: str, text: str, written: str) -> None:
    made = layout(f"{{A: {field}}}")
    assert line([text], made) == written + "\n"
    back = cells(rows(written + "\n", made)[0])[0]
    codec = made.records[0].fields[0].codec
    assert isinstance(back, str)
    assert back == text or codec.read(back) == codec.read(text)


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("{type: money, width: 4}", "10.50", "CW623"),
        ("{type: code, width: 4}", "10501", "CW623"),
        ("{type: text, width: 4}", "abcde", "CW623"),
        ('{type: code, width: 4, align: right, pad: "0"}', "042", "CW624"),
        ("{type: code, width: 4}", "42 ", "CW624"),
        ("{type: code, width: 4, align: right}", " 42", "CW624"),
        ('{type: date, format: yyMMdd, width: 8, pad: "0"}', "210104", "CW624"),
        ("{type: text, width: 4}", "a\nb", "CW621"),
    ],
)
def test_what_does_not_fit_is_refused_and_never_cut(field: str, text: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        line([text], layout(f"{{A: {field}}}"))
    assert refused.value.code == code


def test_a_character_the_encoding_does_not_have_is_refused() -> None:
    with pytest.raises(Problem, match="U\\+20AC"):
        line(["€"], layout("{A: {type: text, width: 4}}", ", encoding: iso-8859-1"))


def test_text_and_codes_get_their_width_as_length_and_numbers_do_not() -> None:
    made = layout(
        "{A: {type: text, width: 4}, B: {type: code, width: 3}, C: {type: money, width: 9}}"
    )
    assert [one.length for one in made.records[0].fields] == [4, 3, None]


@pytest.mark.parametrize(
    ("fields", "file", "found"),
    [
        ("{A: {type: text, width: 4}, B: {type: text, start: 4, width: 2}}", "", ["CW430"]),
        (
            "{A: {type: text, width: 9}, B: {type: text, start: 2, width: 2},"  # noqa: ISC004
            " C: {type: text, start: 6, width: 1}}",
            "",
            ["CW430", "CW430"],
        ),
        ("{A: {type: text, width: 2}, B: {type: text, start: 5, width: 2}}", "", ["CW426"]),
        ("{A: {type: text, width: 2}}", ", record_length: 5", ["CW426"]),
        ("{A: {type: text, width: 6}}", ", record_length: 5", ["CW409"]),
        ("{A: {type: text}}", "", ["CW428"]),
        ('{A: {type: code, width: 4, pad: "0"}}', "", ["CW429"]),
        ('{A: {type: money, width: 9, pad: "0", group: ","}}', "", ["CW429"]),
        ("{A: {type: code, width: 2, always: ABC}}", "", ["CW429"]),
        (TWO, "", []),
    ],
)
def test_places_that_cannot_be_are_found(fields: str, file: str, found: list[str]) -> None:
    assert codes(fields, file) == found


def test_a_gap_is_only_worth_knowing() -> None:
    _, findings = build("{A: {type: text, width: 2}}", ", record_length: 5")
    assert [one.severity for one in findings] == [Severity.INFO]


TYPES = """
file: {form: fixed, record_length: 6}
structure: head, row*, tail?
records:
  head: {fields: {T: {type: code, width: 1, always: H, tag: true}, A: {type: text, width: 5}}}
  row:
    fields:
      A: {type: text, width: 4}
      T: {type: code, width: 2, values: ["01", "02"], tag: true}
  tail:
    fields:
      T: {type: code, width: 1, always: T, tag: true}
      S: {type: code, width: 1, always: "9", tag: true}
      N: {type: integer, width: 4, pad: "0"}
"""


def types() -> Layout:
    node, _ = read_yaml(HEAD + TYPES.lstrip(), "layout.yaml")
    assert isinstance(node, Map)
    made, findings = read_layout(node)
    assert made is not None, findings
    return made


def test_tags_at_their_places_tell_record_types_apart() -> None:
    found = rows("Habc  \nTx  01\nT90007\n", types())
    assert [one.ordinal for one in found if isinstance(one, Row)] == [0, 1, 2]


def test_a_line_without_a_known_tag_is_damage() -> None:
    assert [damage(one).code for one in rows("Xabc03\n      \n", types())] == ["CW607", "CW608"]


def test_blocks_without_line_ends_are_cut_by_length() -> None:
    made = layout(TWO, ", newline: none, encoding: cp037")
    written = line(["ab", "1.50"], made) + line(["cd", "2.50"], made)
    assert written == "ab    1.50cd    2.50"
    assert [cells(one) for one in rows(written, made, "cp037")] == [["ab", "1.50"], ["cd", "2.50"]]


def test_the_rest_of_a_file_of_blocks_is_damage() -> None:
    made = layout(TWO, ", newline: none, encoding: ascii")
    assert damage(rows("ab    1.50cd", made)[1]).reason == "expected 10 characters, got 2"


def test_line_ends_in_a_file_of_blocks_are_damage() -> None:
    made = layout(TWO, ", newline: none, encoding: ascii")
    assert damage(rows("ab    1.50\ncd    2.5", made)[1]).code == "CW604"


def test_blocks_in_an_encoding_of_several_bytes_are_refused() -> None:
    with pytest.raises(Exception, match="CW602"):
        rows("ab    1.50", layout(TWO, ", newline: none"))


def test_comments_and_blank_lines_are_passed_over_where_declared() -> None:
    made = layout(TWO, ', comment: "#", skip_blank: true')
    assert len(rows("# note\n\nab    1.50\n", made)) == 1


# ------------------------------------------------------------------------------------ laws

KINDS: list[dict[str, Any]] = [
    {"type": kind, "align": align, "pad": pad}
    for kind in ("text", "code", "date")
    for align, pad in (("left", " "), ("right", " "), ("right", "0"))
]
FILES: list[dict[str, Any]] = [
    {},
    {"trailing_blanks": "cut", "newline": "crlf"},
    {"newline": "none", "encoding": "cp1252"},
    {"record_end": "~", "newline": "lf"},
    {"comment": "#", "skip_blank": True, "encoding": "ascii"},
]


def drawn(data: st.DataObject) -> Layout:
    """A layout of up to four fields of any kind, at places of their own."""
    count = data.draw(st.integers(1, 4))
    kinds = [data.draw(st.sampled_from(KINDS)) for _ in range(count)]
    made = layout(f"{{{', '.join(f'F{n}: {{type: code, width: 1}}' for n in range(count))}}}")
    fields, at = [], 1
    for field, kind in zip(made.records[0].fields, kinds, strict=True):
        at += data.draw(st.integers(0, 2))
        width = data.draw(st.integers(1, 5))
        codec = replace(field.codec, type=kind["type"])
        place = {"start": at, "width": width, "align": kind["align"], "pad": kind["pad"]}
        fields.append(replace(field, codec=codec, **place))
        at += width
    record = replace(made.records[0], fields=tuple(fields))
    branch = replace(made.root.children[0], record=record)
    file = replace(made.file, record_length=at + 1, **data.draw(st.sampled_from(FILES)))
    return replace(made, records=(record,), root=replace(made.root, children=(branch,)), file=file)


def meant(text: str, made: Layout, position: int) -> str:
    """What of a text has a meaning: blanks beside the padding of a text have none."""
    field = made.records[0].fields[position]
    if field.codec.type != "text" or field.pad != " ":
        return text
    return text.rstrip(" ") if field.align == "left" else text.lstrip(" ")


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_what_is_written_reads_back_the_same(data: st.DataObject) -> None:
    made = drawn(data)
    count = len(made.records[0].fields)
    texts = st.lists(st.text("ab0 #~é\n\ufeff€", max_size=5), min_size=count, max_size=count)
    written, wanted = "", []
    for one in data.draw(st.lists(texts, max_size=4)):
        try:
            written += line(one, made)
        except Problem:
            continue
        wanted.append([meant(text, made, at) for at, text in enumerate(one)])
    found = rows(written, made, made.file.encoding)
    assert [cells(row) for row in found] == wanted


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_plain_values_that_fit_are_never_refused(data: st.DataObject) -> None:
    made = drawn(data)
    assume(made.file.record_end is None or made.records[0].fields[0].start == 1)
    texts = ["x" * (field.width or 1) for field in made.records[0].fields]
    found = rows(line(texts, made), made, made.file.encoding)
    assert [cells(row) for row in found] == [texts]


NUMBERS = [
    f"{{type: {kind}, width: 14, align: {align}, pad: {pad!r}, sign: {sign}{more}}}"
    for kind, more in (
        ("integer", ""),
        ("money", ""),
        ("money", ", point: implied"),
        ("decimal", ", decimals: 3"),
    )
    for align, pad in (("left", " "), ("right", " "), ("right", "0"))
    for sign in ("leading", "trailing", "parentheses", "explicit", "overpunch", "debit-credit")
]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(NUMBERS), st.integers(-99999999, 99999999))
def test_numbers_keep_their_value_in_every_spelling(field: str, minor: int) -> None:
    made = layout(f"{{N: {field}}}")
    codec = made.records[0].fields[0].codec
    value = minor if codec.type == "integer" else codec.read(codec.write(minor // 1000))
    written = line([codec.write(value)], made)
    assert len(written) == 15
    (back,) = cells(rows(written, made)[0])
    assert isinstance(back, str)
    assert codec.read(back) == value


# --- blocks ------------------------------------------------------------------------------------

TAGGED = "{T: {type: code, width: 1, always: R, tag: true}, A: {type: code, width: 3}}"
BLOCKS = ", blocks: {records: 3, fill: '9'}"


def test_what_fills_up_a_block_is_passed_over() -> None:
    found = rows("R001\nR002\n9999\n", layout(TAGGED, BLOCKS))
    assert [cells(row) for row in found] == [["R", "001"], ["R", "002"]]


def test_nothing_may_follow_what_fills_up_a_block() -> None:
    first, second, third = rows("R001\n9999\nR002\nX\n", layout(TAGGED, BLOCKS))
    assert cells(first) == ["R", "001"]
    assert [damage(one).code for one in (second, third)] == ["CW630", "CW630"]


@given(st.integers(0, 12), st.integers(2, 10), st.sampled_from(["lf", "crlf", "none"]))
def test_a_block_is_filled_up_with_as_few_records_as_needed(
    count: int, block: int, newline: str
) -> None:
    file = f", encoding: ascii, newline: {newline}, blocks: {{records: {block}, fill: '9'}}"
    made = layout(TAGGED, file)
    text = line(["R", "001"], made) * count + filling(made, count)
    size = len(line(["R", "001"], made))
    assert len(text) % (block * size) == 0
    assert len(text) // size - count < block
    assert len(rows(text, made)) == count


def test_a_record_that_looks_like_filling_is_not_written() -> None:
    made = layout("{T: {type: code, width: 1, values: [R, '9'], tag: true}}", BLOCKS)
    with pytest.raises(Problem, match="looks like a record that fills up a block"):
        line(["9"], made)


@pytest.mark.parametrize(
    ("fields", "file", "code"),
    [
        ("{A: {type: code, width: 3}}", BLOCKS, "CW406"),
        (TAGGED, ", newline: rdw, encoding: ascii" + BLOCKS, "CW427"),
    ],
)
def test_blocks_need_records_of_one_length_that_are_told_apart(
    fields: str, file: str, code: str
) -> None:
    assert codes(fields, file) == [code]


# --- no line ends --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (", newline: none, encoding: ascii, trailing_blanks: cut", "CW427"),
        (", newline: none, encoding: ascii, trailing_blanks: optional", "CW427"),
        (", newline: none, encoding: ascii, from_line: X", "CW445"),
        (", newline: none, encoding: ascii, until_line: X", "CW445"),
        (", newline: rdw, encoding: ascii, continuation: {starts: X}", "CW445"),
    ],
)
def test_what_needs_line_ends_is_found_where_there_are_none(file: str, code: str) -> None:
    assert codes("{A: {type: text, width: 4}}", file) == [code]


def test_records_may_end_in_a_text_alone() -> None:
    made = layout("{A: {type: text, width: 4}}", ", newline: none, record_end: '~'")
    text = line(["ab"], made) + line(["cdéf"], made)
    assert text == "ab  ~cdéf~"
    assert [cells(row) for row in rows(text, made)] == [["ab"], ["cdéf"]]
