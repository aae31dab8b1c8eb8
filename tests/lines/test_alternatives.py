"""What a mapping makes of a place where one of several records stands, and how it makes one."""

from pathlib import Path

import pytest
from tests.lines.test_lines import alike

from crosswalk.project import CANONICAL, Project

HEAD = "crosswalk: 1\nkind: {}\nname: demo/{}\nversion: 1.0.0\n"
ENTRIES = (
    HEAD.format("layout", "entries")
    + """file: {form: delimited, delimiter: ",", quote: none}
structure: entry*(credit | debit)
records:
  credit: {fields: {Tag: {type: code, always: C, tag: true}, Amount: {type: money, required: true}}}
  debit: {fields: {Tag: {type: code, always: D, tag: true}, Amount: {type: money, required: true}}}
"""
)
ROWS = (
    HEAD.format("layout", "rows")
    + """file: {form: delimited, delimiter: ",", quote: none}
structure: row*
records:
  row: {fields: {Side: {type: code}, Amount: {type: money}}}
"""
)
OVER = {
    "all of them in their order": (
        "{row: {of: entry}}",
        """{row: {Side: {first_of: [credit.Tag, debit.Tag]},
        Amount: {first_of: [credit.Amount, {from: debit.Amount, via: [negate]}]}}}""",
        "D,-1.00\nC,5.00\nC,2.00\n",
    ),
    "one kind": (
        "{row: {of: credit}}",
        "{row: {Side: credit.Tag, Amount: credit.Amount}}",
        "C,5.00\nC,2.00\n",
    ),
    "one kind, by a condition": (
        "{row: {of: entry, when: {debit.Tag: present}}}",
        "{row: {Side: debit.Tag, Amount: debit.Amount}}",
        "D,1.00\n",
    ),
}


def mapping(folder: Path, source: str, target: str, nest: str, fields: str) -> Project:
    (folder / "entries.yaml").write_text(ENTRIES, "utf-8")
    (folder / "rows.yaml").write_text(ROWS, "utf-8")
    text = HEAD.format("mapping", "m").replace("demo/m", "page/copy")
    text += f"from: demo/{source}@1\nto: demo/{target}@1\nnest: {nest}\nfields: {fields}\n"
    (folder / "m.yaml").write_text(text, "utf-8")
    return Project(folder)


@pytest.mark.parametrize("name", OVER)
def test_a_mapping_nests_over_all_or_over_one_kind(name: str, tmp_path: Path) -> None:
    nest, fields, expected = OVER[name]
    made = mapping(tmp_path, "entries", "rows", nest, fields)
    source = tmp_path / "input.txt"
    source.write_text("D,1.00\nC,5.00\nC,2.00\n", "utf-8")
    found = alike(made, source, (None, None))
    assert (found[0], found[1]) == (expected, [])


def test_rows_become_one_kind_or_another_and_no_other(tmp_path: Path) -> None:
    nest = (
        "{entry: {of: row}, credit: {of: row, when: {Side: C}}, "
        "debit: {of: row, when: {Amount: {less_than: 0}}}}"
    )
    fields = "{credit: {Amount: Amount}, debit: {Amount: {from: Amount, via: [negate]}}}"
    made = mapping(tmp_path, "rows", "entries", nest, fields)
    source = tmp_path / "input.txt"
    source.write_text("C,5.00\nD,-1.00\nC,-2.00\nX,3.00\n", "utf-8")
    found = alike(made, source, (None, None))
    assert found[0] == "C,5.00\nD,1.00\n"
    assert found[1] == [
        "3 CW588 entry: has credit and debit, where credit or debit stands",
        "4 CW588 entry: has neither, where credit or debit stands",
    ]
    source.write_text("C,5.00\nD,-1.00\n", "utf-8")
    canonical = alike(made, source, (None, CANONICAL))
    assert canonical[0] == (
        '{"credit":{"Tag":"C","Amount":"5.00"}}\n{"debit":{"Tag":"D","Amount":"1.00"}}\n'
    )
