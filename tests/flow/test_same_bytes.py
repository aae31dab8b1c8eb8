"""The compiled form and several processes give the very bytes of the reference interpreter."""

from collections.abc import Sequence
from functools import lru_cache

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from tests.flow.kit import (
    BILLERS,
    Outcome,
    context,
    form_of,
    generated,
    run,
    shipped,
    table,
)

pytestmark = pytest.mark.no_cover
FAST = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without shrinking: a failing run names its arguments, which are small already."""

FORMS = (None, "json-lines")
BILLER_NAMES = ("newport", "alder-falls")
ODD = (
    *(
        "",
        " ",
        "  x ",
        "\u00a0",
        "\u00a0x",
        "\u2003",
        "\u3000x\u3000",
        "\t",
        "a\tb",
        "\x1c",
        "\x85",
    ),
    *('"', '""', 'say "no"', "|", "a|b", ";", "a;b", "é", "e\u0301", "ﬁ", "\U0001f6b0", "ß", "İ"),
    *("+5", "-5", "5-", ".5", "5.", "1,000.00", "1_000.00", " 12 ", "12", "012.50", "-0.00", "1e5"),
    *("0", "00", "12.345", "9" * 38, "9" * 40, "NaN", "١٢", "１２", "$5", "(5.00)", "12.50 "),
    *("1/1/2026", "01/01/2026", "2/29/2026", "13/45/2026", "1/1/26", " 1/1/2026", "2026-01-01"),
    *("WTR", "wtr", "WTR ", "GARB", "XXX", "Winston-Salem, NC 74900-7793", "Elko NV", "Elko, NV "),
    *(
        "Truth, or, Consequences, NM 1",
        ", NM 1",
        "x" * 61,
        "y" * 400,
        "é" * 61,
        "\\",
        "\x00",
        "\x7f",
    ),
    *("\u2028", "\ufeff", "{", "{{x}}", "%s", "null", "=1+1", "'", "Open Items", "\u202e"),
)
WORDS = st.sampled_from(ODD) | st.text(max_size=6) | st.from_regex(r"\A-?[0-9,. ]{1,6}\Z")


def alike(
    data: bytes,
    *,
    biller: str = "newport",
    direction: str = "forward",
    target: str | None = None,
    source: str | None = None,
    jobs: Sequence[int] = (),
) -> Outcome:
    """Run some bytes every way; all ways must agree. Gives the reference's outcome."""
    plan = shipped(biller, direction, target, source)
    law = run(plan, data, context(biller), compiled=False)
    for number in (1, *jobs):
        made = run(plan, data, context(biller), jobs=number)
        assert made.visible() == law.visible(), f"jobs={number}"
    return law


@pytest.mark.parametrize("target", FORMS)
@pytest.mark.parametrize(
    "path", ["newport/statement.txt", "newport/damaged.txt", "alder-falls/statement.txt"]
)
def test_a_fixture_comes_out_alike_every_way_and_goes_back_alike(
    path: str, target: str | None
) -> None:
    biller = path.split("/", maxsplit=1)[0]
    outcome = alike((BILLERS / path).read_bytes(), biller=biller, target=target, jobs=(2, 3))
    assert outcome.summary.units > 5
    for form in FORMS:
        back = alike(
            outcome.output or b"", biller=biller, direction="backward", target=form, source=target
        )
        codes = {told["code"] for told in back.told}
        assert codes <= ({"CW552"} if biller == "alder-falls" else set())
        assert back.summary.units == outcome.summary.written - len(back.told)


@settings(max_examples=12, deadline=None, phases=FAST)
@given(
    st.integers(1, 80),
    st.integers(0, 10**6),
    st.sampled_from((0.0, 0.05, 0.2)),
    st.sampled_from(FORMS),
    st.sampled_from((0, 1, 1)),
)
def test_a_damaged_file_comes_out_alike_every_way(
    rows: int, seed: int, share: float, target: str | None, collide: int
) -> None:
    made = generated(rows, seed, share, collide=collide)
    alike(made.data, target=target)
    alike(made.whole, target=target)


@pytest.mark.parametrize("seed", range(4))
def test_several_processes_give_one_file(seed: int) -> None:
    made = generated(300 + 7 * seed, seed, (0.0, 0.02, 0.2, 0.05)[seed], collide=seed % 2)
    alike(made.data, jobs=(2, 3))


@lru_cache(maxsize=4)
def grid(biller: str) -> tuple[tuple[str, ...], list[list[str]]]:
    """Give the header and the plain cells of a small file: six customers."""
    form = form_of(biller)
    made = generated(24, 77, biller=biller)
    return form.columns, [[row[name] for name in form.columns] for row in made.rows]


Change = tuple[int, int, str]
CHANGES = st.lists(st.tuples(st.integers(0, 23), st.integers(0, 36), WORDS), min_size=1, max_size=6)


def changed(biller: str, changes: Sequence[Change], *, together: bool) -> bytes:
    """Put odd values into cells; `together` puts them into the whole column of a customer."""
    header, rows = grid(biller)
    rows = [list(row) for row in rows]
    for line, column, text in changes:
        at = column % len(header)
        key = rows[line][0]
        for row in rows if together else [rows[line]]:
            if row[0] == key:
                row[at] = text
    if biller == "newport":
        return table(header, rows)
    form = form_of(biller)
    lines = [form.line([form.cell(cell) for cell in row]) for row in (header, *rows)]
    return "".join(lines).encode("utf-8", "replace")


def writable(changes: Sequence[Change]) -> list[Change]:
    """Leave out what no file in UTF-8 holds."""
    return [
        (a, b, c)
        for a, b, c in changes
        if c.isprintable() or c.encode("utf-8", "ignore").decode() == c
    ]


@settings(max_examples=60, deadline=None, phases=FAST)
@given(CHANGES, st.booleans(), st.sampled_from(BILLER_NAMES), st.sampled_from(FORMS))
@example([(0, 0, "a|b"), (5, 15, " 12 ")], True, "newport", None)
def test_odd_values_come_out_alike_and_go_back_alike(
    changes: list[Change], together: bool, biller: str, target: str | None
) -> None:
    data = changed(biller, writable(changes), together=together)
    outcome = alike(data, biller=biller, target=target)
    if outcome.output:
        alike(outcome.output, biller=biller, direction="backward", source=target)


@pytest.mark.parametrize("target", FORMS)
@pytest.mark.parametrize("biller", BILLER_NAMES)
def test_every_odd_value_in_every_column_comes_out_alike(biller: str, target: str | None) -> None:
    header, rows = grid(biller)
    lines = []
    number = 0
    for column in range(len(header)):
        for text in ODD[column % 4 :: 4]:
            row = list(rows[number % len(rows)])
            row[0] = f"K-{number:06d}"
            row[column] = text
            lines.append(row)
            number += 1
    form = form_of(biller)
    data = "".join(form.line([form.cell(cell) for cell in row]) for row in (header, *lines))
    outcome = alike(data.encode(), biller=biller, target=target)
    assert outcome.summary.units > number // 4
    assert outcome.summary.rejects > 100


def test_a_statement_goes_back_alike_when_its_records_are_damaged() -> None:
    text = run(shipped(), generated(60, 5).data).text
    lines = text.splitlines(keepends=True)
    for at, line in ((5, "ID|x\n"), (9, "XX|1\n"), (12, "ID|a|b|c|d|e|f|g|h|i\n"), (14, "\n")):
        lines[at] = line
    outcome = alike("".join(lines).encode(), direction="backward")
    assert outcome.summary.rejects
