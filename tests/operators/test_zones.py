"""Laws of the operator `zone`."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswalk.language.cleanup import BadParameter
from crosswalk.language.cleanup_zones import ZONE_OPERATORS, zone_of
from crosswalk.values.spelling import Problem

(ZONE,) = ZONE_OPERATORS
NAMES = ["America/Denver", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia"]
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31))


@given(MOMENTS, st.sampled_from(NAMES))
def test_from_utc_every_moment_comes_back_or_stands_twice(moment: datetime, name: str) -> None:
    bound = ZONE.bind({"from": "UTC", "to": name}, "datetime")
    assert bound.backward is not None
    local = bound.forward(moment)
    twins = [moment + timedelta(minutes=by) for by in (-60, -30, 30, 60)]
    twice = any(bound.forward(one) == local for one in twins)
    if not twice:
        assert bound.backward(local) == moment
        return
    with pytest.raises(Problem, match="stands twice") as refused:
        bound.backward(local)
    assert refused.value.code == "CW546"


@given(MOMENTS)
def test_by_way_of_a_third_zone_is_the_same(moment: datetime) -> None:
    there = ZONE.bind({"from": "UTC", "to": "Asia/Kolkata"}, "datetime").forward(moment)
    around = ZONE.bind({"from": "Asia/Kolkata", "to": "America/Denver"}, "datetime").forward(there)
    assert around == ZONE.bind({"from": "UTC", "to": "America/Denver"}, "datetime").forward(moment)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [("America/Denvr", "America/Denver"), ("", "for instance"), ("../etc/passwd", "for instance")],
)
def test_an_unknown_zone_is_told(name: str, remedy: str) -> None:
    with pytest.raises(BadParameter) as refused:
        zone_of(name, "to")
    assert remedy in refused.value.help
