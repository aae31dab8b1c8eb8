"""The delimited form by example: headers, record types, damage, physical forms."""

from io import BytesIO
from typing import Any

import pytest
from tests.formats.kit import (
    cells,
    change,
    damage,
    delimited,
    make_layout,
    make_record,
    read_bytes,
    write_rows,
)

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.delimited import Reader, header, read, splitter, writer
from crosswalk.formats.lines import CAP, blocks
from crosswalk.model.layout import Layout
from crosswalk.model.records import Damage, Row
from crosswalk.values.codecs import MISSING, Problem


def _statement(**file: Any) -> Layout:
    record = make_record("row", ["Customer Number", "Bill-to Name", "Balance"])
    record = change(record, "Balance", on_missing="empty", column="Customer Balance")
    return make_layout([record], form="delimited", delimiter="|", quote="all", header=True, **file)


def _typed() -> Layout:
    records = []
    for ordinal, tag in enumerate(["FH", "IH", "ID"]):
        record = make_record(tag, ["Type", "A", "B"][: 2 + (tag != "FH")], ordinal)
        records.append(change(record, "Type", tag=True, always=tag))
    return make_layout(records, form="delimited", delimiter="|")


HEADERS: list[tuple[str, str, str]] = [
    ("CW610", '"Customer Number"|"Bill-to Nmae"', "'Bill-to Nmae'"),
    ("CW610", '"Customer Number"|"Bill-to Name"|"Zebra"|"Yak"', "2 columns"),
    ("CW610", '"Customer Number"|"Bill-to Name"|" "', "a column that the layout does not know"),
    ("CW610", '"Customer Number"|"Bill-to Name"|" "', 'one without a name (column: "")'),
    ("CW611", '"Customer Number"|"Customer Balance"', "'Bill-to Name'"),
    ("CW612", '"Customer Number"|"Bill-to Name"|"Bill-to Name"', "twice"),
    ("CW609", '"7"|"Ada Park"|"12.50"', "names no column"),
    ("CW609", '"Customer Number"|"Bill-to Name', "never closed"),
    ("CW609", "", "is empty"),
]


@pytest.mark.parametrize("name", ["", " "])
def test_a_column_without_a_name_is_declared_so(name: str) -> None:
    record = change(make_record("row", ["Amount", "Side"]), "Side", column=name)
    layout = make_layout([record], form="delimited", delimiter=";", header=True)
    (row,) = read_bytes(b'"Amount";" "\n"80,00";"S"\n', layout)
    assert isinstance(row, Row)
    assert row.cells == ["80,00", "S"]


@pytest.mark.parametrize(("code", "line", "words"), HEADERS, ids=[row[2] for row in HEADERS])
def test_a_header_that_does_not_fit_refuses_the_file(code: str, line: str, words: str) -> None:
    with pytest.raises(FormatProblem) as refused:
        read_bytes(line.encode(), _statement())
    assert refused.value.code == code
    assert words in str(refused.value)
    assert "Ada" not in str(refused.value)


def test_a_near_miss_in_the_header_is_named() -> None:
    with pytest.raises(FormatProblem, match="did you mean 'Bill-to Name'"):
        read_bytes(b'"Customer Number"|"Bill-to Nmae"\n', _statement())


def test_columns_are_found_by_their_header_in_any_order() -> None:
    data = b'"Bill-to Name"|"Customer Balance"|"Customer Number"\r\n"Ada"|"1.00"|"007"\r\n'
    (row,) = read_bytes(data, _statement())
    assert row == Row(2, 2, 0, ["007", "Ada", "1.00"])


def test_an_absent_optional_column_gives_missing_cells() -> None:
    (row,) = read_bytes(b'"Bill-to Name"|"Customer Number"\n"Ada"|"7"', _statement())
    assert cells(row) == ["7", "Ada", MISSING]


def test_extra_columns_are_passed_over_only_when_the_layout_says_so() -> None:
    data = b'"X"|"Customer Number"|"Bill-to Name"\n"?"|"7"|"Ada"\n"7"|"Ada"\n'
    row, short = read_bytes(data, _statement(extra_columns="ignore"))
    assert cells(row) == ["7", "Ada", MISSING]
    assert damage(short).reason == "expected 3 columns, got 2"


def test_the_header_line_is_the_column_names() -> None:
    line = header(_statement(newline="crlf"))
    assert line == '"Customer Number"|"Bill-to Name"|"Customer Balance"\r\n'


def test_record_types_are_told_apart_by_their_tags() -> None:
    rows = read_bytes(b"FH|1\nIH|2|3\nID|4|5\nID|6\nIX|7|8\nAda Park|9|0\n", _typed())
    assert [row.ordinal for row in rows if isinstance(row, Row)] == [0, 1, 2]
    short, near, far = (damage(row) for row in rows[3:])
    assert (short.code, short.reason) == ("CW606", "expected 3 columns, got 2")
    assert (near.code, near.line) == ("CW607", 5)
    assert "did you mean 'ID'" in near.reason or "did you mean 'IH'" in near.reason
    assert far.reason == "no record type matches; the tags are FH, ID, IH"


def test_record_types_may_be_told_apart_by_several_tags() -> None:
    first = change(make_record("a", ["K", "V"]), "K", tag=True, values=("1", "2"))
    second = change(make_record("b", ["V", "K"], 1), "K", tag=True, values=("3",))
    rest = make_record("c", ["V"], 2)
    layout = make_layout([rest, first, second], form="delimited")
    layout = make_layout([first, second, rest], form="delimited")
    rows = read_bytes(b"2,x\nx,3\nx\nx,y\n", layout)
    assert [row.ordinal for row in rows if isinstance(row, Row)] == [0, 1, 2]
    assert damage(rows[3]).reason == "expected 1 columns, got 2"


def test_a_single_type_with_a_tag_takes_only_its_rows() -> None:
    record = change(make_record("row", ["K", "V"]), "K", tag=True, always="D")
    good, bad = read_bytes(b"D,1\nT,2\n", make_layout([record], form="delimited"))
    assert cells(good) == ["D", "1"]
    assert damage(bad).code == "CW607"


DAMAGED: list[tuple[bytes, str, str]] = [
    (b'"a"|"b', "CW605", "never closed"),
    (b'"a"|"b"c"', "CW605", "column 2"),
    (b'"a"|b', "CW605", "does not start with a quote"),
    (b'"a"', "CW606", "expected 2 columns, got 1"),
    (b'"a"|"b"|"c"', "CW606", "got 3"),
    (b'"a"|"b\0"', "CW604", "NUL"),
    (b'"a\r"|"b"', "CW604", "CR"),
    (b'"a"|"\x81"', "CW601", "byte 0x81 at byte 6 of the line (15 of the file)"),
    (b'"a"|"\xed\xa0\x80"', "CW601", "is not utf-8"),
    (b"", "CW608", "blank"),
]


@pytest.mark.parametrize(("line", "code", "words"), DAMAGED, ids=[row[2] for row in DAMAGED])
def test_damage_says_where_and_why(line: bytes, code: str, words: str) -> None:
    layout = delimited(2, delimiter="|", quote="all")
    before, found, after = read_bytes(b'"1"|"22"\r\n' + line + b'\n"3"|"4"', layout)
    assert (cells(before), cells(after)) == (["1", "22"], ["3", "4"])
    assert damage(found).code == code
    assert damage(found).line == 2
    assert words in damage(found).reason


def test_damage_names_the_field_where_the_line_breaks() -> None:
    (found,) = read_bytes(b'"a"|"b"c"', delimited(2, delimiter="|", quote="all"))
    assert damage(found).field == "F1"


def test_only_line_feeds_end_lines() -> None:
    text = "a\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029b"
    (row,) = read_bytes(f"{text},c\n".encode(), delimited(2))
    assert cells(row) == [text, "c"]


def test_a_long_line_is_damage_and_never_held_whole() -> None:
    class Counting(BytesIO):
        biggest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert 0 < size <= CAP
            return super().read(size)

    data = b"a,b\n" + b"x" * (5 * CAP) + b"\nc,d\n" + b"y" * (CAP - 1) + b",\ne,f"
    one, long, two, edge, three = read(Counting(data), delimited(2))
    assert [cells(row) for row in (one, two, three)] == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert (damage(long).code, damage(long).line, len(damage(long).text)) == ("CW603", 2, 200)
    assert isinstance(edge, Row)


@pytest.mark.parametrize("extra", [0, 1])
def test_the_longest_line_has_exactly_the_cap(extra: int) -> None:
    (found,) = read_bytes(b"x" * (CAP + extra) + b"\n", delimited(1))
    assert isinstance(found, Damage if extra else Row)


def test_a_byte_order_mark_is_never_part_of_the_first_value() -> None:
    (row,) = read_bytes(b'\xef\xbb\xbf"FH",1', delimited(2))
    assert cells(row) == ["FH", "1"]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"\xef\xbb\xbf", "cp1252"), (b"\xff\xfe", "utf-8"), (b"\xfe\xff", "cp1252")],
)
def test_a_byte_order_mark_that_contradicts_the_layout_refuses_the_file(
    mark: bytes, encoding: str
) -> None:
    with pytest.raises(FormatProblem) as refused:
        read_bytes(mark + b"a,b", delimited(2, encoding=encoding))
    assert refused.value.code == "CW602"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "no-such", "cp037", "hz", "rot13"])
def test_an_encoding_that_hides_line_ends_is_refused(encoding: str) -> None:
    with pytest.raises(FormatProblem) as refused:
        read_bytes(b"a,b", delimited(2, encoding=encoding))
    assert refused.value.code == "CW602"


def test_lines_before_the_header_blank_lines_and_comments_are_passed_over() -> None:
    layout = _statement(skip_lines=2, skip_blank=True, comment="#")
    data = b'\xff\n"x\n\n# made "today\n"Customer Number"|"Bill-to Name"\n#\n  \n"1"|"Ada"\n'
    assert read_bytes(data, layout) == [Row(8, 8, 0, ["1", "Ada", MISSING])]


def test_trailing_optional_fields_may_be_left_out_by_position() -> None:
    record = change(make_record("row", ["A", "B", "C"]), "C", on_missing="empty")
    short, full, wrong = read_bytes(b"1,2\n1,2,3\n1\n", make_layout([record], form="delimited"))
    assert (cells(short), cells(full)) == (["1", "2", MISSING], ["1", "2", "3"])
    assert damage(wrong).reason == "expected 2 to 3 columns, got 1"


def test_segments_end_at_their_own_terminator_and_release_characters_free_it() -> None:
    layout = delimited(2, delimiter="+", quote="none", escape="?", record_end="'")
    rows = read_bytes(b"A+it?'s'\r\nB+1?+1??'C+x:y''D+?:'", layout)
    assert [cells(row) for row in rows if isinstance(row, Row)] == [
        ["A", "it's"],
        ["B", "1+1?"],
        ["C", "x:y"],
        ["D", ":"],
    ]
    assert damage(rows[3]).code == "CW608"
    assert [row.line for row in rows] == [1, 2, 3, 4, 5]


def test_a_tilde_ends_records_on_one_line_or_many() -> None:
    layout = delimited(2, delimiter="*", quote="none", record_end="~")
    for data in (b"N1*PR~N1*PE~", b"N1*PR~\r\nN1*PE~\r\n", b"N1*PR~\n  N1*PE\n"):
        assert [cells(row) for row in read_bytes(data, layout)] == [["N1", "PR"], ["N1", "PE"]]


def test_a_line_break_inside_a_segment_is_damage() -> None:
    bad, good = read_bytes(b"a*b\nc~d*e~", delimited(2, delimiter="*", record_end="~"))
    assert damage(bad).code == "CW604"
    assert cells(good) == ["d", "e"]


def test_a_backslash_frees_only_what_has_a_meaning() -> None:
    layout = delimited(2, quote="all", escape="backslash")
    good, bad = read_bytes(rb'"a\"b\\","\,"' + b"\n" + rb'"C:\temp",""', layout)
    assert cells(good) == ['a"b\\', ","]
    assert damage(bad).code == "CW605"


def test_values_may_span_lines_when_the_layout_says_so() -> None:
    layout = delimited(2, quote="all", multiline=True)
    rows = read_bytes(b'"a\r\n""b\nc","d"\r\n"e","f"\n', layout)
    assert rows == [Row(1, 3, 0, ['a\r\n"b\nc', "d"]), Row(4, 4, 0, ["e", "f"])]


def test_a_quote_never_closed_costs_its_line_although_values_may_span_lines() -> None:
    layout = delimited(2, quote="all", multiline=True)
    rows = read_bytes(b'"a","b"\n"c","d\n' + b'"e","f\ng"\n' * 3, layout)
    assert [cells(row) for row in rows if isinstance(row, Row)] == [["a", "b"]] + [
        ["e", "f\ng"]
    ] * 3
    assert [(d.line, d.end_line, d.code) for d in rows if isinstance(d, Damage)] == [
        (2, 2, "CW605")
    ]


def test_a_bad_byte_in_a_spanning_value_costs_the_whole_record() -> None:
    layout = delimited(2, quote="all", multiline=True)
    bad, good = read_bytes(b'"a\n\xff\nb","c"\n"d","e"\n', layout)
    assert (damage(bad).line, damage(bad).end_line, damage(bad).code) == (1, 3, "CW601")
    assert cells(good) == ["d", "e"]


UNWRITABLE: list[tuple[dict[str, Any], str, str]] = [
    ({"quote": "none"}, "a,b", "CW620"),
    ({"quote": "none", "delimiter": "||"}, "a|", "CW620"),
    ({"quote": "none", "record_end": "~"}, "a~b", "CW620"),
    ({"quote": "all", "record_end": "~"}, "a~b", "CW620"),
    ({"quote": "none", "comment": "#"}, "#1", "CW620"),
    ({"quote": "all", "escape": "none"}, 'a"b', "CW620"),
    ({"quote": "all"}, "a\nb", "CW621"),
    ({"quote": "needed"}, "a\rb", "CW621"),
    ({"quote": "none", "multiline": True}, "a\nb", "CW621"),
    ({"quote": "all", "multiline": True}, "a\rb", "CW621"),
    ({"quote": "all", "multiline": True}, "a\0b", "CW621"),
    ({"encoding": "cp1252"}, "\u4e00", "CW622"),
    ({"encoding": "ascii"}, "é", "CW622"),
    ({}, "\ud800", "CW622"),
]


@pytest.mark.parametrize(("form", "text", "code"), UNWRITABLE, ids=str)
def test_a_text_the_form_cannot_hold_is_refused_with_its_field(
    form: dict[str, Any], text: str, code: str
) -> None:
    layout = delimited(2, **form)
    with pytest.raises(Problem) as refused:
        write_rows([[text, "x"]], layout)
    assert refused.value.code == code
    assert getattr(refused.value, "field", None) == "F0"
    assert text not in refused.value.reason


WRITTEN: list[tuple[dict[str, Any], list[str], str]] = [
    ({}, ["a", 'b "c"'], 'a,"b ""c"""\n'),
    ({}, ["a,b", "-1.50"], '"a,b",-1.50\n'),
    ({"quote": "all", "newline": "crlf"}, ["a", ""], '"a",""\r\n'),
    ({"escape": "backslash"}, ['a"', "b\\"], '"a\\"",b\\\\\n'),
    ({"quote": "none", "escape": "?", "record_end": "'"}, ["a,b", "c'?"], "a?,b,c?'??'\n"),
    ({"comment": "#"}, ["#1", "x"], '"#1",x\n'),
    ({"record_end": "~", "newline": "none"}, ["a", "b"], "a,b~"),
]


@pytest.mark.parametrize(("form", "row", "line"), WRITTEN, ids=str)
def test_a_line_is_written_in_its_form(form: dict[str, Any], row: list[str], line: str) -> None:
    assert write_rows([row], delimited(2, **form)) == line


def test_a_writer_wants_a_text_for_every_field() -> None:
    layout = delimited(2, quote="none")
    with pytest.raises(ValueError, match="argument"):
        writer(layout)(layout.records[0], ["a,b"])


def test_a_block_read_in_the_middle_keeps_counting_lines() -> None:
    (block,) = blocks(BytesIO(b"c,d\ne,f\n"), delimited(2, skip_lines=1).file, first=12)
    assert (block.first, block.pieces) == (12, [b"c,d", b"e,f"])


def test_a_readers_split_puts_columns_in_layout_order() -> None:
    layout = _statement()
    straight = Reader(layout, '"Customer Number"|"Bill-to Name"|"Customer Balance"')
    turned = Reader(layout, '"Bill-to Name"|"Customer Number"|"Customer Balance"')
    line = '"1"|"2"|"3"'
    assert straight.split(line) == splitter(layout)(line) == ["1", "2", "3"]
    assert turned.split(line) == ["2", "1", "3"]
    assert turned.read(1, 1, line) == Row(1, 1, 0, ["2", "1", "3"])
