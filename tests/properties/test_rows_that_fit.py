"""Rows of a group that are copied without a look at each value come out as the reference says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.kit import both, pair

SOURCE = """
file: {form: delimited, delimiter: "%s", quote: %s, header: %s}
structure: row*
records:
  row:
    fields:
%s
"""
COLUMNS = {
    "K": "{type: text, required: true}",
    "G": "{type: text}",
    "N": "{type: text}",
    "A": "{type: money}",
    "T": "{type: text, length: 4}",
    "C": "{type: code}",
    "Q": "{type: decimal}",
}
TARGET = """
file: {%s}
structure: out*(head, line+)
records:
  head: {fields: {R: {type: text, always: H, tag: true}, G: {type: text}, K: {type: text}}}
  line:
    fields:
      R: {type: text, always: L, tag: true}
      T: {type: text}
      A: {type: money}
      N: {type: text}
      C: {type: code}
      Q: {type: decimal}
"""
MAPPING = """
nest:
  out: {of: row, by: [K]}
  line: {of: row}
fields:
  head:
    G: {from: G, pick: same}
    K: {from: K, pick: same}
  line: {T: T, A: A, N: N, C: C, Q: Q}
"""
REST = tuple(name for name in COLUMNS if name not in "KG")
ORDERS = st.one_of(
    st.permutations(REST).map(lambda rest: ("K", "G", *rest)),
    st.permutations(("K", *REST)).map(lambda rest: ("G", *rest)),
)
TEXTS = st.sampled_from(
    ("", "a", "Ann", " a", " ", "toolong", "x|y", "p;q", "\u00e9", "\x1f", "a\\b")
)
CELLS = {
    "K": st.sampled_from(("1", "1", "1", "2", "2", "")),
    "G": st.sampled_from(("a", "x|y", "p;q", "k,l", " a", 'q"t')),
    "N": TEXTS,
    "A": st.sampled_from(("1.00", "12.50", "-0.50", "5", "0.1", "", "1e3", "-0.00")),
    "T": TEXTS | st.sampled_from(('q"t', "a,b", "\ufeffx", "\u00a0")),
    "C": st.sampled_from(("01", "A", "", "a b", "\x7f")),
    "Q": st.sampled_from(("1", "1.50", "", "01", "0.000")),
}
FORMS = st.sampled_from(
    ('form: delimited, delimiter: "|"', "form: delimited, quote: all", "form: json-lines")
)


@st.composite
def files(draw: st.DrawFn, order: tuple[str, ...], delimiter: str, quote: str) -> bytes:
    """Draw a file: rows that mostly begin alike, some of them damaged."""
    lines = [delimiter.join(_quoted(name, quote, delimiter) for name in order)]
    row: dict[str, str] = {}
    for _ in range(draw(st.integers(0, 8))):
        again = {*REST, *draw(st.sampled_from(("", "", "G", "K", "GK")))} if row else {*order}
        row |= {name: draw(CELLS[name]) for name in order if name in again}
        line = delimiter.join(_quoted(row[name], quote, delimiter) for name in order)
        if draw(st.integers(0, 9)) == 0:
            at = draw(st.integers(0, len(line) - 1))
            line = (
                line[:at] + draw(st.sampled_from(("", '"', delimiter, "\r", "\0"))) + line[at + 1 :]
            )
        lines.append(line)
    end = draw(st.sampled_from(("\n", "\r\n")))
    return "".join(line + end for line in lines).encode()


def _quoted(cell: str, quote: str, delimiter: str) -> str:
    if quote == "all" or (quote == "needed" and any(mark in cell for mark in f'"{delimiter}')):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@settings(max_examples=200, deadline=None)
@given(
    order=ORDERS,
    delimiter=st.sampled_from("|,;"),
    quote=st.sampled_from(("all", "needed", "none")),
    form=FORMS,
    data=st.data(),
)
def test_a_row_of_a_group_is_what_the_reference_says(
    order: tuple[str, ...], delimiter: str, quote: str, form: str, data: st.DataObject
) -> None:
    columns = "\n".join(f"      {name}: {COLUMNS[name]}" for name in order)
    plan = pair(SOURCE % (delimiter, quote, "true", columns), TARGET % form, MAPPING).there
    both(plan, data.draw(files(tuple(order), delimiter, quote)))


@pytest.mark.parametrize("form", ['form: delimited, delimiter: "|"', "form: json-lines"])
@pytest.mark.parametrize("delimiter", "|;")
@pytest.mark.parametrize("group", ["a", "x|y", 'q"t', "\ufeff"])
@pytest.mark.parametrize("order", ["KGNATCQ", "GNATCQK", "GKNATCQ", "NKGATCQ"])
def test_groups_are_told_by_their_keys_wherever_they_stand(
    form: str, delimiter: str, group: str, order: str
) -> None:
    columns = "\n".join(f"      {name}: {COLUMNS[name]}" for name in order)
    plan = pair(SOURCE % (delimiter, "all", "true", columns), TARGET % form, MAPPING).there
    row = {"G": group, "N": "n", "A": "1.00", "T": "t", "C": "01", "Q": "1"}
    rows = [{**row, "K": "1"}, {**row, "K": "1", "N": "m"}, {**row, "K": "2", "T": "u"}]
    lines = [
        delimiter.join(_quoted(one[name], "all", delimiter) for name in order)
        for one in ({name: name for name in order}, *rows)
    ]
    made = both(plan, "\n".join(lines).encode())
    assert (made.summary.units, made.summary.written) == (2, 3)
