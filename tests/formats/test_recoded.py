"""UTF-16 is read as the text it is, in blocks of any size; what is no UTF-16 stops the file."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.kit import make_layout, make_record

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import textform
from crosswalk.formats.recoded import recoded
from crosswalk.model.layout import Layout
from crosswalk.model.records import Row
from crosswalk.values.codecs import Problem


def layout(encoding: str) -> Layout:
    record = make_record("row", ["A", "B"])
    return make_layout([record], form="delimited", delimiter="\t", encoding=encoding)


@given(st.text(), st.sampled_from(["utf-16", "utf-16-le", "utf-16-be"]), st.integers(1, 9))
def test_what_was_written_is_read_in_pieces_of_any_size(
    text: str, encoding: str, size: int
) -> None:
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:  # half of a pair of surrogates is no text
        return
    stream, meant = recoded(io.BytesIO(data), layout(encoding))
    pieces = []
    while piece := stream.read(size):
        assert len(piece) <= size
        pieces.append(piece)
    assert b"".join(pieces).decode() == text.removeprefix("\ufeff")
    assert meant.file.encoding == "utf-8"


def test_rows_are_those_of_the_text() -> None:
    data = "Zoë\t1\r\n😀\t2\r\n".encode("utf-16")
    rows = list(textform.read(io.BytesIO(data), layout("utf-16")))
    assert rows == [Row(1, 1, 0, ["Zoë", "1"]), Row(2, 2, 0, ["😀", "2"])]


def test_what_is_no_utf_16_stops_the_file_with_its_place() -> None:
    data = "a\tb\r\n".encode("utf-16") + b"\x00\xd8A"
    with pytest.raises(FormatProblem) as refused:
        list(textform.read(io.BytesIO(data), layout("utf-16")))
    assert refused.value.code == "CW601"
    assert "byte 12 of the file" in str(refused.value)


@given(st.text(alphabet="aé😀\t\ud800"), st.sampled_from(["utf-16", "utf-16-le", "utf-16-be"]))
def test_what_is_written_reads_back_as_the_same_text(text: str, encoding: str) -> None:
    made = layout(encoding)
    try:
        line = textform.writer(made)(made.records[0], [text, "b"])
    except Problem:
        assert "\ud800" in text
        return
    encode = textform.encoder(made)
    data = textform.mark(made.file) + encode(line) * 2
    assert data[:2] == b"\xff\xfe" or encoding != "utf-16"
    rows = list(textform.read(io.BytesIO(data), made))
    assert rows == [Row(1, 1, 0, [text, "b"]), Row(2, 2, 0, [text, "b"])]
