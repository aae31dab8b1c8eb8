"""Control totals inside groups and in a trailer: written, and verified when read."""

from decimal import Decimal

import pytest
from tests.properties.kit import Pair, both, pair

BANK = """
file: {form: delimited, delimiter: "|"}
structure: H, batch*(B, L+, T), Z
records:
  H: {fields: {Tag: {type: text, always: H, tag: true}}}
  B: {fields: {Tag: {type: text, always: B, tag: true}, Name: {type: text}}}
  L: {fields: {Tag: {type: text, always: L, tag: true}, Amount: {type: money, required: true}}}
  T:
    fields:
      Tag: {type: text, always: T, tag: true}
      Lines: {type: integer, equals: {count: L}}
      Sum: {type: money, equals: {sum: L.Amount}}
  Z:
    fields:
      Tag: {type: text, always: Z, tag: true}
      Batches: {type: integer, equals: {count: batch}}
      Sum: {type: money, equals: {sum: L.Amount}}
"""
ROWS = """
file: {form: delimited, delimiter: ";", header: true}
structure: row*
records:
  row: {fields: {Name: {type: text, required: true}, Amount: {type: money, required: true}}}
"""
GROUPED = """
nest:
  batch: {of: row, by: [Name]}
  L: {of: row}
fields:
  B: {Name: {from: Name, pick: same}}
  L: {Amount: Amount}
"""
FILE = "H\nB|a\nL|1.00\nL|-0.10\nT|2|0.90\nB|b\nL|5.00\nT|1|5.00\nZ|2|5.90\n"


def made() -> Pair:
    return pair(ROWS, BANK, GROUPED)


def test_totals_of_each_group_and_of_the_file_are_written() -> None:
    outcome = both(made().there, b"Name;Amount\na;1.00\na;-0.10\nb;5.00\n")
    assert outcome.text == FILE


def test_a_rejected_group_is_in_no_total() -> None:
    outcome = both(made().there, b"Name;Amount\na;1.00\na;x\nb;5.00\n")
    assert outcome.text == "H\nB|b\nL|5.00\nT|1|5.00\nZ|1|5.00\n"
    assert [reject.issue.line for reject in outcome.rejects] == [3]


def test_the_amounts_of_a_rejected_group_are_told_when_all_can_be_read() -> None:
    short = BANK.replace("Name: {type: text}", "Name: {type: text, length: 1}")
    there = pair(ROWS, short, GROUPED).there
    outcome = both(there, b"Name;Amount\naa;1.00\naa;2.50\nb;5.00\nbb;1.00\nbb;x\n")
    amounts = [reject.amounts for reject in outcome.rejects if reject.amounts]
    assert amounts == [{"L.Amount": Decimal("3.50")}, {"L.Amount": None}]
    torn = both(there, b"Name;Amount\na;1.00\na;2.50;9\na;3.00\nb;5.00\n")
    assert [reject.amounts for reject in torn.rejects] == [{"L.Amount": None}] * 2


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("", "", 0),
        ("T|2|", "T|3|", 1),
        ("T|1|5.00", "T|1|5.01", 1),
        ("Z|2|", "Z|1|", 1),
        ("Z|2|5.90", "Z|2|6.00", 1),
        ("L|1.00", "L|2.00", 2),
    ],
)
def test_totals_are_verified_when_read(old: str, new: str, problems: int) -> None:
    back = made().back
    assert back is not None
    outcome = both(back, FILE.replace(old, new, 1).encode())
    assert len(outcome.summary.control_problems) == problems, outcome.summary.control_problems
    if not problems:
        assert outcome.text.splitlines()[1:] == ["a;1.00", "a;-0.10", "b;5.00"]


def test_a_file_without_its_trailer_is_told_and_not_taken_for_a_whole_one() -> None:
    back = made().back
    assert back is not None
    outcome = both(back, FILE.rpartition("Z")[0].encode())
    assert outcome.fault.startswith("[CW631] ")
    assert "the file ends without Z; it may be cut off" in outcome.fault
    assert outcome.output == b""


@pytest.mark.parametrize("damage", ["?Z|2|5.90", "Z|2|5.90|x", "Z|2|5.90\nZ|2|5.90"])
def test_a_file_whose_trailer_cannot_be_read_is_refused(damage: str) -> None:
    back = made().back
    assert back is not None
    outcome = both(back, FILE.replace("Z|2|5.90", damage).encode())
    assert outcome.fault.startswith("[CW631] ")
    assert outcome.output == b""


def test_a_line_after_the_trailer_costs_only_itself() -> None:
    back = made().back
    assert back is not None
    outcome = both(back, f"{FILE}\x1a\n".encode())
    assert [(one.issue.code, one.lines) for one in outcome.rejects] == [("CW607", (10,))]
    assert outcome.text.splitlines()[1:] == ["a;1.00", "a;-0.10", "b;5.00"]
    assert outcome.summary.control_problems == outcome.summary.unverified_totals == []
