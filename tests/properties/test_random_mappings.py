"""Random layouts, mappings and rows: compiled is the reference, and exact fields come back."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.kit import Pair, both, pair

TYPES = {
    "text": ("type: text",),
    "code": ("type: code",),
    "integer": ("type: integer",),
    "money": ("type: money", "type: money, point: ','", "type: money, group: ',?'"),
    "decimal": ("type: decimal", "type: decimal, decimals: 3"),
    "date": ("type: date", "type: date, format: M/d/yyyy", "type: date, format: yyyyMMdd"),
    "boolean": ("type: boolean, format: Y/N", "type: boolean"),
}
POLICIES = (
    "",
    "",
    "",
    ", required: true",
    ", blank: reject",
    ", invalid: empty",
    ", length: 4",
    ", length: 4, too_long: cut",
)
CELLS = {
    "text": ("a", "Ann", "a b", "toolong", "é", 'q"t', "x|y", " x"),
    "code": ("01", "A1", "1.10"),
    "integer": ("1", "-3", "007", "12345"),
    "money": ("1.00", "-0.50", "12,50", "1,000.00", "3.1"),
    "decimal": ("1.5", "-2", "0.125"),
    "date": ("2026-01-31", "1/31/2026", "20260131", "2026-02-30"),
    "boolean": ("Y", "N", "true", "false"),
}
ODD = ("", " ", "\u00a0", "+5", "5-", ".5", " 12 ", "\t", "x" * 30)
STEPS = {
    "text": (
        "",
        "",
        ", via: [trim]",
        ", via: [upper]",
        ", via: [{keep: digits}]",
        ", default: none",
    ),
    "code": ("", ", via: [{keep: alphanumeric}]"),
}
PICKS = ("same", "first", "last")


@dataclass(frozen=True, slots=True)
class Case:
    """Two layouts, a mapping and rows, as text."""

    source: str
    target: str
    mapping: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    grouped: bool

    @property
    def data(self) -> bytes:
        lines = ["|".join(_quoted(cell) for cell in row) for row in (self.header, *self.rows)]
        return "".join(f"{line}\n" for line in lines).encode()

    def pair(self) -> Pair:
        return pair(self.source, self.target, self.mapping)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@st.composite
def cases(draw: st.DrawFn, *, invertible: bool = False) -> Case:
    count = draw(st.integers(1, 5))
    types = [draw(st.sampled_from(sorted(TYPES))) for _ in range(count)]
    grouped = not invertible and draw(st.booleans())
    columns, fields, entries = ["K: {type: text, required: true}"], [], []
    for at, kind in enumerate(types):
        policy = "" if invertible else draw(st.sampled_from(POLICIES))
        columns.append(f"F{at}: {{{draw(st.sampled_from(TYPES[kind]))}{policy}}}")
        limit = "" if invertible else draw(st.sampled_from(POLICIES))
        fields.append(f"T{at}: {{{draw(st.sampled_from(TYPES[kind]))}{limit}}}")
        steps = "" if invertible else draw(st.sampled_from(STEPS.get(kind, ("",))))
        pick = f", pick: {draw(st.sampled_from(PICKS))}" if grouped else ""
        where = draw(st.sampled_from(("", ", where: {F0: present}"))) if "first" in pick else ""
        entries.append(f"    T{at}: {{from: F{at}{pick}{where}{steps}}}")
    form = draw(st.sampled_from(("json-lines", "delimited")))
    file = '{form: delimited, delimiter: "|", quote: all, header: true}'
    end = "{form: json-lines}" if form == "json-lines" else '{form: delimited, delimiter: ";"}'
    by = ", by: [K]" if grouped else ""
    source = f"file: {file}\nstructure: row*\nrecords:\n  row:\n    fields:\n" + _lines(columns)
    target = f"file: {end}\nstructure: out*\nrecords:\n  out:\n    fields:\n" + _lines(
        ["K: {type: text}", *fields]
    )
    entry = "    K: {from: K, pick: same}" if grouped else "    K: K"
    mapping = f"nest:\n  out: {{of: row{by}}}\nfields:\n  out:\n" + "\n".join([entry, *entries])
    rows = draw(st.lists(_row(types), max_size=6))
    return Case(
        source, target, mapping, ("K", *(f"F{at}" for at in range(count))), tuple(rows), grouped
    )


def _lines(fields: Sequence[str]) -> str:
    return "".join(f"      {one}\n" for one in fields)


def _row(types: Sequence[str]) -> st.SearchStrategy[tuple[str, ...]]:
    cells = [st.sampled_from((*CELLS[kind], *CELLS[kind], *ODD)) for kind in types]
    return st.tuples(st.sampled_from(("A", "A", "B", "")), *cells)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_compiled_is_the_reference(case: Case) -> None:
    both(case.pair().there, case.data)


@settings(max_examples=60, deadline=None)
@given(cases(invertible=True))
def test_what_is_exact_comes_back_the_same(case: Case) -> None:
    """Target to source to target is the identity where every entry is exact."""
    made = case.pair()
    assert made.back is not None, made.inverse.gaps
    assert {f"out.T{at}" for at in range(len(case.header) - 1)} <= made.exact()
    target = both(made.there, case.data).output
    source = both(made.back, target)
    assert not source.rejects, source.rejects
    assert both(made.there, source.output).output == target
