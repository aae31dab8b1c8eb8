"""Lines of files that end them in CR, or nowhere: the records are those of the text."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.kit import cells, make_layout, make_record

from crosswalk.findings.errors import FormatProblem
from crosswalk.formats import textform
from crosswalk.formats.breaks import broken
from crosswalk.model.layout import Layout
from crosswalk.values.codecs import Problem


def layout(**file: object) -> Layout:
    record = make_record("row", ["A", "B"])
    keys: dict[str, Any] = {"form": "delimited", "delimiter": ">", "quote": "none", **file}
    return make_layout([record], **keys)


def read(data: bytes, made: Layout) -> list[list[Any]]:
    return [cells(row) for row in textform.read(io.BytesIO(data), made)]


OFX = layout(record_start="<", newline="none")


@pytest.mark.parametrize(
    "data",
    [
        b"<A>1<B>2 x<C>",
        b"<A>1\n<B>2 x\n<C>\n",
        b"<A>1\r\n<B>2 x\r\n\r\n  <C>\r\n",
        b"\r\n<A>1<B>2 x\r<C>",
        b"<A>1<B>2 x<C>\x1a",
    ],
)
def test_a_record_begins_anywhere(data: bytes) -> None:
    made = layout(record_start="<", skip_blank=True)
    assert read(data, made) == [["<A", "1"], ["<B", "2 x"], ["<C", ""]]


def test_what_stands_before_the_first_record_is_a_line_of_its_own() -> None:
    made = layout(record_start="<", from_line="<A", until_line="<C")
    assert read(b"HEAD:1\r\nX:2\r\n<A>1<B>2<C>3", made) == [["<A", "1"], ["<B", "2"]]


@given(
    st.lists(st.text(alphabet="ab{1:\n\r \t", max_size=6), max_size=5),
    st.sampled_from(["<", "{1:", "aa"]),
    st.integers(1, 7),
)
def test_pieces_of_any_size_give_the_same_lines(parts: list[str], start: str, size: int) -> None:
    data = start.join(parts).encode()
    made = layout(record_start=start)

    def through(step: int) -> bytes:
        stream, _ = broken(io.BytesIO(data), made)
        pieces = []
        while piece := stream.read(step):
            assert len(piece) <= step
            pieces.append(piece)
        return b"".join(pieces)

    assert through(size) == through(1000)


@given(
    st.lists(st.text(alphabet="ab<>é &", max_size=5), min_size=1, max_size=4),
    st.sampled_from(["none", "lf", "crlf"]),
)
def test_what_is_written_reads_back_or_is_refused(values: list[str], newline: str) -> None:
    made = layout(record_start="<", newline=newline)
    write, encode = textform.writer(made), textform.encoder(made)
    try:
        data = encode("".join(write(made.records[0], ["<T", value]) for value in values))
    except Problem:
        assert any(mark in value for value in values for mark in "<>")
        return
    assert read(data, made) == [["<T", value] for value in values]


def test_a_record_that_does_not_begin_so_is_not_written() -> None:
    with pytest.raises(Problem, match="'<' begins a record"):
        textform.writer(OFX)(OFX.records[0], ["T", "1"])


# --- carriage returns, form feeds, Ctrl-Z --------------------------------------------------------


@given(st.lists(st.text(alphabet="aé ", max_size=4), min_size=1, max_size=5))
def test_lines_may_end_in_carriage_returns_alone(values: list[str]) -> None:
    made = layout(newline="cr")
    write = textform.writer(made)
    data = textform.encoder(made)("".join(write(made.records[0], [one, "x"]) for one in values))
    assert data.count(b"\r") == len(values)
    assert b"\n" not in data
    assert read(data, made) == [[one, "x"] for one in values]


def test_line_feeds_among_carriage_returns_stop_the_file() -> None:
    with pytest.raises(FormatProblem) as refused:
        read(b"a>b\r\nc>d\r\n", layout(newline="cr"))
    assert refused.value.code == "CW604"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
@pytest.mark.parametrize("marks", [b"", b"\x1a", b"\x1a\x1a\x1a"])
def test_a_ctrl_z_at_the_end_is_no_data(end: bytes, marks: bytes) -> None:
    assert read(b"a>b\r\nc>d" + end + marks, layout()) == [["a", "b"], ["c", "d"]]


def test_a_ctrl_z_elsewhere_is_data() -> None:
    assert read(b"a>\x1ab\nc\x1a>d\n", layout()) == [["a", "\x1ab"], ["c\x1a", "d"]]


def test_lines_after_a_form_feed_are_passed_over_like_comments() -> None:
    data = b"\x0cPage 1\na>b\n\x0cPage 2\nc>d\n\x0c\n"
    assert read(data, layout(comment="\f")) == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize("encoding", ["cp932", "gbk", "gb18030", "big5", "cp949", "shift_jis"])
@pytest.mark.parametrize("key", ["record_start", "record_end"])
def test_a_text_that_may_be_inside_of_a_character_cuts_nothing(encoding: str, key: str) -> None:
    with pytest.raises(FormatProblem) as refused:
        read(b"a>b", layout(**{"encoding": encoding, key: "~"}))
    assert refused.value.code == "CW602"


@given(
    st.text(alphabet="Aｱ山é表ソ", max_size=5), st.sampled_from(["cp932", "gbk", "big5", "cp949"])
)
def test_delimited_text_may_have_characters_of_several_bytes(text: str, encoding: str) -> None:
    made = layout(encoding=encoding, delimiter="|", quote="needed")
    try:
        line = textform.writer(made)(made.records[0], [text, "x"])
    except Problem as wrong:
        told = wrong.code
    else:
        told = ""
        assert read(textform.encoder(made)(line), made) == [[text, "x"]]
    assert told in ("", "CW622")
