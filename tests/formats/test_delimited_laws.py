"""Laws of the delimited form: reading undoes writing, damage stays on its line, csv agrees."""

import csv
import random
from io import BytesIO, StringIO
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.kit import cells, delimited, read_bytes, write_rows

from crosswalk.formats.delimited import blocks, decoder, splitter
from crosswalk.formats.lines import CAP
from crosswalk.formats.quoting import exact
from crosswalk.model.layout import Layout
from crosswalk.model.records import Damage, Row
from crosswalk.values.codecs import Problem

FORMS: list[dict[str, Any]] = [
    {"quote": quote, "escape": escape, "delimiter": delimiter, **more}
    for quote in ("all", "needed", "none")
    for escape in ("doubled", "backslash", "none", "?")
    for delimiter in ("|", ",", "\t", "||", "~#")
    for more in (
        {},
        {"multiline": True, "newline": "crlf"},
        {"record_end": "'", "newline": "none"},
        {"record_end": "!!", "skip_blank": True, "comment": "#"},
        {"skip_blank": True, "comment": "//", "encoding": "cp1252"},
    )
]
ALPHABET = "ab \"|,\t~#?\\'!/\n\r\0\ufeffé\u2028\x0b\x85€😀"


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_what_is_written_reads_back_the_same(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(FORMS))
    width = data.draw(st.integers(1, 4))
    row = st.lists(st.text(ALPHABET, max_size=6), min_size=width, max_size=width)
    layout = delimited(width, **form)
    written = []
    for texts in data.draw(st.lists(row, max_size=4)):
        try:
            written.append((texts, write_rows([texts], layout)))
        except Problem:
            continue
    stream = "".join(line for _, line in written).encode(form.get("encoding", "utf-8"))
    rows = read_bytes(stream, layout)
    assert [cells(row) for row in rows] == [texts for texts, _ in written]


@pytest.mark.parametrize("form", FORMS[:60:7], ids=str)
def test_plain_texts_are_always_writable(form: dict[str, Any]) -> None:
    layout = delimited(3, **form)
    rows = read_bytes(write_rows([["a", "", "x y"]], layout).encode(), layout)
    assert [cells(row) for row in rows] == [["a", "", "x y"]]


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_the_fast_split_is_the_exact_split_or_nothing(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(FORMS))
    layout = delimited(data.draw(st.integers(1, 4)), **form)
    text = data.draw(st.text('"|,~#?\\a', max_size=14))
    quick = splitter(layout)(text)
    assert quick is None or quick == exact(layout.file)(text)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_well_formed_input_reads_as_csv_reads_it(data: st.DataObject) -> None:
    quote = data.draw(st.sampled_from(["all", "needed"]))
    delimiter = data.draw(st.sampled_from("|,;\t"))
    multiline = data.draw(st.booleans())
    alphabet = 'ab "|,;\t' + ("\n" if multiline else "")
    texts = st.lists(st.text(alphabet, max_size=5), min_size=3, max_size=3)
    rows = data.draw(st.lists(texts, max_size=5))
    out = StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quote == "all" else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\r\n").writerows(rows)
    layout = delimited(3, quote=quote, delimiter=delimiter, multiline=multiline)
    ours = read_bytes(out.getvalue().encode(), layout)
    theirs = list(csv.reader(StringIO(out.getvalue(), newline=""), delimiter=delimiter))
    assert [cells(row) for row in ours] == theirs == rows


def _damaged(lines: list[bytes], random_: random.Random) -> tuple[int, list[bytes]]:
    """Delete or insert one mark somewhere in one line."""
    at = random_.randrange(len(lines))
    line = lines[at]
    mark = random_.choice([b'"', b"|", b"\r", b"\0", b"\x81", b"\xff"])
    places = [i for i in range(len(line)) if line[i : i + 1] == mark]
    if places and random_.random() < 0.5:
        place = random_.choice(places)
        line = line[:place] + line[place + 1 :]
    else:
        place = random_.randrange(len(line) + 1)
        line = line[:place] + mark + line[place:]
    return at, [*lines[:at], line, *lines[at + 1 :]]


@pytest.mark.parametrize("quote", ["all", "needed"])
@pytest.mark.parametrize("newline", ["lf", "crlf"])
def test_one_damaged_line_costs_one_line(quote: str, newline: str) -> None:
    random_ = random.Random(20_210_214)
    layout = delimited(4, quote=quote, delimiter="|", newline=newline)
    texts = ["", "Ada Park", "12.50", 'a "b" | c', "é", "x"]
    end = b"\r\n" if newline == "crlf" else b"\n"
    refused = 0
    for _ in range(2000):
        rows = [[random_.choice(texts) for _ in range(4)] for _ in range(5)]
        lines = write_rows(rows, layout).encode().split(end)[:-1]
        at, damaged = _damaged(lines, random_)
        read = read_bytes(end.join(damaged) + end, layout)
        assert [row.line for row in read] == [1, 2, 3, 4, 5]
        for index, row in enumerate(read):
            if index != at:
                assert isinstance(row, Row), (damaged, row)
                assert row.cells == rows[index]
        refused += isinstance(read[at], Damage)
    assert refused > 1200


def test_a_fully_quoted_line_never_reads_as_other_values_when_one_mark_is_lost() -> None:
    layout = delimited(4, quote="all", delimiter="|")
    row = ["7", "Ada Park", "12.50", ""]
    line = write_rows([row], layout).strip("\n")
    for place, mark in enumerate(line):
        if mark in '"|':
            (read,) = read_bytes((line[:place] + line[place + 1 :]).encode(), layout)
            assert isinstance(read, Damage), line[:place] + line[place + 1 :]


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=80), size=st.integers(1, 20), form=st.sampled_from(FORMS))
def test_any_bytes_and_any_block_size_read_alike(
    data: bytes, size: int, form: dict[str, Any]
) -> None:
    layout = delimited(2, **form)
    read_bytes(b" " + data, layout)
    assert numbered(b" " + data, layout, size=size) == numbered(b" " + data, layout)


def numbered(data: bytes, layout: Layout, cap: int = CAP, **more: int) -> list[Any]:
    """Give the lines of a file, or their damage, with their numbers."""
    decode = decoder(layout.file, cap)
    return [
        (block.first + at, decode(block, at))
        for block in blocks(BytesIO(data), layout.file, cap=cap, **more)
        for at in range(len(block.pieces))
    ]


@settings(max_examples=400, deadline=None)
@given(
    data=st.text("a!\n", max_size=60),
    size=st.integers(1, 9),
    end=st.sampled_from([None, "!", "!!", "!a!"]),
)
def test_a_long_line_is_found_alike_with_any_block_size(
    data: str, size: int, end: str | None
) -> None:
    text = data if end is None else data.replace("\n", "a")
    layout = delimited(2, record_end=end)
    found = [
        (number, line.code if isinstance(line, Damage) else line)
        for number, line in numbered(b"!" + text.encode(), layout, cap=5, size=size)
    ]
    lines = ("!" + text).split(end or "\n")
    whole = lines if lines[-1] else lines[:-1]
    expected = ["CW603" if len(line) > 5 else line for line in whole]
    assert found == list(enumerate(expected, 1))
