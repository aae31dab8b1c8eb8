"""Source records are what their layout says, also where no entry reads the field (both executions).

Each line: which input, what comes out of it, the codes of its rejects, the code that stops it.
"""

from io import BytesIO
from pathlib import Path

import pytest
from tests.flow.kit import AT

from crosswalk.project import CANONICAL, FORWARD, Project
from crosswalk.running.context import Context, Run
from crosswalk.running.flow import Flow
from crosswalk.running.in_memory import run_in_memory

TARGET = """\
crosswalk: 1
kind: layout
name: our/payments
version: 1.0.0
structure: payment*
records:
  payment: {fields: {Id: {type: code}, Amount: {type: money}}}
"""

MAPPING = """\
crosswalk: 1
kind: mapping
name: a/map
version: 1.0.0
from: their/file@1
to: our/payments@1
nest: {payment: {of: row}}
fields: {payment: {Id: Id, Amount: Amount}}
"""

HEAD = "crosswalk: 1\nkind: layout\nname: their/file\nversion: 1.0.0\n"

FLAT = """\
file: {form: delimited, delimiter: ",", quote: none}
structure: row*
records:
  row:
    fields:
      Id: {type: code}
      Amount: {type: money}
      Kind: {type: code, values: [A, B]}
      Day: {type: date}
      Bank: {type: text, always: "341"}
      Note: {type: text, length: 4}
checks:
  side: {record: row, when: {Kind: B}, expect: {Day: present}, because: B has a day}
"""

GROUPS = """\
file: {form: delimited, delimiter: ",", quote: none}
structure: head, group*(top, row*), total
records:
  head:
    fields:
      Tag: {type: code, always: H, tag: true}
      Kind: {type: text, always: PAYMENTS}
      Pages: {type: integer}
  top:
    fields: {Tag: {type: code, always: G, tag: true}, Day: {type: date}}
  row:
    fields:
      Tag: {type: code, always: R, tag: true}
      Id: {type: code}
      Amount: {type: money}
      Day: {type: date, required: true}
  total:
    fields:
      Tag: {type: code, always: T, tag: true}
      Sum: {type: money, equals: {sum: row.Amount}}
checks:
  pages: {record: head, expect: {Pages: {not: [2]}}}
"""

JSON = """\
file: {form: json, extra_columns: ignore}
structure: page, row*
records:
  page: {path: "@", fields: {More: {type: boolean, path: more, required: true}}}
  row:
    path: data
    fields: {Id: {type: code}, Amount: {type: money}, Day: {type: date}, Note: {type: text}}
checks:
  whole: {record: page, expect: {More: false}, because: another page follows}
"""

UNMARKED = """\
file: {form: delimited, delimiter: ",", quote: none}
structure: head, row*, total
records:
  head: {fields: {Kind: {type: text, always: PAYMENTS}, Day: {type: text}}}
  row: {fields: {Id: {type: code}, Amount: {type: money}}}
  total: {fields: {Word: {type: text, always: TOTAL}, Sum: {type: money, blank: empty}}}
"""

GOOD = "H,PAYMENTS,1\nG,2026-01-01\nR,7,1.00,2026-01-01\nG,\nR,8,2.00,2026-01-02\nT,3.00\n"

CASES: list[tuple[str, str, str, list[str], list[str], str]] = [
    ("whole", FLAT, "7,1.00,A,2026-01-01,341,ab\n8,2.00,B,2026-01-01,341,\n", ["7", "8"], [], ""),
    ("values", FLAT, "7,1.00,Z,,341,\n8,2.00,A,,341,\n", ["8"], ["CW506"], ""),
    ("date", FLAT, "7,1.00,A,2026-02-31,341,\n8,2.00,A,,341,\n", ["8"], ["CW528"], ""),
    ("always", FLAT, "7,1.00,A,,340,\n8,2.00,A,,341,\n", ["8"], ["CW505"], ""),
    ("length", FLAT, "7,1.00,A,,341,abcde\n", [], ["CW507"], ""),
    ("check", FLAT, "7,1.00,B,,341,\n8,2.00,A,,341,\n", ["8"], ["CW571"], ""),
    ("groups", GROUPS, GOOD, ["7", "8"], [], ""),
    ("another kind", GROUPS, GOOD.replace("PAYMENTS", "INVOICES"), [], [], "CW505"),
    ("head's type", GROUPS, GOOD.replace("PAYMENTS,1", "PAYMENTS,x"), [], [], "CW522"),
    ("head's check", GROUPS, GOOD.replace("PAYMENTS,1", "PAYMENTS,2"), [], [], "CW571"),
    ("group's date", GROUPS, GOOD.replace("G,2026-01-01", "G,soon"), ["8"], ["CW527", "CW578"], ""),
    ("row's date", GROUPS, GOOD.replace("1.00,2026-01-01", "1.00,"), ["8"], ["CW503"], ""),
    ("total is no number", GROUPS, GOOD.replace("3.00", "3.0O"), [], [], "CW522"),
    ("total is blank", GROUPS, GOOD.replace("T,3.00", "T,"), [], [], "CW503"),
    ("json", JSON, '{"more":false,"data":[{"Id":"7","Amount":"1.00"}]}', ["7"], [], ""),
    ("json page", JSON, '{"more":true,"data":[{"Id":"7","Amount":"1.00"}]}', [], [], "CW571"),
    ("an error", JSON, '{"error":{"code":7}}', [], [], "CW501"),
    (
        "json kinds",
        JSON,
        '{"more":false,"data":[{"Id":"7","Amount":"1.00","Note":5},{"Id":"8","Amount":"1.00"}]}',
        ["8"],
        ["CW504"],
        "",
    ),
    ("by place", UNMARKED, "PAYMENTS,x\n7,1.00\nTOTAL,\n", ["7"], [], ""),
    ("no total", UNMARKED, "PAYMENTS,x\n7,1.00\n8,2.00\n", [], [], "CW505"),
    ("no head", UNMARKED, "7,1.00\n8,2.00\nTOTAL,\n", [], [], "CW505"),
]


def project(root: Path, layout: str) -> Project:
    (root / "mappings").mkdir()
    for name, text in (("a", HEAD + layout), ("b", TARGET), ("c", MAPPING)):
        (root / "mappings" / f"{name}.yaml").write_text(text, "utf-8")
    return Project(root)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "reference"])
@pytest.mark.parametrize("case", CASES, ids=[one[0] for one in CASES])
def test_what_no_entry_reads_is_judged(
    case: tuple[str, str, str, list[str], list[str], str], tmp_path: Path, *, compiled: bool
) -> None:
    _, layout, data, ids, codes, stop = case
    opened = project(tmp_path, layout)
    plan = opened.plan("a/map", opened.view(None), FORWARD, target_form=CANONICAL)
    outcome = run_in_memory(plan, Context({}, Run(AT)), data.encode(), compiled=compiled)
    assert (outcome.stopped.code if outcome.stopped else "") == stop
    assert [issue.code for issue, _ in outcome.rejects] == codes
    made = outcome.body.decode().splitlines()
    assert [line.split('"')[3] for line in made] == ids
    assert outcome.lost == 0


def test_records_that_no_entry_uses_are_told(tmp_path: Path) -> None:
    opened = project(tmp_path, GROUPS)
    plan = opened.plan("a/map", opened.view(None), FORWARD, target_form=CANONICAL)
    for compiled in (True, False):
        flow = Flow(plan, Context({}, Run(AT)), compiled=compiled)
        summary = flow.run(BytesIO(GOOD.encode()), lambda _: None, lambda _: None)
        assert summary.unmapped == {"head": 1, "top": 2}
        assert (summary.read, summary.written, summary.left_out) == (6, 3, 3)
