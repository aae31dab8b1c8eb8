"""Groups of columns in lines of bytes: blanks in the place of a packed number are no group."""

from io import BytesIO

from tests.strangers.test_concepts import layout

from crosswalk.formats import textform
from crosswalk.model.records import Instance
from crosswalk.running.assemble import assemble

PACKED = """file: {form: fixed, encoding: cp037, newline: none}
structure: row*(item*)
records:
  row: {fields: {Id: {type: code, width: 2}}}
  item:
    in: row
    times: 2
    fields:
      Code: {type: code, width: 2}
      Amount: {type: money, usage: packed, digits: 5, width: 3}
"""


def test_a_group_of_blanks_in_the_place_of_numbers_is_not_there() -> None:
    made = layout(PACKED)
    data = "01AA".encode("cp037") + b"\x01\x23\x4c" + b"\x40" * 5
    (found,) = assemble(textform.read(BytesIO(data), made), made)
    assert isinstance(found, Instance)
    assert [one.cells for one in found.children[0]] == [["AA", "12.34"]]
