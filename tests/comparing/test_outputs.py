"""Records of two outputs find each other, also where some are missing."""

import pytest

from crosswalk.comparing.outputs import differences

A, B, C = ({"Id": one, "Name": f"n{one}", "Sum": f"{one}.00"} for one in ("1", "2", "3"))


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ([A, B], [A, B], []),
        ([A, B, C], [A, C], [("row", None, "gone")]),
        ([A, C], [A, B, C], [("row", None, "new")]),
        ([A, B, C], [{**A, "Sum": "9"}, {**C, "Sum": "9"}],
         [("row", "Sum", "9"), ("row", None, "gone"), ("row", "Sum", "9")]),
        ([A, B], [{**A, "Name": None}, B], [("row", "Name", "nothing")]),
        ([{"invoice": {"head": A, "line": [A, B]}}], [{"invoice": {"head": A, "line": [B]}}],
         [("line", None, "gone")]),
        ([{"invoice": {"head": A, "line": [A]}}],
         [{"invoice": {"head": {**A, "Id": "2"}, "line": [A, {**A, "Sum": "7"}]}}],
         [("head", "Id", "2"), ("line", None, "new")]),
        ([{"head": A}], [{"head": A}, {"tail": B}], [("tail", None, "new")]),
    ],
)  # fmt: skip
def test_what_differs_is_told_of_the_records_that_belong_together(
    was: list[object], now: list[object], told: list[tuple[str, str | None, str]]
) -> None:
    bare = "row" if isinstance(was[0], dict) and "Id" in was[0] else ""
    assert [(one.record, one.field, one.after) for one in differences(was, now, bare)] == told
