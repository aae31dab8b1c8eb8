"""Fixed-width records in bytes: packed, zoned and binary numbers, wide characters, lengths."""

from decimal import Context, Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st
from tests.formats.kit import cells, damage
from tests.formats.test_fixed import build, codes, layout

from crosswalk.documents.source import Map
from crosswalk.documents.source import read as read_yaml
from crosswalk.findings.errors import FormatProblem
from crosswalk.formats.fixed import read, writer
from crosswalk.formats.textform import encoder
from crosswalk.model.layout import Layout
from crosswalk.model.records import Damage, Row
from crosswalk.planning.read_layout import read_layout
from crosswalk.values.codecs import Problem
from crosswalk.values.stored import USAGES

BARE = ", newline: none, encoding: cp037"
PACKED = "{Amount: {type: money, usage: packed, width: 4}}"


def rows(data: bytes, made: Layout) -> list[Row | Damage]:
    return list(read(BytesIO(data), made))


def one(data: str, fields: str, file: str = BARE) -> list[Any]:
    return cells(rows(bytes.fromhex(data), layout(fields, file))[0])


def written(texts: list[str], fields: str, file: str = BARE) -> str:
    made = layout(fields, file)
    return encoder(made)(writer(made)(made.records[0], texts)).hex().upper()


def value(data: str, fields: str) -> Any:
    """The typed value of the first field."""
    made = layout(fields, BARE)
    cell = cells(rows(bytes.fromhex(data), made)[0])[0]
    return made.records[0].fields[0].codec.read(str(cell))


# --- numbers, byte by byte, as IBM's principles of operation show them -------------------------

KNOWN = [
    ("money, usage: packed, width: 4", "0012345C", "123.45"),
    ("money, usage: packed, width: 4", "0012345D", "-123.45"),
    ("money, usage: packed, width: 4", "0000005F", "0.05"),
    ("integer, usage: packed, width: 1", "7D", "-7"),
    ("integer, usage: packed, digits: 4, width: 3", "01234C", "1234"),
    ("decimal, decimals: 3, usage: packed-unsigned, width: 3", "12345F", "12.345"),
    ("money, usage: zoned, width: 5", "F1F2F3F4D5", "-123.45"),
    ("money, usage: zoned, width: 5", "F1F2F3F4C5", "123.45"),
    ("money, usage: zoned, width: 5", "F1F2F3F4F5", "123.45"),
    ("money, usage: zoned, width: 5", "4040404040", ""),
    ("integer, usage: binary, width: 2", "FFFE", "-2"),
    ("integer, usage: binary-unsigned, width: 2", "FFFE", "65534"),
    ("money, usage: binary, width: 4", "00003039", "123.45"),
    ("integer, usage: binary, width: 8", "8000000000000000", "-9223372036854775808"),
    ("code, usage: packed-unsigned, digits: 5, width: 3", "00042F", "00042"),
    (
        "date, format: yyyyMMdd, digits: 8, usage: packed-unsigned, width: 5",
        "020260105F",
        "20260105",
    ),
    ("date, format: yyyyMMdd, digits: 8, usage: packed-unsigned, width: 5", "000000000F", ""),
    ("date, format: yyyyMMdd, digits: 8, usage: binary, width: 4", "013527C9", "20260809"),
]


@pytest.mark.parametrize(("field", "data", "text"), KNOWN)
def test_bytes_are_the_number_that_they_are_known_to_be(field: str, data: str, text: str) -> None:
    assert one(data, f"{{A: {{type: {field}}}}}") == [text]


@pytest.mark.parametrize(
    ("field", "data", "reason"),
    [
        ("packed, width: 4", "0012345A", "its sign is A, not C, D or F"),
        ("packed, width: 4", "0012E45C", "its digit 5 is E"),
        ("packed, width: 4", "40404040", "its sign is 0, not C, D or F"),
        ("packed-unsigned, width: 2", "123D", "the sign D, and no negative numbers are declared"),
        ("packed, digits: 4, width: 3", "12345C", "it has 5 digits, 4 are declared"),
        ("zoned, width: 3", "F140F3", "its byte 2 is 40, not F0 to F9"),
        ("zoned, width: 3", "F1FAF3", "its digit 2 is A"),
        ("zoned, width: 2", "F133", "its sign is 3, not C, D or F"),
        ("binary, digits: 4, width: 2", "2710", "it has 5 digits, 4 are declared"),
    ],
)
def test_bytes_that_are_no_number_say_where_and_why(field: str, data: str, reason: str) -> None:
    fields = f"{{A: {{type: integer, usage: {field}}}}}"
    assert one(data, fields) == [f"X'{data}' at 1 to {len(data) // 2}"]
    with pytest.raises(Problem, match="CW532") as refused:
        value(data, fields)
    assert reason in refused.value.reason


def test_a_number_may_repeat_and_each_says_its_own_place() -> None:
    text = (
        "crosswalk: 1\nkind: layout\nname: demo/fixed\nversion: 1.0.0\n"
        f"file: {{form: fixed{BARE}}}\nstructure: row*(item*)\nrecords:\n"
        "  row: {fields: {T: {type: code, width: 1}}}\n"
        "  item: {in: row, times: 2, fields: {N: {type: money, usage: packed, width: 2}}}\n"
    )
    node, _ = read_yaml(text, "layout.yaml")
    assert isinstance(node, Map)
    made, findings = read_layout(node)
    assert made is not None, findings
    data = bytes.fromhex("C1123C404D")
    assert cells(rows(data, made)[0]) == ["A", "1.23", "-4.04"]
    assert cells(rows(bytes.fromhex("C1123C4040"), made)[0])[2] == "X'4040' at 4 to 5"


def test_a_code_is_never_negative() -> None:
    with pytest.raises(Problem, match="it is negative"):
        value("123D", "{A: {type: code, usage: packed, digits: 3, width: 2}}")


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        ("100000.00", "money, usage: packed, width: 4", "CW623"),
        ("-1.00", "money, usage: packed-unsigned, width: 4", "CW523"),
        ("", "money, usage: packed, width: 4", "CW529"),
        ("32768", "integer, usage: binary, width: 2", "CW623"),
        ("10000", "integer, usage: binary, digits: 4, width: 2", "CW623"),
        ("42", "code, usage: packed, digits: 3, width: 2", "CW624"),
        ("4x2", "code, usage: packed, digits: 3, width: 2", "CW529"),
        ("", "code, usage: packed, digits: 3, width: 2", "CW529"),
    ],
)
def test_what_bytes_cannot_hold_is_not_written(text: str, field: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        written([text], f"{{A: {{type: {field}}}}}")
    assert refused.value.code == code


def test_a_day_that_is_not_there_is_written_as_zeros_and_read_as_none() -> None:
    fields = "{A: {type: date, format: yyyyMMdd, digits: 8, usage: packed, width: 5}}"
    assert written([""], fields) == "000000000C"
    assert one("000000000C", fields) == [""]


@st.composite
def _numbers(draw: st.DrawFn) -> tuple[str, str, Decimal]:
    name = draw(st.sampled_from(sorted(USAGES)))
    usage = USAGES[name]
    width = draw(st.sampled_from([*usage.widths]))
    digits = draw(st.integers(1, usage.capacity(width)))
    decimals = draw(st.integers(0, min(digits, 18)))
    least = -(10**digits) + 1 if usage.signed else 0
    value = draw(st.integers(least, 10**digits - 1))
    field = (
        f"{{A: {{type: decimal, decimals: {decimals}, usage: {name}, digits: {digits}, "
        f"width: {width}}}}}"
    )
    return field, name, Decimal(value).scaleb(-decimals, Context(prec=60))


@given(_numbers())
@settings(max_examples=300)
def test_a_number_written_in_bytes_reads_back_exactly(made: tuple[str, str, Decimal]) -> None:
    fields, _, number = made
    plan = layout(fields, BARE)
    field = plan.records[0].fields[0]
    data = encoder(plan)(writer(plan)(plan.records[0], [field.codec.write(number)]))
    assert len(data) == field.width
    [cell] = cells(rows(data, plan)[0])
    assert field.codec.read(str(cell)) == number


@given(st.sampled_from(sorted(USAGES)), st.binary(min_size=4, max_size=4))
@settings(max_examples=300)
@example("packed", b"\x00\x00\x00\x0d")
def test_any_bytes_are_a_number_that_means_the_same_or_are_refused(name: str, data: bytes) -> None:
    fields = f"{{A: {{type: money, usage: {name}, width: 4}}}}"
    plan = layout(fields, BARE)
    codec = plan.records[0].fields[0].codec
    [cell] = cells(rows(data, plan)[0])
    try:
        number = codec.read(str(cell))
    except Problem as wrong:
        event(wrong.code)
        number = None
    assume(number is not None and cell != "")
    again = encoder(plan)(writer(plan)(plan.records[0], [codec.write(number)]))
    assert codec.read(str(cells(rows(again, plan)[0])[0])) == number


@given(st.text(alphabet="AZäß09{}' ", max_size=6), st.integers(-99999, 99999))
@settings(max_examples=100)
def test_texts_stand_beside_numbers_in_the_encoding_of_the_file(text: str, number: int) -> None:
    fields = "{T: {type: text, width: 6}, N: {type: integer, usage: packed, width: 3}}"
    for encoding in ("cp037", "cp273", "cp1252"):
        plan = layout(fields, f", newline: none, encoding: {encoding}")
        data = encoder(plan)(writer(plan)(plan.records[0], [text, str(number)]))
        assert data[:6] == text.rstrip(" ").ljust(6).encode(encoding)
        assert cells(rows(data, plan)[0]) == [text.rstrip(" "), str(number)]


def test_a_byte_that_is_no_character_costs_its_record_where_a_text_stands() -> None:
    fields = "{T: {type: text, width: 2}, N: {type: integer, usage: binary, width: 2}}"
    plan = layout(fields, ", newline: none, encoding: cp1252")
    good, bad, last = rows(bytes.fromhex("4142818D418100014344000A"), plan)
    assert cells(good) == ["AB", str(int.from_bytes(b"\x81\x8d", "big", signed=True))]
    assert (damage(bad).code, damage(bad).field) == ("CW601", "T")
    assert damage(bad).reason == "byte 0x81 at 2 is not of the encoding"
    assert cells(last) == ["CD", "10"]


def test_a_tag_may_be_a_number() -> None:
    fields = "{T: {type: integer, usage: packed, width: 1, always: '2', tag: true}}"
    assert one("2C", fields) == ["2"]
    assert damage(rows(b"\x3c", layout(fields, BARE))[0]).code == "CW607"


# --- lengths before records --------------------------------------------------------------------

RDW = ", newline: rdw, encoding: cp037"
TEXTS = "{A: {type: text, width: 2}, N: {type: integer, usage: packed, width: 2}}"


def test_records_have_their_length_before_them_both_ways() -> None:
    data = "00080000C1C2012C" + "00080000C3C4003D"
    plan = layout(TEXTS, RDW)
    assert [cells(row) for row in rows(bytes.fromhex(data), plan)] == [["AB", "12"], ["CD", "-3"]]
    assert written(["AB", "12"], TEXTS, RDW) == data[:16]


def test_a_record_of_another_length_costs_itself() -> None:
    first, second = rows(bytes.fromhex("00070000C1C20C" + "00080000C1C2012C"), layout(TEXTS, RDW))
    assert damage(first).code == "CW613"
    assert cells(second) == ["AB", "12"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("C1C2C3C4", "record 1 begins with C1C2C3C4, which is no length"),
        ("00080000C1C2012C000300", "record 2 begins with 000300"),
        ("00080001C1C2012C", "record 1 begins with 00080001"),
        ("00080000C1C2", "record 1 has 8 bytes, the file ends after 6"),
    ],
)
def test_a_file_whose_lengths_cannot_be_is_refused(data: str, told: str) -> None:
    with pytest.raises(FormatProblem) as refused:
        rows(bytes.fromhex(data), layout(TEXTS, RDW))
    assert refused.value.code == "CW625"
    assert told in str(refused.value)


# --- positions in bytes --------------------------------------------------------------------------

WIDE = "{Name: {type: text, width: 8}, Amount: {type: integer, width: 4}}"
ENCODINGS = ("utf-8", "cp932", "gbk", "gb18030", "big5", "cp949")


def test_positions_count_bytes() -> None:
    plan = layout(WIDE, ", positions: bytes")
    for text in ("ABCDEFGH", "Ü1234567"[:7], "山田  "):
        data = text.encode().ljust(8) + b"  12\n"
        assert cells(rows(data, plan)[0]) == [text.rstrip(), "12"]
        assert encoder(plan)(writer(plan)(plan.records[0], [text.rstrip(), "12"])) == data


@pytest.mark.parametrize("newline", ["lf", "none"])
def test_a_character_in_two_fields_costs_its_record(newline: str) -> None:
    plan = layout(WIDE, f", positions: bytes, encoding: cp932, newline: {newline}")
    end = b"" if newline == "none" else b"\n"
    data = "ABCDEFG山123".encode("cp932") + end + "山田    12".encode("cp932") + b"34" + end
    bad, good = rows(data, plan)
    assert (damage(bad).code, damage(bad).field) == ("CW619", "Name")
    assert damage(bad).reason == "position 9 is inside of a character, the field is cut there"
    assert damage(bad).text == "ABCDEFG山123"
    assert cells(good) == ["山田", "1234"]


def test_a_line_of_another_length_in_bytes_is_damage() -> None:
    plan = layout(WIDE, ", positions: bytes")
    found = damage(rows("Ü2345678  12\n".encode(), plan)[0])
    assert (found.code, found.reason) == ("CW613", "expected 12 bytes, got 13")


def test_a_name_that_has_too_many_bytes_is_refused_or_cut_between_characters() -> None:
    plan = layout(WIDE, ", positions: bytes")
    with pytest.raises(Problem, match="has 9 bytes, the field is 8 wide"):
        writer(plan)(plan.records[0], ["山田山", "1"])


def test_a_tag_of_wide_characters_is_known() -> None:
    fields = (
        "{T: {type: code, width: 6, values: [合計, 'A'], tag: true}, N: {type: text, width: 2}}"
    )
    plan = layout(fields, ", positions: bytes")
    assert cells(rows("合計xy\nA     ü\n".encode(), plan)[0]) == ["合計", "xy"]


def _encodes(text: str, encoding: str) -> bool:
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeEncodeError:
        return False


@given(st.text(alphabet="Aｱ山é ", max_size=9), st.integers(0, 9999), st.sampled_from(ENCODINGS))
@settings(max_examples=300)
def test_what_is_written_by_bytes_reads_back_or_is_refused(
    text: str, number: int, encoding: str
) -> None:
    plan = layout(WIDE, f", positions: bytes, encoding: {encoding}")
    fits = _encodes(text, encoding) and len(text.rstrip(" ").encode(encoding)) <= 8
    try:
        data = encoder(plan)(writer(plan)(plan.records[0], [text, str(number)]))
    except Problem:
        assert not fits
        return
    assert len(data) == 13
    assert cells(rows(data, plan)[0]) == [text.rstrip(" "), str(number)]


def test_a_character_that_would_become_another_one_is_not_written() -> None:
    plan = layout(WIDE, ", positions: bytes, encoding: cp932")
    with pytest.raises(Problem, match="holds U\\+00A3, which cp932 does not have"):
        writer(plan)(plan.records[0], ["£5", "1"])


# --- what is declared wrongly --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "file", "code"),
    [
        (PACKED, "", "CW448"),
        (PACKED, ", newline: none, record_end: '~'", "CW448"),
        ("{A: {type: text, width: 2}}", ", positions: bytes, encoding: utf-16-le", "CW448"),
        (PACKED, ", newline: none, encoding: utf-8", "CW448"),
        ("{A: {type: text, usage: packed, width: 2}}", BARE, "CW448"),
        ("{A: {type: boolean, usage: packed, width: 2}}", BARE, "CW448"),
        ("{A: {type: date, format: yyyyMMdd, usage: packed, width: 5}}", BARE, "CW448"),
        ("{A: {type: decimal, usage: packed, width: 5}}", BARE, "CW448"),
        ("{A: {type: money, usage: zoned, width: 5}}", ", newline: none, encoding: ascii", "CW448"),
        ("{A: {type: money, usage: binary, width: 3}}", BARE, "CW429"),
        ("{A: {type: money, usage: packed, width: 17}}", BARE, "CW429"),
        ("{A: {type: money, usage: packed, digits: 6, width: 3}}", BARE, "CW429"),
        ("{A: {type: money, usage: binary, digits: 5, width: 2}}", BARE, "CW429"),
        ("{A: {type: integer, usage: packed, width: 1, always: '12'}}", BARE, "CW429"),
        ("{A: {type: money, usage: packed, width: 3, point: implied}}", BARE, "CW404"),
        ("{A: {type: money, usage: packed, width: 3, pad: '0'}}", BARE, "CW404"),
    ],
)
def test_a_number_that_its_file_or_field_cannot_hold_is_found(
    fields: str, file: str, code: str
) -> None:
    assert codes(fields, file) == [code]


def test_records_with_lengths_before_them_may_differ_in_length() -> None:
    found = build("{A: {type: text, width: 2}}", RDW)[1]
    assert found == []
